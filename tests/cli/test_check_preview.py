"""`leadbridge check` and `leadbridge preview` against the sandbox on a port."""

from datetime import UTC, datetime

from bridge.sandbox.faults import Rule
from tests.cli.conftest import unwrapped


def test_check_finds_all_well(leadbridge, configure, vendors):
    """Everything in order: a line for each thing looked at, exit code 0, the next verb."""
    configure()
    result = leadbridge("check")
    assert result.exit_code == 0
    assert "✓ ok    scravio: the key works" in result.stdout
    assert "fitness: target" in result.stdout
    assert "leadbridge preview" in result.stdout


def test_a_route_of_files_needs_no_key_of_scravio(leadbridge, configure, vendors, folder, monkeypatch):
    """Check names files that cannot be read, preview counts, sync sends, explain names the file."""
    monkeypatch.delenv("SCRAVIO_API_KEY")
    configure()
    text = (folder / "bridge.toml").read_text()
    (folder / "bridge.toml").write_text(text + 'source = { csv = "leads/*.csv" }\n')
    assert "No file matches leads/*.csv." in unwrapped(leadbridge("check").stdout)
    (folder / "leads").mkdir()
    checked = datetime.now(UTC).isoformat()
    (folder / "leads" / "a.csv").write_text(
        f"_id,email,validationStatus,checkedAt\n1,jane@example.com,valid,{checked}\n2,joe@example.org,,\n"
    )
    (folder / "leads" / "b.csv").write_text("what,ever\n")
    result = leadbridge("check")
    assert (result.exit_code, "scravio:" in result.stdout) == (1, False)
    assert "leads/b.csv cannot be read: it has no column for the address" in unwrapped(result.stdout)
    (folder / "leads" / "b.csv").unlink()
    assert leadbridge("check").exit_code == 0
    _, document = leadbridge.json("preview")
    assert document["routes"][0]["outlook"]["would_be_taken"] == 1
    code, document = leadbridge.json("sync", "--yes")
    assert (code, document["routes"][0]["delivered_now"]) == (0, 1)
    assert "in the file leads/a.csv" in unwrapped(leadbridge("explain", "jane@example.com").stdout)
    assert leadbridge("status").exit_code == 0


def test_check_distinguishes_a_bad_world_from_a_bad_file(leadbridge, configure, vendors, monkeypatch):
    """A target that is missing is exit code 1, a key that is missing is 2; each with its fix."""
    configure(target="No such campaign")
    code, document = leadbridge.json("check")
    assert code == 1
    assert document["status"] == "bad"
    bad = [finding for finding in document["findings"] if finding["level"] == "bad"]
    assert bad
    assert all(finding["hint"] for finding in bad)
    monkeypatch.delenv("INSTANTLY_API_KEY")
    assert leadbridge("check").exit_code == 2


def test_check_reports_keys_that_others_can_read(leadbridge, configure, vendors, folder):
    """A .env that every user of the host can read is a warning with the command that closes it; a closed one is not."""
    configure()
    for mode, reported in ((0o644, True), (0o602, True), (0o600, False), (0o640, False)):
        (folder / ".env").touch()
        (folder / ".env").chmod(mode)
        _, document = leadbridge.json("check")
        found = [finding for finding in document["findings"] if finding["name"] == ".env"]
        assert [finding["hint"] for finding in found] == [f"chmod 600 {folder}/.env"] * reported


def test_a_balance_is_a_number_that_people_read(leadbridge, configure, vendors):
    """A million credits are no 1e+06, and half a credit is not 0."""
    configure()
    for balance, reported in (
        (1_000_000, "1,000,000 credits"),
        (1_234_567.5, "1,234,567.5 credits"),
        (0.5, "0.5 credits"),
    ):
        vendors.world.scravio.credits = balance
        assert reported in leadbridge("check").stdout
        assert f"Balance: {reported}" in leadbridge("credits").stdout


def test_check_reports_a_request_that_may_spend_nothing(leadbridge, configure, vendors):
    """A route that is to ask for validations without a credit would wait for ever."""
    configure(more='[routes.rules]\nvalidation_request = "when_missing"\n')
    _, document = leadbridge.json("check")
    (found,) = [finding for finding in document["findings"] if finding["name"] == "fitness: validation"]
    assert found["level"] == "warn"
    assert "max_credits" in found["hint"]


