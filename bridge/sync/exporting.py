"""Reads large campaigns by Scravio's CSV exports, so that they meet what came by pages. Waits for nothing.

An export is made while nobody waits: when to look next stands in the ledger, and its campaign is read by a later run.
Whatever is wrong with a file, its campaign is read by pages instead: an export saves calls, it never decides what is
true. Facts of which a file has no column stay as they are known.
"""

import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice, pairwise
from math import ceil
from pathlib import Path
from typing import Any

from bridge import ledger
from bridge.errors import AnswerLost, Denied, Refused, ToldToStop, Unavailable, VendorError
from bridge.ledger.database import LEDGER
from bridge.ledger.intents import checks, exports
from bridge.ledger.intents.exports import KnownExport, Made
from bridge.model import Lead, SourceCampaign
from bridge.sources.scravio import PER_PAGE, LeadPage
from bridge.sources.scravio.exports import FAILED, MOST_AN_HOUR, READY
from bridge.sources.scravio.ordering import Ordering
from bridge.sources.scravio.reading import read_lead
from bridge.sources.scravio.table import CsvFile, UnreadableError
from bridge.sync.run import Run

EXPORT_CALLS = 6
"""What an export costs: asking for it, two or three looks, its link, its file."""

_FIRST_LOOK = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=5)
_TOO_LONG = timedelta(hours=2)
_HOUR, _REFUSED = timedelta(hours=1), timedelta(hours=6)
_CHUNK = 500

# What a lead knows by which column of a file: facts without their column stay as they are known.
_FACTS: Mapping[str, tuple[str, ...]] = {
    "platform": ("platform",),
    "sourceType": ("source_type",),
    "emailSource": ("email_source",),
    "phoneNumber": ("phone",),
    "username": ("username",),
    "fullName": ("full_name",),
    "biography": ("biography",),
    "followerCount": ("followers",),
    "followingCount": ("following",),
    "mediaCount": ("posts",),
    "externalUrl": ("website",),
    "isPrivate": ("is_private",),
    "isVerified": ("is_verified",),
    "isBusiness": ("is_business",),
    "country": ("country",),
    "cityName": ("city",),
    "validation.isValid": ("is_valid",),
    "validation.checkedAt": ("checked_at",),
    "keyword": ("keyword",),
    "scrapedAt": ("scraped_at",),
}


# ------------------------------------------------------------------------------------------------- which, and whether


def readable(
    run: Run, due: Sequence[SourceCampaign], known: Mapping[str, ledger.KnownCampaign], looks: Mapping[str, str]
) -> list[SourceCampaign]:
    """Those of the campaigns that can be read now; notes in `run.exports` which of them have an export to read.

    `looks` has what each campaign looks like now (its fingerprint): an export of another look is not used.
    """
    ordering = run.resources.ordering
    if ordering is None or run.resources.extract == "pages":
        return list(due)
    return [
        campaign
        for campaign in due
        if not _is_by_export(run, campaign) or _try(run, ordering, campaign, known[campaign.id].no, looks[campaign.id])
    ]


def _is_by_export(run: Run, campaign: SourceCampaign) -> bool:
    if run.resources.extract == "export":
        return True
    return ceil((campaign.emails or 0) / PER_PAGE) > EXPORT_CALLS


def _try(run: Run, ordering: Ordering, campaign: SourceCampaign, campaign_no: int, look: str) -> bool:
    """Whether the campaign can be read in this run, by its export or, where that is of no use, by pages."""
    run.pause_for_stop()
    try:
        return _Exporting(run, ordering, campaign, campaign_no, look).is_readable()
    except VendorError as error:
        if error.vendor == LEDGER or isinstance(error, ToldToStop):
            raise
        run.warn(f'"{campaign.title}" is read by pages, because its export is unusable: {error.message}')
        return True


