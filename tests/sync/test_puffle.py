"""Whole runs of routes to Puffle, from the text of bridge.toml, in both temperaments of the sandbox."""

import json
import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import httpx
import pytest
import sqlalchemy as sa

from bridge import checkup, preview
from bridge.app import App, Wiring
from bridge.config import load, read_settings
from bridge.errors import ConfigProblem
from bridge.feedback import polling
from bridge.hygiene import email
from bridge.ledger.people.suppressions import Suppression
from bridge.operations.test_lead import Attempt
from bridge.preview.sampling import sample
from bridge.sandbox import Sandbox
from bridge.sandbox.puffle import UNKIND
from tests.harness import Clock, good_world, quick_pauses

MAIL = '{ puffle_campaign = "Founders" }'
DRAFTS = '{ puffle_campaign = "Founders", when_launched = "new_draft" }'
PEOPLE = """_id,platform,username,name,email
1,linkedin,https://www.linkedin.com/in/Jane-Doe/?x=1,Jane Doe,jane@example.com
2,linkedin,joe-doe,Joe Doe,
3,instagram,ann,Ann Lee,ann@example.com
"""


@pytest.fixture(autouse=True)
def _no_waiting():
    with quick_pauses(attempts=2):
        yield


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Killer(httpx.BaseTransport):
    """The network up to request `at`, which is the last one: it is sent or not, and its answer is never seen."""

    inner: httpx.BaseTransport
    at: int = 0
    sent: bool = True
    asked: int = 0

    def handle_request(self, request):
        self.asked += 1
        if self.at == self.asked and not self.sent:
            raise Killed
        response = self.inner.handle_request(request)
        response.read()
        if self.at == self.asked:
            raise Killed
        return response


@dataclass
class Office:
    """An operator with one route to Puffle; every command is a process of its own."""

    folder: object
    database_url: str
    unkind: bool = False
    leads: int = 12
    target: str = MAIL
    source: str = ""
    batch: int | None = None
    keys: dict = field(default_factory=lambda: {"PUFFLE_API_KEY": "pk_live_sandbox"})

    def __post_init__(self):
        self.clock = Clock()
        self.sandbox = Sandbox(good_world("First", leads=self.leads), self.clock.now, self.clock.sleep)
        self.account.habits = replace(UNKIND) if self.unkind else self.account.habits
        self.door = self.sandbox.transport()

    @property
    def account(self):
        return self.sandbox.world.puffle

    def campaign(self, name="Founders"):
        return self.account.campaign(name)

    @contextmanager
    def app(self):
        text = (
            f'[puffle]\nrequests_per_second = 100\n[[routes]]\nname = "founders"\ntarget = {self.target}\n{self.source}'
        )
        (self.folder / "bridge.toml").write_text(text)
        base = {"SCRAVIO_API_KEY": "sk_live_sandbox", "PUFFLE_BASE_URL": "https://p.example/puffle"}
        settings = read_settings({**base, "BRIDGE_DATABASE_URL": self.database_url, **self.keys}, self.folder)
        doors = {"scravio": self.sandbox.transport(), "puffle": self.door}
        wiring = Wiring(
            transports=doors,
            clock=self.clock.now,
            ledger_clock=self.clock.now,
            pause=self.clock.sleep,
            largest_batch=self.batch,
        )
        with App(settings, load(settings.config_file()), wiring) as app:
            yield app

    def do(self, step):
        with self.app() as app:
            return step(app, app.configuration.routes)

    def sync(self):
        (report,) = self.do(lambda app, routes: app.sync(routes))
        return report

    def reconcile(self, **options):
        (step,) = self.do(lambda app, routes: app.reconcile(routes, **options))
        return step

    def feedback(self):
        """The new events of one round, by kind."""

        def ask(app, routes):
            (heard,) = polling.poll(polling.Asking(app.db, app.destination, lambda: False), routes)
            assert heard.status == "ok", heard.error
            return {kind.value: count for kind, count in heard.events.items() if count}

        return self.do(ask)

    def rows(self):
        """Every row of every roster, as campaign and address."""
        return [(one.name, key) for one in self.account.campaigns for key in one.rows]

    def deliveries(self, what="state"):
        query = sa.text(f"SELECT {what} FROM delivery ORDER BY id")

        def read(app, _routes):
            with app.db.read() as connection:
                return [tuple(row) if len(row) > 1 else row[0] for row in connection.execute(query)]

        return self.do(read)


