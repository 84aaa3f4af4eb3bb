"""An Instantly workspace in memory: campaigns, lists, people, block list, plan, undocumented habits. No HTTP here.

Ids look like the vendor's (UUID version 7) and ascend with time, so that sorting by id is sorting by creation.
"""

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Literal
from uuid import UUID

from bridge.sandbox.wire import loads, stamp

Kind = Literal["campaign", "list"]

CORE = ("first_name", "last_name", "company_name", "job_title", "phone", "website", "personalization")


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """One lead of the workspace, in exactly one place. `facts` is the JSON object as it was posted."""

    id: str
    email: str = field(compare=False)
    kind: Kind = field(compare=False)
    place: str = field(compare=False)
    created: datetime = field(compare=False)
    facts: bytes = field(compare=False, default=b"{}")
    verification: int | None = field(compare=False, default=None)
    status: int = field(compare=False, default=1)

    @property
    def posted(self) -> dict[str, Any]:
        """What was posted, decoded."""
        return dict(loads(self.facts))


@dataclass(slots=True)
class Mailbox:
    """A sending account. `status` as the document's Account: 1 active, 2 paused, 3 in maintenance, below 0 broken."""

    email: str
    created: datetime
    daily_limit: int | None = 30
    status: int = 1
    slow_ramp: bool = False
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class Campaign:
    """One Instantly campaign. `status` as instantly.md §1.4; `steps` are pairs of subject and body.

    `delays` are the days after each step (2 where there are fewer), `settings` lies over the object as it is shown:
    limits, schedule, senders, whole `sequences` with variants. `contacted` and `follow_ups` are what the analytics and
    the sending status count.
    """

    id: str
    name: str
    status: int
    created: datetime
    steps: tuple[tuple[str, str], ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    sending: str | None = None  # a code of sending-status, where the status of the campaign does not say it
    delays: tuple[int, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    contacted: int = 0
    follow_ups: int | None = None


@dataclass(frozen=True, slots=True)
class LeadList:
    """One lead list."""

    id: str
    name: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Block:
    """One entry of the block list, an address or a domain, in lower case."""

    id: str
    value: str
    created: datetime

    @property
    def is_domain(self) -> bool:
        """Whether the entry blocks a whole domain."""
        return "@" not in self.value


@dataclass(slots=True)
class InstantlyHabits:
    """What Instantly does where its document says nothing, or where a test wants it otherwise."""

    unknown_keys: Literal["reject", "ignore"] = "reject"
    when_full: Literal["partial", "402"] = "partial"
    case_sensitive: bool = False
    skips_before_duplicates: bool = False
    lookup_lag: float = 0.0  # seconds for which a created lead is missing from leads/list
    per_second: int | None = None
    per_minute: int | None = None
    plan_lapsed: bool = False


class Ids:
    """UUIDs of version 7 that ascend with the time they are made for and, within a millisecond, with their number."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def at(self, moment: datetime) -> str:
        """A new id for something created at `moment`."""
        milliseconds = int(moment.timestamp() * 1000)
        return str(UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62 | next(self._numbers)))


class Workspace:
    """One workspace. `keys` maps each API key to its scopes (`leads:all`, `all:read` …)."""

    def __init__(self, created: datetime, *, name: str = "Sandbox workspace", lead_limit: int = 25_000) -> None:
        self.ids = Ids()
        self.id = self.ids.at(created)
        self.owner = self.ids.at(created)
        self.block_list_id = self.ids.at(created)
        self.name = name
        self.created = created
        self.lead_limit = lead_limit
        self.credits = 1_000
        self.keys: dict[str, frozenset[str]] = {"sandbox-key": frozenset({"all:all"})}
        self.habits = InstantlyHabits()
        self.campaigns: list[Campaign] = []
        self.mailboxes = [Mailbox("sender@sandbox.example", created)]
        self.lists: list[LeadList] = []
        self.blocked: list[Block] = []
        self._people: list[Person] = []
        self._by_id: dict[str, Person] = {}
        self._by_email: dict[str, list[Person]] = {}
        self._by_place: dict[str, list[Person]] = {}

    # ------------------------------------------------------------------------------------------------ what stands in it

    def add_campaign(self, name: str, status: int, at: datetime, *steps: tuple[str, str]) -> Campaign:
        """A new campaign; returns it."""
        self.campaigns.append(Campaign(self.ids.at(at), name, status, at, steps))
        return self.campaigns[-1]

    def add_list(self, name: str, at: datetime) -> LeadList:
        """A new list; returns it. No two share a creation time, since that is the cursor of their listing."""
        if self.lists:
            at = max(at, self.lists[-1].created + timedelta(milliseconds=1))
        self.lists.append(LeadList(self.ids.at(at), name, at))
        return self.lists[-1]

    def add_mailbox(self, email: str, at: datetime, **facts: Any) -> Mailbox:
        """A new sending account; returns it."""
        self.mailboxes.append(Mailbox(email, at, **facts))
        return self.mailboxes[-1]

    def block(self, value: str, at: datetime) -> Block:
        """Put an address or a domain on the block list."""
        self.blocked.append(Block(self.ids.at(at), value.lower(), at))
        return self.blocked[-1]

    def add_person(
        self,
        target: Campaign | LeadList,
        email: str,
        at: datetime,
        *,
        facts: bytes = b"{}",
        verification: int | None = None,
    ) -> Person:
        """Put a lead into a campaign or list, whether it is there already or not; returns it."""
        kind: Kind = "campaign" if isinstance(target, Campaign) else "list"
        return self._put(Person(self.ids.at(at), email, kind, target.id, at, facts, verification))

    def change_person(self, person: Person, **facts: Any) -> Person:
        """The same lead with other facts (`status`: instantly.md §1.3), as time or an operator makes them."""
        self.remove_person(person)
        return self._put(replace(person, **facts))

    def _put(self, person: Person) -> Person:
        insort(self._people, person)
        insort(self._by_place.setdefault(person.place, []), person)
        self._by_id[person.id] = person
        self._by_email.setdefault(person.email.lower(), []).append(person)
        return person

    def remove_person(self, person: Person) -> None:
        """Delete a lead, as an operator would in Instantly."""
        self._people.remove(person)
        self._by_place[person.place].remove(person)
        self._by_email[person.email.lower()].remove(person)
        del self._by_id[person.id]

    # ---------------------------------------------------------------------------------------------------- what it tells

    def campaign(self, ref: str) -> Campaign | None:
        """A campaign by id or name."""
        return next((one for one in self.campaigns if ref in {one.id, one.name}), None)

    def lead_list(self, ref: str) -> LeadList | None:
        """A list by id or name."""
        return next((one for one in self.lists if ref in {one.id, one.name}), None)

    def person(self, identity: str) -> Person | None:
        """A lead by id."""
        return self._by_id.get(identity)

    def of_email(self, email: str) -> list[Person]:
        """Every lead of the workspace with this address; whether case counts is a habit."""
        found = self._by_email.get(email.lower(), [])
        return [one for one in found if one.email == email] if self.habits.case_sensitive else list(found)

    def people(self, place: str | None = None, after: str = "") -> Iterator[Person]:
        """The leads of one place or of the whole workspace by ascending id, those after the id `after`."""
        rows = self._people if place is None else self._by_place.get(place, [])
        start = bisect_right(rows, after, key=lambda person: person.id)
        return (rows[index] for index in range(start, len(rows)))

    def is_blocked(self, email: str) -> bool:
        """Whether the block list holds the address or its domain."""
        address = email.lower()
        return any(one.value in {address, address.rpartition("@")[2]} for one in self.blocked)

    def lead_count(self) -> int:
        """The leads that count towards the plan: campaigns only, the same address twice counts twice (pitfall 13)."""
        return sum(len(self._by_place.get(campaign.id, ())) for campaign in self.campaigns)

    def room(self) -> int:
        """How many more leads the plan holds."""
        return max(0, self.lead_limit - self.lead_count())


def shown_person(person: Person, workspace_id: str) -> dict[str, Any]:
    """A lead as the schema `Lead` has it; the core keys inside `payload` are camelCase (instantly.md §1.3)."""
    posted = person.posted
    core = {name: posted.get(name) for name in CORE}
    shown: dict[str, Any] = {
        "id": person.id,
        "timestamp_created": stamp(person.created),
        "timestamp_updated": stamp(person.created),
        "organization": workspace_id,
        "campaign": person.place if person.kind == "campaign" else None,
        "list_id": person.place if person.kind == "list" else None,
        "status": person.status,
        "email": person.email or None,
        **core,
        "payload": _payload(core, posted.get("custom_variables") or {}),
        "email_open_count": 0,
        "email_reply_count": 0,
        "email_click_count": 0,
        "company_domain": person.email.rpartition("@")[2],
        "status_summary": {},
        "upload_method": "api",
    }
    return shown if person.verification is None else shown | {"verification_status": person.verification}


def _payload(core: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    filled = {_camel(name): value for name, value in core.items() if value is not None}
    return filled | dict(variables)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
