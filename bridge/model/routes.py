"""What is configured: a route with its source, rules, mapping, target and schedule. Reads no file."""

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Literal

from bridge.lazy import dataclass
from bridge.model.identity import Kind

DEFAULT_CLIENT = "default"
"""The one client of a bridge.toml without [[clients]]; its variables have no prefix."""


@dataclass(frozen=True, slots=True)
class Source:
    """Which source campaigns a route takes. Empty = all of that kind. `title` holds glob patterns, case-insensitive.

    `refs` are what the vendor's own key names, as globs; its campaigns then have ids such as "csv:leads/a.csv".
    `options` are what only this vendor's sources have, by the keys of bridge.toml.
    """

    vendor: str = "scravio"  # where a route names none
    refs: tuple[str, ...] = ()
    status: tuple[str, ...] = ("fully_completed",)
    type: tuple[str, ...] = ()  # campaign types, or platform shorthands (INSTAGRAM, X ...)
    title: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    q: str = ""  # Scravio's own free-text search
    created_from: datetime | None = None
    created_to: datetime | None = None
    options: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may go out. Every default is the safe one (DESIGN, Configuration)."""

    max_validation_age: timedelta | None = timedelta(days=90)
    recontact: timedelta | None = None
    role_addresses: Literal["hold", "allow"] = "hold"
    disposable: Literal["hold", "allow"] = "hold"
    typo_domains: Literal["hold", "allow"] = "hold"
    free_mail: Literal["hold", "allow"] = "allow"
    per_domain: int = 3
    same_person: Literal["canonical", "exact"] = "canonical"
    platforms: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    exclude_countries: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    min_followers: int | None = None
    max_followers: int | None = None
    verified: bool | None = None
    business: bool | None = None
    private: bool | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """The `fields` of a route: a template for each field that is overridden, "" to send nothing.

    `variables` is the whole set of custom variables; None = the small default set.
    """

    core: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] | None = None


Dedupe = Literal["target", "campaigns", "lists", "workspace", "everywhere"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a route delivers, as the operator named it. `kind` is "campaign" or "list"; `ref` a name or an id.

    `identity` is the kind by which its vendor reaches people, `demands_validation` whether only a valid one may go.
    The lead's identity of the kind `along` is sent beside it. Without `usernames`, a user name is no identity there.
    `options` are what only this vendor's targets have, by the keys of bridge.toml.
    """

    vendor: str
    kind: str
    ref: str
    dedupe: Dedupe = "workspace"
    create: bool = False
    verify_on_import: bool = False
    when_not_active: Literal["warn", "refuse"] = "warn"
    push_suppressions: bool = False
    identity: Kind = "email"
    demands_validation: bool = True
    along: Kind | None = None
    usernames: bool = True
    options: tuple[tuple[str, object], ...] = ()

    @property
    def key(self) -> str:
        """What the ledger's binding goes by: this wording of the target, and no other."""
        return f"{self.vendor}:{self.kind}:{self.ref}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the daemon runs a route. At most one of `every` and `cron` is set; it may start up to `jitter` later."""

    every: timedelta | None = None
    cron: str = ""
    timezone: str = ""
    jitter: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Budget:
    """The most credits that may be spent on validations: for one campaign, for the route, and for one day (UTC)."""

    campaign: int = 0
    route: int = 0
    day: int = 0

    def __str__(self) -> str:
        return f"{{ campaign = {self.campaign}, route = {self.route}, day = {self.day} }}"

    @property
    def allows_anything(self) -> bool:
        """Whether any validation at all could be paid from it."""
        return min(self.campaign, self.route, self.day) > 0


@dataclass(frozen=True, slots=True)
class ValidationRequest:
    """Whether the route asks Scravio to validate what was never validated. No part of a decision: the key leaves it."""

    when: Literal["never", "when_missing"] = "never"
    budget: Budget = Budget()


Consequence = Literal["suppress", "note"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """How often the daemon asks what became of the route's leads (None = never), and what follows from it.

    `full` is how often every delivered lead is looked at, whether anything was announced of it or not.
    """

    every: timedelta | None = timedelta(minutes=15)
    full: timedelta = timedelta(days=1)
    on_bounce: Consequence = "suppress"
    on_unsubscribe: Consequence = "suppress"
    on_not_interested: Consequence = "suppress"
    on_reply: Consequence = "note"


@dataclass(frozen=True, slots=True)
class Brake:
    """From which bounce rate of a source campaign there is a warning and a stop, and from how many reached leads on."""

    warn: float = 0.02
    stop: float = 0.03
    least: int = 50


Order = Literal["oldest", "newest", "best"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a route delivers. None = no limit.

    At most `per_day` leads go in a day of `timezone`, and only those that the target's senders can start within `ahead`
    days. `order` says which of the ready leads goes next.
    """

    per_day: int | None = None
    ahead: int | None = None
    order: Order = "oldest"
    timezone: str = "UTC"

    @property
    def limits(self) -> bool:
        """Whether leads may have to wait for it."""
        return self.per_day is not None or self.ahead is not None

    @property
    def unset(self) -> bool:
        """Whether everything goes as fast as the target takes it, in the order of the ranks."""
        return not self.limits and self.order == "oldest"


@dataclass(frozen=True, slots=True)
class Update:
    """Whether a delivered lead whose fields have changed since is changed in its target too."""

    fields: Literal["never", "until_contacted"] = "never"


@dataclass(frozen=True, slots=True)
class Route:
    """One entry of the configuration: which source campaigns, which rules, which mapping, which target.

    A `retired` route is no entry any more: only the ledger knows its name. It reads and sends nothing.
    """

    name: str  # unique in the whole ledger: another client's than the default one begins with its name, "acme/fitness"
    target: Target
    source: Source = Source()
    rules: Rules = Rules()
    fields: Mapped = Mapped()
    schedule: Schedule = Schedule()
    validation: ValidationRequest = ValidationRequest()
    feedback: Feedback = Feedback()
    brake: Brake = Brake()
    pace: Pace = Pace()
    update: Update = Update()
    # First and last name by profile, as the operator wrote them: "instagram:jane.doe", or ":jane.doe" for any platform.
    overrides: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    retired: bool = False
    client: str = DEFAULT_CLIENT
    shared: bool = False  # whether its client may deliver into a workspace of another one that allows it too
    apart: frozenset[str] = frozenset()  # the other clients of bridge.toml that share no workspace with it

    @property
    def typed(self) -> str:
        """Its name as it is typed after a verb."""
        return self.name if self.name.isalnum() else f'"{self.name}"'

    def kept_out_by(self, owners: Collection[str], *, bound: bool = False) -> set[str]:
        """Of the clients that deliver into a workspace, those that keep the route out of it; `bound`: it was there."""
        others = {*owners} - {self.client}
        return others & self.apart if self.shared or bound else others


def retired_route(name: str, client: str = DEFAULT_CLIENT) -> Route:
    """A route that bridge.toml no longer names. Its deliveries remember their targets themselves."""
    return Route(name, Target("", "", ""), retired=True, client=client)


@dataclass(frozen=True, slots=True)
class Client:
    """A named set of vendor keys: one customer of an agency. `env` begins the names of its variables.

    `shared` allows it to deliver into a workspace of another client that allows it too.
    """

    name: str = DEFAULT_CLIENT
    env: str = ""
    shared: bool = False

    def route(self, name: str) -> str:
        """The name that a route of this client has in the ledger and in messages."""
        return name if self.name == DEFAULT_CLIENT else f"{self.name}/{name}"
