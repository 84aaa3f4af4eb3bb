"""Background jobs: what they are to do is done when their time has come, at the next request. One clock for all.

Their states come in one of two vocabularies (instantly.md §1.3): the document's, or the one of the vendor's
conventions, which says "completed" where the document says "success".
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bridge.sandbox.instantly.call import Call, Table, find
from bridge.sandbox.instantly.contract import Misfit
from bridge.sandbox.instantly.records import Job
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import stamp

_OPEN = ("pending", "in-progress")
STATES = (*_OPEN, "success", "failed", "draining", "paused", "cancelled")
_CONVENTIONS = {"success": "completed"}


def start(
    call: Call, kind: str, entity_type: str, entity_id: str | None, work: Callable[[datetime], dict[str, Any]]
) -> dict[str, Any]:
    """A new job, as the answer shows it."""
    job = Job(call.workspace.ids.at(call.now), kind, entity_type, entity_id, call.now, work)
    call.workspace.jobs.append(job)
    return shown(call, job)


def advance(workspace: Workspace, now: datetime) -> None:
    """Let the time pass for every job: half of it is waiting in the queue."""
    for job in workspace.jobs:
        if job.status not in _OPEN:
            continue
        span = timedelta(seconds=workspace.habits.job_seconds)
        if now >= job.created + span:
            _finish(job, now, fails=workspace.habits.job_fails)
        elif now >= job.created + span / 2:
            job.status, job.progress, job.updated = "in-progress", 50, now


def _finish(job: Job, now: datetime, *, fails: bool) -> None:
    job.updated = now
    if fails:
        job.status, job.data = "failed", job.data | {"error": "The job failed"}
    else:
        job.data |= job.work(now)
        job.status, job.progress = "success", 100


def shown(call: Call, job: Job) -> dict[str, Any]:
    """Schema `BackgroundJob`."""
    words = _CONVENTIONS if call.workspace.habits.job_words == "conventions" else {}
    fields = call.several("data_fields")
    return {
        "id": job.id,
        "workspace_id": call.workspace.id,
        "user_id": call.workspace.owner,
        "type": job.type,
        "entity_id": job.entity_id,
        "entity_type": job.entity_type,
        "data": {name: value for name, value in job.data.items() if not fields or name in fields},
        "progress": job.progress,
        "status": words.get(job.status, job.status),
        "created_at": stamp(job.created),
        "updated_at": stamp(job.updated or job.created),
    }


def _jobs(call: Call) -> dict[str, Any]:
    query = call.query
    wanted, excluded = call.several("ids") | call.several("included_ids"), call.several("excluded_ids")
    states, entities = call.several("status"), call.several("entity_id")
    if unknown := states - set(STATES):
        raise Misfit(f"querystring/status must be one of {', '.join(STATES)}, not {min(unknown)}")
    chosen = [
        job
        for job in call.workspace.jobs
        if (not wanted or job.id in wanted)
        and job.id not in excluded
        and (not states or job.status in states)
        and (not entities or job.entity_id in entities)
        and query.get("type") in {None, job.type}
        and query.get("entity_type") in {None, job.entity_type}
    ]
    descending = query.get("sort_order") == "desc"
    # By creation whatever the column: the cursor is an id, and ids ascend with creation.
    rows = sorted((shown(call, job) for job in chosen), key=lambda row: str(row["id"]), reverse=descending)
    return call.page(rows, descending=descending)


TABLE: Table = {
    "GET background-jobs": _jobs,
    "GET background-jobs/{id}": lambda call: shown(call, find(call.workspace.jobs, call.holes["id"], "Background job")),
}
