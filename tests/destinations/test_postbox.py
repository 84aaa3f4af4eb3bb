"""A third vendor, registered in memory: what a new one needs is one folder, one table and one entry."""

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bridge import checkup, ledger, preview
from bridge.api import Client, Throttle
from bridge.app import App, Wiring
from bridge.config import load, read_settings, schema_keys
from bridge.config.vendors import VENDORS
from bridge.errors import ConfigProblem
from bridge.hygiene import email
from bridge.ledger.people.suppressions import Suppression
from bridge.model import Delivery, Fields, Source, Target
from bridge.operations.steps import reconcile_route
from bridge.operations.test_lead import Attempt
from bridge.preview.sampling import sample
from bridge.sandbox import Sandbox
from tests.destinations.contract import DestinationContract, EmailContract, RepeatContract
from tests.destinations.postbox import POSTBOX, Postbox
from tests.harness import Clock, good_world

KEYS = {"SCRAVIO_API_KEY": "sk_live_sandbox", "POSTBOX_API_KEY": "p0stb0x-key"}
FILE = """
[postbox]
at_once = 2

[[routes]]
name = "letters"
target = { postbox_box = "box-1" }
"""


@dataclass
class Box:
    """Postbox itself, at the wire: one box; `spoilt` are the answers to come, of writes that took effect or not."""

    people: dict = field(default_factory=dict)
    spoilt: list = field(default_factory=list)
    asked: int = 0

    def __call__(self, request):
        self.asked += 1
        assert request.headers["Authorization"] == f"Bearer {KEYS['POSTBOX_API_KEY']}"
        if request.method == "GET":
            return httpx.Response(200, json={"id": "box-1", "account": "acc-1", "title": "Letters"})
        answer, committed = self.spoilt.pop(0) if self.spoilt else (None, True)
        wanted = [one["to"] for one in json.loads(request.content)["people"]] if committed else []
        new = {address: f"p{len(self.people) + at}" for at, address in enumerate(wanted) if address not in self.people}
        self.people |= new
        if isinstance(answer, Exception):
            raise answer
        return answer or httpx.Response(200, json={"new": new})


@dataclass
class Stage:
    """What the contract asks of a stage."""

    box: Box
    destination: Postbox

    def deliveries(self, *addresses):
        place = self.destination.check().place
        return [Delivery(at, one, one, Fields(), place, attempts=1) for at, one in enumerate(addresses, start=1)]

    def people(self, count):
        return self.deliveries(*(f"person{number:04}@example.com" for number in range(count)))

    def put(self, address):
        self.box.people[address] = "theirs"

    def held(self):
        return sorted(self.box.people)

    def requests(self):
        return self.box.asked

    def lose_answer(self, *, committed):
        self.box.spoilt.append((httpx.ReadError("cut"), committed))

    def deny(self):
        self.box.spoilt.append((httpx.Response(402, json={}), False))

    def be_unavailable(self):
        self.box.spoilt += [(httpx.Response(429, json={}), False)] * 99


class TestPostbox(DestinationContract, EmailContract, RepeatContract):
    @pytest.fixture
    def stage(self):
        box = Box()
        key = {"Authorization": f"Bearer {KEYS['POSTBOX_API_KEY']}"}
        door = httpx.MockTransport(box)
        client = Client("postbox", "https://p.example", key, throttle=Throttle(10**6), transport=door, patience=0)
        yield Stage(box, Postbox(client, Target("postbox", "box", "box-1")))
        client.close()


@pytest.fixture
def registered(monkeypatch):
    """Postbox is a vendor as long as the test runs."""
    monkeypatch.setitem(VENDORS, "postbox", POSTBOX)


@pytest.fixture
def opened(registered, tmp_path):
    """A box, and an App made from the text of bridge.toml and the environment."""
    with opened_on(good_world("First", leads=4), tmp_path) as found:
        yield found[:3]