@pytest.fixture(params=["kind", "unkind"])
def office(request, tmp_path):
    return Office(tmp_path, f"sqlite:///{tmp_path / 'bridge.db'}", unkind=request.param == "unkind")


@pytest.fixture
def unkind(tmp_path):
    """The worse of the two, where a test has many histories."""
    return Office(tmp_path, f"sqlite:///{tmp_path / 'bridge.db'}", unkind=True)


def only_once(office):
    """No address has two rows, in whatever campaign."""
    return [key for key, count in Counter(key for _, key in office.rows()).items() if count > 1] == []


# ------------------------------------------------------------------------------------------------------- by e-mail


def test_a_route_fills_a_roster_once(office):
    """All go, once; the ledger has their ids, a second run sends nothing, and ledger and roster agree."""
    office.account.add_row(office.campaign(), "theirs@example.com", office.clock.now())
    findings = office.do(lambda app, _: list(checkup.run(app)))
    assert [one.level for one in findings] == ["ok"] * 5
    assert "no lead is contacted until you launch it" in findings[-1].message
    report = office.sync()
    assert (report.status, report.sent, len(office.rows())) == ("ok", 12, 13)
    assert report.document()["requests"]["puffle"] == 4
    assert set(office.deliveries("remote_id")) == {row["id"] for row in office.campaign().rows.values()} - {
        office.campaign().rows["theirs@example.com"]["id"]
    }
    again = office.sync()
    assert (again.status, again.sent, again.document()["requests"]["puffle"]) == ("ok", 0, 1)
    (place,) = office.reconcile().found.places
    assert (place.expected, place.present, dict(place.counts)) == (12, 13, {"only_in_target": 1})


def test_a_preview_shows_what_a_sync_then_posts(office):
    """The bodies are those that are posted, who is there already is reported, and nothing is written."""
    posted = []

    def keeps(request):
        posted.append(request.body)
        return False

    (looked,) = office.do(lambda app, routes: preview.run(app, routes, 12))
    taken = str(looked.bodies[0]["email"])
    office.account.add_row(office.campaign(), taken, office.clock.now())
    (looked,) = office.do(lambda app, routes: preview.run(app, routes, 12))
    assert (looked.would_be_taken, office.rows()) == (11, [("Founders", taken)])
    office.sandbox.faults.add("status", "puffle", "*/leads", method="POST", when=keeps)
    assert office.sync().sent == 11
    assert b"".join(posted).count(b'"email"') == 11
    sent = httpx.Response(200, content=posted[0]).json()["prospects"]
    assert sent == [body for body in looked.bodies if body["email"] != taken]
    assert looked.request == {"prospects": list(looked.bodies)}
    assert any("until you launch" in one for one in looked.outlook.warnings)


@pytest.mark.parametrize("committed", [True, False])
def test_a_lost_answer_ends_in_certainty(office, committed):
    """Nothing is repeated before the roster was asked; then everyone is there once, delivered."""
    office.sandbox.faults.add("cut", "puffle", "*/leads", method="POST", commit=committed, times=1)
    lost = office.sync()
    assert (lost.status, lost.tally.states["in_doubt"]) == ("partial", 12)
    office.clock.forward(minutes=1)
    report = office.sync()
    assert (report.status, report.tally.states["delivered"], len(office.rows())) == ("ok", 12, 12)
    assert only_once(office)


def test_a_suppressed_person_does_not_go(office):
    """By address, and by the profile that would go along."""
    (looked,) = office.do(lambda app, routes: preview.run(app, routes, 1))
    person = str(looked.bodies[0]["email"])
    office.do(lambda app, _: app.suppress([Suppression("", person)]))
    assert office.sync().sent == 11
    assert person not in office.campaign().rows


# ----------------------------------------------------------------------------------------------------- after the launch


