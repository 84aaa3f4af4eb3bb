"""One connection to a vendor: sends plain GETs, and reads answers as they mostly come. Opens and judges nothing.

A general parser takes 0.2 ms of CPU for a page of leads. So an answer with an ordinary head and a known length is read
here. Any other is read by httpcore from its first byte, and so is everything that follows it on the connection.
"""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpcore

_IDLE_SECONDS = 5.0  # as in httpx: a server closes what lies idle, and a request sent meanwhile would be lost
_PIECE = 128 * 1024
_LONGEST_HEAD = 16 * 1024
_MOST_DIGITS = 15
_END = b"\r\n\r\n"
_HEAD = re.compile(rb"HTTP/1\.1 ([2-5]\d\d)(?: [\t -~]*)?((?:\r\n[!#$%&'*+.^_`|~\w-]+:[\t -~]*)*)", re.ASCII)
_FRAMING = frozenset({b"content-length", b"connection", b"transfer-encoding"})
_KEPT = {b"keep-alive": True, b"close": False}
_BODILESS = frozenset({204, 205, 304})


class Connection:
    """Over an open `stream`; for one request at a time. Close each answer before the next one is asked for."""

    def __init__(self, origin: httpcore.Origin, stream: httpcore.NetworkStream) -> None:
        self._origin = origin
        self._stream = stream
        self._idle_since = time.monotonic()
        self._parser: httpcore.HTTP11Connection | None = None

    def ask(self, request: httpcore.Request) -> httpcore.Response:
        """The answer to a GET, its body still on the wire. Raises httpcore's errors, and is closed then."""
        try:
            return self._parser.handle_request(request) if self._parser else self._ask(request)
        except BaseException:
            self.close()
            raise

    def is_reusable(self, answer: httpcore.Response) -> bool:
        """Whether nothing of this answer is left on the wire, and the other end keeps the connection."""
        self._idle_since = time.monotonic()
        return (
            answer.stream.is_over
            if isinstance(answer.stream, _Body)
            else self._parser is not None and self._parser.is_idle()
        )

    def is_alive(self) -> bool:
        """Whether an idle connection is still worth a request: what can be read of it can only be its end."""
        idle = time.monotonic() - self._idle_since
        return idle < _IDLE_SECONDS and not self._stream.get_extra_info("is_readable")

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def _ask(self, request: httpcore.Request) -> httpcore.Response:
        with suppress(httpcore.WriteError):  # a server may have answered, and closed, before it read the request
            self._stream.write(_written(request))
        begun = self._read_head()
        answer = _ordinary(begun, self._stream)
        if answer is None:
            self._parser = httpcore.HTTP11Connection(self._origin, _Begun(self._stream, begun))
            answer = self._parser.handle_request(request)
        return answer

    def _read_head(self) -> bytes:
        """What came until the head was whole, the beginning of the body with it; less where it is no ordinary head."""
        begun = more = self._stream.read(_PIECE)
        while more and _END not in begun and len(begun) < _LONGEST_HEAD:
            more = self._stream.read(_PIECE)
            begun += more
        return begun


def _written(request: httpcore.Request) -> bytes:
    fields = b"".join(b"%b: %b\r\n" % field for field in request.headers)
    return b"%b %b HTTP/1.1\r\n%b\r\n" % (request.method, request.url.target, fields)


def _ordinary(begun: bytes, stream: httpcore.NetworkStream) -> httpcore.Response | None:
    """The answer that begins so; None where its head, or the way that its length is given, is not an ordinary one."""
    head, _, rest = begun.partition(_END)
    match = _HEAD.fullmatch(head)
    if match is None:
        return None
    status = int(match[1])
    pairs = [line.partition(b":") for line in match[2].split(b"\r\n")[1:]]
    headers = [(name, value.strip()) for name, _, value in pairs]
    framing = [(name.lower(), value) for name, value in headers if name.lower() in _FRAMING]
    named = dict(framing)
    length, kept = named.get(b"content-length", b""), named.get(b"connection", b"keep-alive").lower()
    if len(named) < len(framing) or b"transfer-encoding" in named or kept not in _KEPT or status in _BODILESS:
        return None
    if not length.isdigit() or len(length) > _MOST_DIGITS or len(rest) > int(length):
        return None
    return httpcore.Response(status, headers=headers, content=_Body(stream, rest, int(length), keep=_KEPT[kept]))


class _Body:
    """The body of an ordinary answer, of which `begun` was read already."""

    def __init__(self, stream: httpcore.NetworkStream, begun: bytes, length: int, *, keep: bool) -> None:
        self._stream = stream
        self._begun = begun
        self._length = length
        self._left = length - len(begun)
        self._keep = keep

    @property
    def is_over(self) -> bool:
        return self._keep and self._left == 0

    def __iter__(self) -> Iterator[bytes]:
        yield self._begun
        while self._left > 0:
            piece = self._stream.read(min(self._left, _PIECE))
            if not piece:
                counts = f"received {self._length - self._left} bytes, expected {self._length}"
                raise httpcore.RemoteProtocolError(
                    f"peer closed connection without sending complete message body ({counts})"
                )
            self._left -= len(piece)
            yield piece


class _Begun(httpcore.NetworkStream):
    """A stream whose request was sent, and whose first bytes were read, before its parser was made."""

    def __init__(self, stream: httpcore.NetworkStream, begun: bytes) -> None:
        self._stream = stream
        self._begun: bytes | None = begun

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        begun, self._begun = self._begun, None
        return self._stream.read(max_bytes, timeout) if begun is None else begun

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._begun is None:
            self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
