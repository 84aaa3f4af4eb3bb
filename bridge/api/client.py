"""The JSON client that every vendor is called with. Repeats nothing that may have taken effect; reads no field.

Three kinds of call: `get` and `ask` only read and are repeated when that can help, `write` is not once it may have
taken effect. What an answer or its absence means stands in one table, `verdicts.TABLE`.
"""

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import field
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import Any

import httpx
import orjson
import structlog

from bridge import __version__
from bridge.api import bodies, observing, times, verdicts
from bridge.api.deadline import within
from bridge.api.patience import Patience
from bridge.api.throttle import ShutError, Throttle
from bridge.api.verdicts import Again, Came, Failure
from bridge.api.wire import Wire
from bridge.errors import StopRequested
from bridge.lazy import dataclass

Params = Mapping[str, str | int | bool | Sequence[str] | None]
Decode = Callable[[bytes], Any]

USER_AGENT = f"leadbridge/{__version__}"
"""A product's name: requests without one are turned away by a gate (instantly.md pitfall 8)."""

WHOLE_REQUEST_SECONDS = 25.0
"""For a write: shorter than a lease (`ledger.core.leases`), which is renewed right before it."""

READ_SECONDS = 60.0
"""For a read: the lease is renewed while it goes on, and a vendor that is slow for good must not stop a route."""

PATIENCE_SECONDS = 60.0
LARGEST_BODY = 8 * 1024 * 1024
"""A page has a hundred leads: eighty kilobytes for each of them."""

_LARGEST_ERROR = 64 * 1024
_SHORTEST_SECRET = 8  # shorter words of a header (`Bearer`) are no secret

tally: ContextVar[Counter[str] | None] = ContextVar("tally", default=None)
"""Where set, counts every HTTP request sent, by vendor."""

write_guard: ContextVar[Callable[[], None] | None] = ContextVar("write_guard", default=None)
"""Where set, called right before each write is sent, at every attempt; what it raises stops the write."""

_AFTERMATH_SECONDS = 5.0  # a lookup after a write is still sent when a stop was requested

_wrote_at: ContextVar[float] = ContextVar("wrote_at", default=-math.inf)
log = structlog.get_logger(__name__)
_counting = Lock()


@dataclass(frozen=True, slots=True)
class Reply:
    """A 2xx answer with a JSON body. `date` is the vendor's clock when it answered, None where it sent none.

    Strings in `data` are as sent: they may hold NUL or lone surrogates, which no database stores as they are.
    """

    data: Any
    status: int
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    asking: bool
    params: Mapping[str, str | int | bool | Sequence[str]] = field(default_factory=dict)
    content: bytes | None = None
    patient: bool = True
    decode: Decode = bodies.decoded

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def endpoint(self) -> str:
        return observing.endpoint(self.method, self.path)


