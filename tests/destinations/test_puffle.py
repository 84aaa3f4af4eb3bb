"""A Puffle roster over the sandbox, in both temperaments: the contract, and what is Puffle's own."""

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import ceil

import pytest

from bridge.api import Client, Throttle
from bridge.destinations.puffle import roster
from bridge.destinations.puffle.destination import PuffleDestination
from bridge.errors import AnswerLost, Denied, Refused, Unavailable
from bridge.model import Delivery, Fields, Lead, Origin, Reason, State, Target
from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.puffle import UNKIND
from tests.destinations.contract import (
    AuditContract,
    DestinationContract,
    EmailContract,
    ForesightContract,
    LookupContract,
)

LONG = "BRIDGE_TEST_LONG" in os.environ

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TARGET = Target("puffle", "campaign", "Founders", along="linkedin", usernames=False)
LINKEDIN = replace(TARGET, ref="Founders on LinkedIn", identity="linkedin", along="email", demands_validation=False)
JANE, JOE, ANN = "jane@example.com", "joe@example.org", "ann@example.net"


@dataclass
class Stage:
    """One destination over the sandbox, and what a test does to the world behind it."""

    target: Target = TARGET
    clock: datetime = NOW
    slept: list = field(default_factory=list)

    def __post_init__(self):
        self.sandbox = Sandbox(small_world(NOW, "First"), lambda: self.clock, self.slept.append)
        self.client = Client(
            "puffle",
            "https://p.example/puffle/api",
            {"Authorization": f"Bearer {Sandbox.keys.puffle}"},
            throttle=Throttle(1_000_000),
            transport=self.sandbox.transport(),
            patience=0,
        )
        self.aim(self.target)

    def aim(self, target=None, **options):
        target = target or self.target
        self.destination = PuffleDestination(self.client, replace(target, options=tuple(options.items())))
        return self.destination

    @property
    def account(self):
        return self.sandbox.world.puffle

    @property
    def campaign(self):
        return self.account.campaign(self.target.ref)

    def deliveries(self, *addresses, fields=None):
        place = self.destination.check().place
        asked_at = self.destination.clock()
        shown = fields or Fields(first_name="Jane")
        return [
            Delivery(number, one, one, shown, place, attempts=1, asked_at=asked_at)
            for number, one in enumerate(addresses, start=1)
        ]

    def people(self, count, first=0):
        return self.deliveries(*(f"person{number:05}@example.com" for number in range(first, first + count)))

    def put(self, address):
        return self.account.add_row(self.campaign, address, self.clock - timedelta(days=3))

    def held(self):
        return sorted(self.campaign.rows)

    def requests(self, *parts):
        asked = {name: n for name, n in self.sandbox.report()["requests"].items() if name.startswith("puffle")}
        return sum(count for name, count in asked.items() if all(part in name for part in parts))

    def lose_answer(self, *, committed):
        self.sandbox.faults.add("cut", "puffle", "*/leads", method="POST", commit=committed, times=1)

    def deny(self):
        self.sandbox.faults.add("status", "puffle", "*/leads", method="POST", code=402, times=1)

    def be_unavailable(self):
        self.sandbox.faults.add("status", "puffle", "*/leads", method="POST", code=429)

    def vanish(self):
        self.account.campaigns.remove(self.campaign)


@pytest.fixture(params=["kind", "unkind"])
def stage(request):
    made = Stage()
    if request.param == "unkind":
        made.account.habits = replace(UNKIND)
    yield made
    made.client.close()


class TestPuffle(DestinationContract, EmailContract, LookupContract, AuditContract, ForesightContract):
    """In both temperaments."""


# ------------------------------------------------------------------------------------------------------------ the rows


