"""Whole runs of a route to an Inbox campaign, in both temperaments: a real ledger, the vendor behind a transport."""

import os
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from bridge import checkup, preview
from bridge.api import Throttle
from bridge.app import App, Wiring
from bridge.config import load, read_settings
from bridge.destinations.inbox.adding import Adding
from bridge.errors import ConfigProblem
from bridge.ledger.people.suppressions import Suppression
from bridge.model import State
from bridge.operations.retry import Wanted
from bridge.sandbox import Sandbox
from bridge.sandbox.inbox import UNKIND, InboxHabits
from bridge.sandbox.inbox.team import InboxLead
from tests.harness import START, Clock, good_world, quick_pauses

LEADS = 10_000 if "BRIDGE_TEST_LONG" in os.environ else 3_000
HEAD = "_id,platform,username,email,fullName\n"
ROUTE = '[[routes]]\nname = "messages"\nsource = { csv = "leads.csv" }\ntarget = { inbox_campaign = "{ref}"{more} }\n'


class Killed(BaseException):
    """The process is gone at this very request."""


@dataclass
class Office:
    """An operator with a file of leads and one Inbox team; time passes only while a request waits for its turn."""

    folder: object
    patch: object
    clock: Clock = field(default_factory=Clock)
    ref: str = ""
    more: str = ""
    kill_at: int = 0
    after: bool = False
    stop_at: int = 0
    stop: threading.Event | None = None
    asked: int = 0
    refused: int = 0
    writes: list = field(default_factory=list)

    def __post_init__(self):
        self.sandbox = Sandbox(good_world("First", leads=1), self.clock.now, self.clock.sleep)
        office, seconds = self, lambda: (self.clock.now() - START).total_seconds()  # noqa: PLW0108 - now moves

        class Turns(Throttle):
            def __init__(self, *limits, stop=None):
                super().__init__(*limits, clock=seconds, sleep=office.wait)

        self.patch.setattr("bridge.connections.Throttle", Turns)
        self.first = self.campaign

    def wait(self, seconds):
        with self.sandbox.lock:  # batches wait beside each other
            self.clock.sleep(seconds)

    @property
    def team(self):
        return self.sandbox.world.inbox

    @property
    def campaign(self):
        return self.team.campaigns[0]

    def leads(self, count=0, *rows):
        made = [f"{at},x,Person{at:05}," for at in range(count)]
        lines = [line + "," * (3 - line.count(",") + 1) for line in (*made, *rows)]
        (self.folder / "leads.csv").write_text(HEAD + "\n".join(lines) + "\n")

    def door(self, request):
        self.asked += 1
        killed = self.asked == self.kill_at
        if self.asked == self.stop_at:
            self.stop.set()
        if killed and not self.after:
            raise Killed
        if request.method != "GET":
            self.writes.append(self.clock.now())
        answer = self.sandbox.transport().handle_request(request)
        self.refused += answer.status_code == 429
        if killed:
            raise Killed
        return answer

    def aim(self, ref, more=""):
        self.ref, self.more = ref, more

    @contextmanager
    def app(self):
        known = self.team.campaigns[0] if self.team.campaigns else self.first
        ref = self.ref or (known.name if self.team.habits.lists else known.id)
        (self.folder / "bridge.toml").write_text(ROUTE.replace("{ref}", ref).replace("{more}", self.more))
        self.stop = threading.Event()
        settings = read_settings({"INBOX_API_KEY": Sandbox.keys.inbox, "BRIDGE_DOUBT_WAIT": "1"}, self.folder)
        wiring = Wiring(
            transports={"inbox": httpx.MockTransport(self.door)},
            clock=self.clock.now, ledger_clock=self.clock.now, pause=self.clock.sleep,
        )  # fmt: skip
        with quick_pauses(attempts=3), App(settings, load(settings.config_file()), wiring, stop=self.stop) as app:
            yield app

    def sync(self, **options):
        with self.app() as app:
            (report,) = app.sync(app.configuration.routes, **options)
        return report

    def most_writes_a_minute(self):
        return max(sum(0 <= (at - first).total_seconds() < 60 for at in self.writes) for first in self.writes)


