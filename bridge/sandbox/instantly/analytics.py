"""What the campaigns and accounts have done, counted from the events of their leads (`happening`)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bridge.sandbox.instantly.call import Call, Table
from bridge.sandbox.instantly.contract import Misfit
from bridge.sandbox.instantly.records import Campaign, Event

_COMPLETED = 3
_OPPORTUNITIES = ("lead_interested", "lead_meeting_booked", "lead_meeting_completed", "lead_closed")
_ONE_DAY, _MANY_DAYS = timedelta(days=1), timedelta(days=31)


class Tally:
    """Counts of some events: all, per lead, and per lead and step."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = list(events)

    def all(self, *kinds: str, automatic: bool | None = False) -> int:
        """How many there are of these kinds; None = replies of machines and of people."""
        return len(self._of(kinds, automatic=automatic))

    def leads(self, *kinds: str, automatic: bool | None = False) -> int:
        """How many leads they are of."""
        return len({one.person for one in self._of(kinds, automatic=automatic)})

    def steps(self, *kinds: str, automatic: bool | None = False) -> int:
        """How many pairs of lead and step they are of."""
        return len({(one.person, one.step) for one in self._of(kinds, automatic=automatic)})

    def new(self) -> int:
        """How many leads got their first mail."""
        return sum(one.first for one in self._of(("email_sent",), automatic=False))

    def events_of(self, campaign: Campaign) -> list[Event]:
        """Those that happened in one campaign."""
        return [one for one in self._events if one.place == campaign.id]

    def _of(self, kinds: Sequence[str], *, automatic: bool | None) -> list[Event]:
        return [one for one in self._events if one.kind in kinds and automatic in {None, one.automatic}]


# ----------------------------------------------------------------------------------------------------------- campaigns


def _by_campaign(call: Call) -> list[dict[str, Any]]:
    """One array without pages; drafts are missing (instantly.md pitfall 33)."""
    rows = []
    for campaign in _wanted(call):
        if campaign.status:
            tally = Tally(_events(call, [campaign]))
            row = _named(campaign) | _counts(call, tally, [campaign])
            rows.append(row | {"leads_count": _leads(call, campaign)})
    return rows


def _leads(call: Call, campaign: Campaign) -> int:
    return 0 if call.query.get("exclude_total_leads_count") else call.workspace.size(campaign.id)


def _named(campaign: Campaign) -> dict[str, Any]:
    told = {"campaign_name": campaign.name, "campaign_id": campaign.id, "campaign_status": campaign.status}
    return told | {"campaign_is_evergreen": bool(campaign.settings.get("is_evergreen"))}


def _overview(call: Call) -> dict[str, Any]:
    chosen = _wanted(call)
    tally = Tally(_events(call, chosen))
    count = tally.all if call.query.get("expand_crm_events") else tally.leads
    return _counts(call, tally, chosen) | {
        "total_interested": count("lead_interested"),
        "total_meeting_booked": count("lead_meeting_booked"),
        "total_meeting_completed": count("lead_meeting_completed"),
        "total_closed": count("lead_closed"),
    }


def _counts(call: Call, tally: Tally, campaigns: Sequence[Campaign]) -> dict[str, Any]:
    # What a campaign had done before the sandbox began has no dates: it is counted where no range is asked for.
    before = 0 if {"start_date", "end_date"} & call.query.keys() else sum(one.contacted for one in campaigns)
    told: dict[str, Any] = {
        "contacted_count": before + tally.leads("email_sent"),
        "emails_sent_count": before + tally.all("email_sent"),
        "new_leads_contacted_count": before + tally.new(),
        "bounced_count": tally.leads("email_bounced"),
        "unsubscribed_count": tally.leads("lead_unsubscribed"),
        "completed_count": _completed(call, campaigns),
        "total_opportunities": tally.leads(*_OPPORTUNITIES),
        "total_opportunity_value": sum(
            Tally(tally.events_of(one)).leads(*_OPPORTUNITIES) * (one.settings.get("pl_value") or 0)
            for one in campaigns
        ),
    }
    for name, kind, automatic in _THREEFOLD:
        told[name] = tally.all(kind, automatic=automatic)
        told[f"{name}_unique"] = tally.leads(kind, automatic=automatic)
        told[f"{name}_unique_by_step"] = tally.steps(kind, automatic=automatic)
    return told


_THREEFOLD = (
    ("open_count", "email_opened", False),
    ("link_click_count", "email_link_clicked", False),
    ("reply_count", "reply_received", False),
    ("reply_count_automatic", "reply_received", True),
)


def _completed(call: Call, campaigns: Iterable[Campaign]) -> int:
    return sum(one.status == _COMPLETED for campaign in campaigns for one in call.workspace.people(campaign.id))


