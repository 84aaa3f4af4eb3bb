"""Answers that contradict themselves: nothing wrong is recorded, no one is forgiven, and the operator sees it."""

import json

import httpx
import pytest

from bridge.ledger.upkeep import erasing
from bridge.model import EventKind
from bridge.sandbox.instantly.happening import happen


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


def test_a_person_is_shown_what_is_known_and_erased_with_it(loop):
    """The export names the events; afterwards no row says whose they were."""
    loop.deliver("fitness", 1)
    loop.happen("fitness", [0], "email_bounced")
    loop.one()
    found = erasing.traces(loop.db, loop.leads["fitness"][0].email)
    assert [event["kind"] for event in erasing.everything(loop.db, found)["events"]] == ["bounced"]


@pytest.mark.parametrize("year", ["1970", "2031"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_time_that_cannot_be_is_not_recorded_by_polling_either(loop, year):
    """The bounce is true, its time is not: it is kept without one, and the round says so."""
    loop.deliver("fitness", 2)
    loop.happen("fitness", [0], "email_bounced")

    def retold(listed):
        when = dict.fromkeys(("timestamp_updated", "timestamp_last_contact"), f"{year}-01-01T00:00:00.000Z")
        return {**listed, "items": [lead | when for lead in listed["items"]]}

    heard = loop.one(transport=Retelling(loop, "/leads/list", retold))
    assert (heard.events[EventKind.BOUNCED], loop.suppressed("fitness")) == (1, [0])
    assert [note for note in heard.notes if "a time that cannot be" in note]
    with loop.db.read() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT first_at, latest_at FROM vendor_event").all() == [(0, 0)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_leads_of_other_senders_are_counted_apart(loop):
    """They bounce and opt out in our campaign: counted without a name, and no one of ours is suppressed for it."""
    campaign = loop.deliver("fitness", 1)
    at = loop.operator.clock.now()
    for number, kind in enumerate(("email_bounced", "lead_unsubscribed")):
        happen(loop.vendor, loop.vendor.add_person(campaign, f"p{number}@others.example", at), kind, at)
    heard = [loop.one() for _ in range(2)]
    assert [(one.apart, one.suppressed) for one in heard] == [(2, 0), (0, 0)]
    with loop.db.read() as connection:
        assert "others.example" not in str(connection.exec_driver_sql("SELECT * FROM vendor_event").all())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("preview", "suppressed"),
    [("550 5.7.1 Our policy blocks your domain", []), ("421 4.7.0 try later", []), ("550 5.1.1 no such user", [0])],
)
def test_a_mail_servers_report_separates_a_senders_failure_by_polling(loop, preview, suppressed):
    """The lead's status has no code; the report that stands in the inbox has one. Alone it makes no bounce."""
    loop.deliver("fitness", 3)
    loop.happen("fitness", range(3), "email_sent")
    loop.happen("fitness", [0], "email_bounced")
    loop.happen("fitness", range(3), "reply_received")

    def reported(listed):
        fields = {"from_address_email": "mailer-daemon@mx.example", "content_preview": preview}
        return {**listed, "items": [mail | fields for mail in listed["items"]]}

    heard = loop.one(transport=Retelling(loop, "/emails", reported))
    assert (heard.events[EventKind.BOUNCED], heard.events[EventKind.REPLIED]) == (1, 0)
    assert loop.suppressed("fitness") == suppressed
