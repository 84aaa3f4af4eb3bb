"""A slice of the fault matrix for every day, and proof that its judge can distinguish a bad end from a good one."""

import re
from collections import Counter
from itertools import cycle

import httpx
import pytest
import sqlalchemy as sa

from bridge import ledger
from tests.chaos.matrix import ENDPOINTS, cells
from tests.chaos.play import judge, play, settle_down, staged
from tests.chaos.stories import STORIES, story_of
from tests.databases import sqlite_file
from tests.harness import START

SLICE = (
    "cut | instantly leads/add | after",
    "cut | instantly leads/add | before",
    "200, empty | instantly leads/add (a list) | after",
    "400 | instantly leads/add | before",
    "504 | instantly lead-lists | after",
    "404 | instantly campaigns/{id} | read",
    "403 | instantly plan-details | read",
    "cut in the body | scravio campaigns/{id}/leads | read",
    "cut | puffle campaigns/{id}/leads | after",
    "409 | puffle campaigns/{id}/leads | read",
    "504 | puffle campaigns | after",
    "cut | inbox campaigns/{id}/leads | after",
    "200, empty | inbox campaigns/{id}/leads | before",
    "503 | inbox campaigns | after",
)
LENGTHS = {"scravio": 24, "inbox": 24, "instantly": 36, "puffle": 36}
"""Of the vendors' ids."""

ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

pytestmark = pytest.mark.usefixtures("quick_retries")


def seed_of(cell, story):
    return next(seed for seed in range(len(STORIES)) if story_of(cell.number, seed) == story)


def cell_named(name):
    (found,) = [cell for cell in cells(name) if cell.name == name]
    return found


@ONLY_SQLITE
@pytest.mark.parametrize(("name", "story"), list(zip(SLICE, cycle(STORIES), strict=False)))
def test_a_cell_of_the_matrix(database_url, name, story):
    """Faults were injected, and no one is missing, no one is there twice, no one has another reason."""
    cell = cell_named(name)
    finding = play(cell, seed_of(cell, story), database_url)
    assert finding.sound, finding


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("story", ["renamed", "two workspaces"])
def test_a_cell_on_postgres(database_url, story):
    """The same with the other database underneath."""
    cell = cell_named(SLICE[1])
    finding = play(cell, seed_of(cell, story), database_url)
    assert finding.sound, finding


def test_every_cell_meets_every_story():
    """The stories go round: whichever cell, six seeds show all of them, and one seed shows each equally often."""
    number = len(list(cells()))
    reported = Counter(story_of(one, 0) for one in range(number))
    assert max(reported.values()) - min(reported.values()) <= 1
    assert {story_of(5, seed) for seed in range(len(STORIES))} == set(reported) == set(STORIES)


@pytest.fixture
def calm(database_url):
    """A world played without any fault."""
    stage = staged(database_url, "campaign")
    settle_down(stage)
    return stage


@ONLY_SQLITE
def test_the_judge_finds_no_fault_with_an_undisturbed_run(calm):
    """Nothing injected, nothing found."""
    finding = judge(calm, 1)
    assert finding.sound
    assert finding.delivered == finding.expected > 0


@ONLY_SQLITE
def test_the_judge_sees_who_is_missing(calm):
    """Someone taken out of the target is counted."""
    instantly = calm.operator.sandbox.world.instantly
    ours = [person for person in instantly.people(calm.operator.target().id) if person.created >= START]
    instantly.remove_person(ours[0])
    assert judge(calm, 1).missing == 1


@ONLY_SQLITE
def test_the_judge_sees_who_was_posted_twice(calm):
    """A second post of someone we created is counted, though the vendor skips it."""
    body = {"campaign_id": calm.operator.target().id, "leads": [{"email": calm.operator.people()[-1]}]}
    keys = {"Authorization": "Bearer sandbox-key", "User-Agent": "test"}
    with httpx.Client(transport=calm.operator.sandbox.transport(), headers=keys) as client:
        client.post("https://instantly.example/api/v2/leads/add", json=body)
    assert judge(calm, 1).twice == 1


@ONLY_SQLITE
def test_the_judge_sees_a_wrong_reason(calm):
    """A lead that ended otherwise than in the undisturbed run is counted."""
    db = ledger.Database(calm.operator.database_url)
    with db.write() as connection:
        connection.execute(sa.text("UPDATE delivery SET reason = 'in_list' WHERE reason = 'in_target'"))
    db.close()
    assert judge(calm, 1).wrong == 1


def test_the_matrix_leaves_no_endpoint_out():
    """Whatever runs of every scene ask of a vendor is an endpoint of the matrix, and nothing else is."""
    scenes = {one.scene for one in ENDPOINTS}
    assert set().union(*map(asked_in, scenes)) == {f"{one.vendor} {one.method} {one.path}" for one in ENDPOINTS}


def asked_in(scene):
    with sqlite_file() as url:
        stage = staged(url, scene)
        settle_down(stage)
    asked = stage.operator.sandbox.report()["requests"]
    return {re.sub(r"\{\w+\}", "?" * LENGTHS[name.partition(" ")[0]], name) for name in asked}
