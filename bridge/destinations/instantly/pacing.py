"""How many people a campaign can start on each day, and when the last of them is: the arithmetic alone. No request.

`starts` is the one calculation behind the preview's first touch and behind a route's `pace.ahead`.

Instantly writes follow-ups before it writes to new people unless set otherwise (instantly.md pitfall 19). Limits of a
day: `daily_limit` mails of the campaign, what its senders may send, and `daily_max_leads` new people. The days are
counted as if no mail was answered or bounced and the senders had no other work. So it is the earliest possible.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import date, timedelta

from bridge.destinations.foreseen import Pace
from bridge.lazy import dataclass

MOST_DAYS = 3 * 366
"""Beyond three years the answer is "too slow", and no date."""

_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Ramp:
    """An account whose limit grows by `step` mails a day, from the day on which its warm-up `began`, up to `limit`."""

    limit: int
    step: int
    began: date

    def missing(self, day: date) -> int:
        """How many mails it sends less than its limit on this day."""
        return max(0, self.limit - self.step * max(1, (day - self.began).days + 1))


@dataclass(frozen=True, slots=True)
class Senders:
    """The accounts that send for a campaign: how many are named, how many can send, and their mails a day together.

    `daily` is None where an account does not give its limit; `ramping` of them send less at first: those of `ramps` by
    how much is known. `shared` of them send for other active campaigns too: a part of their limit is counted.
    """

    named: int
    able: int
    daily: int | None
    ramping: int = 0
    ramps: tuple[Ramp, ...] = ()
    shared: int = 0

    def on(self, day: date) -> int | None:
        """Their mails on this day."""
        return None if self.daily is None else self.daily - sum(ramp.missing(day) for ramp in self.ramps)


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
    """Who is before the new leads: people not written to yet, and follow-ups due now. None = unknown.

    `sent` mails, `begun` of them to new people, have gone on the day `today` already. `later` are follow-ups of people
    who were written to before: how many will be due, by day and by the number of the mail.
    """

    waiting: int | None
    follow_ups: int | None
    sent: int = 0
    begun: int = 0
    today: date | None = None
    later: Mapping[date, Mapping[int, int]] = field(default_factory=dict)


def pace_of(terms: Terms, senders: Senders | None, queue: Queue, new: int, today: date) -> Pace:
    """The pace of a campaign that `new` leads are about to join."""
    sentences = describe(terms, senders, queue)
    capacity = limit_of(terms, senders)
    if capacity is None:
        return Pace((*sentences, "How many mails per day can go is unknown: so is the day of the last."))
    if capacity <= 0 or not terms.days:
        return Pace(tuple(sentences), warnings=("With its present settings the campaign can send nothing.",))
    if new <= 0:
        return Pace((*sentences, "No new lead would be added."))
    people, found = new + (queue.waiting or 0), None
    sending_days = 0
    for day, count in starts(terms, senders, queue, max(today, terms.start or today)):
        sending_days, people = sending_days + 1, people - count
        if people <= 0:
            found = sending_days, day
            break
    if found is None:
        return Pace(tuple(sentences), warnings=("At this pace the last lead is not contacted within three years.",))
    late: tuple[str, ...] = ()
    if terms.end is not None and found[1] > terms.end:
        late = (f"The campaign's schedule ends on {terms.end:%Y-%m-%d}: leads that still wait then are not contacted.",)
    return Pace(tuple(sentences), *found, late)


def limit_of(terms: Terms, senders: Senders | None, day: date | None = None) -> int | None:
    """Mails a day, or on this day; what is not given does not limit, and None where nothing is given."""
    able = senders if senders is None or day is None else replace(senders, daily=senders.on(day))
    limits = [terms.daily, able.daily if able else None]
    if senders is not None and not senders.able:
        return 0
    return min((limit for limit in limits if limit is not None), default=None)


def starts(terms: Terms, senders: Senders | None, queue: Queue, first: date) -> Iterator[tuple[date, int]]:
    """How many new people it can write to on each sending day from `first` on, as long as people wait."""
    due: Counter[int] = Counter({len(terms.delays): queue.follow_ups or 0})  # the last mail of all: none follows it
    later: dict[date, Counter[int]] = {}
    for day, due_then in queue.later.items():
        later.setdefault(max(first, day), Counter()).update(due_then)
    for offset in range(MOST_DAYS):
        day = first + timedelta(days=offset)
        due += later.pop(day, Counter())
        if day.weekday() not in terms.days:
            continue
        gone, begun = (queue.sent, queue.begun) if day == queue.today else (0, 0)
        left = max(0, (limit_of(terms, senders, day) or 0) - gone)
        if terms.follow_ups_first:
            left -= _follow_up(terms, due, left, day, later)
        fresh = left if terms.daily_new is None else min(left, max(0, terms.daily_new - begun))
        _schedule(terms, 0, fresh, day, later)
        yield day, fresh
        if not terms.follow_ups_first:
            _follow_up(terms, due, left - fresh, day, later)


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


def describe(terms: Terms, senders: Senders | None, queue: Queue) -> list[str]:
    """The arithmetic, a short sentence each."""
    daily = "no limit reported" if terms.daily is None else f"{terms.daily:,} mails per day"
    fresh = "" if terms.daily_new is None else f", at most {terms.daily_new:,} of them to new people"
    sentences = [f"The campaign's own limit: {daily}{fresh}.", _of_senders(senders)]
    mails = len(terms.delays) + 1
    if mails > 1:
        order = "before" if terms.follow_ups_first else "after"
        sentences.append(f"{mails} mails to each person; follow-ups go {order} new people.")
    as_if = "" if terms.runs else "; it is not running now; this assumes that it runs from today on"
    named = ", ".join(_NAMES[day] for day in sorted(terms.days)) or "no day at all"
    days = "every day" if len(terms.days) == len(_NAMES) else named
    sentences.append(f"It sends on {days}{as_if}.")
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
    shared = (
        f"; {senders.shared} of them serve other campaigns too, so a part of theirs counts" if senders.shared else ""
    )
    return f"Its senders: {senders.able} of {senders.named} can send, {daily}{ramp}{shared}."


def read_days(days: Mapping[str, object]) -> frozenset[int]:
    """Instantly's weekdays as ours. That its 0 is Sunday is UNKNOWN; how many days there are does not depend on it."""
    return frozenset((int(name) + 6) % 7 for name, sends in days.items() if name in set("0123456") and sends is True)
