"""Lists leads by what became of them, a page at a time, for the dashboard. Decides nothing, writes nothing.

Every page is found by a key, never by an offset, and costs the same at any depth. What no index finds (a part of a
name, two rare things at once) is looked for in windows of rows: after MOST_ROWS of them the page ends where it is, and
its cursor goes on from there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.lazy import dataclass
from bridge.ledger.database import Database
from bridge.ledger.events.reading import of_deliveries
from bridge.ledger.facts import load_lead
from bridge.ledger.sql import any_case, rows, rows_of, value
from bridge.ledger.texts import storable
from bridge.ledger.views.health import Portion
from bridge.ledger.views.standing import route_names

if TYPE_CHECKING:
    from sqlalchemy import RowMapping
    from sqlalchemy.engine import Connection

WINDOW = 20_000
MOST_ROWS = 100_000
"""Rows that one page looks at where no index finds what is asked for."""

MOST_NAMES = 300_000
"""Leads that one page of a search by name looks at: some 30 ms of CPU for each 100,000."""

FEW = 5_000
"""So many deliveries are looked at one by one, rather than the leads of a campaign or the events of a kind."""

_MOST_TOGETHER = 60
_END = 2**62


@dataclass(frozen=True, slots=True)
class Filter:
    """Which deliveries; "" stands for any.

    Of these routes (all where None), in this state, for this reason, of the source campaign of this id, with an event
    of this kind.
    """

    routes: tuple[str, ...] | None = None
    state: str = ""
    reason: str = ""
    campaign: str = ""
    event: str = ""

    def takes(self, one: Portion) -> bool:
        """Whether deliveries of this portion may be meant."""
        of_route = self.routes is None or one.route in self.routes
        return of_route and self.state in ("", one.state) and self.reason in ("", one.reason)

    @property
    def by_portion(self) -> bool:
        """Whether some portions are left out."""
        return self.routes is not None or bool(self.state or self.reason)


@dataclass(frozen=True, slots=True)
class Listed:
    """A lead on a route. `number` is the lead's in the ledger, `lead_id` the source's; `event` is the latest, or ""."""

    id: int
    number: int
    lead_id: str
    client: str
    route: str
    state: str
    reason: str
    campaign: str
    address: str
    username: str
    name: str
    platform: str
    sent_at: datetime | None
    event: str = ""
    event_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some leads. `cursor` asks for those behind them, "" at the end; `cut` says that not all rows were looked at."""

    rows: Sequence[Listed]
    cursor: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    """What one window found: deliveries with their cursors, and the cursor of the window's end ("" = end)."""

    found: Sequence[tuple[int, str]]
    end: str


def page(database: Database, wanted: Filter, portions: Sequence[Portion], *, cursor: str = "", size: int = 50) -> Page:
    """The deliveries that are wanted; `portions` says how many there are of which kind."""
    meant = [one for one in portions if wanted.takes(one)]
    with database.read() as connection:
        numbers = route_names(database)
        if not meant:
            return Page(())
        few = sum(one.leads for one in meant) <= FEW
        if wanted.event and not few:
            found, end, cut = _windows(_events(connection, wanted, numbers, size), cursor, size)
        elif wanted.campaign and not few:
            found, end, cut = _windows(_of_campaign(connection, wanted, numbers, size), cursor, size)
        else:
            ids = _by_portion(connection, wanted, meant, numbers, _whole(cursor, _END), size + 1)
            found, end, cut = ids[:size], str(ids[size - 1]) if len(ids) > size else "", False
        return Page(_listed(connection, found), end, cut)


def of_leads(database: Database, lead_ids: Sequence[int], wanted: Filter) -> list[Listed]:
    """The deliveries of these leads that are wanted, latest first."""
    with database.read() as connection:
        which, given = _conditions(wanted, route_names(database))
        query = f"SELECT d.id FROM delivery d {_join(wanted)} WHERE d.lead_id IN :leads {which} ORDER BY d.id DESC"  # noqa: S608 - constants
        found = [int(row["id"]) for row in rows(connection, query, leads=list(lead_ids), **given)]
        return _listed(connection, found)


