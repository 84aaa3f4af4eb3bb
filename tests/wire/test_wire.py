"""A plain GET goes over a connection of our own: what is sent, and what comes of it, is as with httpx."""

import re
import string
from itertools import pairwise

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.api import Client, Throttle
from bridge.api.connection import Connection
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


class Asked:
    """An idle connection that keeps what it is asked, and is closed."""

    def is_alive(self):
        return True

    def ask(self, request):
        self.request = request
        raise httpcore.ReadError


@given(
    base=st.sampled_from(
        ["http://localhost:80/api", "https://a.example", "http://[::1]:8080/x/", "http://b\xfc.example"]
    ),
    path=st.text(string.ascii_letters + string.digits + "-_/.%~", max_size=20).map(lambda path: f"/a{path}"),
    params=st.dictionaries(st.text(max_size=5), st.one_of(st.text(), st.integers(), st.booleans()), max_size=4),
)
def test_it_asks_what_httpx_would_ask(base, path, params):
    """Address, target and headers are equal to the byte; a path that a parser might change goes the long way."""
    echo = httpx.MockTransport(lambda asked: httpx.Response(200, json=str(asked.url)))
    wire, connection = Wire(base, HEADERS, echo), Asked()
    wire._short = True
    wire._idle.append(connection)
    asked = wire._http.build_request("GET", path.lstrip("/"), params=params or None)
    try:
        assert fetch(wire, path, params).json() == str(asked.url)
    except httpx.ReadError:
        sent, url = connection.request, asked.url
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        assert (sent.url.scheme, sent.url.host, sent.url.port) == (url.raw_scheme, url.raw_host, port)
        assert (sent.url.target, sent.headers) == (url.raw_path, asked.headers.raw)
    else:
        assert not re.fullmatch("[A-Za-z0-9_/-]*", path) or "//" in path or path.endswith("/")


def test_a_connection_is_used_again_and_both_ways_send_the_same(server):
    """Over real sockets: the first request is httpx's, those that follow share a connection and send the same head."""
    heads = []
    wire = Wire(server(answering(heads)), HEADERS, None)
    for path in ("/ab", "/ab", ODD, "/ab"):
        assert fetch(wire, path, {"q": "x y", "all": True}).json() == []
    assert len(wire._idle) == 1
    wire.close()
    assert heads[0] == heads[1] == heads[2].replace(b"/a.b?", b"/ab?") == heads[3]
    assert heads[0].startswith(b"GET /ab?q=x+y&all=true HTTP/1.1\r\n")


def test_cookies_go_the_long_way(server):
    """A vendor's cookie is kept and sent back, as httpx does it, also one that comes later."""
    heads = []
    wire = Wire(server(answering(heads, b"Set-Cookie: place=7; Path=/\r\n")), {}, None)
    for _ in range(2):
        fetch(wire, "/ab")
    wire._http.cookies.clear()
    for _ in range(2):
        fetch(wire, "/ab")
    wire.close()
    assert [b"\r\nCookie: place=7\r\n" in head for head in heads] == [False, True, False, True]


