"""Reads how many people a campaign can start, and when, for `pace.ahead`. Never writes.

What cannot be known is an error here. Six reads: the campaign, its accounts, the campaigns that share them, its
analytics, those of its days, its sending status.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import accumulate
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from bridge.api import Client
from bridge.api.scalars import count, mapping, text
from bridge.destinations.base import Capacity
from bridge.destinations.instantly import rendering, senders
from bridge.destinations.instantly.pacing import Queue, describe, limit_of, starts
from bridge.destinations.instantly.senders import Crowd
from bridge.destinations.instantly.target import PATHS
from bridge.errors import Denied
from bridge.model import Place

_PER_DAY = "Use pace.per_day on the route in place of pace.ahead, then run `leadbridge sync` again."
_MOST_CREDIBLE = 1_000_000


def capacity(client: Client, place: Place) -> Capacity:
    """What the campaign can start on each day. Raises VendorError, and Denied where its answers do not say it."""
    if place.kind != "campaign":
        raise _unknown("A lead list has no senders, so pace.ahead says nothing about it.")
    campaign = mapping(client.get(f"{PATHS['campaign']}/{place.id}").data)
    terms = senders.terms_of(campaign, rendering.read_steps(campaign))
    accounts = senders.senders_of(client, campaign, shared=True)
    if accounts is None or limit_of(terms, accounts) is None:
        raise _unknown("Instantly does not say how many mails a day the campaign's senders can send.")
    now = client.clock()
    today, is_over = _day_of(campaign, now)
    crowd = _crowd(client, place.id)
    done = senders.today_in(client, place.id)
    waits = list(accumulate(max(1, ceil(delay)) for delay in terms.delays))
    before = _days(client, place.id, today - timedelta(days=max(waits, default=0)), today)
    later = _later(waits, before, today) if crowd.under_way else {}
    scheduled = sum(sum(due.values()) for due in later.values())
    due = done.follow_ups if done.follow_ups is not None else max(0, (crowd.under_way or 0) - scheduled)
    sent, begun = before.get(today, (0, 0))
    queue = Queue(
        crowd.waiting, due if waits else 0, max(done.sent, sent), max(done.begun, begun), today=today, later=later
    )
    first = max(today + timedelta(days=is_over), terms.start or today)
    days = [one for one in starts(terms, accounts, queue, first) if terms.end is None or one[0] <= terms.end]
    if any(people > _MOST_CREDIBLE for _, people in days):
        raise _unknown(f"Instantly reports a limit of more than {_MOST_CREDIBLE:,} mails a day, which is not credible.")
    return Capacity(today, days, crowd.waiting or 0, crowd.total or 0, tuple(describe(terms, accounts, queue)))


def _unknown(message: str) -> Denied:
    return Denied(message, hint=_PER_DAY, vendor="instantly")


def _crowd(client: Client, campaign_id: str) -> Crowd:
    """Who is in the campaign; where the analytics contradict themselves, those not contacted are counted one by one."""
    found = senders.crowd_of(client, campaign_id)
    if found.waiting is None and found.total is not None:
        waiting = senders.counted(client, campaign_id, filter="FILTER_VAL_NOT_CONTACTED")
        found = Crowd(found.total, waiting, found.total - waiting if waiting is not None else None)
    if found.waiting is None:
        raise _unknown("Instantly does not say credibly how many leads of the campaign are not contacted yet.")
    return found


def _days(client: Client, campaign_id: str, since: date, today: date) -> dict[date, tuple[int, int]]:
    """How many mails went on which day, and how many of them to new people."""
    asked = {"campaign_id": campaign_id, "start_date": since.isoformat()}
    rows = client.get("/campaigns/analytics/daily", asked | {"end_date": (today + timedelta(days=1)).isoformat()}).data
    if not isinstance(rows, list):
        raise _unknown("Instantly does not say credibly what the campaign sent on the last days.")
    days = {senders.day_of(row.get("date")): row for row in map(mapping, rows)}
    return {
        day: (count(row.get("sent")) or 0, count(row.get("new_leads_contacted")) or 0)
        for day, row in days.items()
        if day
    }


def _later(
    waits: Sequence[int], before: Mapping[date, tuple[int, int]], today: date
) -> Mapping[date, Mapping[int, int]]:
    """The next follow-ups, by who was first written to on which day. Some reply before: then it is less."""
    found: dict[date, Counter[int]] = {}
    for day, (_, people) in before.items():
        ahead = [(day + timedelta(days=wait), step) for step, wait in enumerate(waits, 1)]
        for due, step in [one for one in ahead if one[0] > today][:1]:
            found.setdefault(due, Counter())[step] += people
    return found


def _day_of(campaign: Mapping[str, Any], now: datetime) -> tuple[date, bool]:
    """Which day it is where the campaign sends, and whether the sending hours of that day are over."""
    listed = mapping(campaign.get("campaign_schedule")).get("schedules")
    hours = [mapping(one) for one in (listed if isinstance(listed, list) else ())]
    local = [(now.astimezone(_zone(text(one.get("timezone")))), _closes(one)) for one in hours]
    today = local[0][0].date() if local else now.date()
    return today, bool(local) and all(here.time() >= closes for here, closes in local)


def _closes(hours: Mapping[str, Any]) -> time:
    try:
        return time.fromisoformat(text(mapping(hours.get("timing")).get("to")))
    except ValueError:
        return time.max


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
