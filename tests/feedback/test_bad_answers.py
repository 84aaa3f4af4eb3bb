"""Answers that contradict themselves: nothing wrong is recorded, nobody is forgiven, and the operator is told."""

import json

import httpx

from bridge.ledger.upkeep import erasing
from bridge.model import EventKind


class Retelling(httpx.BaseTransport):
    """Answers as the sandbox does, but retells those of one path."""

    def __init__(self, loop, path, edit):
        self.inner, self.path, self.edit = loop.operator.sandbox.transport(), path, edit

    def handle_request(self, request):
        response = self.inner.handle_request(request)
        body = response.read()
        if not request.url.path.endswith(self.path):
            return response
        return httpx.Response(response.status_code, content=json.dumps(self.edit(json.loads(body))).encode())


def test_counts_that_shrink_take_nothing_back(loop):
    """The analytics say fewer bounces than before: the event and its consequence stay, and the round says so once."""
    loop.deliver("fitness", 3)
    loop.happen("fitness", [0], "email_bounced")
    loop.one()
    fewer = lambda rows: [row | {"bounced_count": 0} for row in rows]  # noqa: E731 - a name for what it is
    said = [loop.one(transport=Retelling(loop, "/campaigns/analytics", fewer)).notes for _ in range(3)]
    assert [len(notes) for notes in said] == [1, 0, 0]
    assert "became smaller" in said[0][0]
    assert loop.suppressed("fitness") == [0]
    loop.happen("fitness", [1], "email_bounced")
    assert loop.one().events[EventKind.BOUNCED] == 1


def test_a_count_that_no_listing_explains_is_looked_at_again(loop):
    """The listing lags behind the analytics: the next round finds the bounce, and nothing is lost."""
    loop.deliver("fitness", 3)
    loop.one()
    loop.happen("fitness", [0], "email_bounced")
    empty = Retelling(loop, "/leads/list", lambda _: {"items": []})
    assert loop.one(transport=empty).events == {}
    assert loop.one().events[EventKind.BOUNCED] == 1


def test_a_campaign_that_was_deleted_is_said(loop):
    """Its leads keep what is known of them."""
    campaign = loop.deliver("fitness", 2)
    loop.happen("fitness", [0], "email_bounced")
    loop.one()
    loop.vendor.remove_place(campaign)
    heard = [loop.one() for _ in range(3)]
    assert [one.status for one in heard] == ["ok"] * 3
    assert [note for one in heard for note in one.notes if "no more" in note or "no longer" in note]
    assert loop.suppressed("fitness") == [0]


def test_a_shape_that_no_document_has_blocks_nothing_that_is_known(loop):
    """An object in place of the array: the round fails in one sentence, and the next one goes on."""
    loop.deliver("fitness", 2)
    loop.happen("fitness", [0], "email_bounced")
    broken = loop.one(transport=Retelling(loop, "/campaigns/analytics", lambda rows: {"rows": rows}))
    assert (broken.status, "unknown shape" in broken.error) == ("failed", True)
    assert loop.one().events[EventKind.BOUNCED] == 1


def test_a_person_is_told_what_is_known_and_erased_with_it(loop):
    """The export names the events; afterwards no row says whose they were."""
    loop.deliver("fitness", 1)
    loop.happen("fitness", [0], "email_bounced")
    loop.one()
    found = erasing.traces(loop.db, loop.leads["fitness"][0].email)
    assert [event["kind"] for event in erasing.everything(loop.db, found)["events"]] == ["bounced"]
