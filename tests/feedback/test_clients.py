"""Webhooks of several clients in one installation: each client's posts and webhooks are its own."""

import json
from dataclasses import replace
from threading import Event
from uuid import uuid4

import pytest

from bridge import ledger
from bridge.config.settings import Secret
from bridge.daemon.feedback import FeedbackRounds
from bridge.daemon.web.hooks import HEADER
from bridge.ledger.events import posts
from bridge.sandbox import World, small_world
from bridge.sandbox.instantly.records import Webhook
from tests.harness import DELIVERABLE, START, Operator, good_world, second_workspace
from tests.sync.test_clients import ACME, BETA, Agency, of


@pytest.fixture
def agency(tmp_path):
    acme = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world("First", leads=2))
    theirs = small_world(START, "Second", leads=2, seed=4, style=DELIVERABLE)
    return Agency(acme, Operator(acme.database_url, World(theirs.scravio, second_workspace()), acme.clock))


def test_webhooks_of_two_clients_do_not_mix(agency, tmp_path):
    """Each client's posts concern its own leads, and only its own webhook is looked after."""
    routes = [of(client) for client in (ACME, BETA)]
    with agency.app(tmp_path, *routes) as app:
        app.settings = replace(app.settings, webhook_secret=Secret("n" * 43))
        app.sync(app.configuration.routes)
        spaces = {client: getattr(agency, client).sandbox.world.instantly for client in ("acme", "beta")}
        people = {client: next(iter(space.people(space.campaign("Fitness Q4").id))) for client, space in spaces.items()}
        for client, space in spaces.items():
            url = f"https://hooks.example/hooks/instantly/{client}"
            facts = {
                "target_hook_url": url,
                "headers": {HEADER: app.webhook_secrets(client)[0]},
                "event_type": "all_events",
            }
            space.webhooks.append(Webhook(str(uuid4()), agency.acme.clock.now(), facts, -1))

        def post(door, about):
            reported = {
                "timestamp": agency.acme.clock.now().isoformat(),
                "event_type": "lead_unsubscribed",
                "workspace": spaces[about].id,
                "campaign_id": people[about].place,
                "lead_email": people[about].email,
            }
            posts.store(app.db, door, "instantly", [json.dumps(reported).encode()])

        post("acme", "acme")
        post("acme", "beta")
        rounds = FeedbackRounds(app, Event())
        assert {route.client for route in rounds.hurried()} == {"acme"}
        rounds.look()
        assert posts.verdicts(app.db, "acme") == {"another workspace": 1, "recorded": 1}
        suppressed = {client: ledger.suppressed(app.db, [people[client].email], client) for client in people}
        assert {client: bool(found) for client, found in suppressed.items()} == {"acme": True, "beta": False}
        assert [space.webhooks[0].status for space in spaces.values()] == [1, -1]
        agency.broken = "acme"
        post("beta", "beta")
        post("acme", "acme")
        rounds.look()
        assert posts.verdicts(app.db, "beta") == {"recorded": 1}
        assert spaces["beta"].webhooks[0].status == 1


def test_a_vendor_that_does_not_answer_holds_up_no_other_clients_round(agency, tmp_path, monkeypatch):
    """While one client's requests hang, the other's round is asked, and the hanging one is not asked twice."""
    monkeypatch.setattr("bridge.daemon.feedback.LOOK_SECONDS", 0.3)
    carry, hanging, over, held = agency.carry, Event(), Event(), []

    def slow(request):
        if hanging.is_set() and "acme-instantly" in " ".join(request.headers.values()):
            held.append(request)
            over.wait(20)
        return carry(request)

    monkeypatch.setattr(agency, "carry", slow)
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        app.sync(app.configuration.routes)
        rounds = FeedbackRounds(app, Event())
        assert rounds.due() == []
        for _ in range(2):
            agency.acme.clock.forward(minutes=20)
            hanging.set()
            agency.seen.clear()
            rounds.look()
            assert {name for name, _ in agency.seen} == {"BETA_INSTANTLY_API_KEY"}
        assert len(held) == 1
        over.set()
        rounds.run_out()
