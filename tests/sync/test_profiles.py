"""A target that reaches people by their handle on X: what it reads, who goes, and what both channels know."""

from dataclasses import replace
from typing import ClassVar

import httpx
import pytest
from pydantic import Field

from bridge.app import App, Wiring
from bridge.config import load, read_settings
from bridge.config.table import Text
from bridge.config.vendor import TargetKind, Variable, folder
from bridge.config.vendor_tables import PaceTable, TargetTable
from bridge.config.vendors import VENDORS
from bridge.hygiene import identities
from bridge.ledger.people.suppressions import Suppression
from bridge.ledger.views.reports import rejects
from bridge.model import Target
from bridge.sandbox import Sandbox
from tests.destinations import test_postbox
from tests.destinations.postbox import POSTBOX, Postbox
from tests.destinations.test_postbox import Box
from tests.harness import Clock, good_world, route


class Chat(Postbox):
    """Such a box for people on X."""

    def identity(self, lead):
        return identities.of_kind(lead, "x")

    def check(self):
        standing = super().check()
        return replace(standing, place=replace(standing.place, vendor="chat"))

    establish = check


destination = Chat


def headers(values):
    return {"Authorization": f"Bearer {values['CHAT_API_KEY']}"}


class ChatTarget(TargetTable):
    KINDS: ClassVar = (TargetKind("chat_box", "box", identity="x", demands_validation=False),)

    chat_box: Text | None = Field(None, description="Id of a box.")


PACE, TARGETS = PaceTable, ChatTarget

CHAT = replace(
    POSTBOX,
    name="chat",
    variables=tuple(
        Variable(one.name.replace("POSTBOX", "CHAT"), one.meaning, one.default, one.kind) for one in POSTBOX.variables
    ),
    tables=folder(__name__),
    code=folder(__name__),
)
KEYS = {**test_postbox.KEYS, "CHAT_API_KEY": test_postbox.KEYS["POSTBOX_API_KEY"]}
LETTERS = '[[routes]]\nname = "letters"\ntarget = { postbox_box = "box-1" }\n'
MESSAGES = '[[routes]]\nname = "messages"\ntarget = { chat_box = "box-1" }\n'
PEOPLE = (
    {"platform": "x", "username": "@Silent", "email": None, "emailValidation": None},
    {"platform": "x", "username": "both", "email": "both@site.example"},
    {"platform": "instagram", "username": "mailed", "email": "mailed@site.example"},
    {"platform": "x", "username": "no.handle", "email": None, "emailValidation": None},
)


@pytest.fixture
def open_with(monkeypatch, tmp_path):
    """Opens an App over four people with these routes; also both boxes and the sandbox."""
    for vendor in (POSTBOX, CHAT):
        monkeypatch.setitem(VENDORS, vendor.name, vendor)
    clock, letters, messages = Clock(), Box(), Box()
    sandbox = Sandbox(good_world("First", leads=len(PEOPLE)), clock.now, clock.sleep)
    for at, facts in enumerate(PEOPLE):
        sandbox.world.scravio.campaign("First").lead(at).update(**facts)
    vendors = {"scravio": sandbox.transport(), "postbox": httpx.MockTransport(letters)}
    wiring = Wiring(
        transports={**vendors, "chat": httpx.MockTransport(messages)},
        clock=clock.now, ledger_clock=clock.now, pause=clock.sleep,
    )  # fmt: skip
    apps = []

    def open_app(text):
        (tmp_path / "bridge.toml").write_text(text)
        settings = read_settings(KEYS, tmp_path)
        apps.append(App(settings, load(settings.config_file()), wiring))
        return apps[-1].__enter__()

    open_app.campaign = sandbox.world.scravio.campaign("First")
    yield open_app, letters, messages
    for app in apps:
        app.__exit__(None, None, None)


def sync(app):
    return {report.route: report for report in app.sync(app.configuration.routes)}


def reasons(report):
    return {str(reason): count for reason, count in report.tally.reasons.items() if count}


