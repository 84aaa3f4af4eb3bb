"""When the daemon asks: by the ledger's clock, once for all hosts, and at once when a webhook posted something."""

from dataclasses import replace
from threading import Event

from bridge.daemon.feedback import FeedbackRounds
from bridge.ledger.events import posts


def test_a_round_is_due_by_the_ledgers_clock(loop):
    """Not at the start, then every quarter of an hour, and not again after another host's round; a post hurries it."""
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
        posts.store(loop.db, "default", "instantly", b"{}")
        assert [route.name for route in rounds.due()] == ["fitness"]
        app.feedback(loop.routes[:1])
        assert rounds.due() == []
