"""How many days until a campaign has written to the last of its leads: the arithmetic alone. Pure, no request.

Instantly writes follow-ups before it writes to new people unless set otherwise (instantly.md pitfall 19), at most
`daily_limit` mails of the campaign, what its senders may send, and `daily_max_leads` new people a day. Played through
day by day as if no mail was answered or bounced and the senders had nothing else to do: so it is the earliest possible.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bridge.destinations.foreseen import Pace

MOST_DAYS = 3 * 366
"""Beyond three years the answer is "too slow", and no date."""

_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Senders:
    """The accounts that send for a campaign: how many are named, how many can send, and their mails a day together.

    `daily` is None where an account does not give its limit; `ramping` of them send less at first.
    """

    named: int
    able: int
    daily: int | None
    ramping: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a campaign may send. None = no limit is given. `days` are the weekdays it sends on, Monday being 0.

    `delays` are the days between one mail of the sequence and the next, one less than it has mails. `runs` says whether
    the campaign is sending at all just now.
    """

    daily: int | None = None
    daily_new: int | None = None
    delays: tuple[float, ...] = ()
    follow_ups_first: bool = True
    days: frozenset[int] = frozenset(range(7))
    start: date | None = None
    end: date | None = None
    runs: bool = True


@dataclass(frozen=True, slots=True)
class Queue:
    """Who is before the new leads: people not written to yet, and follow-ups due now. None = unknown."""

    waiting: int | None
    follow_ups: int | None


def pace_of(terms: Terms, senders: Senders | None, queue: Queue, new: int, today: date) -> Pace:
    """The pace of a campaign that `new` leads are about to join."""
    sentences = _sentences(terms, senders, queue)
    capacity = _capacity(terms, senders)
    if capacity is None:
        return Pace((*sentences, "How many mails per day can go is unknown: so is the day of the last."))
    if capacity <= 0 or not terms.days:
        return Pace(tuple(sentences), warnings=("With its present settings the campaign can send nothing.",))
    if new <= 0:
        return Pace((*sentences, "No new lead would be added."))
    people = new + (queue.waiting or 0)
    found = _played(terms, capacity, people, queue.follow_ups or 0, max(today, terms.start or today))
    if found is None:
        return Pace(tuple(sentences), warnings=("At this pace the last lead is not contacted within three years.",))
    late: tuple[str, ...] = ()
    if terms.end is not None and found[1] > terms.end:
        late = (f"The campaign's schedule ends on {terms.end:%Y-%m-%d}: leads that still wait then are not contacted.",)
    return Pace(tuple(sentences), *found, late)


def _capacity(terms: Terms, senders: Senders | None) -> int | None:
    """Mails a day; what is not given does not limit, and None where nothing is given."""
    limits = [terms.daily, senders.daily if senders else None]
    if senders is not None and not senders.able:
        return 0
    return min((limit for limit in limits if limit is not None), default=None)


def _played(terms: Terms, capacity: int, people: int, backlog: int, first: date) -> tuple[int, date] | None:
    """Sending days until `people` have had their first mail, and the day; None where that is beyond MOST_DAYS."""
    due: Counter[int] = Counter({len(terms.delays): backlog})  # a person with the last mail gets no further one
    later: dict[date, Counter[int]] = {}
    sent_on = 0
    for offset in range(MOST_DAYS):
        day = first + timedelta(days=offset)
        due += later.pop(day, Counter())
        if day.weekday() not in terms.days:
            continue
        sent_on += 1
        left = capacity
        if terms.follow_ups_first:
            left -= _follow_up(terms, due, left, day, later)
        fresh = min(left, people, terms.daily_new if terms.daily_new is not None else left)
        _schedule(terms, 0, fresh, day, later)
        people -= fresh
        if people <= 0:
            return sent_on, day
        if not terms.follow_ups_first:
            _follow_up(terms, due, left - fresh, day, later)
    return None


def _follow_up(terms: Terms, due: Counter[int], left: int, day: date, later: dict[date, Counter[int]]) -> int:
    """Send what is due, the last mails of a sequence first; how many went."""
    gone = 0
    for step in sorted(due, reverse=True):
        now = min(left - gone, due[step])
        if now <= 0:
            continue
        due[step] -= now
        gone += now
        _schedule(terms, step, now, day, later)
    return gone


def _schedule(terms: Terms, step: int, count: int, day: date, later: dict[date, Counter[int]]) -> None:
    """People who had mail `step` today get the next one after its delay."""
    if count and step < len(terms.delays):
        on = day + timedelta(days=max(1, math.ceil(terms.delays[step])))
        later.setdefault(on, Counter())[step + 1] += count


# -------------------------------------------------------------------------------------------------------- in sentences


def _sentences(terms: Terms, senders: Senders | None, queue: Queue) -> list[str]:
    """The arithmetic, a short sentence each."""
    daily = "no limit reported" if terms.daily is None else f"{terms.daily:,} mails per day"
    fresh = "" if terms.daily_new is None else f", at most {terms.daily_new:,} of them to new people"
    sentences = [f"The campaign's own limit: {daily}{fresh}.", _of_senders(senders)]
    mails = len(terms.delays) + 1
    if mails > 1:
        order = "before" if terms.follow_ups_first else "after"
        sentences.append(f"{mails} mails to each person; follow-ups go {order} new people.")
    as_if = "" if terms.runs else "; it is not running now; this assumes that it runs from today on"
    sentences.append(f"It sends on {_weekdays(terms.days)}{as_if}.")
    people = "an unknown number of people" if queue.waiting is None else f"{queue.waiting:,} people"
    people = "1 person" if queue.waiting == 1 else people
    due = f", and {queue.follow_ups:,} follow-ups due" if queue.follow_ups else ""
    sentences.append(f"Already in it and not contacted yet: {people}{due}.")
    return sentences


def _of_senders(senders: Senders | None) -> str:
    if senders is None:
        return "What its senders may send is unknown."
    daily = "with no reported limit" if senders.daily is None else f"{senders.daily:,} mails per day together"
    ramp = f" ({senders.ramping} of them less at first, by slow ramp)" if senders.ramping else ""
    return f"Its senders: {senders.able} of {senders.named} can send, {daily}{ramp}."


def _weekdays(days: frozenset[int]) -> str:
    if len(days) == len(_NAMES):
        return "every day"
    return ", ".join(_NAMES[day] for day in sorted(days)) or "no day at all"


def read_days(days: Mapping[str, object]) -> frozenset[int]:
    """Instantly's weekdays as ours. That its 0 is Sunday is UNKNOWN; how many days there are does not depend on it."""
    return frozenset((int(name) + 6) % 7 for name, sends in days.items() if name in set("0123456") and sends is True)
