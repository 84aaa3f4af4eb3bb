"""What a webhook posts is a hint: kept as it came, worked off in a round, and believed only where it could be asked."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from bridge.daemon.web.hooks import HEADER, Hooks
from bridge.daemon.web.metrics import Metrics
from bridge.daemon.web.server import Pages, application
from bridge.errors import AnswerLost
from bridge.ledger.events import posts
from bridge.model import EventKind
from bridge.sandbox.instantly.records import Document, Webhook

NEW, OLD = "n" * 43, "o" * 43
URL = "https://hooks.example/hooks/instantly/default"


@pytest.fixture
def door(loop):
    """Posts to the daemon's door with the header of a secret; the status."""
    hooks = Hooks(lambda: loop.db, lambda: {("instantly", "default")}, (NEW, OLD))
    app = application(Pages(), Metrics(), (), hooks)

    def post(body, *, secret=NEW, path="/hooks/instantly/default", kind="application/json"):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": kind, **({HEADER: secret} if secret is not None else {})}

        async def send():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hooks.example") as client:
                return (await client.post(path, content=content, headers=headers)).status_code

        return asyncio.run(send())

    return post


def body(loop, index=0, kind="email_bounced", **facts):
    lead = loop.leads["fitness"][index]
    told = {
        "timestamp": loop.operator.clock.now().isoformat(),
        "event_type": kind,
        "workspace": loop.vendor.id,
        "campaign_id": lead.place,
        "lead_email": lead.email,
        "reply_text": "words that nobody keeps",
    }
    return told | facts


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


def test_a_post_hurries_the_look_at_its_lead(loop, door):
    """A bounce is posted, posted again and told by the poll: one event, one entry; the body is gone afterwards."""
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
        ({"lead_email": "stranger@example.com"}, "not ours"),
        ({"event_type": "account_error", "lead_email": None}, "unknown type account_error"),
    ],
)
def test_what_cannot_be_is_not_recorded_and_is_said(loop, door, facts, why):
    """Nobody is suppressed by it, and the round names the reason."""
    loop.deliver("fitness", 2)
    loop.one()
    assert door(body(loop, **facts)) == 202
    heard = loop.one()
    assert loop.suppressed("fitness") == []
    assert loop.events("fitness") == {}
    assert [note for note in heard.notes if why in note]


def test_both_spellings_of_a_click_are_the_same(loop, door):
    """Subscription and payload differ (pitfall 26)."""
    loop.deliver("fitness", 2)
    for index, kind in enumerate(["link_clicked", "email_link_clicked"]):
        assert door(body(loop, index, kind)) == 202
    loop.one()
    assert loop.events("fitness") == {0: {EventKind.CLICKED}, 1: {EventKind.CLICKED}}


def test_a_bounce_that_is_the_senders_fault_suppresses_no_one(loop, door):
    """A policy of the receiver (5.7.1) and a delay (4.x.x) are told apart from a dead address (5.1.1)."""
    loop.deliver("fitness", 3)
    for index, words in enumerate(["550 5.7.1 blocked", "421 4.2.2 later", "550 5.1.1 no such user"]):
        assert door(body(loop, index, error=words)) == 202
    loop.one()
    assert loop.suppressed("fitness") == [2]


def test_a_disabled_webhook_is_resumed_and_what_it_missed_is_fetched(loop):
    """Failures disabled it; the next round finds it, and the bounce that was never delivered is known."""
    loop.deliver("fitness", 2)
    facts = {"target_hook_url": URL, "headers": {HEADER: NEW}, "event_type": "all_events"}
    hook = Webhook("0198f000-0000-7000-8000-000000000001", loop.operator.clock.now(), facts, -1)
    loop.vendor.webhooks.append(hook)
    missed = {
        "id": "0198f000-0000-7000-8000-000000000002",
        "timestamp_created": loop.operator.clock.now().isoformat(),
        "timestamp_created_date": loop.operator.clock.now().date().isoformat(),
        "organization_id": loop.vendor.id,
        "payload": body(loop, 1, "lead_unsubscribed"),
        "success": False,
        "retry_count": 2,
        "will_retry": False,
        "webhook_url": URL,
        "lead_email": None,
    }
    loop.vendor.deliveries.append(Document(missed))
    loop.webhooks = True
    heard = loop.one()
    assert hook.status == 1
    assert loop.suppressed("fitness") == [1]
    assert [note for note in heard.notes if "was resumed, and 1 posts were fetched" in note]


def test_a_webhook_that_nothing_confirms_is_looked_at_a_few_times_only(loop, door):
    """It said "opened", the lead says nothing: after five looks the requests stop."""
    loop.deliver("fitness", 1)
    loop.one()
    door(body(loop, kind="email_opened"))
    for _ in range(8):
        loop.one()
    assert loop.calls("leads/list") == 0
    assert loop.operator.clock.now() > loop.leads["fitness"][0].created + timedelta(hours=2)
