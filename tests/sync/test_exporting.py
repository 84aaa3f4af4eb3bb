"""Leads that come by Scravio's CSV exports: fewer calls, the same leads, and never a lead twice."""

import csv
import io
import re
import shutil

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.cli.spending import asking
from bridge.ledger.marks import Memory
from bridge.ledger.upkeep import pruning
from bridge.sandbox.scravio.exports import HEADS
from tests.harness import Operator, good_world, route

WITHOUT_ID = tuple(head for head in HEADS if head[1] != "_id")


@pytest.fixture
def make(database_url):
    def made(leads=10, extract="export", titles=("Fitness",)):
        operator = Operator(database_url, good_world(*titles, leads=leads))
        operator.extract = extract
        operator.world.scravio.habits.seconds = 30
        return operator

    return made


@pytest.fixture
def make_here(tmp_path, sqlite_template):
    """For what has nothing to do with the database: SQLite alone."""

    def made(leads=10):
        path = tmp_path / "here.db"
        shutil.copy(sqlite_template, path)
        operator = Operator(f"sqlite:///{path}", good_world("Fitness", leads=leads), extract="export")
        operator.world.scravio.habits.seconds = 30
        return operator

    return made


def habits(operator):
    return operator.sandbox.world.scravio.habits


def sync(operator, **more):
    return operator.sync_one(route(), **more)


def both_runs(operator):
    """One run that asks for the export, one that finds it ready."""
    first = sync(operator)
    operator.clock.forward(minutes=1)
    return first, sync(operator)


def leads_in(operator):
    db = ledger.Database(operator.database_url)
    with db.read() as connection:
        found = connection.execute(sa.text("SELECT source_id, facts, person FROM lead ORDER BY source_id")).all()
    db.close()
    return found


def test_an_export_is_asked_for_in_one_run_and_read_in_a_later_one(make):
    """No one waits for it, no page of leads is asked for, and everyone arrives."""
    operator = make()
    first, second = both_runs(operator)
    assert (first.leads_read, second.leads_read) == (0, 10)
    assert any("making its export" in warning for warning in first.warnings)
    assert second.tally.states["delivered"] == 10
    assert operator.calls("/leads", "GET /api/campaigns") == 0
    assert operator.clock.slept == []
    third = sync(operator)
    assert third.leads_read == 0
    assert operator.calls("POST /api/list-exports") == 1
    operator.assert_promises()


def test_the_same_leads_come_by_either_way(make):
    """A campaign read by pages after its export shows nothing new: not one fact differs."""
    operator = make(leads=25)
    both_runs(operator)
    by_export = leads_in(operator)
    operator.extract = "pages"
    operator.world.scravio.campaigns[0].touch(operator.clock.now())
    report = sync(operator)
    assert report.leads_read == 25
    assert leads_in(operator) == by_export
    assert report.tally.known == 25
    operator.assert_promises()


@pytest.mark.parametrize("order", [("export", "pages"), ("pages", "export"), ("export", "pages", "export")])
def test_leads_without_an_id_meet_those_with_one(make, order):
    """An export without ids and pages with them, whichever comes first: one lead each, no one twice."""
    operator = make(leads=12)
    habits(operator).file_heads = WITHOUT_ID
    for extract in order:
        operator.extract = extract
        operator.world.scravio.campaigns[0].touch(operator.clock.now())
        both_runs(operator)
        operator.clock.forward(minutes=5)
    found = leads_in(operator)
    assert len(found) == 12
    assert not any(row.source_id.startswith("address-") for row in found)
    assert len(operator.people()) == 12
    operator.assert_promises()


def test_a_refused_lead_without_facts_gets_no_twin_that_goes_out(make):
    """Refused, then pruned: an export without ids meets it by its person, and nothing is sent."""
    operator = make(leads=3, extract="pages")
    operator.block(operator.world.scravio.campaigns[0].lead(0).row["email"])
    assert sync(operator).tally.states["refused"] == 1
    operator.clock.forward(days=30)
    prune(operator)
    habits(operator).file_heads = WITHOUT_ID
    operator.extract = "export"
    operator.world.scravio.campaigns[0].touch(operator.clock.now())
    posted = operator.calls("POST", "leads/add")
    _, report = both_runs(operator)
    assert len(leads_in(operator)) == report.tally.known == 3
    assert report.tally.states["refused"] == 1
    assert operator.calls("POST", "leads/add") == posted
    operator.assert_promises()