@contextmanager
def opened_on(world, tmp_path):
    clock, box = Clock(), Box()
    sandbox = Sandbox(world, clock.now, clock.sleep)
    (tmp_path / "bridge.toml").write_text(FILE)
    settings = read_settings(KEYS, tmp_path)
    doors = {"scravio": sandbox.transport(), "postbox": httpx.MockTransport(box)}
    wiring = Wiring(transports=doors, clock=clock.now, ledger_clock=clock.now, pause=clock.sleep)
    with App(settings, load(settings.config_file()), wiring) as app:
        yield app, box, clock, sandbox


@pytest.fixture
def narrowed(registered, tmp_path):
    """Four people of "First" are in doubt; then two of them turn up in "Second", and the route is to be edited."""
    world = good_world("First", "Second", leads=4)
    first, second = (world.scravio.campaign(title) for title in ("First", "Second"))
    second.update(status="scraping")
    with opened_on(world, tmp_path) as (app, box, _, sandbox):
        box.spoilt.append((httpx.ReadError("cut"), False))
        app.sync(app.configuration.routes)
        second.update(status="fully_completed")
        for at in range(2):
            second.lead(at).update(email=first.lead(at).row["email"])
        yield app, box, sandbox


def test_a_route_to_it_syncs_from_configuration_alone(opened):
    """Four people go into the box, once, and the documents name the vendor."""
    app, box, _ = opened
    assert [finding.level for finding in checkup.run(app)] == ["ok"] * 5
    (report,) = app.sync(app.configuration.routes)
    assert (report.status, report.sent, len(box.people)) == ("ok", 4, 4)
    assert report.document()["requests"]["postbox"] == 2
    asked = box.asked
    (again,) = app.sync(app.configuration.routes)
    assert (again.status, again.sent, box.asked) == ("ok", 0, asked + 1)
    assert app.budgets().keys() == {"scravio", "postbox"}


@pytest.mark.parametrize("committed", [True, False])
def test_its_doubt_ends_by_sending_the_same_again(opened, committed):
    """After a lost answer the next run sends the same leads again, and all four are there once."""
    app, box, _ = opened
    box.spoilt.append((httpx.ReadError("cut"), committed))
    (lost,) = app.sync(app.configuration.routes)
    assert (lost.status, lost.tally.states["in_doubt"]) == ("partial", 4)
    (report,) = app.sync(app.configuration.routes)
    assert report.status == "ok"
    assert report.tally.states["duplicate" if committed else "delivered"] == 4
    assert len(box.people) == 4


def test_a_preview_repeats_nothing(opened):
    """While leads are in doubt a preview plays the repeat on its copy, and the vendor is sent nothing."""
    app, box, _ = opened
    box.spoilt.append((httpx.ReadError("cut"), False))
    app.sync(app.configuration.routes)
    (previewed,) = preview.run(app, app.configuration.routes, 2)
    assert (previewed.error, box.people) == ("", {})
    assert app.sync(app.configuration.routes)[0].tally.states["delivered"] == 4


def test_a_test_lead_and_a_route_that_is_gone_are_repeated_too(opened):
    """Doubt about a test lead ends in the same command; that of a route which was renamed, by the next run of any."""
    app, box, _ = opened
    (route,) = app.configuration.routes
    sampled = sample(app, route, email.read("me@operator.example"))
    box.spoilt.append((httpx.ReadError("cut"), False))
    attempt = Attempt(email.read("me@operator.example"), sampled.lead_id, sampled.fields, sampled.standing.place)
    assert app.try_lead(route, attempt).found.state == "delivered"
    assert box.people.pop("me@operator.example")
    box.spoilt.append((httpx.ReadError("cut"), False))
    app.sync([route])
    renamed = replace(route, name="renamed")
    app.configuration = replace(app.configuration, routes=(renamed,))
    (report,) = app.sync([renamed])
    assert (report.status, report.tally.states["held"], len(box.people)) == ("ok", 4, 4)


