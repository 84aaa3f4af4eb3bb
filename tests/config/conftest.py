import tomllib

import pytest

from bridge.config.file import read
from bridge.errors import ConfigProblem

ROUTE = '[[routes]]\nname = "creators"\n'
TARGET = 'target = { instantly_campaign = "Fitness Q4" }\n'


@pytest.fixture
def configured():
    """The one route of a file that holds these lines beside the smallest route."""

    def read_lines(lines, *, target=TARGET):
        return read(tomllib.loads(ROUTE + target + lines), "bridge.toml").routes[0]

    return read_lines


@pytest.fixture
def objection():
    """The message with which a whole file is turned down."""

    def turn_down(text):
        with pytest.raises(ConfigProblem) as caught:
            read(tomllib.loads(text), "bridge.toml")
        return caught.value.message

    return turn_down


@pytest.fixture
def route_objection(objection):
    """The message with which the smallest route and these lines are turned down."""
    return lambda lines, *, target=TARGET: objection(ROUTE + target + lines)
