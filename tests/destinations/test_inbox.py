"""An Inbox campaign over the sandbox, in both temperaments: the contract, and what is Inbox's own."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import ceil

import pytest

from bridge.api import Client, Throttle
from bridge.destinations.inbox import adding
from bridge.destinations.inbox.adding import Adding, Counts
from bridge.destinations.inbox.destination import InboxDestination
from bridge.errors import AnswerLost, Denied, Refused, Unavailable
from bridge.model import Delivery, Fields, Identity, Lead, Origin, Place, Reason, State, Target
from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.inbox import UNKIND, InboxHabits
from bridge.sandbox.inbox.team import InboxLead
from tests.destinations.contract import DestinationContract, ForesightContract, RepeatContract

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KIND = InboxHabits()
TARGET = Target("inbox", "campaign", "Q1 messages", identity="x", demands_validation=False)
UNLIMITED = {"writes_per_minute": 10**6, "reads_per_minute": 10**6}


@dataclass
class Stage:
    """One destination over the sandbox, and what a test does to the world behind it."""

    habits: InboxHabits = KIND
    clock: datetime = NOW
    slept: list = field(default_factory=list)

    def __post_init__(self):
        self.sandbox = Sandbox(small_world(NOW, "First"), lambda: self.clock, self.slept.append)
        self.team.habits = replace(self.habits, **UNLIMITED)
        self.client = Client(
            "inbox",
            "https://i.example/api/v1",
            {"Authorization": f"Bearer {Sandbox.keys.inbox}"},
            throttle=Throttle(1_000_000),
            transport=self.sandbox.transport(),
            patience=0,
            title="Inbox",
        )
        self.aim()

    @property
    def team(self):
        return self.sandbox.world.inbox

    @property
    def campaign(self):
        return self.team.campaigns[0]

    def aim(self, ref=None, **options):
        """By name where campaigns are listed, else by id."""
        create = options.pop("create", False)
        ref = ref or (self.campaign.name if self.team.habits.lists else self.campaign.id)
        target = replace(TARGET, ref=ref, create=create, options=tuple(options.items()))
        self.destination = InboxDestination(self.client, target)
        return self.destination

    def deliveries(self, *handles, **terms):
        place = Place("inbox", self.team.id, "campaign", self.campaign.id)
        fields = Fields(first_name="Jane", variables={"platform": "x", "followers": 1200})
        return [Delivery(at, f"x:{one}", one, fields, place, attempts=1, **terms) for at, one in enumerate(handles, 1)]

    def people(self, count):
        return self.deliveries(*(f"person{number:05}" for number in range(count)))

    def put(self, handle):
        self.campaign.leads[handle] = InboxLead(handle)

    def held(self):
        return sorted(self.campaign.leads)

    def lose_answer(self, *, committed):
        self.sandbox.faults.add("cut", path="*/leads", commit=committed, times=1)

    def deny(self):
        self.sandbox.faults.add("status", path="*/leads", code=402, commit=False, times=1)

    def be_unavailable(self):
        self.sandbox.faults.add("status", path="*/leads", code=429, commit=False)

    def requests(self):
        return self.sandbox.report()["requests"]

    def calls(self):
        return sum(count for name, count in self.requests().items() if name.endswith("/leads"))


@pytest.fixture(params=[KIND, UNKIND], ids=["kind", "unkind"])
def stage(request):
    made = Stage(request.param)
    yield made
    made.client.close()


class TestInbox(DestinationContract, RepeatContract, ForesightContract):
    PEOPLE = ("jane", "joe_1", "ann")
    SHOWS_EACH = False


def reported(outcomes):
    return {(str(one.state), str(one.reason), str(one.origin)) for one in outcomes}


# --------------------------------------------------------------------------------------------------------- one lead


def test_who_is_known_by_a_handle():
    """The handle in its one spelling; a lead of another platform, or without one that X can have, is not reached."""
    named = Stage().destination.identity
    for written in ("Jane_1", "@JANE_1", "https://x.com/Jane_1?s=20", "twitter.com/jane_1/"):
        assert named(Lead("1", "c", platform="x", username=written)) == Identity("x", "jane_1")
    assert named(Lead("1", "c", platform="instagram", username="jane")) is None
    assert named(Lead("1", "c", platform="x", username="jane.doe", email="jane@example.com")) is None


def test_one_alone_is_mentioned(stage):
    """For a batch of one each counter is a word about that lead."""
    stage.team.unresolvable.add("ghost")
    push = stage.destination.push
    assert reported(push(stage.deliveries("jane"))) == {("delivered", "created", "api")}
    assert reported(push(stage.deliveries("jane"))) == {("duplicate", "in_target", "api")}
    assert reported(push(stage.deliveries("ghost"))) == {("refused", "unresolvable", "api")}
    again = push(stage.deliveries("jane", state=State.IN_DOUBT))
    assert reported(again) == {("delivered", "present", "inferred")}


def test_values_go_into_the_columns_as_strings():
    """By the column's id or its name; what the campaign does not have is left out, and reported."""
    stage = Stage()
    first, platform = stage.campaign.columns
    destination = stage.aim(
        columns=(("first_name", first), ("platform", "Platform"), ("followers", "custom_none"), ("website", "site"))
    )
    standing = destination.check()
    assert [said.split(",")[0] for said in standing.warnings] == [
        'The campaign has no column "custom_none"', 'The campaign has no column "site"'
    ]  # fmt: skip
    (jane,) = stage.deliveries("jane")
    body = {"username": "jane", "platform": "twitter", "data": {first: "Jane", platform: "x"}}
    assert destination.body(jane) == body
    assert destination.request([jane]) == {"platform": "twitter", "leads": [body]}
    destination.push([jane])
    assert stage.campaign.leads["jane"].data == {first: "Jane", platform: "x"}


