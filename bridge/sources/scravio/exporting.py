"""Reads large campaigns by Scravio's CSV exports, so that they meet what came by pages. Waits for nothing.

An export is made while no process waits: when to look next is remembered, and its campaign is read by a later run.
Whatever is wrong with a file, its campaign is read by pages instead: an export saves calls, it never decides what is
true.
"""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice, pairwise
from math import ceil
from pathlib import Path
from typing import Any, Literal

from bridge.errors import AnswerLost, Denied, Refused, ToldToStop, Unavailable, VendorError
from bridge.model import ExportRequest, ExportState, Lead, SourceCampaign
from bridge.sources.base import ExportMemory, LeadPage
from bridge.sources.scravio.client import PER_PAGE
from bridge.sources.scravio.downloads import Downloads
from bridge.sources.scravio.exports import FAILED, MOST_AN_HOUR, READY, Export, Exports
from bridge.sources.scravio.reading import read_lead
from bridge.sources.scravio.table import CsvFile, UnreadableError

EXPORT_CALLS = 6
"""What an export costs: asking for it, two or three looks, its link, its file."""

_FIRST_LOOK = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=5)
_TOO_LONG = timedelta(hours=2)
_HOUR, _REFUSED = timedelta(hours=1), timedelta(hours=6)
_CHUNK = 500