def _daily(call: Call) -> list[dict[str, Any]]:
    """The days on which something happened."""
    return [{"date": date} | _day(tally) for date, tally in _days(_events(call, _wanted(call)))]


def _steps(call: Call) -> list[dict[str, Any]]:
    by_step: dict[tuple[int, int], list[Event]] = {}
    for one in _events(call, _wanted(call)):
        by_step.setdefault((one.step, one.variant), []).append(one)
    rows = []
    for (step, variant), events in sorted(by_step.items()):
        tally = Tally(events)
        row = {"step": str(step), "variant": str(variant)} | _touched(tally, "sent", *_TOUCHES)
        if call.query.get("include_opportunities_count"):
            row |= {"opportunities": tally.all(*_OPPORTUNITIES), "unique_opportunities": tally.leads(*_OPPORTUNITIES)}
            row |= {"meetings_booked": tally.leads("lead_meeting_booked"), "won": tally.leads("lead_closed")}
        rows.append(row)
    return rows


_TOUCHES = ("opened", "replies", "replies_automatic", "clicks")
_KINDS: Mapping[str, tuple[str, bool]] = {
    "sent": ("email_sent", False),
    "opened": ("email_opened", False),
    "replies": ("reply_received", False),
    "replies_automatic": ("reply_received", True),
    "clicks": ("email_link_clicked", False),
    "bounced": ("email_bounced", False),
}


def _touched(tally: Tally, *names: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in names:
        kind, automatic = _KINDS[name]
        told[name] = tally.all(kind, automatic=automatic)
        if name in _TOUCHES:
            told[f"unique_{name}"] = tally.leads(kind, automatic=automatic)
    return told


def _contacted(tally: Tally) -> dict[str, Any]:
    return {"contacted": tally.leads("email_sent"), "new_leads_contacted": tally.new()}


def _day(tally: Tally) -> dict[str, Any]:
    told = _touched(tally, "sent", *_TOUCHES) | _contacted(tally)
    return told | {"opportunities": tally.all(*_OPPORTUNITIES), "unique_opportunities": tally.leads(*_OPPORTUNITIES)}


def _days(events: Iterable[Event]) -> list[tuple[str, Tally]]:
    by_date: dict[str, list[Event]] = {}
    for one in events:
        by_date.setdefault(one.at.date().isoformat(), []).append(one)
    return [(date, Tally(found)) for date, found in sorted(by_date.items())]


def _wanted(call: Call) -> list[Campaign]:
    query = call.query
    ids = {str(ref).lower() for ref in (*query.get("ids", ()), query.get("id"), query.get("campaign_id")) if ref}
    status = query.get("campaign_status")
    return [one for one in call.workspace.campaigns if (not ids or one.id in ids) and status in {None, one.status}]


def _events(call: Call, campaigns: Iterable[Campaign]) -> list[Event]:
    # A date alone is its midnight, at the end of a range too: the document says so.
    places, start, end = {one.id for one in campaigns}, call.time("start_date"), call.time("end_date")
    return [
        one
        for one in call.workspace.events
        if one.place in places and (start is None or one.at >= start) and (end is None or one.at <= end)
    ]


# ------------------------------------------------------------------------------------------------------------ accounts


def _accounts_daily(call: Call) -> list[dict[str, Any]]:
    if not call.query.get("emails"):
        raise Misfit("querystring must have required property 'emails'")
    end = call.time("end_date") or call.now
    start = call.time("start_date") or end - timedelta(days=30)
    if end - start > _MANY_DAYS:
        raise Misfit("The maximum range is 31 days")
    rows = []
    for email in dict.fromkeys(call.query["emails"]):
        sent = [one for one in call.workspace.events if one.account == email and start <= one.at <= end + _ONE_DAY]
        rows += [
            {"date": date, "email_account": email} | _touched(tally, "sent", "bounced", *_TOUCHES) | _contacted(tally)
            for date, tally in _days(sent)
        ]
    return sorted(rows, key=lambda row: str(row["date"]))


def _warmup(call: Call) -> dict[str, Any]:
    """Nobody is warmed up in the sandbox: known accounts have a good name and no mails."""
    known = [one for one in call.workspace.mailboxes if one.email in call.body["emails"]]
    nothing = dict.fromkeys(("sent", "received", "landed_inbox", "landed_spam"), 0)
    healthy = {"health_score_label": "100%", "health_score": 100}
    today = call.now.date().isoformat()
    return {
        "email_date_data": {one.email: {today: nothing} for one in known},
        "aggregate_data": {one.email: nothing | healthy for one in known},
    }


TABLE: Table = {
    "GET campaigns/analytics": _by_campaign,
    "GET campaigns/analytics/overview": _overview,
    "GET campaigns/analytics/daily": _daily,
    "GET campaigns/analytics/steps": _steps,
    "GET accounts/analytics/daily": _accounts_daily,
    "POST accounts/warmup-analytics": _warmup,
}
