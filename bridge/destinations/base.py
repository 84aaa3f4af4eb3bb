"""The seam between the bridge and a vendor that takes leads. Knows no vendor, no store and no HTTP.

Exactly what differs between vendors lies behind it: how a person is known, how many go in a call, when the target
takes people, what an answer says, how doubt ends. docs/add-a-vendor.md shows the smallest one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from enum import Enum
from typing import Protocol, runtime_checkable

from bridge.destinations.foreseen import Foresight, Sightings
from bridge.lazy import dataclass
from bridge.model import NOTHING, Delivery, EventKind, Identity, Lead, Outcome, Place, ReportedEvent, Scalar, Sent


@dataclass(frozen=True, slots=True)
class Standing:
    """How a target stands right now, as `check` found it.

    `room` is how many more people the plan can hold (None = unknown or unlimited). `warnings` are sentences for the
    operator about a target that takes people but will not mail them soon. `variables` names the variables in the
    target's texts, empty where the vendor has none or does not say. `names` is what they call our fields.
    `sets_off` says what adding leads has the vendor do, "" where nothing. `vendor` is its title, for messages.
    `continues` are the ids of the closed targets that this one follows: a route that is bound to one of them moves on
    to this.
    """

    place: Place
    title: str
    status: str
    room: int | None = None
    warnings: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    vendor: str = ""
    sets_off: str = ""
    continues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A target for a person who chooses one: its key and name in bridge.toml, what else `target` must say, a note."""

    key: str
    name: str
    id: str
    options: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


ACTIVE = "active"
"""The status of a lead that the vendor goes on contacting as planned."""


@dataclass(frozen=True, slots=True)
class Present:
    """A person in a target, whatever put them there.

    `address` is in lower case, "" where the vendor gives none. `status` and `verification` are the vendor's words in
    plain English, "" where it gives none; a status other than ACTIVE is something an operator should know.
    `vague`: the vendor does not say where the lead stands, or under which id. It proves no absence, and no presence.
    """

    remote_id: str
    address: str
    created: datetime | None = None
    status: str = ""
    verification: str = ""
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many people a target can start, and when.

    `total` people are in it as the vendor shows it, `waiting` of them are not contacted yet.
    `starts` says how many people its senders can start on each day, from `today` on: who waits already goes first.
    `arithmetic` says in short sentences how that was counted.
    """

    today: date
    starts: Sequence[tuple[date, int]]
    waiting: int
    total: int
    arithmetic: tuple[str, ...] = ()

    def within(self, days: int) -> int:
        """How many it can start from today on within so many days, those that wait already among them."""
        return sum(count for day, count in self.starts if (day - self.today).days < days)


class Answer(list[Outcome]):
    """The outcomes of one push, one for each delivery, with what the vendor's answer counted.

    `counted` holds the vendor's own counters, `mismatch` one sentence where they do not add up. `room` is the plan room
    left by the answer (None = not said). `began` is when the call began by the vendor's clock (None = it gave no time).
    """

    def __init__(
        self,
        outcomes: Iterable[Outcome],
        *,
        counted: Mapping[str, Scalar] = NOTHING,
        mismatch: str = "",
        room: int | None = None,
        began: datetime | None = None,
    ) -> None:
        super().__init__(outcomes)
        self.counted = counted
        self.mismatch = mismatch
        self.room = room
        self.began = began


@dataclass(frozen=True, slots=True)
class Remembered:
    """A person that a vendor's workspace holds. `where` says in plain words in which target, "" where in none.

    `address` is an e-mail address, or the typed key of a profile. `facts` is what the vendor knows of them, as JSON
    values: for the person themselves, and for no log. `kept` says what `erase` leaves there, "" where nothing.
    """

    remote_id: str
    address: str
    place: Place
    where: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    kept: str = ""


class Workspace(Protocol):
    """What a vendor keeps for a whole workspace, whichever target is meant: its block list, and all its people."""

    @property
    def vendor(self) -> str:
        """The vendor's name, as in `Place.vendor`."""

    def id(self) -> str:
        """The workspace that the key opens; asked once."""

    def blocked(self) -> Iterator[str]:
        """Every address and domain of the block list in lower case, a page at a time; never writes.

        Raises VendorError at any moment: a person who is missing then is not known to be unlisted.
        """

    def block(self, values: Sequence[str]) -> int:
        """Put addresses and domains on the block list; how many the vendor took. Raises AnswerLost where unknown."""

    def remembered(self, addresses: Sequence[str], places: Iterable[Place] = ()) -> Iterator[Remembered]:
        """Everyone in the workspace who has exactly one of these identities, in whatever target; never writes.

        Each is an e-mail address in lower case, in any spelling known, or the typed key of a profile (`x:jane`).
        `places` are targets to be asked one by one as well, in case a search over the whole does not show theirs.
        Raises VendorError after what was found, also where an answer may have left a person out.
        """

    def lead(self, remote_id: str) -> Remembered | None:
        """The lead of this id, its address "" where it cannot be read; None where there is none. Never writes."""

    def erase(self, one: Remembered) -> bool:
        """Delete this lead there; False where it was gone already. Never deletes anybody with another address.

        Where the answer is lost it looks again, and deletes again only what is still there; Unavailable after a few
        rounds, Denied where the key may not delete.
        """


