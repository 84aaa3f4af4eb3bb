"""What vendors' folders share: how a target is called, the errors with what to do next, the lack of a block list.

Makes no request. What only one vendor says stands in its own folder.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from difflib import get_close_matches
from typing import Protocol, TypeVar

from bridge.api.verdicts import shortened
from bridge.errors import AnswerLost, Denied, Unavailable
from bridge.lazy import dataclass
from bridge.model import Place, Target

_MOST_CANDIDATES = 10


class Named(Protocol):
    """A target as a vendor lists it."""

    @property
    def name(self) -> str:
        """Its name there."""


N = TypeVar("N", bound=Named)


def so_named(found: Iterable[N], ref: str) -> list[N]:
    """Those of exactly this name, else those that differ only in case."""
    some = list(found)
    return [one for one in some if one.name == ref] or [one for one in some if one.name.casefold() == ref.casefold()]


@dataclass(frozen=True, slots=True)
class Wording:
    """One vendor: its name in bridge.toml and its title. `nouns` are its words for kinds of targets that differ.

    `within` says where a target is looked for, as it reads after "does not exist".
    """

    name: str
    title: str
    within: str
    nouns: Mapping[str, str] = field(default_factory=dict)

    def noun(self, kind: str) -> str:
        """The vendor's word for this kind of target."""
        return self.nouns.get(kind, kind)

    def called(self, target: Target) -> str:
        """The target as the operator would call it."""
        return f'{self.title} {self.noun(target.kind)} "{target.ref.strip()}"'

    def denied(self, message: str, hint: str, status: int = 0) -> Denied:
        """What a person must do first."""
        return Denied(message, hint=hint, vendor=self.name, status=status)

    def lost(self, message: str, hint: str, status: int = 200) -> AnswerLost:
        """A write of which an answer does not say whether it took effect."""
        return AnswerLost(message, hint=hint, vendor=self.name, status=status)

    def unnamed(self, what: str, status: int) -> AnswerLost:
        """A target that an answer does not give the id of: the next run finds it by its name, and makes no second."""
        said = f"{what} may have been created, but the answer does not give its id."
        return self.lost(said, "Run `leadbridge sync` again: it looks for it by its name.", status)

    def unreadable(self, request: str) -> Unavailable:
        """A 2xx of an unknown shape: nothing is known by it."""
        return Unavailable(
            f"{self.title} answered {request} with JSON of an unknown shape.",
            hint=f"Check {self.name.upper()}_BASE_URL, then run `leadbridge check`.",
            vendor=self.name,
            status=200,
        )

    def still_there(self, what: str) -> Unavailable:
        """A deletion whose answer was lost every time."""
        said = f"{self.title} did not say whether {what} was deleted, and it is still there."
        return Unavailable(said, hint="Run the same command again.", vendor=self.name)

    def gone(self, place: Place) -> Denied:
        """A target that leads were sent to, and that is there no longer."""
        said = f"The {self.title} {self.noun(place.kind)} {place.id} is gone."
        return self.denied(said, "Name another target in bridge.toml, then run `leadbridge check`.", 404)

    def foreign(self, opened: str, sent: str) -> Denied:
        """A key of another workspace than the one that leads were sent to."""
        return self.denied(
            f"{self.name.upper()}_API_KEY opens {opened}, but leads were sent to {sent}: they cannot be looked up.",
            "Put the earlier key back, then run the same command again.",
        )

    def ambiguous(self, target: Target, named: Sequence[str]) -> Denied:
        """Several targets have the name; each is listed by its id and what distinguishes it."""
        listed = shortened("; ".join(named[:_MOST_CANDIDATES]), 1000)
        return self.denied(
            f"{self.called(target)} is the name of {len(named)}: {listed}.",
            f"Write the id of the one you mean in place of the name, as {self.name}_{target.kind} in bridge.toml.",
        )

    def missing(self, target: Target, names: Iterable[str], fix: str = "") -> Denied:
        """No target has the name or id; `fix` is what helps beside another name, such as ", or make it in Puffle"."""
        titles = {name.casefold(): name for name in names if name}
        near = [titles[key] for key in get_close_matches(target.ref.strip().casefold(), titles, n=3, cutoff=0.5)]
        similar = " Similar names: " + ", ".join(f'"{shortened(name)}"' for name in near) + "." if near else ""
        return self.denied(
            f"{self.called(target)} does not exist {self.within}.{similar}",
            f"Fix {self.name}_{target.kind} of this route in bridge.toml{fix}, then run `leadbridge check`.",
        )


class WithoutBlockList:
    """The part of a `Workspace` of a vendor that has no block list."""

    def blocked(self) -> Iterator[str]:
        """Nothing."""
        return iter(())

    def block(self, values: Sequence[str]) -> int:
        """Takes none."""
        del values
        return 0
