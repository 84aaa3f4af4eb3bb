"""Rows of CSV files as leads, whatever program wrote them and whatever they hold."""

import contextlib
import csv
import io
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.errors import Refused
from bridge.model import Source
from bridge.rules import selects
from bridge.sources.base import EMAIL, Wants
from bridge.sources.csv_files import CsvSource

SPELLINGS = {
    "_id": ("_id", "ID", "Lead ID"),
    "email": ("email", "E-Mail", "Email Address"),
    "fullName": ("fullName", "Full Name", "full_name"),
    "biography": ("biography", "Bio"),
    "username": ("username", "User Name", "handle"),
    "platform": ("platform", "Platform"),
    "followerCount": ("followerCount", "Followers", "follower.count"),
    "emailValidation.status": ("emailValidation.status", "Email Validation Status", "emailValidationStatus"),
    "emailValidation.checkedAt": ("emailValidation.checkedAt", "checkedAt", "Validated At"),
}
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "_id": st.from_regex(r"[a-z0-9]{4,24}", fullmatch=True),
            "email": st.just("jane@example.com"),
            "fullName": TEXTS,
            "biography": TEXTS | st.sampled_from(['=HYPERLINK("http://x")', "a\nb,c;d\te", '"', "-"]),
            "username": st.from_regex(r"[a-z0-9._]{1,20}", fullmatch=True),
            "platform": st.sampled_from(["instagram", "tiktok", "x"]),
            "followerCount": st.integers(0, 10**9).map(str),
            "emailValidation.status": st.sampled_from(["valid", "invalid", "pending"]),
            "emailValidation.checkedAt": st.just("2026-11-01T10:00:00.000Z"),
        }
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row["_id"],
)


def written(folder, heads, rows, separator, encoding):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([heads, *[[row[name] for name in SPELLINGS] for row in rows]])
    (folder / "a.csv").write_bytes(text.getvalue().encode(encoding))


def leads(folder, wants=EMAIL):
    source = CsvSource(folder)
    (campaign,) = source.campaigns(Source("csv", ("a.csv",)))
    return [lead for page in source.lead_pages(campaign, wants) for lead in page.leads]


@given(ROWS, st.data())
def test_a_row_comes_back_as_it_was_written(rows, data):
    """Whatever the separator, the encoding and the spelling of the heads: each cell becomes its fact."""
    heads = [data.draw(st.sampled_from(SPELLINGS[name])) for name in SPELLINGS]
    separator, encoding = (
        data.draw(st.sampled_from(",;\t")),
        data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])),
    )
    with tempfile.TemporaryDirectory() as folder:
        written(Path(folder), heads, rows, separator, encoding)
        found = leads(Path(folder))
    assert [(one.id, one.username, one.platform, one.validation, str(one.followers)) for one in found] == [
        (row["_id"], row["username"].lstrip("@"), row["platform"], row["emailValidation.status"], row["followerCount"])
        for row in rows
    ]
    assert [(one.full_name, one.biography) for one in found] == [(row["fullName"], row["biography"]) for row in rows]
    assert all(one.checked_at is not None and not one.problem for one in found)


@given(st.binary(max_size=400))
@example(b"jane@example.com,ja\0ne,instagram")
def test_no_bytes_break_the_reading(content):
    """Any file gives leads or one sentence; never anything else."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.csv").write_bytes(b"email,username,platform\n" + content + b"\n")
        with contextlib.suppress(Refused):
            found = leads(Path(folder))
            assert all((lead.email or lead.problem) and lead.id.isprintable() for lead in found)


def test_of_two_columns_with_one_head_the_first_counts(tmp_path):
    """A file that names the address twice gives one address, and always the same."""
    (tmp_path / "a.csv").write_text("email,_id,email\njane@example.com,1,other@example.com\n")
    assert [lead.email for lead in leads(tmp_path)] == ["jane@example.com"]


def test_leads_without_an_address_come_where_a_route_can_use_them(tmp_path):
    """For e-mail they are left out, for a platform they are read."""
    (tmp_path / "a.csv").write_text("_id,username,platform\n1,jane,twitter\n")
    assert leads(tmp_path) == []
    assert [lead.platform for lead in leads(tmp_path, Wants(frozenset({"email", "x"})))] == ["x"]


def test_a_line_without_an_end_is_not_read_into_memory(tmp_path, monkeypatch):
    """Its file cannot be read, and the sentence says why."""
    monkeypatch.setattr("bridge.sources.scravio.table.LONGEST_LINE", 1_000)
    (tmp_path / "a.csv").write_text("email\n" + "x," * 1_000 + "\n")
    with pytest.raises(Refused, match="longer than 1,000 characters"):
        leads(tmp_path)


def test_memory_does_not_grow_with_the_file(tmp_path):
    """Thirty thousand rows are read in the memory of a few hundred."""
    with (tmp_path / "a.csv").open("w") as file:
        file.write("_id,email,username\n")
        file.writelines(f"{number},p{number}@example.com,person{number}\n" for number in range(30_000))
    source = CsvSource(tmp_path)
    (campaign,) = source.campaigns(Source("csv", ("a.csv",)))
    tracemalloc.start()
    count = sum(len(page.leads) for page in source.lead_pages(campaign, EMAIL))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, peak < 8_000_000) == (30_000, True)


@pytest.mark.parametrize(
    ("glob", "taken"),
    [
        ("leads/*.csv", {"leads/a.csv", "leads/b.csv"}),
        ("leads/a.csv", {"leads/a.csv"}),
        ("**/*.csv", {"leads/a.csv", "leads/b.csv", "leads/old/c.csv", "d.csv"}),
        ("leads/**", {"leads/a.csv", "leads/b.csv", "leads/old/c.csv"}),
        ("leads/[ab].csv", {"leads/a.csv", "leads/b.csv"}),
        ("*.csv", {"d.csv"}),
        ("none/*.csv", set()),
    ],
)
def test_what_a_pattern_finds_is_what_the_rules_select(tmp_path, glob, taken):
    """The list of the source and the memory of the ledger mean the same files."""
    paths = ["leads/a.csv", "leads/b.csv", "leads/old/c.csv", "d.csv"]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    wanted, source = Source("csv", (glob,)), CsvSource(tmp_path)
    assert {one.id for one in source.campaigns(wanted)} == {f"csv:{path}" for path in taken}
    everything = list(source.campaigns(Source("csv", ("**/*.csv",))))
    assert {one.id for one in everything if selects(wanted, one)} == {f"csv:{path}" for path in taken}
