"""Delivered leads follow what changes later: before the first contact, and never over what a person changed by hand."""

import json
import os
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bridge import ledger, preview
from bridge.ledger import intent as intents
from bridge.ledger.core import leases
from bridge.ledger.intent import Kind, Stage
from bridge.model import Mapped, Update
from tests.harness import Operator, good_world, quick_pauses, route

LONG = "BRIDGE_TEST_LONG" in os.environ
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _no_waiting():
    with quick_pauses(attempts=2):
        yield


def following(title="", **more):
    """A route whose delivered leads follow; `title` is what it sends as the job title."""
    fields = Mapped(core={"job_title": title} if title else {}, variables={"level": "{platform}", **more})
    return replace(route(fields=fields), update=Update("until_contacted"))


def people(operator, name="Fitness Q4"):
    return list(operator.sandbox.world.instantly.people(operator.target(name).id))


def titles(operator):
    return sorted(str(one.posted.get("job_title") or "") for one in people(operator))


def by_hand(operator, person, **facts):
    """An operator edits a lead in Instantly."""
    changed = json.dumps(person.posted | facts).encode()
    return operator.sandbox.world.instantly.change_person(person, facts=changed, updated=operator.clock.now())


class Door(httpx.BaseTransport):
    """The network of one process: `at` the n-th PATCH its answer is lost, or the whole process dies."""

    def __init__(self, operator, at=0, fate="lost"):
        self.inner, self.at, self.fate, self.patches = operator.sandbox.transport(), at, fate, 0

    def handle_request(self, request):
        self.patches += request.method == "PATCH"
        meant = request.method == "PATCH" and self.patches == self.at
        if meant and self.fate == "dies before":
            raise KilledError
        if meant and self.fate == "lost before":
            raise httpx.ReadError("cut", request=request)
        response = self.inner.handle_request(request)
        response.read()
        if meant and self.fate == "dies after":
            raise KilledError
        if meant:
            raise httpx.ReadError("cut", request=request)
        return response


class KilledError(BaseException):
    """The process is gone."""


def let_leases_expire(operator):
    operator.clock.forward(seconds=leases.LEASE_SECONDS + 60)


def test_a_changed_mapping_reaches_who_was_not_contacted(operator):
    """Ten leads, one contacted and one edited by hand: eight are changed, by one read and one write each."""
    operator.sync_one(following("Creator"))
    first, second, *others = people(operator)
    operator.sandbox.world.instantly.change_person(
        first, activity=replace(first.activity, contacted_at=operator.clock.now(), sent=1)
    )
    by_hand(operator, second, job_title="Founder")
    operator.forget_calls()
    report = operator.sync_one(following("Maker", level="{followers}"))
    assert report.updates == {"updated": 9, "contacted": 1}
    assert titles(operator) == ["Creator", "Founder", *["Maker"] * 8]
    assert (operator.calls("GET", "leads/"), operator.calls("PATCH")) == (10, 9)
    assert all(isinstance(one.posted["custom_variables"]["level"], int | str) for one in others)
    operator.forget_calls()
    again = operator.sync_one(following("Maker", level="{followers}"))
    assert (again.updates, operator.calls("leads/")) == ({}, 0)
    operator.assert_promises()


@sqlite_only
def test_what_was_changed_by_hand_stays_and_is_said(operator):
    """The whole change collides with a person's: nothing is written, and the history says why."""
    operator.sync_one(following("Creator"), limit=1)
    (one,) = people(operator)
    by_hand(operator, one, job_title="Founder")
    report = operator.sync_one(following("Maker"), limit=1)
    assert report.updates["edited_there"] == 1
    assert "Founder" in titles(operator)
    db = ledger.Database(operator.database_url)
    with db.read() as connection:
        reported = connection.execute(sa.text("SELECT reason, detail FROM event WHERE reason = 'edited_there'")).all()
    db.close()
    assert [tuple(row) for row in reported] == [("edited_there", "job_title")]