def test_another_route_repeats_nothing_of_one_that_is_paused(opened):
    """An operator who pauses a route wants nothing of it sent: its leads stay in doubt until they resume it."""
    app, box, _ = opened
    (route,) = app.configuration.routes
    other = replace(route, name="other", target=replace(route.target, ref="box-2"))
    app.configuration = replace(app.configuration, routes=(route, other))
    box.spoilt.append((httpx.ReadError("cut"), False))
    app.sync([route])
    number = ledger.route_number(app.db, route.name, route.client)
    assert ledger.pause(app.db, number, "tester")
    (report,) = app.sync([other])
    assert box.people == {}
    assert any("4 leads in doubt" in one and "`leadbridge resume letters`" in one for one in report.warnings)
    assert ledger.resume(app.db, number)
    app.sync([other])
    assert len(box.people) == 4


def test_what_only_a_paused_route_wants_of_one_that_is_gone_waits_for_it(opened):
    """Leads of a route that is gone are sent again for another one with that target, but not while that is paused."""
    app, box, _ = opened
    (route,) = app.configuration.routes
    box.spoilt.append((httpx.ReadError("cut"), False))
    app.sync([route])
    twin = replace(route, name="twin")
    choosy = replace(route, name="choosy", rules=replace(route.rules, min_followers=10**9))
    other = replace(choosy, name="other")
    app.configuration = replace(app.configuration, routes=(twin, other, choosy))
    number = ledger.route_number(app.db, twin.name, twin.client)
    for one in (number, ledger.route_number(app.db, other.name, other.client)):
        assert ledger.pause(app.db, one, "tester")
    (report,) = app.sync([choosy])
    assert box.people == {}
    (warning,) = (one for one in report.warnings if "4 leads in doubt" in one)
    assert "`leadbridge resume twin`" in warning
    assert "other" not in warning.replace("no other route", "")
    assert ledger.resume(app.db, number)
    app.sync([choosy])
    assert len(box.people) == 4


@pytest.mark.parametrize("by_handle", [False, True])
def test_who_was_suppressed_meanwhile_is_not_sent_again(opened, by_handle):
    """Of four in doubt one is suppressed, by address or by another identity: that one alone is given up."""
    app, box, _ = opened
    box.spoilt.append((httpx.ReadError("cut"), False))
    app.sync(app.configuration.routes)
    address = _some_address(app)
    person = email.read(address).person
    if by_handle:
        with app.db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE lead SET profile = 'x:jane' WHERE person = :who"), {"who": person})
    app.suppress([Suppression("", "x:jane" if by_handle else person)])
    (report,) = app.sync(app.configuration.routes)
    assert (report.tally.states["delivered"], report.tally.states["failed"]) == (3, 1)
    assert report.tally.reasons["given_up"] == 1
    assert address not in box.people


def configured(app, *routes):
    """These routes are the whole of bridge.toml from now on."""
    app.configuration = replace(app.configuration, routes=routes)
    return list(routes)


@pytest.mark.parametrize("change", ["rules", "target", "removed"])
def test_who_would_not_be_sent_today_is_not_sent_again(opened, change):
    """By changed rules, or on a route that is gone without another for that box: given up, with the claim kept."""
    app, box, _ = opened
    (route,) = app.configuration.routes
    box.spoilt.append((httpx.ReadError("cut"), False))
    app.sync([route])
    strict = replace(route.rules, min_followers=10**9)
    if change == "rules":
        routes = configured(app, replace(route, rules=strict))
    elif change == "target":
        wall = replace(route.target, kind="wall", identity="x", demands_validation=False)
        routes = configured(app, replace(route, name="walls", target=wall))
    else:
        routes = configured(app, replace(route, name="strict", rules=strict))
    app.sync(routes)
    number = ledger.route_names(app.db)["letters"]
    tally = ledger.tally(app.db, number)
    assert (tally.states["failed"], tally.reasons["given_up"], box.people) == (4, 4, {})
    with app.db.read() as connection:
        assert connection.exec_driver_sql("SELECT count(DISTINCT delivery_id) FROM claim").scalar_one() == 4


