"""Creates a source campaign once, whatever becomes of the answer. Decides nothing about leads.

Creating reserves credits and has no idempotency key. A row in the ledger goes before the call. After a lost answer the
campaign is looked up by title, type and time. Only two looks that agree count as "it was not created".
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from bridge import ledger
from bridge.errors import BridgeError, Busy
from bridge.lazy import dataclass
from bridge.ledger import intent as intents
from bridge.ledger.intent import Answer, Intent, Kind, Planned, Stage
from bridge.ledger.texts import storable
from bridge.model import Route, Source, SourceCampaign
from bridge.rules import selects
from bridge.sources.scravio.client import Scravio
from bridge.sources.scravio.ordering import Ordering
from bridge.sync.intents import Sight, call, settle

TOLERANCE = timedelta(minutes=1)


class UnsettledError(BridgeError):
    """It is not known yet whether an earlier call created the campaign."""


@dataclass(frozen=True, slots=True)
class Found:
    """A campaign that exists already under this title, and whether it was created from here."""

    campaign_id: str
    ours: bool


def standing(db: ledger.Database, scravio: Scravio, client: str, title: str, doubt_wait: float) -> Found | None:
    """Whether the title is taken: by a campaign of ours, or by another one. Settles what a lost answer left open.

    The caller holds the lease of what the client spends. Raises UnsettledError while it is unknown whether an
    earlier call created it.
    """
    columns = intents.columns
    intents.abandoned(db, Kind.CREATION, db.now(), columns.client == client)
    where = (columns.subject == storable(title), columns.held == 1, columns.client == client)
    for one in intents.intents(db, Kind.CREATION, *where):
        row = one
        if one.stage is Stage.DOUBT:
            row = settle(db, one, lambda doubtful: _question(scravio, doubtful), doubt_wait)
        if row.stage is Stage.DOUBT:
            raise UnsettledError(
                f'It is not known yet whether Scravio created "{title}": the answer was lost, and it is not there so '
                "far.",
                hint="Run the same command again in a minute; it looks before anything is created.",
            )
        if row.held:
            return Found(row.remote_id, ours=True)
    for campaign in scravio.campaigns(q=title):
        if _same(campaign.title, title):
            return Found(campaign.id, ours=False)
    return None


def _question(scravio: Scravio, row: Intent) -> Answer | Sight:
    since = row.asked_at - TOLERANCE if row.asked_at else None
    for campaign in scravio.campaigns(created_from=since):
        young = since is None or campaign.created_at is None or campaign.created_at >= since
        if young and _same(campaign.title, row.subject) and campaign.type in ("", row.facts["type"]):
            return _created(campaign)
    return Sight.ABSENT


def _created(campaign: SourceCampaign) -> Answer:
    return Answer(result="created", remote_id=campaign.id, keeps=True)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def create(
    db: ledger.Database, ordering: Ordering, client: str, body: Mapping[str, Any], route: str, reserved: int
) -> SourceCampaign:
    """Create it. Raises the VendorErrors of `Campaigns.create`; after AnswerLost `standing` finds out."""
    facts = {"type": body["type"], "route": route}
    times = (db.now(), ordering.client.clock())
    planned = Planned(Kind.CREATION, *times, subject=body["title"], cost=reserved, facts=facts, client=client)
    number = intents.plan(db, planned)
    if not number:
        raise Busy("Another process has just asked Scravio for a campaign of this title.")
    made = call(db, number, lambda: ordering.campaigns.create(body))
    intents.note(db, number, _created(made), db.now())
    return made


def takers(routes: Iterable[Route], campaign: SourceCampaign) -> list[Route]:
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
