"""Statements that only read: which leads did not go, and why. Decides nothing, writes nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.lazy import dataclass
from bridge.ledger.core.counting import kinds
from bridge.ledger.database import Database
from bridge.ledger.facts import load_lead
from bridge.ledger.sql import pages, read, rows_of, value
from bridge.ledger.texts import storable
from bridge.ledger.views.health import portions
from bridge.ledger.views.standing import route_names
from bridge.model import State

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

REJECTED = (State.HELD, State.DUPLICATE, State.REFUSED, State.IN_DOUBT, State.FAILED)
"""States of leads that did not go, or are not known to have gone."""


@dataclass(frozen=True, slots=True)
class Spread:
    """So many leads of a route in this state for this reason; `sent` says that a batch since then carried them."""

    state: str
    reason: str
    sent: bool
    leads: int


@dataclass(frozen=True, slots=True)
class Reject:
    """A delivery that did not go. `email` is the address as sent, else as scraped, else (facts pruned) canonical.

    `campaign` is a title. `detail` names the other lead where the same person goes by another delivery.
    """

    route: str
    lead_id: str
    email: str
    username: str
    platform: str
    campaign: str
    state: str
    reason: str
    origin: str
    detail: str
    client: str


_REJECTED_NAMES = [state.value for state in REJECTED]


_MOST_KINDS = 60
_KIND = """
    SELECT id FROM (
        SELECT id FROM delivery WHERE route_no = :n{at} AND state = :s{at} AND reason = :r{at} AND id > :after {more}
        ORDER BY id LIMIT :size
    ) of_{at}
"""


def of_kinds(
    database: Database, states: Sequence[str], routes: Sequence[str], reasons: Sequence[str] = (), more: str = ""
) -> tuple[str, dict[str, Any]]:
    """A condition on the next `:size` deliveries `d` behind `:after` of these kinds, and its values.

    No routes and no reasons are all. `more` is a further condition on the columns of a delivery.
    """
    numbers = [no for name, no in route_names(database).items() if not routes or name in routes]
    meant = [
        (no, state, reason)
        for no, state, reason in kinds(database)
        if no in numbers and state in states and (not reasons or reason in reasons)
    ]
    # Few are found by the index, not by reading every lead. PostgreSQL would sort each kind again for every page.
    if len(meant) <= _MOST_KINDS and (reasons or database.dialect == "sqlite"):
        each = " UNION ALL ".join(_KIND.format(at=at, more=more) for at in range(len(meant))) or "SELECT 0 AS id"
        given = {f"{name}{at}": one for at, kind in enumerate(meant) for name, one in zip("nsr", kind, strict=True)}
        return f"AND d.id IN (SELECT id FROM ({each}) found ORDER BY id LIMIT :size)", given  # noqa: S608 - constants
    # The sum keeps SQLite from the index over routes, which would sort the whole route again for every page.
    which = f"AND d.state IN :states {'AND d.route_no + 0 IN :routes' if routes else ''} {more}"
    given = {"states": list(states)} | ({"routes": numbers} if routes else {})
    return (f"{which} AND d.reason IN :reasons", given | {"reasons": list(reasons)}) if reasons else (which, given)


def rejects(
    database: Database, routes: Sequence[str] = (), reasons: Sequence[str] = (), *, size: int = 1000
) -> Iterator[list[Reject]]:
    """Every delivery that did not go, of these routes and reasons or of all, in pieces: memory stays flat."""
    which, given = of_kinds(database, _REJECTED_NAMES, routes, reasons)
    query = f"""
        SELECT d.id, d.state, d.reason, d.origin, d.detail, d.address, lead.source_id AS lead_id, lead.facts,
            lead.person, route.name AS route, route.client, campaign.id AS campaign_id, campaign.title,
            rival_lead.source_id AS rival_id, rival_route.name AS rival_route
        FROM delivery d JOIN lead ON lead.id = d.lead_id JOIN campaign ON campaign.no = lead.campaign_no
        JOIN route ON route.no = d.route_no
        LEFT JOIN delivery rival ON rival.id = d.waits_for AND d.waits_for <> 0
        LEFT JOIN lead rival_lead ON rival_lead.id = rival.lead_id
        LEFT JOIN route rival_route ON rival_route.no = rival.route_no
        WHERE d.id > :after {which} ORDER BY d.id LIMIT :size
    """  # noqa: S608 - put together from constants
    for found in pages(database, query, size=size, **given):
        yield [_reject(row) for row in found]


def _reject(row: "RowMapping") -> Reject:
    lead = load_lead(row["lead_id"], row["campaign_id"], row["facts"])
    # The other lead as `explain` can be asked for it.
    rival = f"lead {row['rival_id']} on route {row['rival_route']}" if row["rival_id"] else ""
    return value(
        Reject,
        row,
        email=(row["address"] if "@" in row["address"] else "") or storable(lead.email) or row["person"],
        username=storable(lead.username),
        platform=storable(lead.platform),
        campaign=row["title"] or row["campaign_id"],
        detail=row["detail"] or rival,
    )


def reject_counts(
    database: Database, routes: Sequence[str] = (), reasons: Sequence[str] = ()
) -> Mapping[tuple[str, str], int]:
    """How many did not go, by state and reason, most first."""
    counted: Counter[tuple[str, str]] = Counter()
    for portion in portions(database):
        wanted = (not routes or portion.route in routes) and (not reasons or portion.reason in reasons)
        if portion.state in REJECTED and wanted:
            counted[portion.state, portion.reason] += portion.leads
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def last_batch(database: Database) -> int:
    """A number that every later batch is above, of any route."""
    return int(rows_of(database, "SELECT COALESCE(max(id), 0) AS id FROM intent")[0]["id"])


def spread_since(database: Database, route_no: int, batch_id: int) -> list[Spread]:
    """Where the route's leads stand; apart, those that a later batch than this one carried to an end."""
    query = """
        SELECT state, reason, sent, count(*) AS leads FROM (
            SELECT state, reason,
                CASE WHEN batch_id > :batch AND state NOT IN ('held', 'ready') THEN 1 ELSE 0 END AS sent
            FROM delivery WHERE route_no = :route
        ) spread GROUP BY state, reason, sent
    """
    return read(database, Spread, query, route=route_no, batch=batch_id)
