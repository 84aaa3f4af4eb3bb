"""A slice of the cells of updates, moves and paces for every day, and proof that their judges see a bad end."""

import re
from random import Random

import pytest

from bridge.sandbox.book import person_of
from tests.chaos.acts import play_act
from tests.chaos.later import ACTS, OWN, SHARED, later_cells
from tests.databases import sqlite_file

LENGTHS = {"scravio": 24, "inbox": 24, "instantly": 36, "puffle": 36}
"""Of the vendors' ids."""

ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SLICE = (
    ("cut | instantly updates: PATCH leads/{id} | after", 0),
    ("overtaken | puffle updates: every request | after", 5),
    ("one empty page | puffle updates: GET campaigns/{id}/leads | read", 0),
    ("killed | inbox updates: every commit | after", 11),
    ("killed | instantly moves: every commit | after", 6),
    ("second process | instantly pace.ahead: every request | after", 12),
)

pytestmark = pytest.mark.usefixtures("quick_retries")


def act_of(name, seed, url):
    (cell,) = [cell for cell in later_cells(name) if cell.name == name]
    return ACTS[cell.endpoint.scene](url, Random(f"{name} {seed}"), cell)


@ONLY_SQLITE
@pytest.mark.parametrize(("name", "seed"), SLICE)
def test_a_cell_of_an_act(database_url, name, seed):
    """A fault or a blow was dealt; no lead lacks what it must have, has it twice, or has what it must not have."""
    finding = play_act(act_of(name, seed, database_url), seed)
    assert finding.sound, finding


@ONLY_SQLITE
def test_the_judge_of_updates_sees_each_bad_end(database_url):
    """A value that is missing, one that was written twice, a hand-made one that is gone."""
    act = act_of(SLICE[0][0], 0, database_url)
    act.calm_down()
    assert act.finding(1).sound
    first, second, third, _ = act.values()
    act.edit(third)
    assert act.finding(1).missing == 1
    act.written[next(iter(act.written))] += 1
    assert act.finding(1).twice == 1
    act.kept[first] = act.kept[second]
    assert act.finding(1).wrong >= 1


@ONLY_SQLITE
def test_the_judge_of_moves_sees_each_bad_end(database_url):
    """A lead that is back in the list, and one that is in the campaign twice."""
    act = act_of("500 | instantly moves: GET campaigns | read", 0, database_url)
    act.calm_down()
    assert act.finding(1).sound
    one = next(one for one in act.here("Fitness Q4") if person_of(one.email) in act.movable)
    act.workspace.add_person(act.operator.target("Scravio inbox"), one.email, act.operator.clock.now())
    assert act.finding(1).missing == 1
    act.workspace.add_person(act.operator.target("Fitness Q4"), one.email, act.operator.clock.now())
    assert act.finding(1).twice == 1


@ONLY_SQLITE
def test_the_judge_of_paces_sees_a_lead_too_many(database_url):
    """Six go on a day that has two places."""
    act = act_of("cut | instantly pace.per_day: POST leads/add | after", 0, database_url)
    act.run()
    assert (len(act.born), act.bad) == (2, 0)
    act.routes = lambda routes=act.routes: [one.__class__(one.name, one.target) for one in routes()]  # without a pace
    act.run()
    assert act.finding(1).wrong == 4


@pytest.mark.parametrize("name", ACTS)
def test_no_request_of_an_act_is_left_out(name):
    """Whatever its work asks of a vendor has cells, and nothing else has."""
    wanted = {*OWN[name], *SHARED[name]}
    cell = next(one for one in later_cells() if one.endpoint.scene == name)
    asked = asked_by(ACTS[name], cell)
    if name == "instantly moves":  # the question for a job whose name was lost
        asked |= asked_by(ACTS[name], next(later_cells("moves: GET background-jobs |")))
    assert asked == wanted


def asked_by(kind, cell):
    with sqlite_file() as url:
        act = kind(url, Random(1), cell)
        before = dict(act.operator.sandbox.book.requests)
        act.run()
    asked = act.operator.sandbox.book.requests
    new = [name.partition(" ") for name, number in asked.items() if number > before.get(name, 0)]
    return {re.sub(r"\{\w+\}", "?" * LENGTHS[vendor], path.replace("{lead}", "*")) for vendor, _, path in new}
