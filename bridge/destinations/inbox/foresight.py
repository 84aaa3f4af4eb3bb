"""What Inbox can tell of leads that are about to go: the first message, the pace, what adding sets off. Never writes.

Who is in a campaign already it does not tell, so how many of them would be new is unknown.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from bridge.api.scalars import count, mapping, text
from bridge.destinations.foreseen import Foresight, Kind, Letter, Pace, Piece, Sightings, Use
from bridge.destinations.inbox.reading import Campaign, Sender, listed
from bridge.model import Delivery

UNTOLD = "Inbox does not tell who is in a campaign: leads that are there already are counted among those that would go."
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
        uses=tuple(_uses(messages, [values(each) for each in deliveries])),
        sampled=len(deliveries),
        pace=_pace(one, linked, len(deliveries) + ahead, today),
        warnings=(*filter(None, (sets_off,)), *empty),
        notes=(UNTOLD,),
    )


def sightings() -> Sightings:
    """No lead can be asked for."""
    return Sightings(asked=False, notes=(UNTOLD,))


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
        told = tuple(dict.fromkeys(filter(None, words)))
        yield Use(name, empty, told, not all(words), empty < len(filled))


def _pace(one: Campaign, linked: Sequence[Sender], new: int, today: date) -> Pace | None:
    """How many sending days the first messages take: the hourly rate is for each account (inbox.md §2.2)."""
    rate = count(one.facts.get("hourlyMessageRate"))
    hours = {int(day): _hours(mapping(span)) for day, span in mapping(one.facts.get("scheduleHours")).items()
             if day in set("0123456")}  # fmt: skip
    able = [sender for sender in linked if sender.id in one.senders and sender.status in ("active", "")]
    told: tuple[str, ...] = (
        f"{rate or 'an unknown number of'} messages an hour for each of {len(able)} of {len(one.senders)} senders.",
        f"{sum(hours.values()):g} hours a week are open for sending.",
    )
    if not rate or not able or not any(hours.values()):
        return Pace(told, warnings=() if rate is None else ("With its present settings it can send nothing.",))
    waiting = max(0, (one.targets or 0) - (one.contacted or 0)) + new
    days, left, day = 0, float(waiting), today
    while left > 0 and (day - today).days < _MOST_DAYS:
        open_for = hours.get((day.weekday() + 1) % 7, 0.0)  # 0 is Sunday
        left -= rate * len(able) * open_for
        days += open_for > 0
        day += timedelta(days=1)
    told = (*told, f"{waiting:,} people wait for their first message, these included.")
    return Pace(told, days, day - timedelta(days=1)) if left <= 0 else Pace(told)


def _hours(span: Mapping[str, Any]) -> float:
    start, end = count(span.get("start")), count(span.get("end"))
    return max(0, end - start) / 60 if start is not None and end is not None else 0.0
