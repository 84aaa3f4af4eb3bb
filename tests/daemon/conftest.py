"""An operator with one source campaign and one empty target."""

import pytest

from tests.harness import Operator, good_world


@pytest.fixture
def make_operator(database_url):
    def make(*titles, leads=10, **options):
        return Operator(database_url, good_world(*(titles or ("Fitness creators",)), leads=leads), **options)

    return make