def test_an_unknown_column_that_is_refused_blocks_and_sends_nothing():
    """Where no list shows, the refusal names the column: a person must act, and no half of the batch is tried."""
    stage = Stage(UNKIND)
    destination = stage.aim(columns=(("first_name", "custom_gone"), ("website", "site")))
    assert 'so "site" cannot be found by name' in " ".join(destination.check().warnings)
    with pytest.raises(Denied, match='no column "custom_gone"') as caught:
        destination.push(stage.deliveries("jane", "joe"))
    assert "columns" in caught.value.hint
    assert (stage.held(), stage.calls()) == ([], 1)


# ------------------------------------------------------------------------------------------------- who is unresolvable


@pytest.mark.parametrize("dead", [{3}, {0, 99}, set(range(40, 60)), set(range(99))])
def test_each_unresolvable_lead_is_found_by_halving(stage, dead):
    """Every lead has its own outcome, and it is the truth; the others are reported as inferred."""
    handles = [f"person{number:05}" for number in range(100)]
    stage.team.unresolvable |= {handles[number] for number in dead}
    answer = stage.destination.push(stage.people(100))
    refused = [at for at, one in enumerate(answer) if one.state is State.REFUSED]
    assert set(refused) == dead
    assert reported(answer) == {("refused", "unresolvable", "inferred"), ("delivered", "created", "inferred")}
    assert stage.held() == [one for at, one in enumerate(handles) if at not in dead]
    assert answer.counted["failed"] == len(dead)
    assert stage.calls() == answer.counted["calls"] <= 1 + 100


def test_what_the_calls_do_not_reach_is_one_of_several(stage, monkeypatch):
    """Beyond the budget the leads that are left are reported as some of which so many cannot be resolved."""
    monkeypatch.setattr(Adding.__init__, "__defaults__", (4, *Adding.__init__.__defaults__[1:]))
    stage.team.dead_share = 0.1
    answer = stage.destination.push(stage.people(200))
    among = [one for one in answer if one.reason is Reason.UNRESOLVABLE_AMONG]
    assert {one.state for one in among} == {State.REFUSED}
    assert {one.origin for one in among} == {Origin.INFERRED}
    assert "cannot be resolved" in among[0].detail
    assert stage.calls() == 5
    lost = {f"person{number:05}" for number in range(200)} - set(stage.held())
    others = {f"person{one.delivery_id - 1:05}" for one in answer if one.state is State.DELIVERED}
    assert not lost & others


