"""What Instantly shows before anything is sent: who is where, the plan, the texts, the pace. Reads only."""

from datetime import timedelta

import pytest

from bridge.destinations.instantly import foresight
from bridge.model import Fields, Reason
from tests.destinations.conftest import CAMPAIGN, LIST, NOW
from tests.destinations.contract import ADDRESSES

JANE, JOE, ANN = ADDRESSES


def look(stage, *addresses, fields=None, samples=0):
    deliveries = stage.deliveries(*(addresses or ADDRESSES), fields=fields)
    return stage.destination.foresee(stage.place(), deliveries, samples)


def seen(found, number):
    return [(one.reason, one.where, one.skipped) for one in found.met.get(number, ())]


def set_texts(stage, *steps, **settings):
    """Steps are lists of (subject, body) variants."""
    reported = [
        {"type": "email", "delay": 3, "variants": [{"subject": subject, "body": body} for subject, body in variants]}
        for variants in steps
    ]
    stage.spot().settings = {"sequences": [{"steps": reported}], **settings}


def test_who_stands_where_is_reported_with_names(stage):
    """In this target, in another campaign, in a list, nowhere: each with its name, and whether it is left out."""
    other = stage.workspace.add_campaign("Old one", 3, NOW)
    stage.put(JANE)
    stage.workspace.add_person(other, JOE, NOW)
    stage.put(JOE, LIST)
    found = look(stage)
    assert seen(found, 1) == [(Reason.IN_TARGET, "", True)]
    assert sorted(seen(found, 2)) == [(Reason.IN_CAMPAIGN, "Old one", True), (Reason.IN_LIST, LIST.ref, True)]
    assert seen(found, 3) == []
    assert (found.looked_at, found.taken) == (3, 1)


@pytest.mark.parametrize(
    ("dedupe", "taken"), [("target", 3), ("campaigns", 2), ("lists", 2), ("workspace", 1)]
)  # fmt: skip
def test_only_what_the_scope_skips_is_left_out(aimed, dedupe, taken):
    """The same people are known, but whether that keeps them out is the route's dedupe's to say, as at the push."""
    stage = aimed(CAMPAIGN, dedupe=dedupe)
    stage.workspace.add_person(stage.workspace.add_campaign("Old one", 3, NOW), JANE, NOW)
    stage.put(JOE, LIST)
    found = look(stage)
    assert len(found.met) == 2
    assert found.taken == taken
    stage.destination.push(stage.deliveries(*ADDRESSES))
    assert len(stage.held()) == taken


def test_the_block_list_counts_addresses_and_domains(stage):
    """Both kinds of entry keep people out; no one else."""
    stage.workspace.block(JANE, NOW)
    stage.workspace.block("example.org", NOW)
    found = look(stage)
    assert seen(found, 1) == seen(found, 2) == [(Reason.BLOCKLIST, "", True)]
    assert found.taken == 1


@pytest.mark.parametrize("people", [3, 80])
def test_a_long_block_list_is_searched_or_read_as_far_as_is_reported(stage, people, monkeypatch):
    """Few addresses are searched for, for many the list is read; where that is cut short, it is said."""
    monkeypatch.setattr(foresight, "MOST_PAGES", 3)
    for number in range(450):
        stage.workspace.block(f"blocked{number}@example.net", NOW + timedelta(seconds=number))
    stage.workspace.block(JANE, NOW + timedelta(days=1))
    addresses = [*ADDRESSES, *(f"p{number}@example.com" for number in range(people - 3))]
    found = look(stage, *addresses)
    asked = stage.requests()["GET /api/v2/block-lists-entries"]
    assert any("first 300 entries" in note for note in found.notes) == (people > 3)
    assert (Reason.BLOCKLIST, "", True) in seen(found, 1) or people > 3
    assert look(stage, *addresses).notes == found.notes
    again = stage.requests()["GET /api/v2/block-lists-entries"] - asked
    assert (again == 0) == (people > 3)  # a long list is read once, however many routes ask


def test_nothing_is_written_and_little_is_asked(stage):
    """A thousand leads: ten lookups and a handful of reads, not one write."""
    before = stage.requests()
    people = [f"person{number:04}@example.com" for number in range(1_000)]
    assert look(stage, *people, samples=3).taken == 1_000
    asked = {name: count - before.get(name, 0) for name, count in stage.requests().items()}
    assert asked.pop("POST /api/v2/leads/list") == 10
    assert all(name.startswith("GET ") for name in asked)
    assert sum(asked.values()) <= 12
    assert stage.held() == []


def test_letters_are_for_those_who_would_be_taken(stage):
    """Samples are the first that go, in both variants, with their own fields."""
    set_texts(stage, [("A {{firstName}}", "x"), ("B {{platform|web}}", "y")])
    stage.put(JANE)
    found = look(stage, fields=Fields(first_name="Kim"), samples=1)
    assert list(found.letters) == [2]
    first, second = found.letters[2]
    assert "".join(piece.text for piece in first.subject) == "A Kim"
    assert "".join(piece.text for piece in second.subject) == "B web"