def test_each_channel_takes_the_leads_it_can_reach(open_with):
    """Leads without an address are read for the handle alone; each route holds those it has no identity of."""
    open_app, letters, messages = open_with
    app = open_app(LETTERS + MESSAGES)
    reports = sync(app)
    assert (sorted(letters.people), sorted(messages.people)) == (
        ["both@site.example", "mailed@site.example"], ["both", "silent"]
    )  # fmt: skip
    assert reasons(reports["letters"]) == {"created": 2, "no_email": 2}
    assert reasons(reports["messages"]) == {"created": 2, "handle_malformed": 1, "no_identity": 1}
    assert {report.sent for report in sync(app).values()} == {0}


def test_a_new_channel_reads_what_e_mail_left(open_with):
    """With e-mail alone the others stay unread; a route that can use them has the campaign read again, once."""
    open_app, letters, messages = open_with
    assert sync(open_app(LETTERS))["letters"].leads_read == 2
    app = open_app(LETTERS + MESSAGES)
    assert sync(app)["messages"].sent == 2
    assert [report.campaigns_swept for report in sync(app).values()] == [0, 0]
    assert (len(letters.people), len(messages.people)) == (2, 2)


def test_the_campaign_decides_where_the_platform_is_left_out(open_with):
    """Leads of an X campaign that show no platform are people on X, also where nothing but X is read."""
    open_app, _, messages = open_with
    app = open_app(MESSAGES)
    open_app.campaign.facts["type"] = "TWITTER_KEYWORD_SEARCH"
    for at in range(len(PEOPLE)):
        open_app.campaign.lead(at).update(platform=None)
    assert reasons(sync(app)["messages"]) == {"created": 3, "handle_malformed": 1}
    assert sorted(messages.people) == ["both", "mailed", "silent"]


@pytest.mark.parametrize("value", ["x:both", "both@site.example", "site.example"])
def test_any_identity_keeps_a_person_out_of_every_channel(open_with, value):
    """A suppressed handle, address or domain holds the person's letters and messages alike."""
    open_app, letters, messages = open_with
    app = open_app(LETTERS + MESSAGES)
    app.suppress([Suppression("", value)])
    reports = sync(app)
    assert "both" not in messages.people
    assert "both@site.example" not in letters.people
    assert {reports[name].tally.reasons["suppressed"] for name in reports} <= {1, 2}


def test_a_lost_message_is_settled_by_its_handle(open_with):
    """After a lost answer the same handle is sent again, and is there once."""
    open_app, _, messages = open_with
    app = open_app(MESSAGES)
    messages.spoilt.append((httpx.ReadError("cut"), True))
    assert sync(app)["messages"].tally.states["in_doubt"] == 2
    assert sync(app)["messages"].tally.states["duplicate"] == 2
    assert sorted(messages.people) == ["both", "silent"]


def test_a_person_erased_by_handle_is_not_contacted_on_any_channel(open_with):
    """An erasure by the handle reaches the address that a lead of it has; both channels hold the lead as erased."""
    open_app, letters, messages = open_with
    app = open_app(LETTERS + MESSAGES)
    app.eraser(asked_by="test", ledger_only=True).forget("x:both")
    reports = sync(app)
    assert (sorted(letters.people), sorted(messages.people)) == (["mailed@site.example"], ["silent"])
    assert {report.tally.reasons["erased"] for report in reports.values()} == {1}


def test_a_handle_is_no_email_of_a_reject(make_operator):
    """In `rejects` a lead that waits for another channel has its handle as user name, and no address."""
    operator = make_operator("First", leads=2)
    for index in range(2):
        lead = operator.sandbox.world.scravio.campaign("First").lead(index)
        lead.update(email="", platform="x", username="jane")
    target = Target("inbox", "campaign", "Q1 messages", identity="x", demands_validation=False)
    messages = replace(route("messages"), target=target)
    assert operator.sync_one(messages).tally.states["held"] == 1
    with operator.app(messages) as app:
        (reject,) = [one for page in rejects(app.db) for one in page]
    assert (reject.email, reject.username, reject.reason) == ("", "jane", "duplicate_of")
