"""Delivered leads move from a lead list into a campaign: each once, with its claims, whatever happens on the way."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.errors import ConfigProblem, Denied
from bridge.ledger import intent as intents
from bridge.ledger.core import leases, moves
from bridge.ledger.people.suppressions import Suppression
from bridge.model import Mapped, Update
from bridge.operations import promote as operation
from tests.harness import quick_pauses, route

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIST, CAMPAIGN = "Scravio inbox", "Fitness Q4"


@pytest.fixture(autouse=True)
def _no_waiting():
    with quick_pauses(attempts=2):
        yield


def inbox(**more):
    return route("inbox", ref=LIST, kind="list", **more)


def promote(operator, *routes, wanted=LIST, to=CAMPAIGN, **options):
    given = {"transport": options.pop("transport", None)}
    with operator.app(*(routes or (inbox(),)), **given) as app:
        found = operation.look(app.resources(), "default", wanted, to)
        return operation.promote(app.resources(), found, **options)


def habits(operator):
    return operator.sandbox.world.instantly.habits


def query(operator, text):
    db = ledger.Database(operator.database_url)
    try:
        with db.read() as connection:
            return [tuple(row) for row in connection.execute(sa.text(text))]
    finally:
        db.close()


def places(operator):
    """How many deliveries stand in which place, by the ledger."""
    found = query(operator, "SELECT place.kind FROM delivery d JOIN place ON place.no = d.place_no WHERE d.sent_at > 0")
    return Counter(kind for (kind,) in found)


class Killed(BaseException):
    """The process is gone."""


class Network(httpx.BaseTransport):
    """`fate` befalls the request for the job: it is cut, or the process dies."""

    def __init__(self, operator, fate=""):
        self.inner, self.fate = operator.sandbox.transport(), fate

    def handle_request(self, request):
        hit = request.url.path.endswith("/leads/move")
        if hit and self.fate == "dies before":
            raise Killed
        if hit and self.fate == "lost before":
            raise httpx.ReadError("cut", request=request)
        response = self.inner.handle_request(request)
        response.read()
        if hit and self.fate == "dies after":
            raise Killed
        if hit:
            raise httpx.ReadError("cut", request=request)
        return response


@pytest.mark.parametrize(("words", "keeps_id"), [("openapi", True), ("conventions", False)])
@sqlite_only
def test_a_list_moves_into_a_campaign(operator, words, keeps_id):
    """With either set of job words, and whether ids are kept or not; a second command has nothing to do."""
    habits(operator).job_words, habits(operator).move_keeps_id = words, keeps_id
    operator.sync_one(inbox())
    done = promote(operator, transport=operator.sandbox.transport())  # the document knows one of the vocabularies
    assert (done.moved, done.status, done.exit_code, done.open) == (10, "ok", 0, 0)
    assert (len(operator.people(CAMPAIGN)), operator.people(LIST)) == (10, [])
    assert places(operator) == {"campaign": 10}
    ids = {one.id for one in operator.sandbox.world.instantly.people(operator.target().id)}
    assert {found for (found,) in query(operator, "SELECT remote_id FROM delivery")} == ids
    again = promote(operator)
    assert (again.moved, again.exit_code, operator.calls("leads/move")) == (0, 1, 1)
    operator.assert_promises()


def test_who_moved_is_sent_again_by_no_route(operator):
    """Neither to the list by its own route, found again by another source campaign, nor to the campaign."""
    world = operator.sandbox.world
    operator.sync_one(inbox(dedupe="target"))
    assert promote(operator, inbox(dedupe="target")).moved == 10
    campaign = route(dedupe="target")
    report = operator.sync_one(campaign)
    assert dict(report.tally.reasons) == {"duplicate_of": 10}
    report = operator.sync_one(inbox(dedupe="target"))
    assert (report.sent, report.warnings) == (0, ())
    assert (len(operator.people(CAMPAIGN)), len(operator.people(LIST))) == (10, 0)
    assert len(world.instantly.campaigns) == 1
    assert promote(operator, inbox(dedupe="target")).moved == 0


@sqlite_only
def test_limit_and_dry_run(operator):
    """A dry run counts and writes nothing; a limit moves so many, oldest first."""
    operator.sync_one(inbox())
    seen = promote(operator, look_only=True)
    assert (seen.would, seen.moved, seen.status, operator.calls("leads/move")) == (10, 0, "ok", 0)
    assert promote(operator, look_only=True, limit=4).would == 4
    assert promote(operator, limit=4).moved == 4
    assert places(operator) == {"list": 6, "campaign": 4}
    assert promote(operator).moved == 6


@sqlite_only
def test_each_lead_has_its_own_outcome(operator):
    """In verification, there already, suppressed, gone by hand: distinguished, and the others move."""
    operator.sync_one(inbox())
    world = operator.sandbox.world.instantly
    first, second, third, fourth, fifth, *_ = list(world.people(operator.target(LIST).id))
    world.change_person(first, verification=11)
    world.add_person(operator.target(), second.email, operator.clock.now())
    world.remove_person(third)
    world.change_person(fifth, place=operator.target().id, kind="campaign")
    with operator.app(inbox()) as app:
        app.suppress([Suppression("address", fourth.email, "asked", "by hand", "")])
    done = promote(operator)
    assert done.stayed == {"in verification": 1, "already in the campaign": 1, "found in neither": 1}
    assert done.held == {"suppressed": 1}
    assert (done.moved, done.status) == (6, "partial")
    assert places(operator) == {"list": 4, "campaign": 6}


@sqlite_only
def test_a_job_that_fails_half_way_is_read_back(operator):
    """Three moved before it failed: these are in the campaign by the ledger, the others in the list, free to go."""
    operator.sync_one(inbox())
    habits(operator).job_breaks_after = 3
    done = promote(operator)
    assert (done.moved, dict(done.stayed), done.exit_code) == (3, {"the job ended as failed": 7}, 3)
    assert places(operator) == {"list": 7, "campaign": 3}
    scopes = query(operator, "SELECT scope.name FROM claim JOIN scope ON scope.no = claim.scope_no")
    assert sum(name.endswith(f"campaign:{operator.target().id}") for (name,) in scopes) == 3
    habits(operator).job_breaks_after = None
    assert promote(operator).moved == 7
    operator.assert_promises()


@sqlite_only
def test_an_effect_that_shows_late_is_waited_for(operator):
    """The job says success while every lead still shows in the list: none is believed to have stayed."""
    operator.sync_one(inbox())
    habits(operator).job_lag = 20.0
    done = promote(operator)
    assert (done.moved, done.status) == (10, "ok")


@pytest.mark.parametrize("fate", ["lost before", "lost after", "dies before", "dies after", "dies at the job"])
@sqlite_only
def test_a_move_that_was_cut_off_is_found_out(operator, fate):
    """While it is in doubt no route delivers to the campaign; a sync or `promote` ends it, and nothing goes twice."""
    operator.sync_one(inbox(dedupe="target"))
    habits(operator).job_seconds = 5.0
    network = JobKiller(operator) if fate == "dies at the job" else Network(operator, fate)
    try:
        done = promote(operator, inbox(dedupe="target"), transport=network)
        assert done.moved == (0 if fate == "lost before" else 10)
    except Killed:
        operator.clock.forward(seconds=leases.LEASE_SECONDS + 60)
    if fate != "lost before":  # that one is certain: the job was never asked for
        report = operator.sync_one(route(dedupe="target"))
        assert (report.sent, report.tally.reasons["duplicate_of"]) == (0, 10)
    operator.clock.forward(minutes=2)
    operator.sync_one(inbox(dedupe="target"))
    operator.clock.forward(minutes=2)
    operator.sync_one(inbox(dedupe="target"))
    done = promote(operator, inbox(dedupe="target"))
    assert places(operator) == {"campaign": 10}
    assert (len(operator.people(CAMPAIGN)), len(operator.people(LIST))) == (10, 0)
    assert operator.calls("leads/move") == 1
    assert not query(operator, "SELECT 1 FROM pending_change")


class JobKiller(Network):
    """The process dies when it first asks for the job."""

    def handle_request(self, request):
        if "background-jobs/" in request.url.path:
            raise Killed
        return super().handle_request(request)


@sqlite_only
def test_bad_input_is_one_sentence(operator):
    """An unknown list, a list that is gone, a campaign of another workspace, an empty list."""
    with pytest.raises(ConfigProblem, match="No lead was delivered to a lead list"):
        promote(operator)
    operator.sync_one(inbox())
    with pytest.raises(Denied, match=r"does not exist in this workspace\. Name a campaign"):
        promote(operator, to="019ffad2-90b0-7d6d-b877-e244a0d3d2b2")
    with pytest.raises(Denied, match="is a lead list in Instantly, not a campaign"):
        promote(operator, to=LIST)
    assert promote(operator).moved == 10
    empty = promote(operator)
    assert (empty.status, empty.exit_code) == ("failed", 1)
    operator.sandbox.world.instantly.remove_place(operator.target(LIST))
    with pytest.raises(Denied, match=r"It is the list .Scravio inbox.\. Nothing was moved"):
        promote(operator)


@sqlite_only
def test_a_full_plan_moves_as_many_as_fit(operator):
    """The room of the plan bounds the job; with none left nothing is asked for."""
    operator.sync_one(inbox())
    operator.sandbox.world.instantly.lead_limit = 4
    assert promote(operator).moved == 4
    done = promote(operator)
    assert (done.moved, done.exit_code, operator.calls("leads/move")) == (0, 1, 1)
    assert "no room" in done.error


def test_two_deliveries_of_one_person_meet_in_the_campaign_once(operator):
    """A route that looks at its own target alone has the person there: the claim keeps the lead in the list."""
    operator.sync_one(route(dedupe="target"), limit=3)
    operator.sync_one(inbox(dedupe="target"))
    done = promote(operator, inbox(dedupe="target"))
    assert (done.moved, done.stayed.total()) == (7, 3)
    lately = promote(operator, inbox(dedupe="target", recontact=timedelta(days=1)))
    assert (lately.moved, lately.held) == (0, {"recently_contacted": 3})
    db = ledger.Database(operator.database_url)
    assert [one.leads for one in moves.lists_of_leads(db)] == [3]
    db.close()
    assert len(operator.people(CAMPAIGN)) == 10


@sqlite_only
def test_a_job_that_never_ends_can_be_given_up(operator):
    """It is followed for a while; given up, its leads stay in the list by the ledger, with every claim."""
    operator.sync_one(inbox())
    habits(operator).job_seconds = 1e6
    done = promote(operator)
    assert (done.moved, done.open, done.exit_code) == (0, 10, 3)
    assert "pending" in done.why or "in-progress" in done.why
    report = operator.sync_one(inbox())
    assert "are being moved" in " ".join(report.warnings)
    db = ledger.Database(operator.database_url)
    (one,) = intents.doubtful_requests(db, db.now())
    intents.give_up(db, one.id, "asked to")
    db.close()
    assert not operator.sync_one(inbox()).warnings
    assert places(operator) == {"list": 10}
    assert dict(operator.sync_one(route(dedupe="target")).tally.reasons) == {"duplicate_of": 10}


@sqlite_only
def test_a_promoted_lead_goes_on_following_what_changes(operator):
    """It is changed in the campaign; `reconcile` finds each lead there, and none that is missing from the list."""
    following = replace(inbox(fields=Mapped(core={"job_title": "Creator"})), update=Update("until_contacted"))
    operator.sync_one(following)
    assert promote(operator, following).moved == 10
    changed = replace(following, fields=Mapped(core={"job_title": "Maker"}))
    assert operator.sync_one(changed).updates == {"updated": 10}
    world = operator.sandbox.world.instantly
    assert {one.posted["job_title"] for one in world.people(operator.target().id)} == {"Maker"}
    operator.clock.forward(minutes=5)
    with operator.app(changed) as app:
        (step,) = app.reconcile(app.configuration.routes)
    assert (step.status, step.found.differences) == ("ok", 0)


@sqlite_only
def test_a_paused_route_promotes_nothing(operator):
    """A pause holds for leads in a list too: an active campaign would contact them. A move under way is still ended."""
    operator.sync_one(inbox())
    db = ledger.Database(operator.database_url)
    ledger.pause(db, ledger.route_number(db, "inbox", "default"), "Ada")
    for done in (promote(operator), promote(operator, look_only=True)):
        assert (done.moved, done.would, done.exit_code, done.hint) == (0, 0, 1, "leadbridge resume inbox")
    assert (operator.calls("leads/move"), places(operator)) == (0, {"list": 10})
    ledger.resume(db, ledger.route_number(db, "inbox", "default"))
    db.close()
    assert promote(operator).moved == 10
