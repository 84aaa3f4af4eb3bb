"""Calls to the operator's webhooks, over real sockets: only the status counts, and no answer holds them up."""

import shutil
import socket
import threading
import time
import tracemalloc
from itertools import pairwise

import pytest

from bridge.config.settings import Secret
from bridge.daemon import webhooks
from bridge.daemon.alerts import Alerts
from bridge.daemon.webhooks import Webhook
from tests.daemon.parts import StandIn, ended, scheduled

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECE = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"


@pytest.fixture
def database_url(sqlite_template, tmp_path):
    """SQLite only: the database is not what this is about."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'bridge.db')}"


@pytest.fixture
def server():
    """Answers each connection in a thread, by a function of its socket, until the test ends."""
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def start(behave):
        def answer(connection):
            with connection:
                try:
                    connection.recv(65536)
                    behave(connection, over)
                except OSError:
                    return

        def accept():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return Secret(f"http://127.0.0.1:{listener.getsockname()[1]}/hook")

    yield start
    over.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def endless(connection, over):
    connection.sendall(HEAD)
    while not over.is_set():
        connection.sendall(PIECE)


def dripping(connection, over):
    while not over.wait(0.02):
        connection.sendall(b"H")


def endless_interim(connection, over):
    while not over.wait(0.001):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def silent(connection, over):
    over.wait(30)


def endless_head(connection, over):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.is_set():
        connection.sendall(b"X-More: " + b"x" * 8000 + b"\r\n")


def test_an_endless_answer_is_not_read(server):
    """Its status is taken, its body costs no memory, and the connection is given up at once."""
    webhook = Webhook("alert", server(endless))
    webhook.call()  # what is loaded once is not counted
    tracemalloc.start()
    try:
        assert webhook.call({"text": "x"})
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 3_000_000


@pytest.mark.parametrize("behave", [dripping, endless_interim, silent, endless_head])
def test_a_call_ends_at_its_deadline_whatever_comes(server, monkeypatch, behave):
    """Each byte comes in time and the status never: the call has failed, once its time is up."""
    monkeypatch.setattr(webhooks, "CALL_SECONDS", 0.3)
    began = time.monotonic()
    assert not Webhook("ping", server(behave)).call()
    assert time.monotonic() - began < 5


def test_a_webhook_that_drips_silences_no_later_alert(server, db, monkeypatch):
    """The first call is cut off, the alert is reported by the next, and never by two at the same time."""
    monkeypatch.setattr(webhooks, "CALL_SECONDS", 0.2)
    monkeypatch.setattr("bridge.daemon.alerts.RETRY_SECONDS", 0.05)
    calls, reported = [], threading.Event()

    def drips_first(connection, over):
        calls.append(time.monotonic())
        if len(calls) < 3:
            dripping(connection, over)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        reported.set()

    alerts = Alerts(Webhook("alert", server(drips_first)), collect=0)
    alerts.open(StandIn(db))
    for _ in range(5):
        alerts.route_ran(ended(scheduled(), None, crashed="It stopped."))
    assert reported.wait(20)
    alerts.close()
    assert len(calls) == 3
    assert all(later - earlier > 0.15 for earlier, later in pairwise(calls))
