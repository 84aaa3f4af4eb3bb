"""`leadbridge rejects`: everyone who did not go, as table, CSV and JSON."""

import csv
import stat

import pytest

from bridge.model import Hold, Origin, Reason, State


@pytest.fixture
def left_behind(bench):
    """One delivered, one duplicate in the target, and four held."""
    bench.record([bench.lead(1), bench.lead(2)])
    batch = bench.claim(limit=1)
    bench.settle(batch, State.DELIVERED)
    bench.settle(bench.claim(limit=1), State.DUPLICATE, Reason.IN_TARGET, origin=Origin.LOOKUP)
    bench.record([bench.lead(number) for number in (3, 4)], decision=Hold(Reason.VALIDATION_PENDING))
    bench.record([bench.lead(5, "=1+1")], decision=Hold(Reason.EMAIL_MALFORMED, "has no @"))
    bench.record([bench.lead(6, username="other")], decision=Hold(Reason.NO_EMAIL), route="founders")
    return bench


def test_the_table_counts_by_reason(leadbridge, left_behind):
    """A line for each lead, the count by reason in words, within 80 columns; the delivered one is not there."""
    reported = leadbridge("rejects").stdout
    assert "2  held: the validation has not finished (validation_pending)" in reported
    assert "1  duplicate: was already in this target (in_target)" in reported
    assert "p1@site1.example" not in reported
    assert max(map(len, reported.splitlines())) <= 80


def test_a_long_table_says_how_to_get_all(leadbridge, bench):
    """At most fifty rows are shown, and the rest is counted."""
    bench.record([bench.lead(number) for number in range(70)], decision=Hold(Reason.NO_REPLY))
    reported = leadbridge("rejects").stdout
    assert reported.count("@site") == 50
    assert "50 of 70 are shown" in reported
    assert "leadbridge rejects --csv" in reported


def test_csv_holds_every_one_and_no_formula(leadbridge, left_behind, folder):
    """The file opens in Excel (UTF-8 with its mark), is private, and no cell of it is a formula."""
    result = leadbridge("rejects", "--csv", "out.csv")
    assert result.exit_code == 0
    assert result.stdout == ""
    path = folder / "out.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 5
    assert [row["email"] for row in rows if row["reason"] == "email_malformed"] == ["'=1+1"]
    assert {row["state"] for row in rows} == {"held", "duplicate"}
    assert all(row["explanation"] for row in rows)


def test_csv_to_stdout_is_the_same_rows(leadbridge, left_behind):
    """`--csv -` writes to stdout, without the mark that other programs would stumble over."""
    lines = leadbridge("rejects", "founders", "--csv", "-").stdout.splitlines()
    assert lines[0].startswith("route,lead_id,email,username")
    assert len(lines) == 2
    assert lines[1].startswith("founders,")


def test_json_holds_rows_and_counts(leadbridge, left_behind):
    """One document: every lead with its reason and the reason's origin, and the counts."""
    code, document = leadbridge.json("rejects")
    assert code == 0
    assert sum(entry["leads"] for entry in document["counts"]) == len(document["rejects"]) == 5
    (duplicate,) = [row for row in document["rejects"] if row["state"] == "duplicate"]
    assert duplicate["reason_source"] == "lookup"
    assert len(leadbridge.json("rejects", "--limit", "2")[1]["rejects"]) == 2


def test_nothing_stored_is_no_error(leadbridge, folder):
    """Without a ledger there is no one to show: empty documents, and no file is made."""
    assert leadbridge.json("rejects") == (0, {"counts": [], "rejects": []})
    assert "Run `leadbridge sync` first" in leadbridge("rejects").stdout
    assert list(folder.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(leadbridge, left_behind):
    """A path in a folder that does not exist is a usage error."""
    result = leadbridge("rejects", "--csv", "no/such/out.csv")
    assert result.exit_code == 2
    assert "no/such/out.csv" in result.stderr
    assert leadbridge("rejects", "--csv", "x.csv", "--json").exit_code == 2
    assert leadbridge("rejects", "nobody").exit_code == 2


def test_a_duplicate_names_the_other_lead(leadbridge, bench):
    """Who is held as a duplicate is shown whose delivery stands in the way, ready for `explain`."""
    bench.record([bench.lead(1, "jo@site.example"), bench.lead(2, "jo@site.example")])
    bench.settle(bench.claim(), State.DELIVERED)
    rejects = leadbridge.json("rejects")[1]["rejects"]
    assert [(row["reason"], row["detail"]) for row in rejects] == [("duplicate_of", f"lead {1:024x} on route fitness")]


def test_a_ledger_without_rejects_claims_no_delivery(leadbridge, configure, bench):
    """Where no lead is known yet, the sentence says nothing of leads that were delivered."""
    configure("fitness")
    reported = leadbridge("rejects").stdout
    assert reported == "No known lead is held, refused, in doubt, failed or a duplicate.\n"
    del bench
