"""Ends a whole request at its deadline: connecting, sending, and every byte of the answer. Judges no answer.

httpx limits each read and each write on its own, so a server that sends one byte a second would hold a request for
ever. A write under a lease is safe only when no request outlives its deadline. So the deadline is applied here, to each
operation of the socket.
"""

import math
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx

CONNECT_SECONDS = 10.0
_PIECE = 64 * 1024

_end: ContextVar[float] = ContextVar("deadline", default=math.inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything this thread sends and receives inside must be over in `seconds`."""
    token = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


def left() -> float:
    """Seconds until the deadline in force; negative once it is over, infinite where there is none."""
    return _end.get() - time.monotonic()


_certificates = cache(httpx.create_ssl_context)
"""What the network's certificates are checked with: 1 MB and 10 ms, so all keys of a process share one."""


def open_http(base_url: str, headers: dict[str, str], transport: httpx.BaseTransport | None) -> httpx.Client:
    """An httpx client that keeps the deadline; with a `transport` of its own only between pieces of the body."""
    client = httpx.Client(
        base_url=base_url,
        headers=headers,
        transport=transport,
        verify=_certificates(),
        follow_redirects=False,
        timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
    )
    # The private names of httpx that the house uses are all in this module: it has no public way to its pool, and its
    # timeouts bound single reads only. `test_deadline.py` and `test_wire.py` fail when these names change.
    for wire in (client._transport, *client._mounts.values()):  # noqa: SLF001 - httpx lists its transports nowhere
        pool = _pool_behind(wire)
        if pool is not None:
            pool._network_backend = _Network(pool._network_backend)  # noqa: SLF001 - httpx takes no backend of ours
    return client


def pool_of(client: httpx.Client) -> httpcore.ConnectionPool | None:
    """The connections to the client's base URL, those of a proxy where one is set; None for a transport of its own."""
    return _pool_behind(client._transport_for_url(client.base_url))  # noqa: SLF001 - only httpx knows which proxy


def _pool_behind(transport: httpx.BaseTransport | None) -> httpcore.ConnectionPool | None:
    if not isinstance(transport, httpx.HTTPTransport):
        return None
    return transport._pool  # noqa: SLF001 - httpx has no public way to its pool


class _Network(httpcore.NetworkBackend):
    """Opens connections whose every operation ends at the deadline."""

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._inner.connect_tcp(host, port, _clipped(timeout), local_address, socket_options)
        return _still_in_time(_Stream(stream))


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes wait no longer than the deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if left() <= 0:
            raise httpcore.ReadTimeout("the whole answer did not arrive in time")
        return self._inner.read(max_bytes, _clipped(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In pieces: the timeout below starts again for each piece that the socket takes.
        for start in range(0, len(buffer), _PIECE):
            if left() <= 0:
                raise httpcore.WriteTimeout("the request could not be sent in time")
            self._inner.write(buffer[start : start + _PIECE], _clipped(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._inner.start_tls(ssl_context, server_hostname, _clipped(timeout))
        return _still_in_time(_Stream(stream))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _clipped(timeout: float | None) -> float | None:
    remaining = max(0.001, left())
    if math.isinf(remaining):
        return timeout
    return remaining if timeout is None else min(timeout, remaining)


def _still_in_time(stream: _Stream) -> _Stream:
    """Looking up a name has no timeout of its own: a connection that comes too late must carry nothing."""
    if left() <= 0:
        stream.close()
        raise httpcore.ConnectTimeout("no connection in time")
    return stream