class _Exporting:
    """One campaign whose leads are to come by an export."""

    def __init__(self, run: Run, ordering: Ordering, campaign: SourceCampaign, campaign_no: int, look: str) -> None:
        self._run = run
        self._desk = ordering
        self._campaign = campaign
        self._no = campaign_no
        self._look = look

    def is_readable(self) -> bool:
        known = exports.latest_export(self._run.db, self._no)
        now = self._run.now()
        if known is not None and known.not_before is not None and now < known.not_before:
            return self._wait(known)
        if known is not None and known.state is Made.PENDING:
            if known.asked_at is None or now - known.asked_at < _TOO_LONG:
                return self._see(known)
            exports.note_export(self._run.db, known.id, Made.FAILED, detail="it was never finished")
        if known is not None and known.state is Made.READY and known.fingerprint == self._look:
            self._run.exports[self._campaign.id] = known
            return True
        return self._ask()

    def _wait(self, known: KnownExport) -> bool:
        """Not yet. By pages where Scravio makes no export at all, or where its hour is over and pages will do."""
        if known.state is Made.REFUSED or (known.state is Made.FAILED and self._run.resources.extract == "auto"):
            return True
        self._run.warn(f'"{self._campaign.title}": its export is not ready yet; a later run reads it.')
        return False

    def _ask(self) -> bool:
        run, now = self._run, self._run.now()
        if exports.exports_since(run.db, now) >= MOST_AN_HOUR:
            if run.resources.extract == "export":
                run.warn(
                    f'"{self._campaign.title}": {MOST_AN_HOUR} exports per hour is the limit; a later run reads it.'
                )
            return run.resources.extract == "auto"
        number = exports.begin_export(run.db, self._no, self._look, now)
        try:
            made = self._desk.exports.create(self._campaign.id)
        except (AnswerLost, ToldToStop):
            # Asking again does no harm: Scravio hands out the one that is under way.
            exports.note_export(run.db, number, Made.FAILED, not_before=now + _FIRST_LOOK, detail="answer lost")
            raise
        except Unavailable as error:
            pause = _HOUR if error.retry_after is None else timedelta(seconds=error.retry_after)
            exports.note_export(run.db, number, Made.FAILED, not_before=now + pause, detail=error.message)
            return self._wait(replace(_nothing(number), state=Made.FAILED))
        except (Denied, Refused) as error:
            exports.note_export(run.db, number, Made.REFUSED, not_before=now + _REFUSED, detail=error.message)
            raise
        return self._take(replace(_nothing(number), export_id=made.id), made.status, made.records)

    def _see(self, known: KnownExport) -> bool:
        """Look how an export gets on."""
        for made in self._desk.exports.of_campaign(self._campaign.id):
            if made.id == known.export_id:
                return self._take(known, made.status, made.records)
        exports.note_export(self._run.db, known.id, Made.FAILED, detail="it is gone")
        return self._ask()

    def _take(self, known: KnownExport, status: str, records: int | None) -> bool:
        run = self._run
        if status == READY:
            exports.note_export(run.db, known.id, Made.READY, export_id=known.export_id, records=records)
            run.exports[self._campaign.id] = replace(known, records=records or 0)
            return True
        if status in FAILED:
            exports.note_export(run.db, known.id, Made.FAILED, detail="Scravio could not make it")
            run.warn(f'"{self._campaign.title}" is read by pages: Scravio could not make its export.')
            return True
        pause = min(_FIRST_LOOK * 2 ** min(known.polls, 10), _LONGEST_PAUSE)
        exports.note_export(run.db, known.id, Made.PENDING, export_id=known.export_id, not_before=run.now() + pause)
        run.warn(f'"{self._campaign.title}": Scravio is making its export; a later run reads it.')
        return False


def _nothing(number: int) -> KnownExport:
    return KnownExport(number, "", "", Made.ASKING, None, None, 0, 0)


# ------------------------------------------------------------------------------------------------------------- reading


def pages(
    run: Run, campaign: SourceCampaign, known: ledger.KnownCampaign, otherwise: Iterable[LeadPage]
) -> Iterator[LeadPage]:
    """The campaign's leads: from its export where there is one, else from `otherwise`, which is read only then.

    Either way leads that came before under an id made of their address take on their own, and addresses that were
    validated on their own carry that validation where Scravio has none.
    """
    export = run.exports.pop(campaign.id, None)
    meet = _Meeting(run, campaign, known)
    if export is None:
        for page in otherwise:
            yield meet.page(page)
        return
    with tempfile.TemporaryDirectory(prefix="leadbridge-") as folder:
        file = _fetched(run, campaign, export, Path(folder) / "export.csv")
        for page in otherwise if file is None else meet.file_pages(file):
            yield meet.page(page)


def _fetched(run: Run, campaign: SourceCampaign, export: KnownExport, path: Path) -> CsvFile | None:
    """The export's file, looked through once to its end; None where the campaign is better read by pages."""
    ordering = run.resources.ordering
    assert ordering is not None  # noqa: S101 - without a desk there are no exports
    exports.note_export(run.db, export.id, Made.USED, export_id=export.export_id)
    try:
        counted = export.records > 0
        ordering.downloads.fetch(ordering.exports.link(export.export_id), path, whole=not counted)
        file = CsvFile(path, strict=not counted)
        _look_through(file, campaign, export)
    except UnreadableError as error:
        run.warn(f'"{campaign.title}" is read by pages, because its export cannot be used: {error}.')
        return None
    except VendorError as error:
        if isinstance(error, ToldToStop):
            raise
        run.warn(f'"{campaign.title}" is read by pages, because its export was not received: {error.message}')
        return None
    missing = sorted(_FACTS.keys() - file.columns)
    if missing:
        run.warn(f'"{campaign.title}": its export has no column for {", ".join(missing)}; their known values stay.')
    return file


def _look_through(file: CsvFile, campaign: SourceCampaign, export: KnownExport) -> None:
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
    _look_at_numbers(rows, ids, max(export.records, campaign.emails or 0))


