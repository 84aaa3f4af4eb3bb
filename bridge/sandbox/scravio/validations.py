"""Validating addresses in the background (scravio.md §7): all of a campaign, or a list as a job."""

import csv
import io
from datetime import datetime, timedelta

from bridge.sandbox.limits import HOUR, MINUTE
from bridge.sandbox.scravio.account import ScravioAccount, SourceCampaign
from bridge.sandbox.scravio.call import Call, Table, conflict, enveloped, invalid, link, missing
from bridge.sandbox.wire import Response, Row, answer, moment, stamp

_DEDUCTION, _REFUND = "EMAIL_VALIDATION_DEDUCTION", "EMAIL_VALIDATION_REFUND"
_MOST_ADDRESSES = 5_000
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
    result: Row = {"campaignId": campaign.id, "emailsToValidate": emails, "creditCost": cost}
    result |= {"currentBalance": account.credits, "hasSufficientCredits": account.credits >= cost}
    return result | {"canValidate": may and account.credits >= cost}


def _start(call: Call) -> Response:
    campaign, account, now = call.campaign(), call.account, stamp(call.now)
    call.limit(3, MINUTE, f"validate {campaign.id}")
    if campaign.facts["status"] not in _FINISHED:
        raise invalid("status", "Campaign must be fully_completed or stopped")
    if _runs(campaign):
        raise conflict("A validation is already running for this campaign")
    emails = len(_open(campaign))
    cost = emails * account.habits.price
    call.pay(_DEDUCTION, cost, campaign.id)
    result: Row = {"status": "validating", "total": emails, "validated": 0, "valid": 0, "invalid": 0}
    result |= {"creditReserved": cost, "creditUsed": 0, "creditReturned": 0, "startedAt": now}
    campaign.update(postValidation=result | {"completedAt": None, "error": None}, updatedAt=now)
    account.validating.append(campaign)
    started = {"campaignId": campaign.id, "jobId": f"pv_{campaign.id}", "emailsToValidate": emails}
    return answer(started | {"creditCost": cost, "status": "validating"}, 202)


def advance(account: ScravioAccount, now: datetime) -> None:
    """End the validations, of campaigns and of lists, that have run their time."""
    span, fails = timedelta(seconds=account.habits.seconds), account.habits.fails
    for campaign in list(account.validating):
        ended = moment(campaign.facts["postValidation"]["startedAt"]) + span
        if ended <= now:
            account.validating = [one for one in account.validating if one is not campaign]
            _end(account, campaign, ended)
    for job in account.jobs:
        ended = moment(job["createdAt"]) + span
        if job["status"] != "processing" or ended > now:
            continue
        done = [] if fails else job["emails"]
        good = sum(map(is_good, done))
        job.update(status="failed" if fails else "completed", validCount=good, invalidCount=len(done) - good)
        job.update(processedCount=len(done), completedAt=stamp(ended), updatedAt=stamp(ended))
        if fails:
            account.book(_REFUND, job["creditsUsed"], ended)


def _end(account: ScravioAccount, campaign: SourceCampaign, ended: datetime) -> None:
    result, fails = campaign.facts["postValidation"], account.habits.fails
    reserved = float(result["creditReserved"])
    found = [] if fails else [(index, is_good(email)) for index, email in _open(campaign)]
    for index, good in found:
        campaign.lead(index).validate("valid" if good else "invalid", ended)
    returned = reserved * (1 if fails else account.habits.returns)
    if returned:
        account.book(_REFUND, returned, ended, campaign.id)
    valid = sum(good for _, good in found)
    end: Row = {"status": "failed" if fails else "completed", "validated": len(found), "valid": valid}
    end |= {"invalid": len(found) - valid, "creditUsed": reserved - returned, "creditReturned": returned}
    end |= {"completedAt": stamp(ended), "error": "The validation service is unavailable" if fails else None}
    campaign.update(postValidation=result | end, updatedAt=stamp(ended))


def _submit(call: Call) -> Response:
    call.need_account_key()
    emails, account, now = call.body().get("emails"), call.account, stamp(call.now)
    listed = emails.split(",") if isinstance(emails, str) else emails if isinstance(emails, list) else []
    texts = [text for text in (str(email).strip() for email in listed) if text]
    unique = list({text.lower(): text for text in texts}.values())
    if not 1 <= len(unique) <= _MOST_ADDRESSES:
        raise invalid("emails", f"emails must hold 1 to {_MOST_ADDRESSES} addresses")
    if any(job["status"] == "processing" for job in account.jobs):
        raise conflict("Another validation job is active")
    call.limit(3, HOUR, "jobs")
    cost = len(unique) * account.habits.price
    call.pay(_DEDUCTION, cost)
    result: Row = {"jobId": f"66b{len(account.jobs):021x}", "createdAt": now, "totalEmails": len(unique)}
    counts: Row = {"processedCount": 0, "validCount": 0, "invalidCount": 0, "completedAt": None}
    account.jobs.append(result | counts | {"status": "processing", "emails": unique, "creditsUsed": cost})
    return enveloped(result | {"status": "pending", "creditsUsed": cost}, 201)


def _shown(job: Row) -> Row:
    return {name: value for name, value in job.items() if name not in ("emails", "creditsUsed")}


def _list(call: Call) -> Response:
    call.need_account_key()
    jobs = [_shown(job) for job in reversed(call.account.jobs) if call.in_range(job["createdAt"])]
    rows, totals = call.page(jobs, size="limit")
    result = {"total": totals["totalCount"], "page": totals["currentPage"], "pages": totals["totalPages"]}
    return enveloped({"jobs": rows} | result)


def _find(call: Call) -> Row:
    call.need_account_key()
    for job in call.account.jobs:
        if job["jobId"] == call.params["id"]:
            return job
    raise missing("Job not found")


def _download(call: Call) -> Response:
    job = _find(call)
    if job["status"] != "completed":
        raise missing("Job not completed")
    return enveloped({"downloadUrl": link(call, job["jobId"]), "expiresIn": 300})


TABLE: Table = {
    "GET campaigns/{id}/validate/preview": _preview,
    "POST campaigns/{id}/validate": _start,
    "POST validation-jobs/text": _submit,
    "GET validation-jobs": _list,
    "GET validation-jobs/{id}": lambda call: enveloped(_shown(_find(call))),
    "GET validation-jobs/{id}/download": _download,
}
