"""How many leads each route has in each state for each reason, in the same time whatever the ledger holds.

A small ledger is counted by its index. Of a SQLite ledger with more than two times STEP deliveries the older ones are
counted once, into `lead_count`. From then on a trigger of the database changes these counts with every move of one of
them, in the same statement. A move by hand is no exception. The newer deliveries are counted by the index still: they
move most often, and no trigger fires for them. The border between the two is the name of the trigger. So where it is
gone, nothing counts as counted, and no number can be wrong. PostgreSQL counts by its index, on the server.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from bridge.ledger.database import Database, transaction
from bridge.ledger.sql import execute, rows, rows_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

STEP = 250_000
"""The border goes up by so many deliveries, and as many stay beyond it: what a run records, it also delivers there."""


class Count(NamedTuple):
    """So many leads of a route are in this state for this reason."""

    route_no: int
    state: str
    reason: str
    leads: int


_EVERY = 2**62  # behind every number
_TRIGGER = "lead_count_up_to_"
_PLAIN = """
    SELECT route_no, state, reason, count(*) AS leads FROM delivery WHERE route_no BETWEEN :low AND :high
    GROUP BY route_no, state, reason
"""
# From one route, state and reason to the next in the index.
_NEXT = "SELECT id FROM delivery n WHERE {same} > kind.{column} ORDER BY route_no, state, reason LIMIT 1"
_KINDS = f"""
    WITH RECURSIVE kind (route_no, state, reason) AS (
        SELECT * FROM (
            SELECT route_no, state, reason FROM delivery WHERE route_no >= :low ORDER BY route_no, state, reason LIMIT 1
        ) first
        UNION ALL
        SELECT d.route_no, d.state, d.reason FROM kind JOIN delivery d ON d.id = COALESCE(
            ({_NEXT.format(same="route_no = kind.route_no AND state = kind.state AND reason", column="reason")}),
            ({_NEXT.format(same="route_no = kind.route_no AND state", column="state")}),
            ({_NEXT.format(same="route_no", column="route_no")})
        ) WHERE d.route_no <= :high
    )
"""  # noqa: S608 - names of ours
# Of each the deliveries between two numbers. `sending` is never in `lead_count`: a lead that is sent passes it, and few
# are in it at a time.
_BETWEEN = f"""
    {_KINDS}
    SELECT kind.*, (
        SELECT count(*) FROM delivery d
        WHERE d.route_no = kind.route_no AND d.state = kind.state AND d.reason = kind.reason
        AND d.id > CASE kind.state WHEN 'sending' THEN :sending ELSE :counted END AND d.id <= :last
    ) AS leads FROM kind WHERE route_no <= :high
"""  # noqa: S608 - the text above
_ALL = f"""
    SELECT route_no, state, reason, sum(leads) AS leads FROM (
        SELECT * FROM lead_count WHERE route_no BETWEEN :low AND :high UNION ALL SELECT * FROM ({_BETWEEN})
    ) GROUP BY route_no, state, reason HAVING sum(leads) > 0
"""  # noqa: S608 - the texts above


def lead_counts(connection: "Connection", route_no: int = 0) -> Iterator[Count]:
    """The leads of one route or (0) of all, as the transaction sees them."""
    query, given = _PLAIN, {"low": route_no, "high": route_no or _EVERY}
    if counted := counted_up_to(connection):
        query = _ALL
        given |= {"counted": counted, "sending": -_EVERY, "last": _EVERY}
    for row in rows(connection, query, **given):
        yield Count(row["route_no"], row["state"], row["reason"], int(row["leads"]))


def kinds(database: Database) -> list[tuple[int, str, str]]:
    """Every route, state and reason that deliveries have now."""
    query = f"{_KINDS} SELECT * FROM kind WHERE route_no <= :high"  # noqa: S608 - the text above
    return [(row["route_no"], row["state"], row["reason"]) for row in rows_of(database, query, low=0, high=_EVERY)]


def counted_up_to(connection: "Connection") -> int:
    """The number of the last delivery that `lead_count` counts; 0 for none."""
    if connection.dialect.name != "sqlite":
        return 0
    query = f"""
        SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{_TRIGGER}%'
        AND NOT EXISTS (SELECT 1 FROM lead_count WHERE route_no = 0)
    """  # noqa: S608 - a constant
    return next((int(row["name"].removeprefix(_TRIGGER)) for row in rows(connection, query)), 0)


def count_older(database: Database) -> None:
    """Move the border up, as long as two times STEP deliveries are beyond it; each step is one short transaction."""
    while True:
        with database.look() as connection:
            due = _is_due(connection, counted_up_to(connection))
        if not due:
            return
        _count_step(database)


def _is_due(connection: "Connection", counted: int) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    last = rows(connection, "SELECT COALESCE(max(id), 0) AS id FROM delivery")[0]["id"]
    return bool(last - counted > 2 * STEP)


@transaction(durable=False)
def _count_step(connection: "Connection") -> None:
    counted = counted_up_to(connection)
    if not _is_due(connection, counted):
        return  # another process has done it since
    if not counted:
        execute(connection, "DELETE FROM lead_count")
    border = counted + STEP
    # A step leaves all that are `sending` out.
    execute(connection, _COUNT, low=0, high=_EVERY, sending=_EVERY, counted=counted or -_EVERY, last=border)
    for name in [row["name"] for row in rows(connection, _OURS)]:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    for trigger in _triggers(border):
        connection.exec_driver_sql(trigger)


_ADDED = "ON CONFLICT (route_no, state, reason) DO UPDATE SET leads = leads + excluded.leads"
_COUNT = f"""
    INSERT INTO lead_count (route_no, state, reason, leads)
    SELECT * FROM ({_BETWEEN}) WHERE leads > 0 {_ADDED}
"""  # noqa: S608 - the texts above
_OURS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'lead_count%'"


def _triggers(border: int) -> Iterator[str]:
    """The border stands in the text of the trigger: to look it up would take half a microsecond for each move."""
    yield f"""
        CREATE TRIGGER {_TRIGGER}{border} AFTER UPDATE OF route_no, state, reason ON delivery WHEN OLD.id <= {border}
        BEGIN
            UPDATE lead_count SET leads = leads - 1
            WHERE route_no = OLD.route_no AND state = OLD.state AND reason = OLD.reason;
            INSERT INTO lead_count (route_no, state, reason, leads)
            SELECT NEW.route_no, NEW.state, NEW.reason, 1 WHERE NEW.state <> 'sending' {_ADDED};
        END
    """  # noqa: S608 - a number
    # No statement of ours deletes or renumbers a delivery. One by hand voids the counts: a number may then come again.
    for number, (event, lower) in enumerate({"DELETE": "OLD.id", "UPDATE OF id": "min(OLD.id, NEW.id)"}.items()):
        yield f"""
            CREATE TRIGGER lead_count_void_{number} AFTER {event} ON delivery WHEN {lower} <= {border}
            BEGIN INSERT INTO lead_count (route_no) VALUES (0) ON CONFLICT DO NOTHING; END
        """  # noqa: S608 - a number
