"""What a vendor can say before anything is sent: the values behind `Destination.foresee`. Makes no request.

A field that is None says "unknown", never "none": whatever could not be read stands as a sentence in `notes`.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum

from bridge.lazy import dataclass
from bridge.model import Reason


class Kind(StrEnum):
    """What a piece of a rendered text is."""

    TEXT = "text"  # the campaign's own words
    FILLED = "filled"  # a variable, with the lead's value
    FALLBACK = "fallback"  # a variable that is empty for this lead: the campaign's fallback stands in
    HOLE = "hole"  # a variable that stays empty, or unresolved, in the mail
    SENDER = "sender"  # filled by the vendor from the sending account
    CODE = "code"  # spintax, Liquid and the like: shown as it stands, not resolved


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a rendered text. `name` is the variable's, "" where the piece is none."""

    text: str
    kind: Kind = Kind.TEXT
    name: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one lead, in one of its variants (A, B …). HTML is shown as text.

    `step` is its place in the sequence, `days` how long after the one before it goes (None = not known).
    """

    variant: str
    subject: tuple[Piece, ...]
    body: tuple[Piece, ...]
    step: int = 1
    days: float | None = None

    @property
    def holes(self) -> tuple[str, ...]:
        """The variables that stay open in it, in the order of their appearance."""
        pieces = (*self.subject, *self.body)
        return tuple(dict.fromkeys(piece.name or piece.text for piece in pieces if piece.kind is Kind.HOLE))


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a lead that is about to go stands already. `skipped` says whether the target will leave it out for that.

    `where` names the campaign or list, "" where the reason says it all.
    """

    reason: Reason
    where: str = ""
    skipped: bool = True


@dataclass(frozen=True, slots=True)
class Sightings:
    """Where leads stand already, by the delivery's id, those that stand nowhere left out.

    `asked` is False where that could not be asked, `sure` where something that may keep leads out was not read whole;
    `notes` say what could not be read.
    """

    asked: bool
    sure: bool = False
    met: Mapping[int, tuple[Sighting, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """A variable that the messages use. `empty` counts the leads that have nothing for it.

    `fallbacks` are the words that stand in then; `bare` says that somewhere it stands without any.
    """

    name: str
    empty: int
    fallbacks: tuple[str, ...] = ()
    bare: bool = True
    mapped: bool = True


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon the last lead is first written to. `arithmetic` says in short sentences how that was counted.

    `sending_days` is how many days of sending that takes, `last` the day it is reached, both None where unknown.
    """

    arithmetic: tuple[str, ...]
    sending_days: int | None = None
    last: date | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    """The plan's room for more people: None = unknown or unlimited. `counts` says whether this target takes of it."""

    before: int | None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a push would meet and set off. Keys of `met`, `letters` and `following` are delivery ids.

    `letters` are the first message in its variants, `following` the later ones of the sequence, each once.

    `looked_at` is how many of the leads were looked up, None where none could be. `uses` are the variables of all
    messages, counted over the `sampled` leads that would be taken; `widens` those that
    the leads carry and the target does not know yet, None where it does not give its own.
    """

    looked_at: int | None = None
    met: Mapping[int, tuple[Sighting, ...]] = field(default_factory=dict)
    room: Room | None = None
    letters: Mapping[int, tuple[Letter, ...]] = field(default_factory=dict)
    following: Mapping[int, tuple[Letter, ...]] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()
    sampled: int = 0
    widens: tuple[str, ...] | None = None
    pace: Pace | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def taken(self) -> int | None:
        """How many of those looked at the target would take; None where none was looked at."""
        if self.looked_at is None:
            return None
        return self.looked_at - sum(any(one.skipped for one in seen) for seen in self.met.values())
