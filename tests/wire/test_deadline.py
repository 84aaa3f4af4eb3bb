"""A whole request ends at its deadline, whatever the other end does with its bytes: over real sockets."""

import socket
import time

import pytest

from bridge.api import Client, Throttle
from bridge.api.client import READ_SECONDS, WHOLE_REQUEST_SECONDS
from bridge.errors import AnswerLost, Unavailable
from bridge.ledger.core import leases

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"


@pytest.fixture
def client():
    opened = []

    def build(url, **options):
        opened.append(Client("instantly", url, {}, throttle=Throttle(1000), deadline=0.4, patience=0, **options))
        return opened[-1]

    yield build
    for one in opened:
        one.close()


def drip(data, *, pause=0.05):
    def behave(connection, over):
        connection.recv(65536)
        for byte in data:
            if over.is_set():
                return
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return behave


def silent(connection, over):
    connection.recv(65536)
    over.wait(5)


def deaf(connection, over):
    over.wait(5)


@pytest.mark.parametrize(
    "behave",
    [drip(HEAD * 5), drip(HEAD + b"[" * 1000, pause=0.004), silent],
    ids=["dripping headers", "dripping body", "silence"],
)
def test_an_answer_that_drips_is_cut_at_the_deadline(server, client, behave):
    """Each byte comes well in time, the whole does not: the write is in doubt as soon as the deadline has passed."""
    began = time.monotonic()
    with pytest.raises(AnswerLost):
        client(server(behave)).write("POST", "/leads/add", {"leads": []})
    assert 0.35 < time.monotonic() - began < 1.5


def test_a_vendor_that_is_slow_for_good_is_read_all_the_same(server, client):
    """A read has a longer deadline than a write, which must fit into a lease: leads/list at 40 s stops no route."""

    def slow(connection, over):
        connection.recv(65536)
        time.sleep(0.6)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    url = server(slow)
    assert client(url, read_deadline=5).ask("/leads/list", {}).data == {}
    with pytest.raises(AnswerLost):
        client(url, read_deadline=5).write("POST", "/leads/add", {})


def test_a_write_fits_into_the_lease_that_it_renews():
    """The relation that makes a late write impossible; a read may take longer, since the lease is renewed meanwhile."""
    assert WHOLE_REQUEST_SECONDS < leases.LEASE_SECONDS
    assert leases.RENEW_SECONDS * 2 < leases.LEASE_SECONDS
    assert READ_SECONDS > 40


def test_a_request_that_no_one_reads_is_cut_at_the_deadline(server, client):
    """A large batch that the other end does not take off the wire ends at the deadline as well."""
    began = time.monotonic()
    with pytest.raises(AnswerLost):
        client(server(deaf)).write("POST", "/leads/add", {"leads": ["x" * 1000] * 30_000})
    assert time.monotonic() - began < 2.5


def test_an_answer_that_breaks_off_is_never_taken_for_whole(server, client):
    """A connection closed in the middle of the body: unknown for a write, worth a retry for a read."""

    def cut(connection, over):
        connection.recv(65536)
        connection.sendall(HEAD + b"[1, 2]")

    url = server(cut)
    with pytest.raises(AnswerLost):
        client(url).write("POST", "/leads/add", {})
    with pytest.raises(Unavailable):
        client(url).get("/leads")


def test_no_one_listening_means_nothing_was_sent(client):
    """A refused connection is Unavailable even for a write."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unavailable, match="cannot be reached"):
        client(f"http://127.0.0.1:{port}").write("POST", "/leads/add", {})


def test_an_ordinary_answer_comes_through(server, client):
    """The deadline does not disturb a server that answers in time."""

    def answer(connection, over):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n[1, 2, 3]")

    assert client(server(answer)).get("/leads").data == [1, 2, 3]
