"""`leadbridge test-lead` against the sandbox on a port."""

import pytest

from bridge.cli.terminal import show
from bridge.sandbox.faults import Rule
from tests.cli.conftest import unwrapped

ME = "me@example.org"


def mine(vendors):
    return vendors.world.instantly.of_email(ME)


def test_one_leads_fields_reach_ones_own_address(leadbridge, configure, vendors):
    """The first lead that may go lends its fields; its own address gets nothing, and the ledger counts no one."""
    configure()
    code, document = leadbridge.json("test-lead", "--yes", "fitness", "--to", ME)
    assert (code, document["status"], document["state"], document["posted"]) == (0, "ok", "delivered", True)
    (lead,) = mine(vendors)
    assert lead.id == document["remote_id"]
    assert lead.posted["custom_variables"]["username"]
    assert vendors.report()["instantly"]["lead_count"] == 1
    (route,) = leadbridge.json("status")[1]["routes"]
    assert sum(route["states"].values()) == 0


def test_a_named_lead_lends_its_fields(leadbridge, configure, vendors):
    """--lead says whose; one that the rules hold, or that no one knows, is a clear refusal."""
    configure()
    rows = [vendors.world.scravio.campaigns[0].lead(number).row for number in range(10)]
    good = [row for row in rows if row["email"] and (row["emailValidation"] or {}).get("status") == "valid"][-1]
    bad = next(row for row in rows if row["email"] and (row["emailValidation"] or {}).get("status") != "valid")
    code, document = leadbridge.json("test-lead", "--yes", "fitness", "--to", ME, "--lead", good["_id"])
    assert (code, document["lead_id"]) == (0, good["_id"])
    held = leadbridge("test-lead", "--yes", "fitness", "--to", ME, "--lead", bad["_id"])
    assert held.exit_code == 2
    assert "hold the lead" in unwrapped(held.stderr)
    assert "has a lead 0815" in unwrapped(
        leadbridge("test-lead", "--yes", "fitness", "--to", ME, "--lead", "0815").stderr
    )
    assert len(mine(vendors)) == 1


def test_an_active_campaign_is_said_to_mail(leadbridge, configure, vendors):
    """What comes of it is reported, active or not."""
    configure()
    assert "will really mail" in unwrapped(leadbridge("test-lead", "--yes", "fitness", "--to", ME).stdout)
    vendors.world.instantly.campaigns[0].status = 2
    reported = unwrapped(leadbridge("test-lead", "--yes", "fitness", "--to", "other@example.org").stdout)
    assert "is paused: leads are stored" in reported
    assert "really mail" not in reported


def test_a_second_time_it_is_there_already(leadbridge, configure, vendors):
    """Nothing is posted twice; another spelling of one's own address is proposed, and the exit code says 1."""
    configure()
    leadbridge("test-lead", "--yes", "fitness", "--to", ME)
    result = leadbridge("test-lead", "--yes", "fitness", "--to", ME)
    assert result.exit_code == 1
    assert "me+test2@example.org" in unwrapped(result.stdout)
    assert len(mine(vendors)) == 1


def test_a_person_is_asked_first(leadbridge, configure, vendors, monkeypatch):
    """On a terminal nothing goes without a yes; the question names address, target and what comes of it."""
    configure()
    monkeypatch.setattr("bridge.cli.terminal.consent.terminal", show.err)
    result = leadbridge("test-lead", "fitness", "--to", ME, input="n\n")
    assert result.exit_code == 1
    reported = unwrapped(result.output)
    assert all(word in reported for word in (ME, "Fitness Q4", "will really mail", "Nothing was posted"))
    assert mine(vendors) == []
    assert leadbridge("test-lead", "fitness", "--to", ME, input="y\n").exit_code == 0
    assert leadbridge("test-lead", "--yes", "fitness", "--to", "second@example.org").exit_code == 0


def test_where_no_person_can_answer_nothing_is_posted(leadbridge, configure, vendors):
    """Without a terminal it is blocked until --yes is added, and the message says so."""
    configure()
    code, document = leadbridge.json("test-lead", "fitness", "--to", ME)
    assert (code, document["status"], document["posted"]) == (1, "blocked", False)
    assert "--yes" in document["hint"]
    assert mine(vendors) == []


@pytest.mark.parametrize("address", ["me@@example.org", "nobody", "j***@example.org", ""])
def test_no_address_is_usage(leadbridge, configure, vendors, address):
    """Exit code 2, and no one is asked."""
    configure()
    result = leadbridge("test-lead", "--yes", "fitness", "--to", address)
    assert result.exit_code == 2
    assert "not a usable e-mail address" in unwrapped(result.stderr)
    assert vendors.report()["requests"] == {}


def test_the_samples_own_address_is_refused(leadbridge, configure, vendors):
    """Before any ledger exists, too: the person behind the sample is not contacted, in whatever spelling."""
    configure()
    sample = leadbridge.json("preview", "--samples", "1")[1]["routes"][0]["leads"][0]["email"]
    result = leadbridge("test-lead", "--yes", "fitness", "--to", sample.upper())
    assert result.exit_code == 2
    assert "sample lead's own" in unwrapped(result.stderr)
    assert vendors.report()["instantly"]["lead_count"] == 0


def test_leads_that_the_key_cannot_write_for(leadbridge, configure, vendors):
    """A denied call posts nothing, says why, and ends with 1; a target that is not there yet is named."""
    configure(more='\n[[routes]]\nname = "new"\ntarget = { instantly_list = "New", create = true }\n')
    vendors.faults.put(Rule("status", "instantly", path="*/leads/add", code=403, commit=False))
    code, document = leadbridge.json("test-lead", "--yes", "fitness", "--to", ME)
    assert (code, document["status"], document["posted"]) == (1, "blocked", False)
    assert document["error"]
    assert "does not exist yet" in unwrapped(leadbridge("test-lead", "--yes", "new", "--to", ME).stderr)


def test_a_lost_answer_ends_with_what_is_known(leadbridge, configure, vendors):
    """It arrived and the answer was cut off: looked up, reported, exit code 0; `reconcile` knows it."""
    configure()
    leadbridge("sync", "--yes")
    vendors.faults.put(Rule("cut", "instantly", path="*/leads/add", commit=True, times=1))
    code, document = leadbridge.json("test-lead", "--yes", "fitness", "--to", ME)
    assert (code, document["state"], document["reason"]) == (0, "delivered", "created")
    code, found = leadbridge.json("reconcile")
    assert code == 0
    assert found["routes"][0]["targets"][0]["test_leads"] == 1
    assert "posted by `leadbridge test-lead`" in unwrapped(leadbridge("reconcile").stdout)


def test_its_help_shows_an_example(leadbridge):
    """A line that can be typed, and what the exit codes mean."""
    reported = unwrapped(leadbridge("test-lead", "--yes", "--help").stdout)
    assert "leadbridge test-lead fitness --to me@example.com" in reported
    assert "Exit code 0" in reported
