"""Reads Scravio's CSV files, whose columns no page documents, as rows with the API's own names. Trusts no cell.

Columns are recognised by what is left of their heads without case, blanks and signs. A column that is not known is
kept under its own head; what is missing is named by the caller, from `columns`. Files may begin with a byte order mark,
be UTF-16, hold NULs, broken quotes and very long cells: what cannot be read is `Unreadable`, never a wrong row.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bridge.lazy import dataclass

LONGEST_CELL = 1_000_000
MOST_COLUMNS = 500
LONGEST_LINE = 20_000_000
_HEAD_BYTES = 4
_PIECE = 1024 * 1024
_SEPARATORS = (",", ";", "\t")

# The API's field by the ways a head may spell it, without case, blanks and signs.
_HEADS: dict[str, tuple[str, ...]] = {
    "_id": ("id", "leadid", "recordid", "contactid"),
    "campaignId": ("campaignid",),
    "platform": ("platform", "socialplatform", "network", "source"),
    "sourceType": ("sourcetype", "leadsource"),
    "email": ("email", "emailaddress", "mail", "emails", "primaryemail", "contactemail"),
    "emailMasked": ("emailmasked", "masked"),
    "emailSource": ("emailsource", "emailfoundby"),
    "phoneNumber": ("phonenumber", "phone", "telephone", "mobile", "contactphone"),
    "username": ("username", "handle", "user", "profileusername", "account", "profile", "screenname"),
    "fullName": ("fullname", "name", "displayname", "profilename"),
    "biography": ("biography", "bio", "description", "about", "profilebio"),
    "followerCount": ("followercount", "followers", "followerscount", "subscribers", "subscribercount"),
    "followingCount": ("followingcount", "following", "followings"),
    "mediaCount": ("mediacount", "posts", "postcount", "postscount", "media", "videos"),
    "externalUrl": ("externalurl", "website", "url", "websiteurl", "link", "biolink"),
    "profilePicUrl": ("profilepicurl", "profilepicture", "avatar", "profileimage"),
    "isPrivate": ("isprivate", "private", "privateaccount"),
    "isVerified": ("isverified", "verified", "verifiedaccount"),
    "isBusiness": ("isbusiness", "business", "businessaccount"),
    "country": ("country", "countrycode", "location"),
    "cityName": ("cityname", "city"),
    "addressStreet": ("addressstreet", "address", "street"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lng", "lon"),
    "accountCreatedDate": ("accountcreateddate", "accountcreated", "accountcreatedat"),
    "keyword": ("keyword", "matchedkeyword", "searchkeyword"),
    "scrapedAt": ("scrapedat", "scraped", "scrapeddate", "foundat", "collectedat", "datescraped"),
    "validation.status": (
        *("emailvalidationstatus", "validationstatus", "emailvalidation", "validation", "emailstatus"),
        *("verificationstatus", "emailverification", "status", "result", "validationresult"),
    ),
    "validation.isValid": ("isvalid", "emailisvalid", "emailvalid", "valid", "emailvalidationisvalid", "deliverable"),
    "validation.checkedAt": (
        *("checkedat", "emailvalidationcheckedat", "validatedat", "validationdate", "validationcheckedat"),
        *("verifiedat", "emailcheckedat", "emailvalidatedat"),
    ),
}
_BY_HEAD = {head: (field, rank) for field, heads in _HEADS.items() for rank, head in enumerate(heads)}
_NOTHING = dict.fromkeys(("notvalidated", "unvalidated", "none", "null", "-", "n/a", "na"), "")
_WORDS = {**_NOTHING, "deliverable": "valid", "undeliverable": "invalid"}
_VERDICTS = {
    **_NOTHING,
    **dict.fromkeys(("true", "yes", "1", "deliverable"), "valid"),
    **dict.fromkeys(("false", "no", "0", "undeliverable"), "invalid"),
}


class UnreadableError(Exception):
    """The file is no CSV that can be trusted; says why, without a word of what it holds."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that does not fit its head, and why. `cells` is empty where it could not even be split."""

    why: str
    cells: Sequence[str] = ()


