"""`leadbridge forget`: what it asks, shows, writes and answers."""

import json

import pytest

from tests.cli.conftest import unwrapped

JANE = "jane.doe@gmail.com"


@pytest.fixture
def delivered(leadbridge, configure, vendors):
    """Jane is delivered among others."""
    configure()
    vendors.world.scravio.campaign("Fitness creators").lead(0).update(email=JANE, fullName="Jane Doe")
    vendors.world.scravio.campaign("Fitness creators").lead(0).validate("valid")
    leadbridge("sync", "--yes")
    assert JANE in people(vendors)
    return vendors


def people(vendors):
    instantly = vendors.world.instantly
    return [person.email for person in instantly.people(instantly.campaign("Fitness Q4").id)]


def test_a_dry_run_shows_and_erases_nothing(leadbridge, delivered):
    """Where they stand, under which spellings; then the next command."""
    result = leadbridge("forget", "JaneDoe@googlemail.com", "--dry-run")
    reported = unwrapped(result.stdout)
    assert result.exit_code == 0, result.output
    assert "in the ledger: 1 lead, 1 on routes" in reported
    assert JANE in reported
    assert "Nothing was erased" in reported
    assert JANE in people(delivered)
    code, document = leadbridge.json("forget", JANE, "--dry-run")
    assert (code, document["status"], document["leads"], len(document["targets"])) == (0, "dry_run", 1, 1)


def test_without_a_terminal_it_asks_for_yes(leadbridge, delivered):
    """Erasing cannot be undone: nothing happens by accident."""
    result = leadbridge("forget", JANE)
    assert result.exit_code == 2
    assert "--yes" in unwrapped(result.stderr)
    assert JANE in people(delivered)


def test_erased_and_explained(leadbridge, delivered):
    """Exit 0; afterwards the person is known by nothing but the fact that they were erased."""
    result = leadbridge("forget", JANE, "--yes")
    assert result.exit_code == 0, result.output
    assert "1 lead erased in the ledger" in unwrapped(result.stdout)
    assert JANE not in people(delivered)
    result = leadbridge("explain", JANE)
    assert result.exit_code == 0
    assert "erased on request" in unwrapped(result.stdout)
    assert "origin: erased" in unwrapped(result.stdout)
    code, document = leadbridge.json("explain", JANE)
    assert (code, document["leads"], document["do_not_contact"][0]["origin"]) == (0, [], "erased")
    assert document["erased_at"]
    assert "erased on request" in unwrapped(leadbridge("rejects").stdout)
    assert leadbridge("suppress", "remove", JANE).exit_code == 2
    assert leadbridge("suppress", "remove", "--erased", JANE).exit_code == 0


def test_the_lead_itself_shows_that_it_was_erased(leadbridge, delivered):
    """By its id in Scravio the lead is found, without a word of who it was."""
    (lead,) = leadbridge.json("explain", JANE)[1]["leads"]
    leadbridge("forget", JANE, "--yes")
    reported = unwrapped(leadbridge("explain", lead["lead_id"]).stdout)
    assert "erased on request" in reported
    assert "jane" not in reported.lower()
    assert leadbridge.json("explain", lead["lead_id"])[1]["leads"][0]["facts"].startswith("erased")
    del delivered


def test_half_done_is_three_and_names_the_command(leadbridge, delivered):
    """A target out of reach: what is left, why, and the same command again."""
    delivered.faults.add("status", path="*/leads/list", code=403)
    result = leadbridge("forget", JANE, "--yes")
    assert result.exit_code == 3
    reported = unwrapped(result.stdout)
    assert "✗" in reported
    assert f"leadbridge forget {JANE}" in reported
    assert leadbridge.json("forget", JANE, "--yes")[1]["status"] == "partial"


def test_the_ledger_alone_needs_no_key(leadbridge, delivered, monkeypatch):
    """For targets that are gone for good: `--ledger-only` asks no one."""
    monkeypatch.delenv("INSTANTLY_API_KEY")
    assert leadbridge("forget", JANE, "--yes").exit_code == 2
    assert leadbridge("forget", JANE, "--yes", "--ledger-only").exit_code == 0
    assert JANE in people(delivered)


def test_a_subject_access_document(leadbridge, delivered, folder):
    """All that is known, in a new file for its owner's eyes; nothing is erased, nothing overwritten."""
    result = leadbridge("forget", JANE, "--export", "jane.json")
    assert result.exit_code == 0, result.output
    document = json.loads((folder / "jane.json").read_text())
    assert document["ledger"]["leads"][0]["facts"]["full_name"] == "Jane Doe"
    assert document["targets"][0]["facts"]["email"] == JANE
    assert (folder / "jane.json").stat().st_mode & 0o077 == 0
    result = leadbridge("forget", JANE, "--export", "jane.json")
    assert (result.exit_code, "not changed" in unwrapped(result.stderr)) == (2, True)
    assert JANE in people(delivered)


def test_to_export_and_to_erase_are_two_commands(leadbridge, delivered, folder):
    """`--export` with `--yes` is refused: no one is erased, no file is written, no consent is ignored."""
    result = leadbridge("forget", JANE, "--yes", "--export", "jane.json")
    assert result.exit_code == 2
    assert "--export erases nothing and --yes erases without asking" in unwrapped(result.stderr)
    assert not (folder / "jane.json").exists()
    assert JANE in people(delivered)


@pytest.mark.parametrize("address", ["jane", "", "@", "x" * 2_000 + "@"])
def test_what_is_no_address_is_two(leadbridge, configure, address):
    """Nothing is looked up, nothing erased."""
    configure()
    assert leadbridge("forget", address, "--yes").exit_code == 2


def test_a_profile_is_an_identity_of_every_verb(leadbridge, delivered):
    """By a handle or its link a lead is explained, suppressed, shown and erased; a bare @name is not taken for one."""
    delivered.world.scravio.campaign("Fitness creators").lead(0).update(platform="x", username="@JaneDoe")
    delivered.world.scravio.campaign("Fitness creators").touch(delivered.now())
    leadbridge("sync", "--yes")
    assert JANE in unwrapped(leadbridge("explain", "x:janedoe").stdout)
    assert "x:janedoe: suppressed" in leadbridge("suppress", "add", "https://twitter.com/JaneDoe").stdout
    assert leadbridge("suppress", "add", "@janedoe").exit_code == 2
    code, document = leadbridge.json("explain", JANE)
    assert (code, document["leads"][0]["do_not_contact"][0]["kind"]) == (0, "x")
    reported = unwrapped(leadbridge("forget", "X:@janedoe", "--dry-run").stdout)
    assert f"known as {JANE}, janedoe@gmail.com, x:janedoe" in reported
    assert leadbridge("forget", "@janedoe", "--yes").exit_code == 2
    assert leadbridge("forget", "x:janedoe", "--yes").exit_code == 0
    assert JANE not in people(delivered)
    for asked in (JANE, "x:janedoe"):
        assert "erased on request" in unwrapped(leadbridge("explain", asked).stdout)
