"""CSV files as a source: each file is a campaign, each row a lead. Reads only, and remembers nothing.

Columns are Scravio's of an export, or the API's own fields. A row that cannot be read is a lead that says so, with its
line. What a file looks like is its content: one that was only touched is not read again.
"""

import hashlib
import os
import posixpath
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from glob import iglob
from itertools import islice
from pathlib import Path
from typing import Literal

from bridge.api.scalars import identity
from bridge.errors import Refused
from bridge.lazy import dataclass
from bridge.model import Lead, SourceCampaign
from bridge.model import Source as Wanted
from bridge.sources.access import Access
from bridge.sources.base import Account, LeadPage, NotReady, Wants
from bridge.sources.scravio.reading import read_lead
from bridge.sources.scravio.table import BadRow, CsvFile, UnreadableError

TYPE = "CSV"
CSV_CAMPAIGN = "csv:"
"""What the id of a file begins with, before its path."""
_CHUNK = 500
_FRESH_SECONDS = 10.0
"""A file without a last line end that is younger than this may still be written."""


@dataclass(frozen=True, slots=True)
class CsvSource:
    """The files below `folder`, where relative paths begin."""

    folder: Path
    clock: Callable[[], float] = time.time
    name: str = "csv"
    title: str = "the CSV files"
    _counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def account(self) -> Account:
        """The files need no account."""
        return Account()

    def campaigns(self, wanted: Wanted) -> Iterator[SourceCampaign]:
        """Every file that one of the patterns means, in the order of their paths."""
        found = set[str]()
        for glob in wanted.refs:
            paths = iglob(glob, root_dir=self.folder, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
            files = (path for path in paths if (self.folder / path).is_file() and path.isprintable())
            found.update(map(posixpath.normpath, files))
        return map(self._looked_at, sorted(found))

    def campaign(self, campaign_id: str) -> SourceCampaign:
        """The file as it is now. Raises Refused with status 404 where it is gone."""
        path = campaign_id.removeprefix(CSV_CAMPAIGN)
        if self.is_gone(campaign_id):
            raise Refused(f"{path} is gone.", vendor=self.name, status=404)
        return self._looked_at(path)

    def is_gone(self, campaign_id: str) -> bool:
        """Whether the file is there no more."""
        path = campaign_id.removeprefix(CSV_CAMPAIGN)
        return path != campaign_id and not (self.folder / path).exists()

    def _looked_at(self, path: str) -> SourceCampaign:
        campaign_id = CSV_CAMPAIGN + path
        profiles, emails = self._counts.get(campaign_id, (None, None))
        try:
            with (self.folder / path).open("rb") as file:
                content, status = hashlib.file_digest(file, "blake2b").hexdigest()[:32], os.fstat(file.fileno())
        except OSError:
            return SourceCampaign(campaign_id, posixpath.basename(path), TYPE)  # reading it will say why
        return SourceCampaign(
            campaign_id,
            posixpath.basename(path),
            TYPE,
            emails=emails,
            profiles=profiles,
            fingerprint={"content": content, "size": status.st_size},
        )

    def inspect(self, wanted: Wanted) -> Iterator[tuple[Literal["ok", "warn", "bad"], str, str]]:
        """How many files there are, and what keeps files from being read, by their heads."""
        globs, files = ", ".join(wanted.refs), list(self.campaigns(wanted))
        if files:
            yield "ok", f"{globs}: {len(files)} file{'s' if len(files) != 1 else ''}", ""
        else:
            hint = 'Look at `source.csv` in bridge.toml: paths begin at its folder, as in "leads/*.csv".'
            yield "warn", f"No file matches {globs}.", hint
        for campaign in files:
            try:
                with self._named_in_errors(campaign.id) as path:
                    _opened(path)
            except Refused as error:
                yield "bad", error.message, "Fix the file, or take it out of `source.csv`."

    def lead_pages(self, campaign: SourceCampaign, wants: Wants) -> Iterator[LeadPage]:
        """The file's leads that are wanted. Raises Refused for a file at fault, NotReady for an unfinished one."""
        with self._named_in_errors(campaign.id) as path:
            self._refuse_unfinished(path)
            file = _opened(path)
            if not {"validation.status", "validation.isValid"} & file.columns:
                lacks = f'"{campaign.title}" has no column for the validation; e-mail targets hold its leads.'
                yield LeadPage((), 0, notes=(lacks,))
            rows = emails = 0
            read = _leads(file, campaign.id)
            for number, some in enumerate(iter(lambda: list(islice(read, _CHUNK)), []), start=1):
                rows += sum(not lead.problem for lead in some)
                emails += sum(bool(lead.email.strip()) and not lead.problem for lead in some)
                kept = tuple(lead for lead in some if lead.problem or lead.email.strip() or not wants.only_email)
                if kept:
                    yield LeadPage(kept, number)
            self._counts[campaign.id] = rows, emails

    def _refuse_unfinished(self, path: Path) -> None:
        status = path.stat()
        with path.open("rb") as file:
            file.seek(max(0, status.st_size - 2))
            ended = any(sign in b"\r\n" for sign in file.read())  # two bytes: UTF-16 has a zero beside it
        if status.st_size and not ended and self.clock() - status.st_mtime < _FRESH_SECONDS:
            raise NotReady(f'"{path.name}" may still be written: its last line has no end. A later run reads it.')

    @contextmanager
    def _named_in_errors(self, campaign_id: str) -> Iterator[Path]:
        """The file's path; what goes wrong with the file becomes a sentence that names it."""
        path = campaign_id.removeprefix(CSV_CAMPAIGN)
        try:
            yield self.folder / path
        except FileNotFoundError:
            raise Refused(f"{path} is gone.", vendor=self.name, status=404) from None
        except (OSError, UnreadableError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or error
            hint = "Fix the file, or take it out of `source.csv`; the other files are read."
            raise Refused(f"{path} cannot be read: {why}.", hint=hint, vendor=self.name) from None


def source(access: Access, wanted: Wanted) -> CsvSource:
    """The files that the selection names."""
    del wanted
    return CsvSource(access.folder)


def _opened(path: Path) -> CsvFile:
    """The file with its head looked at. Raises UnreadableError, OSError."""
    file = CsvFile(path, strict=True)
    if not {"email", "username"} & file.columns:
        raise UnreadableError("it has no column for the address or the user name")
    return file


def _leads(file: CsvFile, campaign_id: str) -> Iterator[Lead]:
    for line, row in file.numbered():
        if isinstance(row, BadRow):
            yield _bad(campaign_id, line, row.why, row.cells or (str(line),))
            continue
        lead = read_lead(row if "_id" in row else {**row, "_id": "none"}, campaign_id)
        if lead.problem:
            yield replace(lead, problem=f"line {line}: {lead.problem}")
        elif "_id" in row:
            yield lead
        elif (profile := _profile(lead)) or lead.email.strip():
            yield replace(lead, id=profile)  # "": the ledger makes one of the address
        else:
            yield _bad(campaign_id, line, "it has no _id, no profile and no address", [*map(str, row.values())])


def _profile(lead: Lead) -> str:
    """Platform and user name as an id; "" where one is missing, or no id can be made of them."""
    known = lead.username and lead.platform
    return identity({"_id": f"{lead.platform}:{lead.username}".lower()}) if known else ""


def _bad(campaign_id: str, line: int, why: str, cells: Sequence[str]) -> Lead:
    """A lead named after what the row holds: the same broken row is the same lead when the file is read again."""
    name = hashlib.sha256("\0".join(cells).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Lead(id=f"unreadable-{name}", campaign_id=campaign_id, problem=f"line {line}: {why}")