def named(database: Database, name: str, *, cursor: str = "", size: int = 50) -> tuple[list[int], str]:
    """Leads whose facts have all these words, in any place and case, latest first; the cursor of those behind them.

    Looks at MOST_NAMES leads at most.
    """
    # SQLite knows the case of ASCII alone, so any other sign stands for itself or for its JSON escape.
    words = [re.sub("[^a-z0-9]+", "%", word) for word in name.casefold().split()[:8]]
    given = {f"word{at}": f"%{word}%" for at, word in enumerate(words)}
    which = " AND ".join(f"{any_case(database, 'facts')} LIKE :{key}" for key in given) or "1 = 0"
    query = f"""
        SELECT id FROM lead WHERE id < :high AND id >= :low AND facts <> '' AND {which} ORDER BY id DESC LIMIT :size
    """  # noqa: S608 - the patterns are parameters
    found: list[int] = []
    with database.read() as connection:
        latest = rows(connection, "SELECT COALESCE(max(id), 0) AS id FROM lead")[0]["id"]
        high = min(_whole(cursor, _END), latest + 1)
        for _ in range(MOST_NAMES // WINDOW):
            low = max(0, high - WINDOW)
            some = rows(connection, query, high=high, low=low, size=size - len(found), **given)
            found += [int(row["id"]) for row in some]
            high = found[-1] if len(found) >= size else low
            if high <= 1 or len(found) >= size:
                break
    return found, str(high) if high > 1 else ""


def campaigns(database: Database) -> Mapping[str, str]:
    """Every source campaign's title by its id, the latest first."""
    query = "SELECT id, title FROM campaign ORDER BY created_at DESC, no DESC"
    return {row["id"]: row["title"] or row["id"] for row in rows_of(database, query)}


# --------------------------------------------------------------------------------------------- three ways to a page


def _by_portion(
    connection: "Connection",
    wanted: Filter,
    meant: Sequence[Portion],
    numbers: Mapping[str, int],
    before: int,
    size: int,
) -> list[int]:
    """Latest first, each portion in the order of its index."""
    join = _join(wanted)
    more = f"{_MORE['campaign'] if wanted.campaign else ''} {_MORE['event'] if wanted.event else ''}"
    given: dict[str, Any] = {"before": before, "size": size, "campaign": wanted.campaign, "event": wanted.event}
    if not wanted.by_portion:
        query = f"SELECT d.id FROM delivery d {join} WHERE d.id < :before {more} ORDER BY d.id DESC LIMIT :size"  # noqa: S608 - constants
        return [int(row["id"]) for row in rows(connection, query, **_used(query, given))]
    found: list[int] = []
    for start in range(0, len(meant), _MOST_TOGETHER):
        some = meant[start : start + _MOST_TOGETHER]
        parts = " UNION ALL ".join(_PORTION.format(at=at, join=join, more=more) for at in range(len(some)))
        query = f"SELECT id FROM ({parts}) found ORDER BY id DESC LIMIT :size"  # noqa: S608 - the same texts again
        for at, one in enumerate(some):
            given |= {f"r{at}": numbers[one.route], f"s{at}": one.state, f"e{at}": one.reason}
        found += [int(row["id"]) for row in rows(connection, query, **_used(query, given))]
    return sorted(found, reverse=True)[:size]


_PORTION = """
    SELECT id FROM (
        SELECT d.id FROM delivery d {join}
        WHERE d.route_no = :r{at} AND d.state = :s{at} AND d.reason = :e{at} AND d.id < :before {more}
        ORDER BY d.id DESC LIMIT :size
    ) of_{at}
"""
_MORE = {
    "campaign": "AND l.campaign_no = (SELECT no FROM campaign WHERE id = :campaign)",
    "event": "AND EXISTS (SELECT 1 FROM vendor_event e WHERE e.delivery_id = d.id AND e.kind = :event)",
}


def _of_campaign(connection: "Connection", wanted: Filter, numbers: Mapping[str, int], size: int) -> Any:
    """By the source's ids of the leads; the cursor is the id and the delivery."""
    which, given = _conditions(wanted, numbers, without="campaign")
    window = """
        SELECT id, source_id FROM lead
        WHERE campaign_no = (SELECT no FROM campaign WHERE id = :campaign) AND source_id >= :source
        ORDER BY source_id LIMIT :window
    """
    query = f"""
        SELECT d.id, l.source_id FROM ({window}) l JOIN delivery d ON d.lead_id = l.id
        WHERE (l.source_id > :source OR d.id > :after) {which}
        ORDER BY l.source_id, d.id LIMIT :size
    """  # noqa: S608 - constants
    end = f"SELECT count(*) AS count, max(source_id) AS source FROM ({window}) l"  # noqa: S608 - constants

    def step(cursor: str) -> _Step:
        after, _, source = cursor.partition(" ")
        at = {"campaign": wanted.campaign, "source": source, "window": WINDOW}
        found = rows(connection, query, size=size, after=_whole(after, 0), **(given | at))
        last: Mapping[Any, Any] = {"count": WINDOW, "source": ""}
        if len(found) < size:
            (last,) = rows(connection, end, **at)
        ids = [(int(row["id"]), f"{row['id']} {row['source_id']}") for row in found]
        return _Step(ids, f"{_END} {last['source']}" if last["count"] >= WINDOW else "")

    return step


def _events(connection: "Connection", wanted: Filter, numbers: Mapping[str, int], size: int) -> Any:
    """By when the event was learnt, latest first; the cursor is that time and the delivery."""
    which, given = _conditions(wanted, numbers, without="event")
    chosen = numbers.values() if wanted.routes is None else [numbers[name] for name in wanted.routes if name in numbers]
    one = """
        SELECT * FROM (
            SELECT delivery_id, noted_at FROM vendor_event WHERE route_no = {no} AND kind = :event AND delivery_id > 0
            AND noted_at <= :at AND (noted_at < :at OR delivery_id < :before)
            ORDER BY noted_at DESC, delivery_id DESC LIMIT :window
        ) of_{no}
    """
    union = " UNION ALL ".join(one.format(no=int(number)) for number in chosen)
    window = f"SELECT * FROM ({union}) every ORDER BY noted_at DESC, delivery_id DESC LIMIT :window"  # noqa: S608 - numbers
    query = f"""
        SELECT d.id, e.noted_at FROM ({window}) e JOIN delivery d ON d.id = e.delivery_id {_join(wanted)}
        WHERE 1 = 1 {which} ORDER BY e.noted_at DESC, d.id DESC LIMIT :size
    """  # noqa: S608 - see above
    last = f"SELECT delivery_id, noted_at FROM ({window}) e ORDER BY noted_at, delivery_id LIMIT 1"  # noqa: S608 - see above
    count = f"SELECT count(*) AS count FROM ({window}) e"  # noqa: S608 - see above

    def step(cursor: str) -> _Step:
        at, _, before = cursor.partition(" ")
        where = {"event": wanted.event, "at": _whole(at, _END), "before": _whole(before, _END), "window": WINDOW // 4}
        found = rows(connection, query, size=size, **(given | where))
        ids = [(int(row["id"]), f"{row['noted_at']} {row['id']}") for row in found]
        if len(found) < size and rows(connection, count, **where)[0]["count"] < WINDOW // 4:
            return _Step(ids, "")
        (end,) = rows(connection, last, **where)
        return _Step(ids, f"{end['noted_at']} {end['delivery_id']}")

    return step


def _windows(step: Any, cursor: str, size: int) -> tuple[list[int], str, bool]:
    """The first `size` of what the windows find, the cursor behind them, and whether rows were left unseen for now."""
    found: list[int] = []
    for _ in range(MOST_ROWS // WINDOW):
        some: _Step = step(cursor)
        for number, behind in some.found:
            found.append(number)
            if len(found) == size:
                return found, behind, False
        cursor = some.end
        if not cursor:
            return found, "", False
    return found, cursor, True


# ------------------------------------------------------------------------------------------------------------ parts


def _join(wanted: Filter) -> str:
    return "JOIN lead l ON l.id = d.lead_id" if wanted.campaign else ""


def _conditions(wanted: Filter, numbers: Mapping[str, int], without: str = "") -> tuple[str, dict[str, Any]]:
    """The filter as conditions on a delivery `d` (and its lead `l`), and their parameters; `without` one of them."""
    parts = {"state": "AND d.state = :state", "reason": "AND d.reason = :reason", **_MORE}
    given = {name: getattr(wanted, name) for name in parts if getattr(wanted, name) and name != without}
    which = " ".join(parts[name] for name in given)
    if wanted.routes is not None:
        which += " AND d.route_no IN :routes"
        given["routes"] = [numbers[name] for name in wanted.routes if name in numbers]
    return which, given


def _whole(text: str, otherwise: int) -> int:
    """A number of a cursor, which comes from outside."""
    return min(int(text), _END) if text.isascii() and text.isdigit() and len(text) < 20 else otherwise  # noqa: PLR2004 - the digits of 2**62


def _used(query: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a statement names: the drivers want no others."""
    names = set(re.findall(r":(\w+)", query))
    return {name: value for name, value in given.items() if name in names}


def _listed(connection: "Connection", ids: Sequence[int]) -> list[Listed]:
    query = """
        SELECT d.id, d.state, d.reason, d.address, d.sent_at, l.id AS number, l.source_id AS lead_id, l.person, l.facts,
            l.username AS handle, route.name AS route, route.client, c.id AS campaign_id, c.title
        FROM delivery d JOIN lead l ON l.id = d.lead_id JOIN route ON route.no = d.route_no
        JOIN campaign c ON c.no = l.campaign_no WHERE d.id IN :ids
    """
    by_id = {row["id"]: row for row in rows(connection, query, ids=list(ids))} if ids else {}
    events = of_deliveries(connection, list(by_id))
    return [_one(by_id[number], events.get(number, [])) for number in ids if number in by_id]


def _one(row: "RowMapping", events: Sequence[Any]) -> Listed:
    lead = load_lead(row["lead_id"], row["campaign_id"], row["facts"])
    return value(
        Listed,
        row,
        campaign=row["title"] or row["campaign_id"],
        address=(row["address"] if "@" in row["address"] else "") or storable(lead.email) or row["person"],
        username=storable(lead.username) or row["handle"],
        name=storable(lead.full_name),
        platform=storable(lead.platform),
        event=str(events[-1].kind) if events else "",
        event_at=events[-1].at if events else None,
    )


def undelivered(database: Database, lead_ids: Sequence[int]) -> Iterator[int]:
    """Those of the leads that no route has decided about."""
    query = "SELECT DISTINCT lead_id FROM delivery WHERE lead_id IN :leads"
    known = {row["lead_id"] for row in rows_of(database, query, leads=list(lead_ids))}
    return (number for number in lead_ids if number not in known)
