"""An operator with one source campaign and one empty target."""

from contextlib import contextmanager

import pytest

from tests.harness import Operator, good_world


@pytest.fixture
def operator(database_url):
    """Ten tidy valid leads of one campaign, one empty target."""
    return Operator(database_url, good_world("Fitness creators"))


@pytest.fixture
def make_operator(database_url):
    def make(*titles, leads=10, **options):
        return Operator(database_url, good_world(*(titles or ("Fitness creators",)), leads=leads), **options)

    return make


@pytest.fixture
def fault():
    """Put a rule of the sandbox in force for the length of a `with`: operator, kind, path, further terms."""

    @contextmanager
    def in_force(operator, kind, path="*", **terms):
        rule = operator.sandbox.faults.add(kind, path=path, **terms)
        try:
            yield rule
        finally:
            operator.sandbox.faults.remove(rule)

    return in_force


@pytest.fixture
def states():
    """The states of a report that hold anybody."""
    return lambda report: {state: count for state, count in report.tally.states.items() if count}
