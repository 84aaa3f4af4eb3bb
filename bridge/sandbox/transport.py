"""Carries requests from an httpx client to the sandbox in the same process. Decides nothing: rules say what breaks.

A fault that took place is named in the answer's extensions under `sandbox_fault`.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

import httpx

from bridge.sandbox.faults import Rule
from bridge.sandbox.wire import Request, Response

_PIECES = 20


class Exchanged(Protocol):
    """What came of a request."""

    @property
    def response(self) -> Response:
        """The answer."""

    @property
    def fault(self) -> Rule | None:
        """The rule that spoiled it."""


class _Spoiled(httpx.SyncByteStream):
    """A body that comes slowly, or breaks off half-way."""

    def __init__(self, body: bytes, rule: Rule, sleep: Callable[[float], None]) -> None:
        self._body = body
        self._rule = rule
        self._sleep = sleep

    def __iter__(self) -> Iterator[bytes]:
        if self._rule.kind == "truncated":
            yield self._body[: len(self._body) // 2]
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
        step = len(self._body) // _PIECES + 1
        for start in range(0, len(self._body), step):
            self._sleep(self._rule.seconds / _PIECES)
            yield self._body[start : start + step]


def mock_transport(exchange: Callable[[Request], Exchanged], sleep: Callable[[float], None]) -> httpx.MockTransport:
    """A transport whose requests go to `exchange`, waiting with `sleep`."""

    def handler(outgoing: httpx.Request) -> httpx.Response:
        exchanged = exchange(_request(outgoing))
        fault = exchanged.fault
        if fault is not None:
            _suffer(fault, outgoing, sleep)
        return _response(exchanged.response, fault, sleep)

    return httpx.MockTransport(handler)


def _request(outgoing: httpx.Request) -> Request:
    headers = {name.lower(): value for name, value in outgoing.headers.items()}
    pairs = tuple(outgoing.url.params.multi_items())
    return Request(outgoing.method, outgoing.url.path, dict(pairs), headers, outgoing.content, pairs)


def _suffer(fault: Rule, outgoing: httpx.Request, sleep: Callable[[float], None]) -> None:
    match fault.kind:
        case "connect":
            raise httpx.ConnectError("connection refused", request=outgoing)
        case "cut" if fault.committed:
            raise httpx.ReadError("connection reset by peer", request=outgoing)
        case "cut":
            raise httpx.RemoteProtocolError("server disconnected without sending a response", request=outgoing)
        case "hang" | "delay":
            _wait(fault, outgoing, sleep)


def _wait(fault: Rule, outgoing: httpx.Request, sleep: Callable[[float], None]) -> None:
    # A mock transport knows no timeouts; the client's own read timeout is honoured here.
    patience = outgoing.extensions.get("timeout", {}).get("read")
    if patience is not None and (fault.kind == "hang" or fault.seconds > patience):
        sleep(patience)
        raise httpx.ReadTimeout("timed out", request=outgoing)
    sleep(fault.seconds)
    if fault.kind == "hang":
        raise httpx.ReadTimeout("timed out; the client set no limit of its own", request=outgoing)


def _response(response: Response, fault: Rule | None, sleep: Callable[[float], None]) -> httpx.Response:
    headers = [("Content-Type", response.content_type), *response.headers]
    extensions = {} if fault is None else {"sandbox_fault": fault.kind}
    if fault is not None and fault.kind in {"drip", "truncated"}:
        headers.append(("Content-Length", str(len(response.body))))
        stream = _Spoiled(response.body, fault, sleep)
        return httpx.Response(response.status, headers=headers, stream=stream, extensions=extensions)
    return httpx.Response(response.status, headers=headers, content=response.body, extensions=extensions)