def test_a_row_is_flat_and_has_both_identities(stage):
    """Our fields go into Puffle's columns, the rest into custom fields as strings; the other identity goes along."""
    fields = Fields(
        "Jane", "Doe", "Acme", "Founder", phone="+491", along="jane-doe", variables={"followers": 12, "headline": "Hi"}
    )
    (delivery,) = stage.deliveries(JANE, fields=fields)
    assert stage.destination.body(delivery) == {
        "email": JANE,
        "linkedin_url": "https://www.linkedin.com/in/jane-doe",
        "first_name": "Jane",
        "last_name": "Doe",
        "company": "Acme",
        "position": "Founder",
        "headline": "Hi",
        "custom_fields": {"followers": "12", "phone": "+491"},
    }
    (outcome,) = stage.destination.push([delivery])
    (row,) = stage.campaign.rows.values()
    assert (outcome.state, row["linkedin_url"][-8:], row["custom_fields"]["phone"]) == ("delivered", "jane-doe", "+491")


@pytest.mark.parametrize("unkind", [False, True])
def test_a_linkedin_campaign_takes_profile_links(unkind):
    """One spelling for one profile, in whatever link; the address goes along, and doubt ends by the link."""
    stage = Stage(LINKEDIN)
    stage.account.habits = replace(UNKIND) if unkind else stage.account.habits
    stage.put("https://LinkedIn.com/in/Joe-Doe/?trk=x")
    stage.destination.push([])
    deliveries = stage.deliveries("jane-doe", "joe-doe", "zoë", fields=Fields("Jane", along=JANE))
    outcomes = stage.destination.push(deliveries)
    assert [one.state for one in outcomes] == ["delivered", "duplicate", "delivered"]
    row = stage.campaign.rows["https://www.linkedin.com/in/jane-doe"]
    assert row["email"] == JANE
    stage.aim(Target("puffle", "campaign", stage.campaign.id))  # as `settle` opens it: no option, no channel
    assert [one.state for one in stage.destination.recheck(deliveries)] == ["delivered", "duplicate", "delivered"]
    assert {one.address for one in stage.destination.inventory(deliveries[0].place)} == {"jane-doe", "joe-doe", "zoë"}
    stage.client.close()


def test_a_user_name_is_a_guess_that_the_route_must_allow(stage):
    """A link is an identity; a bare user name is one only where the route says so, and that is warned of."""
    stage.aim(LINKEDIN)
    linked = Lead("1", "c", platform="linkedin", username="https://www.linkedin.com/in/Jane-Doe/")
    named = Lead("2", "c", platform="linkedin", username="jane-doe")
    assert stage.destination.identity(linked).value == "jane-doe"
    assert stage.destination.identity(named) is None
    assert not stage.destination.check().warnings
    stage.aim(replace(LINKEDIN, usernames=True))
    assert stage.destination.identity(named).value == "jane-doe"
    assert "guess" in stage.destination.check().warnings[0]


def test_every_row_is_looked_at_before_the_call(stage):
    """One that Puffle would refuse is refused here, alone, and no request is made for it."""
    good, bad = stage.deliveries(JANE, "urn:li:company:1")
    before = stage.requests()
    (alone,) = stage.destination.push([bad])
    assert (alone.state, alone.origin, stage.requests()) == (State.REFUSED, Origin.LOCAL, before)
    assert [one.state for one in stage.destination.push([bad, good])] == ["refused", "delivered"]
    assert stage.held() == [JANE]


def test_rows_that_were_written_before_a_400_are_ours(stage):
    """The batch is turned down after its first row was written: halved and sent again, that row counts as delivered."""
    deliveries = stage.deliveries(JANE, JOE)
    stage.destination.push(deliveries[:0])

    def writes(request):
        if stage.requests("POST") == 1:
            stage.account.add_row(stage.campaign, JANE, stage.clock, source="api")
        return True

    stage.sandbox.faults.add("status", "puffle", "*/leads", method="POST", code=400, times=1, when=writes)
    with pytest.raises(Refused):
        stage.destination.push(deliveries)
    halves = [stage.destination.push([one])[0] for one in deliveries]
    assert [(one.state, one.reason) for one in halves] == [(State.DELIVERED, Reason.CREATED)] * 2


