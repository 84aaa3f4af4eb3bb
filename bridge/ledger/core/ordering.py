"""In which order a claim looks at ready deliveries: what is asked, and from where on. Claims nothing."""

from collections.abc import Callable, Iterator
from typing import Any

from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger.database import Database
from bridge.ledger.sql import first, read
from bridge.model import Order
from bridge.model.turns import Score, Turns

Cursor = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """The order of a route. Leads whose validation expires by `until` (in milliseconds, 0 = none) go first.

    `turns` are those of the sources for the order "best"; `gone` counts the leads of this run that were claimed.
    """

    order: Order = "oldest"
    until: int = 0
    turns: Turns | None = None
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A question for ready deliveries, the cursor behind which they begin, and its other parameters.

    At `least` so many are asked for at once, when all but a few of a batch are found.
    """

    question: hot.Question[hot.Candidate]
    after: Cursor = ("",)
    given: Cursor = ()
    least: int = 500
    cursor: Callable[[hot.Candidate], Cursor] = lambda row: (row.rank,)


def expiring(line: Line) -> Iterator[Stretch]:
    """Those that go before all others."""
    if line.until:
        yield Stretch(hot.next_expiring, (0, ""), (line.until,), cursor=lambda row: (row.expires_at, row.rank))


def of_source(score: Score) -> Stretch:
    """The ready deliveries of one source campaign."""
    return Stretch(hot.next_of_source, (score.first[:-1],), (score.last, score.campaign_no), least=50)


def others(line: Line) -> Iterator[Stretch]:
    """All that are left, one question after the other."""
    if line.order == "newest":
        # Those of a campaign without a date have the highest ranks: they go last.
        yield Stretch(hot.next_newest, (hot.UNDATED,))
        yield Stretch(hot.next_ready, (hot.UNDATED,))
    else:
        yield Stretch(hot.next_ready)


_SCORES = """
    SELECT l.campaign_no, SUM(CASE WHEN d.state = 'ready' THEN 0 ELSE 1 END) AS sent,
        COALESCE(SUM(e.contacted), 0) AS contacted, COALESCE(SUM(e.replied), 0) AS replied,
        COALESCE(MIN(CASE WHEN d.state = 'ready' THEN d.rank END), '') AS first,
        COALESCE(MAX(CASE WHEN d.state = 'ready' THEN d.rank END), '') AS last
    FROM delivery d JOIN lead l ON l.id = d.lead_id LEFT JOIN (
        SELECT delivery_id, 1 AS contacted, MAX(CASE WHEN kind = 'replied' THEN 1 ELSE 0 END) AS replied
        FROM vendor_event WHERE route_no = :route GROUP BY delivery_id
    ) e ON e.delivery_id = d.id
    WHERE d.route_no = :route AND d.state <> 'held' GROUP BY l.campaign_no ORDER BY l.campaign_no
"""


def turns_of(database: Database, route_no: int, route: str, run_id: int) -> Turns:
    """The turns of the route's sources in this run. The seed is the route with its run before: the ledger has both."""
    scores = read(database, Score, _SCORES, route=route_no)
    query = "SELECT COALESCE(max(id), 0) FROM run WHERE route_no = :route AND id <> :run"
    before = first(database, query, route=route_no, run=run_id)
    begin = sum(score.sent for score in scores)
    return Turns(f"{route}#{before}", [score for score in scores if score.first], begin)
