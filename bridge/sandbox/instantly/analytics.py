"""What the campaigns and accounts have done, counted from the events of their leads (`happening`)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from bridge.sandbox.instantly.call import Call, SchemaError, Table
from bridge.sandbox.instantly.records import Campaign, Event
from bridge.sandbox.wire import Row

_COMPLETED = 3
_OPPORTUNITIES = ("lead_interested", "lead_meeting_booked", "lead_meeting_completed", "lead_closed")
_ONE_DAY, _MANY_DAYS = timedelta(days=1), timedelta(days=31)
# What is counted in several ways: its name for campaigns, for days and steps; its kind; whether it is a machine's.
_TOUCHES = (
    ("open_count", "opened", "email_opened", False),
    ("link_click_count", "clicks", "email_link_clicked", False),
    ("reply_count", "replies", "reply_received", False),
    ("reply_count_automatic", "replies_automatic", "reply_received", True),
)


class Tally(list[Event]):
    """Some events, to be counted."""

    def all(self, *kinds: str, automatic: bool = False) -> int:
        """How many there are of these kinds."""
        return sum(one.kind in kinds and one.automatic == automatic for one in self)

    def leads(self, *kinds: str, automatic: bool = False, by_step: bool = False) -> int:
        """How many leads they are of, or how many pairs of lead and step."""
        found = [one for one in self if one.kind in kinds and one.automatic == automatic]
        return len({(one.person, one.step if by_step else 0) for one in found})

    def touches(self, names: int, unique: str) -> Row:
        """The counts of `_TOUCHES` by the names in one of its columns; `unique` makes the name of a count of leads."""
        result: Row = {}
        for touch in _TOUCHES:
            name, kind, automatic = str(touch[names]), touch[2], touch[3]
            result[name] = self.all(kind, automatic=automatic)
            result[unique.format(name)] = self.leads(kind, automatic=automatic)
        return result


def _grouped(events: Iterable[Event], by: Callable[[Event], Any]) -> list[tuple[Any, Tally]]:
    groups: dict[Any, list[Event]] = {}
    for one in events:
        groups.setdefault(by(one), []).append(one)
    return [(key, Tally(found)) for key, found in sorted(groups.items())]


def _wanted(call: Call) -> list[Campaign]:
    query = call.query
    ids = {str(ref).lower() for ref in (*query.get("ids", ()), query.get("id"), query.get("campaign_id")) if ref}
    return call.kept(
        [one for one in call.workspace.campaigns if not ids or one.id in ids],
        campaign_status=lambda status, one: one.status == status,
    )


def _events(call: Call, campaigns: Iterable[Campaign]) -> list[Event]:
    # A date alone is its midnight, at the end of a range too: the document says so.
    places, start, end = {one.id for one in campaigns}, call.time("start_date"), call.time("end_date")
    life = call.workspace.life
    known = life.analytics_until(call.now) if life else call.now
    return [
        one
        for one in call.workspace.events
        if one.place in places
        and (start is None or one.at >= start)
        and (end is None or one.at <= end)
        and (life is None or one.at <= known)
    ]


def _by_campaign(call: Call) -> list[Row]:
    """One array without pages; drafts are missing (instantly.md pitfall 33)."""
    bare = call.query.get("exclude_total_leads_count")
    chosen = [one for one in _wanted(call) if one.status]
    tallies = dict(_grouped(_events(call, chosen), lambda event: event.place))
    return [
        {
            "campaign_name": one.name,
            "campaign_id": one.id,
            "campaign_status": one.status,
            "campaign_is_evergreen": bool(one.settings.get("is_evergreen")),
            "leads_count": 0 if bare else call.workspace.size(one.id),
            **_counts(call, tallies.get(one.id, Tally()), [one]),
        }
        for one in chosen
    ]


def _overview(call: Call) -> Row:
    chosen = _wanted(call)
    tally = Tally(_events(call, chosen))
    count = tally.all if call.query.get("expand_crm_events") else tally.leads
    totals = {kind.replace("lead_", "total_"): count(kind) for kind in _OPPORTUNITIES}
    return _counts(call, tally, chosen) | totals


def _counts(call: Call, tally: Tally, campaigns: Sequence[Campaign]) -> Row:
    # What a campaign had done before the sandbox began has no dates: it is counted where no range is asked for.
    before = 0 if {"start_date", "end_date"} & call.query.keys() else sum(one.contacted for one in campaigns)
    people = [one for campaign in campaigns for one in call.workspace.people(campaign.id)]
    value = {one.id: one.settings.get("pl_value") or 0 for one in campaigns}
    life = call.workspace.life
    return {
        "contacted_count": before + (tally.all if life and life.counts_emails else tally.leads)("email_sent"),
        "emails_sent_count": before + tally.all("email_sent"),
        "new_leads_contacted_count": before + sum(one.first for one in tally if one.kind == "email_sent"),
        "bounced_count": tally.leads("email_bounced"),
        "unsubscribed_count": tally.leads("lead_unsubscribed"),
        "completed_count": sum(one.status == _COMPLETED for one in people),
        "total_opportunities": tally.leads(*_OPPORTUNITIES),
        "total_opportunity_value": sum(
            won.leads(*_OPPORTUNITIES) * value[place] for place, won in _grouped(tally, lambda one: one.place)
        ),
        **tally.touches(0, "{}_unique"),
        **{
            f"{name}_unique_by_step": tally.leads(kind, automatic=automatic, by_step=True)
            for name, _, kind, automatic in _TOUCHES
        },
    }


def _daily(call: Call) -> list[Row]:
    """The days on which something happened."""
    days = _grouped(_events(call, _wanted(call)), lambda one: one.at.date().isoformat())
    return [{"date": date} | _contacts(tally) | _opportunities(tally) for date, tally in days]


def _contacts(tally: Tally) -> Row:
    new = sum(one.first for one in tally if one.kind == "email_sent")
    result = {"sent": tally.all("email_sent"), "contacted": tally.leads("email_sent"), "new_leads_contacted": new}
    return result | tally.touches(1, "unique_{}")


def _opportunities(tally: Tally) -> Row:
    return {"opportunities": tally.all(*_OPPORTUNITIES), "unique_opportunities": tally.leads(*_OPPORTUNITIES)}


def _steps(call: Call) -> list[Row]:
    rows = []
    for (step, variant), tally in _grouped(_events(call, _wanted(call)), lambda one: (one.step, one.variant)):
        row: Row = {"step": str(step), "variant": str(variant), "sent": tally.all("email_sent")}
        row |= tally.touches(1, "unique_{}")
        if call.query.get("include_opportunities_count"):
            row |= _opportunities(tally)
            row |= {"meetings_booked": tally.leads("lead_meeting_booked"), "won": tally.leads("lead_closed")}
        rows.append(row)
    return rows


def _accounts_daily(call: Call) -> list[Row]:
    if not call.query.get("emails"):
        raise SchemaError("querystring must have required property 'emails'")
    end = call.time("end_date") or call.now
    start = call.time("start_date") or end - timedelta(days=30)
    if end - start > _MANY_DAYS:
        raise SchemaError("The maximum range is 31 days")
    asked = set(call.query["emails"])
    sent = [one for one in call.workspace.events if one.account in asked and start <= one.at <= end + _ONE_DAY]
    days = _grouped(sent, lambda one: (one.at.date().isoformat(), one.account))
    return [
        {"date": date, "email_account": email, "bounced": tally.all("email_bounced")} | _contacts(tally)
        for (date, email), tally in days
    ]


def _warmup(call: Call) -> Row:
    """Nothing is warmed up in the sandbox: known accounts have a good name and no mails."""
    known = [one.email for one in call.workspace.mailboxes if one.email in call.body["emails"]]
    nothing = dict.fromkeys(("sent", "received", "landed_inbox", "landed_spam"), 0)
    healthy = {"health_score_label": "100%", "health_score": 100}
    return {
        "email_date_data": {email: {call.now.date().isoformat(): nothing} for email in known},
        "aggregate_data": dict.fromkeys(known, nothing | healthy),
    }


TABLE: Table = {
    "GET campaigns/analytics": _by_campaign,
    "GET campaigns/analytics/overview": _overview,
    "GET campaigns/analytics/daily": _daily,
    "GET campaigns/analytics/steps": _steps,
    "GET accounts/analytics/daily": _accounts_daily,
    "POST accounts/warmup-analytics": _warmup,
}
