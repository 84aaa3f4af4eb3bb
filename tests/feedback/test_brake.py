"""The brake: a source campaign whose addresses bounce is stopped on its route, the others go on."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import ledger, preview
from bridge.daemon import alerts
from bridge.daemon.web.metrics import Metrics
from bridge.ledger.core import braking
from bridge.ledger.core.braking import Figures
from bridge.ledger.events import reading, recording
from bridge.ledger.upkeep.migrate import upgrade
from bridge.model import Brake, EventKind, Reason, ReportedEvent, Witness
from bridge.sandbox import small_world
from bridge.sync.braking import judged
from bridge.sync.route import run_route
from tests.cli.conftest import configure, folder, leadbridge
from tests.daemon.parts import StandIn
from tests.harness import START, Operator, route
from tests.ledger.conftest import NOW, PLACE, Bench

__all__ = ["configure", "folder", "leadbridge"]


def figures(bounced, reached):
    return Figures(1, "fitness", 1, "k1", "Yoga", bounced, reached)


@pytest.mark.parametrize(
    ("bounced", "reached", "verdict"),
    [(2, 50, ""), (6, 60, "stop"), (6, 49, ""), (30, 1_000, "warn"), (45, 1_000, "stop"), (0, 10_000, "")],
)
def test_the_brake_acts_on_proof(bounced, reached, verdict):
    """Not below `least`, not on a rate that chance explains, whatever the rate itself is."""
    assert judged(figures(bounced, reached), Brake()) == verdict


@given(st.integers(0, 300), st.integers(0, 300))
def test_more_bounces_never_speak_for_a_campaign(bounced, others):
    """One more bounce among the same leads never turns a stop into less."""
    order = ["", "warn", "stop"]
    before = judged(figures(bounced, bounced + others), Brake())
    after = judged(figures(bounced + 1, bounced + 1 + max(0, others - 1)), Brake())
    assert order.index(after) >= order.index(before)


@pytest.fixture
def operator(database_url):
    world = small_world(START, "Yoga", "Running", leads=70)
    return Operator(database_url, world)


def learn(operator, title, bounced):
    """Every delivered lead of the campaign was contacted, and the first few bounced."""
    with operator.app(route()) as app:
        with app.db.read() as connection:
            where = "d.lead_id IN (SELECT l.id FROM lead l JOIN campaign c ON c.no = l.campaign_no WHERE c.title = :t)"
            sent = reading.sent(connection, f"{where} ORDER BY d.id", t=title)
        now = app.now()
        for kind, some in ((EventKind.CONTACTED, sent), (EventKind.BOUNCED, sent[:bounced])):
            reported = [
                ReportedEvent(kind, one.place, one.address, Witness.LEADS, now, delivery_id=one.delivery_id)
                for one in some
            ]
            recording.record(app.db, reported, now)
    return len(sent)


def grow(operator, tag):
    """Two more good leads in each campaign; the last of each by the campaign's title."""
    operator.clock.forward(minutes=30)
    last = {}
    for campaign in operator.world.scravio.campaigns:
        for number in range(2):
            name = f"new{tag}{number}{campaign.facts['title'].lower()}"
            last[campaign.facts["title"]] = campaign.add_lead(
                email=f"{name}@{name}.example", emailMasked=False, username=name,
                emailValidation={"status": "valid", "isValid": True, "checkedAt": "2026-11-19T00:00:00Z"},
            )  # fmt: skip
        campaign.touch(operator.clock.now())
    return last


def test_a_source_that_bounces_is_stopped_until_it_is_released(operator):
    """Its new leads are held with the figures, the others' go; after a release the old bounces do not count."""
    braked = replace(route(), brake=Brake(least=20))
    operator.sync_one(braked)
    assert learn(operator, "Yoga", 9) > 20
    learn(operator, "Running", 0)
    grow(operator, "a")
    report = operator.sync_one(braked)
    assert (report.sent, report.tally.reasons.get(Reason.SOURCE_BRAKED)) == (2, 2)
    assert any("9 of " in warning and "brake release" in warning for warning in report.warnings)
    assert [(one["title"], one["verdict"]) for one in report.bounces] == [("Yoga", "stop")]
    again = operator.sync_one(braked)
    assert (again.sent, again.tally.reasons.get(Reason.SOURCE_BRAKED)) == (0, 2)
    with operator.app(braked) as app:
        (one,) = braking.stopped(app.db, [])
        assert (one.title, one.bounced, one.held) == ("Yoga", 9, 2)
        assert braking.release(app.db, one.campaign, ["another"], app.now()) == 0
        assert braking.release(app.db, one.campaign, [], app.now()) == 1
        assert braking.stopped(app.db, []) == []
    grow(operator, "b")
    after = operator.sync_one(braked)
    assert (after.sent, after.tally.reasons.get(Reason.SOURCE_BRAKED)) == (6, None)


class Bouncing(httpx.BaseTransport):
    """The vendors; after so many calls that add leads, a round of feedback somewhere learns that many bounced."""

    def __init__(self, operator, calls, then):
        self.inner, self.left, self.then = operator.sandbox.transport(), calls, then

    def handle_request(self, request):
        answer = self.inner.handle_request(request)
        if request.url.path.endswith("leads/add"):
            self.left -= 1
            if self.left == 0:
                self.then()
        return answer


def test_a_long_run_stops_with_the_batch_that_follows_the_proof(operator):
    """What was learnt while it sends holds the rest of the campaign, and only that; the run says so at its end."""
    braked = replace(route(), brake=Brake(least=10))
    with operator.app(braked, transport=Bouncing(operator, 4, lambda: learn(operator, "Running", 20))) as app:
        resources = replace(app.resources(), largest_batch=5, batches_at_once=1)
        report = run_route(resources, braked, app.destination(braked))
    assert report.status == "ok"
    (stopped,) = report.bounces
    assert (stopped["title"], stopped["verdict"], stopped["said"] in report.warnings) == ("Running", "stop", True)
    assert (report.sent, report.tally.reasons[Reason.SOURCE_BRAKED]) == (86 - 23, 23)  # of 43 four calls went


