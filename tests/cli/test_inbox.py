"""An Inbox route as an operator types it, against the sandbox on a port: what is said, and the exit codes."""

import pytest

from tests.cli.conftest import unwrapped

FILE = """
[inbox]
writes_per_minute = 300

[[routes]]
name = "messages"
source = { csv = "leads.csv" }
target = { inbox_campaign = "Q1 messages"%s }
"""


@pytest.fixture
def desk(leadbridge, vendors, folder, monkeypatch):
    """Three people on X in a file; the environment points at the sandbox."""
    monkeypatch.setenv("INBOX_API_KEY", vendors.keys.inbox)
    monkeypatch.setenv("INBOX_BASE_URL", vendors.url)
    (folder / "leads.csv").write_text("_id,platform,username\n1,x,@Jane\n2,x,joe_1\n3,x,no.handle\n")
    (folder / "bridge.toml").write_text(FILE % "")
    return leadbridge


def test_a_campaign_that_runs_is_said_to_run_wherever_it_is_looked_at(desk, vendors):
    """`check`, the first push and `status` report messages, of rules that are applied and of senders that are away."""
    campaign, team = vendors.world.inbox.campaigns[0], vendors.world.inbox
    campaign.status, campaign.syncing, team.senders[0].status = "active", True, "offline"
    reported = unwrapped(desk("check").output)
    for words in ("messaged on its schedule", "is applying its rules now", "@sandbox_sender (offline)"):
        assert words in reported
    code, document = desk.json("sync", "--yes")
    assert (code, document["routes"][0]["states"]["delivered"]) == (0, 2)
    assert any("messaged on its schedule" in warning for warning in document["routes"][0]["warnings"])
    assert "is applying its rules now" in unwrapped(desk("status").output)
    assert sorted(campaign.leads) == ["jane", "joe_1"]


def test_a_person_is_explained_and_forgotten_by_the_handle(desk, vendors):
    """`explain` finds @handle and x:handle; `forget` says that Inbox keeps the lead; `reconcile` cannot know."""
    desk("sync", "--yes")
    for asked in ("@Jane", "x:jane"):
        assert "sent as jane" in unwrapped(desk("explain", asked).output)
    assert "cannot be compared" in unwrapped(desk("reconcile").output)
    code, document = desk.json("forget", "x:jane", "--yes")
    assert (code, document["status"], document["deleted_from"]) == (0, "done", [])
    assert "cancelled, not erased" in document["kept_in"][0]["what"]
    assert vendors.world.inbox.campaigns[0].leads["jane"].cancelled


def test_a_test_lead_is_never_an_address_in_place_of_a_handle(desk, vendors):
    """A channel without addresses takes none: a usage error, and nothing is posted."""
    refused = desk("test-lead", "messages", "--to", "me@example.org", "--yes")
    assert refused.exit_code == 2
    assert "reaches people by their profile (x)" in unwrapped(refused.output)
    assert not vendors.world.inbox.campaigns[0].leads


@pytest.mark.parametrize(
    ("spoil", "more", "code", "said"),
    [
        (lambda team: team.keys.clear(), "", 1, "INBOX_API_KEY"),
        (lambda team: team.campaigns.clear(), "", 1, "does not exist in this team"),
        (lambda team: setattr(team.campaigns[0], "status", "completed"), "", 1, "is completed"),
        (lambda team: None, ", create = true", 2, "senders"),
    ],
    ids=["key", "gone", "completed", "senders"],
)
def test_what_cannot_go_is_one_sentence_and_the_documented_exit_code(desk, vendors, folder, spoil, more, code, said):
    """1 where nothing was done, 2 where the file is wrong; no traceback, and no key."""
    spoil(vendors.world.inbox)
    (folder / "bridge.toml").write_text(FILE % more)
    done = desk("sync", "--yes")
    assert done.exit_code == code
    assert said in unwrapped(done.output)
    assert "Traceback" not in done.output
    assert vendors.keys.inbox not in done.output
