"""Scravio's validations in the sandbox: of whole campaigns, of lists of addresses, and the credits they move."""

import csv
import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bridge.sandbox.account import SourceCampaign
from bridge.sandbox.limits import HOUR, MINUTE, Allowance
from bridge.sandbox.people import Row
from bridge.sandbox.routes import Route
from bridge.sandbox.scravio_desk import Counter, enveloped, paged
from bridge.sandbox.wire import Request, Response, answer, moment, stamp

DEDUCTION, REFUND = "EMAIL_VALIDATION_DEDUCTION", "EMAIL_VALIDATION_REFUND"
_MOST_ADDRESSES = 5_000


def is_good(email: str) -> bool:
    """What every validation of the sandbox finds: addresses that begin with "bad" bounce."""
    return not email.strip().lower().startswith("bad")


def _is_open(row: Mapping[str, Any]) -> bool:
    return bool(row.get("email")) and (row.get("emailValidation") or {}).get("status") in (None, "pending")


class CampaignValidations:
    """`/campaigns/{id}/validate` and its preview."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._allowed = Allowance(3, MINUTE)
        self._running: list[SourceCampaign] = []
        self.routes = (
            Route("GET", "/api/campaigns/{id}/validate/preview", self._preview),
            Route("POST", "/api/campaigns/{id}/validate", self._start),
        )

    def advance(self) -> None:
        """End what has run its time."""
        now = self._counter.now()
        for campaign in list(self._running):
            told = campaign.facts["postValidation"]
            if moment(told["startedAt"]) + self._span <= now:
                self._running.remove(campaign)
                self._end(campaign, told)

    @property
    def _span(self) -> timedelta:
        return timedelta(seconds=self._counter.account.habits.seconds)

    def _open(self, campaign: SourceCampaign) -> list[int]:
        rows = ((index, campaign.crowd.row(index)) for index in campaign.crowd.select("every", lambda _row: True))
        return [index for index, row in rows if _is_open(row)]

    def _preview(self, _request: Request, holes: Mapping[str, str]) -> Response:
        campaign, account = self._counter.find(holes["id"]), self._counter.account
        emails = len(self._open(campaign))
        cost = emails * account.habits.price
        may = campaign.facts["status"] in ("fully_completed", "stopped") and emails > 0 and not _runs(campaign)
        told: Row = {"campaignId": campaign.id, "emailsToValidate": emails, "creditCost": cost}
        told |= {"currentBalance": account.credits, "hasSufficientCredits": account.credits >= cost}
        return answer(told | {"canValidate": may and account.credits >= cost})

    def _start(self, _request: Request, holes: Mapping[str, str]) -> Response:
        counter, campaign = self._counter, self._counter.find(holes["id"])
        if not self._allowed.admit(counter.now(), campaign.id):
            raise counter.limited("Too many validation requests for this campaign")
        if campaign.facts["status"] not in ("fully_completed", "stopped"):
            raise counter.invalid("status", "Campaign must be fully_completed or stopped")
        if _runs(campaign):
            raise counter.conflict("A validation is already running for this campaign")
        emails = len(self._open(campaign))
        cost = emails * counter.account.habits.price
        counter.pay(DEDUCTION, cost, campaign.id)
        told: Row = {"status": "validating", "total": emails, "validated": 0, "valid": 0, "invalid": 0}
        told |= {"creditReserved": cost, "creditUsed": 0, "creditReturned": 0, "startedAt": stamp(counter.now())}
        campaign.update(postValidation=told | {"completedAt": None, "error": None}, updatedAt=stamp(counter.now()))
        self._running.append(campaign)
        started = {"campaignId": campaign.id, "jobId": f"pv_{campaign.id}", "emailsToValidate": emails}
        return answer(started | {"creditCost": cost, "status": "validating"}, 202)

    def _end(self, campaign: SourceCampaign, told: Row) -> None:
        account, ended = self._counter.account, moment(told["startedAt"]) + self._span
        reserved = float(told["creditReserved"])
        good = 0
        chosen = [] if account.habits.fails else self._open(campaign)
        for index in chosen:
            valid = is_good(str(campaign.crowd.row(index)["email"]))
            good += valid
            campaign.lead(index).validate("valid" if valid else "invalid", ended)
        returned = reserved if account.habits.fails else reserved * account.habits.returns
        if returned:
            account.book(REFUND, returned, ended, campaign.id)
        end: Row = {"status": "failed" if account.habits.fails else "completed", "validated": len(chosen)}
        end |= {"valid": good, "invalid": len(chosen) - good, "completedAt": stamp(ended)}
        end |= {"creditUsed": reserved - returned, "creditReturned": returned}
        end |= {"error": "The validation service is unavailable" if account.habits.fails else None}
        campaign.update(postValidation=told | end, updatedAt=stamp(ended))


def _runs(campaign: SourceCampaign) -> bool:
    return (campaign.facts.get("postValidation") or {}).get("status") == "validating"


class Jobs:
    """`/validation-jobs`, and `/credit-transactions`."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._allowed = Allowance(3, HOUR)
        self.routes = (
            Route("POST", "/api/validation-jobs/text", self._submit),
            Route("GET", "/api/validation-jobs", self._list),
            Route("GET", "/api/validation-jobs/{id}", self._job),
            Route("GET", "/api/validation-jobs/{id}/download", self._download),
            Route("GET", "/api/credit-transactions", self._transactions),
        )

    def advance(self) -> None:
        """End the job that has run its time."""
        habits, now = self._counter.account.habits, self._counter.now()
        for job in self._counter.account.jobs:
            end = moment(job["createdAt"]) + timedelta(seconds=habits.seconds)
            if job["status"] == "processing" and end <= now:
                good = 0 if habits.fails else sum(map(is_good, job["emails"]))
                bad = 0 if habits.fails else len(job["emails"]) - good
                job.update(status="failed" if habits.fails else "completed", validCount=good, invalidCount=bad)
                job.update(processedCount=good + bad, completedAt=stamp(end), updatedAt=stamp(end))
                if habits.fails:
                    self._counter.account.book(REFUND, job["creditsUsed"], end)

    def file(self, job_id: str) -> str:
        """The CSV of a finished job."""
        job = next(one for one in self._counter.account.jobs if one["jobId"] == job_id)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(("Email", "Status"))
        writer.writerows((email, "valid" if is_good(email) else "invalid") for email in job["emails"])
        return out.getvalue()

    def _submit(self, request: Request, _holes: Mapping[str, str]) -> Response:
        counter = self._counter
        counter.need_account_key()
        emails = counter.body(request).get("emails")
        listed = emails.split(",") if isinstance(emails, str) else emails if isinstance(emails, list) else []
        unique = list(
            {str(email).strip().lower(): str(email).strip() for email in listed if str(email).strip()}.values()
        )
        if not 1 <= len(unique) <= _MOST_ADDRESSES:
            raise counter.invalid("emails", f"emails must hold 1 to {_MOST_ADDRESSES} addresses")
        if any(job["status"] == "processing" for job in counter.account.jobs):
            raise counter.conflict("Another validation job is active")
        if not self._allowed.admit(counter.now()):
            raise counter.limited("Too many validation jobs")
        cost = len(unique) * counter.account.habits.price
        counter.pay(DEDUCTION, cost)
        job: Row = {"jobId": f"66b{len(counter.account.jobs):021x}", "status": "processing", "emails": unique}
        job |= {"totalEmails": len(unique), "creditsUsed": cost, "createdAt": stamp(counter.now())}
        counter.account.jobs.append(
            job | {"processedCount": 0, "validCount": 0, "invalidCount": 0, "completedAt": None}
        )
        told = {name: job[name] for name in ("jobId", "createdAt", "creditsUsed", "totalEmails")}
        return enveloped(counter, told | {"status": "pending"}, 201)

    def _list(self, request: Request, _holes: Mapping[str, str]) -> Response:
        self._counter.need_account_key()
        jobs = [job for job in reversed(self._counter.account.jobs) if _since(job["createdAt"], request.query)]
        rows, totals = paged([_shown(job) for job in jobs], request.query, "limit")
        told = {"total": totals["totalCount"], "page": totals["currentPage"], "pages": totals["totalPages"]}
        return enveloped(self._counter, {"jobs": rows} | told)

    def _find(self, job_id: str) -> Row:
        self._counter.need_account_key()
        for job in self._counter.account.jobs:
            if job["jobId"] == job_id:
                return job
        raise self._counter.complain(404, "NOT_FOUND", "Job not found")

    def _job(self, _request: Request, holes: Mapping[str, str]) -> Response:
        return enveloped(self._counter, _shown(self._find(holes["id"])))

    def _download(self, request: Request, holes: Mapping[str, str]) -> Response:
        job = self._find(holes["id"])
        if job["status"] != "completed":
            raise self._counter.complain(404, "NOT_FOUND", "Job not completed")
        return enveloped(
            self._counter, {"downloadUrl": link(self._counter, request, f"job-{job['jobId']}"), "expiresIn": 300}
        )

    def _transactions(self, request: Request, _holes: Mapping[str, str]) -> Response:
        self._counter.need_account_key()
        query, account = request.query, self._counter.account
        kinds = [kind for kind in query.get("type", "").split(",") if kind]
        chosen = [
            one
            for one in reversed(account.transactions)
            if (not kinds or one["type"] in kinds)
            and query.get("campaignId", one["campaignId"]) == one["campaignId"]
            and _since(one["timestamp"], query)
        ]
        rows, totals = paged(chosen, query)
        return answer({"transactions": rows, "pagination": totals, "requestId": "req_desk"})


def _shown(job: Row) -> Row:
    return {name: value for name, value in job.items() if name not in ("emails", "creditsUsed")}


def _since(at: str, query: Mapping[str, str]) -> bool:
    return "from" not in query or moment(at) >= moment(query["from"])


def link(counter: Counter, request: Request, name: str) -> str:
    """A pre-signed link to a file of the sandbox, on the host that was asked."""
    host = request.headers.get("host", "files.sandbox.example")
    scheme = "http" if host.startswith(("127.0.0.1", "localhost", "[::1]")) else "https"
    return counter.account.habits.file_link or f"{scheme}://{host}/files/{name}.csv?signature=made-up"