# What a lead knows by which column of a file: facts without their column stay as they are known.
_FACTS: Mapping[str, str] = {
    "platform": "platform",
    "sourceType": "source_type",
    "emailSource": "email_source",
    "phoneNumber": "phone",
    "username": "username",
    "fullName": "full_name",
    "biography": "biography",
    "followerCount": "followers",
    "followingCount": "following",
    "mediaCount": "posts",
    "externalUrl": "website",
    "isPrivate": "is_private",
    "isVerified": "is_verified",
    "isBusiness": "is_business",
    "country": "country",
    "cityName": "city",
    "validation.isValid": "is_valid",
    "validation.checkedAt": "checked_at",
    "keyword": "keyword",
    "scrapedAt": "scraped_at",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a campaign is to be read: from the export of `request`, by pages, or (`wait`, a sentence) by a later run."""

    request: ExportRequest | None = None
    note: str = ""
    wait: str = ""


@dataclass(frozen=True, slots=True)
class Exporting:
    """Asks for exports and reads their files. `extract` says whether a small campaign is read by one as well."""

    exports: Exports
    downloads: Downloads
    memory: ExportMemory
    extract: Literal["export", "auto"]

    def plan(self, campaign: SourceCampaign, look: str) -> Plan:
        """How to read a campaign that looks so; an export of another look is not used. Raises where memory fails."""
        if self.extract == "auto" and ceil((campaign.emails or 0) / PER_PAGE) <= EXPORT_CALLS:
            return Plan()
        try:
            return self._planned(campaign, look)
        except VendorError as error:
            if error.vendor != "scravio" or isinstance(error, ToldToStop):
                raise
            return Plan(
                note=f'"{campaign.title}" is read by pages, because its export is unusable: {error.message}',
            )

    def _planned(self, campaign: SourceCampaign, look: str) -> Plan:
        known, now = self.memory.latest(campaign.id), self.memory.now()
        if known is None:
            return self._ask(campaign, look)
        if known.not_before is not None and now < known.not_before:
            return self._not_yet(campaign, known.state)
        if known.state is ExportState.PENDING:
            if known.asked_at is None or now - known.asked_at < _TOO_LONG:
                return self._see(campaign, known, look)
            self.memory.note(known, ExportState.FAILED, detail="it was never finished")
        elif known.state is ExportState.READY and known.fingerprint == look:
            return Plan(known)
        return self._ask(campaign, look)

    def _not_yet(self, campaign: SourceCampaign, state: ExportState) -> Plan:
        """By pages where Scravio makes no export at all, or where its hour is over and pages will do."""
        if state is ExportState.REFUSED or (state is ExportState.FAILED and self.extract == "auto"):
            return Plan()
        return Plan(wait=f'"{campaign.title}": its export is not ready yet; a later run reads it.')

    def _ask(self, campaign: SourceCampaign, look: str) -> Plan:
        if self.memory.within_an_hour() >= MOST_AN_HOUR:
            limit = f'"{campaign.title}": {MOST_AN_HOUR} exports per hour is the limit; a later run reads it.'
            return Plan(wait=limit if self.extract == "export" else "")
        request, now = self.memory.begin(campaign.id, look), self.memory.now()
        try:
            made = self.exports.create(campaign.id)
        except (AnswerLost, ToldToStop):
            # Asking again does no harm: Scravio hands out the one that is under way.
            self.memory.note(request, ExportState.FAILED, not_before=now + _FIRST_LOOK, detail="answer lost")
            raise
        except Unavailable as error:
            pause = _HOUR if error.retry_after is None else timedelta(seconds=error.retry_after)
            self.memory.note(request, ExportState.FAILED, not_before=now + pause, detail=error.message)
            return self._not_yet(campaign, ExportState.FAILED)
        except (Denied, Refused) as error:
            self.memory.note(request, ExportState.REFUSED, not_before=now + _REFUSED, detail=error.message)
            raise
        return self._take(campaign, request, made)

    def _see(self, campaign: SourceCampaign, known: ExportRequest, look: str) -> Plan:
        """Look how an export gets on."""
        for made in self.exports.of_campaign(campaign.id):
            if made.id == known.export_id:
                return self._take(campaign, known, made)
        self.memory.note(known, ExportState.FAILED, detail="it is gone")
        return self._ask(campaign, look)

    def _take(self, campaign: SourceCampaign, request: ExportRequest, made: Export) -> Plan:
        request = replace(request, export_id=made.id, records=made.records or 0)
        if made.status == READY:
            self.memory.note(request, ExportState.READY)
            return Plan(request)
        if made.status in FAILED:
            self.memory.note(request, ExportState.FAILED, detail="Scravio could not make it")
            return Plan(note=f'"{campaign.title}" is read by pages: Scravio could not make its export.')
        pause = min(_FIRST_LOOK * 2 ** min(request.polls, 10), _LONGEST_PAUSE)
        self.memory.note(request, ExportState.PENDING, not_before=self.memory.now() + pause)
        return Plan(wait=f'"{campaign.title}": Scravio is making its export; a later run reads it.')

    def fetched(self, campaign: SourceCampaign, request: ExportRequest, path: Path) -> CsvFile:
        """The export's file, looked through once to its end. Raises UnreadableError, VendorError."""
        self.memory.note(request, ExportState.USED)
        counted = request.records > 0
        self.downloads.fetch(self.exports.link(request.export_id), path, whole=not counted)
        file = CsvFile(path, strict=not counted)
        _look_through(file, campaign, request)
        return file


def _look_through(file: CsvFile, campaign: SourceCampaign, request: ExportRequest) -> None:
    if "email" not in file.columns:
        raise UnreadableError("it has no column for the address")
    if not {"validation.status", "validation.isValid"} & file.columns:
        raise UnreadableError("it has no column for the validation")
    rows, ids = 0, array("q")
    for row in file:
        rows += 1
        if row.get("campaignId", campaign.id) != campaign.id:
            raise UnreadableError("it holds leads of another campaign")
        if "_id" in row:
            ids.append(hash(row["_id"]))
    _look_at_numbers(rows, ids, max(request.records, campaign.emails or 0))


def _look_at_numbers(rows: int, ids: "array[int]", wanted: int) -> None:
    """A row that stands twice may stand in the place of another; and a count that is not known cannot be short."""
    if not wanted:
        raise UnreadableError("its expected number of rows is not known")
    if rows < wanted:
        raise UnreadableError(f"it holds {rows:,} rows where {wanted:,} should be")
    if any(one == other for one, other in pairwise(sorted(ids))):
        raise UnreadableError("it holds a lead more than once")


def file_pages(file: CsvFile, campaign: SourceCampaign) -> Iterator[LeadPage]:
    """The file's leads that have an e-mail, in pieces. Totals are left out: rows of one address may be one lead."""
    missing = sorted(_FACTS.keys() - file.columns)
    facts = None
    if missing:
        note = f'"{campaign.title}": its export has no column for {", ".join(missing)}; their known values stay.'
        yield LeadPage((), 0, notes=(note,))
        facts = frozenset(_FACTS[column] for column in _FACTS.keys() & file.columns)
    rows = (row for row in file if str(row.get("email", "")).strip())
    for number, some in enumerate(iter(lambda: list(islice(rows, _CHUNK)), []), start=1):
        yield LeadPage(tuple(_lead(row, campaign.id) for row in some), number, facts=facts)


def _lead(row: dict[str, Any], campaign_id: str) -> Lead:
    if row.get("_id"):
        return read_lead(row, campaign_id)
    return replace(read_lead({**row, "_id": "none"}, campaign_id), id="")