def _look_at_numbers(rows: int, ids: "array[int]", wanted: int) -> None:
    """A row that stands twice may stand in the place of another; and a count that nobody named cannot be short."""
    if not wanted:
        raise UnreadableError("its expected number of rows is not known")
    if rows < wanted:
        raise UnreadableError(f"it holds {rows:,} rows where {wanted:,} should be")
    if any(one == other for one, other in pairwise(sorted(ids))):
        raise UnreadableError("it holds a lead more than once")


@dataclass(slots=True)
class _Meeting:
    """Lets leads of one campaign meet what the ledger knows of them, whichever way they came."""

    run: Run
    campaign: SourceCampaign
    known: ledger.KnownCampaign
    has_unnamed: bool = False
    has_checks: bool = False
    make_id: Callable[[str], str] | None = None

    def __post_init__(self) -> None:
        self.has_unnamed = exports.has_unnamed(self.run.db, self.known.no)
        self.has_checks = checks.any_checked(self.run.db)

    def page(self, page: LeadPage) -> LeadPage:
        """The same page; nothing is looked up where nothing was ever read by export, or validated on its own."""
        if self.has_unnamed:
            named = {self._id(lead.email): lead.id for lead in page.leads if lead.email and not _unnamed(lead)}
            exports.adopt_ids(self.run.db, self.known.no, named)
        if self.has_checks:
            return replace(page, leads=tuple(checks.supplemented(self.run.db, page.leads)))
        return page

    def file_pages(self, file: CsvFile) -> Iterator[LeadPage]:
        """The file in pieces. Totals are left out: rows of one address may be one lead."""
        rows, number = iter(file), 0
        while some := list(islice(rows, _CHUNK)):
            number += 1
            leads = {lead.id: lead for lead in self._leads(file, some)}
            yield LeadPage(tuple(leads.values()), number)

    def _leads(self, file: CsvFile, rows: Sequence[dict[str, Any]]) -> list[Lead]:
        named = "_id" in file.columns
        read = [read_lead(self._with_id(row), self.campaign.id) for row in rows if _has_mail(row)]
        unnamed = [lead for lead in read if _unnamed(lead)]
        if unnamed:
            known, pruned = self._known(unnamed), self._pruned(unnamed)
            read = [replace(lead, id=_own_id(lead, known, pruned)) if _unnamed(lead) else lead for lead in read]
            self.has_unnamed = self.has_unnamed or named
        if _FACTS.keys() <= file.columns:
            return read
        stored = exports.leads_named(self.run.db, self.known.no, self.campaign.id, [lead.id for lead in read])
        return [_kept(lead, stored[lead.id], file.columns) if lead.id in stored else lead for lead in read]

    def _with_id(self, row: dict[str, Any]) -> dict[str, Any]:
        return row if row.get("_id") else {**row, "_id": self._id(str(row["email"]))}

    def _id(self, address: str) -> str:
        if self.make_id is None:
            self.make_id = exports.unnamed_ids(self.run.db)
        return self.make_id(address)

    def _known(self, leads: Sequence[Lead]) -> Mapping[str, list[Lead]]:
        """Leads of the campaign in the ledger, by their address."""
        persons = {ledger.person_of(lead) for lead in leads} - {""}
        found: dict[str, list[Lead]] = {}
        for lead in exports.leads_at(self.run.db, self.known.no, self.campaign.id, persons):
            found.setdefault(exports.plain(lead.email), []).append(lead)
        return found

    def _pruned(self, leads: Sequence[Lead]) -> Mapping[str, str]:
        """Ids of the campaign's leads whose facts are gone, by person: a twin of one that was refused would go out."""
        return exports.pruned_ids(self.run.db, self.known.no, {ledger.person_of(lead) for lead in leads} - {""})


def _has_mail(row: Mapping[str, Any]) -> bool:
    return bool(str(row.get("email", "")).strip())


def _unnamed(lead: Lead) -> bool:
    return lead.id.startswith(exports.UNNAMED)


def _own_id(lead: Lead, known: Mapping[str, list[Lead]], pruned: Mapping[str, str]) -> str:
    """The id under which the ledger has this address; where several have it, the one of the same profile."""
    same = known.get(exports.plain(lead.email), [])
    twins = [one for one in same if one.username == lead.username and one.platform == lead.platform]
    return (twins or same)[0].id if same else pruned.get(ledger.person_of(lead), lead.id)


def _kept(lead: Lead, stored: Lead, columns: frozenset[str]) -> Lead:
    """The lead of a file, with the stored facts where the file has no column for them."""
    missing = {name: getattr(stored, name) for column in _FACTS.keys() - columns for name in _FACTS[column]}
    if "validation.isValid" in _FACTS.keys() - columns and lead.validation != stored.validation:
        missing["is_valid"] = None  # the verdict belonged to another word
    if "validation.checkedAt" in _FACTS.keys() - columns and lead.validation != stored.validation:
        missing["checked_at"] = None
    return replace(lead, **missing, extra={**stored.extra, **lead.extra})
