"""An operator with one source campaign and one empty target."""

import pytest

from bridge.sandbox import small_world
from tests.harness import START, Operator


@pytest.fixture
def operator(database_url):
    """Ten tidy valid leads of one campaign, one empty target."""
    return Operator(database_url, small_world(START, "Fitness creators"))


@pytest.fixture
def make_operator(database_url):
    def make(*titles, leads=10, **options):
        return Operator(database_url, small_world(START, *titles, leads=leads), **options)

    return make