def prune(operator):
    db = ledger.Database(operator.database_url)
    before = operator.clock.now()
    for some in list(pruning.prunable_leads(db, before)):
        pruning.prune_leads(db, some, before)
    db.close()


def test_twins_of_one_address_do_not_become_more(make):
    """Two profiles with one address: an export without ids finds each again by its profile."""
    operator = make(leads=6, extract="pages")
    campaign = operator.world.scravio.campaigns[0]
    campaign.lead(1).update(email=campaign.lead(0).row["email"].upper())
    sync(operator)
    habits(operator).file_heads = WITHOUT_ID
    operator.extract = "export"
    campaign.touch(operator.clock.now())
    both_runs(operator)
    assert len(leads_in(operator)) == 6
    operator.assert_promises()


def test_columns_that_are_missing_are_named_and_take_nothing_away(make):
    """A file with little more than addresses and verdicts leaves what pages said as it was."""
    operator = make(leads=5, extract="pages")
    sync(operator)
    before = leads_in(operator)
    chosen = {"_id", "email", "emailValidation.status", "emailValidation.isValid", "emailValidation.checkedAt"}
    habits(operator).file_heads = tuple(head for head in HEADS if head[1] in chosen)
    operator.extract = "export"
    operator.world.scravio.campaigns[0].touch(operator.clock.now())
    _, report = both_runs(operator)
    assert any("no column for" in warning and "biography" in warning for warning in report.warnings)
    assert leads_in(operator) == before


@pytest.mark.parametrize(
    ("heads", "said"),
    [
        ((("Lead", "_id"), ("Name", "fullName"), ("Validation Status", "emailValidation.status")), "for the address"),
        ((("ID", "_id"), ("E-Mail", "email")), "for the validation"),
    ],
)
def test_a_file_without_what_matters_is_not_used(make_here, heads, said):
    """No address or no validation in it: the campaign is read by pages, and the reason is said."""
    operator = make_here()
    habits(operator).file_heads = heads
    _, report = both_runs(operator)
    assert any(said in warning for warning in report.warnings)
    assert report.tally.states["delivered"] == 10


def test_auto_takes_what_needs_fewer_calls(make):
    """A small campaign is read by pages, a large one by its export."""
    operator = make(extract="auto", leads=30)
    assert sync(operator).leads_read == 30
    assert operator.calls("list-exports") == 0


def test_auto_takes_the_export_of_a_large_campaign(database_url):
    """700 leads are seven pages: more than an export takes."""
    operator = Operator(database_url, good_world("Large", leads=700))
    operator.extract = "auto"
    operator.world.scravio.habits.seconds = 0
    first = sync(operator)
    operator.clock.forward(minutes=1)
    second = sync(operator)
    assert (first.leads_read, second.leads_read) == (0, 700)
    assert operator.calls("/leads", "GET /api/campaigns") == 0
    assert second.tally.states["delivered"] == 700


def test_the_sixth_export_of_an_hour_waits_or_goes_by_pages(make):
    """Scravio allows five an hour: we do not ask for more; auto reads by pages meanwhile."""
    operator = make(titles=tuple(f"C{n}" for n in range(7)), leads=3)
    report = sync(operator)
    assert operator.calls("POST /api/list-exports") == 5
    assert sum("exports per hour" in warning for warning in report.warnings) == 2
    operator.clock.forward(minutes=61)
    sync(operator)
    operator.clock.forward(minutes=1)
    assert sync(operator).tally.states["delivered"] == 21


def test_a_429_is_waited_out_as_data(make_here):
    """No second call before the time that Scravio named, and no sleep."""
    operator = make_here()
    operator.sandbox.faults.add("status", "scravio", "/api/list-exports", method="POST", code=429, retry_after=600)
    sync(operator)
    sync(operator)
    assert operator.calls("POST /api/list-exports") == 1
    assert operator.clock.slept == []
    operator.sandbox.faults.clear()
    operator.clock.forward(seconds=601)
    _, report = both_runs(operator)
    assert report.tally.states["delivered"] == 10


def test_a_key_that_may_not_export_reads_by_pages_and_asks_rarely(make_here):
    """403: said once, then every campaign goes by pages; it is tried again after hours, not in every run."""
    operator = make_here()
    operator.sandbox.faults.add("status", "scravio", "/api/list-exports", method="POST", code=403)
    for _ in range(8):
        operator.world.scravio.campaigns[0].touch(operator.clock.now())
        operator.clock.forward(minutes=5)
        assert sync(operator).leads_read == 10
    assert operator.calls("POST /api/list-exports") == 1


