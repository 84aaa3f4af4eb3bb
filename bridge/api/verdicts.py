"""The single table from the outcome of a request to what is done about it. Sends nothing and waits for nothing.

A request is *asking* when it only reads and may be repeated, *writing* when it must not be repeated once it may have
taken effect.
"""

import unicodedata
from collections.abc import Mapping
from enum import Enum, StrEnum
from math import ceil
from types import MappingProxyType
from typing import Any

import httpx

from bridge.errors import AnswerLost, Denied, Refused, Unavailable, VendorError
from bridge.lazy import dataclass
from bridge.logs import mask_addresses

LONGEST_WORDS = 200
MOST_ATTEMPTS = 16
"""With pauses of at most five seconds they outlast a patience of a minute."""

_MOST_SECONDS = 180  # a longer wait is shown in minutes


class Came(StrEnum):
    """The outcome of one attempt that brought no usable answer."""

    NOTHING_SENT = "nothing_sent"
    CUT = "cut"
    GARBLED = "garbled"
    SLOW_DOWN = "slow_down"
    FAULT = "fault"
    NO_KEY = "no_key"
    NO_PLAN = "no_plan"
    NO_SCOPE = "no_scope"
    GATE = "gate"
    ELSEWHERE = "elsewhere"
    TURNED_DOWN = "turned_down"


class Then(Enum):
    """What is done about it."""

    RETRY = "retry"  # and Unavailable when that does not help
    REFUSED = "refused"
    DENIED = "denied"
    LOST = "lost"


_LATER = "Run the same command again {later}; what was not done stays ready."
_THEN_CHECK = "then run `leadbridge check`."


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row of the table: what to do when asking, what when writing, and why; how many attempts it is worth.

    `message` and `hint` are what the operator reads; {name}, {request}, {status}, {said}, {key}, {base} and {later} are
    filled.
    """

    asking: Then
    writing: Then
    why: str
    message: str
    hint: str = ""
    attempts: int = MOST_ATTEMPTS


TABLE: Mapping[Came, Verdict] = MappingProxyType(
    {
        Came.NOTHING_SENT: Verdict(
            Then.RETRY,
            Then.RETRY,
            "no connection: not a byte of the request left this host",
            "{name} cannot be reached{said}.",
            "Check the network and {base}; nothing was sent.",
        ),
        Came.CUT: Verdict(
            Then.RETRY,
            Then.LOST,
            "the request may have arrived, and only its answer be lost",
            "The connection to {name} broke before the answer to {request} was complete{said}.",
            _LATER,
        ),
        Came.GARBLED: Verdict(
            Then.RETRY,
            Then.LOST,
            "2xx says that it was done, the body does not say what",
            "{name} answered {request} with {status} and no usable JSON{said}.",
            "Check {base}, " + _THEN_CHECK,
            attempts=3,
        ),
        Came.SLOW_DOWN: Verdict(
            Then.RETRY,
            Then.RETRY,
            "a 429 is given before anything is done",
            "{name} asks to slow down (429){said}.",
            _LATER,
        ),
        Came.FAULT: Verdict(
            Then.RETRY,
            Then.LOST,
            "a 5xx or 408 may come from a gateway after the API did its work",
            "{name} has an internal problem: {request} got status {status}{said}.",
            _LATER,
        ),
        Came.NO_KEY: Verdict(
            Then.DENIED,
            Then.DENIED,
            "401: no wait makes a key valid",
            "{name} does not accept the key (401){said}.",
            "Put a valid key into {key}, " + _THEN_CHECK,
        ),
        Came.NO_PLAN: Verdict(
            Then.DENIED,
            Then.DENIED,
            "402: a lapsed plan needs its owner (instantly.md pitfall 11)",
            "{name} requires an active paid plan (402){said}.",
            "Renew the plan in {name}, " + _THEN_CHECK,
        ),
        Came.NO_SCOPE: Verdict(
            Then.DENIED,
            Then.DENIED,
            "403 in JSON: the API knows the key and forbids this",
            "{name} does not let this key do {request} (403){said}.",
            "Give the key in {key} the scope for it, or a plan that has it, " + _THEN_CHECK,
        ),
        Came.GATE: Verdict(
            Then.DENIED,
            Then.DENIED,
            "403 as a page: it never reached the API (instantly.md pitfall 8)",
            "{name}'s gate turned {request} away before the API saw it (403, a web page); your key is not the cause.",
            "Try another network, or ask {name}'s support whether yours is blocked, " + _THEN_CHECK,
        ),
        Came.ELSEWHERE: Verdict(
            Then.DENIED,
            Then.LOST,
            "3xx: APIs do not move; but a write's redirect may follow work that was done (303)",
            "{name} redirects {request} ({status}): its base URL is wrong.",
            "Fix {base}, " + _THEN_CHECK,
        ),
        Came.TURNED_DOWN: Verdict(
            Then.REFUSED,
            Then.REFUSED,
            "400, 404, 409, 422 and the like: judged, and not done",
            "{name} turned {request} down ({status}){said}.",
        ),
    }
)

_ALONE = MappingProxyType(
    {401: Came.NO_KEY, 402: Came.NO_PLAN, 403: Came.NO_SCOPE, 408: Came.FAULT, 429: Came.SLOW_DOWN}
)
_HUNDREDS = MappingProxyType({2: Came.GARBLED, 3: Came.ELSEWHERE, 4: Came.TURNED_DOWN})
_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def of_status(status: int, *, json: bool) -> Came:
    """What a status means; `json` says that the body was JSON. A 2xx that comes here had no usable body."""
    came = _ALONE.get(status) or _HUNDREDS.get(status // 100, Came.FAULT)
    return Came.GATE if came is Came.NO_SCOPE and not json else came


def of_exception(error: httpx.RequestError) -> Came:
    """What an exception of the HTTP client means."""
    if isinstance(error, _NOTHING_SENT):
        return Came.NOTHING_SENT
    return Came.GARBLED if isinstance(error, httpx.DecodingError) else Came.CUT


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt that brought no usable answer. `request` is method and path, `said` words already shortened.

    `title` and `keys` are what an operator knows the vendor and its key by.
    """

    came: Came
    vendor: str
    request: str
    status: int = 0
    said: str = ""
    body: object = None
    retry_after: float | None = None
    title: str = ""
    keys: str = ""


