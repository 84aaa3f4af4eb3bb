"""What a webhook posts is a hint: kept as it came, worked off in a round, and believed only where it could be asked."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from threading import Event
from urllib.parse import urlsplit

import httpx
import pytest

from bridge.config.settings import Secret, Settings
from bridge.daemon.feedback import FeedbackRounds
from bridge.daemon.web.hooks import FULL, HEADER, Hooks
from bridge.daemon.web.metrics import Metrics
from bridge.daemon.web.server import Pages, application
from bridge.errors import AnswerLost
from bridge.ledger.events import posts
from bridge.ledger.events.rounds import latest
from bridge.model import EventKind
from bridge.sandbox.instantly.records import Webhook

NEW, OLD = "n" * 43, "o" * 43
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
URL = "https://hooks.example/hooks/instantly/default"


def opened(loop, secrets=(NEW, OLD), hooks=None):
    """Posts to the daemon's door with the header of a secret; the status. ASGI sends no more than is asked for."""
    hooks = hooks or Hooks(lambda: loop.db, lambda: {("instantly", "default")}, lambda _client: secrets)
    app = application(Pages(), Metrics(), (), hooks)

    def post(body, *, secret=NEW, path="/hooks/instantly/default", kind="application/json", length=""):
        whole = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = {"content-type": kind, **({HEADER: secret} if secret is not None else {})}
        headers |= {"content-length": length} if length else {}

        async def send():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hooks.example") as client:
                return (await client.post(path, content=whole, headers=headers)).status_code

        return asyncio.run(send())

    return post


@pytest.fixture
def door(loop):
    """The door during a rotation: both secrets are good."""
    return opened(loop)


def body(loop, index=0, kind="email_bounced", **facts):
    lead = loop.leads["fitness"][index]
    reported = {
        "timestamp": loop.operator.clock.now().isoformat(),
        "event_type": kind,
        "workspace": loop.vendor.id,
        "campaign_id": lead.place,
        "lead_email": lead.email,
        "reply_text": "words that nobody keeps",
    }
    return reported | facts


def test_the_door_lets_in_only_who_knows_a_secret(loop, door):
    """No, a wrong and an almost right secret are turned away before the body is read; two are good in a rotation."""
    loop.deliver("fitness", 1)
    for secret in (None, "", "wrong", NEW[:-1], f"{NEW} "):
        assert door(body(loop), secret=secret) == 401
    assert [door(body(loop, kind=secret), secret=secret) for secret in (NEW, OLD)] == [202, 202]
    assert door(body(loop), path="/hooks/instantly/other") == 404
    assert door(body(loop), kind="text/plain") == 415
    assert door(b" " * (2 * 1024 * 1024)) == 413
    assert door(b"{") == 400
    assert posts.verdicts(loop.db, "default") == {"waiting": 2}


@ONLY_SQLITE
def test_a_client_cannot_post_for_another(loop):
    """The secret of a client is turned away at the address of any other client."""
    settings = Settings(webhook_secret=Secret(f"{NEW} {OLD}"))
    clients = ("default", "acme", "beta")
    hooks = Hooks(lambda: loop.db, lambda: {("instantly", name) for name in clients}, settings.webhook_secrets_of)
    door = opened(loop, hooks=hooks)
    for mine in clients:
        for number, secret in enumerate(settings.webhook_secrets_of(mine)):
            answers = {
                name: door({"number": number}, secret=secret, path=f"/hooks/instantly/{name}") for name in clients
            }
            assert answers == {name: 202 if name == mine else 401 for name in clients}


def test_an_old_secret_ends_with_the_rotation(loop):
    """Once only the new one is set, the old one is turned away, and nothing is stored."""
    door = opened(loop, (NEW,))
    loop.deliver("fitness", 1)
    assert (door(body(loop), secret=OLD), door(body(loop), secret=NEW)) == (401, 202)
    assert posts.verdicts(loop.db, "default") == {"waiting": 1}


@ONLY_SQLITE
def test_a_body_that_is_turned_away_is_not_read(loop):
    """A wrong secret, a wrong kind and a length over 1 MiB cost no byte; without a length it ends at the limit."""
    door, read = opened(loop, (NEW,)), []

    async def pieces():
        for number in range(32):
            read.append(number)
            yield b" " * 65536

    asked = {"secret": "wrong"}, {"kind": "text/plain"}, {"length": str(2 * 1024 * 1024)}, {}
    assert [(door(pieces(), **one), len(read)) for one in asked] == [(401, 0), (415, 0), (413, 0), (413, 17)]
    assert posts.verdicts(loop.db, "default") == {}


