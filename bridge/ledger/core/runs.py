"""Statements about routes, their runs and their targets. Decides nothing about leads."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.bindings import Bindings, bindings_in
from bridge.ledger.core.candidates import claimable
from bridge.ledger.core.claims import place_number
from bridge.ledger.database import Database, milliseconds, now_ms, transaction
from bridge.ledger.sql import execute, first, rows
from bridge.ledger.statements import insert_or_ignore, number_of, tables
from bridge.ledger.texts import storable
from bridge.model import DEFAULT_CLIENT, Place

_binding, _delivery, _lead, _place, _route, _run = tables("binding", "delivery", "lead", "place", "route", "run")


def route_number(database: Database, name: str, client: str = DEFAULT_CLIENT) -> int:
    """The number of the route, given to it on first sight, with the client whose it is."""
    found = first(database, "SELECT no FROM route WHERE name = :name", name=name)
    return _new_number(database, name, client) if found is None else int(found)


@transaction()
def _new_number(connection: Connection, name: str, client: str) -> int:
    connection.execute(insert_or_ignore(connection, _route), {"name": name, "client": client})
    return number_of(connection, _route, name=name)


@transaction()
def pause(connection: Connection, route_no: int, by: str) -> bool:
    """Let no run of the route begin, and end one under way before its next batch; False where it is paused already."""
    query = "INSERT INTO route_pause (route_no, paused_at, paused_by) VALUES (:no, :at, :by) ON CONFLICT DO NOTHING"
    return execute(connection, query, no=route_no, at=now_ms(connection), by=storable(by)).rowcount == 1


@transaction()
def resume(connection: Connection, route_no: int) -> bool:
    """Let runs of the route begin again; False where it was not paused."""
    return execute(connection, "DELETE FROM route_pause WHERE route_no = :no", no=route_no).rowcount == 1


def is_paused(database: Database, route_no: int) -> bool:
    """Whether an operator has paused the route."""
    return first(database, "SELECT route_no FROM route_pause WHERE route_no = :no", no=route_no) is not None


@transaction(durable=False)
def start_run(connection: Connection, route_no: int, now: datetime) -> int:
    """Write down that a run begins; its number."""
    row = {"route_no": route_no, "started_at": milliseconds(now), "status": "running"}
    return int(connection.execute(sa.insert(_run).values(row).returning(_run.c.id)).scalar_one())


@transaction()
def finish_run(connection: Connection, run_id: int, now: datetime, status: str, document: Mapping[str, Any]) -> None:
    """Write down how a run ended."""
    values = {"ended_at": milliseconds(now), "status": status, "document": json.dumps(document)}
    connection.execute(sa.update(_run).where(_run.c.id == run_id).values(values))


def ready_leads(database: Database, route_no: int, decided_by: str, now: datetime) -> int:
    """How many deliveries of the route a claim would look at now."""
    joined = sa.join(_delivery, _lead, _lead.c.id == _delivery.c.lead_id)
    query = sa.select(sa.func.count()).select_from(joined).where(claimable(route_no, decided_by, now))
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


def has_pushed(database: Database, route_no: int) -> bool:
    """Whether the route has ever sent a batch."""
    query = "SELECT id FROM intent WHERE kind = 'push' AND route_no = :route LIMIT 1"
    return first(database, query, route=route_no) is not None


def answered_batches(database: Database, run_id: int) -> int:
    """How many batches of the run were answered."""
    query = "SELECT count(*) FROM intent WHERE run_id = :run AND result = 'answered'"
    return int(first(database, query, run=run_id))


def mismatches(database: Database, run_id: int) -> list[str]:
    """What did not add up in the answers to the run's batches, a sentence each."""
    query = "SELECT id, detail FROM intent WHERE kind = 'push' AND run_id = :run AND detail <> '' ORDER BY id"
    with database.read() as connection:
        return [f"Batch {row['id']}: {row['detail']}" for row in rows(connection, query, run=run_id)]


def bind(
    database: Database,
    route_no: int,
    target: str,
    place: Place,
    title: str,
    agree: Callable[[Bindings], None] = lambda _: None,
    continues: Sequence[str] = (),
) -> None:
    """Remember which place the route's target means: the first time, and where it has moved on from one it continues.

    `agree` raises where the other bindings forbid this one. It sees all of them: no other process binds meanwhile.
    """
    query = """
        SELECT place.id FROM binding JOIN place ON place.no = binding.place_no
        WHERE binding.route_no = :route AND binding.target = :target
    """
    bound = first(database, query, route=route_no, target=target)
    if bound is None or (bound != place.id and bound in continues):
        _bind(database, agree, {"route_no": route_no, "target": target}, place, title)


@transaction()
def _bind(
    connection: Connection, agree: Callable[[Bindings], None], of: Mapping[str, Any], place: Place, title: str
) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        connection.execute(sa.text("LOCK TABLE binding IN SHARE ROW EXCLUSIVE MODE"))
    agree(bindings_in(connection))
    place_no = place_number(connection, place)
    connection.execute(sa.update(_place).where(_place.c.no == place_no).values(title=storable(title)))
    connection.execute(sa.delete(_binding).where(*(_binding.c[name] == value for name, value in of.items())))
    connection.execute(insert_or_ignore(connection, _binding), {**of, "place_no": place_no})
