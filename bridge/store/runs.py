"""Statements about routes, their runs and their targets. Decides nothing about leads."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridge.model import Place, State
from bridge.store.claims import place_number
from bridge.store.database import Database, milliseconds, moment
from bridge.store.facts import storable
from bridge.store.statements import number_of, table
from bridge.store.tables import BatchRow, BindingRow, DeliveryRow, PlaceRow, RouteRow, RunRow

_batch = table(BatchRow)
_binding = table(BindingRow)
_delivery = table(DeliveryRow)
_place = table(PlaceRow)
_route = table(RouteRow)
_run = table(RunRow)


@dataclass(frozen=True, slots=True)
class Tally:
    """How the leads that a route knows are spread: `known` is counted by itself and must be the sum of `states`."""

    known: int
    states: Mapping[str, int]
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run as it was recorded; `document` is what `sync --json` said of it ({} while it is under way)."""

    id: int
    route: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    document: Mapping[str, Any]


def route_number(database: Database, name: str) -> int:
    """The number of the route, given to it on first sight."""
    with database.read() as connection:
        found = connection.execute(sa.select(_route.c.no).where(_route.c.name == name)).scalar()
    if found is not None:
        return int(found)
    with database.write() as connection:
        return number_of(connection, _route, name=name)


def route_names(database: Database) -> Mapping[str, int]:
    """Every route that has ever run, by name."""
    with database.read() as connection:
        return {row.name: row.no for row in connection.execute(sa.select(_route).order_by(_route.c.name))}


def start_run(database: Database, route_no: int, now: datetime) -> int:
    """Write down that a run begins; its number."""
    row = {"route_no": route_no, "started_at": milliseconds(now), "status": "running"}
    with database.write(durable=False) as connection:
        return int(connection.execute(sa.insert(_run).values(row).returning(_run.c.id)).scalar_one())


def finish_run(database: Database, run_id: int, now: datetime, status: str, document: Mapping[str, Any]) -> None:
    """Write down how a run ended."""
    values = {"ended_at": milliseconds(now), "status": status, "document": json.dumps(document)}
    with database.write() as connection:
        connection.execute(sa.update(_run).where(_run.c.id == run_id).values(values))


def past_runs(database: Database, *, routes: Sequence[str] = (), limit: int = 20) -> list[PastRun]:
    """The latest runs, newest first."""
    query = sa.select(_run, _route.c.name).join(_route, _route.c.no == _run.c.route_no)
    if routes:
        query = query.where(_route.c.name.in_(routes))
    with database.read() as connection:
        return [_past(row) for row in connection.execute(query.order_by(_run.c.id.desc()).limit(limit))]


def tally(database: Database, route_no: int) -> Tally:
    """Where every lead that the route knows stands."""
    where = _delivery.c.route_no == route_no
    grouped = sa.select(_delivery.c.state, _delivery.c.reason, sa.func.count().label("leads")).where(where)
    with database.read() as connection:
        known = int(connection.execute(sa.select(sa.func.count()).select_from(_delivery).where(where)).scalar_one())
        rows = connection.execute(grouped.group_by(_delivery.c.state, _delivery.c.reason)).all()
    states = dict.fromkeys((state.value for state in State), 0)
    reasons: dict[str, int] = {}
    for row in rows:
        states[row.state] += row.leads
        reasons[row.reason] = reasons.get(row.reason, 0) + row.leads
    return Tally(known, states, dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))))


def ready_leads(database: Database, route_no: int, decided_by: str, now: datetime) -> int:
    """How many deliveries of the route could go now."""
    d = _delivery.c
    query = sa.select(sa.func.count()).where(
        d.route_no == route_no,
        d.state == State.READY,
        d.not_before <= milliseconds(now),
        d.decided_by == decided_by,
    )
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


def has_pushed(database: Database, route_no: int) -> bool:
    """Whether the route has ever sent a batch."""
    with database.read() as connection:
        return (
            connection.execute(sa.select(_batch.c.id).where(_batch.c.route_no == route_no).limit(1)).scalar()
            is not None
        )


def answered_batches(database: Database, run_id: int) -> int:
    """How many batches of the run were answered."""
    query = sa.select(sa.func.count()).where(_batch.c.run_id == run_id, _batch.c.result == "answered")
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


def mismatches(database: Database, run_id: int) -> list[str]:
    """What did not add up in the answers to the run's batches, a sentence each."""
    query = sa.select(_batch.c.id, _batch.c.mismatch).where(_batch.c.run_id == run_id, _batch.c.mismatch != "")
    with database.read() as connection:
        return [f"Batch {row.id}: {row.mismatch}" for row in connection.execute(query.order_by(_batch.c.id))]


def bind(database: Database, route_no: int, target: str, place: Place, title: str) -> Place:
    """Remember which place the route's target means, the first time; the place remembered."""
    with database.read() as connection:
        bound = connection.execute(_bound(route_no, target)).one_or_none()
    if bound is None:
        with database.write() as connection:
            place_no = place_number(connection, place)
            connection.execute(sa.update(_place).where(_place.c.no == place_no).values(title=storable(title)))
            row = {"route_no": route_no, "target": target, "place_no": place_no}
            connection.execute(sa.insert(_binding).values(row))
        return place
    return Place(bound.vendor, bound.workspace, bound.kind, bound.id)


def _bound(route_no: int, target: str) -> sa.Select[Any]:
    return (
        sa.select(_place)
        .join(_binding, _binding.c.place_no == _place.c.no)
        .where(_binding.c.route_no == route_no, _binding.c.target == target)
    )


def _past(row: Any) -> PastRun:
    started = moment(row.started_at)
    assert started is not None  # noqa: S101 - start_run always sets it
    document = json.loads(row.document) if row.document else {}
    return PastRun(row.id, row.name, row.status, started, moment(row.ended_at), document)
