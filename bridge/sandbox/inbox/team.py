"""The state of the sandbox's Inbox: a team with its X accounts and campaigns, and what the documents leave open."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from zlib import crc32

from bridge.sandbox.wire import Row, stamp


@dataclass(frozen=True, slots=True)
class InboxHabits:
    """Where inbox.md says UNKNOWN. The defaults are the kind answers, `UNKIND` holds the others.

    `lists`: whether campaigns and columns can be listed; `gets_v2`: whether a campaign answers below /campaigns/v2 too,
    or only at its older address. `create_keys` maps the body keys that no page shows to the vendor's own names.
    """

    lists: bool = True
    gets_v2: bool = True
    create_keys: tuple[tuple[str, str], ...] = ()
    refuses_unknown_keys: bool = False
    refuses_unknown_columns: bool = False
    refuses_completed: bool = False
    reads_spellings: bool = True  # "@Jane" and a link mean jane
    updates_skipped: bool = True
    flat_errors: bool = False  # {code, message, …} as in v2, in place of {"error": {…}}
    shows_limits: bool = True
    shows_leads: bool = True  # with their columns, at the address where they are updated
    reads_per_minute: int = 100
    writes_per_minute: int = 30


UNKIND = InboxHabits(
    lists=False,
    gets_v2=False,
    create_keys=(("scheduleTimezone", "timezone"),),
    refuses_unknown_keys=True,
    refuses_unknown_columns=True,
    refuses_completed=True,
    reads_spellings=False,
    updates_skipped=False,
    flat_errors=True,
    shows_limits=False,
    shows_leads=False,
)


@dataclass(slots=True)
class Sender:
    """An account link: one X account that sends. `status` is active, offline or paused."""

    id: str
    username: str
    status: str = "active"
    platform: str = "twitter"


@dataclass(slots=True)
class InboxLead:
    """A lead of a campaign, by its handle in lower case."""

    username: str
    data: Row = field(default_factory=dict)
    cancelled: bool = False
    contacted: bool = False


@dataclass(slots=True)
class Campaign:
    """A campaign. `unassessed` leads are still checked for reachability; `settings` lie over what is shown."""

    id: str
    name: str
    created: datetime
    status: str = "draft"
    senders: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)  # names by id
    rules: Row = field(default_factory=lambda: {"excludeContacted": False, "excludeMutuals": False})
    timezone: str = "UTC"
    steps: list[Row] = field(default_factory=list)
    leads: dict[str, InboxLead] = field(default_factory=dict)
    syncing: bool = False
    unassessed: int = 0
    settings: Row = field(default_factory=dict)


@dataclass(slots=True)
class Team:
    """One team under one key. `unresolvable` holds handles of accounts that X does not show.

    `dead_share` makes that many of all others so too, always the same ones.
    """

    created: datetime
    name: str = "Sandbox team"
    keys: set[str] = field(default_factory=lambda: {"inbox-sandbox-key"})
    senders: list[Sender] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    unresolvable: set[str] = field(default_factory=set)
    dead_share: float = 0.0
    habits: InboxHabits = InboxHabits()

    @property
    def id(self) -> str:
        """The team's id, made of its name and age."""
        return new_id(f"team {self.name} {stamp(self.created)}")

    def campaign(self, ref: str) -> Campaign | None:
        """The first campaign with this id or name."""
        return next((one for one in self.campaigns if ref in (one.id, one.name)), None)

    def add_sender(self, username: str, status: str = "active", platform: str = "twitter") -> Sender:
        """Link an account."""
        self.senders.append(Sender(new_id(f"sender {self.name} {username}"), username, status, platform))
        return self.senders[-1]

    def add_campaign(self, name: str, created: datetime, status: str = "draft", *, columns: str = "") -> Campaign:
        """A campaign of all the team's senders; `columns` are names with blanks between them."""
        key = new_id(f"campaign {self.name} {name} {len(self.campaigns)}")
        ids = {f"custom_{new_id(f'{key} {one}')}": one for one in columns.split()}
        made = Campaign(key, name, created, status, [one.id for one in self.senders], ids)
        self.campaigns.append(made)
        return made

    def handles(self, ref: str) -> list[str]:
        """The handles in a campaign, sorted."""
        found = self.campaign(ref)
        return sorted(found.leads) if found else []

    def resolves(self, handle: str) -> bool:
        """Whether X shows an account of this name."""
        dead = crc32(handle.encode()) % 10_000 < self.dead_share * 10_000
        return not dead and handle not in self.unresolvable

    def everywhere(self) -> Iterator[tuple[Campaign, InboxLead]]:
        """Every lead with its campaign."""
        return ((campaign, lead) for campaign in self.campaigns for lead in campaign.leads.values())


def new_id(seed: str) -> str:
    """24 letters and digits, the same for the same seed."""
    return "c" + blake2b(seed.encode(), digest_size=12).hexdigest()[:23]


def fresh(now: datetime) -> Team:
    """A team with one X account and one campaign that is a draft."""
    team = Team(now)
    team.add_sender("sandbox_sender")
    team.add_campaign("Q1 messages", now, columns="first_name platform")
    return team