def test_counters_that_contradict_the_roster_are_reported(stage, monkeypatch):
    """Anyone who is not there although the answer counted them goes back in line; the roster decides about each."""
    deliveries = stage.deliveries(JANE, JOE)
    real = stage.client.write

    def lies(method, path, body=None):
        reply = real(method, path, {"prospects": body["prospects"][:1]})
        return replace(reply, data={"imported": 2, "duplicates": 1})

    monkeypatch.setattr(stage.client, "write", lies)
    answer = stage.destination.push(deliveries)
    assert [(one.state, one.reason) for one in answer] == [
        (State.DELIVERED, Reason.CREATED), (State.READY, Reason.UNEXPLAINED)
    ]  # fmt: skip
    assert "2 imported and 1 duplicates" in answer.mismatch
    assert "1 of them are not in the roster" in answer.mismatch


# --------------------------------------------------------------------------------------------------------- the figures


@pytest.mark.parametrize(("order", "there"), [("oldest", 0), ("newest", 0), ("id", 0), ("oldest", 130), ("id", 130)])
def test_requests_of_ten_thousand_rows(order, there):
    """At most ceil(n/1000) adds, ceil(roster/200) reads and 5 more, in whatever order the roster is reported."""
    stage, rows = Stage(), 10_000 if (order, there) == ("oldest", 130) or LONG else 2_500
    stage.account.habits.order = order
    for number in range(there):
        stage.put(f"theirs{number}@example.com")
    stage.destination.establish()
    people, sent, ids = stage.people(rows), 0, 0
    before = stage.requests() - 2  # the target is looked at once in a run
    while sent < rows:
        batch = people[sent : sent + stage.destination.batch_size]
        outcomes = stage.destination.push(batch)
        sent += len(batch)
        ids += sum(bool(one.remote_id) for one in outcomes)
        assert {one.state for one in outcomes} == {State.DELIVERED}
    assert len(stage.held()) == rows + there
    assert stage.requests() - before <= ceil(rows / 1000) + ceil((rows + there) / 200) + 5
    assert order == "id" or ids == rows
    stage.client.close()


def test_one_reading_settles_many_doubts(stage):
    """A thousand doubts asked in pieces cost one reading of the roster; asked again, another."""
    deliveries = stage.people(1000)
    stage.lose_answer(committed=True)
    with pytest.raises(AnswerLost):
        stage.destination.push(deliveries)
    stage.aim()
    before = stage.requests("GET", "leads")
    for start in range(0, 1000, 100):
        assert {one.state for one in stage.destination.recheck(deliveries[start : start + 100])} == {State.DELIVERED}
    assert stage.requests("GET", "leads") - before == 5
    stage.destination.recheck(deliveries[:1])
    assert stage.requests("GET", "leads") - before == 10


def test_a_page_that_hides_its_rows_proves_no_absence(stage):
    """A roster of which some rows are never shown is unread: no one counts as absent."""
    stage.put(JANE)
    (delivery,) = stage.deliveries(JANE)
    rule = stage.sandbox.faults.add("hollow_page", "puffle", "*/leads", times=1)
    assert stage.destination.recheck([delivery])[0].state is State.DUPLICATE
    stage.sandbox.faults.remove(rule)
    stage.sandbox.faults.add("hollow_page", "puffle", "*/leads")
    with pytest.raises(roster.Unavailable, match="0 of 1 rows were shown"):
        stage.destination.recheck([delivery])


# ---------------------------------------------------------------------------------------------------------- the target


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (replace(TARGET, ref="Founder"), 'does not exist under this key. Similar names: "Founders"'),
        (replace(TARGET, ref="00000000-0000-4000-8000-000000000000"), "does not exist under this key."),
        (
            replace(TARGET, ref="Founders on LinkedIn"),
            "is a LinkedIn campaign, and this route reaches people by e-mail",
        ),
        (replace(LINKEDIN, ref="Founders"), "is an e-mail campaign, and this route reaches people by their LinkedIn"),
    ],
)
def test_a_target_that_is_none_is_one_sentence(stage, target, said):
    """Missing, or of the other type: what it is, and what to write instead."""
    with pytest.raises(Denied) as caught:
        stage.aim(target).check()
    assert said in caught.value.message
    assert "bridge.toml" in caught.value.hint


