"""Reads large campaigns by Scravio's CSV exports, so that they meet what came by pages. Waits for nothing.

An export is made while no process waits: when to look next is remembered, and its campaign is read by a later run.
Whatever is wrong with a file, its campaign is read by pages instead: an export saves calls, it never decides what is
true.
"""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from itertools import islice, pairwise
from math import ceil
from pathlib import Path
from typing import Any, Literal

from bridge.errors import AnswerLost, Denied, Refused, StopRequested, Unavailable, VendorError
from bridge.lazy import dataclass
from bridge.model import Lead, SourceCampaign
from bridge.sources.base import LeadPage, Memory
from bridge.sources.scravio.client import PER_PAGE
from bridge.sources.scravio.downloads import Downloads
from bridge.sources.scravio.exports import FAILED, MOST_AN_HOUR, READY, Export, Exports
from bridge.sources.scravio.reading import read_lead
from bridge.sources.scravio.table import CsvFile, UnreadableError

EXPORT_CALLS = 6
"""What an export costs: asking for it, two or three looks, its link, its file."""

_FIRST_LOOK, _LONGEST_PAUSE, _TOO_LONG, _HOUR, _REFUSED = 10.0, 300.0, 7_200.0, 3_600.0, 21_600.0  # seconds
_CHUNK = 500
_ASKED = "asked"
"""Under this name the times of the last hour at which exports were asked for are kept."""

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
class Request:
    """An export as it is remembered; times are seconds since 1970.

    `look` is what its campaign looked like when it was asked for, `records` how many rows its file should have (0: not
    known). `state` is "pending" or "ready", "put_off" (not now) or "refused" (not at all).
    """

    look: str
    asked_at: float
    state: str
    export_id: str = ""
    not_before: float = 0.0
    polls: int = 0
    records: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a campaign is to be read: from the export of `request`, by pages, or (`wait`, a sentence) by a later run."""

    request: Request | None = None
    note: str = ""
    wait: str = ""


@dataclass(frozen=True, slots=True)
class Exporting:
    """Asks for exports and reads their files. `extract` says whether a small campaign is read by one as well."""

    exports: Exports
    downloads: Downloads
    memory: Memory
    extract: Literal["export", "auto"]

    def plan(self, campaign: SourceCampaign, look: str) -> Plan:
        """How to read a campaign that looks so; an export of another look is not used. Raises where memory fails."""
        if self.extract == "auto" and ceil((campaign.emails or 0) / PER_PAGE) <= EXPORT_CALLS:
            return Plan()
        try:
            return self._planned(campaign, look, self.memory.now().timestamp())
        except VendorError as error:
            if error.vendor != "scravio" or isinstance(error, StopRequested):
                raise
            return Plan(note=f'"{campaign.title}" is read by pages, because its export is unusable: {error.message}')

    def _planned(self, campaign: SourceCampaign, look: str, now: float) -> Plan:
        kept = self.memory.recall(campaign.id)
        known = Request(**kept) if kept else None
        if known is not None and now < known.not_before:
            return self._not_yet(campaign, known.state)
        if known is not None and known.state == "pending" and now - known.asked_at < _TOO_LONG:
            made = next((one for one in self.exports.of_campaign(campaign.id) if one.id == known.export_id), None)
            return self._take(campaign, known, made, now) if made else self._ask(campaign, look, now)
        if known is not None and known.state == "ready" and known.look == look:
            return Plan(known)
        return self._ask(campaign, look, now)

    def _not_yet(self, campaign: SourceCampaign, state: str) -> Plan:
        """By pages where Scravio makes no export at all, or where its hour is over and pages will do."""
        if state == "refused" or (state == "put_off" and self.extract == "auto"):
            return Plan()
        return Plan(wait=f'"{campaign.title}": its export is not ready yet; a later run reads it.')

    def _ask(self, campaign: SourceCampaign, look: str, now: float) -> Plan:
        recent = [at for at in self.memory.recall(_ASKED).get("at", ()) if at > now - _HOUR]
        if len(recent) >= MOST_AN_HOUR:
            limit = f'"{campaign.title}": {MOST_AN_HOUR} exports per hour is the limit; a later run reads it.'
            return Plan(wait=limit if self.extract == "export" else "")
        self.memory.keep(_ASKED, {"at": [*recent, now]})
        put_off = Request(look, now, "put_off")
        try:
            made = self.exports.create(campaign.id)
        except (AnswerLost, StopRequested):
            # Asking again does no harm: Scravio hands out the one that is under way.
            self._keep(campaign, replace(put_off, not_before=now + _FIRST_LOOK))
            raise
        except Unavailable as error:
            pause = _HOUR if error.retry_after is None else error.retry_after
            self._keep(campaign, replace(put_off, not_before=now + pause))
            return self._not_yet(campaign, "put_off")
        except (Denied, Refused):
            self.memory.keep(_ASKED, {"at": recent})  # what was turned down counts against no limit
            self._keep(campaign, replace(put_off, state="refused", not_before=now + _REFUSED))
            raise
        return self._take(campaign, replace(put_off, state="pending"), made, now)

    def _take(self, campaign: SourceCampaign, request: Request, made: Export, now: float) -> Plan:
        request = replace(request, export_id=made.id, records=made.records or 0, polls=request.polls + 1)
        if made.status == READY:
            request = replace(request, state="ready", not_before=0.0)
            self._keep(campaign, request)
            return Plan(request)
        if made.status in FAILED:
            self.memory.keep(campaign.id, {})
            return Plan(note=f'"{campaign.title}" is read by pages: Scravio could not make its export.')
        pause = min(_FIRST_LOOK * 2 ** min(request.polls - 1, 10), _LONGEST_PAUSE)
        self._keep(campaign, replace(request, not_before=now + pause))
        return Plan(wait=f'"{campaign.title}": Scravio is making its export; a later run reads it.')

    def _keep(self, campaign: SourceCampaign, request: Request) -> None:
        self.memory.keep(campaign.id, asdict(request))

    def fetched(self, campaign: SourceCampaign, request: Request, path: Path) -> CsvFile:
        """The export's file, looked through once to its end. Raises UnreadableError, VendorError."""
        self.memory.keep(campaign.id, {})  # it is used once
        counted = request.records > 0
        self.downloads.fetch(self.exports.link(request.export_id), path, whole=not counted)
        file = CsvFile(path, strict=not counted)
        _look_through(file, campaign, request)
        return file


def _look_through(file: CsvFile, campaign: SourceCampaign, request: Request) -> None:
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
        yield LeadPage(tuple(_lead(row, campaign) for row in some), number, facts=facts)


def _lead(row: dict[str, Any], campaign: SourceCampaign) -> Lead:
    if row.get("_id"):
        return read_lead(row, campaign.id, campaign.type)
    return replace(read_lead({**row, "_id": "none"}, campaign.id, campaign.type), id="")