@pytest.fixture(params=[InboxHabits(), UNKIND], ids=["kind", "unkind"])
def office(request, tmp_path, monkeypatch):
    made = Office(tmp_path, monkeypatch)
    made.team.habits = request.param
    return made


def states(report):
    return {str(state): count for state, count in report.tally.states.items() if count}


def reasons(report):
    return {str(reason): count for reason, count in report.tally.reasons.items() if count}


def test_leads_without_an_address_are_sent_by_their_handle(office):
    """In one spelling, once each; what X cannot have and other platforms are held for it; the next run asks little."""
    office.leads(
        0, "1,x,@Jane", "2,x,jane", "3,twitter,https://x.com/Joe_Doe/", "4,x,jane.doe", "5,instagram,ann,a@b.example",
        "6,x,,mail@site.example",
    )  # fmt: skip
    report = office.sync()
    assert sorted(office.campaign.leads) == ["jane", "joe_doe"]
    assert reasons(report) == {"created": 2, "handle_malformed": 1, "no_identity": 2, "duplicate_of": 1}
    assert (report.status, len(office.writes)) == ("ok", 1)
    before = office.asked
    assert (office.sync().sent, len(office.writes)) == (0, 1)
    assert office.asked - before <= 4


def test_the_first_push_to_a_running_campaign_says_what_it_sets_off(office):
    """`check`, `preview` and the first push show that people are messaged; the later pushes need not."""
    office.campaign.status = "active"
    office.leads(3)
    with office.app() as app:
        assert "messaged on its schedule" in " ".join(one.message for one in checkup.run(app))
        (seen,) = preview.run(app, app.configuration.routes, 2)
    assert "messaged on its schedule" in " ".join(seen.outlook.warnings)
    assert (seen.outlook.ready, seen.outlook.taken, office.writes) == (3, None, [])
    assert seen.bodies[0]["username"] == "person00000"
    assert "messaged on its schedule" in " ".join(office.sync().warnings)
    office.leads(4)
    assert "schedule" not in " ".join(office.sync().warnings)


def test_a_lead_that_was_there_before_is_reported_as_well_as_it_can_be(office):
    """Alone it is a duplicate; among new ones the answer names none, so all are present, reported as inferred."""
    office.leads(1)
    office.campaign.leads["person00000"] = InboxLead("person00000")
    assert reasons(office.sync()) == {"in_target": 1}
    office.campaign.leads["person00001"] = InboxLead("person00001")
    office.leads(4)
    assert reasons(office.sync()) == {"in_target": 1, "present": 3}


@pytest.mark.parametrize("committed", [True, False])
def test_a_lost_answer_is_repeated_and_no_one_is_there_twice(office, committed):
    """The next run sends the same again, without who was suppressed meanwhile."""
    office.leads(5)
    office.sandbox.faults.add("cut", path="*/leads", commit=committed, times=1)
    assert states(office.sync()) == {"in_doubt": 5}
    with office.app() as app:
        app.suppress([Suppression("", "x:person00001")])
    report = office.sync()
    assert states(report) == {"delivered": 4, "failed": 1}
    assert ("person00001" in office.campaign.leads) == committed
    assert reasons(report)["present" if committed else "created"] == 4
    assert office.sandbox.report()["created_twice"] == {}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("request_no", [2, 4, 5, 6, 8, 12])
def test_killed_at_any_request_the_next_runs_end_where_an_undisturbed_one_ends(office, request_no, after):
    """Before it takes effect or after: all who resolve are there once, each unresolvable one is reported as such."""
    office.team.unresolvable |= {"person00003", "person00031"}
    office.leads(40)
    office.kill_at, office.after = request_no, after
    try:
        office.sync()
    except Killed:
        office.kill_at = 0
        office.clock.forward(minutes=10)
    for _ in range(3):
        report = office.sync()
    assert states(report) == {"delivered": 38, "refused": 2}
    assert reasons(report)["unresolvable"] == 2
    assert len(office.campaign.leads) == 38
    assert office.sandbox.report()["created_twice"] == {}


