"""Scravio's validation of addresses on their own: submitting a list, looking at the job. Knows no campaign.

One job may be active for an account, three an hour may be submitted, 5,000 addresses each (scravio.md §7). Submitting
spends credits and has no idempotency key.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bridge.api import Client
from bridge.api.scalars import count, mapping, moment, text, word
from bridge.errors import Unavailable
from bridge.lazy import dataclass
from bridge.sources.scravio.ordering.credits import thousandths
from bridge.sources.scravio.reading import unwrapped

MOST_ADDRESSES = 5_000
MOST_AN_HOUR = 3
ENDED = frozenset({"completed", "failed", "cancelled", "canceled"})
_RECENT = 50


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `reserved` is in thousandths of a credit, None where Scravio names none."""

    id: str
    status: str
    total: int | None = None
    valid: int | None = None
    invalid: int | None = None
    reserved: int | None = None
    created_at: datetime | None = None
    completed_at: datetime | None = None
    why: str = ""


class Jobs:
    """The validation jobs of the account. Every call raises the VendorErrors of `Client`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def submit(self, addresses: Sequence[str]) -> Job:
        """Submit a list and spend what it costs. One attempt; AnswerLost where it is unknown whether it was taken."""
        body = {"emails": list(addresses)}
        return _read(unwrapped(self._client.write("POST", "/validation-jobs/text", body, patient=False).data, "data"))

    def job(self, job_id: str) -> Job:
        """One job as it stands. Raises Refused with status 404 where it is gone or not yours."""
        found = _read(unwrapped(self._client.get(f"/validation-jobs/{quote(job_id, safe='')}").data, "data"))
        if found.id != job_id:
            raise _nonsense("/validation-jobs/{id}")
        return found

    def recent(self, since: datetime) -> list[Job]:
        """The jobs created since then, newest first. Raises Unavailable where one of them may be missing."""
        asked: dict[str, str | int | bool | None] = {
            "from": since.isoformat(),
            "limit": _RECENT,
            "sortBy": "createdAt",
            "order": "desc",
        }
        answer = unwrapped(self._client.get("/validation-jobs", asked).data, "data")
        rows = answer.get("jobs")
        jobs = [_read(row) for row in rows] if type(rows) is list else None
        # A row that cannot be read, or a further page, may be the job that is looked for.
        if jobs is None or not all(job.id for job in jobs) or (count(answer.get("total")) or 0) > len(jobs):
            raise _nonsense("/validation-jobs")
        return jobs

    def link(self, job_id: str) -> str:
        """Where the results can be fetched for a short while. The link alone opens them."""
        answer = unwrapped(self._client.get(f"/validation-jobs/{quote(job_id, safe='')}/download").data, "data")
        return text(answer.get("downloadUrl"))


def _read(row: Any) -> Job:
    row = mapping(row)
    reserved = row.get("creditsUsed", row.get("creditsReserved"))
    return Job(
        id=text(row.get("jobId")) or text(row.get("_id")) or text(row.get("id")),
        status=word(row.get("status")),
        total=count(row.get("totalEmails")),
        valid=count(row.get("validCount")),
        invalid=count(row.get("invalidCount")),
        reserved=thousandths(reserved),
        created_at=moment(row.get("createdAt")),
        completed_at=moment(row.get("completedAt")),
        why=text(row.get("statusReason")),
    )


def _nonsense(path: str) -> Unavailable:
    return Unavailable(f"Scravio answered GET {path} with JSON of an unknown shape.", vendor="scravio")
