"""A source that moves, lies or empties itself is read again or stopped, never acted upon blindly."""

import sys

import pytest

from bridge.config.shape import GuardTable
from bridge.model import Lead
from bridge.sources.base import LeadPage
from bridge.sync import sweeping
from tests.harness import route


def states(report):
    return {state: count for state, count in report.tally.states.items() if count}


@pytest.fixture
def crowded(make_operator):
    """Thirty delivered people."""
    operator = make_operator("First", leads=30)
    assert states(operator.sync_one()) == {"delivered": 30}
    return operator


def campaign_of(operator):
    return operator.sandbox.world.scravio.campaign("First")


def test_a_campaign_that_comes_back_empty_stops_the_route(crowded):
    """Plenty were known and no one came: the route is blocked, the message names the override."""
    for index in range(30):
        campaign_of(crowded).lead(index).remove()
    report = crowded.sync_one()
    assert report.status == "blocked"
    assert "30 leads of it are known" in report.error
    assert "allow_empty_sweep" in report.hint
    assert states(report) == {"delivered": 30}
    allowed = crowded.sync_one(guard=GuardTable(allow_empty_sweep=True))
    assert allowed.status == "ok"


def test_delivered_people_who_lose_their_validation_stop_the_route(crowded):
    """A source that forgot its validations is not believed: new leads of it are not judged either."""
    for index in range(30):
        campaign_of(crowded).lead(index).validate(None)
    campaign_of(crowded).add_lead(email="new@person.example")
    campaign_of(crowded).touch(crowded.clock.now())
    report = crowded.sync_one()
    assert report.status == "blocked"
    assert "30 of 30 people" in report.error
    assert states(report) == {"delivered": 30}


def test_stricter_rules_do_not_trip_the_guard(crowded):
    """Rules may hold people who went before; only facts that vanish are suspicious."""
    campaign_of(crowded).touch(crowded.clock.now())
    assert crowded.sync_one(route(min_followers=10**9)).status == "ok"


def test_rows_that_move_between_pages_are_not_missed(make_operator):
    """A lead that slips to an earlier page while the sweep is under way is found by a second pass."""
    operator = make_operator("First", leads=250)
    campaign = operator.sandbox.world.scravio.campaign("First")
    slipped = []

    def slip(request):
        if request.path.endswith("/leads") and request.query.get("page") == "2" and not slipped:
            slipped.append(campaign.lead(150).row["email"])
            campaign.lead(150).update(scrapedAt="2020-01-01T00:00:00.000Z")
        return False

    operator.sandbox.faults.add("delay", when=slip)
    operator.sync()
    assert slipped[0] in operator.people()
    assert len(operator.people()) == 250


def test_a_campaign_that_grows_while_it_is_read_is_read_whole_next_time(make_operator):
    """Its fingerprint moved during the sweep, so it is not taken as read."""
    operator = make_operator("First", leads=150)
    campaign = operator.sandbox.world.scravio.campaign("First")
    grown = []

    def grow(request):
        if request.path.endswith("/leads") and request.query.get("page") == "2" and not grown:
            grown.append(campaign.lead(3).remove())
            campaign.add_lead(email="late@comer.example")
            campaign.touch(operator.clock.now())
        return False

    operator.sandbox.faults.add("delay", when=grow)
    operator.sync()
    report = operator.sync_one()
    assert report.campaigns_swept == 1
    assert "late@comer.example" in operator.people()
    assert operator.sync_one().campaigns_swept == 0
    operator.assert_promises()


def test_a_server_that_ignores_the_page_ends_the_sweep_and_is_reported(make_operator):
    """The same page for ever is one page; what its totals promise beyond it is reported, and asked again."""
    operator = make_operator("First", leads=250)

    def first_page_only(request):
        if request.path.endswith("/leads"):
            request.set_parameter("page", "1")
        return False

    operator.sandbox.faults.add("delay", when=first_page_only)
    report = operator.sync_one()
    assert report.tally.known == 100
    assert "150 leads were not seen" in " ".join(report.warnings)
    operator.sandbox.faults.clear()
    assert states(operator.sync_one()) == {"delivered": 250}


def test_smaller_pages_than_asked_for_are_respected(make_operator):
    """Whatever page size the answer grants, every lead is read."""
    operator = make_operator("First", leads=95)
    operator.sandbox.world.scravio.habits.lead_page_cap = 20
    assert states(operator.sync_one()) == {"delivered": 95}
    assert operator.calls("GET /api/campaigns/{id}/leads") == 5


def test_one_bad_row_does_not_refuse_its_batch(make_operator):
    """A 400 for the whole batch refuses no one: it is halved until the bad row stands alone."""
    operator = make_operator("First", leads=30)
    bad = campaign_of(operator).lead(17).row["email"]
    operator.sandbox.faults.add(
        "status", code=400, path="*/leads/add", when=lambda request: bad.encode() in request.body
    )
    report = operator.sync_one()
    assert states(report) == {"delivered": 29, "refused": 1}
    assert report.tally.reasons["rejected"] == 1
    operator.assert_promises()


def test_many_bad_rows_stop_the_route(make_operator):
    """A target that refuses everyone refuses no one: more than twenty lone refusals stop the route, all stay ready."""
    operator = make_operator("First", leads=60)
    operator.sandbox.faults.add("status", code=400, path="*/leads/add")
    report = operator.sync_one()
    assert report.status == "blocked"
    assert states(report) == {"ready": 60}
    assert "fields" in report.hint


def test_a_deleted_campaign_is_skipped_and_reported(make_operator):
    """One that vanishes between the list and its pages does not stop the others."""
    operator = make_operator("First", "Second")
    campaign = campaign_of(operator)

    def vanish(request):
        if request.path.endswith("/leads"):
            campaign.deleted = True
        return False

    operator.sandbox.faults.add("delay", when=vanish)
    report = operator.sync_one()
    assert report.status == "ok"
    assert any("gone from Scravio" in warning for warning in report.warnings)
    assert report.tally.states["delivered"] >= 10


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("nth", "read"), [(1, 150), (2, 150), ((1, 2, 3, 4), 0)])
def test_an_empty_page_in_the_middle_of_its_own_count_is_no_end(make_operator, nth, read):
    """Read once more, and where that ends the same way the campaign counts as unread: its leads are not lost."""
    operator = make_operator("Fitness creators", leads=150)
    everyone = route(per_domain=0)
    operator.sandbox.faults.add("hollow_page", path="*/leads", vendor="scravio", nth=nth)
    assert states(operator.sync_one(everyone)).get("delivered", 0) == read
    operator.sandbox.faults.clear()
    operator.clock.forward(minutes=5)
    assert states(operator.sync_one(everyone)) == {"delivered": 150}


def test_a_pass_over_a_large_campaign_keeps_little_of_each_lead(monkeypatch):
    """Some ten bytes of each id, however often it comes; two passes that saw the same ids are equal."""
    leads = [Lead(f"{number:024x}", "c") for number in range(20_000)]
    passes = []
    for order, at_once in ((leads, 3_000), (leads[::-1] + leads[:500], 50_000)):
        monkeypatch.setattr(sweeping, "_COUNTED_AT_ONCE", at_once)
        tally = sweeping._Tally()
        for start in range(0, len(order), 100):
            tally.take(LeadPage(tuple(order[start : start + 100]), 1, 20_000, 20_000, 100))
        assert sum(map(sys.getsizeof, (tally._seen, *tally._buckets))) < 20 * len(leads)
        passes.append(tally.ended())
    assert passes[0] == passes[1]
    assert passes[0].missing == 0
