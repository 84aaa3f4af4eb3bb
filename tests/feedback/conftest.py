"""Delivered leads, without any vendor."""

import pytest

from bridge.model import State
from tests.ledger.conftest import PLACE, Bench


@pytest.fixture
def bench(db):
    return Bench(db)


@pytest.fixture
def delivered(bench):
    """Makes delivered leads of a route: their deliveries in order."""

    def make(count=3, *, route="fitness", place=PLACE, first=1):
        bench.record([bench.lead(number) for number in range(first, first + count)], route=route)
        batch = bench.claim(route=route, place=place)
        bench.settle(batch, State.DELIVERED, route=route)
        return sorted(batch.deliveries, key=lambda one: one.id)

    return make