@pytest.mark.parametrize("error", [Unavailable("away"), AnswerLost("lost"), Denied("no"), Refused("no")])
@pytest.mark.parametrize("after", range(1, 7))
def test_trouble_at_any_call_leaves_a_doubt_that_repeating_ends(error, after):
    """What is certain by then stays so; the others are in doubt, and sent again they get the same outcomes."""
    dead, sent = {3, 17, 29}, []

    def add(some):
        sent.append(some)
        if len(sent) == after + 1:
            raise error
        failed = sum(one.id in dead for one in some)
        first = len(sent) == 1
        return Counts(len(some) - failed if first else 0, 0 if first else len(some) - failed, failed)

    deliveries = Stage().deliveries(*(f"p{number}" for number in range(40)))
    cut = Adding(add)
    cut.run(deliveries)
    doubted = [one for one in deliveries if cut.outcomes[one.id].state is State.IN_DOUBT]
    assert len(cut.outcomes) == 40
    assert doubted
    assert len(sent) == after + 1
    repeated = Adding(add)
    repeated.run([replace(one, state=State.IN_DOUBT) for one in doubted])
    outcomes = {**cut.outcomes, **repeated.outcomes}
    assert {at for at, one in outcomes.items() if one.state is State.REFUSED} == dead
    assert {one.state for one in outcomes.values()} == {State.REFUSED, State.DELIVERED}


def test_numbers_that_do_not_add_up_explain_no_one():
    """A count of more or fewer leads than were sent is no word about any of them: they are offered again."""
    deliveries = Stage().deliveries("a", "b", "c")
    some = Adding(lambda _: Counts(1, 0, 1))
    assert some.run(deliveries).mismatch(3) == "Inbox counted 2 leads, and 3 were sent."
    assert reported(some.outcomes.values()) == {("ready", "unexplained", "inferred")}
    with pytest.raises(AnswerLost):
        adding.read_counts({"added": 3})


def test_halves_that_contradict_their_whole_are_both_asked():
    """Where one half shows more failures than the whole, the other is asked too, and what is reported last counts."""
    answers = iter([Counts(3, 0, 1), Counts(0, 0, 2), Counts(0, 2, 0)])
    some = Adding(lambda _: next(answers))
    some.run(Stage().deliveries("a", "b", "c", "d"))
    assert [some.outcomes[at].state for at in (1, 2)] == [State.REFUSED] * 2
    assert [some.outcomes[at].state for at in (3, 4)] == [State.DELIVERED] * 2


def test_ten_thousand_cost_no_call_beyond_their_batches(stage):
    """All of which resolve: as many calls as there are batches of two thousand."""
    deliveries = stage.people(10_000)
    for start in range(0, 10_000, stage.destination.batch_size):
        stage.destination.push(deliveries[start : start + stage.destination.batch_size])
    assert (stage.calls(), len(stage.held())) == (ceil(10_000 / 2_000), 10_000)


# ------------------------------------------------------------------------------------------------------- the campaign


@pytest.mark.parametrize(
    ("status", "said", "off"),
    [
        ("draft", "a draft: leads are stored", ""),
        ("paused", "paused: leads are stored", ""),
        ("active", "active", "messaged on its schedule"),
        ("odd", 'of unknown status "odd"', "messaged on its schedule"),
    ],
)
def test_what_adding_to_a_campaign_means(stage, status, said, off):
    """A draft and a paused one take leads quietly; of an active one it is said what that sets off."""
    stage.campaign.status = status
    standing = stage.destination.check()
    assert standing.status.startswith(said)
    assert off in standing.sets_off
    assert bool(standing.sets_off) == bool(off)
    assert standing.place == Place("inbox", stage.team.id, "campaign", stage.campaign.id)


def test_a_completed_campaign_is_blocked(stage):
    """Before the push, and where it is completed in between: nothing is sent, and the batch is not halved."""
    deliveries = stage.deliveries("jane", "joe")
    stage.campaign.status = "completed"
    with pytest.raises(Denied, match="is completed"):
        stage.destination.check()
    if stage.habits.refuses_completed:
        with pytest.raises(Denied, match="is completed"):
            stage.destination.push(deliveries)
        assert stage.held() == []


def test_a_campaign_that_is_gone_is_denied(stage):
    """Deleted between the check and the push."""
    deliveries = stage.deliveries("jane")
    stage.team.campaigns.clear()
    with pytest.raises(Denied, match="is gone"):
        stage.destination.push(deliveries)


