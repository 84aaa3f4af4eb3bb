"""The overview: a card for each route, and what needs a person now."""

from datetime import timedelta

from bridge.daemon.web.dashboard.overview import overview
from bridge.ledger.core.holders import myself
from bridge.ledger.hosts import heartbeats, ticks
from bridge.model import State
from bridge.reports import status
from docs.dashboard_world import ROUTES


def test_a_card_says_what_the_ledger_says(site):
    """Each route once, under its client, with the numbers of `status`."""
    here = site("")
    found = overview(here.around.db, ROUTES)
    assert {name: [card.one.name for card in cards] for name, cards in found.clients.items()} == {
        "default": ["fitness", "founders"],
        "acme": ["acme/marathon"],
    }
    known = {one.name: one for one in status.statuses(here.around.db, ROUTES)}
    for card in found.cards:
        assert (card.delivered, card.waiting) == (
            known[card.one.name].states[State.DELIVERED],
            known[card.one.name].states[State.READY],
        )
    page = here.get("/").text
    for card in found.cards:
        assert f"<dd>{card.delivered:,}</dd>" in page
        assert card.one.target in page


def test_the_strip_names_what_only_a_person_can_do(site):
    """A stopped source campaign with its figures and its cure, and that no daemon runs."""
    found = overview(site("").around.db, ROUTES)
    cures = [need.cure for need in found.needs]
    assert cures[0] == "leadbridge run"
    braked = [need for need in found.needs if need.cure.startswith("leadbridge brake release 65f")]
    assert [need.route for need in braked] == ["fitness"]
    assert '"Yoga teachers" is stopped' in braked[0].sentence


def test_the_next_run_is_that_of_the_ledgers_schedule(site):
    """With a daemon that lives and has taken the schedule up; a cron line needs none."""
    db = site("").around.db
    assert {card.next_run for card in overview(db, ROUTES).cards} == {None}
    heartbeats.register(db, myself(), [])
    ticks.take_up(db, 1, "every 900 s", restart=False)
    found = overview(db, ROUTES)
    fitness, founders, marathon = found.cards
    assert timedelta() < fitness.next_run - found.now <= timedelta(minutes=15)
    assert founders.next_run.hour == 7
    assert marathon.next_run is None


def test_an_overdue_route_needs_a_person(site):
    """A daemon lives for long, and a route that was due twice did not run; a daemon that just started has its grace."""
    db = site("").around.db
    number = heartbeats.register(db, myself(), [])
    assert not [need for need in overview(db, ROUTES).needs if "overdue" in need.sentence]
    with db.write() as connection:
        connection.exec_driver_sql(f"UPDATE host SET started_at = started_at - 7200000 WHERE no = {number}")
        connection.exec_driver_sql(
            "UPDATE run SET started_at = started_at - 864000000, ended_at = ended_at - 864000000"
        )
    found = [need.route for need in overview(db, ROUTES).needs if "overdue" in need.sentence]
    assert found == ["fitness"]


def test_a_retired_route_keeps_its_card(site):
    """What the configuration forgot is shown as retired, with its numbers."""
    found = overview(site("").around.db, ROUTES[1:])
    card = found.card("fitness")
    assert (card.label, card.delivered > 0, card.next_said) == ("retired", True, "never: retired")


def test_a_database_that_is_away_is_said(site):
    """With its sentence and a way on, and the page is not an error of ours."""
    here = site("")
    here.around.db = None
    answer = here.get("/")
    assert (answer.status_code, "still waiting for its database" in answer.text) == (503, True)
