"""Sums up what a target says of the leads that would go: who is there already, room, texts, pace. Asks no vendor."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from bridge.destinations.foreseen import Foresight, Letter, Pace, Piece, Sighting, Use
from bridge.lazy import dataclass
from bridge.model import Delivery, Lead, Reason

_EXAMPLES = 3
_MOST_PLACES = 10


@dataclass(frozen=True, slots=True)
class Presence:
    """Leads that stand somewhere already, for one reason. `where` counts them by campaign or list, most first."""

    reason: Reason
    skipped: bool
    leads: int
    where: Mapping[str, int]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """The messages to one of the leads that would go: the first in its variants, and those that follow it."""

    lead_id: str
    address: str
    username: str
    letters: tuple[Letter, ...]
    following: tuple[Letter, ...] = ()


@dataclass(frozen=True, slots=True)
class Going:
    """How many leads the sync would offer to the target, and how many of them it would take (None = unknown).

    Of `unasked` of them the target was not asked. `no_room` more are ready and stay so, because the plan is full then;
    `room_left` is what it has left then, also after the routes before this one (None = no limit, or not known).
    """

    ready: int
    taken: int | None = None
    unasked: int = 0
    no_room: int = 0
    room_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook(Foresight):
    """What the leads that would go meet in their target, and what that sums up to. None = unknown.

    The target was asked about `looked_at` of those `going`, and leaves `left_out` of them out: some are in several
    `presences`. Shares of `uses` are of `sampled` leads.
    """

    going: Going
    left_out: int = 0
    presences: tuple[Presence, ...] = ()
    room_after: int | None = None
    messages: tuple[Message, ...] = ()

    @property
    def ready(self) -> int:
        """How many the sync would offer to the target."""
        return self.going.ready

    @property
    def taken(self) -> int | None:
        """How many of them a sync would deliver; None where that is unknown."""
        return self.going.taken

    @property
    def most(self) -> int:
        """The most that the target would take of them, as far as it was asked."""
        return self.going.ready - self.left_out

    def share(self, use: Use) -> float:
        """Which part of the leads has nothing for the variable, 0 to 1."""
        return use.empty / self.sampled if self.sampled else 0.0

    def document(self) -> dict[str, Any]:
        """The part `outlook` of `preview --json`."""
        return {
            "would_go": self.ready,
            "looked_at": self.looked_at,
            "would_be_taken": self.taken,
            "already_there": [
                {
                    "reason": one.reason,
                    "left_out": one.skipped,
                    "leads": one.leads,
                    "where": dict(one.where),
                    "examples": list(one.examples),
                }
                for one in self.presences
            ],
            "plan": {
                "room_before": self.room.before if self.room else None,
                "room_after": self.room_after,
                "counts": self.room.counts if self.room else None,
            },
            "no_room_for": self.going.no_room,
            "variables": [_use(one, self.share(one)) for one in self.uses],
            "variables_counted_over": self.sampled,
            "widens_variables": None if self.widens is None else list(self.widens),
            "first_touch": _pace(self.pace),
            "messages": [document for one in self.messages for document in _message(one, one.letters)],
            "following_messages": [document for one in self.messages for document in _message(one, one.following)],
            "warnings": list(self.warnings),
            "unknown": list(self.notes),
        }


def sum_up(foresight: Foresight, going: Going, deliveries: Sequence[Delivery], leads: Mapping[int, Lead]) -> Outlook:
    """The outlook of a route. The target was asked of `deliveries`; `leads` are those behind the letters, by number."""
    by_id = {delivery.id: delivery for delivery in deliveries}
    room, taken, pace = foresight.room, going.taken, foresight.pace
    after = None
    if room is not None and room.before is not None:
        after = room.before if not room.counts else None if taken is None else going.room_left
    # The day of the last lead is that of all leads that go, or of none.
    pace = replace(pace, sending_days=None, last=None) if pace and taken is None else pace
    seen = {one.name: getattr(foresight, one.name) for one in fields(foresight)} | {"pace": pace}
    outlook = Outlook(
        **seen,
        going=going,
        left_out=(foresight.looked_at or 0) - (foresight.taken or 0),
        presences=tuple(_presences(foresight.met, by_id)),
        room_after=after,
        messages=tuple(
            Message(
                leads[number].id,
                by_id[number].address,
                leads[number].username,
                letters,
                foresight.following.get(number, ()),
            )
            for number, letters in foresight.letters.items()
        ),
    )
    return replace(outlook, warnings=(*_of_variables(outlook), *foresight.warnings))


def _of_variables(outlook: Outlook) -> Iterator[str]:
    if not outlook.sampled:
        return
    for use in outlook.uses:
        name = "{{" + use.name + "}}"
        if not use.bare or not use.empty:
            continue
        if not use.mapped:
            yield f"{name} is used without a fallback, and no lead fills it: the mail has a gap there."
        else:
            yield (
                f"{name} is used without a fallback and stays empty for {percent(outlook.share(use))} of the leads "
                f"({use.empty:,} of {outlook.sampled:,})."
            )


def percent(share: float) -> str:
    """A share in words that never round a few to none, or nearly all to all."""
    if 0 < share < 0.01:  # noqa: PLR2004 - one per cent
        return "under 1 %"
    return "over 99 %" if 0.99 < share < 1 else f"{share:.0%}".replace("%", " %")  # noqa: PLR2004


def _presences(met: Mapping[int, tuple[Sighting, ...]], by_id: Mapping[int, Delivery]) -> Iterator[Presence]:
    """One for each reason, those that are left out first."""
    kinds = dict.fromkeys((seen.reason, seen.skipped) for some in met.values() for seen in some)
    for reason, skipped in sorted(kinds, key=lambda kind: (not kind[1], str(kind[0]))):
        its = {
            number: [seen for seen in some if seen.reason is reason]
            for number, some in met.items()
            if any(seen.reason is reason for seen in some)
        }
        where = Counter(place for some in its.values() for place in {seen.where for seen in some} if place)
        examples = tuple(by_id[number].address for number in list(its)[:_EXAMPLES] if number in by_id)
        yield Presence(reason, skipped, len(its), dict(where.most_common(_MOST_PLACES)), examples)


# ------------------------------------------------------------------------------------------------------------ as JSON


def _use(use: Use, share: float) -> dict[str, Any]:
    return {
        "name": use.name,
        "empty": use.empty,
        "share": round(share, 4),
        "fallbacks": list(use.fallbacks),
        "without_fallback": use.bare,
        "filled_by_route": use.mapped,
    }


def _pace(pace: Pace | None) -> dict[str, Any] | None:
    if pace is None:
        return None
    return {
        "sending_days": pace.sending_days,
        "last_lead_on": pace.last.isoformat() if pace.last else None,
        "arithmetic": list(pace.arithmetic),
        "warnings": list(pace.warnings),
    }


def _message(message: Message, letters: Sequence[Letter]) -> Iterator[dict[str, Any]]:
    for letter in letters:
        yield {
            "lead_id": message.lead_id,
            "email": message.address,
            "step": letter.step,
            "days_after": letter.days,
            "variant": letter.variant,
            "subject": said(letter.subject),
            "body": said(letter.body),
            "open": list(letter.holes),
        }


def said(pieces: Sequence[Piece]) -> str:
    """The text alone."""
    return "".join(piece.text for piece in pieces)
