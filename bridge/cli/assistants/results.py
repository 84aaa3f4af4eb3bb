"""The forms of what an assistant is answered, from which the protocol's schemas are made. Reads and decides nothing.

The documents of `--json` have more keys; these are the ones that help to answer a question.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class LastRun(_Part):
    """The latest run of a route."""

    run_id: int
    status: str = Field(description="ok, partial, blocked, failed, stopped, busy, running or cut off")
    started_at: str | None
    ended_at: str | None
    error: str | None
    warnings: list[str]


class Route(_Part):
    """Where a route stands, from the ledger."""

    route: str
    client: str
    retired: bool = Field(description="true: bridge.toml has it no longer")
    target: str
    leads_known: int
    states: dict[str, int] = Field(description="leads by state; the sum is leads_known")
    reasons: dict[str, int] = Field(description="leads by reason; the sum is leads_known")
    last_run: LastRun | None
    last_success: str | None
    ready_may_go: int = Field(description="at most so many leads go with a sync now")
    next: str | None = Field(description="the command that an operator should type next")


class Status(_Part):
    """Every route."""

    routes: list[Route]


class Run(_Part):
    """One run; `report` is what `sync --json` printed."""

    run_id: int
    route: str
    client: str
    status: str
    started_at: str | None
    ended_at: str | None
    report: dict[str, Any] | None


class Runs(_Part):
    """The latest runs, newest first."""

    runs: list[Run]


class Story(_Part):
    """All that the ledger knows of the leads that a query means."""

    query: str
    leads: list[dict[str, Any]] = Field(description="each with its deliveries: route, target, state, reason, events")
    erased_at: str | None = None
    do_not_contact: list[dict[str, Any]] = []


class Report(_Part):
    """What became of delivered leads, by where they came from."""

    by: list[str]
    rows: list[dict[str, Any]]
    total: dict[str, Any]
    method: str


class Count(_Part):
    """Leads that did not go, by state and reason."""

    state: str
    reason: str
    explanation: str
    leads: int


class Reject(_Part):
    """One lead that did not go."""

    route: str
    lead_id: str
    email: str
    username: str
    platform: str
    campaign: str
    state: str
    reason: str
    explanation: str
    detail: str
    client: str


class Rejects(_Part):
    """All counts, and the first leads."""

    counts: list[Count]
    rejects: list[Reject]


class Played(_Part):
    """What a sync of a route would do now."""

    route: str
    client: str
    target: str
    leads_read: int
    states: dict[str, int]
    reasons: dict[str, int]
    waiting: list[dict[str, Any]] = []
    outlook: dict[str, Any] | None = None
    warnings: list[str]
    error: str | None
    hint: str | None


class Preview(_Part):
    """What a sync would do now; nothing was sent or written."""

    routes: list[Played]