@ONLY_SQLITE
def test_what_waits_is_bounded_by_client(loop, monkeypatch):
    """More is answered 202 and counted, since polling finds it; another client's posts are kept all the same."""
    monkeypatch.setattr(posts, "MOST_WAITING", 3)
    hooks = Hooks(lambda: loop.db, lambda: {("instantly", "default"), ("instantly", "acme")}, lambda _client: (NEW,))
    door = opened(loop, hooks=hooks)
    assert {door({"number": number}) for number in range(5)} == {202}
    assert door({"number": 6}, path="/hooks/instantly/acme") == 202
    assert [posts.verdicts(loop.db, client) for client in ("default", "acme")] == [{"waiting": 3}, {"waiting": 1}]
    assert hooks.counted == {202: 6, FULL: 2}


def test_a_post_hurries_the_look_at_its_lead(loop, door):
    """A bounce is posted, posted again and reported by the poll: one event, one entry; the body is gone afterwards."""
    loop.deliver("fitness", 3)
    loop.one()
    loop.happen("fitness", [0], "email_sent")
    loop.happen("fitness", [0], "email_bounced")
    assert [door(body(loop)) for _ in range(3)] == [202, 202, 202]
    heard = loop.one()
    assert (heard.events[EventKind.BOUNCED], heard.suppressed) == (1, 1)
    assert posts.verdicts(loop.db, "default") == {"recorded": 1}
    with loop.db.read() as connection:
        assert "nobody keeps" not in str(connection.exec_driver_sql("SELECT * FROM webhook_post").all())
        (row,) = connection.exec_driver_sql("SELECT learnt, witnesses FROM vendor_event WHERE kind = 'bounced'").all()
    assert tuple(row) == ("webhook", 1 | 4)


class Losing(httpx.BaseTransport):
    """As the sandbox, but the answer to making a webhook may be lost, and some listings of webhooks show none."""

    def __init__(self, loop, *, lose, blind):
        self.inner, self.lose, self.blind = loop.operator.sandbox.transport(), lose, list(blind)

    def handle_request(self, request):
        response = self.inner.handle_request(request)
        if not request.url.path.endswith("/webhooks"):
            return response
        if request.method == "POST" and self.lose:
            raise httpx.ReadError("cut off")
        if request.method == "GET" and self.blind.pop(0):
            return httpx.Response(200, json={"items": []})
        return response


def test_of_two_webhooks_that_a_lost_answer_leaves_one_stays(loop):
    """The list shows it: it is found. The list lags: a second one is made, and removed at once or within the hour."""
    loop.deliver("fitness", 1)

    def register(**how):
        with loop.operator.app(*loop.routes, transport=Losing(loop, **how) if how else None) as app:
            return app.destination(loop.routes[0]).register_hook(URL, HEADER, NEW)[1]

    assert register(lose=True, blind=[False, False]) is True
    assert (len(loop.vendor.webhooks), register()) == (1, False)
    loop.vendor.webhooks.clear()
    with pytest.raises(AnswerLost):
        register(lose=True, blind=[False, True])
    assert register(lose=False, blind=[True, False]) is True
    (stayed,) = loop.vendor.webhooks
    with pytest.raises(AnswerLost):
        register(lose=True, blind=[True, True])
    assert len(loop.vendor.webhooks) == 2
    loop.webhooks = True
    assert [note for note in loop.one().notes if "registered twice" in note]
    assert loop.vendor.webhooks == [stayed]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"workspace": "another"}, "another workspace"),
        ({"timestamp": "1970-01-01T00:00:00Z"}, "no credible time"),
        ({"timestamp": "2031-01-01T00:00:00Z"}, "no credible time"),
        ({"event_type": "lead_became_a_friend"}, "unknown type lead_became_a_friend"),
        ({"campaign_id": "another"}, "not ours"),
        ({"workspace": ""}, "another workspace"),
        ({"lead_email": "stranger@example.com"}, "not ours"),
        ({"event_type": "account_error", "lead_email": None}, "unknown type account_error"),
    ],
)
def test_what_cannot_be_is_not_recorded_and_is_said(loop, door, facts, why):
    """No one is suppressed by it, and the round names the reason."""
    loop.deliver("fitness", 2)
    loop.one()
    assert door(body(loop, **facts)) == 202
    heard = loop.one()
    assert loop.suppressed("fitness") == []
    assert loop.events("fitness") == {}
    assert [note for note in heard.notes if why in note]


