"""`leadbridge suppress`: add, remove, list, import, export, and what each says about bad input."""

import csv
import json

import pytest

from bridge import ledger
from bridge.ledger.people import suppressions
from tests.cli.conftest import unwrapped


@pytest.fixture
def listed(leadbridge, configure, folder):
    """Every entry of the list, as its own document shows it."""
    configure()

    def entries():
        return {entry["value"]: entry for entry in leadbridge.json("suppress", "list")[1]["entries"]}

    return entries


def written(folder, text, encoding="utf-8"):
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return str(path)


def test_add_list_and_remove(leadbridge, listed):
    """Any spelling of addresses and domains; twice is said, the story is kept."""
    result = leadbridge("suppress", "add", "Jane.Doe+x@gmail.com", "https://www.Rival.example/x", "--reason", "asked")
    assert result.exit_code == 0, result.output
    assert "janedoe@gmail.com: suppressed" in result.stdout
    assert "rival.example: suppressed" in result.stdout
    assert "was already on the list" in leadbridge("suppress", "add", "janedoe@googlemail.com").stdout
    entries = listed()
    assert {(e["kind"], e["origin"], e["reason"]) for e in entries.values()} == {
        ("address", "operator", "asked"),
        ("domain", "operator", "asked"),
    }
    assert "2 of" not in leadbridge("suppress", "list").stdout
    assert "removed from the list" in leadbridge("suppress", "remove", "@rival.example").stdout
    assert set(listed()) == {"janedoe@gmail.com"}
    result = leadbridge("suppress", "remove", "rival.example")
    assert (result.exit_code, "is not on the list" in result.stderr) == (1, True)


def test_a_value_that_is_neither_stops_all(leadbridge, listed):
    """One that cannot be read: exit 2, nothing is done, nothing of it is guessed."""
    result = leadbridge("suppress", "add", "good@x.example", "j***@gmail.com")
    assert result.exit_code == 2
    assert "is masked" in unwrapped(result.stderr)
    assert listed() == {}


def test_a_free_mail_domain_is_warned_about(leadbridge, configure):
    """Suppressing gmail.com is taken, and what it means is said."""
    configure()
    result = leadbridge("suppress", "add", "gmail.com")
    assert "every address there is held" in unwrapped(result.stderr)


def test_ready_leads_are_asked_again(leadbridge, configure, vendors):
    """Who is ready and suppressed now is held by the next sync; taken off the list, they go."""
    configure()
    leadbridge("sync", "--yes", "--limit", "1")
    before = leadbridge.json("status")[1]["routes"][0]["states"]
    db = ledger.Database("sqlite:///data/bridge.db")
    address, *_ = _ready(db)
    db.close()
    assert "1 lead to be decided again" in unwrapped(leadbridge("suppress", "add", address).stdout)
    leadbridge("sync", "--yes")
    after = leadbridge.json("status")[1]["routes"][0]["states"]
    assert after["delivered"] == before["delivered"] + before["ready"] - 1
    reported = unwrapped(leadbridge("explain", address).stdout)
    assert "on the do-not-contact list" in reported
    assert "origin: operator" in reported
    assert "1 lead to be decided again" in unwrapped(leadbridge("suppress", "remove", address).stdout)
    leadbridge("sync", "--yes")
    assert leadbridge.json("status")[1]["routes"][0]["states"]["delivered"] == after["delivered"] + 1
    del vendors


def _ready(db):
    import sqlalchemy as sa  # noqa: PLC0415 - one test looks inside

    with db.read() as connection:
        return connection.execute(sa.text("SELECT address FROM delivery WHERE state = 'ready'")).scalars().all()


# ---------------------------------------------------------------------------------------------------------- import


@pytest.mark.parametrize(
    "text",
    ["email\njane@x.example\nrival.example\n",
     "\ufeffE-Mail;Reason\r\njane@x.example;bounced\r\n@rival.example;\r\n",
     "id,First Name,Email Address\n1,J,jane@x.example\n2,R,rival.example\n\n",
     "Blocked Email,Date\nrival.example,2023-09-15T12:00:00Z\njane@x.example,2023-09-15T12:00:00Z\n",
     "jane@x.example\nrival.example\n",
     "kind\tvalue\taddress\ndomain\trival.example\trival.example\nx\tx@x.example\tjane@x.example\n",
     'email\n"jane@x.example"\n" www.rival.example "\n   \n'],
)  # fmt: skip
def test_lists_of_many_tools_are_read(leadbridge, listed, folder, text):
    """Commas, semicolons and tabs, a byte order mark, blank lines, no head, Instantly's own download."""
    result = leadbridge("suppress", "import", written(folder, text))
    assert result.exit_code == 0, result.output
    assert "2 added, 0 were already on the list" in unwrapped(result.stdout)
    assert set(listed()) == {"jane@x.example", "rival.example"}
    assert {entry["origin"] for entry in listed().values()} == {"import:list.csv"}
    assert "0 added, 2 were" in leadbridge("suppress", "import", written(folder, text)).stdout