def test_a_round_of_feedback_decides(loop):
    """The round that learns of the bounces stops the campaign and says so: no run has to begin first."""
    loop.deliver("fitness", 12)
    loop.routes[0] = replace(loop.routes[0], brake=Brake(least=10))
    loop.happen("fitness", range(12), "email_bounced")
    heard = loop.one()
    assert any("is stopped on this route: 12 of 12 bounced" in note for note in heard.notes)
    (one,) = braking.stopped(loop.db, [])
    assert not any("is stopped" in note for note in loop.one().notes)
    assert braking.stopped(loop.db, []) == [one]


def test_leads_that_are_validated_after_the_stop_go(operator):
    """Also through the source: a lead that Scravio validates again is read again and sent, the others are not."""
    braked = replace(route(), brake=Brake(least=20))
    operator.sync_one(braked)
    learn(operator, "Yoga", 9)
    lead = grow(operator, "a")["Yoga"]
    assert operator.sync_one(braked).tally.reasons[Reason.SOURCE_BRAKED] == 2
    operator.clock.forward(minutes=30)
    lead.validate("valid", operator.clock.now())
    for campaign in operator.world.scravio.campaigns:
        campaign.touch(operator.clock.now())
    report = operator.sync_one(braked)
    assert (report.sent, report.tally.reasons[Reason.SOURCE_BRAKED]) == (1, 1)
    with operator.app(braked) as app:
        (one,) = braking.stopped(app.db, [])
    assert (one.held, one.sent_since) == (1, 1)


def test_it_is_seen_wherever_an_operator_looks(folder, configure, leadbridge):
    """`status`, `preview`, `explain`, metrics and alert say the figures; after the release nothing does."""
    configure()
    (folder / "data").mkdir()
    url = f"sqlite:///{folder}/data/bridge.db"
    operator, braked = (
        Operator(url, small_world(START, "Yoga", "Running", leads=70)),
        replace(route(), brake=Brake(least=20)),
    )
    operator.sync_one(braked)
    learn(operator, "Yoga", 9)
    grow(operator, "a")
    figures = re.compile(r"9 of \d\d bounced")
    with operator.app(braked) as app:
        (previewed,) = preview.run(app, [braked], 0)
    assert previewed.reasons[Reason.SOURCE_BRAKED] == 2
    assert figures.search(" ".join(previewed.warnings))
    report = operator.sync_one(braked)
    (alert,) = alerts.news(["fitness"], {"fitness": (report.status, report.document())}, {})
    assert re.search(r"9 of \d\d bounced, only leads that are validated again are sent", alerts.worded([alert]))
    status = " ".join(leadbridge("status").stdout.split())
    assert status.count('source campaign "Yoga" is stopped') == 1
    assert figures.search(status)
    (shown,) = leadbridge.json("status")[1]["routes"]
    (one,) = shown["braked"]
    assert (one["bounced"], one["held"], one["title"]) == (9, 2, "Yoga")
    story = leadbridge("explain", "newa0yoga@newa0yoga.example").stdout
    assert figures.search(story)
    assert "source_braked" in story
    db = ledger.Database(url)
    metrics = Metrics()
    metrics.open(StandIn(db))
    assert b'leadbridge_braked_campaigns{route="fitness"} 1.0' in metrics.page()
    metrics.close()
    db.close()
    leadbridge("brake", "release", one["campaign"])
    assert "stopped" not in leadbridge("status").stdout


def test_old_events_and_failures_of_the_sender_do_not_brake(operator):
    """Thirty days later they no longer count; what the vendor puts down to the sender never does."""
    operator.sync_one(route())
    learn(operator, "Yoga", 9)
    with operator.app(route()) as app:
        (found,) = braking.figures(app.db, 1, app.now())
        assert found.bounced == 9
        assert braking.figures(app.db, 1, app.now() + timedelta(days=31)) == []
        with app.db.write() as connection:
            connection.exec_driver_sql("UPDATE vendor_event SET detail = 'sender-side 550' WHERE kind = 'bounced'")
        (found,) = braking.figures(app.db, 1, app.now())
    assert (found.bounced, found.reached > 20) == (0, True)


def test_the_verbs_list_and_release(leadbridge, configure, folder):
    """With the figures and how many are held; an unknown campaign is an error with the next command."""
    configure()
    assert "Nothing is stored yet" in leadbridge("brake", "list").stdout
    db = ledger.Database(f"sqlite:///{folder}/data/bridge.db")
    upgrade(db)
    bench = Bench(db)
    bench.record([bench.lead(1), bench.lead(2)])
    number, _ = bench.route()
    braking.stop(db, Figures(number, "fitness", bench.campaign().no, "k1", "k1", 6, 60), NOW)
    assert bench.claim(place=PLACE) is None
    code, reported = leadbridge.json("brake", "list")
    assert code == 0
    (one,) = reported["braked"]
    assert (one["route"], one["campaign"], one["bounced"], one["reached"], one["held"]) == ("fitness", "k1", 6, 60, 2)
    assert "6 of 60" in leadbridge("brake", "list").stdout
    refused = leadbridge("brake", "release", "k2")
    assert (refused.exit_code, "leadbridge brake list" in refused.stderr) == (2, True)
    assert leadbridge.json("brake", "release", "k1") == (0, {"released": 1})
    assert "No source campaign is stopped" in leadbridge("brake", "list").stdout
    db.close()
