"""Faults by rule: which requests go wrong, and how. Decides only; the carrier of the answer makes the break.

A rule names its requests by vendor, method and path, and then by number (`nth`), by chance (`chance`, seeded) or by a
predicate. The first rule that applies wins. A predicate may also change the world: it runs before the request does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from http import HTTPStatus
from random import Random
from typing import Any, Literal, get_args

from bridge.sandbox.vendor import Vendor
from bridge.sandbox.wire import HTML, JSON, Request, Response, answer, http_date, loads

Kind = Literal[
    "status",  # answer with `code` instead of processing; with commit=True processed first
    "delay",  # wait `seconds`, then go on as usual
    "drip",  # the answer comes in pieces over `seconds`
    "hang",  # never answer (in process: until the client's read timeout)
    "connect",  # no connection comes about (a server can only close it at once)
    "cut",  # the connection breaks before an answer; with commit=True processed first
    "truncated",  # half of the body, then the connection breaks
    "html",  # an HTML page with status 200
    "empty",  # status 200 and no body
    "wrong_type",  # the right body, called text/plain
    "garbage",  # bytes that are no UTF-8
    "oversized",  # a body of `size` bytes
    "nested",  # JSON nested a hundred thousand deep
    "hollow_page",  # an empty page of a listing, whose cursor leads to the whole of it
    "same_cursor",  # the first half of a page, whatever cursor was sent, and always the same cursor
    "blank",  # each row, or the one object of the answer, with null for all of `fields`
]
_PROCESSED: frozenset[Kind] = frozenset(
    {"delay", "drip", "wrong_type", "truncated", "hollow_page", "same_cursor", "blank"}
)
_PIECES = 20
BEFORE_ALL = "00000000-0000-0000-0000-000000000000"
"""A cursor before every row: ids, times and addresses all sort behind it."""

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"

CANNED: Mapping[Kind, Response] = {
    "html": Response(200, PAGE, HTML),
    "empty": Response(200),
    "garbage": Response(200, b'{"items": ["\xff\xfe\x80'),
    "nested": Response(200, b"[" * 100_000 + b"]" * 100_000),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault. `nth` counts from 1 among the requests that match; None = each of them. `times` = at most so often.

    `commit`: whether the request takes effect although its answer is spoiled; None = what is usual for the kind.
    `retry_after`: seconds, or "date" for an HTTP date `seconds` from now.
    """

    kind: Kind
    vendor: str = "*"
    method: str = "*"
    path: str = "*"
    nth: int | tuple[int, ...] | None = None
    times: int | None = None
    chance: float = 1.0
    seed: int = 0
    when: Callable[[Request], bool] | None = None
    code: int = 503
    seconds: float = 0.0
    retry_after: float | Literal["date"] | None = None
    html: bool = False
    commit: bool | None = None
    size: int = 64 * 1024 * 1024
    fields: tuple[str, ...] = ()

    @property
    def committed(self) -> bool:
        """Whether the request is processed."""
        return self.kind in _PROCESSED if self.commit is None else self.commit

    def matches(self, vendor: str, request: Request) -> bool:
        """Whether the request is of those that the rule speaks of."""
        return (
            self.vendor in {"*", vendor}
            and self.method in {"*", request.method}
            and fnmatchcase(request.path, self.path)
            and (self.when is None or self.when(request))
        )

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Rule":
        """A rule from a JSON object; raises ValueError for an unknown kind or key."""
        if facts.get("kind") not in get_args(Kind):
            raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}")
        try:
            rule = cls(**{key: value for key, value in facts.items() if key != "when"})
        except TypeError as error:
            raise ValueError(str(error)) from error
        return replace(rule, nth=tuple(rule.nth)) if isinstance(rule.nth, list) else rule


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of one request: the answer, and the rule that spoiled it (None = it is sound)."""

    response: Response
    fault: Rule | None = None


@dataclass(slots=True)
class _Tally:
    rule: Rule
    dice: Random
    seen: int = 0
    fired: int = 0

    def applies(self) -> bool:
        """Count one more matching request; whether it is one of those to spoil."""
        self.seen += 1
        nth = self.rule.nth
        return (
            (nth is None or self.seen in ((nth,) if isinstance(nth, int) else nth))
            and (self.rule.times is None or self.fired < self.rule.times)
            and (self.rule.chance >= 1.0 or self.dice.random() < self.rule.chance)
        )


@dataclass(slots=True)
class Faults:
    """The rules in force. Not thread-safe: the sandbox asks under its lock."""

    _tallies: list[_Tally] = field(default_factory=list)

    def add(self, kind: Kind, vendor: str = "*", path: str = "*", **terms: Any) -> Rule:
        """Put a rule in force, behind those that are; returns it. `terms` are the further fields of `Rule`."""
        return self.put(Rule(kind, vendor, path=path, **terms))

    def put(self, rule: Rule) -> Rule:
        """Put a rule in force, behind those that are."""
        self._tallies.append(_Tally(rule, Random(rule.seed)))
        return rule

    def remove(self, rule: Rule) -> None:
        """Take one rule out of force."""
        self._tallies = [tally for tally in self._tallies if tally.rule is not rule]

    def clear(self) -> None:
        """Take every rule out of force."""
        self._tallies.clear()

    def fired(self, rule: Rule) -> int:
        """How often the rule has made a fault."""
        return sum(tally.fired for tally in self._tallies if tally.rule is rule)

    def choose(self, vendor: str, request: Request) -> Rule | None:
        """The rule that spoils this request, if any. Every matching rule counts the request, not only the chosen."""
        chosen = None
        for tally in self._tallies:
            if tally.rule.matches(vendor, request) and tally.applies() and chosen is None:
                tally.fired += 1
                chosen = tally.rule
        return chosen


def pieces(body: bytes, seconds: float) -> Iterator[tuple[bytes, float]]:
    """A dripping body: each piece, and how long to wait before it."""
    step = len(body) // _PIECES + 1
    for start in range(0, len(body), step):
        yield body[start : start + step], seconds / _PIECES


def spoiled(rule: Rule, sound: Response, now: datetime, vendor: Vendor) -> Response:
    """The answer as the rule leaves it; `sound` is what the vendor said, or an empty 200 where it was not asked."""
    match rule.kind:
        case "status":
            return _status(rule, now)
        case "wrong_type":
            return replace(sound, content_type="text/plain")
        case "oversized":
            return Response(200, b'{"items":["' + b"x" * rule.size + b'"]}')
        case "hollow_page" | "same_cursor" | "blank":
            return _rewritten(rule, sound, vendor)
        case _:
            return CANNED.get(rule.kind, sound)


def _rewritten(rule: Rule, sound: Response, vendor: Vendor) -> Response:
    """A 200 whose rows are hidden or blank; what is no page of a listing keeps what it holds, or is blank itself."""
    body = loads(sound.body) if sound.status == HTTPStatus.OK and sound.body else None
    if not isinstance(body, dict):
        return sound
    name = next((name for name in vendor.rows if isinstance(body.get(name), list)), "")
    rows, nothing = body.get(name), dict.fromkeys(rule.fields)
    if rule.kind == "blank":
        body |= {name: [{**row, **nothing} for row in rows]} if rows is not None else nothing
    elif rows is not None:
        body[name] = rows[: len(rows) // 2] if rule.kind == "same_cursor" else []
        # Pages without a cursor have numbers and totals, which stay.
        body |= {vendor.cursor: BEFORE_ALL} if vendor.cursor else {}
    return replace(sound, body=answer(body).body)


def _status(rule: Rule, now: datetime) -> Response:
    headers: tuple[tuple[str, str], ...] = ()
    if rule.retry_after is not None:
        date = http_date(now + timedelta(seconds=rule.seconds))
        headers = (("Retry-After", date if rule.retry_after == "date" else f"{rule.retry_after:g}"),)
    if rule.html:
        return Response(rule.code, PAGE, HTML, headers)
    body = answer({"statusCode": rule.code, "error": "Sandbox fault", "message": "as the rule says"}).body
    return Response(rule.code, body, JSON, headers)