def test_a_launched_campaign_holds_the_route(office):
    """Blocked with the next step, every lead ready; named another draft, the route goes on, and sends no one twice."""
    office.batch = 5

    def launches(request):
        office.campaign().status = "active" if len(office.campaign().rows) >= 5 else "draft"
        return False

    office.sandbox.faults.add("status", "puffle", "*/leads", method="POST", when=launches)
    report = office.sync()
    assert (report.status, report.sent, report.tally.states["ready"]) == ("blocked", 5, 7)
    assert "a roster is closed at the launch" in report.error
    assert 'when_launched = "new_draft"' in report.hint
    assert office.sync().tally.states["ready"] == 7
    office.account.add_campaign("Founders next", office.clock.now())
    office.target = '{ puffle_campaign = "Founders next" }'
    moved = office.sync()
    assert (moved.status, moved.sent) == ("ok", 7)
    assert Counter(name for name, _ in office.rows()) == {"Founders": 5, "Founders next": 7}
    assert only_once(office)


@pytest.mark.parametrize("unkind", [False, True])
def test_the_route_moves_to_the_next_draft(tmp_path, database_url, unkind):
    """Delivered leads stay, new ones go to a copy that is made once; ledger, report and `reconcile` know both."""
    office = Office(tmp_path, database_url, unkind, target=DRAFTS)
    office.sync()
    office.campaign().status = "active"
    campaign = office.sandbox.world.scravio.campaign("First")
    extra = campaign.crowd.row(0) | {"email": "new@example.com"}
    campaign.add_lead(**{name: extra[name] for name in ("email", "emailValidation", "fullName", "platform")})
    campaign.touch(office.clock.now())
    office.clock.forward(hours=1)
    report = office.sync()
    assert (report.status, report.sent) == ("ok", 1)
    assert any('is now the campaign "Founders 2"' in one and "12 to the campaign" in one for one in report.warnings)
    assert [key for name, key in office.rows() if name == "Founders 2"] == ["new@example.com"]
    assert office.campaign("Founders 2").status == "draft"
    again = office.sync()
    assert (again.status, again.sent, again.warnings, len(office.account.campaigns)) == ("ok", 0, (), 3)
    found = office.reconcile().found
    assert [(one.expected, one.present, one.differences) for one in found.places] == [(12, 12, ()), (1, 1, ())]
    bound = "SELECT place.title FROM binding JOIN place ON place.no = binding.place_no"
    with office.app() as app, app.db.read() as connection:
        assert connection.execute(sa.text(bound)).scalars().all() == ["Founders 2"]


@pytest.mark.parametrize("sent", [True, False])
def test_killed_at_any_request_no_lead_is_lost_or_sent_twice(unkind, sqlite_template, sent):
    """The process ends at each request in turn, after it was sent or before: the next runs complete one draft."""
    office = unkind
    at = 0
    while True:
        at += 1
        shutil.copy(sqlite_template, office.folder / f"{at}.db")
        fresh = Office(office.folder, f"sqlite:///{office.folder / f'{at}.db'}", True, target=DRAFTS, batch=6)
        fresh.campaign().status = "active"
        fresh.account.put_nodes(fresh.campaign(), [{"type": "email", "subject": "Hi", "body": "Hi"}, {"type": "end"}])
        fresh.door = Killer(fresh.sandbox.transport(), at, sent)
        try:
            fresh.sync()
        except Killed:
            fresh.door.at = 0
        else:
            break
        for _ in range(2):
            fresh.clock.forward(minutes=31)
            report = fresh.sync()
        assert (report.status, report.tally.states["delivered"]) == ("ok", 12), at
        assert Counter(name for name, _ in fresh.rows()) == {"Founders 2": 12}, at
        assert fresh.campaign("Founders 2").nodes[0]["body"] == "Hi", at
    assert at > 10


def test_a_preview_of_the_next_draft_makes_none(office):
    """It names the draft that would be made, and how many would go there."""
    office.target = DRAFTS
    office.campaign().status = "active"
    (looked,) = office.do(lambda app, routes: preview.run(app, routes, 1))
    assert (looked.error, looked.would_be_taken, len(office.account.campaigns)) == ("", 12, 2)
    assert 'a copy of "Founders"' in looked.target
    findings = office.do(lambda app, _: list(checkup.run(app)))
    assert {one.level for one in findings} == {"ok"}


