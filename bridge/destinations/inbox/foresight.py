"""What Inbox can show about leads before a push: the first message, the pace, what adding sets off. Never writes.

It does not show who is in a campaign already, so how many of them would be new is unknown.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from bridge.api.scalars import count, mapping, text
from bridge.destinations.base import Capacity
from bridge.destinations.foreseen import Foresight, Kind, Letter, Pace, Piece, Sightings, Use
from bridge.destinations.inbox.reading import INBOX, Campaign, Sender, listed
from bridge.lazy import dataclass
from bridge.model import Delivery

UNKNOWN = "Inbox does not show who is in a campaign: leads that are there already count among those that would go."
Values = Callable[[Delivery], Mapping[str, str]]
_MOST_DAYS = 3 * 366
_LONGEST = 20_000  # characters of a message that are read


def foresee(
    one: Campaign, linked: Sequence[Sender], deliveries: Sequence[Delivery], values: Values, samples: int, ahead: int,
    today: date, sets_off: str = "",
) -> Foresight:  # fmt: skip
    """The first message to the first `samples`, and how soon the last of them is written to."""
    steps = [mapping(step) for step in listed(mapping(one.facts.get("sequence")).get("steps"))]
    messages = [message for step in steps if (message := _segments(step))]
    empty = () if messages else ("The campaign has no message yet: it cannot be enabled.",)
    return Foresight(
        letters={each.id: _letters(messages[0], values(each)) for each in deliveries[:samples]} if messages else {},
        following={
            each.id: tuple(
                replace(_letters(message, values(each))[0], step=step) for step, message in enumerate(messages[1:], 2)
            )
            for each in deliveries[:samples]
        },
        uses=tuple(_uses(messages, [values(each) for each in deliveries])),
        sampled=len(deliveries),
        pace=_pace(one, linked, len(deliveries) + ahead, today),
        warnings=(*filter(None, (sets_off,)), *empty),
        notes=(UNKNOWN,),
    )


def sightings() -> Sightings:
    """No lead can be asked for."""
    return Sightings(asked=False, notes=(UNKNOWN,))


def _segments(step: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [mapping(part) for part in listed(mapping(step.get("data")).get("segments"))]


def _letters(segments: Sequence[Mapping[str, Any]], values: Mapping[str, str]) -> tuple[Letter, ...]:
    return (Letter("A", (), tuple(_piece(part, values) for part in segments)),)


def _piece(part: Mapping[str, Any], values: Mapping[str, str]) -> Piece:
    """One segment: its own text, a variable with its fallback, or variations, which are shown as they stand."""
    name, fallback = text(part.get("name")), text(part.get("fallback"))
    match part.get("type"):
        case "variable" if name in values:
            return Piece(values[name], Kind.FILLED, name)
        case "variable" if fallback:
            return Piece(fallback, Kind.FALLBACK, name)
        case "variable" if not _is_ours(name):
            return Piece("{{" + name + "}}", Kind.SENDER, name)  # filled by Inbox, from the profile
        case "variable":
            return Piece("{{" + name + "}}", Kind.HOLE, name)
        case "variation":
            return Piece("{" + "|".join(map(text, listed(part.get("options"))))[:_LONGEST] + "}", Kind.CODE)
        case _:
            return Piece(text(part.get("text", part.get("content")))[:_LONGEST])


def _is_ours(name: str) -> bool:
    """Whether a column fills the variable; others Inbox fills itself, from what it knows of a profile."""
    return name.startswith("custom_")


def _uses(messages: Sequence[Sequence[Mapping[str, Any]]], filled: Sequence[Mapping[str, str]]) -> Iterator[Use]:
    """The columns that the messages use, and how many of the leads have nothing for each."""
    fallbacks: dict[str, list[str]] = {}
    for part in (part for message in messages for part in message if part.get("type") == "variable"):
        if _is_ours(text(part.get("name"))):
            fallbacks.setdefault(text(part.get("name")), []).append(text(part.get("fallback")))
    for name, words in fallbacks.items():
        empty = sum(not values.get(name) for values in filled)
        given = tuple(dict.fromkeys(filter(None, words)))
        yield Use(name, empty, given, not all(words), empty < len(filled))


@dataclass(frozen=True, slots=True)
class _Open:
    """What a campaign may send: messages an hour over its senders that are able (None: not shown), hours by weekday."""

    hourly: int | None
    able: int
    hours: Mapping[int, float]

    def by_day(self, today: date) -> Iterator[tuple[date, float]]:
        """Messages on each sending day from today on. Inbox's weekday 0 is Sunday (inbox.md §2.2)."""
        for day in (today + timedelta(days=offset) for offset in range(_MOST_DAYS)):
            open_for = self.hours.get((day.weekday() + 1) % 7, 0.0)
            if open_for:
                yield day, (self.hourly or 0) * open_for


