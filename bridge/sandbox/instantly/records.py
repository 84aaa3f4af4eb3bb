"""What an Instantly workspace is made of: leads, campaigns, accounts, e-mails, jobs, webhooks. Values only."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bridge.sandbox.wire import Row, loads

Kind = Literal["campaign", "list", "nowhere"]


@dataclass(frozen=True, slots=True)
class Activity:
    """What has come of a lead: counts, and when each last happened. `interest` as instantly.md §1.3, None = "Lead"."""

    sent: int = 0
    opens: int = 0
    clicks: int = 0
    replies: int = 0
    interest: int | None = None
    contacted_at: datetime | None = None
    opened_at: datetime | None = None
    clicked_at: datetime | None = None
    replied_at: datetime | None = None
    interest_at: datetime | None = None
    status_at: datetime | None = None


IDLE = Activity()


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One lead of the workspace, in exactly one place. `facts` is the JSON object as it was posted."""

    id: str
    email: str
    kind: Kind
    place: str
    created: datetime
    facts: bytes = b"{}"
    verification: int | None = None
    status: int = 1
    activity: Activity = IDLE
    updated: datetime | None = None

    @property
    def posted(self) -> Row:
        """What was posted, decoded."""
        return dict(loads(self.facts))

    @property
    def interest(self) -> int | None:
        """As it was set since or posted with the lead; None stands for the plain status "Lead"."""
        done = self.activity
        return done.interest if done.interest_at else self.posted.get("lt_interest_status")


@dataclass(slots=True)
class Mailbox:
    """A sending account. `status` as the document's Account: 1 active, 2 paused, 3 in maintenance, below 0 broken.

    `warming` is the status of the warm-up: 1 active, 0 paused, below 0 an error. `settings` lies over what is shown.
    """

    email: str
    created: datetime
    daily_limit: int | None = 30
    status: int = 1
    slow_ramp: bool = False
    tags: tuple[str, ...] = ()
    warming: int = 1
    provider: int = 2
    settings: Row = field(default_factory=dict)


@dataclass(slots=True)
class Campaign:
    """One Instantly campaign. `status` as instantly.md §1.4; `steps` are pairs of subject and body.

    `delays` are the days after each step (2 where there are fewer), `settings` lies over the object as it is shown:
    limits, schedule, senders, whole `sequences` with variants. `contacted` is how many leads it had written to before
    the sandbox began, `follow_ups` what the sending status counts.
    """

    id: str
    name: str
    status: int
    created: datetime
    steps: tuple[tuple[str, str], ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    sending: str | None = None  # a code of sending-status, where the status of the campaign does not say it
    delays: tuple[int, ...] = ()
    settings: Row = field(default_factory=dict)
    contacted: int = 0
    follow_ups: int | None = None
    tags: tuple[str, ...] = ()
    updated: datetime | None = None


@dataclass(slots=True)
class LeadList:
    """One lead list."""

    id: str
    name: str
    created: datetime
    owner: str | None = None  # None = the workspace's owner
    enriches: bool | None = None


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


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a lead of a campaign or list. `kind` in the words of webhook subscriptions.

    `step` and `variant` count from 0, as the analytics of steps do; `first`: the first of its kind for this lead.
    """

    kind: str
    at: datetime
    person: str
    email: str
    place: str
    account: str
    step: int = 0
    variant: int = 0
    first: bool = True
    automatic: bool = False


class Document(Row):
    """One of the vendor's objects, kept as its schema shows it."""

    @property
    def id(self) -> str:
        """The vendor's id."""
        return str(self["id"])


@dataclass(slots=True)
class Job:
    """A background job. `work` is done when its time has come, or `late`, and its answer goes into `data`."""

    id: str
    type: str
    entity_type: str
    entity_id: str | None
    created: datetime
    work: Callable[[datetime], Row]
    status: str = "pending"
    progress: int = 0
    updated: datetime | None = None
    data: Row = field(default_factory=dict)
    late: datetime | None = None


@dataclass(slots=True)
class Webhook:
    """A subscription. `facts` are its fields as they were posted; `status` 1 active, -1 disabled after failures."""

    id: str
    created: datetime
    facts: Row
    status: int = 1
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt to deliver an event to a webhook, from `due` on; `number` counts from 0, `group` names all tries."""

    webhook: Webhook
    payload: Row
    due: datetime
    group: str
    number: int = 0

    @property
    def url(self) -> str:
        """The receiver's address."""
        return str(self.webhook.facts["target_hook_url"])

    @property
    def headers(self) -> dict[str, str]:
        """What was registered to be sent along."""
        return self.webhook.facts.get("headers") or {}