@ONLY_SQLITE
def test_a_post_about_a_lead_that_was_moved_by_hand_hurries_the_look_at_it(loop, door):
    """It names the new campaign: nothing is recorded by the post, and the look at the lead shows the opt-out."""
    loop.deliver("fitness", 2)
    loop.one()
    other = loop.vendor.add_campaign("by hand", 1, loop.operator.clock.now())
    loop.vendor.change_person(loop.vendor.person(loop.leads["fitness"][0].id), place=other.id)
    loop.happen("fitness", [0], "lead_unsubscribed")
    for index in (0, 1):
        assert door(body(loop, index, "lead_unsubscribed", campaign_id=other.id)) == 202
    loop.one()
    assert loop.suppressed("fitness") == [0]


def test_both_spellings_of_a_click_are_the_same(loop, door):
    """Subscription and payload differ (pitfall 26)."""
    loop.deliver("fitness", 2)
    for index, kind in enumerate(["link_clicked", "email_link_clicked"]):
        assert door(body(loop, index, kind)) == 202
    loop.one()
    assert loop.events("fitness") == {0: {EventKind.CLICKED}, 1: {EventKind.CLICKED}}


def test_a_bounce_that_is_the_senders_fault_suppresses_no_one(loop, door):
    """A policy of the receiver (5.7.1) and a delay (4.x.x) are distinguished from a dead address (5.1.1)."""
    loop.deliver("fitness", 3)
    for index, words in enumerate(["550 5.7.1 blocked", "421 4.2.2 later", "550 5.1.1 no such user"]):
        assert door(body(loop, index, error=words)) == 202
    loop.one()
    assert loop.suppressed("fitness") == [2]


def test_a_disabled_webhook_heals_in_the_daemons_round(loop, door):
    """No answer disabled it: the hourly look resumes it, and fetches what it missed; later posts come at once."""
    loop.deliver("fitness", 3)
    loop.webhooks, sandbox, clock = True, loop.operator.sandbox, loop.operator.clock
    settings = replace(loop.operator.settings, webhook_secret=Secret(NEW))
    with loop.operator.app(*loop.routes, settings=settings) as app:
        app.destination(loop.routes[0]).register_hook(URL, HEADER, NEW)
        rounds = FeedbackRounds(app, Event())
        rounds.look()
        sandbox.post = lambda _: 0
        loop.happen("fitness", [1], "lead_unsubscribed")
        for seconds in (0, 10, 20):
            clock.forward(seconds=seconds)
            sandbox.deliver_due()
        (hook,) = loop.vendor.webhooks
        assert hook.status == -1
        loop.vendor.change_person(loop.vendor.person(loop.leads["fitness"][1].id), status=1)  # the post alone says so
        sandbox.post = lambda out: door(out.payload, secret=out.headers[HEADER], path=urlsplit(out.url).path)
        clock.forward(hours=1)
        rounds.look()
        assert (hook.status, loop.suppressed("fitness")) == (1, [1])
        (said,) = (one.notes for one in latest(loop.db).values())
        assert "was resumed, and 1 posts were fetched" in said[0]
        loop.happen("fitness", [2], "lead_unsubscribed")
        sandbox.deliver_due()
        loop.operator.forget_calls()
        rounds.look()
        assert (loop.suppressed("fitness"), loop.calls()) == ([1, 2], 1)


def test_a_webhook_with_another_secret_is_not_resumed(loop):
    """It would be turned away and disabled again: the round says what to do. A key without the right stops no round."""
    loop.deliver("fitness", 1)
    facts = {"target_hook_url": URL, "headers": {HEADER: OLD}, "event_type": "all_events"}
    hook = Webhook("0198f000-0000-7000-8000-000000000001", loop.operator.clock.now(), facts, -1)
    loop.vendor.webhooks.append(hook)
    loop.webhooks = True
    (note,) = loop.one().notes
    assert (hook.status, "webhooks register" in note) == (-1, True)
    loop.operator.clock.forward(hours=1)
    loop.operator.sandbox.faults.add("status", path="*/webhooks", code=403)
    heard = loop.one()
    assert (heard.status, "cannot be looked after" in heard.notes[0]) == ("ok", True)


def test_a_webhook_that_nothing_confirms_is_looked_at_a_few_times_only(loop, door):
    """It said "opened", the lead says nothing: after five looks the requests stop."""
    loop.deliver("fitness", 1)
    loop.one()
    door(body(loop, kind="email_opened"))
    for _ in range(8):
        loop.one()
    assert loop.calls("leads/list") == 0
    assert loop.operator.clock.now() > loop.leads["fitness"][0].created + timedelta(hours=2)