def _open(one: Campaign, linked: Sequence[Sender]) -> _Open:
    rate = count(one.facts.get("hourlyMessageRate"))
    hours: dict[int, float] = {}
    for day, span in mapping(one.facts.get("scheduleHours")).items():
        if day in set("0123456"):
            start, end = (count(mapping(span).get(name)) for name in ("start", "end"))
            hours[int(day)] = max(0, end - start) / 60 if start is not None and end is not None else 0.0
    able = sum(sender.id in one.senders and sender.status in ("active", "") for sender in linked)
    return _Open(None if rate is None else rate * able, able, hours)


def _described(one: Campaign, opened: _Open) -> tuple[str, ...]:
    rate = count(one.facts.get("hourlyMessageRate"))
    return (
        f"{rate or 'an unknown number of'} messages an hour for each of {opened.able} of {len(one.senders)} senders.",
        f"{sum(opened.hours.values()):g} hours a week are open for sending.",
    )


def _pace(one: Campaign, linked: Sequence[Sender], new: int, today: date) -> Pace | None:
    """How many sending days the first messages take: the hourly rate is for each account (inbox.md §2.2)."""
    opened = _open(one, linked)
    said = _described(one, opened)
    if not opened.hourly or not any(opened.hours.values()):
        return Pace(said, warnings=() if opened.hourly is None else ("With its present settings it can send nothing.",))
    waiting = max(0, (one.targets or 0) - (one.contacted or 0)) + new
    said = (*said, f"{waiting:,} people wait for their first message, these included.")
    left = float(waiting)
    for number, (day, messages) in enumerate(opened.by_day(today), 1):
        left -= messages
        if left <= 0:
            return Pace(said, number, day)
    return Pace(said)


def capacity(one: Campaign, linked: Sequence[Sender], now: datetime) -> Capacity:
    """How many people it can start on each day: a sequence of several messages shares the hourly rate among them.

    Whether follow-ups go first is not documented: counted as if each person took all their messages at once. Raises
    Denied where Inbox does not show the figures.
    """
    opened, local = _open(one, linked), now.astimezone(_zone(one.timezone))
    if opened.hourly is None or one.targets is None or one.contacted is None or one.contacted > one.targets:
        raise INBOX.denied(
            "Inbox does not show credibly how many people the campaign can message, or how many wait in it.",
            "Use pace.per_day on the route in place of pace.ahead, then run `leadbridge sync` again.",
        )
    steps = [mapping(step) for step in listed(mapping(one.facts.get("sequence")).get("steps"))]
    messages = max(1, sum(bool(_segments(step)) for step in steps))
    today = local.date()
    starts = [(day, int(sent) // messages) for day, sent in opened.by_day(today)]
    if starts and starts[0][0] == today:  # what is left of today
        span = mapping(mapping(one.facts.get("scheduleHours")).get(str((today.weekday() + 1) % 7)))
        minutes = max(
            0, (count(span.get("end")) or 0) - max(local.hour * 60 + local.minute, count(span.get("start")) or 0)
        )
        starts[0] = today, int(opened.hourly * minutes / 60) // messages
    shared = f"{messages} messages to each person share that." if messages > 1 else ""
    said = tuple(filter(None, (*_described(one, opened), shared)))
    return Capacity(today, starts, one.targets - one.contacted, one.targets, said)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
