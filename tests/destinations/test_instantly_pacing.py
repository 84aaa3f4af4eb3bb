"""The arithmetic of the first touch: limits, follow-ups, sending days; unknown stays unknown."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.destinations.instantly.pacing import Queue, Senders, Terms, pace_of, read_days

MONDAY = date(2026, 11, 23)
EVERY_DAY, WORKDAYS = frozenset(range(7)), frozenset(range(5))
NO_ONE = Queue(0, 0)


def pace(new, queue=NO_ONE, senders=None, **terms):
    return pace_of(Terms(**terms), senders, queue, new, MONDAY)


def test_one_mail_each_goes_by_the_limit():
    """A hundred people at fifty a day are two days; on workdays only, the weekend does not count."""
    assert (pace(100, daily=50).sending_days, pace(100, daily=50).last) == (2, MONDAY + timedelta(days=1))
    over = pace(300, daily=50, days=WORKDAYS)
    assert (over.sending_days, over.last) == (6, MONDAY + timedelta(days=7))


def test_the_least_limit_counts():
    """Campaign, senders together, new people a day: whichever is smallest."""
    assert pace(100, daily=50, senders=Senders(2, 2, 20)).sending_days == 5
    assert pace(100, daily=50, daily_new=10).sending_days == 10
    assert pace(100, senders=Senders(2, 2, 25)).sending_days == 4


def test_who_waits_already_goes_first():
    """The queue is before us."""
    assert pace(50, Queue(100, 0), daily=50).sending_days == 3


def test_follow_ups_take_their_share():
    """Two mails a person, the second after a day: half of the mails are new ones once it runs; not if new go first."""
    first = pace(200, daily=10, delays=(1.0,))
    assert first.sending_days == 39
    assert pace(200, daily=10, delays=(1.0,), follow_ups_first=False).sending_days == 20
    assert pace(10, Queue(0, 25), daily=10).sending_days == 4


def test_the_campaign_starts_when_it_starts():
    """A start date in the future moves the last day, an end date before it is warned of."""
    late = pace(10, daily=10, start=MONDAY + timedelta(days=30))
    assert late.last == MONDAY + timedelta(days=30)
    (warning,) = pace(100, daily=10, end=MONDAY).warnings
    assert "ends on 2026-11-23" in warning


@pytest.mark.parametrize(
    ("terms", "senders"),
    [({"daily": 0}, None), ({"daily": 9}, Senders(3, 0, 0)), ({"daily": 9, "days": frozenset()}, None)],
)
def test_what_can_send_nothing_is_said(terms, senders):
    """No mails, no able sender, no sending day: a warning, and no date."""
    found = pace(5, senders=senders, **terms)
    assert found.last is None
    assert "can send nothing" in found.warnings[0]


def test_unknown_stays_unknown():
    """Where no limit is reported there is no date; where only the queue is unknown it is said beside the date."""
    assert pace(5).last is None
    assert "unknown" in pace(5).arithmetic[-1]
    reported = pace(5, Queue(None, None), daily=5)
    assert reported.sending_days == 1
    assert "unknown number" in " ".join(reported.arithmetic)


def test_too_slow_is_no_date():
    """Beyond three years no one plans."""
    found = pace(10_000, daily=1)
    assert found.last is None
    assert "three years" in found.warnings[0]


def test_weekdays_begin_on_sunday():
    """Instantly's 0 is read as Sunday; anything but a plain true sends nothing."""
    assert read_days({"0": True, "1": True, "6": "yes", "7": True, "x": True}) == {6, 0}


@given(
    new=st.integers(1, 400), waiting=st.integers(0, 200), daily=st.integers(1, 60),
    delays=st.lists(st.floats(0, 9), max_size=4), days=st.sets(st.integers(0, 6), min_size=1), first=st.booleans(),
)  # fmt: skip
def test_no_campaign_is_faster_than_its_limit(new, waiting, daily, delays, days, first):
    """Never sooner than people over limit, never on a day without sending, and more leads are never sooner."""
    terms = {"daily": daily, "delays": tuple(delays), "days": frozenset(days), "follow_ups_first": first}
    found = pace(new, Queue(waiting, 0), **terms)
    if found.last is None:
        return
    assert found.sending_days * daily >= new + waiting
    assert found.last.weekday() in days
    more = pace(new + 1, Queue(waiting, 0), **terms)
    assert more.last is None or more.last >= found.last