def test_preview_shows_the_request_and_writes_nothing(leadbridge, configure, vendors, folder):
    """Counts by reason, leads as they would be posted, no ledger made, nothing posted."""
    configure()
    result = leadbridge("preview", "--samples", "1")
    assert result.exit_code == 0
    assert '"skip_if_in_workspace": true' in result.stdout
    assert result.stdout.count('"email"') == 1
    assert not (folder / "data").exists()
    assert vendors.report()["instantly"]["lead_count"] == 0


def test_preview_as_a_document(leadbridge, configure, vendors):
    """The states of a preview add up to the leads read."""
    configure()
    code, document = leadbridge.json("preview")
    assert code == 0
    (route,) = document["routes"]
    assert sum(route["states"].values()) == route["leads_read"] > 0
    assert len(route["request"]["leads"]) == 3


def test_preview_of_a_broken_world(leadbridge, configure, vendors):
    """Where no route can be played through the exit code is 1, where one can it is 3."""
    configure("good", more='\n[[routes]]\nname = "bad"\ntarget = { instantly_list = "No such list" }\n')
    assert leadbridge("preview").exit_code == 3
    vendors.faults.put(Rule("status", "scravio", code=403))
    assert leadbridge("preview").exit_code == 1


def test_check_counts_its_warnings(leadbridge, configure, vendors):
    """The last line says how many warnings there were, and what no check can test."""
    configure()
    result = leadbridge("check")
    assert "leads:create" in unwrapped(result.stdout)
    assert "All is well." in result.stdout
    configure(more='\n[[routes]]\nname = "none"\ntarget = { instantly_campaign = "Fitness Q4" }\n'
              'source = { title = ["nothing*"] }\n')  # fmt: skip
    result = leadbridge("check")
    assert result.exit_code == 0
    assert "1 warning, nothing that stops a sync." in result.stdout
    assert "All is well" not in result.stdout


def test_check_is_soon_done_without_a_network(leadbridge, configure, vendors, monkeypatch):
    """Someone waits before it: a vendor that cannot be reached is given ten seconds, not a minute."""
    configure()
    given = []
    monkeypatch.setattr("bridge.api.patience.Patience.start", lambda self: given.append(self._seconds))
    leadbridge("check")
    assert set(given) == {10.0}


def test_preview_counts_a_person_once(leadbridge, configure, vendors):
    """Two routes that want the same people: the first in the file gets them, as a sync would have it."""
    configure("first", "second")
    first, second = leadbridge.json("preview")[1]["routes"]
    assert first["states"]["ready"] > 0
    assert second["states"]["ready"] == 0
    assert second["reasons"]["duplicate_of"] == first["states"]["ready"]
    assert leadbridge("sync", "--yes").exit_code == 0
    reported = {route["route"]: route["states"] for route in leadbridge.json("status")[1]["routes"]}
    assert reported["first"]["delivered"] == first["states"]["ready"]
    assert reported["second"]["delivered"] == 0


def test_a_route_that_minds_its_own_target_only_shares_people(leadbridge, configure, vendors):
    """Where a route's dedupe is its target alone, another route's claims elsewhere are no matter."""
    vendors.world.instantly.add_campaign("Other", 1, datetime.now(UTC))
    configure("first", more='\n[[routes]]\nname = "own"\n'
              'target = { instantly_campaign = "Other", dedupe = "target" }\n')  # fmt: skip
    first, own = leadbridge.json("preview")[1]["routes"]
    assert own["states"]["ready"] == first["states"]["ready"] > 0


def test_a_blocked_route_takes_no_one_from_another(leadbridge, configure, vendors):
    """A missing target shows its leads without a request, and leaves the people to the next route."""
    configure("broken", target="No such campaign", more='\n[[routes]]\nname = "whole"\n'
              'target = { instantly_campaign = "Fitness Q4" }\n')  # fmt: skip
    broken, whole = leadbridge.json("preview")[1]["routes"]
    assert broken["request"] == {}
    assert len(broken["leads"]) == 3
    assert whole["states"]["ready"] == broken["states"]["ready"] > 0
    reported = leadbridge("preview", "broken").stdout
    assert "campaign_id" not in reported
    assert "the first leads would be posted as" in reported
