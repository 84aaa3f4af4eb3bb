"""What Puffle can show about leads before a push: who is in the roster, the first message, the pace. Never writes.

Everything here is advisory: a read that fails becomes a sentence in `notes`. Both spellings of a variable that the
pages show are read: `%first_name%` and `{{first_name}}` (puffle.md §2.2).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bridge.api import Client
from bridge.api.scalars import count, mapping, text
from bridge.destinations.base import Capacity
from bridge.destinations.foreseen import Foresight, Kind, Letter, Pace, Piece, Sighting, Sightings, Use
from bridge.destinations.puffle import campaigns
from bridge.destinations.puffle.rows import PUFFLE, Member, row_body
from bridge.errors import VendorError
from bridge.model import Delivery, Place, Reason

_VARIABLE = re.compile(r"%([A-Za-z_]+(?:\.[\w-]+)?)%|\{\{\s*([A-Za-z_]+(?:\.[\w-]+)?)\s*\}\}")
_TAG = re.compile(r"<[^>]{0,1000}>")
_READY = ("active", "connected")  # e-mail senders, LinkedIn senders (puffle.md §4)
_MESSAGES = ("email", "connection_request", "message")
_DAYS = 3 * 366
_SETS_OFF = "Adding leads sends nothing: no lead is contacted until you launch the campaign in Puffle."


def sightings(members: Callable[[], Mapping[str, Member]], deliveries: Sequence[Delivery]) -> Sightings:
    """Which of them are in the roster already."""
    try:
        known = members()
    except VendorError as error:
        return Sightings(asked=False, notes=(f"Who is in the roster already could not be read: {error.message}",))
    here = (Sighting(Reason.IN_TARGET),)
    met = {one.id: here for one in deliveries if one.address.lower() in known}
    return Sightings(asked=True, sure=True, met=met)


def foresee(
    client: Client, place: Place, deliveries: Sequence[Delivery], samples: int, seen: Sightings, ahead: int
) -> Foresight:
    """The first message for the first `samples` that the roster would take, and how soon the last is written to."""
    going = [one for one in deliveries if one.id not in seen.met]
    looked_at = len(deliveries) if seen.asked else None
    notes = list(seen.notes)
    found = None
    try:
        found = campaigns.detail(client, place.id) if place.id else None
    except VendorError as error:
        notes.append(f"The campaign could not be read: {error.message}")
    if found is None:
        return Foresight(looked_at, seen.met, warnings=(_SETS_OFF,), notes=tuple(notes))
    texts = [(text(node.get("subject")), text(node.get("body"))) for node in found.nodes]
    written = [one for one in texts if any(one)]
    empty = () if written else ("The campaign has no message yet: it cannot be launched.",)
    return Foresight(
        looked_at=looked_at,
        met=seen.met,
        letters={one.id: (_letter(written[0], one),) for one in going[:samples]} if written else {},
        following={
            one.id: tuple(replace(_letter(words, one), step=step) for step, words in enumerate(written[1:], 2))
            for one in going[:samples]
        },
        uses=tuple(_uses(written, going)),
        sampled=len(going),
        pace=_pace(found.campaign.facts, found.rows + ahead, len(going)),
        warnings=(_SETS_OFF, *empty),
        notes=tuple(notes),
    )


def _values(delivery: Delivery) -> dict[str, str]:
    """What a row fills, by the names that texts use."""
    body: Mapping[str, Any] = row_body(delivery)
    custom = body.get("custom_fields", {})
    return {name: text(value) for name, value in body.items()} | {
        f"custom_fields.{name}": value for name, value in custom.items()
    }


def _letter(words: tuple[str, str], delivery: Delivery) -> Letter:
    values = _values(delivery)
    subject, body = (tuple(_pieces(_TAG.sub("", part), values)) for part in words)
    return Letter("A", subject, body)


def _pieces(words: str, values: Mapping[str, str]) -> Iterator[Piece]:
    at = 0
    for match in _VARIABLE.finditer(words):
        if match.start() > at:
            yield Piece(words[at : match.start()])
        name, at = match[1] or match[2], match.end()
        value = values.get(name, "")
        yield Piece(value, Kind.FILLED, name) if value else Piece(match[0], Kind.HOLE, name)
    if at < len(words):
        yield Piece(words[at:])


def _uses(texts: Sequence[tuple[str, str]], deliveries: Sequence[Delivery]) -> Iterator[Use]:
    """The variables of all messages, and how many of the leads have nothing for each."""
    names = [match[1] or match[2] for words in texts for part in words for match in _VARIABLE.finditer(part)]
    filled = [_values(one) for one in deliveries]
    for name in dict.fromkeys(names):
        empty = sum(not its.get(name) for its in filled)
        yield Use(name, empty, mapped=empty < len(filled))


def _pace(facts: Mapping[str, Any], before: int, new: int) -> Pace | None:
    """How many sending days the first messages take: `daily_limit` is the most in a day over all senders."""
    limit = count(facts.get("daily_limit"))
    if not limit or not new:
        return None
    days = -(-(before + new) // limit)
    words = f"{before + new:,} leads at {limit:,} a day, counted from the launch: at least {days:,} sending days."
    return Pace((words,), days)


def capacity(one: campaigns.Campaign, nodes: Sequence[Mapping[str, Any]], rows: int, today: date) -> Capacity:
    """How many people a draft can start on each day from its launch on, counted as if it was launched today.

    Its limit, and those of its senders, count rows a day; every message of the sequence may take of it. Raises Denied
    where Puffle does not show a limit, or restricts the hours in a form that it does not document.
    """
    senders = [mapping(sender) for sender in one.facts.get("sender_accounts") or ()]
    able = [sender for sender in senders if sender.get("status") in _READY]
    if one.type == "linkedin":
        weekly = [count(sender.get("weekly_connection_limit")) for sender in able]
        theirs = None if None in weekly else sum(limit or 0 for limit in weekly) // 7
    else:
        daily = [count(sender.get("daily_limit")) for sender in able]
        theirs = None if None in daily else sum(limit or 0 for limit in daily)
    limits = [limit for limit in (count(one.facts.get("daily_limit")), theirs) if limit is not None]
    if not limits or one.facts.get("operating_hours"):
        raise PUFFLE.denied(
            "Puffle does not show how many people the campaign can start in a day.",
            "Use pace.per_day on the route in place of pace.ahead, then run `leadbridge sync` again.",
        )
    messages = max(1, sum(node.get("type") in _MESSAGES for node in nodes))
    each = min(limits) // messages
    words = (
        f"{min(limits):,} rows a day over {len(able)} of {len(senders)} senders, counted from the launch.",
        f"{messages} message{'s' if messages > 1 else ''} to each person.",
    )
    days = [(today + timedelta(days=offset), each) for offset in range(_DAYS)]
    return Capacity(today, days, rows, rows, words)