# ------------------------------------------------------------------------------------------------------------- trouble


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (lambda office: office.account.keys.clear(), "Puffle does not accept the key (401)"),
        (lambda office: setattr(office.account.habits, "credits_spent", True), "Puffle requires an active paid plan"),
        (lambda office: office.account.campaigns.remove(office.campaign()), "does not exist under this key"),
        (lambda office: setattr(office.campaign(), "name", "Renamed"), "does not exist under this key"),
        (lambda office: setattr(office, "target", '{ puffle_campaign = "Founders", channel = "linkedin" }'), ""),
    ],
    ids=["revoked key", "no credits", "campaign deleted", "campaign renamed", "channel changed"],
)
def test_trouble_between_two_runs_is_one_sentence(office, trouble, said):
    """The route is blocked with the next step, and what was not sent stays."""
    office.batch = 4

    def breaks(request):
        return len(office.campaign().rows) >= 4

    rule = office.sandbox.faults.add("status", "puffle", "*/leads", method="POST", code=429, when=breaks)
    first = office.sync()
    assert (first.status, first.tally.states["ready"]) == ("failed", 8)
    office.sandbox.faults.remove(rule)
    trouble(office)
    report = office.sync()
    assert report.status == "blocked"
    assert said in report.error
    assert report.hint
    assert report.tally.states["delivered"] == 4
    assert sum(report.tally.states.values()) == 12


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ('{ puffle_campaign = "F", when_launched = "launch" }', 'must be "hold" or "new_draft"'),
        ('{ instantly_list = "F", channel = "linkedin" }', 'holds "channel", which instantly_list does not have'),
        ('{ puffle_campaign = "F", create = true }', 'holds "create", which puffle_campaign does not have'),
    ],
)
def test_a_target_that_cannot_be_is_reported(office, target, said):
    """The file's error names the key and what it may be."""
    office.target = target
    with pytest.raises(ConfigProblem) as caught:
        office.sync()
    assert said in str(caught.value)


def test_without_a_key_the_command_says_which(office):
    """The variable to set is named."""
    office.keys = {}
    with pytest.raises(ConfigProblem, match="PUFFLE_API_KEY"):
        office.sync()


# ------------------------------------------------------------------------------------------------------------ LinkedIn


@pytest.mark.parametrize("guess", [False, True])
def test_a_linkedin_route_needs_no_address(office, guess):
    """A link goes, with the address beside it; a bare user name only where the route allows the guess, and says so."""
    (office.folder / "people.csv").write_text(PEOPLE)
    office.source = 'source = { csv = "people.csv" }\n'
    extra = "linkedin_from_username = true" if guess else 'channel = "linkedin"'
    office.target = f'{{ puffle_campaign = "Founders on LinkedIn", {extra} }}'
    report = office.sync()
    assert (report.status, report.sent) == ("ok", 2 if guess else 1)
    assert report.tally.reasons["no_identity"] == (1 if guess else 2)
    assert any("that is a guess" in one for one in report.warnings) is guess
    links = {key: row["email"] for key, row in office.campaign("Founders on LinkedIn").rows.items()}
    expected = {"https://www.linkedin.com/in/jane-doe": "jane@example.com"}
    assert links == expected | ({"https://www.linkedin.com/in/joe-doe": None} if guess else {})
    assert office.sync().sent == 0
    (place,) = office.reconcile().found.places
    assert (place.expected, place.differences) == (2 if guess else 1, ())
    if not guess:
        assert "linkedin: only a user name is known, no link" in office.deliveries("detail")


def test_a_test_lead_by_e_mail_goes_into_no_linkedin_campaign(office):
    """A test lead has an address and no profile: it is refused before the call, with the reason."""
    office.target = '{ puffle_campaign = "Founders on LinkedIn", linkedin_from_username = true }'
    (office.folder / "people.csv").write_text(PEOPLE)
    office.source = 'source = { csv = "people.csv" }\n'
    me = email.read("me@operator.example")

    def attempt(app, routes):
        found = sample(app, routes[0], me)
        return app.try_lead(routes[0], Attempt(me, found.lead_id, found.fields, found.standing.place))

    step = office.do(attempt)
    assert (step.status, step.found.state) == ("blocked", "refused")
    assert "Puffle needs a LinkedIn profile link" in step.found.detail
    assert office.rows() == []