def test_a_campaign_goes_by_its_id_too(stage):
    """The same place by name, by another case of it, and by id."""
    place = stage.destination.check().place
    assert (place.workspace, place.id) == (stage.account.user_id, stage.campaign.id)
    for ref in ("founders", stage.campaign.id.upper()):
        assert stage.aim(replace(TARGET, ref=ref)).check().place == place


def test_a_launched_campaign_blocks_the_route(stage):
    """Nothing is sent into it, before a push or in the middle of one, and the hint says what to do."""
    deliveries = stage.deliveries(JANE, JOE)
    stage.campaign.status = "paused"
    for step in (stage.destination.check, stage.destination.establish, lambda: stage.destination.push(deliveries)):
        with pytest.raises(Denied, match="is launched and paused: a roster is closed at the launch") as caught:
            step()
        assert 'when_launched = "new_draft"' in caught.value.hint
    assert stage.held() == []


def test_a_roster_that_is_refused_refuses_no_lead(stage):
    """Before rows are added nothing happened; afterwards the counts show who is in, or else the roster is asked."""
    stage.put(JOE)
    spoil = {"kind": "status", "vendor": "puffle", "path": "*/leads", "method": "GET", "code": 409}
    rule = stage.sandbox.faults.add(**spoil)
    with pytest.raises(Unavailable):
        stage.destination.push(stage.deliveries(JANE))
    assert stage.held() == [JOE]
    stage.sandbox.faults.remove(rule)
    rule = stage.sandbox.faults.add(**spoil, nth=2)
    assert {one.state for one in stage.destination.push(stage.deliveries(JANE))} == {State.DELIVERED}
    stage.sandbox.faults.remove(rule)
    stage.destination.push(stage.deliveries(JANE))
    stage.put(ANN)
    stage.sandbox.faults.add(**spoil)
    with pytest.raises(AnswerLost):
        stage.destination.push(stage.deliveries(ANN, "new@example.com"))


@pytest.mark.parametrize(("code", "kind"), [(400, Refused), (422, Refused), (404, Denied), (409, Denied)])
def test_what_is_no_fault_of_a_row_refuses_no_lead(stage, code, kind):
    """In a draft a 400 or a 422 is a row's; any other refusal needs a person, and the leads stay ready."""
    deliveries = stage.deliveries(JANE)
    stage.sandbox.faults.add("status", "puffle", "*/leads", method="POST", code=code)
    with pytest.raises(kind):
        stage.destination.push(deliveries)


def test_an_untold_status_is_no_launch(stage):
    """A listing without statuses makes no draft: it is unreadable."""
    stage.aim(when_launched="new_draft")
    stage.sandbox.faults.add("blank", "puffle", "*/campaigns", fields=("status",))
    with pytest.raises(roster.Unavailable, match="unknown shape"):
        stage.destination.establish()
    assert len(stage.account.campaigns) == 2


def test_a_campaign_that_is_gone_in_the_middle_is_reported(stage):
    """A push into it is denied; of doubts in it no one will ever know."""
    deliveries = stage.deliveries(JANE)
    stage.destination.push([])
    stage.vanish()
    with pytest.raises(Denied, match="is gone"):
        stage.destination.push(deliveries)
    (outcome,) = stage.destination.recheck(deliveries)
    assert (outcome.state, outcome.reason) == (State.FAILED, Reason.TARGET_GONE)


