"""Who a target can start, and when, by what its vendor documents: for `pace.ahead`."""

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.destinations.inbox import foresight as inbox
from bridge.destinations.inbox.reading import Sender, read_campaign
from bridge.destinations.instantly.pacing import Queue, Ramp, Senders, Terms, pace_of, starts
from bridge.destinations.instantly.senders import senders_of
from bridge.destinations.puffle import foresight as puffle
from bridge.destinations.puffle.campaigns import read_campaign as read_draft
from bridge.errors import Denied
from bridge.sandbox.instantly.records import Event
from tests.destinations import test_inbox, test_puffle
from tests.destinations.conftest import NOW, Stage

FRIDAY = NOW.date()
EVERY_DAY = {str(day): True for day in range(7)}


def scheduled(stage, *, to="23:59", zone="Etc/GMT+12", days=EVERY_DAY, **settings):
    hours = {"name": "x", "timing": {"from": "00:00", "to": to}, "days": days, "timezone": zone}
    stage.spot().settings |= {"campaign_schedule": {"schedules": [hours]}, **settings}


@pytest.fixture
def stage():
    made = Stage()
    made.spot().status = 1
    yield made
    made.client.close()


def first_days(stage, count=3):
    return [people for _, people in stage.destination.capacity(stage.place()).starts[:count]]


def test_the_narrowest_limit_counts(stage):
    """Campaign, senders that can send, new people a day; a paused account adds nothing."""
    scheduled(stage, daily_limit=50)
    assert first_days(stage, 1) == [30]  # its one sender
    stage.workspace.add_mailbox("more@sandbox.example", NOW, daily_limit=30)
    stage.workspace.add_mailbox("paused@sandbox.example", NOW, status=2)
    senders = ["sender@sandbox.example", "more@sandbox.example", "paused@sandbox.example"]
    scheduled(stage, daily_limit=50, email_list=senders)
    assert first_days(stage, 1) == [50]
    scheduled(stage, daily_limit=50, daily_max_leads=7)
    assert first_days(stage, 1) == [7]


def test_a_sender_of_several_active_campaigns_counts_with_its_part(stage):
    """Two active campaigns share an account's mails; one that is paused, or has senders of its own, takes none."""
    scheduled(stage, daily_limit=100, email_list=["sender@sandbox.example"])
    other = stage.workspace.add_campaign("Another", 0, NOW)
    other.settings["email_list"] = ["sender@sandbox.example"]
    assert first_days(stage, 1) == [30]
    other.status = 1
    assert first_days(stage, 1) == [15]
    assert any("serve other campaigns too" in one for one in stage.destination.capacity(stage.place()).arithmetic)
    other.settings["email_list"] = ["others@sandbox.example"]
    assert first_days(stage, 1) == [30]


def tagged(stage, label, *mailboxes):
    """Give these senders a tag of this label; its id."""
    tag = stage.client.write("POST", "/custom-tags", {"label": label}).data["id"]
    for one in mailboxes:
        one.tags = (*one.tags, tag)
    return tag


@pytest.mark.parametrize("shown", [True, False])
def test_campaigns_that_name_one_sender_by_different_tags_share_it(shown):
    """Whatever tag or address names a sender, it is one sender; also where the vendor shows no tags of accounts."""
    stage = Stage() if shown else Stage(through=Untagged)
    (sender,) = stage.workspace.mailboxes
    second = stage.workspace.add_mailbox("second@sandbox.example", NOW, daily_limit=30)
    ours, theirs, alone = tagged(stage, "ours", sender), tagged(stage, "theirs", sender), tagged(stage, "alone", second)
    scheduled(stage, daily_limit=100, email_tag_list=[ours], email_list=["Sender@sandbox.example"])
    assert first_days(stage, 1) == [30]
    other = stage.workspace.add_campaign("Another", 1, NOW)
    other.settings |= {"email_tag_list": [theirs, alone], "email_list": []}
    assert first_days(stage, 1) == [15]
    other.status = 4  # its subsequences still send
    assert first_days(stage, 1) == [15]
    other.settings["email_tag_list"] = [alone]
    assert first_days(stage, 1) == [30]
    stage.client.close()


class Untagged(httpx.BaseTransport):
    """Shows no tags of accounts."""

    def __init__(self, inner):
        self.inner = inner

    def handle_request(self, request):
        response = self.inner.handle_request(request)
        body = json.loads(response.read())
        if request.url.path.endswith("/accounts"):
            body = body | {"items": [one | {"tags": None} for one in body["items"]]}
        return httpx.Response(response.status_code, json=body)


