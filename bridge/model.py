"""The frozen values of leadbridge and the table of a delivery's states. Does no I/O and knows no vendor's JSON.

Words are those of docs/architecture.md: a *lead* is one person as Scravio reports them, a *route* one entry of the
configuration, a *delivery* the record of one lead on one route. Times are aware datetimes in UTC.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, make_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast

Scalar = str | int | float | bool | None
NOTHING: Mapping[str, Scalar] = MappingProxyType({})


class State(StrEnum):
    """Where a delivery stands. The eight of them add up to the leads a route knows."""

    HELD = "held"  # not to be sent as things stand; asked again when they change
    READY = "ready"  # may go with the next batch
    SENDING = "sending"  # claimed by a batch that is under way, or that was abandoned
    DELIVERED = "delivered"  # created in the target by us
    DUPLICATE = "duplicate"  # was there before us
    REFUSED = "refused"  # the destination will not have it, for a cause of its own
    IN_DOUBT = "in_doubt"  # asked, and the answer was lost
    FAILED = "failed"  # attempts spent


# Every legal move; the store refuses any other. A state may always be written again over itself.
MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.HELD: frozenset({State.READY}),
        State.READY: frozenset({State.SENDING, State.HELD}),
        State.SENDING: frozenset(
            {
                State.DELIVERED,
                State.DUPLICATE,
                State.REFUSED,
                State.IN_DOUBT,
                State.FAILED,
                State.READY,  # nothing happened (Unavailable, Denied), or unexplained
                State.HELD,  # the same, and the rules changed their mind meanwhile
            }
        ),
        # An absent row goes through decide() again, hence to ready or held; never back to sending by itself.
        State.IN_DOUBT: frozenset(
            {State.DELIVERED, State.DUPLICATE, State.REFUSED, State.FAILED, State.READY, State.HELD}
        ),
        State.FAILED: frozenset({State.READY, State.HELD}),  # `leadbridge retry`
        State.REFUSED: frozenset({State.READY, State.HELD}),  # `leadbridge retry`
        State.DELIVERED: frozenset(),
        State.DUPLICATE: frozenset(),
    }
)

# States in which a delivery keeps its claim on the person (DESIGN: freed when it becomes held or refused).
CLAIMING = frozenset({State.SENDING, State.DELIVERED, State.DUPLICATE, State.IN_DOUBT, State.FAILED})


class Reason(StrEnum):
    """Why a delivery is where it is: one word for machines, explained by `cli/words.py` for people."""

    # held: the lead
    UNREADABLE = "unreadable"
    NO_EMAIL = "no_email"
    EMAIL_MASKED = "email_masked"
    EMAIL_MALFORMED = "email_malformed"
    # held: the validation
    NOT_VALIDATED = "not_validated"
    VALIDATION_PENDING = "validation_pending"
    VALIDATION_INVALID = "validation_invalid"
    VALIDATION_UNKNOWN = "validation_unknown"
    VALIDATION_UNDATED = "validation_undated"
    VALIDATION_TOO_OLD = "validation_too_old"
    # held: the address
    SUPPRESSED = "suppressed"
    NO_REPLY = "no_reply"
    DISPOSABLE = "disposable"
    TYPO_DOMAIN = "typo_domain"
    ROLE_ADDRESS = "role_address"
    FREE_MAIL = "free_mail"
    # held: the audience
    PLATFORM = "platform"
    SOURCE_TYPE = "type"
    COUNTRY = "country"
    TOO_FEW_FOLLOWERS = "too_few_followers"
    TOO_MANY_FOLLOWERS = "too_many_followers"
    VERIFIED = "verified"
    BUSINESS = "business"
    PRIVATE = "private"
    KEYWORD = "keyword"
    LANGUAGE = "language"
    # held: others on the route
    DUPLICATE_OF = "duplicate_of"
    DOMAIN_CAP = "domain_cap"
    ERASED = "erased"
    FACTS_PRUNED = "facts_pruned"
    # held: the route
    NOT_SELECTED = "not_selected"
    # ready
    OK = "ok"
    UNEXPLAINED = "unexplained"
    UNAVAILABLE = "unavailable"
    DENIED = "denied"
    ABSENT = "absent"
    # settled by a destination
    CREATED = "created"
    IN_TARGET = "in_target"
    IN_CAMPAIGN = "in_campaign"
    IN_LIST = "in_list"
    IN_WORKSPACE = "in_workspace"
    BLOCKLIST = "blocklist"
    INVALID_EMAIL = "invalid_email"
    INCOMPLETE = "incomplete"
    REJECTED = "rejected"
    # unknown for now
    ANSWER_LOST = "answer_lost"
    ABANDONED = "abandoned"
    LOOKUP_FAILED = "lookup_failed"
    # given up
    ATTEMPTS_SPENT = "attempts_spent"
    TARGET_GONE = "target_gone"


# What stands as `Lead.problem` in place of facts that the ledger does not have any more.
PROBLEM_ERASED = "erased on request"
PROBLEM_PRUNED = "facts pruned"


class Origin(StrEnum):
    """Where a reason came from."""

    LOCAL = "local"  # we decided it
    API = "api"  # the destination said it of this very lead
    LOOKUP = "lookup"  # we asked the destination afterwards
    INFERRED = "inferred"  # the counters leave no other reading


# ---------------------------------------------------------------------------------------------------- what is read


@dataclass(frozen=True, slots=True)
class SourceCampaign:
    """A Scravio campaign as its list or its detail reports it.

    `emails` and `profiles` are Scravio's own counts (None where it gave none). `validating` is True while any of its
    validation phases is under way. `fingerprint` maps the facts that move when the campaign changes to their values;
    keys that the answer did not carry are absent.
    """

    id: str
    title: str = ""
    type: str = ""
    status: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    emails: int | None = None
    profiles: int | None = None
    validating: bool = False
    fingerprint: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lead:
    """One person as Scravio reports them; strings are as scraped, "" where Scravio has nothing.

    `problem` says why the row could not be read ("" for all but broken rows); such a lead is held, never dropped.
    `extra` keeps platform-only fields that are scalars (`linkedinHeadline`, `xPostText` ...).
    """

    id: str
    campaign_id: str
    platform: str = ""
    source_type: str = ""
    email: str = ""
    email_masked: bool = False
    email_source: str = ""
    phone: str = ""
    username: str = ""
    full_name: str = ""
    biography: str = ""
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    website: str = ""
    is_private: bool | None = None
    is_verified: bool | None = None
    is_business: bool | None = None
    country: str = ""
    city: str = ""
    validation: str = ""  # Scravio's word in lower case; "" = never validated
    is_valid: bool | None = None
    checked_at: datetime | None = None
    keyword: str = ""
    scraped_at: datetime | None = None
    extra: Mapping[str, Scalar] = field(default_factory=dict)
    problem: str = ""


# ------------------------------------------------------------------------------------------------ what is configured


@dataclass(frozen=True, slots=True)
class Source:
    """Which source campaigns a route takes. Empty = all of that kind. `title` holds glob patterns, case-insensitive."""

    status: tuple[str, ...] = ("fully_completed",)
    type: tuple[str, ...] = ()  # campaign types, or platform shorthands (INSTAGRAM, X ...)
    title: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    q: str = ""  # Scravio's own free-text search
    created_from: datetime | None = None
    created_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may go out. Every default is the safe one (DESIGN, Configuration)."""

    max_validation_age: timedelta | None = timedelta(days=90)
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