def test_four_per_cent_unresolvable_stay_within_thirty_writes_a_minute_over_stops(tmp_path, monkeypatch):
    """Thousands of leads, stopped again and again: no minute holds more, no answer is a 429, and all ends true."""
    office = Office(tmp_path, monkeypatch)
    office.team.dead_share = 0.04
    office.leads(LEADS)
    for stops in range(99):
        office.stop_at = office.asked + 60 if stops < 5 else 0
        report = office.sync()
        if report.status == "ok":
            break
    alive = [f"person{at:05}" for at in range(LEADS) if office.team.resolves(f"person{at:05}")]
    assert sorted(office.campaign.leads) == alive
    assert (stops, office.most_writes_a_minute() <= 30) == (5, True)
    assert reasons(report)["unresolvable"] == LEADS - len(alive)
    assert states(report) == {"delivered": len(alive), "refused": LEADS - len(alive)}
    assert office.refused == 0


def test_of_several_who_may_be_there_the_claims_are_kept_and_retry_goes_on(office, monkeypatch):
    """Beyond the calls of a push the others are refused as some of many; `retry` finds out the rest, call by call."""
    monkeypatch.setattr(Adding.__init__, "__defaults__", (3, *Adding.__init__.__defaults__[1:]))
    office.team.unresolvable |= {"person00007", "person00013"}
    office.leads(16)
    report = office.sync()
    assert reasons(report).get("unresolvable_among", 0) > 2
    for _ in range(9):
        with office.app() as app:
            assert claims(app) == report.tally.states["delivered"] + reasons(report).get("unresolvable_among", 0)
            app.retry(app.configuration.routes, Wanted((State.REFUSED,), "unresolvable_among"))
        for _ in range(3):
            report = office.sync()
        if not reasons(report).get("unresolvable_among", 0):
            break
    assert states(report) == {"delivered": 14, "refused": 2}
    assert (reasons(report)["unresolvable"], len(office.campaign.leads)) == (2, 14)


def claims(app):
    with app.db.read() as connection:
        return connection.exec_driver_sql("SELECT count(DISTINCT delivery_id) FROM claim").scalar_one()


def test_a_forgotten_person_is_cancelled_in_the_campaign(office):
    """By the handle: reported as cancelled and kept there, erased here; the next run does not bring the person back."""
    office.leads(3)
    office.sync()
    with office.app() as app:
        done = app.eraser(asked_by="test").forget("x:person00001")
    assert (done.status, [one.kept.split(":")[0] for one in done.deleted]) == ("done", ["cancelled, not erased"])
    assert [lead.username for lead in office.campaign.leads.values() if lead.cancelled] == ["person00001"]
    assert reasons(office.sync()) == {"created": 2, "erased": 1}