def test_what_the_operator_should_know_of_a_campaign(stage):
    """A scope that still changes, senders that cannot send, another time zone or other rules than asked for."""
    stage.team.add_sender("gone", "offline")
    stage.campaign.senders.append(stage.team.senders[1].id)
    stage.campaign.syncing, stage.campaign.unassessed = True, 1
    stage.destination.push(stage.deliveries("jane"))
    standing = stage.aim(timezone="Europe/Berlin", exclude_contacted=True).check()
    reported = " ".join(standing.warnings)
    for word in ("applying its rules", "0 of 1 leads", "@gone (offline)", "time zone UTC", "excludeContacted"):
        assert word in reported
    stage.team.senders.clear()
    assert "has no sender" in " ".join(stage.destination.check().warnings)
    stage.sandbox.faults.add("status", path="*/account-links", code=403, commit=False)
    assert "cannot be read" in " ".join(stage.destination.check().warnings)


def test_campaigns_of_one_name_and_of_none():
    """Two of one name must hear of it apart by an id; a missing one is reported with the names that are like it."""
    stage = Stage()
    with pytest.raises(Denied, match='Similar names: "Q1 messages"'):
        stage.aim("Q1 message").check()
    stage.team.add_campaign("Q1 messages", NOW)
    with pytest.raises(Denied, match="is the name of 2") as caught:
        stage.aim("q1 MESSAGES").check()
    assert stage.campaign.id in caught.value.message
    assert stage.aim(stage.campaign.id).check().title == "Q1 messages"


def test_a_name_that_cannot_be_looked_up_asks_for_the_id():
    """Where campaigns are not listed, a name finds nothing, and nothing is created blindly."""
    stage = Stage(UNKIND)
    for create in (False, True):
        with pytest.raises(Denied, match="lists no campaigns") as caught:
            stage.aim("Q1 messages", create=create, senders=(stage.team.senders[0].id,)).establish()
        assert "id" in caught.value.hint
    assert len(stage.team.campaigns) == 1


# ----------------------------------------------------------------------------------------------------------- creating

TERMS = {"create": True, "timezone": "Europe/Berlin", "exclude_contacted": True}


@pytest.mark.parametrize(
    "habits",
    [
        InboxHabits(),
        InboxHabits(create_keys=(("scheduleTimezone", "timezone"),), refuses_unknown_keys=True),
        InboxHabits(create_keys=(("rules", "leadRules"),), refuses_unknown_keys=True),
        InboxHabits(create_keys=(("rules", "leadRules"),)),
        InboxHabits(gets_v2=False, flat_errors=True),
    ],
)
def test_a_missing_campaign_is_created_as_asked_and_never_enabled(habits):
    """Whatever the keys are called: one draft with its senders, time zone and rules; checking creates none."""
    stage = Stage(habits)
    sender = stage.team.senders[0].id
    destination = stage.aim("New ones", senders=(sender,), **TERMS)
    assert (destination.check().place.id, destination.check().status) == ("", "to be created")
    assert len(stage.team.campaigns) == 1
    standing = destination.establish()
    made = stage.team.campaign("New ones")
    assert (standing.place.id, made.status, made.senders) == (made.id, "draft", [sender])
    assert (made.timezone, made.rules["excludeContacted"], made.rules["excludeMutuals"]) == (
        "Europe/Berlin", True, False
    )  # fmt: skip
    assert standing.warnings == ()
    assert destination.establish().place.id == made.id
    assert len(stage.team.campaigns) == 2


