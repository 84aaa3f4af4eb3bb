"""One vendor's connections: sends each request the shortest way, and hands over the answer unread. Judges nothing.

httpx and its pool take 0.5 ms of CPU for a page of leads: for URLs, cookies, redirects and a general parser. A plain
GET needs none of it. Its address and headers are those that httpx makes, its connection is one of our own
(`connection`). Everything else goes through httpx. Either way the answer, and what went wrong, is httpx's.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

import httpcore
import httpx

from bridge.api.connection import Connection
from bridge.api.deadline import connect, is_direct, open_http

Params = Mapping[str, str | int | bool | Sequence[str]]

_PLAIN = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
"""A path that no URL parser changes."""

_PORTS = {"http": 80, "https": 443}
_ERRORS = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)


class Wire:
    """The connections to `base_url`; `transport` replaces the network. Safe to share between threads."""

    def __init__(self, base_url: str, headers: Mapping[str, str], transport: httpx.BaseTransport | None) -> None:
        self._http = open_http(base_url.rstrip("/") + "/", dict(headers), transport)
        self._base = self._http.build_request("GET", "")
        url = self._base.url
        self._origin = httpcore.Origin(url.raw_scheme, url.raw_host, url.port or _PORTS.get(url.scheme, 0))
        self._path, self._headers = url.raw_path, self._base.headers.raw
        # A name and a password in the address become a header, which httpx adds only when it sends.
        self._may = transport is None and is_direct(self._http) and not url.userinfo
        self._short = self._closed = False
        self._idle: deque[Connection] = deque()

    def send(self, method: str, path: str, params: Params, content: bytes | None = None) -> httpx.Response:
        """The answer, its body still on the wire: close it. Raises httpx.RequestError."""
        path = path.lstrip("/")
        if content is not None:
            # Only with a body: Instantly answers 400 to a Content-Type without one (instantly.md pitfall 9).
            kind = {"Content-Type": "application/json"}
            request = self._http.build_request(method, path, content=content, headers=kind)
        elif self._short and method == "GET" and not self._http.cookies.jar and _PLAIN.fullmatch(path):
            return self._get(path, params)
        else:
            request = self._http.build_request(method, path, params=params or None)
        response = self._http.send(request, stream=True)
        # The first answer shows that the headers can be sent, and that it came over the network itself.
        self._short = self._may and "network_stream" in response.extensions
        return response

    def close(self) -> None:
        """Close the connections."""
        self._closed = True
        self._http.close()
        while self._idle:
            self._idle.pop().close()

    def _get(self, path: str, params: Params) -> httpx.Response:
        query = f"?{httpx.QueryParams(params)}" if params else ""
        target = self._path + (path + query).encode("ascii")
        origin = self._origin
        url = httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target)
        request = httpcore.Request("GET", url, headers=self._headers)
        try:
            connection = self._connection()
            answer = connection.ask(request)
        except _ERRORS as error:
            raise _as_httpx(error) from None
        body = _Body(self, connection, answer)
        response = httpx.Response(answer.status, headers=answer.headers, stream=body, request=self._base)
        if "Set-Cookie" in response.headers:
            self._http.cookies.extract_cookies(response)
        return response

    def _connection(self) -> Connection:
        while self._idle:
            with suppress(IndexError):  # another thread took the last one
                connection = self._idle.pop()
                if connection.is_alive():
                    return connection
                connection.close()
        return Connection(self._origin, connect(self._origin))

    def keep(self, connection: Connection) -> None:
        """A connection that may be used again."""
        self._idle.append(connection)
        if self._closed:
            self.close()


class _Body(httpx.SyncByteStream):
    """The body of an answer, with httpx's errors; gives the connection back."""

    def __init__(self, wire: Wire, connection: Connection, answer: httpcore.Response) -> None:
        self._wire = wire
        self._connection = connection
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._answer.stream, Iterable)  # noqa: S101 - for mypy: an asynchronous answer has another
        try:
            yield from self._answer.stream
        except _ERRORS as error:
            raise _as_httpx(error) from None

    def close(self) -> None:
        self._answer.close()
        if self._connection.is_reusable(self._answer):
            self._wire.keep(self._connection)
        else:
            self._connection.close()


def _as_httpx(error: Exception) -> httpx.TransportError:
    """The error of the same name: httpx has one for each of httpcore's."""
    kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__, httpx.TransportError)
    return kind(str(error))