SENDERLESS = ', create = true, senders = ["unknown0"]'


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda office: office.team.keys.clear(), "does not accept the key"),
        (lambda office: office.team.campaigns.clear(), "does not exist|lists no campaigns"),
        (lambda office: setattr(office.campaign, "status", "completed"), "is completed"),
        (lambda office: office.team.add_campaign("Q1 messages", START), "is the name of 2"),
        (lambda office: office.aim("Other", SENDERLESS), "is no linked account|lists no campaigns"),
        (lambda office: (office.team.senders.clear(), office.aim("Other", SENDERLESS)), "no linked X account|lists no"),
        (lambda office: office.aim("Q1 message"), 'Similar names: "Q1 messages"|lists no campaigns'),
    ],
    ids=["key", "gone", "completed", "twice", "sender", "senders", "name"],
)
def test_what_only_a_person_can_fix_blocks_the_route_and_loses_no_one(office, spoil, said):
    """One sentence and the next step; every lead stays ready, and goes once it is fixed."""
    office.leads(3)
    kept = office.team.keys.copy(), list(office.team.campaigns), list(office.team.senders)
    spoil(office)
    report = office.sync()
    if report.status == "ok":  # two of one name do not matter where the campaign is named by its id
        assert not office.team.habits.lists
        return
    assert report.status == "blocked"
    assert re.search(said, report.error)
    assert report.hint
    assert (states(report), office.writes) == ({"ready": 3}, [])
    office.team.keys, office.team.campaigns, office.team.senders = kept
    office.campaign.status = "draft"
    office.aim("")
    assert states(office.sync()) == {"delivered": 3}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (", create = true", "senders = [ids of linked accounts]"),
        (', senders = ["@jane"]', "is not an id"),
        (', timezone = "Mars/Base"', "time zone"),
        (', columns = ["a"]', "must be a table"),
        (', columns = { first_name = "c", website = "c" }', "twice"),
        (', columns = { "{x}" = "c" }', "no field or variable"),
        (", verify_on_import = true", "which inbox_campaign does not have"),
        (', channel = "email"', "which inbox_campaign does not have"),
        (', dedupe = "lists"', "which inbox_campaign does not have"),
    ],
)
def test_a_target_that_cannot_be_is_one_sentence(tmp_path, monkeypatch, more, said):
    """What bridge.toml says wrong of an Inbox campaign is reported before anything is asked."""
    office = Office(tmp_path, monkeypatch)
    office.leads(1)
    office.more = more
    with pytest.raises(ConfigProblem, match=re.escape(said)):
        office.sync()
    assert office.asked == 0


@pytest.mark.parametrize("committed", [True, False])
def test_a_campaign_is_created_once_though_the_answer_is_lost(tmp_path, monkeypatch, committed):
    """The lost call is settled by listing, or by the next run: one draft, and every lead in it."""
    office = Office(tmp_path, monkeypatch)
    office.leads(3)
    office.aim("New ones", f', create = true, senders = ["{office.team.senders[0].id}"]')
    office.sandbox.faults.add("cut", method="POST", path="*/campaigns/v2", commit=committed, times=1)
    report = office.sync()
    assert (report.status, states(report)) == (("ok", {"delivered": 3}) if committed else ("partial", {"ready": 3}))
    assert states(office.sync()) == {"delivered": 3}
    made = [one for one in office.team.campaigns if one.name == "New ones"]
    assert [(one.status, len(one.leads)) for one in made] == [("draft", 3)]


def test_a_changed_value_reaches_a_column_only_where_inbox_shows_what_it_holds(office):
    """A lead of a running campaign is asked about alone; who has a thread or another value is left as it is."""
    column = next(one for one, name in office.campaign.columns.items() if name == "platform")
    columns = f'columns = {{ keyword = "{column}" }}'
    fields = 'update = { fields = "until_contacted" }\nfields = { variables = { keyword = "KEYWORD" } }'
    office.aim(office.campaign.id, f", {columns} }}\n{fields}\n# {{")
    office.leads(4)

    def sync(word):
        office.more = office.more.replace("KEYWORD", word).replace("first", word)
        return office.sync().updates

    assert sync("first") == {}
    office.campaign.status = "active"
    held, talked = office.campaign.leads["person00000"], office.campaign.leads["person00001"]
    held.data[column], talked.contacted = "by hand", True
    found = sync("second")
    values = [lead.data[column] for lead in office.campaign.leads.values()]
    if office.team.habits.shows_leads:
        assert found == {"updated": 2, "edited_there": 1, "contacted": 1}
        assert values == ["by hand", "first", "second", "second"]
    else:
        assert found == {"not_updated": 4}
        assert values == ["by hand", "first", "first", "first"]
    before = office.asked
    assert office.sync().updates == {}
    assert office.asked - before <= 5