NAMED = st.tuples(st.sets(st.integers(0, 2)), st.sets(st.integers(0, 2)))


@given(tags=st.lists(st.sets(st.integers(0, 2)), min_size=3, max_size=3), named=st.lists(NAMED, min_size=2, max_size=3))
@settings(max_examples=12, deadline=None)
def test_no_senders_are_promised_twice(tags, named):
    """Campaigns name senders by address and tag as they like: together they count at most what their senders send."""
    stage = Stage()
    ids = [tagged(stage, f"tag {number}") for number in range(3)]
    del stage.workspace.mailboxes[:]
    boxes = [
        stage.workspace.add_mailbox(f"s{at}@sandbox.example", NOW, tags=tuple(ids[one] for one in some))
        for at, some in enumerate(tags)
    ]
    for number, (addresses, wanted) in enumerate(named):
        spot = stage.workspace.add_campaign(f"Campaign {number}", 1, NOW) if number else stage.spot()
        spot.status = 1
        senders = {
            "email_list": [boxes[one].email for one in addresses],
            "email_tag_list": [ids[one] for one in wanted],
        }
        spot.settings |= {**senders, "daily_limit": None}
    total, used = 0, set()
    for spot, (addresses, wanted) in zip(stage.workspace.campaigns, named, strict=True):
        mine = {at for at, box in enumerate(boxes) if at in addresses or {ids[one] for one in wanted} & set(box.tags)}
        found = senders_of(stage.client, stage.client.get(f"/campaigns/{spot.id}").data, shared=True)
        assert (found.able if found else 0) == len(mine)
        total, used = total + (found.daily if found else 0), used | mine
    stage.client.close()
    assert total <= 30 * len(used)
    assert total >= (30 - len(named)) * len(used)  # of a limit only what does not divide is left


def test_a_slow_ramp_sends_less_at_first(stage):
    """By `warmup.increment` a day from the first day of the warm-up on."""
    (mailbox,) = stage.workspace.mailboxes
    mailbox.slow_ramp = True
    mailbox.settings |= {
        "warmup": {"increment": "2"},
        "timestamp_warmup_start": (NOW - timedelta(days=1)).isoformat(),
    }
    scheduled(stage)
    assert first_days(stage) == [4, 6, 8]


def test_sending_days_and_hours_count(stage):
    """No day on which it does not send, nothing more today behind its hours, nothing after its last day."""
    workdays = EVERY_DAY | {"0": False, "6": False}
    scheduled(stage, days=workdays)
    found = stage.destination.capacity(stage.place())
    assert [day for day, _ in found.starts[:2]] == [FRIDAY, FRIDAY + timedelta(days=3)]
    assert (found.within(3), found.within(4)) == (30, 60)
    scheduled(stage, days=workdays, to="09:00", zone="Europe/Belgrade")  # it is one o'clock there
    assert stage.destination.capacity(stage.place()).within(3) == 0
    scheduled(stage)
    stage.spot().settings["campaign_schedule"]["end_date"] = FRIDAY.isoformat()
    assert len(stage.destination.capacity(stage.place()).starts) == 1


def test_what_went_today_and_follow_ups_go_first(stage):
    """Ten were first written to yesterday: their next mails take ten places tomorrow; today five mails have gone."""
    campaign = stage.spot()
    campaign.steps, campaign.delays, campaign.follow_ups = (("Hi", "Hello"), ("Again", "Hello")), (2,), 4
    for number in range(15):
        at = NOW - timedelta(days=1) if number < 10 else NOW
        person = stage.put(f"person{number}@example.com")
        stage.workspace.record(Event("email_sent", at, person.id, person.email, campaign.id, ""))
    scheduled(stage)
    found = stage.destination.capacity(stage.place())
    assert [people for _, people in found.starts[:2]] == [30 - 5 - 4, 30 - 10]
    assert (found.waiting, found.total) == (0, 15)


def test_a_draft_holds_its_leads_back(stage):
    """A draft has no analytics: its leads are counted one by one, as if it ran from today on."""
    stage.spot().status = 0
    stage.put("jane@example.com")
    scheduled(stage)
    found = stage.destination.capacity(stage.place())
    assert (found.waiting, found.within(1)) == (1, 30)
    assert "assumes that it runs" in " ".join(found.arithmetic)


