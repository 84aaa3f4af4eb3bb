"""Statements about what the operator was told of each route. Sends nothing.

Several hosts may see the same change: the one that claims it tells it. A claim that is never confirmed, since its host
died while it was sending, is void after `CLAIM_SECONDS`.
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
class Told:
    """A route's state as the operator is told it: ok, partial, blocked or failed; `cause` is a short hash or ""."""

    state: str = "ok"
    cause: str = ""


WELL = Told()
"""What is taken to be known of a route that nothing was told of."""

UNKNOWN = Told("")
"""A claim broke off: nobody knows whether the operator was told."""


def told(database: Database) -> dict[str, Told]:
    """What the operator was last told of each route, by its name; a route nothing was told of is missing."""
    a = _alert.c
    query = sa.select(_route.c.name, a.state, a.cause, a.claimed_at).join(_alert, a.route_no == _route.c.no)
    with database.read() as connection:
        now = now_ms(connection)
        return {
            row.name: UNKNOWN if row.claimed_at and _is_void(row.claimed_at, now) else Told(row.state, row.cause)
            for row in connection.execute(query)
        }


def _is_void(claimed_at: int, now: int) -> bool:
    """Whether a claim is too old, or from the future: the clock was set back since."""
    return abs(claimed_at - now) > CLAIM_SECONDS * 1000


@transaction()
def claim_telling(connection: Connection, news: Mapping[str, tuple[Told, Told]]) -> set[str]:
    """Of routes with what was told before and what is to be told now: those that this host is to tell."""
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
def confirm_telling(connection: Connection, names: set[str]) -> None:
    """The message about these routes was taken."""
    query = sa.update(_alert).where(_alert.c.route_no.in_(_numbers(names)))
    connection.execute(query.values(claimed_at=0, told_at=now_ms(connection)))


@transaction()
def give_back_telling(connection: Connection, before: Mapping[str, Told]) -> None:
    """The message was not taken: what was told of these routes is what was told before."""
    for name, told_before in sorted(before.items()):
        query = sa.update(_alert).where(_alert.c.route_no.in_(_numbers({name})))
        connection.execute(query.values(state=told_before.state, cause=told_before.cause, claimed_at=0))


def _numbers(names: set[str]) -> sa.Select[tuple[int]]:
    return sa.select(_route.c.no).where(_route.c.name.in_(list(names)))
