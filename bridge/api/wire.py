"""One vendor's connections: sends a request, each over the shortest way, and hands over the answer unread.

httpx takes 0.3 ms of CPU for a request, mostly for URLs, cookies and redirects. A page of leads needs none of it. So a
plain GET goes to a connection of the kind that httpx's pool makes, with the address and the headers that httpx made.
Everything else goes through httpx. Either way the answer, and what went wrong, is httpx's.

The connections for plain GETs are kept here. At the beginning and at the end of every request the pool asks the system
about each idle one. Each question may hand the interpreter to another thread.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from typing import cast

import httpcore
import httpx

from bridge.api.deadline import open_http, pool_of

Params = Mapping[str, str | int | bool | Sequence[str]]

_PLAIN = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
"""A path that no URL parser changes."""

_ERRORS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)


class Wire:
    """The connections to `base_url`; `transport` replaces the network. Safe to share between threads."""

    def __init__(self, base_url: str, headers: Mapping[str, str], transport: httpx.BaseTransport | None) -> None:
        self._http = open_http(base_url.rstrip("/") + "/", dict(headers), transport)
        # A redirect is not followed, yet httpx parses its address: a broken one would be called a broken connection.
        self._http.event_hooks = {"response": [lambda response: response.headers.pop("Location", None)]}
        self._base = self._http.build_request("GET", "")
        # A name and a password in the address become a header, which httpx adds only when it sends.
        self._pool = None if self._base.url.userinfo else pool_of(self._http)
        url = self._base.url
        self._url = partial(httpcore.URL, scheme=url.raw_scheme, host=url.raw_host, port=url.port)
        self._path, self._headers = url.raw_path, self._base.headers.raw
        self._timeouts = {"timeout": self._http.timeout.as_dict()}
        self._idle: list[httpcore.ConnectionInterface] = []  # the last one used is the first one used again
        self._closed = False

    def send(self, method: str, path: str, params: Params, content: bytes | None = None) -> httpx.Response:
        """The answer, its body still on the wire: close it. Raises httpx.RequestError."""
        path = path.lstrip("/")
        if content is not None:
            # Only with a body: Instantly answers 400 to a Content-Type without one (instantly.md pitfall 9).
            kind = {"Content-Type": "application/json"}
            request = self._http.build_request(method, path, content=content, headers=kind)
        elif method == "GET" and self._pool is not None and not self._http.cookies.jar and _PLAIN.fullmatch(path):
            return self._get(self._pool, path, params)
        else:
            request = self._http.build_request(method, path, params=params or None)
        return self._http.send(request, stream=True)

    def close(self) -> None:
        """Close the connections; one that is in use closes with its answer."""
        self._closed = True
        with suppress(IndexError):
            while True:
                self._idle.pop().close()
        self._http.close()

    def _get(self, pool: httpcore.ConnectionPool, path: str, params: Params) -> httpx.Response:
        query = f"?{_query(params)}" if params else ""
        url = self._url(target=self._path + (path + query).encode("ascii"))
        request = httpcore.Request("GET", url, headers=self._headers, extensions=self._timeouts)
        connection = self._take(pool, url.origin)
        try:
            answer = connection.handle_request(request)
        except _ERRORS as error:
            raise _as_httpx(error) from None
        body = cast("Iterable[bytes]", answer.stream)  # only an asynchronous pool has an asynchronous one
        stream = _Body(body, partial(self._give_back, connection))
        response = httpx.Response(answer.status, headers=answer.headers, stream=stream, request=self._base)
        if "Set-Cookie" in response.headers:
            self._http.cookies.extract_cookies(response)
        return response

    def _take(self, pool: httpcore.ConnectionPool, origin: httpcore.Origin) -> httpcore.ConnectionInterface:
        """An idle connection, else a new one. Those that expired, or that the vendor closed, are closed."""
        with suppress(IndexError):
            while (connection := self._idle.pop()).has_expired():
                connection.close()
            return connection
        return pool.create_connection(origin)

    def _give_back(self, connection: httpcore.ConnectionInterface) -> None:
        """The answer is over. What was not read to its end has closed its connection."""
        if connection.is_idle():
            self._idle.append(connection)
        if self._closed:
            self.close()


class _Body(httpx.SyncByteStream):
    """The body of an answer, with httpx's errors."""

    def __init__(self, stream: Iterable[bytes], over: Callable[[], None]) -> None:
        self._stream = stream
        self._over = over

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except _ERRORS as error:
            raise _as_httpx(error) from None

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()
        self._over()


def _query(params: Params) -> str:
    pairs = [_pair(name, value if isinstance(value, str | int) else tuple(value)) for name, value in params.items()]
    return "&".join(filter(None, pairs))


@lru_cache(1024, typed=True)  # 1 is no True
def _pair(name: str, value: str | int | tuple[str, ...]) -> str:
    """httpx's, kept: most parameters of a page are those of the page before."""
    return str(httpx.QueryParams({name: value}))


def _as_httpx(error: Exception) -> httpx.TransportError:
    """The error of the same name: httpx has one for each of the pool's."""
    kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__, httpx.TransportError)
    return kind(str(error))
