"""CSV files as a source: each file is a campaign, read when its content changes, and never changed itself."""

import os
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge import ledger
from bridge.model import Source
from tests.harness import START, Operator, good_world, route

HEAD = "_id,email,fullName,username,platform,followerCount,emailValidationStatus,checkedAt,scrapedAt"
FILES = route(source=Source("csv", ("leads/*.csv",)))


def row(number, **reported):
    values = {
        "_id": f"id{number}",
        "email": f"person{number}@example{number}.com",
        "fullName": f"Person Nr{number}",
        "username": f"person.{number}",
        "platform": "instagram",
        "followerCount": "1200",
        "emailValidationStatus": "valid",
        "checkedAt": (START - timedelta(days=3)).isoformat(),
        "scrapedAt": (START - timedelta(days=5)).isoformat(),
    }
    return ",".join((values | reported).values())


class Files(Operator):
    """An operator with a folder of files, and no key of Scravio while only files are read."""

    with_key = False

    def at(self, folder):
        self.folder = folder
        (folder / "leads").mkdir()
        return self

    @property
    def settings(self):
        settings = replace(super().settings, folder=self.folder)
        held = {name: key for name, key in settings.vendors.items() if self.with_key or "SCRAVIO" not in name}
        return replace(settings, vendors=held)

    def write(self, *rows, name="a.csv", head=HEAD):
        path = self.folder / "leads" / name
        path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
        return path

    def run(self, **options):
        report = self.sync_one(FILES, **options)
        self.assert_promises()
        return report


@pytest.fixture
def files(sqlite_template, tmp_path):
    path = tmp_path / "here.db"
    shutil.copy(sqlite_template, path)
    return Files(f"sqlite:///{path}", good_world("Fitness")).at(tmp_path)


def stored(operator):
    db = ledger.Database(operator.database_url)
    campaigns = ledger.campaigns_of_route(db, 1)
    found = [lead.lead for one in campaigns for some in ledger.stored_leads(db, one) for lead in some]
    db.close()
    return {lead.id: lead for lead in found}


def test_each_file_is_a_campaign_and_a_second_sync_is_silent(files):
    """Every valid row is delivered, Scravio is not asked, the files stay as they are, and nothing is read again."""
    paths = [files.write(row(1), row(2)), files.write(row(3), name="b.csv")]
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths]
    first = files.run()
    assert (first.status, first.campaigns_swept, first.sent, first.warnings) == ("ok", 2, 3, ())
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths] == before
    os.utime(paths[0])
    second = files.run()
    assert (second.campaigns_seen, second.campaigns_swept, second.leads_read, second.warnings) == (2, 0, 0, ())
    assert first.requests["scravio"] == second.requests["scravio"] == 0
    assert stored(files)["id1"].campaign_id == "csv:leads/a.csv"


def test_a_changed_row_is_picked_up_and_a_new_one_goes(files):
    """The file is read again when its content changes; who went does not go twice."""
    files.write(row(1), row(2, emailValidationStatus="pending"))
    assert files.run().sent == 1
    files.write(row(1, fullName="Other Name"), row(2), row(3))
    assert files.run().sent == 2
    assert stored(files)["id1"].full_name == "Other Name"


def test_the_rules_apply_to_a_file_as_to_a_campaign(files, states):
    """An address that no column calls valid is held, and so is one that is suppressed or malformed."""
    files.write(row(1, emailValidationStatus=""), row(2, email="nonsense"), row(3, email="info@example.com"))
    report = files.run()
    assert states(report) == {"held": 3}
    files.write("x1,jane@example.com", head="_id,E-Mail")
    report = files.run()
    assert any("no column for the validation" in warning for warning in report.warnings)
    files.clock.forward(days=2)
    assert files.run().leads_read == 0


def test_a_bad_row_is_held_with_its_line_and_the_others_go(files, states):
    """Too few cells, too many, broken quotes, a cell of megabytes, no name of any kind: each is one held lead."""
    nameless = row(9, _id="", email="", username="")
    bad = ["id5,few", row(6) + ",more", row(7, fullName='"a"b'), row(8, fullName="x" * 1_000_001), nameless]
    files.write(row(1), *bad, row(2))
    report = files.run()
    assert (states(report), report.tally.reasons["unreadable"]) == ({"delivered": 2, "held": 5}, 5)
    reported = {lead.problem.partition(":")[0] for lead in stored(files).values() if lead.problem}
    assert reported == {f"line {number}" for number in range(3, 8)}