@sqlite_only
def test_an_edit_in_the_moment_of_the_write_is_said_where_the_answer_shows_it(operator):
    """A person edits the company between our read and our write: it stays, `explain` and the run say it."""

    class Hand(Door):
        def handle_request(self, request):
            if request.method == "PATCH" and not self.patches:
                (one,) = [one for one in people(operator) if one.id == request.url.path.rpartition("/")[2]]
                by_hand(operator, one, company_name="Acme", job_title="Founder")
            return super().handle_request(request)

    operator.sync_one(following("Creator"), limit=2)
    report = operator.sync_one(following("Maker"), transport=Hand(operator), limit=1)
    assert report.updates["updated"] >= 2
    (said,) = [one for one in report.warnings if "in the moment of its change" in one]
    assert "(company_name)" in said
    assert [one.posted["company_name"] for one in people(operator) if one.posted.get("company_name")] == ["Acme"]
    db = ledger.Database(operator.database_url)
    with db.read() as connection:
        reported = connection.execute(
            sa.text("SELECT detail FROM event WHERE detail LIKE '%edited there between%'")
        ).all()
    db.close()
    assert len(reported) == 1


@sqlite_only
def test_without_the_key_nothing_is_changed_and_nothing_is_asked(operator):
    """`update` unset: a new mapping costs no request and writes no row."""
    operator.sync_one(route(fields=Mapped(core={"job_title": "Creator"})))
    operator.forget_calls()
    report = operator.sync_one(route(fields=Mapped(core={"job_title": "Maker"})))
    assert (report.updates, operator.calls("leads/"), set(titles(operator))) == ({}, 0, {"Creator"})
    db = ledger.Database(operator.database_url)
    assert ledger.count_changed(db, 1) == 0
    db.close()


@sqlite_only
def test_switched_on_later_it_looks_at_all_that_was_delivered(operator):
    """The changes of before are found too, and `preview` says how many wait and writes none."""
    plain = route(fields=Mapped(core={"job_title": "Creator"}, variables={"level": "{platform}"}))
    operator.sync_one(plain)
    operator.sync_one(replace(plain, fields=replace(plain.fields, core={"job_title": "Maker"})))
    with operator.app(following("Maker")) as app:
        (seen,) = preview.run(app, app.configuration.routes, 1)
    assert (seen.document()["would_be_updated"], operator.calls("PATCH")) == (10, 0)
    assert operator.sync_one(following("Maker")).updates == {"updated": 10}
    assert set(titles(operator)) == {"Maker"}


@pytest.mark.parametrize("fate", ["lost before", "lost after", "dies before", "dies after"])
@sqlite_only
def test_a_lost_answer_is_asked_about(make_operator, fate):
    """Whether the write arrived or not, the next runs end it, the lead has the new value, and it was written once."""
    operator = make_operator("First", leads=3)
    operator.sync_one(following("Creator"))
    door = Door(operator, at=2, fate=fate)
    try:
        report = operator.sync_one(following("Maker"), transport=door)
        assert (report.updates["in_doubt"], report.updates["waiting"]) == (1, 2)
        assert report.status == "ok"
    except KilledError:
        let_leases_expire(operator)
    operator.clock.forward(seconds=60)
    operator.sync_one(following("Maker"))
    operator.clock.forward(seconds=60)
    operator.sync_one(following("Maker"))
    assert set(titles(operator)) == {"Maker"}
    db = ledger.Database(operator.database_url)
    found = intents.intents(db, Kind.UPDATE)
    assert {one.stage for one in found} == {Stage.SETTLED}
    assert sum(one.result == "updated" for one in found) == 3
    assert ledger.count_changed(db, 1) == 0
    db.close()
    assert operator.calls("PATCH") == 3


@sqlite_only
def test_a_new_address_is_never_written(operator, retold):
    """The lead shows another address now: its fields may be another person's, and none is sent."""
    operator.sync_one(following("Creator"), limit=1)

    def moved(body):
        for row in body["items"]:
            row["email"] = row["email"] and f"new.{row['email']}"
        return body

    path = "/leads"
    operator.sandbox.world.scravio.campaigns[0].update(updatedAt="2026-11-20T12:00:00.000Z", targetEmails=11)
    report = operator.sync_one(following("Maker"), transport=retold(operator, path, moved), limit=1)
    assert (report.leads_read, operator.calls("PATCH"), report.updates.get("updated")) == (10, 0, None)


