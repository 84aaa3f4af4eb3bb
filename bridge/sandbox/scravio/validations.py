"""Validating the addresses of a whole campaign (scravio.md §7): a preview, and a run in the background."""

import csv
import io
from datetime import datetime, timedelta

from bridge.sandbox.limits import MINUTE
from bridge.sandbox.scravio.account import ScravioAccount, SourceCampaign
from bridge.sandbox.scravio.call import Call, Table, conflict, invalid
from bridge.sandbox.wire import Response, Row, answer, moment, stamp

DEDUCTION, REFUND = "EMAIL_VALIDATION_DEDUCTION", "EMAIL_VALIDATION_REFUND"
_FINISHED = ("fully_completed", "stopped")


def is_good(email: str) -> bool:
    """What every validation of the sandbox finds: addresses that begin with "bad" bounce."""
    return not email.strip().lower().startswith("bad")


def results(emails: list[str]) -> str:
    """The CSV of a list's results."""
    out = io.StringIO()
    rows = [(email, "valid" if is_good(email) else "invalid") for email in emails]
    csv.writer(out).writerows([("Email", "Status"), *rows])
    return out.getvalue()


def _open(campaign: SourceCampaign) -> list[tuple[int, str]]:
    """Index and address of the leads that have no final result yet."""
    rows = ((index, campaign.crowd.row(index)) for index in campaign.crowd.select("every", lambda _row: True))
    return [
        (index, str(row["email"]))
        for index, row in rows
        if row.get("email") and (row.get("emailValidation") or {}).get("status") in (None, "pending")
    ]


def _runs(campaign: SourceCampaign) -> bool:
    return (campaign.facts.get("postValidation") or {}).get("status") == "validating"


def _preview(call: Call) -> Row:
    campaign, account = call.campaign(), call.account
    emails = len(_open(campaign))
    cost = emails * account.habits.price
    may = campaign.facts["status"] in _FINISHED and emails > 0 and not _runs(campaign)
    told: Row = {"campaignId": campaign.id, "emailsToValidate": emails, "creditCost": cost}
    told |= {"currentBalance": account.credits, "hasSufficientCredits": account.credits >= cost}
    return told | {"canValidate": may and account.credits >= cost}


def _start(call: Call) -> Response:
    campaign, account, now = call.campaign(), call.account, stamp(call.now)
    call.limit(3, MINUTE, f"validate {campaign.id}")
    if campaign.facts["status"] not in _FINISHED:
        raise invalid("status", "Campaign must be fully_completed or stopped")
    if _runs(campaign):
        raise conflict("A validation is already running for this campaign")
    emails = len(_open(campaign))
    cost = emails * account.habits.price
    call.pay(DEDUCTION, cost, campaign.id)
    told: Row = {"status": "validating", "total": emails, "validated": 0, "valid": 0, "invalid": 0}
    told |= {"creditReserved": cost, "creditUsed": 0, "creditReturned": 0, "startedAt": now}
    campaign.update(postValidation=told | {"completedAt": None, "error": None}, updatedAt=now)
    account.validating.append(campaign)
    started = {"campaignId": campaign.id, "jobId": f"pv_{campaign.id}", "emailsToValidate": emails}
    return answer(started | {"creditCost": cost, "status": "validating"}, 202)


def advance(account: ScravioAccount, now: datetime) -> None:
    """End the validations that have run their time."""
    waiting = []
    for campaign in account.validating:
        ended = moment(campaign.facts["postValidation"]["startedAt"]) + timedelta(seconds=account.habits.seconds)
        if ended <= now:
            _end(account, campaign, ended)
        else:
            waiting.append(campaign)
    account.validating = waiting


def _end(account: ScravioAccount, campaign: SourceCampaign, ended: datetime) -> None:
    told, fails = campaign.facts["postValidation"], account.habits.fails
    reserved = float(told["creditReserved"])
    found = [] if fails else [(index, is_good(email)) for index, email in _open(campaign)]
    for index, good in found:
        campaign.lead(index).validate("valid" if good else "invalid", ended)
    returned = reserved * (1 if fails else account.habits.returns)
    if returned:
        account.book(REFUND, returned, ended, campaign.id)
    valid = sum(good for _, good in found)
    end: Row = {"status": "failed" if fails else "completed", "validated": len(found), "valid": valid}
    end |= {"invalid": len(found) - valid, "creditUsed": reserved - returned, "creditReturned": returned}
    end |= {"completedAt": stamp(ended), "error": "The validation service is unavailable" if fails else None}
    campaign.update(postValidation=told | end, updatedAt=stamp(ended))


TABLE: Table = {
    "GET campaigns/{id}/validate/preview": _preview,
    "POST campaigns/{id}/validate": _start,
}