class Again(Exception):
    """Worth another attempt; `error` is what to raise when there is none left."""

    def __init__(self, failure: Failure, error: Unavailable, attempts: int) -> None:
        super().__init__(f"{failure.request}: {failure.came} {failure.status or ''}".strip())
        self.error = error
        self.came = failure.came
        self.wait = failure.retry_after
        self.attempts = attempts


def judge(failure: Failure, *, asking: bool) -> VendorError | Again:
    """What to raise for this failure: the row of the table, in the operator's words."""
    row = TABLE[failure.came]
    message, hint = _worded(row, failure)
    common: dict[str, Any] = {"hint": hint, "vendor": failure.vendor, "status": failure.status}
    match row.asking if asking else row.writing:
        case Then.RETRY:
            return Again(failure, Unavailable(message, retry_after=failure.retry_after, **common), row.attempts)
        case Then.REFUSED:
            return Refused(message, body=failure.body, **common)
        case Then.DENIED:
            return Denied(message, **common)
        case Then.LOST:
            common["hint"] = "Run `leadbridge sync` again: it finds out what happened, and adds no lead twice."
            return AnswerLost(f"It is unknown whether {failure.request} took effect. {message}", **common)


def _worded(row: Verdict, failure: Failure) -> tuple[str, str]:
    facts = {
        "name": failure.title or failure.vendor.capitalize(),
        "request": failure.request,
        "status": failure.status,
        "said": f" ({failure.said})" if failure.said else "",
        "key": failure.keys or f"{failure.vendor.upper()}_API_KEY",
        "base": f"{failure.vendor.upper()}_BASE_URL",
        "later": _after(failure.retry_after),
    }
    return row.message.format_map(facts), row.hint.format_map(facts)


def _after(seconds: float | None) -> str:
    """When to come back: what the vendor named, rounded up."""
    if not seconds:
        return "later"
    return f"in {ceil(seconds)} s" if seconds <= _MOST_SECONDS else f"in {ceil(seconds / 60)} min"


def vendor_words(body: object) -> str:
    """What an error body says, shortened: `message` or `error`, also one in the other, and the first of `errors`."""
    if isinstance(body, Mapping) and isinstance(body.get("error"), Mapping):
        body = body["error"]
    if not isinstance(body, Mapping):
        return ""
    words = [body.get("message") or body.get("error")]
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], Mapping):
        words += [errors[0].get("param"), errors[0].get("msg")]
    return shortened(": ".join(word for word in words if isinstance(word, str) and word))


def shortened(text: str, longest: int = LONGEST_WORDS) -> str:
    """Foreign words fit for one line of an error: no control character, addresses masked, and not long."""
    plain = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in text[: 4 * longest])
    plain = mask_addresses(" ".join(plain.split()))
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"
