"""An operator with one source campaign and one empty target."""

import json

import httpx
import pytest

from bridge import ledger
from tests.harness import Operator, good_world


class Retold(httpx.BaseTransport):
    """Answers as the sandbox does, but lets `edit` retell the JSON of those whose path ends with `path`."""

    def __init__(self, operator, path, edit):
        self._inner = operator.sandbox.transport()
        self._path = path
        self._edit = edit

    def handle_request(self, request):
        response = self._inner.handle_request(request)
        body = response.read()
        if not request.url.path.endswith(self._path):
            return response
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        reported = self._edit(json.loads(body))
        return httpx.Response(response.status_code, headers=headers, content=json.dumps(reported).encode())


@pytest.fixture
def operator(database_url):
    """Ten tidy valid leads of one campaign, one empty target."""
    return Operator(database_url, good_world("Fitness creators"))


@pytest.fixture
def make_operator(database_url):
    def make(*titles, leads=10, **options):
        return Operator(database_url, good_world(*titles, leads=leads), **options)

    return make


@pytest.fixture
def states():
    """How many leads of a report are in which state."""

    def counted(report):
        return {state: count for state, count in report.tally.states.items() if count}

    return counted


@pytest.fixture
def retold():
    """Makes a transport that retells some answers."""
    return Retold


@pytest.fixture
def ledger_of():
    """Opens an operator's ledger, and closes it at the end."""
    opened = []

    def open_ledger(operator):
        opened.append(ledger.Database(operator.database_url))
        return opened[-1]

    yield open_ledger
    for db in opened:
        db.close()
