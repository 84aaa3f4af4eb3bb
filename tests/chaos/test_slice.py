"""A slice of the fault matrix for every day, and proof that its judge can tell a bad end from a good one."""

import httpx
import pytest
import sqlalchemy as sa

from bridge import store
from tests.chaos.databases import sqlite_file
from tests.chaos.matrix import ENDPOINTS, cells
from tests.chaos.play import crowded_world, judge, play, scene_route, settle_down
from tests.harness import START, Operator

SLICE = (
    "cut | instantly leads/add | after",
    "cut | instantly leads/add | before",
    "500 | instantly leads/add | after",
    "200, empty | instantly leads/add (a list) | after",
    "400 | instantly leads/add | before",
    "402 | instantly leads/add | before",
    "504 | instantly lead-lists | after",
    "503 | instantly leads/list | read",
    "404 | instantly campaigns/{id} | read",
    "403 | instantly plan-details | read",
    "cut in the body | scravio campaigns/{id}/leads | read",
    "200 as a page | scravio campaigns | read",
)
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

pytestmark = pytest.mark.usefixtures("quick_retries")


def cell_named(name):
    (found,) = [cell for cell in cells(name) if cell.name == name]
    return found


@ONLY_SQLITE
@pytest.mark.parametrize("name", SLICE)
def test_a_cell_of_the_matrix(database_url, name):
    """Faults were injected, and nobody is missing, nobody is there twice, nobody has another reason."""
    finding = play(cell_named(name), 1, database_url)
    assert finding.sound, finding


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("name", SLICE[:3])
def test_a_cell_on_postgres(database_url, name):
    """The same with the other database underneath."""
    finding = play(cell_named(name), 2, database_url)
    assert finding.sound, finding


@pytest.fixture
def calm(database_url):
    """A world played without any fault."""
    operator = Operator(database_url, crowded_world())
    settle_down(operator, scene_route("campaign", operator.sandbox.world))
    return operator


@ONLY_SQLITE
def test_the_judge_finds_no_fault_with_an_undisturbed_run(calm):
    """Nothing injected, nothing found."""
    finding = judge(calm, "campaign", 1)
    assert finding.sound
    assert finding.delivered == finding.expected > 0


@ONLY_SQLITE
def test_the_judge_sees_who_is_missing(calm):
    """Somebody taken out of the target is counted."""
    instantly = calm.sandbox.world.instantly
    ours = [person for person in instantly.people(calm.target().id) if person.created >= START]
    instantly.remove_person(ours[0])
    assert judge(calm, "campaign", 1).missing == 1


@ONLY_SQLITE
def test_the_judge_sees_who_was_posted_twice(calm):
    """A second post of somebody we created is counted, though the vendor skips it."""
    body = {"campaign_id": calm.target().id, "leads": [{"email": calm.people()[-1]}]}
    keys = {"Authorization": "Bearer sandbox-key", "User-Agent": "test"}
    with httpx.Client(transport=calm.sandbox.transport(), headers=keys) as client:
        client.post("https://instantly.example/api/v2/leads/add", json=body)
    assert judge(calm, "campaign", 1).twice == 1


@ONLY_SQLITE
def test_the_judge_sees_a_wrong_reason(calm):
    """A lead that ended otherwise than in the undisturbed run is counted."""
    ledger = store.Database(calm.database_url)
    with ledger.write() as connection:
        connection.execute(sa.text("UPDATE delivery SET reason = 'in_list' WHERE reason = 'in_target'"))
    ledger.close()
    assert judge(calm, "campaign", 1).wrong == 1


def test_the_matrix_leaves_no_endpoint_out():
    """Whatever runs of every scene ask of either vendor is an endpoint of the matrix, and nothing else is."""
    scenes = {one.scene for one in ENDPOINTS}
    assert set().union(*map(asked_in, scenes)) == {f"{one.vendor} {one.method} {one.path}" for one in ENDPOINTS}


def asked_in(scene):
    with sqlite_file() as url:
        operator = Operator(url, crowded_world())
        settle_down(operator, scene_route(scene, operator.sandbox.world))
    asked = operator.sandbox.report()["requests"]
    scravio, instantly = "?" * 24, "?" * 36
    return {name.replace("{id}", scravio if name.startswith("scravio") else instantly) for name in asked}