def test_another_users_key_answers_no_doubt(stage):
    """Its campaigns are others: what was sent is not looked up there, and not given up either."""
    (delivery,) = stage.deliveries(JANE)
    theirs = replace(delivery.place, workspace="another-user", id="00000000-0000-4000-8000-000000000000")
    delivery = replace(delivery, place=theirs)
    for ask in (
        lambda: stage.destination.recheck([delivery]),
        lambda: list(stage.destination.inventory(delivery.place)),
    ):
        with pytest.raises(Denied, match="PUFFLE_API_KEY opens the campaigns of user"):
            ask()


# ----------------------------------------------------------------------------------------------------------- new drafts


@pytest.fixture
def launched(stage):
    """A campaign with settings and texts of its own that was launched; the route may continue it."""
    stage.campaign.facts |= {"daily_limit": 35, "signature": "Jane"}
    nodes = [
        {"type": "email", "subject": "Hi", "body": "Hello %first_name%"},
        {"type": "delay", "delay_days": 3},
        {"type": "email", "subject": "", "body": "Again", "is_reply": True},
        {"type": "end"},
    ]
    stage.account.put_nodes(stage.campaign, nodes)
    stage.campaign.status = "active"
    stage.aim(when_launched="new_draft")
    return stage


def drafts(stage):
    return [one.name for one in stage.account.campaigns if one.name.startswith("Founders ") and one.type == "email"]


def spoken(campaign):
    return [{name: node.get(name) for name in ("type", "subject", "body", "delay_days")} for node in campaign.nodes]


def test_the_next_draft_is_a_copy(launched):
    """Type, senders, limits and sequence are copied; a check makes nothing, and nothing is launched."""
    looked = launched.destination.check()
    assert (looked.place.id, looked.title, drafts(launched)) == ("", "Founders 2", [])
    standing = launched.destination.establish()
    made, source = launched.account.campaign("Founders 2"), launched.campaign
    assert (standing.place.id, standing.continues) == (made.id, (source.id,))
    assert (made.status, made.senders, made.facts, spoken(made)) == (
        "draft", source.senders, source.facts, spoken(source)
    )  # fmt: skip
    assert launched.destination.establish().place == launched.aim(when_launched="new_draft").check().place
    made.status, made.facts["daily_limit"] = "completed", 70
    third = launched.destination.establish()
    assert (third.title, third.continues) == ("Founders 3", (source.id, made.id))
    assert launched.account.campaign("Founders 3").facts["daily_limit"] == 70


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize(("method", "path"), [("POST", "*/campaigns"), ("PATCH", "*/campaigns/*")])
def test_a_lost_answer_leaves_no_second_draft(launched, method, path, committed):
    """Whichever of the two writes lost its answer: the next run goes on with the same draft, and completes it."""
    launched.sandbox.faults.add("cut", "puffle", path, method=method, commit=committed, times=1)
    with pytest.raises(AnswerLost):
        launched.destination.establish()
    standing = launched.aim(when_launched="new_draft").establish()
    assert drafts(launched) == ["Founders 2"]
    assert spoken(launched.account.campaign("Founders 2")) == spoken(launched.campaign)
    assert standing.place.id == launched.account.campaign("Founders 2").id


def test_a_name_that_is_taken_is_looked_at_first(launched):
    """A 409 about a draft of ours that the listing did not show yet leads to that draft."""
    launched.destination.establish()
    hidden = [launched.account.campaign("Founders 2")]
    launched.account.campaigns.remove(hidden[0])

    def shows(request):
        launched.account.campaigns += hidden
        hidden.clear()
        return False

    launched.sandbox.faults.add("status", "puffle", "*/campaigns", method="POST", when=shows)
    standing = launched.aim(when_launched="new_draft").establish()
    assert (standing.title, drafts(launched)) == ("Founders 2", ["Founders 2"])


