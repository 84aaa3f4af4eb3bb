"""Validations requested from Scravio, in words, for `status` and `explain`. Reads nothing."""

from typing import Any

from bridge.ledger.views.spending import AskedFor, RouteSpending
from bridge.model import ValidationRequest
from bridge.model.credits import as_credits
from bridge.reports.text import iso, minute, plain

_STATES = {
    "asking": "requested, no answer yet; the next sync checks",
    "running": "in progress",
    "joined": "in progress, requested outside leadbridge",
    "completed": "ended",
    "failed": "failed; it is not requested again automatically",
    "unclear": "it is unknown whether Scravio accepted it; it is not requested again automatically",
}


def sentence(one: AskedFor, *, with_title: bool) -> str:
    """`"Fitness", 2026-11-20 12:00 UTC: in progress; 10 credits are reserved for 10 addresses`."""
    about = f'"{plain(one.title, 100)}", ' if with_title else ""
    whose = f" for {one.route}" if one.route and not with_title else "" if one.route else " by hand"
    why = f" ({plain(one.detail, 100)})" if one.detail and one.state == "failed" else ""
    kept = "were spent on" if one.settled else "are reserved for"
    cost = f"{as_credits(one.charge)} credits {kept} {one.emails:,} addresses"
    again = ""
    if one.state in ("failed", "unclear"):
        again = f"; to request it again: leadbridge validate --campaign {one.campaign_id}"
    return f"{about}{minute(one.asked_at)}{whose}: {_STATES.get(one.state, one.state)}{why}; {cost}{again}"


def document(one: AskedFor) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "campaign_id": one.campaign_id,
        "route": one.route or None,
        "client": one.client,
        "state": one.state,
        "emails": one.emails,
        "credits": one.charge / 1000,
        "settled": one.settled,
        "asked_at": iso(one.asked_at),
        "ended_at": iso(one.ended_at),
        "detail": one.detail or None,
    }


def budget_line(wanted: ValidationRequest | None, spent: RouteSpending | None) -> str:
    """What a route has spent of what it may; "" where it neither asks nor ever did."""
    if spent is None and (wanted is None or wanted.when == "never"):
        return ""
    total, today = (spent.total, spent.today) if spent else (0, 0)
    if wanted is None or wanted.when == "never":
        return f"validations: {as_credits(total)} credits spent or reserved; no more are requested"
    caps = wanted.budget
    return (
        f"validations: {as_credits(total)} of {caps.route:,} credits spent or reserved, "
        f"{as_credits(today)} of {caps.day:,} today"
    )


def spending_document(wanted: ValidationRequest | None, spent: RouteSpending | None) -> dict[str, Any] | None:
    """A route's spending for JSON; None where it neither asks nor ever did."""
    if spent is None and (wanted is None or wanted.when == "never"):
        return None
    caps = wanted.budget if wanted else None
    return {
        "credits": (spent.total if spent else 0) / 1000,
        "credits_today": (spent.today if spent else 0) / 1000,
        "max_credits": {"campaign": caps.campaign, "route": caps.route, "day": caps.day} if caps else None,
        "open": [document(one) for one in spent.notable] if spent else [],
    }
