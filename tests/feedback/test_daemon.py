"""When the daemon asks: by the ledger's clock, once for all hosts, and at once when a webhook posted something."""

import json
from dataclasses import replace
from threading import Event

from bridge.daemon.feedback import FeedbackRounds
from bridge.ledger.events import posts
from bridge.model import EventKind
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