class Histories(RuleBasedStateMachine):
    """Facts, mappings and hands change in any order, answers are lost, processes die, mails go out."""

    url = ""

    def __init__(self):
        super().__init__()
        db = ledger.Database(self.url)
        with db.write() as connection:
            for name in ("pending_change", "intent", "delivery", "claim", "event", "lead", "campaign", "route_lease"):
                connection.exec_driver_sql(f"DELETE FROM {name}")
            for name in ("route", "route_campaign", "binding", "place", "scope", "run", "vendor_event"):
                connection.exec_driver_sql(f"DELETE FROM {name}")
        db.close()
        self.operator = Operator(self.url, good_world("First", leads=3))
        self.hands, self.contacted = {}, {}
        self.title = "A"
        self.sync("", 0)

    @rule(
        title=st.sampled_from("ABC"),
        fate=st.sampled_from(["", "lost before", "lost after", "dies before", "dies after"]),
        at=st.integers(1, 3),
    )
    def sync(self, fate, at, title="A"):
        self.title = title
        try:
            self.operator.sync_one(following(title), transport=Door(self.operator, at if fate else 0, fate))
        except KilledError:
            let_leases_expire(self.operator)
        self.operator.clock.forward(seconds=40)

    @rule(which=st.integers(0, 2), value=st.sampled_from(["H1", "H2"]))
    def a_person_edits(self, which, value):
        one = by_hand(self.operator, people(self.operator)[which], job_title=value)
        self.hands[one.id] = value

    @rule(which=st.integers(0, 2))
    def a_mail_goes_out(self, which):
        world = self.operator.sandbox.world.instantly
        one = people(self.operator)[which]
        now = self.operator.clock.now()
        one = world.change_person(one, activity=replace(one.activity, contacted_at=now, sent=1))
        self.contacted.setdefault(one.id, one.posted.get("job_title"))

    @invariant()
    def a_hand_made_change_is_never_overwritten(self):
        for one in people(self.operator):
            if one.id in self.hands:
                assert one.posted["job_title"] == self.hands[one.id]
            elif one.id in self.contacted:
                assert one.posted["job_title"] == self.contacted[one.id]

    def teardown(self):
        for _ in range(3):
            self.sync("", 0, title=self.title)
        for one in people(self.operator):
            if one.id not in self.hands and one.id not in self.contacted:
                assert one.posted["job_title"] == self.title
        self.operator.assert_promises()


@sqlite_only
def test_no_history_overwrites_a_hand_made_change(database_url):
    """Nor changes a lead after its first contact; and with time and answers every other lead has what is decided."""
    machine = type("Here", (Histories,), {"url": database_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60 if LONG else 2,
            stateful_step_count=12 if LONG else 6,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],  # every step is a whole sync: shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


@sqlite_only
def test_a_change_in_doubt_out_of_reach_keeps_no_other_lead_from_its_change(make_operator):
    """Its target is of a workspace that the key opens no more: said with the way out, and the others are changed."""
    operator = make_operator("First", leads=3)
    operator.sync_one(following("Creator"))
    operator.sync_one(following("Maker"), transport=Door(operator, at=1))
    db = ledger.Database(operator.database_url)
    with db.write() as connection:
        into = "INSERT INTO place (no, vendor, workspace, kind, id, title)"
        connection.execute(sa.text(f"{into} SELECT 99, vendor, 'gone', kind, 'x', '' FROM place"))
        doubtful = "(SELECT delivery_id FROM pending_change WHERE intent_id <> 0)"
        connection.execute(sa.text(f"UPDATE delivery SET place_no = 99 WHERE id IN {doubtful}"))
    db.close()
    report = operator.sync_one(following("Maker"))
    assert (report.updates["updated"], report.updates["in_doubt"]) == (2, 1)
    assert "leadbridge settle --give-up x" in " ".join(report.warnings)
    db = ledger.Database(operator.database_url)
    (one,) = intents.doubtful_requests(db, db.now())
    intents.give_up(db, one.id, "asked to")
    db.close()
    assert operator.sync_one(following("Maker")).updates == {"not_updated": 1}
    assert operator.sync_one(following("Maker")).warnings == ()


@sqlite_only
def test_a_fact_that_changes_at_the_source_reaches_the_target(operator):
    """A sweep reads other followers of two leads: these two are changed, and nothing else of them."""
    operator.sync_one(following("Creator", level="{followers}"))
    before = {one.email: one.posted for one in people(operator)}
    campaign = operator.sandbox.world.scravio.campaigns[0]
    moved = [campaign.lead(number).row["email"] for number in (1, 4)]
    for number in (1, 4):
        campaign.crowd.change(number, {"followerCount": 777})
    campaign.touch(operator.clock.now())
    operator.forget_calls()
    report = operator.sync_one(following("Creator", level="{followers}"))
    assert (report.updates, operator.calls("PATCH")) == ({"updated": 2}, 2)
    for one in people(operator):
        expected = before[one.email]
        if one.email in moved:
            expected = expected | {"custom_variables": expected["custom_variables"] | {"level": "777"}}
        assert one.posted == expected