class Client:
    """One vendor under one key; safe to share between threads.

    `deadline` bounds one attempt of a write from connecting to the last byte, `read_deadline` one of a read. `patience`
    is how long one request is retried. All three are in seconds; `max_body`, the largest answer read, is in bytes.
    `transport` replaces the network. `title` and `keys` are what messages call the vendor and its key. `owner` is
    the client whose key it is, for logs and metrics. Once the patience was spent without a connection, each further
    request is tried once, until one gets through.

    Once `stop` is set, pauses end, no write begins, and only the lookup after a write just made is still sent.

    Every call raises Unavailable, Refused or Denied as `errors` says; `write` also raises AnswerLost.
    """

    def __init__(
        self,
        vendor: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        throttle: Throttle,
        transport: httpx.BaseTransport | None = None,
        deadline: float = WHOLE_REQUEST_SECONDS,
        read_deadline: float = READ_SECONDS,
        patience: float = PATIENCE_SECONDS,
        max_body: int = LARGEST_BODY,
        stop: Event | None = None,
        title: str = "",
        keys: str = "",
        owner: str = "",
    ) -> None:
        self.vendor = vendor
        self.title = title or vendor.capitalize()
        self._keys = keys
        self._owner = owner
        self._throttle = throttle
        self._deadline = deadline
        self.read_deadline = read_deadline
        self._patience = patience
        self._max_body = max_body
        self._stop = stop
        self._away = False
        self._ahead = timedelta()
        self._secrets = [word for value in headers.values() for word in value.split() if len(word) >= _SHORTEST_SECRET]
        self._wire = Wire(
            base_url,
            {**headers, "User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": bodies.ACCEPTED},
            transport,
        )

    def get(self, path: str, params: Params | None = None, decode: Decode = bodies.decoded) -> Reply:
        """Read; parameters that are None are left out. `decode` reads the body, and raises as `bodies.decoded` does."""
        given = {name: value for name, value in (params or {}).items() if value is not None}
        return self._call(_Call("GET", path, asking=True, params=given, decode=decode))

    def ask(self, path: str, body: object) -> Reply:
        """A POST that only reads, and may be repeated."""
        return self._call(_Call("POST", path, asking=True, content=_encoded(body)))

    def await_pair(self) -> None:
        """Wait here, and not between the two, until a read and its write may be sent one right after the other."""
        self._throttle.await_pair()

    def write(self, method: str, path: str, body: object = None, *, patient: bool = True) -> Reply:
        """Change something at the vendor; never sent a second time once it may have taken effect.

        Not `patient`: one attempt, for what must not be sent later as it is. So also for endpoints with limits of their
        own, where a 429 means minutes or an hour. The caller comes back, and the pace of all else stays as it is.
        """
        content = None if body is None else _encoded(body)
        return self._call(_Call(method, path, asking=False, content=content, patient=patient))

    def clock(self) -> datetime:
        """Now by the vendor's clock: this host's, corrected by the latest `Date` header."""
        return datetime.now(UTC) + self._ahead

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    # ------------------------------------------------------------------------------------------------- one request

    def _call(self, call: _Call) -> Reply:
        patience = Patience(0.0 if self._away or not call.patient else self._patience)
        try:
            return self._attempt(call, patience, 1)
        except Again as again:
            first = again
        try:
            for attempt in patience.attempts(self._stop):
                with attempt:
                    number = attempt.retry_state.attempt_number
                    if number == 1:
                        raise first  # it was made above: what is answered at once needs nothing that repeats it
                    return self._attempt(call, patience, number)
        except Again as again:
            self._away = again.came is Came.NOTHING_SENT
            # The cause may quote the URL with an address in its query; the sentence says what is needed.
            raise again.error from None
        raise AssertionError("the loop above returns or raises")

    def _attempt(self, call: _Call, patience: Patience, number: int) -> Reply:
        self._check_stop(call, number)
        asked = time.monotonic()
        with self._turn(call):
            observing.publish_wait(self.vendor, time.monotonic() - asked)
            patience.start()
            guard = write_guard.get()
            begun = time.monotonic()
            # The guard's own time counts: its lease has run since then.
            with within(self.read_deadline if call.asking else self._deadline):
                if guard is not None and not call.asking:
                    guard()
                counter = tally.get()
                if counter is not None:
                    with _counting:
                        counter[self.vendor] += 1
                came, size = self._exchange(call)
            seconds = time.monotonic() - begun
        if not call.asking:
            _wrote_at.set(time.monotonic())
        # The place in the throttle is free again: reading JSON needs none.
        outcome = self._read_json(call, came) if isinstance(came, _Body) else came
        self._log(call, outcome, seconds, size, number)
        if isinstance(outcome, Reply):
            self._away = False
            self._throttle.speed_up()
            return outcome
        self._apply_wait(call, outcome)
        raise verdicts.judge(outcome, asking=call.asking)

    def _check_stop(self, call: _Call, number: int) -> None:
        """Raises StopRequested where this request must not be sent any more. The lookup after a write is still sent."""
        if self._stop is None or not self._stop.is_set():
            return
        lately = time.monotonic() - _wrote_at.get() <= _AFTERMATH_SECONDS
        if not (call.asking and number == 1 and lately):
            raise StopRequested(self.vendor)

    @contextmanager
    def _turn(self, call: _Call) -> Iterator[None]:
        """A turn at the throttle. Raises where the vendor named, meanwhile or before, a wait that is too long."""
        try:
            with self._throttle.slot(self._patience, call.endpoint, writing=not call.asking):
                yield
        except ShutError as shut:
            said = f"for {shut.seconds:.0f} s more"
            failure = Failure(
                Came.SLOW_DOWN, self.vendor, call.name, 429, said, retry_after=shut.seconds, title=self.title
            )
            judged = verdicts.judge(failure, asking=call.asking)
            raise judged.error if isinstance(judged, Again) else judged from None

    def _apply_wait(self, call: _Call, failure: Failure) -> None:
        """Nothing is sent before a wait that is too long is over, and it is not slept through: the caller comes back.

        An endpoint with limits of its own is shut alone, otherwise the whole key.
        """
        wait = failure.retry_after or 0.0
        if failure.came is Came.SLOW_DOWN and call.patient:
            self._throttle.push_back(failure.retry_after)
        elif wait > self._patience and failure.came in {Came.FAULT, Came.SLOW_DOWN}:
            self._throttle.shut(wait, call.endpoint if failure.came is Came.SLOW_DOWN else "")

    def _log(self, call: _Call, outcome: Reply | Failure, seconds: float, size: int, number: int) -> None:
        """One line of the log and one event for the observers for each attempt."""
        came = str(outcome.came) if isinstance(outcome, Failure) else "answer"
        log.debug(
            "request",
            client=self._owner,
            vendor=self.vendor,
            method=call.method,
            path=call.path,
            status=outcome.status,
            came=came,
            ms=round(seconds * 1000),
            bytes=size,
            attempt=number,
        )
        observing.publish_request(self._owner, self.vendor, call.endpoint, str(outcome.status or came), seconds)

    def _exchange(self, call: _Call) -> tuple["_Body | Failure", int]:
        """Send once and read the answer; with the number of bytes read."""
        try:
            response = self._wire.send(call.method, call.path, call.params, call.content)
        except httpx.RequestError as error:
            return self._failure(call, verdicts.of_exception(error), said=_named(error)), 0
        try:
            return self._read(call, response)
        finally:
            response.close()
            # It refers to the answer in turn: until Python looks for cycles, the sent bodies would stay, 0.3 MB each.
            response.stream = httpx.ByteStream(b"")

    def _read(self, call: _Call, response: httpx.Response) -> tuple["_Body | Failure", int]:
        date = times.http_date(response.headers.get("Date", ""))
        if date is not None:
            self._ahead = date - datetime.now(UTC)
        if not response.is_success:
            return self._bad_status(call, response)
        self._throttle.shut(times.used_up(response.headers, self.clock()) or 0.0)
        try:
            body = bodies.whole(response, self._max_body)
        except httpx.RequestError as error:
            return self._failure(call, verdicts.of_exception(error), response, said=_named(error)), 0
        if body is None:
            return self._failure(call, Came.GARBLED, response, said=f"larger than {self._max_body} bytes"), 0
        return _Body(response, body, date), len(body)

    def _read_json(self, call: _Call, came: "_Body") -> Reply | Failure:
        try:
            return Reply(call.decode(came.content), came.response.status_code, came.date)
        except bodies.TooMuchError as error:
            said = str(error)
        except RecursionError:
            said = "nested too deep"
        except ValueError:
            said = _kind(came.response, came.content)
        return self._failure(call, Came.GARBLED, came.response, said=said)

    def _bad_status(self, call: _Call, response: httpx.Response) -> tuple[Failure, int]:
        """The status has judged already: a body that is broken or missing changes nothing."""
        raw, body = b"", None
        with suppress(httpx.RequestError, ValueError, RecursionError):
            raw = bodies.whole(response, _LARGEST_ERROR) or b""
            body = bodies.decoded(raw)
        came = verdicts.of_status(response.status_code, json=body is not None)
        return self._failure(call, came, response, said=verdicts.vendor_words(body), body=body), len(raw)

    def _failure(
        self, call: _Call, came: Came, response: httpx.Response | None = None, *, said: str, body: object = None
    ) -> Failure:
        headers = {} if response is None else response.headers
        status = 0 if response is None else response.status_code
        for secret in self._secrets:
            said = said.replace(secret, "***")
        return Failure(
            came,
            self.vendor,
            call.name,
            status,
            said,
            body,
            times.retry_after(headers.get("Retry-After", ""), self.clock()) or times.used_up(headers, self.clock()),
            self.title,
            self._keys,
        )


@dataclass(frozen=True, slots=True)
class _Body:
    """A whole 2xx answer, still to be read as JSON."""

    response: httpx.Response
    content: bytes
    date: datetime | None


def _encoded(body: object) -> bytes:
    try:
        return orjson.dumps(body)
    except TypeError:
        # ASCII escapes: a lone surrogate that slipped through would otherwise break here, in the middle of a batch.
        return json.dumps(body, allow_nan=False, separators=(",", ":")).encode("ascii")


def _kind(response: httpx.Response, body: bytes) -> str:
    if not body.strip():
        return "an empty body"
    kind = response.headers.get("Content-Type", "")
    return "a web page" if "html" in kind.lower() else "broken or cut off"


def _named(error: httpx.RequestError) -> str:
    # What h11 says of a header it will not send quotes the header, and with it the key.
    words = "" if isinstance(error, httpx.LocalProtocolError) else verdicts.shortened(str(error))
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