Dedupe = Literal["target", "campaigns", "lists", "workspace"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a route delivers, as the operator named it. `kind` is "campaign" or "list"; `ref` a name or an id."""

    vendor: str
    kind: str
    ref: str
    dedupe: Dedupe = "workspace"
    create: bool = False
    verify_on_import: bool = False
    when_not_active: Literal["warn", "refuse"] = "warn"
    push_suppressions: bool = False


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


@dataclass(frozen=True, slots=True)
class Route:
    """One entry of the configuration: which source campaigns, which rules, which mapping, which target."""

    name: str
    target: Target
    source: Source = Source()
    rules: Rules = Rules()
    fields: Mapped = Mapped()
    schedule: Schedule = Schedule()
    validation: ValidationRequest = ValidationRequest()
    # First and last name by profile, as the operator wrote them: "instagram:jane.doe", or ":jane.doe" for any platform.
    overrides: Mapping[str, tuple[str, str]] = field(default_factory=dict)


# -------------------------------------------------------------------------------------------------- what is decided


@dataclass(frozen=True, slots=True)
class Fields:
    """What goes out with an address, neutralised and ready; "" means: not sent."""

    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    job_title: str = ""
    phone: str = ""
    website: str = ""
    personalization: str = ""
    variables: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deliver:
    """The rules let this lead go, with these fields, until its validation is too old (None = never).

    `domain` is the one that counts towards the route's cap, "" where none does.
    """

    address: str
    fields: Fields
    domain: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """The rules keep this lead back. `detail` adds the fact the reason rests on, free of addresses and secrets."""

    reason: Reason
    detail: str = ""


Decision = Deliver | Hold


# ------------------------------------------------------------------------------------------------- what is delivered


@dataclass(frozen=True, slots=True)
class Place:
    """One target as its vendor knows it: fixed in a delivery at the claim, and asked again by `settle`."""

    vendor: str
    workspace: str
    kind: str
    id: str

    @property
    def scope(self) -> str:
        """The dedupe scope of this target alone."""
        return f"{self.vendor}:{self.workspace}:{self.kind}:{self.id}"

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every dedupe scope a delivery to this target falls in, narrowest first."""
        return (self.scope, f"{self.vendor}:{self.workspace}:{self.kind}s", f"{self.vendor}:{self.workspace}")

    def guarded(self, dedupe: Dedupe) -> tuple[str, ...]:
        """The scopes in which a person must be unclaimed before a delivery with this `dedupe` may go.

        This target always counts: the vendor would not take the same address twice either.
        """
        wider = {
            "target": self.scope,
            "campaigns": f"{self.vendor}:{self.workspace}:campaigns",
            "lists": f"{self.vendor}:{self.workspace}:lists",
            "workspace": f"{self.vendor}:{self.workspace}",
        }[dedupe]
        return (self.scope,) if wider == self.scope else (self.scope, wider)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery: what a destination needs to push it, and to ask for it afterwards.

    `person` is the canonical key, `place` the target it was claimed for. `asked_at` is when its first call that may
    have taken effect began, by the vendor's clock (None before any): what the target holds since then may be ours.
    """

    id: int
    person: str
    address: str
    fields: Fields
    place: Place
    state: State = State.SENDING
    attempts: int = 0
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a destination says became of one delivery.

    IN_DOUBT with reason ABSENT says "looked, and it is not there"; whether that is enough is not the destination's
    to judge. `detail` names the place where a duplicate stands, or the vendor's words.
    """

    delivery_id: int
    state: State
    reason: Reason
    origin: Origin
    remote_id: str = ""
    detail: str = ""


# ------------------------------------------------------------------------------------------------------ made quickly

Value = TypeVar("Value")


def maker(kind: type[Value]) -> Callable[..., Value]:
    """Makes values of a frozen dataclass as the class itself does, in a third of the time; for the road of every lead.

    A frozen class checks each field while the value is made (four microseconds for a Lead). So it is made as a value of
    an open twin that keeps its fields in the same places, and then becomes what it is to be.
    """
    described: Any = kind
    told = [(f.name, f.type, field(default=f.default, default_factory=f.default_factory)) for f in fields(described)]
    twin: Any = make_dataclass(f"_{kind.__name__}", told, slots=True)

    def make(*values: Any, **named: Any) -> Value:
        made = twin(*values, **named)
        made.__class__ = kind
        return cast("Value", made)

    return make