def test_variables_of_every_step_are_counted(stage):
    """Who has nothing for a variable, whether it has a fallback, and whether anybody fills it, in follow-ups too."""
    set_texts(stage, [("{{firstName|there}}", "{{vip}}")], [("", "{{firstName}} {{ghost|x}}")])
    deliveries = [
        *stage.deliveries(JANE, fields=Fields(first_name="Jane", variables={"vip": True})),
        *stage.deliveries(JOE, JOE, fields=Fields(variables={"vip": ""})),
    ]
    found = stage.destination.foresee(stage.place(), deliveries, 0)
    uses = {use.name: use for use in found.uses}
    assert (uses["firstName"].empty, uses["firstName"].fallbacks, uses["firstName"].bare) == (2, ("there",), True)
    assert (uses["vip"].empty, uses["vip"].mapped) == (2, True)
    assert (uses["ghost"].empty, uses["ghost"].mapped, uses["ghost"].bare) == (3, False, False)


def test_new_variables_are_named(stage):
    """Custom variables that the campaign does not have yet would be added for all of its leads."""
    stage.spot().variables["known"] = ""
    found = look(stage, fields=Fields(variables={"known": "1", "fresh": "2", "empty": ""}))
    assert found.widens == ("fresh",)
    stage.spot().settings = {"custom_variables": None}
    assert look(stage, fields=Fields(variables={"fresh": "2"})).widens == ("fresh",)


def test_the_pace_is_read_from_campaign_senders_and_queue(stage):
    """Limits of the campaign and of its able senders, people no one has written to yet, follow-ups due."""
    spot, workspace = stage.spot(), stage.workspace
    workspace.add_mailbox("two@sandbox.example", NOW, daily_limit=7)
    workspace.add_mailbox("broken@sandbox.example", NOW, daily_limit=99, status=-1)
    workspace.add_mailbox("foreign@sandbox.example", NOW, daily_limit=99)
    set_texts(
        stage,
        [("Hi", "x")],
        daily_limit=100,
        email_list=["sender@sandbox.example", "two@sandbox.example", "broken@sandbox.example"],
    )
    for number in range(40):
        stage.put(f"waiting{number}@example.com")
    spot.contacted, spot.follow_ups = 3, 2
    found = look(stage)
    assert found.pace.sending_days == 2  # 37 waiting + 2 follow-ups + 3 new, 30 + 7 mails a day
    reported = " ".join(found.pace.arithmetic)
    assert "2 of 3 can send, 37 mails per day" in reported
    assert "37 people" in reported
    assert "2 follow-ups" in reported


def test_senders_by_tag_are_found(stage):
    """A campaign may name tags in place of accounts."""
    tag = "019ffad2-5c4b-761a-9bc4-059ac4b3a8a9"
    stage.workspace.add_mailbox("two@sandbox.example", NOW, daily_limit=2, tags=(tag,))
    stage.spot().settings = {"email_list": [], "email_tag_list": [tag]}
    assert look(stage).pace.sending_days == 2


def test_a_draft_is_counted_by_hand(stage):
    """The analytics leave drafts out: their leads are counted from the listing."""
    stage.spot().status = 0
    stage.put("waiting@example.com")
    reported = " ".join(look(stage).pace.arithmetic)
    assert "not contacted yet: 1 person" in reported
    assert "is not running now" in reported


def test_analytics_that_contradict_themselves_are_not_believed(stage):
    """More contacted than there are (pitfall 33): unknown, not less than no one."""
    stage.spot().contacted = 5
    assert "unknown number of people" in " ".join(look(stage).pace.arithmetic)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("*/leads/list", "Who is in the workspace already"),
        ("*/block-lists-entries", "The block list"),
        ("*/plan-details", "The plan's room"),
        ("*/campaigns/analytics", "How many leads wait"),
        ("*/sending-status", "How many follow-ups"),
        ("*/accounts", "The campaign's senders"),
    ],
)
def test_what_cannot_be_read_is_said_and_hides_nothing_else(stage, path, words):
    """A missing scope costs the one answer it guards: the rest stands, and the gap is reported."""
    set_texts(stage, [("Hi", "there")])
    stage.sandbox.faults.add("status", path=path, code=403, commit=False)
    found = look(stage, samples=1)
    assert [note for note in found.notes if note.startswith(words)]
    assert found.letters
    assert (found.looked_at is None) == (path == "*/leads/list")
    assert (found.room is None) == (path == "*/plan-details")


def test_a_list_mails_no_one(aimed):
    """No texts, no pace, no room taken; who stands where is reported all the same."""
    stage = aimed(LIST)
    stage.put(JANE)
    found = look(stage, samples=2)
    assert (found.letters, found.pace, found.room.counts, found.taken) == ({}, None, False, 2)


def test_a_list_that_is_to_be_made_is_looked_ahead_for(aimed):
    """No one stands in it yet, and it is not made by looking."""
    stage = aimed(LIST, ref="Brand new", create=True)
    found = look(stage)
    assert found.taken == 3
    assert stage.workspace.lead_list("Brand new") is None


def test_a_campaign_without_mails_is_warned_of(stage):
    """Leads that join a campaign with nothing to say are never written to."""
    set_texts(stage)
    assert "no mail yet" in look(stage).warnings[0]


def test_who_may_stand_there_unseen_leaves_no_number(stage):
    """A listing that may hold more: how many would be taken is not exact, so it is not shown; the notes say why."""
    stage.put("jane@example.com")
    stage.sandbox.faults.add("same_cursor", path="*/leads/list")
    found = look(stage, "jane@example.com", "joe@example.com")
    assert found.looked_at is None
    assert any("not certain" in note for note in found.notes)