@pytest.mark.parametrize("committed", [True, False])
def test_a_lost_creation_is_settled_by_listing(committed):
    """What was created in the lost call is used; where nothing was, the next run creates it: one in all."""
    stage = Stage()
    destination = stage.aim("New ones", senders=(stage.team.senders[0].id,), **TERMS)
    stage.sandbox.faults.add("cut", method="POST", path="*/campaigns/v2", commit=committed, times=1)
    if committed:
        assert destination.establish().place.id == stage.team.campaign("New ones").id
    else:
        with pytest.raises(AnswerLost):
            destination.establish()
    destination.establish()
    assert len(stage.team.campaigns) == 2


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda team: team.senders.clear(), "no linked X account"),
        (lambda team: setattr(team.senders[0], "platform", "sandbox"), "no linked X account"),
        (lambda team: team.add_sender("li", platform="linkedin"), "is an account on linkedin"),
        (lambda team: None, "is no linked account"),
    ],
)
def test_senders_that_cannot_be(spoil, said):
    """A team without X accounts, one of another platform, an unknown one: reported before anything is created."""
    stage = Stage()
    spoil(stage.team)
    sender = stage.team.senders[-1].id if "linkedin" in said else "unknown0"
    with pytest.raises(Denied, match=said) as caught:
        stage.aim("New ones", senders=(sender,), **TERMS).check()
    assert caught.value.hint


def test_a_creation_that_is_turned_down_is_reported_in_inbox_words(stage):
    """One fallback, no more: then a person makes the campaign."""
    habits = InboxHabits(
        create_keys=(("rules", "r"), ("scheduleTimezone", "z")), refuses_unknown_keys=True
    )  # fmt: skip
    stage = Stage(habits)
    with pytest.raises(Denied, match="could not be created"):
        stage.aim("New ones", senders=(stage.team.senders[0].id,), **TERMS).establish()
    assert len(stage.team.campaigns) == 1


# ------------------------------------------------------------------------------------------------ preview, forgetting


def test_a_preview_shows_the_message_and_the_pace(stage):
    """The first message with the columns filled in, what is left open, and when the last one is written to."""
    column = next(iter(stage.campaign.columns))
    parts = [
        {"type": "static", "text": "Hi "},
        {"type": "variable", "name": column, "fallback": "there"},
        {"type": "variable", "name": "custom_open"},
        {"type": "variable", "name": "first-name"},
        {"type": "variation", "options": ["!", "?"]},
    ]
    stage.campaign.steps = [{"type": "delay"}, {"type": "message", "data": {"segments": parts}}]
    stage.campaign.status = "active"
    destination = stage.aim(columns=(("first_name", column),))
    place = destination.check().place
    found = destination.foresee(place, stage.people(100), 1)
    ((letter,),) = found.letters.values()
    assert "".join(piece.text for piece in letter.body) == "Hi Jane{{custom_open}}{{first-name}}{!|?}"
    assert letter.holes == ("custom_open",)
    assert {use.name: (use.empty, use.mapped) for use in found.uses} == {
        column: (0, True), "custom_open": (100, False)
    }  # fmt: skip
    assert (found.pace.sending_days, found.pace.last) == (2, (NOW + timedelta(days=3)).date())  # 64 a day, Mon to Fri
    assert "messaged on its schedule" in " ".join(found.warnings)
    assert (found.taken, destination.sightings(place, stage.people(1)).asked) == (None, False)
    assert not stage.held()


def test_a_forgotten_person_is_cancelled_and_not_erased(stage):
    """Found by what the ledger remembers; reported as kept; once cancelled not found again, gone ones as gone."""
    stage.destination.push(stage.deliveries("jane"))
    place = stage.destination.check().place
    workspace = stage.destination.workspace()
    (jane,) = workspace.remembered(["x:jane", "jane@example.com"], [place, Place("inbox", "other", "campaign", "c")])
    assert (jane.address, jane.place, "cancelled, not erased" in jane.kept) == ("x:jane", place, True)
    assert workspace.erase(jane)
    assert stage.campaign.leads["jane"].cancelled
    assert list(workspace.remembered(["x:jane"], [place])) == []
    (joe,) = workspace.remembered(["x:joe"], [place])
    assert not workspace.erase(joe)
    stage.sandbox.faults.add("cut", path="*/cancel", commit=True)
    with pytest.raises(Unavailable):
        workspace.erase(joe)
    assert (list(workspace.blocked()), workspace.block(["a@example.com"]), workspace.vendor) == ([], 0, "inbox")
    assert workspace.lead("nonsense") is None


def test_the_key_is_mentioned_and_never_shown(stage):
    """A revoked key is denied with the variable to fix."""
    stage.team.keys.clear()
    with pytest.raises(Denied) as caught:
        stage.destination.check()
    assert "INBOX_API_KEY" in caught.value.hint
    assert Sandbox.keys.inbox not in str(caught.value)