@pytest.mark.parametrize("source", [Source(title=("second",)), Source(q="second")])
def test_a_person_that_the_route_finds_in_another_campaign_is_sent_again(narrowed, source):
    """A source without the campaign they were in: who is in another one goes once, the two others are given up."""
    app, box, sandbox = narrowed
    (route,) = app.configuration.routes
    (report,) = app.sync(configured(app, replace(route, source=source)))
    assert set(box.people) == {sandbox.world.scravio.campaign("Second").lead(at).row["email"] for at in range(4)}
    assert report.tally.reasons["given_up"] == 2
    assert (report.tally.states["delivered"], report.tally.states["in_doubt"]) == (4, 0)


def test_a_search_that_was_not_asked_yet_gives_up_no_lead(narrowed):
    """Which campaigns a new free text means is known once Scravio was asked: those in doubt are wanted all the same."""
    app, box, _ = narrowed
    (route,) = app.configuration.routes
    (report,) = app.sync(configured(app, replace(route, source=Source(q="first"))))
    assert (report.status, report.tally.states["delivered"], len(box.people)) == ("ok", 4, 4)


@pytest.mark.parametrize("unread", ["fault", "validating"])
def test_nothing_is_given_up_before_the_source_was_read(narrowed, unread):
    """`settle` asks no source, and Scravio may be away, or still validate: the leads stay in doubt until it is read."""
    app, box, sandbox = narrowed
    second = sandbox.world.scravio.campaign("Second")
    (route,) = app.configuration.routes
    routes = configured(app, replace(route, source=Source(title=("second",))))
    (step,) = app.settle(routes)
    assert (step.found.left, step.found.ask_at, "`leadbridge sync`" in step.found.unread) == (4, None, True)
    if unread == "fault":
        sandbox.faults.add("status", "scravio", path="*/leads", code=500)
    else:
        second.update(postValidation={"status": "validating"})
    (report,) = app.sync(routes)
    assert (report.tally.states["in_doubt"], box.people) == (4, {})
    sandbox.faults.clear()
    second.update(postValidation={"status": "completed"})
    (report,) = app.sync(routes)
    assert (report.tally.states["in_doubt"], report.tally.reasons["given_up"], len(box.people)) == (0, 2, 4)


def test_a_suppressed_person_whose_lead_shows_another_address_by_now_is_not_sent_again(narrowed):
    """The lead shows another address by now, and the person is suppressed under the first one: it is not sent again."""
    app, box, sandbox = narrowed
    first = sandbox.world.scravio.campaign("First").lead(0)
    former = first.row["email"]
    first.update(email="new.address@studio.example")
    sandbox.world.scravio.campaign("First").touch(app.db.now())
    box.spoilt.append((httpx.Response(502, json={}), False))
    app.sync(app.configuration.routes)
    app.suppress([Suppression("", email.read(former).person)])
    app.sync(app.configuration.routes)
    app.sync(app.configuration.routes)
    assert former not in box.people


def test_a_test_lead_in_doubt_can_be_given_up(opened):
    """On a configured route too: `settle` leaves it to the next `test-lead`, `settle --give-up` ends it."""
    app, box, _ = opened
    (route,) = app.configuration.routes
    app.sync([route], limit=1)
    me = email.read("me@operator.example")
    sampled = sample(app, route, me)
    box.spoilt += [(httpx.ReadError("cut"), False)] * 2
    attempt = Attempt(me, sampled.lead_id, sampled.fields, sampled.standing.place)
    assert app.try_lead(route, attempt).status == "partial"
    assert app.settle([route])[0].found.became == {}
    (doubtful,) = ledger.doubtful_places(app.db, [route.name])
    assert doubtful.leads == {"letters": 1}
    (step,) = app.give_up([route], doubtful.place)
    assert (step.status, step.found.became) == ("ok", {("failed", "given_up"): 1})
    assert ledger.doubtful_places(app.db, [route.name]) == []


def test_a_repeat_that_is_refused_keeps_the_claim(opened):
    """The first call may have created the leads: they end as given up, and none is free for another route."""
    app, box, _ = opened
    box.spoilt += [(httpx.ReadError("cut"), True), *[(httpx.Response(400, json={}), False)] * 9]
    app.sync(app.configuration.routes)
    (report,) = app.sync(app.configuration.routes)
    assert (report.tally.states["failed"], report.tally.reasons["given_up"]) == (4, 4)
    with app.db.read() as connection:
        assert connection.exec_driver_sql("SELECT count(DISTINCT delivery_id) FROM claim").scalar_one() == 4