def test_the_wrong_channel_is_reported_by_check_and_sync(office):
    """The campaign's type is compared before anything is sent."""
    office.target = '{ puffle_campaign = "Founders on LinkedIn" }'
    (bad,) = [one for one in office.do(lambda app, _: list(checkup.run(app))) if one.level == "bad"]
    assert "is a LinkedIn campaign, and this route reaches people by e-mail" in bad.message
    assert 'channel = "linkedin"' in bad.hint
    assert (office.sync().status, office.rows()) == ("blocked", [])


# ---------------------------------------------------------------------------------------------------------- afterwards


def test_statuses_of_a_launched_roster_are_stored(office):
    """`reconcile` reads them, `--repair` stores them with the delivery, and then ledger and roster agree again."""
    office.sync()
    office.campaign().status = "active"
    first, second = list(office.campaign().rows)[:2]
    office.account.set_status("Founders", "replied", first)
    office.account.set_status("Founders", "bounced", second)
    step = office.reconcile(repair=True)
    assert step.found.places[0].counts == {"other_status": 2}
    assert Counter(office.deliveries("remote_status")) == {"": 10, "replied": 1, "bounced": 1}
    assert office.reconcile().found.differences == 0


def test_feedback_reads_what_moved(office):
    """A reply, a bounce and a contact become events once; a round without news is cheap, and a bounce suppresses."""
    office.sync()
    first, second, third = list(office.campaign().rows)[:3]
    assert office.feedback() == {}
    office.campaign().status = "active"
    office.clock.forward(hours=1)
    for key, status in ((first, "replied"), (second, "bounced"), (third, "sent")):
        office.sandbox.mutate("puffle", {"campaign": "Founders", "status": status, "key": key})
    assert office.feedback() == {"contacted": 2, "replied": 1, "bounced": 1}
    with office.app() as app, app.db.read() as connection:
        query = sa.text("SELECT delivery.address, kind FROM vendor_event JOIN delivery ON delivery.id = delivery_id")
        assert {tuple(row) for row in connection.execute(query)} == {
            (first, "replied"), (first, "contacted"), (second, "bounced"), (third, "contacted")
        }  # fmt: skip
    office.clock.forward(minutes=30)
    assert office.feedback() == {}
    asked = sum(count for name, count in office.sandbox.report()["requests"].items() if "puffle" in name)
    office.clock.forward(minutes=30)
    assert office.feedback() == {}
    now = sum(count for name, count in office.sandbox.report()["requests"].items() if "puffle" in name)
    assert now - asked <= 4
    office.sandbox.mutate("puffle", {"campaign": "Founders", "status": "completed", "key": third})
    assert office.feedback() == {}
    with office.app() as app, app.db.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM suppression")).scalar_one() == 1


def test_forgetting_deletes_in_drafts_and_names_what_is_left(office):
    """The row of a draft is deleted by its id, and all others stay; a launched campaign is reported as left."""
    office.sync()
    first, second = list(office.campaign().rows)[:2]
    office.clock.forward(minutes=5)
    done = office.do(lambda app, _: app.eraser(asked_by="test").forget(first))
    assert (done.status, first in office.campaign().rows, len(office.rows())) == ("done", False, 11)
    office.campaign().status = "active"
    left = office.do(lambda app, _: app.eraser(asked_by="test").forget(second))
    assert (left.status, second in office.campaign().rows) == ("partial", True)
    assert ["its roster is closed" in one.why for one in left.left] == [True]
    assert "--ledger-only" in left.left[0].hint


