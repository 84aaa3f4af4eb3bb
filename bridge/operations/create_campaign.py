"""Creates a source campaign once, whatever becomes of the answer. Decides nothing about leads.

Creating reserves credits and has no idempotency key. A row in the ledger goes before the call; after a lost answer the
campaign is looked up by title, type and time, and only two looks that agree count as "it was not created".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bridge import ledger
from bridge.api import DATE_SECONDS
from bridge.errors import AnswerLost, BridgeError, Busy, VendorError
from bridge.ledger.database import LEDGER
from bridge.ledger.intents import creations
from bridge.ledger.intents.creations import Creation
from bridge.model import Route, Source, SourceCampaign
from bridge.rules import selects
from bridge.sources.scravio import Scravio
from bridge.sources.scravio.ordering import Ordering

TOLERANCE = timedelta(minutes=1)


class UnsettledError(BridgeError):
    """It is not known yet whether an earlier call created the campaign."""


@dataclass(frozen=True, slots=True)
class Found:
    """A campaign that exists already under this title, and whether it was created from here."""

    campaign_id: str
    ours: bool


def standing(db: ledger.Database, ordering: Ordering, scravio: Scravio, title: str, doubt_wait: float) -> Found | None:
    """Whether the title is taken: by a campaign of ours, or by somebody else's. Settles what a lost answer left open.

    Raises UnsettledError while it cannot be told whether an earlier call created it.
    """
    row = creations.open_creation(db, title)
    if row is not None and row.state == creations.CREATED:
        return Found(row.campaign_id, ours=True)
    if row is not None:
        asked = ordering.client.moment()  # before the question: see sync/settling.py
        found = _created_since(scravio, row)
        if found is not None:
            creations.note_created(db, row.id, found.id)
            return Found(found.id, ours=True)
        _believe_absent(db, row, asked(), doubt_wait)
    for campaign in scravio.campaigns(q=title):
        if _same(campaign.title, title):
            return Found(campaign.id, ours=False)
    return None


def _created_since(scravio: Scravio, row: Creation) -> SourceCampaign | None:
    since = row.asked_at - TOLERANCE if row.asked_at else None
    for campaign in scravio.campaigns(created_from=since):
        young = since is None or campaign.created_at is None or campaign.created_at >= since
        if young and _same(campaign.title, row.title) and campaign.type in ("", row.type):
            return campaign
    return None


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _believe_absent(db: ledger.Database, row: Creation, now: datetime, doubt_wait: float) -> None:
    old_enough = row.asked_at is None or (now - row.asked_at).total_seconds() + DATE_SECONDS >= doubt_wait
    if old_enough and row.absent_at is not None:
        creations.drop_creation(db, row.id)
        return
    if old_enough:
        creations.note_creation_missed(db, row.id, now)
    raise UnsettledError(
        f'It is not known yet whether Scravio created "{row.title}": the answer was lost, and it is not there so far.',
        hint="Run the same command again in a minute; it looks before anything is created.",
    )


def create(
    db: ledger.Database, ordering: Ordering, body: Mapping[str, Any], route: str, reserved: int
) -> SourceCampaign:
    """Create it. Raises the VendorErrors of `Campaigns.create`; after AnswerLost `standing` finds out."""
    number = creations.begin_creation(db, body["title"], body["type"], route, reserved, ordering.client.clock())
    try:
        made = ordering.campaigns.create(body)
    except AnswerLost:
        raise
    except Busy:
        creations.drop_creation(db, number)
        raise
    except VendorError as error:
        if error.vendor != LEDGER:
            creations.drop_creation(db, number)
        raise
    creations.note_created(db, number, made.id)
    return made


def takers(routes: list[Route], campaign: SourceCampaign) -> list[Route]:
    """The routes whose source takes the campaign once it is finished; what `q` finds is Scravio's to judge."""
    return [route for route in routes if not lacking(route, campaign)]


def lacking(route: Route, campaign: SourceCampaign) -> list[str]:
    """The lines of the route's source to write in bridge.toml so that it takes the campaign; empty where it does."""
    source = route.source
    finished = SourceCampaign(
        campaign.id, campaign.title, campaign.type, source.status[0] if source.status else "", campaign.created_at
    )
    if selects(source, finished):
        return []
    # Each condition on its own, as the rules judge it.
    conditions = (
        ("id", source.id, campaign.id, Source(status=source.status, id=source.id)),
        ("type", source.type, campaign.type, Source(status=source.status, type=source.type)),
        ("title", source.title, campaign.title, Source(status=source.status, title=source.title)),
    )
    lines = [_line(name, (*wanted, own)) for name, wanted, own, alone in conditions if not selects(alone, finished)]
    if not lines:
        lines.append('remove "from" and "to", or widen them')
    return lines


def _line(name: str, values: tuple[str, ...]) -> str:
    listed = ", ".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return f"{name} = [{listed}]"
