"""Remembers the exports that a source was asked for, between runs. Reads no file."""

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.facts import storable
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.statements import table
from bridge.ledger.tables import CampaignRow, ExportRow
from bridge.model import ExportRequest, ExportState

_campaign = table(CampaignRow)
_export = table(ExportRow)
_HOUR = timedelta(hours=1)


class Exports:
    """The exports of all source campaigns that the ledger knows."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def now(self) -> datetime:
        """The time by the ledger's clock."""
        return self._db.now()

    def latest(self, campaign_id: str) -> ExportRequest | None:
        """The export of the campaign that was asked for last."""
        query = sa.select(_export).where(_export.c.campaign_no == _no_of(campaign_id)).order_by(_export.c.id.desc())
        with self._db.read() as connection:
            row = connection.execute(query.limit(1)).first()
        return None if row is None else _known(row)

    def within_an_hour(self) -> int:
        """How many exports were asked for in the hour before now; one that was turned down counts against no limit."""
        counted = (_export.c.asked_at > milliseconds(self.now() - _HOUR), _export.c.state != ExportState.REFUSED)
        with self._db.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).where(*counted)).scalar_one())

    def begin(self, campaign_id: str, look: str) -> ExportRequest:
        """An export of a campaign that looks so is about to be asked for; recorded before the call."""
        request = ExportRequest(0, "", look, ExportState.ASKING, self.now(), None, 0, 0)
        return replace(request, id=_begin(self._db, campaign_id, request))

    def note(
        self, request: ExportRequest, state: ExportState, *, not_before: datetime | None = None, detail: str = ""
    ) -> None:
        """What became of an export, and when to look again."""
        _note(self._db, request, state, not_before, detail)


def _no_of(campaign_id: str) -> sa.ScalarSelect[int]:
    return sa.select(_campaign.c.no).where(_campaign.c.id == campaign_id).scalar_subquery()


@transaction()
def _begin(connection: Connection, campaign_id: str, request: ExportRequest) -> int:
    values = {
        "campaign_no": _no_of(campaign_id),
        "fingerprint": request.fingerprint,
        "state": request.state,
        "asked_at": milliseconds(request.asked_at),
    }
    return int(connection.execute(sa.insert(_export).values(values).returning(_export.c.id)).scalar_one())


@transaction(durable=False)
def _note(
    connection: Connection, request: ExportRequest, state: ExportState, not_before: datetime | None, detail: str
) -> None:
    values = {
        "state": state,
        "export_id": request.export_id,
        "records": request.records,
        "detail": storable(detail)[:300],
        "not_before": milliseconds(not_before),
        "polls": _export.c.polls + 1,
    }
    connection.execute(sa.update(_export).where(_export.c.id == request.id).values(**values))


def _known(row: sa.Row[tuple[object, ...]]) -> ExportRequest:
    return ExportRequest(
        id=row.id,
        export_id=row.export_id,
        fingerprint=row.fingerprint,
        state=ExportState(row.state),
        asked_at=moment(row.asked_at),
        not_before=moment(row.not_before),
        polls=row.polls,
        records=row.records,
    )