def test_what_it_cannot_do_is_said(opened):
    """Without abilities a preview has no outlook, `reconcile` cannot compare, and `forget` cannot delete there."""
    app, box, _ = opened
    (previewed,) = preview.run(app, app.configuration.routes, 2)
    assert (previewed.error, previewed.outlook, len(previewed.bodies)) == ("", None, 2)
    assert not box.people
    app.sync(app.configuration.routes)
    route = app.configuration.routes[0]
    step = reconcile_route(app.resources(), route, app.destination(route))
    assert (step.status, step.error) == (
        "failed", 'Postbox box "box-1" does not list its leads, so it cannot be compared.'
    )  # fmt: skip
    forgotten = app.eraser(asked_by="test").forget(_some_address(app))
    assert (forgotten.status, [one.why for one in forgotten.left]) == (
        "partial", ["leadbridge cannot delete leads at postbox"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ('{ postbox_box = "a", create = true }', 'holds "create", which postbox_box does not have; leave it out'),
        ('{ postbox_box = "a", dedupe = "lists" }', 'sets dedupe = "lists", which postbox_box does not have'),
        ('{ postbox_box = "a", instantly_list = "b" }', "a route has one target, so remove one of the two"),
        ("{ }", 'puffle_campaign = "…" or postbox_box = "…" or postbox_wall = "…"'),
        ('{ postbox_bix = "a" }', 'did you mean "postbox_box"?'),
    ],
)
def test_its_target_is_read_like_any_other(registered, tmp_path, target, said):
    """A key of another vendor's target, two targets, none, and a typo are reported."""
    (tmp_path / "bridge.toml").write_text(f'[[routes]]\nname = "letters"\ntarget = {target}\n')
    with pytest.raises(ConfigProblem) as caught:
        load(tmp_path / "bridge.toml")
    assert said in str(caught.value)


LEADS = """_id,platform,username,email,emailValidationStatus
1,x,jane,,
2,x,Joe_Doe,joe@example.com,invalid
3,instagram,ann,ann@example.com,valid
"""


def test_a_target_says_who_it_reaches_and_whether_they_must_be_valid(registered, tmp_path):
    """People on X go to a wall by their handle, without any e-mail; who has no such profile is held for that."""
    box = Box()
    (tmp_path / "leads.csv").write_text(LEADS)
    (tmp_path / "bridge.toml").write_text(
        '[[routes]]\nname = "walls"\nsource = { csv = "leads.csv" }\ntarget = { postbox_wall = "box-1" }\n'
    )
    settings = read_settings({"POSTBOX_API_KEY": KEYS["POSTBOX_API_KEY"]}, tmp_path)
    with App(settings, load(settings.config_file()), Wiring(httpx.MockTransport(box))) as app:
        (report,) = app.sync(app.configuration.routes)
        assert (report.status, report.sent, report.tally.reasons["no_identity"]) == ("ok", 2, 1)
        assert sorted(box.people) == ["jane", "joe_doe"]
        assert app.sync(app.configuration.routes)[0].sent == 0
        assert {finding.level for finding in checkup.run(app)} == {"ok"}


def test_its_keys_are_part_of_the_reference(registered):
    """The documentation's list of keys is made from the registry."""
    assert {"postbox.at_once", "routes.target.postbox_box"} <= {key.path for key in schema_keys()}


def test_the_page_shows_this_very_code():
    """docs/add-a-vendor.md is what these tests run."""
    page = (Path(__file__).parents[2] / "docs" / "add-a-vendor.md").read_text("utf-8")
    code = Path(__file__).with_name("postbox.py").read_text("utf-8").partition("\n\n")[2]
    assert f"```python\n{code}```" in page


def _some_address(app):
    with app.db.read() as connection:
        return connection.exec_driver_sql("SELECT address FROM delivery LIMIT 1").scalar_one()
