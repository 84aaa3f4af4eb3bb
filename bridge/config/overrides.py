"""Reads the file of overrides: names of single profiles that replace what the display name says.

It is a CSV file of the operator: columns `username` or `profile_url`, `platform` (empty: any), `first_name`,
`last_name`. With an empty `first_name` no name is sent. A row that cannot be read is an error that names its line.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bridge.config.environment import read_text_file
from bridge.config.vocabulary import PLATFORMS, nearest
from bridge.errors import ConfigProblem
from bridge.hygiene.profiles import handle

Overrides = Mapping[str, tuple[str, str]]
"""First and last name by profile: `instagram:jane.doe`, or `:jane.doe` for every platform."""

_COLUMNS: Final = ("platform", "username", "profile_url", "first_name", "last_name")
_HINT: Final = (
    "Write it as a table with the columns platform, username (or profile_url), first_name and last_name; "
    "then run `leadbridge check`."
)
_MOST_ROWS: Final = 200_000
_LONGEST_NAME: Final = 60
_UNFIT = re.compile(r"[{}<>|=%\x00-\x1f\x7f\ud800-\udfff]")
_HOSTS: Final = {"twitter": "x", "fb": "facebook"}


def read_overrides(path: Path) -> Overrides:
    """The names by profile. Raises ConfigProblem, with the line and the fix, for everything that makes it unusable."""
    message = f"{path} does not exist; [names] overrides in bridge.toml names it."
    missing = ConfigProblem(message, hint="Fix the path, or leave it out.")
    text = read_text_file(path, missing=missing, how_to_save='Save it as "CSV UTF-8" in your spreadsheet.')
    source, found = str(path), dict[str, tuple[str, str]]()
    for line, row in _rows(text, source):
        if line > _MOST_ROWS:
            raise ConfigProblem(f"{source} has more than {_MOST_ROWS:,} lines.", hint="Keep only what differs.")
        names = row.get("first_name", ""), row.get("last_name", "")
        for name in names:
            if len(name) > _LONGEST_NAME or _UNFIT.search(name):
                raise _problem(source, line, f"holds an invalid name: {name[:40]!r}; write it as in a letter")
        profile = _profile(row, source, line)
        if found.setdefault(profile, names) != names:
            raise _problem(source, line, f'names "{profile.lstrip(":")}" a second time, with another name; keep one')
    return found


def _rows(text: str, source: str) -> Iterator[tuple[int, dict[str, str]]]:
    first = text.partition("\n")[0]
    # A spreadsheet of another country writes semicolons, one that was copied tabs.
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = _header(next(reader, []), source)
        for cells in reader:
            row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
            if any(row.values()):
                yield reader.line_num, row
    except csv.Error as error:
        raise _problem(source, reader.line_num, f"is not CSV: {error}") from None


def _header(cells: list[str], source: str) -> list[str]:
    columns = [cell.strip().lower().replace(" ", "_") for cell in cells]
    for column in columns:
        if column and column not in _COLUMNS:
            near = nearest(column, _COLUMNS)
            fix = f'did you mean "{near}"?' if near else f"it may hold {', '.join(_COLUMNS)}"
            raise _problem(source, 1, f'has the unknown column "{column[:60]}"; {fix}')
    if "first_name" not in columns or not {"username", "profile_url"} & set(columns):
        raise _problem(source, 1, "lacks a column first_name, or one of username and profile_url")
    return columns


def _profile(row: Mapping[str, str], source: str, line: int) -> str:
    platform, link = row.get("platform", "").lower(), row.get("profile_url", "")
    platform = _HOSTS.get(platform, platform) or _platform_of(link)
    if platform and platform not in PLATFORMS:
        near = nearest(platform, PLATFORMS)
        fix = f'did you mean "{near}"?' if near else f"write one of {', '.join(PLATFORMS)}"
        raise _problem(source, line, f'names the platform "{platform[:60]}"; {fix}')
    username = handle(row.get("username", "") or link).lower()
    if not username:
        raise _problem(source, line, "names no profile; fill in username or profile_url")
    return f"{platform}:{username}"


def _platform_of(link: str) -> str:
    try:
        host = urlsplit(link if "//" in link else f"https://{link}").hostname or ""
    except ValueError:
        return ""
    label = host.split(".")[-2] if host.count(".") else ""
    label = _HOSTS.get(label, label)
    return label if label in PLATFORMS else ""


def _problem(source: str, line: int, what: str) -> ConfigProblem:
    return ConfigProblem(f"{source}, line {line}, {what}.", hint=_HINT)