def test_an_export_that_fails_is_said_and_read_by_pages(make_here):
    """Leads must not wait for what will never come."""
    operator = make_here()
    habits(operator).fails = True
    _, report = both_runs(operator)
    assert any("could not make its export" in warning for warning in report.warnings)
    assert report.tally.states["delivered"] == 10


def test_a_lost_answer_asks_again_and_gets_the_one_under_way(make_here):
    """Asking for an export is idempotent at Scravio: nothing is made twice."""
    operator = make_here()
    operator.sandbox.faults.add("cut", "scravio", "/api/list-exports", method="POST", commit=True, times=1)
    report = sync(operator)
    assert report.leads_read == 10
    assert len(operator.sandbox.world.scravio.exports) == 1


def test_an_export_of_another_look_is_not_used(make):
    """The campaign changed after its export was asked for: another is asked for, and the change is seen."""
    operator = make()
    sync(operator)
    operator.clock.forward(minutes=1)
    campaign = operator.world.scravio.campaigns[0]
    campaign.add_lead(email="late@example.org")
    campaign.touch(operator.clock.now())
    both_runs(operator)
    operator.clock.forward(minutes=1)
    sync(operator)
    assert "late@example.org" in operator.people()
    assert len(leads_in(operator)) == 11


def test_a_short_file_is_not_believed(make_here):
    """Fewer rows than Scravio counts: read by pages, no one is missed."""
    operator = make_here()
    sync(operator)
    operator.clock.forward(minutes=1)
    report_file(operator, keep=6)
    report = sync(operator)
    assert any("6 rows where 10 should be" in warning for warning in report.warnings)
    assert report.tally.states["delivered"] == 10


def test_a_file_of_another_campaign_is_not_used(make_here):
    """One row names another campaign, as a file that was mixed up would: all of it is read by pages."""
    operator = make_here()
    habits(operator).file_heads = (*HEADS, ("Campaign ID", "campaignId"))
    sync(operator)
    operator.clock.forward(minutes=1)
    own = operator.world.scravio.campaigns[0].id
    report_file(operator, text=lambda text: "x-other".join(text.rsplit(own, 1)))
    report = sync(operator)
    assert any("leads of another campaign" in warning for warning in report.warnings)
    assert report.tally.states["delivered"] == 10


def test_a_lead_that_stands_twice_takes_nobodys_place(make_here):
    """As many rows as there should be, but one of them twice: anyone who is missing is read by pages."""
    operator = make_here()
    sync(operator)
    operator.clock.forward(minutes=1)
    report_file(operator, text=last_row_twice)
    report = sync(operator)
    assert any("a lead more than once" in warning for warning in report.warnings)
    assert report.tally.states["delivered"] == 10


def last_row_twice(text):
    rows, reported = list(csv.reader(io.StringIO(text, newline=""))), io.StringIO()
    csv.writer(reported).writerows([*rows[:-1], rows[-2]])
    return reported.getvalue()


def _silent(row):
    return {name: value for name, value in row.items() if name not in ("data", "file", "totalRecords")}


def test_a_file_whose_length_no_one_names_is_not_believed(make_here, monkeypatch):
    """Neither the campaign nor the export says how many rows there are: a file of three may be short."""
    operator = make_here()
    monkeypatch.setattr("bridge.sandbox.scravio.exports._shown", _silent)
    operator.world.scravio.campaigns[0].update(normalizedCounts=None, emailScanCount=None)
    sync(operator)
    operator.clock.forward(minutes=1)
    report_file(operator, keep=3)
    report = sync(operator)
    assert any("expected number of rows is not known" in warning for warning in report.warnings)
    assert report.tally.states["delivered"] == 10


def quoted(text, *rows):
    """A quotation mark too many before the bios of these rows: what stands between two of them is one cell."""
    lines = text.splitlines(keepends=True)
    place = next(iter(csv.reader(lines[:1]))).index("Biography")
    for number in rows:
        cells = lines[number].split(",")
        lines[number] = ",".join([*cells[:place], '"' + cells[place], *cells[place + 1 :]])
    return "".join(lines)


SPOILT = {
    "two quotation marks": (lambda text: quoted(text, 2, 5), "whole rows|quotes are broken"),
    "one quotation mark": (lambda text: quoted(text, 8), "quotes are broken"),
    "cut in the last row": (lambda text: "".join(text.splitlines(keepends=True)[:9]).rstrip(), "no line end"),
}


