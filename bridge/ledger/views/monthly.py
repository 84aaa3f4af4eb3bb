"""What happened to one client's leads between two moments. Writes nothing.

An event counts when it first happened, by the vendor; where it named no credible time, when it was learnt. So each
event counts in one month, and the months add up.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from bridge.lazy import dataclass
from bridge.ledger.database import Database, milliseconds
from bridge.ledger.sql import rows, values
from bridge.model import POSITIVE, SENDER_SIDE, EventKind, State

_AT = "CASE WHEN e.first_at > 0 THEN e.first_at ELSE e.noted_at END"
_OF_CLIENT = f"""
    FROM vendor_event e JOIN delivery d ON d.id = e.delivery_id JOIN route r ON r.no = d.route_no
    JOIN lead l ON l.id = d.lead_id JOIN campaign c ON c.no = l.campaign_no
    WHERE r.client = :client AND e.delivery_id > 0 AND {_AT} >= :since AND {_AT} < :until
    AND NOT (e.kind = 'bounced' AND e.detail LIKE '{SENDER_SIDE}%')
"""
# Of a lead on several routes counts where it went, else the route that met it first.
_FOUND = """
    SELECT state, reason, campaign, title, COUNT(*) AS leads FROM (
        SELECT d.state, d.reason, c.id AS campaign, c.title, ROW_NUMBER() OVER (
            PARTITION BY d.lead_id ORDER BY CASE d.state WHEN 'delivered' THEN 0 ELSE 1 END, d.id
        ) AS rank_in_lead
        FROM lead l JOIN delivery d ON d.lead_id = l.id JOIN route r ON r.no = d.route_no
        JOIN campaign c ON c.no = l.campaign_no
        WHERE r.client = :client AND l.first_seen_at >= :since AND l.first_seen_at < :until
    ) AS ranked WHERE rank_in_lead = 1 GROUP BY state, reason, campaign, title
"""
_SENT = """
    SELECT c.id AS campaign, c.title, COUNT(*) AS leads FROM delivery d JOIN route r ON r.no = d.route_no
    JOIN lead l ON l.id = d.lead_id JOIN campaign c ON c.no = l.campaign_no
    WHERE r.client = :client AND d.state = 'delivered' AND d.sent_at >= :since AND d.sent_at < :until
    GROUP BY c.id, c.title
"""
_REACTIONS = f"""
    SELECT c.id AS campaign, c.title, e.kind, COUNT(*) AS leads {_OF_CLIENT} GROUP BY c.id, c.title, e.kind
"""
_ANSWERS = f"""
    SELECT {_AT} AS at, d.address, e.kind, c.title {_OF_CLIENT} AND e.kind IN :kinds
    ORDER BY 1, d.id, e.kind LIMIT :most
"""

ANSWERS: Sequence[str] = tuple(kind.value for kind in EventKind if kind in POSITIVE or kind is EventKind.REPLIED)
"""Events that a client wants to see one by one."""


@dataclass(slots=True)
class OfCampaign:
    """What happened to the leads of one source campaign: `counts` by `found`, `delivered` and kinds of events."""

    title: str
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Answer:
    """One person who answered."""

    at: datetime | None
    address: str
    kind: str
    title: str


@dataclass(slots=True)
class Month:
    """One client's month. `states` and `why` (by state and reason) are those of the leads found in it, as of now."""

    client: str
    since: datetime
    until: datetime
    states: Counter[str] = field(default_factory=Counter)
    why: Counter[tuple[str, str]] = field(default_factory=Counter)
    campaigns: dict[str, OfCampaign] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)

    def total(self, name: str) -> int:
        """Over all campaigns."""
        return sum(one.counts[name] for one in self.campaigns.values())

    def campaign(self, row: Mapping[Any, Any]) -> Counter[str]:
        """The counts of the row's campaign."""
        return self.campaigns.setdefault(row["campaign"], OfCampaign(row["title"] or row["campaign"])).counts


def month(database: Database, client: str, since: datetime, until: datetime, *, most: int) -> Month:
    """What happened from `since` on and before `until`; at most `most` answers are named."""
    result = Month(client, since, until)
    given = {"client": client, "since": milliseconds(since), "until": milliseconds(until)}
    with database.read() as connection:
        for row in rows(connection, _FOUND, **given):
            result.states[row["state"]] += row["leads"]
            result.why[(row["state"], row["reason"])] += row["leads"]
            result.campaign(row)["found"] += row["leads"]
        for row in rows(connection, _SENT, **given):
            result.campaign(row)["delivered"] += row["leads"]
        for row in rows(connection, _REACTIONS, **given):
            result.campaign(row)[row["kind"]] += row["leads"]
        result.answers = values(connection, Answer, _ANSWERS, **given, kinds=list(ANSWERS), most=most)
    return result


def held(month: Month) -> list[tuple[str, int]]:
    """Why leads that were found in the month did not go, most first."""
    counted = [(reason, count) for (state, reason), count in month.why.items() if state != State.DELIVERED]
    return sorted(counted, key=lambda one: (-one[1], one[0]))
