"""The part of the seam that changes what was delivered: optional abilities, as in `base`. Knows no vendor."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Protocol, runtime_checkable

from bridge.lazy import dataclass
from bridge.model import Place, Scalar


@dataclass(frozen=True, slots=True)
class Asked:
    """A lead that we delivered, of which these fields are to be changed, by our names."""

    delivery_id: int
    remote_id: str
    address: str
    place: Place
    names: Collection[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a target holds now of a lead. `values` has those of the asked fields that can be changed there.

    `values` is None where they cannot be read, or nothing can be changed any more: `why` says so. `contacted`: the
    vendor has written to the person, or may have. `beside` is what else is there that people change, by the
    vendor's names.
    """

    asked: Asked
    values: Mapping[str, Scalar] | None
    contacted: bool = False
    why: str = ""
    beside: Mapping[str, Scalar] = field(default_factory=dict)


@runtime_checkable
class Updates(Protocol):
    """A target that shows what it holds of a lead, and lets it be changed."""

    @property
    def most_updates(self) -> int:
        """How many leads one run may ask for."""

    def shown(self, asked: Sequence[Asked]) -> Iterator[Shown]:
        """What the target holds of these leads of one place; never writes. Who is not there is left out.

        Each is read alone, right before it comes, once its write has its turn too: what it says is acted upon before
        the next one is asked for.
        """

    def edit(self, shown: Shown, values: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        """Write these values ("" = none) to the lead, and nothing else of it, in one attempt: after a wait it is old.

        Returns what its answer shows of `beside`, {} where it shows nothing. Raises as `push` does; Refused concerns
        this lead alone.
        """


@dataclass(frozen=True, slots=True)
class Seen:
    """A person in one target of the workspace. `verifying`: the vendor has not finished checking the address."""

    place: Place
    remote_id: str
    verifying: bool = False


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where people stand, by address in lower case, and the addresses of which that is not certain, with why."""

    seen: Mapping[str, Sequence[Seen]]
    unknown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Job:
    """A background job of the vendor's. `word` is its own for the state; `over` at the end, `failed` if not by success.

    `moved` are the addresses that it says it moved, None where it does not name all of them. `ended` is by the vendor's
    clock.
    """

    id: str
    word: str
    over: bool
    failed: bool = False
    moved: frozenset[str] | None = None
    ended: datetime | None = None


@runtime_checkable
class Moves(Protocol):
    """A vendor that moves leads from a list into a campaign, by a job in the background."""

    @property
    def most_moves(self) -> int:
        """How many leads one job may be asked for."""

    def whereabouts(self, addresses: Sequence[str]) -> Whereabouts:
        """Where these people stand in the whole workspace; never writes."""

    def move(self, remote_ids: Sequence[str], source: Place, target: Place, *, alone: bool) -> str:
        """Begin to move these leads; the id of the job.

        The vendor leaves out who is in the target already, with `alone` who is in any campaign, and who is still being
        verified. Never repeats a write: raises AnswerLost instead.
        """

    def job(self, job_id: str) -> Job:
        """How it stands now. Raises Refused (404) where it is not known."""

    def jobs_since(self, source: Place, target: Place, since: datetime) -> Sequence[Job]:
        """The moves that have begun there since, by anyone; the oldest first."""
