"""Validating a list of addresses as a job (scravio.md §7), and the account's credit transactions (§8)."""

from datetime import datetime, timedelta

from bridge.sandbox.limits import HOUR
from bridge.sandbox.scravio.account import ScravioAccount
from bridge.sandbox.scravio.call import Call, Table, conflict, enveloped, invalid, missing
from bridge.sandbox.scravio.exports import link
from bridge.sandbox.scravio.validations import DEDUCTION, REFUND, is_good
from bridge.sandbox.wire import Response, Row, moment, stamp

_MOST_ADDRESSES = 5_000


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
    call.pay(DEDUCTION, cost)
    told: Row = {"jobId": f"66b{len(account.jobs):021x}", "createdAt": now, "totalEmails": len(unique)}
    counts: Row = {"processedCount": 0, "validCount": 0, "invalidCount": 0, "completedAt": None}
    account.jobs.append(told | counts | {"status": "processing", "emails": unique, "creditsUsed": cost})
    return enveloped(told | {"status": "pending", "creditsUsed": cost}, 201)


def advance(account: ScravioAccount, now: datetime) -> None:
    """End the job that has run its time."""
    fails = account.habits.fails
    for job in account.jobs:
        end = moment(job["createdAt"]) + timedelta(seconds=account.habits.seconds)
        if job["status"] != "processing" or end > now:
            continue
        done = [] if fails else job["emails"]
        good = sum(map(is_good, done))
        job.update(status="failed" if fails else "completed", validCount=good, invalidCount=len(done) - good)
        job.update(processedCount=len(done), completedAt=stamp(end), updatedAt=stamp(end))
        if fails:
            account.book(REFUND, job["creditsUsed"], end)


def _shown(job: Row) -> Row:
    return {name: value for name, value in job.items() if name not in ("emails", "creditsUsed")}


def _list(call: Call) -> Response:
    call.need_account_key()
    jobs = [_shown(job) for job in reversed(call.account.jobs) if call.in_range(job["createdAt"])]
    rows, totals = call.page(jobs, size="limit")
    told = {"total": totals["totalCount"], "page": totals["currentPage"], "pages": totals["totalPages"]}
    return enveloped({"jobs": rows} | told)


def _find(call: Call) -> Row:
    call.need_account_key()
    for job in call.account.jobs:
        if job["jobId"] == call.holes["id"]:
            return job
    raise missing("Job not found")


def _download(call: Call) -> Response:
    job = _find(call)
    if job["status"] != "completed":
        raise missing("Job not completed")
    return enveloped({"downloadUrl": link(call, job["jobId"]), "expiresIn": 300})


def _transactions(call: Call) -> Row:
    call.need_account_key()
    kinds, campaign = call.query.get("type"), call.query.get("campaignId")
    chosen = [
        one
        for one in reversed(call.account.transactions)
        if (not kinds or one["type"] in kinds.split(","))
        and campaign in (None, one["campaignId"])
        and call.in_range(one["timestamp"])
    ]
    rows, totals = call.page(chosen)
    return {"transactions": rows, "pagination": totals, "requestId": "req_sandbox"}


TABLE: Table = {
    "POST validation-jobs/text": _submit,
    "GET validation-jobs": _list,
    "GET validation-jobs/{id}": lambda call: enveloped(_shown(_find(call))),
    "GET validation-jobs/{id}/download": _download,
    "GET credit-transactions": _transactions,
}