def test_utf_16_that_says_so_is_read(leadbridge, listed, folder):
    """As Excel saves "Unicode text"."""
    assert leadbridge("suppress", "import", written(folder, "email\njane@x.example\n", "utf-16")).exit_code == 0
    assert set(listed()) == {"jane@x.example"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name,phone\nJane,1\n", "no column has a known header. It has: name, phone"),
        ("email\njane@x.example\nnobody\nx@y.example\nj***@gmail.com\n", "2 of 4 entries cannot be read"),
        ("email\njane@x.example\nnobody\n", "line 3 is neither an e-mail address nor a domain"),
        ("", "is empty"),
        (b"email\njane@x.example\nm\xfcller@x.example\n", "line 3 is not UTF-8 text"),
        ("email\njane@x.example\n".encode("utf-16-le"), "UTF-16 text without a byte order mark"),
        ('email\n"' + "x" * 200_000, "cannot be read as CSV"),
        ('email\n"jane@x.example\nbob@x.example\n', "cannot be read as CSV"),
        ("email\nnot an address " + "y" * 5_000 + "\n", "is far too long"),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_not_read_in_half(leadbridge, listed, folder, content, said):
    """One clear sentence with the line, exit 2, nothing imported."""
    result = leadbridge("suppress", "import", written(folder, content))
    assert result.exit_code == 2, result.output
    assert said in unwrapped(result.stderr)
    assert "Traceback" not in result.stderr
    assert listed() == {}


def test_bad_rows_may_be_left_out(leadbridge, listed, folder):
    """With `--skip-bad` the others are imported, and it is said how many were not."""
    path = written(folder, "email,reason\njane@x.example,bounced\nnobody,\n,\n")
    result = leadbridge("suppress", "import", path, "--skip-bad", "--reason", "old tool")
    assert result.exit_code == 0
    assert "1 row was skipped; the first: line 3" in unwrapped(result.stdout)
    assert listed()["jane@x.example"]["reason"] == "bounced"


def test_a_missing_file_is_two(leadbridge, configure):
    """A wrong path is the operator's to fix."""
    configure()
    result = leadbridge("suppress", "import", "nowhere.csv")
    assert (result.exit_code, "cannot be read" in unwrapped(result.stderr)) == (2, True)


def test_what_is_exported_can_be_imported(leadbridge, listed, folder):
    """The same entries come back; a spreadsheet gets no formula, and hashes are counted, not reported."""
    leadbridge("suppress", "add", "jane@x.example", "rival.example", "--reason", "=1+1")
    assert leadbridge("suppress", "export", "out.csv").exit_code == 0
    assert (folder / "out.csv").stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader((folder / "out.csv").read_text("utf-8-sig").splitlines()))
    assert {row["reason"] for row in rows} == {"'=1+1"}
    leadbridge("suppress", "remove", "jane@x.example", "rival.example")
    leadbridge("suppress", "import", "out.csv")
    assert set(listed()) == {"jane@x.example", "rival.example"}
    db = ledger.Database("sqlite:///data/bridge.db")
    assert suppressions.hide_values(db) == 2
    db.close()
    assert "2 more are kept as hashes only" in unwrapped(leadbridge("suppress", "export", "-").stderr)


