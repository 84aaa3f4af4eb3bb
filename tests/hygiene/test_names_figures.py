"""What the labelled sets of `benchmarks/names` say of the names that are greeted: the promise, counted."""

import pytest

from benchmarks import names as benchmark

SETS = sorted(benchmark.SETS.glob("*.csv"))


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_few_are_greeted_wrongly_and_few_needlessly_not_at_all(path):
    """At most one in a hundred is called by a wrong name, and at most one in ten is not called by a known one."""
    table = benchmark.rows(path)
    wrong, needless, _, _ = benchmark.figures(table, benchmark.ours)
    assert wrong <= benchmark.MOST_WRONG
    assert needless <= benchmark.MOST_NEEDLESS


def test_over_all_sets_together_the_figures_are_better_still():
    """At most four in a thousand are called by a wrong name, and at most one in twenty-five needlessly by none."""
    table = [row for path in SETS for row in benchmark.rows(path)]
    wrong, needless, _, _ = benchmark.figures(table, benchmark.ours)
    assert wrong <= 0.004
    assert needless <= 0.04


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_every_set_shows_its_first_count(path):
    """The first count is the one figure that no fixing has flattered: it stays beside the names."""
    assert "wrong greetings" in benchmark.first_count(path)


def test_the_sets_are_wide_enough():
    """At least 2,000 display names, six platforms, fifteen languages, and no row twice."""
    table = [row for path in SETS for row in benchmark.rows(path)]
    assert len(table) >= 2_000
    assert len({row["platform"] for row in table}) == 6
    assert len({row["language"] for row in table}) >= 15
    assert len({(row["full_name"], row["username"]) for row in table}) == len(table)
