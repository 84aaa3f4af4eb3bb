"""Carries requests from an httpx client to the sandbox in the same process. Decides nothing: rules say what breaks.

A fault that took place is named in the answer's extensions under `sandbox_fault`.
"""

from collections.abc import Callable, Iterator

import httpx

from bridge.sandbox.faults import Exchange, Rule, pieces
from bridge.sandbox.wire import Request, Response


def mock_transport(exchange: Callable[[Request], Exchange], sleep: Callable[[float], None]) -> httpx.MockTransport:
    """A transport whose requests go to `exchange`, waiting with `sleep`."""

    def handler(outgoing: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in outgoing.headers.items()}
        pairs = tuple(outgoing.url.params.multi_items())
        exchanged = exchange(Request(outgoing.method, outgoing.url.path, pairs, headers, outgoing.content))
        fault = exchanged.fault
        if fault is not None:
            _suffer(fault, outgoing, sleep)
        return _response(exchanged.response, fault, sleep)

    return httpx.MockTransport(handler)


def _suffer(fault: Rule, outgoing: httpx.Request, sleep: Callable[[float], None]) -> None:
    # A mock transport knows no timeouts; the client's own read timeout is honoured here.
    patience = outgoing.extensions.get("timeout", {}).get("read")
    match fault.kind:
        case "connect":
            raise httpx.ConnectError("connection refused", request=outgoing)
        case "cut" if fault.committed:
            raise httpx.ReadError("connection reset by peer", request=outgoing)
        case "cut":
            raise httpx.RemoteProtocolError("server disconnected without sending a response", request=outgoing)
        case "hang":
            sleep(fault.seconds if patience is None else patience)
            raise httpx.ReadTimeout("timed out", request=outgoing)
        case "delay" if patience is not None and fault.seconds > patience:
            sleep(patience)
            raise httpx.ReadTimeout("timed out", request=outgoing)
        case "delay":
            sleep(fault.seconds)


def _response(response: Response, fault: Rule | None, sleep: Callable[[float], None]) -> httpx.Response:
    headers = [("Content-Type", response.content_type), *response.headers]
    extensions = {} if fault is None else {"sandbox_fault": fault.kind}
    if fault is None or fault.kind not in {"drip", "truncated"}:
        return httpx.Response(response.status, headers=headers, content=response.body, extensions=extensions)
    headers.append(("Content-Length", str(len(response.body))))
    body = _Body(_dripping(response.body, fault.seconds, sleep) if fault.kind == "drip" else _breaking(response.body))
    return httpx.Response(response.status, headers=headers, stream=body, extensions=extensions)


class _Body(httpx.SyncByteStream):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces


def _dripping(body: bytes, seconds: float, sleep: Callable[[float], None]) -> Iterator[bytes]:
    for piece, pause in pieces(body, seconds):
        sleep(pause)
        yield piece


def _breaking(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