def test_a_draft_of_the_operators_is_left_alone(launched):
    """One with rows of a file, of other senders, or of the other type is not ours: the next number is taken."""
    account = launched.account
    theirs = account.add_campaign("Founders 2", launched.clock)
    account.add_row(theirs, JANE, launched.clock)
    account.add_campaign(
        "Founders 3", launched.clock, senders=[account.add_sender("email", "B", status="active")["id"]]
    )
    account.add_campaign("Founders 4", launched.clock, "linkedin")
    account.add_campaign("Founders 5", launched.clock - timedelta(days=9))
    assert launched.destination.establish().title == "Founders 6"
    assert list(theirs.rows) == [JANE]


def test_what_the_operator_changed_in_our_draft_stays(launched):
    """Texts and senders of a draft that has our rows are theirs to change: it is still the target."""
    launched.destination.establish()
    launched.destination.push(launched.deliveries(JANE))
    made = launched.account.campaign("Founders 2")
    launched.account.put_nodes(made, [{"type": "email", "subject": "New", "body": "New"}, {"type": "end"}])
    made.senders.append(launched.account.add_sender("email", "B", status="active")["id"])
    assert launched.aim(when_launched="new_draft").establish().place.id == made.id
    assert spoken(made)[0]["body"] == "New"


# -------------------------------------------------------------------------------------------- outlook, status, erasing


def test_a_preview_shows_the_message_the_gaps_and_the_pace(stage):
    """Variables are filled as the row would fill them; what stays open is reported, and that nothing is sent."""
    text = "Hi %first_name%, %custom_fields.keyword% {{company}}"
    stage.account.put_nodes(stage.campaign, [{"type": "email", "subject": "Hi", "body": text}, {"type": "end"}])
    fields = Fields("Jane", variables={"keyword": "yoga"})
    deliveries = stage.deliveries(JANE, JOE, fields=fields)
    found = stage.destination.foresee(deliveries[0].place, deliveries, 1)
    (letter,) = found.letters[1]
    assert "".join(piece.text for piece in letter.body) == "Hi Jane, yoga {{company}}"
    assert letter.holes == ("company",)
    assert {use.name: use.empty for use in found.uses} == {"first_name": 0, "custom_fields.keyword": 0, "company": 2}
    assert found.pace.sending_days == 1
    assert "until you launch" in found.warnings[0]


def test_an_inventory_shows_statuses(stage):
    """What waits for the launch is as planned; whatever happened since is reported in Puffle's word."""
    stage.destination.push(stage.deliveries(JANE, JOE, ANN))
    stage.campaign.status = "active"
    stage.account.set_status("Founders", "replied", JANE)
    stage.account.set_status("Founders", "timed_out", JOE)
    place = stage.aim(when_launched="new_draft").establish().place
    old = replace(place, id=stage.campaign.id)
    reported = {one.address: one.status for one in stage.destination.inventory(old)}
    assert reported == {JANE: "replied", JOE: "timed out", ANN: "active"}


def test_a_person_is_erased_from_drafts_and_reported_as_left_in_launched_ones(stage):
    """Rows are deleted by their ids, one by one; a closed roster keeps its row, and says so."""
    stage.put(JANE)
    stage.put(JOE)
    other = stage.account.add_campaign("Other", stage.clock, "linkedin")
    stage.account.add_row(other, "https://www.linkedin.com/in/jane", stage.clock, email=JANE)
    other.status = "active"
    workspace = stage.destination.workspace()
    here, there = sorted(workspace.remembered([JANE]), key=lambda one: one.where)
    assert [one.place.id for one in workspace.remembered(["linkedin:jane"])] == [other.id]
    assert list(workspace.remembered(["x:jane"])) == []
    assert workspace.lead(here.remote_id) == here
    stage.sandbox.faults.add("cut", "puffle", "*/leads", method="DELETE", commit=True, times=1)
    assert workspace.erase(here)
    assert not workspace.erase(here)
    with pytest.raises(Denied, match='"Other" is launched: its roster is closed'):
        workspace.erase(there)
    assert (stage.held(), len(other.rows)) == ([JOE], 1) if here.where.endswith('"Founders"') else ()
    assert list(workspace.blocked()) == []
