"""Scravio's CSV exports of campaigns: asking for one, finding it, its link. Reads no file; keeps no link.

Five an hour for an account (scravio.md §6). Asking twice does no harm: Scravio hands out the export that is under way,
or a finished one while the campaign's data have not changed.
"""

from typing import Any
from urllib.parse import quote

from bridge.api import Client
from bridge.api.scalars import count, flag, mapping, text, word
from bridge.errors import Unavailable
from bridge.lazy import dataclass
from bridge.sources.scravio.reading import unwrapped

MOST_AN_HOUR = 5
FAILED = frozenset({"failed"})
READY = "completed"
_RECENT = 100


@dataclass(frozen=True, slots=True)
class Export:
    """One export. `records` is how many rows its file should have, None before it is finished."""

    id: str
    status: str
    campaign_id: str = ""
    records: int | None = None
    fits: bool = True


class Exports:
    """The exports of the account. Every call raises the VendorErrors of `Client`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, campaign_id: str) -> Export:
        """Ask for a CSV of the campaign's leads that have an e-mail. One attempt: its limit is five an hour."""
        body = {"campaignId": campaign_id, "emailOnly": True, "onlyValidEmails": False, "fileFormat": "csv"}
        found = _read(unwrapped(self._client.write("POST", "/list-exports", body, patient=False).data, "data"))
        if not found.id:
            raise _nonsense("POST /list-exports")
        return found

    def of_campaign(self, campaign_id: str) -> list[Export]:
        """The campaign's exports that hold what a sweep needs, newest first."""
        asked: dict[str, str | int | bool | None] = {
            "campaignId": campaign_id,
            "perPage": _RECENT,
            "sortBy": "createdAt",
            "order": "desc",
        }
        rows = unwrapped(self._client.get("/list-exports", asked).data, "data").get("exports")
        if type(rows) is not list:
            raise _nonsense("GET /list-exports")
        found = [_read(row) for row in rows]
        return [one for one in found if one.id and one.fits and one.campaign_id in ("", campaign_id)]

    def link(self, export_id: str) -> str:
        """Where the file can be fetched for a while. The link alone opens it, so it is neither kept nor shown.

        Raises Refused with status 400 while the export is not finished.
        """
        answer = unwrapped(self._client.get(f"/list-exports/{quote(export_id, safe='')}/download").data, "data")
        link = text(answer.get("downloadUrl"))
        if not link:
            raise _nonsense("GET /list-exports/{id}/download")
        return link


def _read(row: Any) -> Export:
    row = mapping(row)
    only_csv = word(row.get("fileFormat")) in ("", "csv")
    return Export(
        id=text(row.get("exportId")) or text(row.get("_id")) or text(row.get("id")),
        status=word(row.get("status")),
        campaign_id=text(row.get("campaignId")),
        records=count(row.get("totalRecords")),
        fits=only_csv and flag(row.get("onlyValidEmails")) is not True,
    )


def _nonsense(request: str) -> Unavailable:
    return Unavailable(f"Scravio answered {request} with JSON of an unknown shape.", vendor="scravio")