@pytest.mark.parametrize("way", SPOILT)
def test_a_file_that_lost_rows_is_not_whole_where_no_one_counts_them(make_here, monkeypatch, way):
    """The export names no total and the campaign's own is behind: fewer rows than there are must not pass for all."""
    spoil, said = SPOILT[way]
    operator = make_here()
    monkeypatch.setattr("bridge.sandbox.scravio.exports._shown", _silent)
    operator.world.scravio.campaigns[0].update(normalizedCounts={"emails": 5, "profiles": 5}, emailScanCount=5)
    sync(operator)
    operator.clock.forward(minutes=1)
    report_file(operator, text=spoil)
    report = sync(operator)
    assert any(re.search(said, warning) for warning in report.warnings), report.warnings
    assert report.tally.states["delivered"] == 10


def report_file(operator, *, keep=None, text=None):
    """Finish the export now, and spoil its file."""
    with operator.app(route()) as app:
        asking.ordering(app).exports.of_campaign(operator.world.scravio.campaigns[0].id)
    (export,) = operator.sandbox.world.scravio.exports
    lines = export["file"].splitlines(keepends=True)
    export["file"] = text(export["file"]) if text else "".join(lines[: keep + 1])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_the_files_encoding_is_found_out(make_here, encoding):
    """A byte order mark, or UTF-16 with and without one."""
    operator = make_here()
    habits(operator).file_encoding = encoding
    _, report = both_runs(operator)
    assert report.tally.states["delivered"] == 10
    assert operator.calls("/leads", "GET /api/campaigns") == 0


def test_hostile_cells_are_only_text(make):
    """Formulas, NULs, 20,000 characters, quotes and line breaks in cells reach the ledger as facts and harm nothing."""
    operator = make(leads=4)
    nasty = ['=HYPERLINK("http://x.example")', "a\x00b", "x" * 20_000, 'He said "hi",\r\nthen {{left}}']
    for index, text in enumerate(nasty):
        operator.world.scravio.campaigns[0].lead(index).update(biography=text)
    _, report = both_runs(operator)
    assert report.tally.states["delivered"] == 4
    assert operator.calls("/leads", "GET /api/campaigns") == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"', "", 1) + '"',
        lambda text: text[: len(text) // 2],
        lambda _text: "<html><body>Access denied</body></html>",
        lambda _text: "",
        lambda text: text.replace("\n", ",surplus\n", 3),
        lambda text: text.splitlines()[0] + "\n" + '"' * 2_000_000,
    ],
)
def test_a_broken_file_is_never_half_believed(make_here, spoil):
    """Whatever is wrong with it: either every row stands, or the campaign is read by pages."""
    operator = make_here()
    sync(operator)
    operator.clock.forward(minutes=1)
    report_file(operator, text=spoil)
    report = sync(operator)
    assert report.tally.known == 10
    assert report.tally.states["delivered"] == 10
    operator.assert_promises()


@pytest.mark.parametrize(
    "link",
    [
        "https://169.254.169.254/latest/meta-data",
        "https://user:secret@files.example/x",
    ],
)
def test_a_link_that_is_not_to_be_trusted_is_not_followed(make_here, link):
    """Nothing is fetched from there; the leads come by pages, and the link is not reported."""
    operator = make_here()
    habits(operator).file_link = link
    _, report = both_runs(operator)
    assert any("link to its file was not followed" in warning for warning in report.warnings)
    assert not any("secret" in warning or "meta-data" in warning for warning in report.warnings)
    assert report.tally.states["delivered"] == 10


def test_validations_of_later_come_by_export_too(make):
    """A resweep asks for a new export, as it would read pages again."""
    operator = make(leads=3)
    campaign = operator.world.scravio.campaigns[0]
    campaign.lead(0).validate(None)
    both_runs(operator)
    campaign.lead(0).validate("valid", operator.clock.now())
    campaign.touch(operator.clock.now())
    operator.clock.forward(hours=2)
    _, report = both_runs(operator)
    assert report.tally.states["delivered"] == 3


def test_what_is_used_is_forgotten(make):
    """An export is read once: the next sweep asks for its own."""
    operator = make()
    both_runs(operator)
    db = ledger.Database(operator.database_url)
    known = Memory(db, "scravio export").recall(operator.world.scravio.campaigns[0].id)
    db.close()
    assert known == {}