def test_rows_without_an_id_are_known_by_their_profile_or_their_address(files):
    """Sorted otherwise and spelled otherwise they are the same leads; one that gets an id keeps its delivery."""
    lines = [row(1, _id=""), row(2, _id="", username="", platform="")]
    files.write(*lines)
    assert files.run().sent == 2
    ids = set(stored(files))
    assert "instagram:person.1" in ids
    files.write(
        row(2, _id="", username="", platform="", email="PERSON2@example2.com"), row(1, _id="", username="@Person.1")
    )
    assert (files.run().sent, set(stored(files))) == (0, ids)
    files.write(row(1, _id=""), row(2, username="", platform=""))
    assert (files.run().sent, set(stored(files))) == (0, {"instagram:person.1", "id2"})


def test_a_file_that_is_gone_is_said_once_and_its_leads_stay(files, states):
    """What was read stays, ready leads go, and the file is read again when it comes back."""
    path = files.write(row(1), row(2))
    files.write(row(3), name="b.csv")
    assert files.run(limit=1).sent == 1
    text = path.read_bytes()
    path.unlink()
    gone = files.run()
    assert gone.warnings == ('"a.csv" is gone from the CSV files; what was read of it before is kept.',)
    assert (gone.status, states(gone)) == ("ok", {"delivered": 3})
    assert files.run().warnings == ()
    path.write_bytes(text)
    assert files.run().leads_read == 2


def test_a_pattern_that_matches_nothing_is_said(files):
    """A path that was mistyped must not look like a source without news."""
    report = files.run()
    assert report.warnings == ('The source of route "fitness" selects none of the CSV files.',)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it has no header row"),
        (b"\0\0\0\n", "no column for the address"),
        (b"jane@example.com,valid\n", "no column for the address"),
        (b"a,b,c\n1,2,3\n", "no column for the address"),
    ],
)
def test_a_file_that_cannot_be_read_blocks_no_other(files, content, said):
    """Its fault is the run's error, with its name; the leads of the other files go."""
    for name in ("a.csv", "b.csv"):
        files.write(name=name).write_bytes(content)
    files.write(row(1), name="c.csv")
    report = files.run()
    assert (report.status, report.sent) == ("blocked", 1)
    assert report.error.startswith("leads/a.csv cannot be read: ")
    assert said in report.error


def test_a_file_that_is_still_written_waits(files):
    """A last line without an end may be half an address: it is not read while the file is that fresh."""
    path = files.write(row(1))
    path.write_text(path.read_text().rstrip("\n"))
    report = files.run()
    assert (report.sent, "may still be written" in report.warnings[0]) == (0, True)
    os.utime(path, (path.stat().st_mtime - 60,) * 2)
    assert files.run().sent == 1


def test_a_file_that_changes_while_it_is_read_is_read_again(files, monkeypatch):
    """Its look at the end is not that of the beginning."""
    path = files.write(row(1))
    monkeypatch.setattr(ledger, "record_page", changing(ledger.record_page, path))
    assert files.run().campaigns_swept == 1
    monkeypatch.undo()
    assert (files.run().sent, files.run().campaigns_swept) == (1, 0)


def changing(record_page, path):
    def recorded(*reported):
        with path.open("a") as file:
            file.write(row(2) + "\n")
        return record_page(*reported)

    return recorded


def test_leads_without_an_address_are_counted_where_no_route_can_use_them(files):
    """They are not read for e-mail, and their number is reported."""
    files.write(row(1), row(2, email=""), row(3, email=" "))
    report = files.run()
    assert (report.tally.known, report.unread) == (1, 2)


def test_a_route_that_turns_to_files_leaves_the_campaigns_it_had(files, states):
    """Leads of the Scravio campaign that are not sent yet are held as not selected, and the other way round."""
    files.write(row(1))
    files.with_key = True
    files.sync_one(route(), limit=4)
    report = files.run()
    assert (states(report)["delivered"], report.tally.reasons["not_selected"]) == (5, 6)
    assert report.warnings == ()
    back = files.sync_one(route())
    assert states(back) == {"delivered": 11}


def test_an_erased_person_does_not_come_back_by_a_file(files):
    """Anyone who was forgotten stays forgotten, whichever way the file names them."""
    files.write(row(1, _id="", username="", platform=""), row(2, _id=""))
    files.run()
    with files.app(FILES) as app:
        for address in ("person1@example1.com", "person2@example2.com"):
            app.eraser(asked_by="test").forget(address)
    files.write(row(1, _id="", username="", platform=""), row(2, _id=""), row(3))
    assert files.run().sent == 1
    assert not any("example1.com" in lead.email or "example2.com" in lead.email for lead in stored(files).values())