class CsvFile:
    """One file. `columns` are the API's names its head was recognised to hold; iterating gives one object a row.

    `strict` is for a file whose number of rows is not known: its quotes must be sound, no cell may hold whole
    rows, and its last line must be ended. A quotation mark too many swallows the rows up to the next one, and a file
    that was cut off is a shorter file.
    """

    def __init__(self, path: Path, *, strict: bool = False) -> None:
        self._path = path
        self._strict = strict
        self._encoding = _encoding(path)
        with self._open() as file:
            head = file.readline(LONGEST_CELL)
        self._separator = max(_SEPARATORS, key=head.count)
        _, names = next(self._rows(), (0, BadRow("")))
        if isinstance(names, BadRow) or not any(name.strip() for name in names) or len(names) > MOST_COLUMNS:
            raise UnreadableError("it has no header row")
        self._fields = _recognised(names)
        self.columns = frozenset(field for field in self._fields if field in _HEADS)
        self.unknown = tuple(field for field in self._fields if field and field not in _HEADS)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Every row that holds anything. Raises UnreadableError at one that does not fit its head."""
        for _, row in self.numbered(whole=self._strict):
            if isinstance(row, BadRow):
                raise UnreadableError(row.why)
            yield row
        if self._strict and not self._is_ended():
            raise UnreadableError("its last line has no line end, as if the file were truncated")

    def numbered(self, *, whole: bool = False) -> Iterator[tuple[int, dict[str, Any] | BadRow]]:
        """Every row that holds anything, with its line. `whole`: a cell that seems to hold rows makes a bad row."""
        rows = self._rows()
        next(rows, None)
        for line, cells in rows:
            if isinstance(cells, BadRow):
                yield line, cells
            elif any(cells):
                fault = self._fault(cells, whole=whole)
                yield line, BadRow(fault, cells) if fault else self._row(cells)

    def _fault(self, cells: Sequence[str], *, whole: bool) -> str:
        if len(cells) > len(self._fields) and any(cells[len(self._fields) :]):
            return "a row has more cells than there are columns"
        if len(cells) < len(self._fields):
            return "a row has fewer cells than there are columns"
        if whole and any(self._holds_rows(cell) for cell in cells):
            return "a cell holds whole rows, as if a quotation mark were missing"
        return ""

    def _holds_rows(self, cell: str) -> bool:
        """Whether rows may have been swallowed: as many separators as one of them has, and a line break."""
        return "\n" in cell and cell.count(self._separator) >= len(self._fields) - 1

    def _is_ended(self) -> bool:
        with self._open() as file:
            last = ""
            while piece := file.read(_PIECE):
                last = piece[-1]
        return last in {"\n", "\r"}

    def _open(self) -> io.TextIOWrapper:
        # Bytes that are no text become a replacement sign: the cell is then no address, and its lead is held.
        return self._path.open(encoding=self._encoding, errors="replace", newline="")

    def _rows(self) -> Iterator[tuple[int, list[str] | BadRow]]:
        """The rows with the line on which each begins; after one that cannot be split the next line is a new row."""
        csv.field_size_limit(LONGEST_CELL)  # for the whole process: no caller reads a longer cell
        with self._open() as file:
            reader = csv.reader(_lines(file), delimiter=self._separator, strict=self._strict)
            while True:
                line = reader.line_num + 1
                try:
                    yield line, next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield line, BadRow("a cell is too long" if "limit" in str(error) else "its quotes are broken")

    def _row(self, cells: list[str]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        validation: dict[str, Any] = {}
        for field, cell in zip(self._fields, cells, strict=False):
            if field.startswith("validation."):
                validation[field.partition(".")[2]] = cell.strip()
            elif field and cell != "":
                row[field] = cell
        if validation:
            row["emailValidation"] = _validation(validation)
        return row


def _validation(cells: dict[str, Any]) -> dict[str, Any] | None:
    """The API's object from its columns; None where none of them says anything."""
    word = cells.get("status", "").lower()
    verdict = cells.get("isValid", "").lower()
    status = _WORDS.get(word.replace(" ", ""), word)
    if not status and verdict:
        status = _VERDICTS.get(verdict, verdict)
    if not status:
        return None
    return {"status": status, "isValid": verdict or None, "checkedAt": cells.get("checkedAt") or None}


def _recognised(names: list[str]) -> list[str]:
    """The field behind each head, in order; an unknown head stands for itself, and so does the less exact of two."""
    bare = ["".join(char for char in name.casefold() if char.isalnum()) for name in names]
    best: dict[str, tuple[int, int]] = {}
    for place, head in enumerate(bare):
        field, rank = _BY_HEAD.get(head, ("", 0))
        if field and (rank, place) < best.get(field, (len(_BY_HEAD), 0)):
            best[field] = rank, place
    chosen = {place: field for field, (_, place) in best.items()}
    taken = set(chosen.values())
    own = [name.strip() for name in names]
    return [chosen.get(place) or ("" if name in taken else name) for place, name in enumerate(own)]


def _lines(file: io.TextIOWrapper) -> Iterator[str]:
    """The lines, none of which is read beyond what memory should hold. Raises UnreadableError."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise UnreadableError(f"one of its lines is longer than {LONGEST_LINE:,} characters")
        yield line


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(_HEAD_BYTES)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(start) == _HEAD_BYTES and start[1::2] == b"\0\0":
        return "utf-16-le"
    if len(start) == _HEAD_BYTES and start[::2] == b"\0\0":
        return "utf-16-be"
    return "utf-8-sig"
