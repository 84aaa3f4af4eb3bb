"""A client whose other end is a function or a socket, and retries that do not wait."""

import math
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import structlog

from bridge.api import Client, Throttle
from bridge.api import client as wire_client
from tests.harness import quick_pauses


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[pytest.MonkeyPatch]:
    structlog.reset_defaults()  # a level that another test configured would keep lines back
    wire_client._wrote_at.set(-math.inf)  # a write of another test is none that a stopped process may still ask about
    with quick_pauses() as patch:
        yield patch


class Wire:
    """Answers from a list, in order, the last one for ever; remembers the requests. An exception is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def client_of():
    """Build a client over a `Wire`; closed at the end."""
    opened = []

    def build(wire, *, vendor="instantly", throttle=None, **options):
        client = Client(
            vendor,
            "https://api.vendor.example/api/v2",
            {"Authorization": "Bearer key-0123456789"},
            throttle=throttle or Throttle(per_second=100_000),
            transport=httpx.MockTransport(wire),
            **options,
        )
        opened.append(client)
        return client

    yield build
    for client in opened:
        client.close()


@pytest.fixture
def server():
    """Serves every connection with a function of its socket, until the test ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()
    threads = []

    def start(behave):
        def accept():
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        behave(connection, over)
                    except OSError:
                        continue

        threads.append(threading.Thread(target=accept))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    over.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for thread in threads:
        thread.join(5)