class Doubt(Enum):
    """How it is learnt what became of a delivery whose answer was lost."""

    LOOKUP = "lookup"  # the target is asked: it is a `LooksUp`
    REPEAT = "repeat"  # the same is sent again: the vendor documents that this changes nothing


class Destination(Protocol):
    """One target at one vendor: what every vendor must have. What only some have are the abilities below."""

    @property
    def name(self) -> str:
        """The target as the operator would call it, for messages."""

    @property
    def batch_size(self) -> int:
        """The most deliveries one `push` may carry."""

    @property
    def doubt(self) -> Doubt:
        """How doubt ends here."""

    def identity(self, lead: Lead) -> Identity | None:
        """How this vendor knows the person; None where it cannot reach them."""

    def check(self) -> Standing:
        """Whether the target exists and takes people now; writes nothing.

        A missing target that `establish` would create comes back with an empty `place.id`. Raises Denied where a person
        must act first, Unavailable, Refused or ConfigProblem as `errors` says.
        """

    def establish(self) -> Standing:
        """The same as `check`, and creates a missing target where the route allows it (the only thing it writes)."""

    def body(self, delivery: Delivery) -> Mapping[str, object]:
        """The delivery exactly as it would stand in the request, for `preview`."""

    def push(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Send one batch: one outcome for each delivery, in order; an `Answer` where the vendor counts.

        Never repeats a write whose answer was lost: raises AnswerLost instead. Unavailable and Denied mean that
        nothing happened, Refused that the whole batch was turned down because of something in it.
        """


# ---------------------------------------------------------------------------------------------------------- abilities
# Each is asked for with isinstance: a vendor that has none of them is a whole destination all the same.


@runtime_checkable
class LooksUp(Protocol):
    """A target that can be asked which leads it holds. Required where doubt ends by LOOKUP."""

    def clock(self) -> datetime:
        """Now by the vendor's clock, as its latest answers gave it; this host's where none has."""

    def recheck(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Ask the target of each delivery what it holds; never writes. One outcome for each, in order."""


@runtime_checkable
class Audits(LooksUp, Protocol):
    """A target that lists everyone in it, for `reconcile`."""

    def inventory(self, place: Place) -> Iterator[Present]:
        """Everyone in that target, a page at a time; never writes.

        Raises Denied where the target is gone or the key cannot see it, and Unavailable or Refused as `errors` says:
        at any moment, so no lead is known to be missing before the iterator has come to its end. Vendors' listings
        contradict each other for a while: a lead that is missing in one is to be asked for once more, with `recheck`.
        """


@runtime_checkable
class Foresees(Protocol):
    """A vendor that says beforehand what a push would meet, for `preview`. Nothing here writes."""

    def request(self, deliveries: Sequence[Delivery]) -> Mapping[str, object]:
        """The whole body of the request that would carry these deliveries."""

    def with_room(self, standing: Standing) -> Standing:
        """The same with the plan's room, where the target takes of it; what cannot be read becomes a warning."""

    def sightings(self, place: Place, deliveries: Sequence[Delivery]) -> Sightings:
        """Where these stand already, and whether a push to `place` would leave them out for it.

        Raises no VendorError.
        """

    def foresee(
        self,
        place: Place,
        deliveries: Sequence[Delivery],
        samples: int,
        seen: Sightings | None = None,
        ahead: int = 0,
    ) -> Foresight:
        """What a push of these to `place` (as `check` returned it) would meet and cause, by a bounded number of reads.

        `seen` is what `sightings` said of them a moment ago; without it they are looked up. `ahead` others will have
        joined the target by then. Letters are rendered for the first `samples` it would take. Raises no VendorError:
        what could not be read stands in `notes`.
        """


@runtime_checkable
class HasCapacity(Protocol):
    """A target whose senders' limits can be read, for `pace.ahead`. Nothing here writes."""

    def capacity(self, place: Place) -> Capacity:
        """How many people it can start on which day, by documented reads alone.

        Raises Denied, Unavailable or Refused as `errors` says where that cannot be known: nothing is guessed.
        """


@runtime_checkable
class HasWorkspace(Protocol):
    """A vendor with a workspace around its targets: a block list, and people who can be found and erased."""

    def workspace(self) -> Workspace | None:
        """The workspace that the target belongs to."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a vendor is asked for news. `places` are the targets in use, all of one workspace.

    `memory` is what the latest `News` handed back, {} at first. `known` gives the vendor's ids of the leads of a target
    of which an event of this kind is known already: they need not be listed again. `since` is when the first lead was
    delivered there.
    """

    places: Sequence[Place]
    memory: Mapping[str, object]
    known: Callable[[Place, EventKind], Sequence[str]]
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """A page of reported events, and what to remember once it is recorded (None = as before).

    `notes` are sentences for the operator.
    `judged`: the vendor counts judged replies that no page has shown, so recent replies are checked now.
    """

    events: Sequence[ReportedEvent] = ()
    memory: Mapping[str, object] | None = None
    notes: Sequence[str] = ()
    judged: bool = False


@runtime_checkable
class Reports(Protocol):
    """A vendor that reports what became of delivered leads. Nothing here writes; no text of a message is handed on.

    Both raise Unavailable, Denied or Refused as `errors` says, at any moment: what was handed on before is true.
    """

    def events(self, inquiry: Inquiry) -> Iterator[News]:
        """What is new since `inquiry.memory`, by as few reads as the vendor allows."""

    def look_at(self, sent: Sequence[Sent]) -> Iterator[News]:
        """What these very leads show now, wherever they stand."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook that a vendor has registered. `disabled`: it delivers nothing after failures.

    `whole`: it reports every event of the workspace, not only some of them.
    """

    id: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # they hold a secret
    disabled: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Hint:
    """What a webhook's body says. `event` is None where it is no event; `about` names the lead it concerns."""

    event: ReportedEvent | None
    about: ReportedEvent | None = None
    why: str = ""


@runtime_checkable
class HasWebhooks(Protocol):
    """A vendor that posts events to an address of ours, with a header that we choose."""

    def read_post(self, body: Mapping[str, object]) -> Hint:
        """What a body says. It may be forged: nothing is believed of it that could not be asked again."""

    def hooks(self) -> list[Hook]:
        """All that are registered in the workspace."""

    def register_hook(self, url: str, header: str, secret: str) -> tuple[Hook, bool]:
        """The one of this address with this secret, and whether it was made now; asking again changes nothing."""

    def resume_hook(self, hook: Hook) -> None:
        """Have a disabled one deliver again."""

    def test_hook(self, hook: Hook) -> str:
        """Have a test delivered; "" where it arrived, else what the vendor says."""

    def remove_hook(self, hook: Hook) -> None:
        """Delete it."""

    def missed_posts(self, url: str, since: date) -> Iterator[Mapping[str, object]]:
        """The bodies that could not be delivered to this address since that day."""


def workspace_of(destination: Destination) -> Workspace | None:
    """The workspace behind a target; None where the vendor has no such thing."""
    return destination.workspace() if isinstance(destination, HasWorkspace) else None


def look_or_repeat(destination: Destination, deliveries: Sequence[Delivery]) -> list[Outcome]:
    """What became of deliveries whose answer was lost, by the destination's own way; raises what that raises."""
    if destination.doubt is Doubt.REPEAT:
        return destination.push(deliveries)
    refusal = f"{destination.name} ends doubt by LOOKUP and cannot look"
    assert isinstance(destination, LooksUp), refusal  # noqa: S101 - the contract suite holds it of every destination
    return destination.recheck(deliveries)
