"""The last alert about each route, as the ledger keeps it. Sends nothing.

Several hosts may see the same change: the one that claims the alert sends it. A claim that is never confirmed, because
its host died while sending, is void after `CLAIM_SECONDS`.
"""

from collections.abc import Mapping

from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger.database import Database, now_ms, transaction
from bridge.ledger.sql import execute, rows, value
from bridge.ledger.statements import numbers_of, table

CLAIM_SECONDS = 300

_UPDATE = "UPDATE alert SET {} WHERE route_no IN (SELECT no FROM route WHERE name IN :names)"


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
    query = "SELECT route.name, alert.* FROM alert JOIN route ON route.no = alert.route_no"
    with database.read() as connection:
        now, found = now_ms(connection), {}
        for row in rows(connection, query):
            # A claim that is too old is void, as is one from the future: the clock was set back since.
            void = row["claimed_at"] and abs(row["claimed_at"] - now) > CLAIM_SECONDS * 1000
            found[row["name"]] = UNKNOWN if void else value(AlertState, row)
        return found


@transaction()
def claim_alerts(connection: Connection, news: Mapping[str, tuple[AlertState, AlertState]]) -> set[str]:
    """The routes whose alert this host sends, of routes with the state last sent and the state to send."""
    fresh = "INSERT INTO alert (route_no, state, cause) VALUES (:route, :state, :cause) ON CONFLICT DO NOTHING"
    claim = """
        UPDATE alert SET state = :state, cause = :cause, claimed_at = :now
        WHERE route_no = :route AND (claimed_at = 0 AND state = :state_before AND cause = :cause_before
            OR claimed_at > 0 AND abs(claimed_at - :now) > :span)
    """
    claimed, times = set(), {"now": now_ms(connection), "span": CLAIM_SECONDS * 1000}
    for name, number in numbers_of(connection, table("route"), sorted(news)).items():
        before, after = news[name]
        execute(connection, fresh, route=number, state=WELL.state, cause=WELL.cause)
        old = {"state_before": before.state, "cause_before": before.cause}
        if execute(connection, claim, route=number, state=after.state, cause=after.cause, **old, **times).rowcount:
            claimed.add(name)
    return claimed


@transaction()
def confirm_alerts(connection: Connection, names: set[str]) -> None:
    """The message about these routes was accepted."""
    query = _UPDATE.format("claimed_at = 0, told_at = :now")
    execute(connection, query, now=now_ms(connection), names=sorted(names))


@transaction()
def release_alerts(connection: Connection, before: Mapping[str, AlertState]) -> None:
    """The message was not accepted: the last alert of each route is the one before."""
    query = _UPDATE.format("state = :state, cause = :cause, claimed_at = 0")
    for name, known in sorted(before.items()):
        execute(connection, query, state=known.state, cause=known.cause, names=[name])
