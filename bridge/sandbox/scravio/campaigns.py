"""Scravio's campaigns and their leads: listing, reading, creating, stopping (scravio.md §4-§6). Scrapes nothing."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bridge.sandbox.crowd import Crowd
from bridge.sandbox.limits import MINUTE
from bridge.sandbox.scravio.account import SourceCampaign, has_email, new_facts
from bridge.sandbox.scravio.call import Call, Table, enveloped, invalid
from bridge.sandbox.wire import Response, Row, answer, dumps, stamp

_STATUSES = (
    "pending", "scraping", "scraping_completed", "processing_emails", "fully_completed", "failed", "stopped",
)  # fmt: skip
_ACTIVE = ("pending", "scraping", "processing_emails")
_SORTS = {"createdAt": "createdAt", "progress": "progressPercentage", "status": "status"}
_SEARCHED_INPUTS = ("hashtag", "hashtags", "targetUser", "mediaUrl", "keyword", "keywords")
_ORDERS = ("asc", "desc")
_TYPES = ("INSTAGRAM_", "YOUTUBE_", "FACEBOOK_", "LINKEDIN_", "TWITTER_", "TIKTOK_", "X_")
_MOST_EMAILS, _LONGEST_TITLE = 1_000_000, 100


def _campaigns(call: Call) -> Row:
    field = _SORTS[call.one_of("sortBy", tuple(_SORTS), "createdAt")]
    descending, status = call.one_of("order", _ORDERS, "desc") == "desc", call.one_of("status", _STATUSES)
    chosen = [
        one
        for one in call.account.campaigns
        if not one.deleted and (not status or one.facts["status"] == status) and _matches(call, one.facts)
    ]
    chosen.sort(key=lambda one: one.facts.get(field) or 0 if field == "progressPercentage" else str(one.facts[field]))
    rows, totals = call.page(chosen[::-1] if descending else chosen, cap=call.account.habits.campaign_page_cap)
    hidden = () if call.account.habits.list_shows_validation else ("phaseState", "postValidation")
    items = [{name: value for name, value in one.shown().items() if name not in hidden} for one in rows]
    return {"items": items, "pagination": totals}


def _matches(call: Call, facts: Row) -> bool:
    types = [name.strip() for name in call.query.get("type", "").split(",") if name.strip()]
    inputs = facts.get("inputs") or {}
    searched = [str(facts.get("title") or ""), *(str(inputs.get(name, "")) for name in _SEARCHED_INPUTS)]
    return (
        (not types or any(_is_type(str(facts["type"]), name) for name in types))
        and call.query.get("q", "").lower() in " ".join(searched).lower()
        and call.in_range(facts["createdAt"])
    )


def _is_type(actual: str, wanted: str) -> bool:
    # A full type, or a platform shorthand such as INSTAGRAM; X also stands for the types of its old name.
    prefixes = ("X_", "TWITTER_") if wanted in {"X", "TWITTER"} else (f"{wanted}_",)
    return actual == wanted or actual.startswith(prefixes)


def _campaign(call: Call) -> Row:
    detail = call.campaign().shown(detail=True)
    return {"campaign": detail} if call.account.habits.wrap_detail else detail


# Filter -> what it compares of a lead, and its words where they are documented.
_LEAD_FILTERS: Mapping[str, tuple[Callable[[Mapping[str, Any]], object], tuple[str, ...]]] = {
    "hasEmail": (lambda row: "true" if has_email(row) else "false", ("true", "false")),
    "validationStatus": (
        lambda row: (row.get("emailValidation") or {}).get("status"), ("valid", "invalid", "pending"),
    ),
    "platform": (
        lambda row: row.get("platform"), ("instagram", "youtube", "linkedin", "facebook", "tiktok", "x"),
    ),
    "sourceType": (lambda row: row.get("sourceType"), ()),
    "emailSource": (lambda row: row.get("emailSource"), ()),
}  # fmt: skip


def _leads(call: Call) -> Response:
    campaign = call.campaign()
    sort = call.one_of("sortBy", ("hasEmail", "followerCount", "scrapedAt"), "hasEmail")
    order = call.one_of("order", _ORDERS, "desc")
    asked = {
        name: call.one_of(name, words or (call.query.get(name, ""),)) for name, (_, words) in _LEAD_FILTERS.items()
    }
    wanted = tuple((name, value) for name, value in asked.items() if value)  # also names the selection
    chosen = campaign.crowd.select(
        wanted, lambda row: all(_LEAD_FILTERS[name][0](row) == value for name, value in wanted), sort, order
    )
    indices, totals = call.page(chosen, cap=call.account.habits.lead_page_cap)
    # As text: most leads are never decoded, which keeps large worlds fast.
    texts = ",".join(call.account.lead_text(campaign, index) for index in indices)
    return Response(200, f'{{"items":[{texts}],"pagination":{dumps(totals)}}}'.encode())


def _ordered(call: Call) -> tuple[Row, float]:
    """The body of a new campaign, and the credits that it reserves."""
    body = call.body()
    emails = body.get("targetEmails")
    if not str(body.get("type", "")).startswith(_TYPES):
        raise invalid("type", "Unknown campaign type")
    if not isinstance(body.get("inputs"), dict) or not body["inputs"]:
        raise invalid("inputs", f"Inputs are required for {body['type']} campaigns")
    if not isinstance(emails, int) or not 1 <= emails <= _MOST_EMAILS:
        raise invalid("targetEmails", f"targetEmails must be between 1 and {_MOST_EMAILS}")
    if len(str(body.get("title") or "")) > _LONGEST_TITLE:
        raise invalid("title", f"title must have at most {_LONGEST_TITLE} characters")
    cost = emails * (2.0 if body.get("enableEmailValidation") else 1.5)
    return body, min(cost, float(body.get("maxCreditCap") or cost))


def _preview(call: Call) -> Response:
    body, cost = _ordered(call)
    result: Row = {"type": body["type"], "creditReserved": cost, "targetEmails": body["targetEmails"]}
    result |= {"estimatedCredits": cost, "recommendedMaxCreditCap": cost, "maxCreditCap": body.get("maxCreditCap")}
    return enveloped(result | {"warnings": [], "summary": {"maxCredits": cost}})


def _create(call: Call) -> Response:
    body, cost = _ordered(call)
    number = len(call.account.campaigns)
    identity = f"66d{number:013x}00000000"
    call.pay("CAMPAIGN_RESERVATION", cost, identity)
    crowd = Crowd(identity, 0, make=lambda _slot: {}, first=0, started=call.now, step=timedelta(seconds=8))
    title = body.get("title") or f"Campaign {number}"
    facts = new_facts(title, body["type"], body["inputs"], body["targetEmails"], call.now)
    facts["enableEmailValidation"] = bool(body.get("enableEmailValidation"))
    facts["creditSettlement"] = {"isSettled": False, "creditReserved": cost}
    made = SourceCampaign(identity, crowd, facts)
    call.account.campaigns.append(made)
    return answer({"campaign": made.shown()}, 201)


def _stop(call: Call) -> Row:
    campaign, account, now = call.campaign(), call.account, stamp(call.now)
    call.limit(5, MINUTE, f"stop {campaign.id}")
    if campaign.facts["status"] in _ACTIVE:
        reserved = float((campaign.facts.get("creditSettlement") or {}).get("creditReserved") or 0)
        if account.spent(campaign.id) > 0:
            account.book("CAMPAIGN_SETTLEMENT", reserved, call.now, campaign.id)
        campaign.update(status="stopped", updatedAt=now, finishedAt=now)
    result = {"campaignId": campaign.id, "stopRequested": True, "status": campaign.facts["status"]}
    return result | {"stoppedBy": "user", "stoppedReason": "user_requested"}


TABLE: Table = {
    "GET campaigns": _campaigns,
    "POST campaigns": _create,
    "POST campaigns/reserve-preview": _preview,
    "GET campaigns/{id}": _campaign,
    "GET campaigns/{id}/leads": _leads,
    "POST campaigns/{id}/stop": _stop,
}