def test_a_proxy_of_the_environment_and_a_password_in_the_address_are_kept(server, monkeypatch):
    """Both are httpx's: the proxy is asked for the whole address, the password becomes a header, at every request."""
    heads = []
    url = server(answering(heads))
    monkeypatch.setenv("HTTP_PROXY", url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for base in ("http://api.vendor.example/api", url.replace("//", "//me:word@")):
        wire = Wire(base, {}, None)
        fetch(wire, "/ab")
        fetch(wire, "/ab")
        wire.close()
    assert all(head.startswith(b"GET http://api.vendor.example/api/ab HTTP/1.1\r\n") for head in heads[:2])
    assert all(b"\r\nAuthorization: Basic bWU6d29yZA==\r\n" in head for head in heads[2:])


def test_what_lay_idle_and_was_closed_carries_no_request(server):
    """A connection that the other end closed meanwhile is replaced before anything is sent."""
    heads = []

    def once(connection, over):
        heads.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    wire = Wire(server(once), {}, None)
    for _ in range(5):
        assert fetch(wire, "/ab").json() == []
        for connection in wire._idle:
            while connection.is_alive():
                pass
    wire.close()
    assert len(heads) == 5


def said(answer):
    def behave(connection, over):
        connection.recv(65536)
        connection.sendall(answer)

    return behave


BROKEN = {
    "nothing": b"",
    "no HTTP": b"hello\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-",
    "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1",
    "broken chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a fault": b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n",
    "a refusal": b'HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\n{"error":"gone"}',
    "a coding": b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n[]",
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_what_goes_wrong_is_named_as_httpx_names_it(server, answer):
    """One table for both ways: the same error with the same words."""
    client = Client("scravio", server(said(answer)), {}, throttle=Throttle(1000), patience=0)
    found = []
    for short in (False, True):
        client._wire._short = short
        with pytest.raises(VendorError) as caught:
            client.get("/ab")
        found.append((type(caught.value), str(caught.value)))
    client.close()
    assert found[0] == found[1]


def test_nothing_listening_is_no_connection():
    """The same words for both ways; nothing was sent."""
    client = Client("scravio", "http://127.0.0.1:1", {}, throttle=Throttle(1000), patience=0)
    for short in (False, True):
        client._wire._short = short
        with pytest.raises(Unavailable, match=r"cannot be reached \(ConnectError: .*refused"):
            client.get("/ab")
    client.close()


# ---------------------------------------------------------------------------------------- any answer, against httpcore


REQUEST = httpcore.Request("GET", "http://vendor.example/ab", headers={"Host": "vendor.example"})
STATUS = [
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 200",
    b"HTTP/1.0 200 OK",
    b"HTTP/1.1 404 Not Found",
    b"HTTP/1.1 204 No Content",
]
STATUS += [b"HTTP/1.1 103 Early Hints", b"HTTP/1.1 100 Continue", b"HTTP/1.1 99 Less", b"HTTP/2 200", b"", b"\xff"]
FIELDS = [
    b"Content-Length: 2",
    b"content-length:\t2 ",
    b"Content-Length: 02",
    b"Content-Length: 3",
    b"Content-Length: -1",
]
FIELDS += [
    b"Content-Length: 2, 2",
    b"Transfer-Encoding: chunked",
    b"Connection: close",
    b"Connection: Keep-Alive",
    b"Connection: a, close",
]
FIELDS += [b"X: a\x00b", b"X: \xe9", b"X :y", b" folded", b"Date: now", b"Date: now", b"X:", b"Nothing", b"X: a\nb"]
BODIES = [
    b"[]",
    b"[",
    b"",
    b"[]HTTP/1.1 200 OK\r\n\r\n",
    b"2\r\n[]\r\n0\r\n\r\n",
    b"2;a=b\r\n[]\r\n0\r\nX: y\r\n\r\n",
    b"z\r\n",
]
ODDLY = st.tuples(st.sampled_from(STATUS), st.lists(st.sampled_from(FIELDS), max_size=3), st.sampled_from(BODIES))
USUAL = [FIELDS[:1], [b"Date: now", FIELDS[1], b"Connection: Keep-Alive"], [*FIELDS[:1], b"Vary: a", b"Vary: b"]]
MOSTLY = st.tuples(st.sampled_from(STATUS[:4]), st.sampled_from(USUAL), st.just(b"[]"))
ANSWER = st.one_of(ODDLY, MOSTLY).map(lambda parts: b"\r\n".join((parts[0], *parts[1], b"", parts[2])))


class Pieces(httpcore.NetworkStream):
    """What comes off the wire, piece by piece."""

    def __init__(self):
        self.waiting = []

    def read(self, max_bytes, timeout=None):
        if not self.waiting:
            return b""
        piece = self.waiting.pop(0)
        if len(piece) > max_bytes:
            self.waiting.insert(0, piece[max_bytes:])
        return piece[:max_bytes]

    def write(self, buffer, timeout=None):
        pass

    def close(self):
        pass

    def get_extra_info(self, info):
        return bool(self.waiting)


def outcome(ask, is_reusable):
    """Status, headers and body, or the kind of error, and whether another request may follow."""
    try:
        answer = ask(REQUEST)
        body = b"".join(answer.stream)
        answer.close()
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        return type(error), False
    return answer.status, answer.headers, body, is_reusable(answer)


@given(answers=st.lists(ANSWER, min_size=1, max_size=3), cuts=st.sets(st.integers(0, 60)))
def test_every_answer_is_read_as_httpcore_reads_it(answers, cuts):
    """Ordinary, odd, broken or hostile, in whatever pieces it comes: the same answer, and the same for the next one."""
    stream, twin = Pieces(), Pieces()
    ours = Connection(REQUEST.url.origin, stream)
    theirs = httpcore.HTTP11Connection(REQUEST.url.origin, twin)
    for answer in answers:
        places = sorted({0, len(answer), *(cut for cut in cuts if cut < len(answer))})
        pieces = [answer[start:end] for start, end in pairwise(places)]
        stream.waiting += pieces
        twin.waiting += pieces
        expected = outcome(theirs.handle_request, lambda _: theirs.is_idle())
        assert outcome(ours.ask, ours.is_reusable) == expected
        if not (expected[-1] and ours.is_alive()):  # httpcore would take what is left over for the next answer
            break