def test_requests_of_a_whole_run(unkind):
    """Three thousand leads beside 130 rows: at most ceil(n/1000) adds, ceil(roster/200) reads and 5 requests more."""
    office = Office(unkind.folder, unkind.database_url, unkind=True, leads=3_000)
    for number in range(130):
        office.account.add_row(office.campaign(), f"theirs{number}@example.com", office.clock.now())
    report = office.sync()
    assert (report.status, report.sent) == ("ok", 3_000)
    assert report.document()["requests"]["puffle"] <= 3 + 16 + 5


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        ("status", {"code": 500}),
        ("html", {}),
        ("truncated", {}),
        ("hollow_page", {}),
        ("same_cursor", {}),
        ("blank", {"fields": ("id", "email", "created_at")}),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "*/campaigns"), ("GET", "*/leads"), ("POST", "*/leads")])
def test_odd_answers_end_with_every_lead_there_once(unkind, kind, terms, method, path):
    """Whatever one kind of request answers for two runs: later runs deliver all, once, into one draft."""
    office = unkind
    office.target = DRAFTS
    office.account.add_row(office.campaign(), "theirs@example.com", office.clock.now())
    office.campaign().status = "active"
    rule = office.sandbox.faults.add(kind, "puffle", path, method=method, **terms)
    for _ in range(2):
        office.sync()
        office.clock.forward(minutes=31)
    office.sandbox.faults.remove(rule)
    for _ in range(3):
        report = office.sync()
        office.clock.forward(hours=7)
    assert (report.status, report.tally.states["delivered"]) == ("ok", 12)
    assert Counter(name for name, _ in office.rows()) == {"Founders": 1, "Founders 2": 12}
    assert len(office.account.campaigns) == 3


@pytest.mark.parametrize("order", ["oldest", "moves"])
def test_a_row_is_read_right_before_it_is_changed(office, order):
    """A row that a person edits while its neighbours are written stays; also if each edit moves its row."""

    class Hand(httpx.BaseTransport):
        def __init__(self, inner):
            self.inner, self.patches = inner, 0

        def handle_request(self, request):
            rows = office.campaign().rows
            if request.method == "PATCH":
                self.patches += 1
                body = json.loads(request.read())
                mine = next(key for key, row in rows.items() if row["id"] == body["prospect_id"])
                others = [key for key in rows if rows[key]["position"] == "Creator" and key != mine]
                if self.patches == 1:
                    rows[others[-1]]["position"] = "Founder"
                    rows[mine]["company"] = "Acme"
                if order == "moves":
                    rows[mine] = rows.pop(mine)
            return self.inner.handle_request(request)

    fields = 'fields = { job_title = "Creator", company_name = "", variables = {} }'
    office.target = f'{MAIL}\nupdate = {{ fields = "until_contacted" }}\n{fields}'
    office.sync()
    office.target = office.target.replace("Creator", "Maker")
    office.door = Hand(office.door)
    report = office.sync()
    assert report.updates == {"updated": 11, "edited_there": 1}
    assert Counter(row["position"] for row in office.campaign().rows.values()) == {"Maker": 11, "Founder": 1}
    assert [one for one in report.warnings if "in the moment of its change (company)" in one]


def test_a_changed_mapping_reaches_the_rows_of_a_draft_and_no_hand_made_change(office):
    """Columns follow; a row that a person edited stays; a launched campaign is left alone; custom fields cannot be."""
    fields = 'fields = { job_title = "Creator", variables = {} }'
    office.target = f'{MAIL}\nupdate = {{ fields = "until_contacted" }}\n{fields}'
    office.sync()
    rows = list(office.campaign().rows.values())
    rows[3]["position"] = "Founder"
    office.target = office.target.replace("Creator", "Maker")
    assert office.sync().updates == {"updated": 11, "edited_there": 1}
    assert Counter(row["position"] for row in office.campaign().rows.values()) == {"Maker": 11, "Founder": 1}
    office.target = office.target.replace('"Maker"', '"Maker", phone = "12"')
    assert office.sync().updates == {"not_updated": 11, "edited_there": 1}
    office.account.set_status("Founders", "active")
    office.target = office.target.replace("Maker", "Boss")
    report = office.sync()
    assert (report.status, report.updates) == ("blocked" if report.error else "ok", {"not_updated": 12})
    assert "Boss" not in {row["position"] for row in office.campaign().rows.values()}
