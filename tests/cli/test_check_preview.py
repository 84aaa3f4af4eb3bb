"""`leadbridge check` and `leadbridge preview` against the sandbox on a port."""

from bridge.sandbox.faults import Rule


def test_check_finds_all_well(leadbridge, configure, vendors):
    """Everything in order: a line for each thing looked at, exit code 0, the next verb."""
    configure()
    result = leadbridge("check")
    assert result.exit_code == 0
    assert "✓ ok    scravio: the key works" in result.stdout
    assert "fitness: target" in result.stdout
    assert "leadbridge preview" in result.stdout


def test_check_tells_a_bad_world_from_a_bad_file(leadbridge, configure, vendors, monkeypatch):
    """A target that is missing is exit code 1, a key that is missing is 2; each with its mend."""
    configure(target="No such campaign")
    code, document = leadbridge.json("check")
    assert code == 1
    assert document["status"] == "bad"
    bad = [finding for finding in document["findings"] if finding["level"] == "bad"]
    assert bad
    assert all(finding["hint"] for finding in bad)
    monkeypatch.delenv("INSTANTLY_API_KEY")
    assert leadbridge("check").exit_code == 2


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