def test_an_entry_of_one_client_comes_back_as_that_clients(leadbridge, configure, folder):
    """The column `client` of the export is read; a client that is not known, or not meant, is a sentence."""
    configure(more="".join(f'[[clients]]\nname = "{name}"\nenv = "{name.upper()}_"\n' for name in ("acme", "beta")))
    (folder / "bridge.toml").write_text(
        (folder / "bridge.toml").read_text().replace("target", 'client = "acme"\ntarget')
    )
    leadbridge("suppress", "add", "jane@x.example", "--client", "beta")
    leadbridge("suppress", "add", "joe@x.example")
    leadbridge("suppress", "export", "out.csv")
    leadbridge("suppress", "remove", "jane@x.example", "--client", "beta")
    leadbridge("suppress", "remove", "joe@x.example")
    refused = leadbridge("suppress", "import", "out.csv", "--client", "acme")
    assert (refused.exit_code, 'is for client "beta", which is not one of: acme' in unwrapped(refused.stderr)) == (
        2,
        True,
    )
    assert leadbridge("suppress", "import", "out.csv").exit_code == 0
    entries = leadbridge.json("suppress", "list")[1]["entries"]
    assert {(entry["value"], entry["client"]) for entry in entries} == {
        ("jane@x.example", "beta"),
        ("joe@x.example", None),
    }
    path = written(folder, "email,client\nann@x.example,acmee\nbob@x.example,acme\n")
    refused = leadbridge("suppress", "import", path)
    assert refused.exit_code == 2
    assert 'line 2 is for client "acmee", which is not one of: acme, beta' in unwrapped(refused.stderr)


def test_hashed_storage_by_configuration(leadbridge, configure, folder):
    """With `suppression_storage = "hashed"` no plain value is written, and those of before are hidden."""
    configure()
    leadbridge("suppress", "add", "jane@x.example")
    configure(more='[privacy]\nsuppression_storage = "hashed"\n')
    leadbridge("suppress", "add", "joe@x.example")
    entries = leadbridge.json("suppress", "list")[1]["entries"]
    assert [entry["value"] for entry in entries] == [None, None]
    assert "was already on the list" in leadbridge("suppress", "add", "jane@x.example").stdout


def test_a_lost_hash_key_stops_everything(leadbridge, configure, monkeypatch):
    """Exit 2 and what to put back: with another key no one of the list would be known."""
    configure()
    monkeypatch.setenv("BRIDGE_HASH_KEY", "0123456789abcdef")
    leadbridge("suppress", "add", "jane@x.example")
    monkeypatch.delenv("BRIDGE_HASH_KEY")
    result = leadbridge("suppress", "add", "joe@x.example")
    assert result.exit_code == 2
    assert "BRIDGE_HASH_KEY is not set" in unwrapped(result.stderr)
    assert leadbridge("suppress", "rekey").exit_code == 2
    result = leadbridge("suppress", "rekey", "--give-up-hashes")
    assert "1 entries hashed again; 0 that were hashes only were dropped" in unwrapped(result.stdout)
    assert "was already on the list" in leadbridge("suppress", "add", "jane@x.example").stdout


def test_an_empty_list_is_no_error(leadbridge, configure):
    """Before anything was stored, and with no one on it."""
    configure()
    assert leadbridge("suppress", "list").exit_code == 0
    assert leadbridge.json("suppress", "list") == (0, {"counts": [], "entries": []})
    assert json.loads(leadbridge("suppress", "list", "--json").stdout)["entries"] == []


@pytest.mark.parametrize(
    "text",
    [
        "email,email2\njane@a.example,jane@b.example\n",
        "E-Mail;email_2\njane@a.example;jane@b.example\n",
        "name,email\nJane,jane@a.example; jane@b.example\n",
        'email\n"jane@a.example, jane@b.example"\n',
        "email\njane@a.example jane@b.example\n",
        "jane@a.example,jane@b.example\n",
        'emails\n"Jane <jane@a.example>;Jane <jane@b.example>"\n',
    ],
)
def test_every_address_of_a_row_is_read(leadbridge, listed, folder, text):
    """Further columns of the kind, and several addresses in a cell, are all put on the list."""
    (folder / "list.csv").write_text(text)
    result = leadbridge("suppress", "import", "list.csv")
    assert result.exit_code == 0, result.output
    assert "2 added" in result.stdout
    assert {"jane@a.example", "jane@b.example"} <= set(listed())


def test_columns_that_were_left_out_are_named(leadbridge, listed, folder):
    """What holds addresses under another head, or is named like a list, is no silent loss."""
    (folder / "list.csv").write_text("email,assistant,domain,city\njane@a.example,jo@b.example,a.example,Rome\n")
    result = leadbridge("suppress", "import", "list.csv")
    assert "1 added" in result.stdout
    assert 'Not read: "assistant", "domain".' in unwrapped(result.stderr)