@pytest.mark.parametrize(
    "settings", [{"email_list": []}, {"daily_limit": 10**9, "email_list": ["big@sandbox.example"]}]
)
def test_what_is_unknown_or_absurd_is_no_number(stage, settings):
    """No sender is named, or more mails a day than anyone sends: an error with a way out."""
    stage.workspace.add_mailbox("big@sandbox.example", NOW, daily_limit=10**9)
    scheduled(stage, **settings)
    with pytest.raises(Denied) as raised:
        stage.destination.capacity(stage.place())
    assert "pace.per_day" in raised.value.hint


@settings(max_examples=40)
@given(
    st.integers(0, 40), st.integers(0, 60), st.lists(st.integers(0, 3), max_size=2), st.booleans(), st.integers(0, 300),
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 4), st.integers(-5, 5)), max_size=3),
)  # fmt: skip
def test_first_touch_and_capacity_are_one_calculation(daily, backlog, delays, first, new, ramps):
    """The day of the last of `new` people is the first day by which as many were started; no day exceeds its limit."""
    terms = Terms(daily=daily, delays=tuple(map(float, delays)), follow_ups_first=first)
    grow = tuple(Ramp(limit, step, FRIDAY + timedelta(days=began)) for limit, step, began in ramps)
    senders = Senders(9, 9, 50 + sum(one.limit for one in grow), len(grow), grow)
    queue = Queue(3, backlog)
    days = list(starts(terms, senders, queue, FRIDAY))
    assert all(0 <= people <= daily for _, people in days)
    found, left = pace_of(terms, senders, queue, new, FRIDAY), new + 3
    for day, people in days if new and daily else ():
        left -= people
        if left <= 0:
            assert found.last == day
            break
    else:
        assert found.last is None


# ------------------------------------------------------------------------------------------------- the other vendors

X = {
    "id": "c", "hourlyMessageRate": 8, "targetsCount": 30, "contactedCount": 10, "accountLinkIds": ["a", "b"],
    "scheduleTimezone": "UTC", "scheduleHours": {str(day): {"start": 540, "end": 1020} for day in range(1, 6)},
}  # fmt: skip
LINKED = [Sender("a", "a", "active", "twitter"), Sender("b", "b", "offline", "twitter")]


def test_inbox_by_rate_hours_and_senders():
    """Eight messages an hour of one sender, five hours left today, none at the weekend; follow-ups share the rate."""
    found = inbox.capacity(read_campaign(X), LINKED, NOW)
    assert (found.waiting, found.within(3), found.within(4)) == (20, 40, 40 + 64)
    steps = [{"type": "message", "data": {"segments": [{"type": "static", "text": "Hi"}]}}] * 2
    assert inbox.capacity(read_campaign(X | {"sequence": {"steps": steps}}), LINKED, NOW).within(3) == 20
    with pytest.raises(Denied, match="credibly"):
        inbox.capacity(read_campaign(X | {"contactedCount": 31}), LINKED, NOW)


def test_puffle_by_the_limits_of_a_draft_and_its_senders():
    """The narrower of both; where neither is reported, or hours are set in an undocumented form, nothing is guessed."""
    senders = [{"id": "s", "status": "active", "daily_limit": 30}, {"id": "t", "status": "error", "daily_limit": 99}]
    draft = read_draft({"id": "d", "type": "email", "daily_limit": 50, "sender_accounts": senders})
    assert puffle.capacity(draft, (), 12, FRIDAY).within(2) == 60
    assert puffle.capacity(draft, [{"type": "email"}, {"type": "delay"}, {"type": "email"}], 12, FRIDAY).within(2) == 30
    profiles = [{"id": "p", "status": "connected", "weekly_connection_limit": 80}]
    linked = read_draft({"id": "d", "type": "linkedin", "sender_accounts": profiles})
    assert puffle.capacity(linked, (), 0, FRIDAY).within(1) == 11
    for change in ({"operating_hours": {"mon": "?"}}, {"sender_accounts": [{"status": "connected"}]}):
        with pytest.raises(Denied, match="does not show"):
            puffle.capacity(replace(linked, facts={**linked.facts, **change}), (), 0, FRIDAY)


def test_the_other_sandboxes_show_their_figures():
    """From the wire: one sender of X by its hours, one mail account by its daily limit."""
    x, mail = test_inbox.Stage(), test_puffle.Stage()
    try:
        found = x.destination.capacity(x.deliveries("jane")[0].place)
        assert found.within(7) > 0
        assert (found.waiting, found.total) == (0, 0)
        place = mail.destination.check().place
        assert mail.destination.capacity(place).within(2) == 60
    finally:
        x.client.close()
        mail.client.close()
