"""The part of the seam that changes what was delivered: optional abilities, as in `base`. Knows no vendor."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

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
    vendor has written to the person, or may have.
    """

    asked: Asked
    values: Mapping[str, Scalar] | None
    contacted: bool = False
    why: str = ""


@runtime_checkable
class Updates(Protocol):
    """A target that shows what it holds of a lead, and lets it be changed."""

    @property
    def most_updates(self) -> int:
        """How many leads one run may ask for."""

    def shown(self, asked: Sequence[Asked]) -> Iterator[Shown]:
        """What the target holds of these leads of one place; never writes. Who is not there is left out.

        Each comes as late as the vendor's reads allow: what it says is acted upon before the next one is asked for.
        """

    def edit(self, shown: Shown, values: Mapping[str, Scalar]) -> None:
        """Write these values ("" = none) to the lead, and nothing else of it. Never repeats a write.

        Raises as `push` does; Refused concerns this lead alone.
        """
