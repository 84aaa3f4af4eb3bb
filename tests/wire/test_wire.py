"""A plain GET goes straight to httpx's connection pool: what is sent, and what comes of it, is as with httpx."""

import string
import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.api import Client, Throttle
from bridge.api.wire import Wire
from bridge.errors import Unavailable, VendorError

HEADERS = {"X-API-Key": "key-0123456789", "Accept-Encoding": "gzip"}
ODD = "/a.b"
"""A path that goes the long way, through httpx."""


def answering(heads, more=b""):
    """Answers every request of a connection with an empty list, and keeps what was sent."""

    def behave(connection, over):
        while (head := connection.recv(65536)) and not over.is_set():
            heads.append(head)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + more + b"\r\n[]")

    return behave


def fetch(wire, path, params=None):
    response = wire.send("GET", path, params or {})
    response.read()
    response.close()
    return response


class Pool:
    """What is handed to the connections, in place of a pool."""

    def create_connection(self, origin):
        return self

    def handle_request(self, request):
        self.request = request
        raise TypeError


@given(
    base=st.sampled_from(
        ["http://localhost:80/api", "https://a.example", "http://[::1]:8080/x/", "http://b\xfc.example"]
    ),
    path=st.text(string.ascii_letters + string.digits + "-_/.%~", max_size=20).map(lambda path: f"/a{path}"),
    params=st.dictionaries(
        st.text(max_size=5),
        st.one_of(st.text(), st.integers(), st.booleans(), st.lists(st.text(max_size=5), max_size=3)),
        max_size=4,
    ),
)
def test_it_asks_what_httpx_would_ask(base, path, params):
    """Address, target and headers are equal to the byte; a path that a parser might change goes the long way."""
    wire, pool = (
        Wire(base, HEADERS, httpx.MockTransport(lambda asked: httpx.Response(200, json=str(asked.url)))),
        Pool(),
    )
    wire._pool = pool
    asked = wire._http.build_request("GET", path.lstrip("/"), params=params or None)
    try:
        assert fetch(wire, path, params).json() == str(asked.url)
    except TypeError:
        sent = pool.request
        assert (sent.url.scheme, sent.url.host, sent.url.port, sent.url.target) == (
            asked.url.raw_scheme,
            asked.url.raw_host,
            asked.url.port,
            asked.url.raw_path,
        )
        assert sent.headers == asked.headers.raw
    else:
        assert not set(path) <= set(string.ascii_letters + string.digits + "-_/") or "//" in path or path.endswith("/")


def test_a_connection_is_used_again_and_both_ways_send_the_same(server):
    """Over a real socket: one connection for two requests, and one head for both ways."""
    heads = []
    url = server(answering(heads))
    for path in ("/ab", ODD):
        wire = Wire(url, HEADERS, None)
        for _ in range(2):
            assert fetch(wire, path, {"q": "x y", "all": True}).json() == []
        wire.close()
    assert heads[0] == heads[1]
    assert heads[0].replace(b"/ab?", b"/a.b?") == heads[2] == heads[3]
    assert heads[0].startswith(b"GET /ab?q=x+y&all=true HTTP/1.1\r\n")


def test_a_connection_that_the_vendor_closed_is_not_used_again(server):
    """A vendor may end an idle connection without a word; one closed while its answer is read ends with it."""
    heads = []

    def behave(connection, over):
        heads.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    wire = Wire(server(behave), HEADERS, None)
    fetch(wire, "/ab")
    while not wire._idle[0].has_expired():
        time.sleep(0.001)
    last = wire.send("GET", "/ab", {})
    wire.close()
    assert last.read() == b"[]"
    last.close()
    assert not wire._idle
    assert len(heads) == 2


def test_cookies_go_the_long_way(server):
    """A vendor's cookie is kept and sent back, as httpx does it."""
    heads = []
    more = b"Set-Cookie: place=7; Path=/\r\nConnection: close\r\n"
    wire = Wire(server(answering(heads, more)), {}, None)
    for _ in range(2):
        fetch(wire, "/ab")
    wire.close()
    assert b"cookie" not in heads[0].lower()
    assert b"\r\nCookie: place=7\r\n" in heads[1]


def test_a_proxy_of_the_environment_and_a_password_in_the_address_are_kept(server, monkeypatch):
    """Both are httpx's: the proxy is asked for the whole address, the password becomes a header."""
    heads = []
    url = server(answering(heads))
    monkeypatch.setenv("HTTP_PROXY", url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for base in ("http://api.vendor.example/api", url.replace("//", "//me:word@")):
        wire = Wire(base, {}, None)
        fetch(wire, "/ab")
        wire.close()
    assert heads[0].startswith(b"GET http://api.vendor.example/api/ab HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Basic bWU6d29yZA==\r\n" in heads[1]


def said(bytes_sent):
    def behave(connection, over):
        connection.recv(65536)
        connection.sendall(bytes_sent)

    return behave


BROKEN = {
    "nothing": b"",
    "no HTTP": b"hello\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-",
    "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1",
    "broken chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a fault": b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n",
    "a refusal": b'HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\n{"error":"gone"}',
    "a redirect": b"HTTP/1.1 302 Found\r\nLocation: http://[::1/\r\nContent-Length: 0\r\n\r\n",
    "a coding": b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n[]",
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_what_goes_wrong_is_named_as_httpx_names_it(server, answer):
    """One table for both ways: the same error with the same words, but for the path in them."""
    client = Client("scravio", server(said(answer)), {}, throttle=Throttle(1000), patience=0)
    found = []
    for path in ("/ab", ODD):
        with pytest.raises(VendorError) as caught:
            client.get(path)
        found.append((type(caught.value), str(caught.value).replace(path, "")))
    client.close()
    assert found[0] == found[1]


def test_nothing_listening_is_no_connection(server):
    """The same words for both ways; nothing was sent."""
    client = Client("scravio", "http://127.0.0.1:1", {}, throttle=Throttle(1000), patience=0)
    for path in ("/ab", ODD):
        with pytest.raises(Unavailable, match=r"cannot be reached \(ConnectError: .*refused"):
            client.get(path)
    client.close()
