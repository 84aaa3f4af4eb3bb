"""The last alert about each route, as the ledger keeps it. Sends nothing.

Several hosts may see the same change: the one that claims the alert sends it. A claim that is never confirmed, because
its host died while sending, is void after `CLAIM_SECONDS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.database import Database, now_ms, transaction
from bridge.ledger.statements import insert_or_ignore, numbers_of, table
from bridge.ledger.tables import AlertRow, RouteRow

CLAIM_SECONDS = 300

_alert = table(AlertRow)
_route = table(RouteRow)


@dataclass(frozen=True, slots=True)
class AlertState:
    """The state of a route that an alert reports: ok, partial, blocked or failed; `cause` is a short hash or ""."""

    state: str = "ok"
    cause: str = ""


WELL = AlertState()
"""The state of a route without any alert."""

UNKNOWN = AlertState("")
"""A claim was never confirmed: it is unknown whether the alert was sent."""


def last_alerts(database: Database) -> dict[str, AlertState]:
    """The state in the last alert of each route, by name; a route without an alert is missing."""
    a = _alert.c
    query = sa.select(_route.c.name, a.state, a.cause, a.claimed_at).join(_alert, a.route_no == _route.c.no)
    with database.read() as connection:
        now = now_ms(connection)
        return {
            row.name: UNKNOWN if row.claimed_at and _is_void(row.claimed_at, now) else AlertState(row.state, row.cause)
            for row in connection.execute(query)
        }


def _is_void(claimed_at: int, now: int) -> bool:
    """Whether a claim is too old, or from the future: the clock was set back since."""
    return abs(claimed_at - now) > CLAIM_SECONDS * 1000


@transaction()
def claim_alerts(connection: Connection, news: Mapping[str, tuple[AlertState, AlertState]]) -> set[str]:
    """The routes whose alert this host sends, of routes with the state last sent and the state to send."""
    a = _alert.c
    claimed = set()
    now = now_ms(connection)
    for name, number in numbers_of(connection, _route, sorted(news)).items():
        before, after = news[name]
        fresh = {"route_no": number, "state": WELL.state, "cause": WELL.cause}
        connection.execute(insert_or_ignore(connection, _alert), fresh)
        unclaimed = sa.and_(a.claimed_at == 0, a.state == before.state, a.cause == before.cause)
        void = sa.and_(a.claimed_at > 0, sa.func.abs(a.claimed_at - now) > CLAIM_SECONDS * 1000)
        query = sa.update(_alert).where(a.route_no == number, sa.or_(unclaimed, void))
        done = connection.execute(query.values(state=after.state, cause=after.cause, claimed_at=now))
        if done.rowcount == 1:
            claimed.add(name)
    return claimed


@transaction()
def confirm_alerts(connection: Connection, names: set[str]) -> None:
    """The message about these routes was accepted."""
    query = sa.update(_alert).where(_alert.c.route_no.in_(_numbers(names)))
    connection.execute(query.values(claimed_at=0, told_at=now_ms(connection)))


@transaction()
def release_alerts(connection: Connection, before: Mapping[str, AlertState]) -> None:
    """The message was not accepted: the last alert of each route is the one before."""
    for name, state in sorted(before.items()):
        query = sa.update(_alert).where(_alert.c.route_no.in_(_numbers({name})))
        connection.execute(query.values(state=state.state, cause=state.cause, claimed_at=0))


def _numbers(names: set[str]) -> sa.Select[tuple[int]]:
    return sa.select(_route.c.no).where(_route.c.name.in_(list(names)))
