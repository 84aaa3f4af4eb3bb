"""What crosses the wire in the sandbox: requests, answers, JSON and timestamps. Knows neither vendor.

Nothing in the sandbox imports the rest of the bridge: it plays the vendors, and must not share our mistakes.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

Row = dict[str, Any]  # a JSON object

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=UTF-8"

_EXACT = 2**53  # beyond it, JavaScript's numbers are no longer whole by themselves
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Request:
    """One request as a vendor sees it. `path` has no query; header names are in lower case. A fault may change it."""

    method: str
    path: str
    pairs: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        """The last value of each parameter; `pairs` has every value in order."""
        return dict(self.pairs)

    def set_parameter(self, name: str, value: str) -> None:
        """Replace every value of a query parameter, as a server that ignores it does."""
        self.pairs = (*(pair for pair in self.pairs if pair[0] != name), (name, value))


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. The `Date` header is added by the sandbox, the length by its carrier."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


class Problem(Exception):
    """Raised by a handler to answer with something other than success."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def dumps(value: object) -> str:
    """JSON as the vendors send it: text as it is, without blanks; a lone surrogate escaped, since UTF-8 has none."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def answer(value: object, status: int = 200) -> Response:
    """`value` as a JSON answer."""
    return Response(status, dumps(value).encode())


def loads(body: bytes) -> Any:
    """The JSON value of a body as JavaScript reads it: 6.0 is 6, and NaN is no JSON. Raises ValueError."""

    def number(text: str) -> float:
        value = float(text)
        return int(value) if value.is_integer() and abs(value) < _EXACT else value

    try:
        return json.loads(body, parse_float=number, parse_constant=_none_such)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _none_such(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def stamp(moment: datetime) -> str:
    """A timestamp as both vendors write it: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """An ISO 8601 timestamp, in UTC where it names no offset; raises ValueError."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def http_date(at: datetime) -> str:
    """The value of a `Date` header, whole seconds as HTTP has it."""
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)
