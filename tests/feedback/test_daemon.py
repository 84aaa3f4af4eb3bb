"""When the daemon asks: by the ledger's clock, once for all hosts, and at once when a webhook posted something."""

import json
from dataclasses import replace
from datetime import timedelta
from threading import Event

from bridge.daemon.feedback import FeedbackRounds
from bridge.daemon.web.metrics import Metrics
from bridge.ledger.events import posts
from bridge.model import EventKind, Schedule
from bridge.reports import status
from tests.daemon.parts import StandIn
from tests.feedback.test_bad_answers import Retelling
from tests.feedback.test_webhooks import body


def test_a_round_is_due_by_the_ledgers_clock(loop):
    """Not at the start, then every quarter of an hour, and not again after another host's round."""
    loop.deliver("fitness", 1)
    loop.deliver("by hand", 1)
    loop.routes[1] = replace(loop.routes[1], feedback=replace(loop.routes[1].feedback, every=None))
    with loop.operator.app(*loop.routes) as app:
        rounds = FeedbackRounds(app, Event())
        assert rounds.due() == []
        loop.operator.clock.forward(minutes=15)
        assert [route.name for route in rounds.due()] == ["fitness"]
        assert rounds.due() == []
        app.feedback(loop.routes[:1])
        loop.operator.clock.forward(minutes=14)
        assert rounds.due() == []


def test_a_post_hurries_the_look_at_its_lead_and_nothing_else(loop):
    """No analytics are asked for. Posts that cannot be worked off cause no request every five seconds."""
    broken = []
    failing = Retelling(loop, "/leads/list", lambda listed: {"items": "none"} if broken else listed)
    loop.deliver("fitness", 1)
    loop.one()
    loop.happen("fitness", [0], "email_sent")
    with loop.operator.app(*loop.routes, transport=failing) as app:
        rounds = FeedbackRounds(app, Event())
        posts.store(loop.db, "elsewhere", "instantly", [b"{}"])
        assert rounds.hurried() == []
        posts.store(loop.db, "default", "instantly", [json.dumps(body(loop, kind="email_sent")).encode()])
        loop.operator.forget_calls()
        rounds.look()
        assert (loop.calls(), loop.calls("leads/list")) == (1, 1)
        assert loop.events("fitness") == {0: {EventKind.CONTACTED}}
        posts.store(loop.db, "default", "instantly", [json.dumps(body(loop)).encode()])
        broken.append(True)
        loop.operator.forget_calls()
        rounds.look()
        assert (loop.calls(), list(rounds.hurried())) == (1, [])
        loop.operator.clock.forward(minutes=1)
        assert rounds.hurried() == loop.routes


def test_status_and_metrics_say_how_feedback_stands(loop):
    """When it was last read, how late it is, what failed, and what a round had to say; a later good round ends that."""
    loop.deliver("fitness", 2)
    loop.routes[0] = replace(loop.routes[0], schedule=Schedule(every=timedelta(minutes=15)))
    loop.one()
    read_at = loop.operator.clock.now()

    def document():
        (route,) = status.document("", status.statuses(loop.db, loop.routes))["routes"]
        return route["feedback"]

    assert (document()["status"], document()["late_seconds"], document()["error"]) == ("ok", 0, None)
    posts.store(loop.db, "default", "instantly", [json.dumps(body(loop, workspace="another")).encode()])
    broken = Retelling(loop, "/campaigns/analytics", lambda _: {"rows": []})
    loop.operator.clock.forward(minutes=45)
    loop.one(transport=broken)  # a quarter of an hour later
    said = document()
    assert (said["status"], said["last_success"], said["late_seconds"]) == ("failed", read_at.isoformat(), 45 * 60)
    assert "unknown shape" in said["error"]
    assert "another workspace" in said["notes"][0]
    text = "\n".join(line.text for one in status.statuses(loop.db, loop.routes) for line in status.lines(one))
    assert "45 min late" in text
    assert "another workspace" in text
    daemon = StandIn(loop.db, tuple(loop.routes))
    metrics = Metrics()
    metrics._daemon = daemon
    metrics.count_posts("401", 3)
    sample, fitness = metrics.registry.get_sample_value, {"route": "fitness"}
    assert sample("leadbridge_feedback_last_success_timestamp_seconds", fitness) == read_at.timestamp()
    assert sample("leadbridge_feedback_late_seconds", fitness) == 45 * 60
    assert sample("leadbridge_feedback_failing", fitness) == 1
    assert sample("leadbridge_webhook_posts_total", {"answer": "401"}) == 3
    loop.one()
    assert (document()["status"], document()["error"], len(document()["notes"])) == ("ok", None, 1)
    loop.operator.clock.forward(days=2)
    loop.one()
    assert document()["notes"] == []
