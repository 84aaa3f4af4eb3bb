"""An Instantly workspace in memory: what it holds, its plan, and its undocumented habits. No HTTP here.

Ids look like the vendor's (UUID version 7) and ascend with time, so that sorting by id is sorting by creation.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID

from bridge.sandbox.instantly import records
from bridge.sandbox.instantly.records import Block, Campaign, Kind, LeadList, Mailbox, Person


@dataclass(slots=True)
class InstantlyHabits:
    """What Instantly does where its document says nothing, or where a test wants it otherwise.

    Background jobs take `job_seconds` and end as `job_fails` says, in one of both vocabularies (instantly.md §1.3). A
    move fails after `job_breaks_after` leads, if set; `job_lag` is for how many seconds its effect shows nowhere.
    `move_keeps_id`: whether a moved lead is the same object afterwards.
    """

    unknown_keys: Literal["reject", "ignore"] = "reject"
    when_full: Literal["partial", "402"] = "partial"
    case_sensitive: bool = False
    skips_before_duplicates: bool = False
    lookup_lag: float = 0.0  # seconds for which a created lead is missing from leads/list
    per_second: int | None = None
    per_minute: int | None = None
    emails_per_minute: int | None = 20
    plan_lapsed: bool = False
    job_seconds: float = 1.0
    job_fails: bool = False
    job_breaks_after: int | None = None
    job_lag: float = 0.0
    job_words: Literal["openapi", "conventions"] = "openapi"
    move_keeps_id: bool = True


class Living(Protocol):
    """What a workspace asks of the life of its leads (`life.Life`)."""

    counts_emails: bool
    lags: Any

    def meet(self, person: Person) -> None:
        """A lead was put somewhere."""

    def advance(self, workspace: "Workspace", now: datetime) -> None:
        """Let everything happen whose time has come."""

    def analytics_until(self, now: datetime) -> datetime:
        """Until when the next answer of the analytics knows what happened."""


class Ids:
    """UUIDs of version 7 that ascend with the time they are made for and, within a millisecond, with their number."""

    def __init__(self) -> None:
        self._number = 0

    def at(self, moment: datetime) -> str:
        """A new id for something created at `moment`."""
        self._number += 1
        return str(UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0x2 << 62 | self._number))


_BY_ID = attrgetter("id")
Place = TypeVar("Place", Campaign, LeadList)


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
        self.tags: list[records.Document] = []
        self.life: Living | None = None
        self.events: list[records.Event] = []
        self.seen: set[tuple[str, str]] = set()  # leads and the kinds of their events
        self.counted: Counter[tuple[str, str]] = Counter()  # places and the kinds of events in them
        self.mails: list[records.Document] = []
        self.threads: dict[str, list[records.Document]] = {}  # the mails of a lead by its id
        self.jobs: list[records.Job] = []
        self.webhooks: list[records.Webhook] = []
        self.tries: list[records.Try] = []  # of deliveries to webhooks, those that are still to be made
        self.deliveries: list[records.Document] = []  # those that were made
        self._people: list[Person] = []
        self._by_id: dict[str, Person] = {}
        self._by_email: dict[str, list[Person]] = {}
        self._by_place: dict[str, list[Person]] = {}

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
        self, target: Campaign | LeadList | None, email: str, at: datetime, *,
        facts: bytes = b"{}", verification: int | None = None,
    ) -> Person:  # fmt: skip
        """Put a lead into a campaign or list, whether it is there already or not; returns it."""
        place = target.id if target else ""
        return self._put(Person(self.ids.at(at), email, kind_of(target), place, at, facts, verification))

    def record(self, event: records.Event) -> None:
        """One more event of a lead."""
        self.events.append(event)
        self.seen.add((event.person, event.kind))
        self.counted[event.place, event.kind] += 1

    def change_person(self, person: Person, **facts: Any) -> Person:
        """The same lead with other facts (`status`: instantly.md §1.3), as time or an operator makes them."""
        self.remove_person(person)
        return self._put(replace(person, **facts))

    def _put(self, person: Person) -> Person:
        for rows in (self._people, self._by_place.setdefault(person.place, [])):
            insort(rows, person, key=_BY_ID)
        self._by_id[person.id] = person
        self._by_email.setdefault(person.email.lower(), []).append(person)
        if self.life is not None:
            self.life.meet(person)
        return person

    def remove_person(self, person: Person) -> Person:
        """Delete a lead, as an operator would in Instantly; returns it."""
        held = self._by_id.pop(person.id)  # as it is now, whatever the caller has seen of it
        self._by_email[held.email.lower()].remove(held)
        for rows in (self._people, self._by_place[held.place]):
            del rows[bisect_left(rows, held.id, key=_BY_ID)]
        return held

    def remove_place(self, place: Place) -> Place:
        """Delete a campaign or a list with its leads; returns it."""
        for person in list(self.people(place.id)):
            self.remove_person(person)
        places: list[Any] = self.campaigns if isinstance(place, Campaign) else self.lists
        places.remove(place)
        return place

    def widen(self, place: str, names: Iterable[str]) -> None:
        """One lead's custom variable widens the set of the whole campaign (pitfall 24)."""
        campaign = self.campaign(place)
        if campaign is not None:
            campaign.variables |= {name: "" for name in names if name not in campaign.variables}

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
        start = bisect_right(rows, after, key=_BY_ID)
        return (rows[index] for index in range(start, len(rows)))

    def size(self, place: str) -> int:
        """How many leads one place holds."""
        return len(self._by_place.get(place, ()))

    def is_blocked(self, email: str) -> bool:
        """Whether the block list holds the address or its domain."""
        address = email.lower()
        return any(one.value in {address, address.rpartition("@")[2]} for one in self.blocked)

    def lead_count(self) -> int:
        """The leads that count towards the plan: campaigns only, the same address twice counts twice (pitfall 13)."""
        return sum(self.size(campaign.id) for campaign in self.campaigns)

    def room(self) -> int:
        """How many more leads the plan holds."""
        return max(0, self.lead_limit - self.lead_count())


def kind_of(target: Campaign | LeadList | None) -> Kind:
    """The kind of a place; a lead may stand in none."""
    return "campaign" if isinstance(target, Campaign) else "list" if target else "nowhere"
