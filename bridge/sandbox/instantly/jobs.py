"""Background jobs: what they are to do is done when their time has come, at the next request. One clock for all.

Their states come in one of two vocabularies (instantly.md §1.3): the document's, or the one of the vendor's
conventions, which says "completed" where the document says "success".
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from bridge.sandbox.instantly.call import Call, SchemaError, Table, among
from bridge.sandbox.instantly.records import Job
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import Row, stamp

_OPEN = ("pending", "in-progress")
_STATES = (*_OPEN, "success", "failed", "draining", "paused", "cancelled")
_CONVENTIONS = {"success": "completed"}


def start(call: Call, kind: str, entity_type: str, entity_id: str | None, work: Callable[[datetime], Row]) -> Row:
    """A new job, as the answer shows it."""
    job = Job(call.workspace.ids.at(call.now), kind, entity_type, entity_id, call.now, work)
    call.workspace.jobs.append(job)
    return _shown(call, job)


def advance(workspace: Workspace, now: datetime) -> None:
    """Let the time pass for every job: half of it is waiting in the queue."""
    span = timedelta(seconds=workspace.habits.job_seconds)
    for job in workspace.jobs:
        if job.late and now >= job.late:
            job.data, job.late = job.data | job.work(now), None
        if job.status not in _OPEN or now < job.created + span / 2:
            continue
        job.updated = now
        if now < job.created + span:
            job.status, job.progress = "in-progress", 50
        elif workspace.habits.job_fails:
            job.status, job.data = "failed", job.data | {"error": "The job failed"}
        elif workspace.habits.job_lag:
            job.late, job.status, job.progress = now + timedelta(seconds=workspace.habits.job_lag), "success", 100
        else:
            broken = workspace.habits.job_breaks_after is not None
            done = job.work(now)
            job.data |= {"error": "The job failed"} if broken else done
            job.status, job.progress = ("failed", 50) if broken else ("success", 100)


def _shown(call: Call, job: Job) -> Row:
    """Schema `BackgroundJob`."""
    words = _CONVENTIONS if call.workspace.habits.job_words == "conventions" else {}
    fields = call.query.get("data_fields", "")
    return {
        "id": job.id,
        "workspace_id": call.workspace.id,
        "user_id": call.workspace.owner,
        "type": job.type,
        "entity_id": job.entity_id,
        "entity_type": job.entity_type,
        "data": {name: value for name, value in job.data.items() if among(fields, name)},
        "progress": job.progress,
        "status": words.get(job.status, job.status),
        "created_at": stamp(job.created),
        "updated_at": stamp(job.updated or job.created),
    }


def _jobs(call: Call) -> Row:
    for state in call.query.get("status", "").split(","):
        if not among(state, *_STATES):
            raise SchemaError(f"querystring/status must be one of {', '.join(_STATES)}, not {state}")
    wanted = f"{call.query.get('ids', '')},{call.query.get('included_ids', '')}"
    chosen = call.kept(
        [job for job in call.workspace.jobs if among(wanted, job.id)],
        "type", "entity_type",
        excluded_ids=lambda listed, job: job.id not in listed,
        status=lambda listed, job: among(listed, job.status),
        entity_id=lambda listed, job: among(listed, job.entity_id),
    )  # fmt: skip
    # By creation whatever the column: the cursor is an id, and ids ascend with creation.
    return call.page((_shown(call, job) for job in chosen), descending=call.query.get("sort_order") == "desc")


TABLE: Table = {
    "GET background-jobs": _jobs,
    "GET background-jobs/{id}": lambda call: _shown(call, call.one(call.workspace.jobs, "Background job")),
}
