"""How the latest round of feedback of each route went: written at its end, read by `status` and the metrics."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bridge.lazy import dataclass
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.sql import execute, rows, rows_of
from bridge.ledger.texts import storable

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_NAME = "feedback route "
_KEEP = """
    INSERT INTO mark (name, number, said) VALUES (:name, :at, :said)
    ON CONFLICT (name) DO UPDATE SET said = excluded.said,
        number = CASE WHEN :good = 1 THEN excluded.number ELSE mark.number END
"""
_LATEST = f"""
    SELECT route.name AS route, mark.number, mark.said FROM mark JOIN route ON mark.name = '{_NAME}' || route.no
"""  # noqa: S608 - put together from constants
NOTES_KEPT = timedelta(days=1)
"""For so long a round's notes are shown, although later rounds had none."""


@dataclass(frozen=True, slots=True)
class RoundEnd:
    """How the latest round of a route went. `good_at` is when the latest one without trouble ended, None for never."""

    good_at: datetime | None
    at: datetime | None
    status: str
    error: str
    hint: str
    notes: Sequence[str]
    noted_at: datetime | None


@transaction(durable=False)
def note_ends(connection: "Connection", ends: Mapping[int, Mapping[str, Any]], at: datetime) -> None:
    """Keep how the round of each route went, by its number: `status`, `error`, `hint`, `notes`."""
    marks = rows(connection, "SELECT name, said FROM mark WHERE name LIKE :like", like=f"{_NAME}%")
    before = {row["name"]: json.loads(row["said"]) for row in marks}
    now = milliseconds(at)
    for number, end in ends.items():
        said = {"at": now, "noted_at": now, **end}
        earlier = before.get(f"{_NAME}{number}", {})
        if not end["notes"] and earlier.get("noted_at", 0) > milliseconds(at - NOTES_KEPT):
            said |= {"notes": earlier["notes"], "noted_at": earlier["noted_at"]}
        good = int(end["status"] in {"ok", "skipped"})
        given = {"name": f"{_NAME}{number}", "at": now if good else 0, "said": storable(json.dumps(said)), "good": good}
        execute(connection, _KEEP, **given)


def latest(database: Database) -> dict[str, RoundEnd]:
    """How the latest round of each route went, by the route's name."""
    found = {}
    for row in rows_of(database, _LATEST):
        said = json.loads(row["said"])
        at, noted_at = moment(said["at"]), moment(said["noted_at"])
        words = (said["status"], said["error"] or "", said["hint"] or "")
        found[row["route"]] = RoundEnd(moment(row["number"]), at, *words, tuple(said["notes"]), noted_at)
    return found
