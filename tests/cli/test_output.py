"""Every file that a command writes: whole or not at all, for its owner only, and never over what is not its own."""

import ast
import os
import re
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from bridge import cli
from bridge.cli.terminal.output import Output
from bridge.cli.terminal.write_csv import Sheet, mark
from bridge.errors import ConfigProblem
from tests.cli.conftest import unwrapped

WRITERS = {
    "rejects": ["rejects", "--csv"],
    "reconcile": ["reconcile", "--csv"],
    "suppress export": ["suppress", "export"],
    "preview": ["preview", "--html"],
    "forget": ["forget", "jane@studio.example", "--export"],
    "validate": ["validate", "list.csv", "--yes", "--csv"],
    "db backup": ["db", "backup"],
}


@pytest.fixture
def house(leadbridge, configure, vendors, folder):
    """A ledger in use, with bridge.toml, `.env`, names and a list to validate."""
    configure(more='[names]\noverrides = "names.csv"\n')
    (folder / ".env").write_text("BRIDGE_HASH_KEY_FILE=hash.key\n")
    (folder / "hash.key").write_text("0123456789abcdef0123456789abcdef")
    (folder / "names.csv").write_text("username,first_name\njane,Jane\n")
    (folder / "list.csv").write_text("email\njane@studio.example\n")
    assert leadbridge("sync", "--yes").exit_code == 0
    return folder


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_nothing_that_leadbridge_lives_on_is_written_over(leadbridge, house, writer):
    """The ledger, its side files, keys and configuration are refused by name, link and hard link, with --force too."""
    (house / "soft.csv").symlink_to("data/bridge.db")
    os.link(house / ".env", house / "hard.csv")
    kept = ["data/bridge.db", "bridge.toml", ".env", "names.csv", "hash.key", "soft.csv", "hard.csv"]
    before = {name: (house / name).read_bytes() for name in kept}
    for name in [*kept, "data/bridge.db-wal", "data/bridge.db-shm", "data/bridge.db-journal", "data/../.env"]:
        done = leadbridge(*writer, name, "--force")
        assert (done.exit_code, "which leadbridge needs" in unwrapped(done.stderr)) == (2, True), (name, done.stderr)
    assert {name: (house / name).read_bytes() for name in kept} == before
    assert leadbridge("status").exit_code == 0


@pytest.mark.parametrize("name", [".env", "bridge.toml"])
def test_keys_and_routes_of_another_folder_are_not_written_over(leadbridge, house, name):
    """Another client's files are refused by their name, through a link as well, with --force too."""
    other = house / "other client" / name
    other.parent.mkdir()
    other.write_text("precious")
    (house / "link.csv").symlink_to(other)
    for path in (str(other), "link.csv"):
        assert leadbridge("rejects", "--csv", path, "--force").exit_code == 2
    assert other.read_text() == "precious"


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_a_foreign_file_is_left_alone_unless_forced(leadbridge, house, writer):
    """What the command did not write stays to the byte; --force replaces it, readable by the owner only."""
    mine = house / "mine"
    mine.write_text("precious")
    refused = leadbridge(*writer, "mine")
    assert refused.exit_code == 2
    assert "--force" in unwrapped(refused.stderr)
    assert mine.read_text() == "precious"
    assert leadbridge(*writer, "mine", "--force").exit_code in (0, 3)
    assert b"precious" not in mine.read_bytes()
    assert stat.S_IMODE(mine.stat().st_mode) == 0o600
    assert not [path.name for path in house.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("name", ["rejects", "reconcile", "suppress export", "preview", "validate"])
def test_an_older_file_of_its_own_is_replaced(leadbridge, house, name):
    """The second writing needs no --force; through a link, the file behind it is replaced and the link stays."""
    (house / "link").symlink_to("new")
    for _ in range(2):
        assert leadbridge(*WRITERS[name], "link").exit_code in (0, 3)
    assert (house / "link").is_symlink()
    assert (house / "new").stat().st_size > 0


def test_one_commands_file_is_foreign_to_another(leadbridge, house):
    """A do-not-contact list is not lost to `rejects --csv` of the same name."""
    assert leadbridge("suppress", "export", "list-of-mine.csv").exit_code == 0
    assert leadbridge("rejects", "--csv", "list-of-mine.csv").exit_code == 2


def test_another_ledger_is_no_file_for_a_list(tmp_path):
    """A database is refused with --force too: another client's ledger is one."""
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(ConfigProblem, match="is a database"):
        Output(tmp_path / "other.db", "--csv", force=True).refuse()


def test_what_breaks_off_leaves_the_old_file(tmp_path):
    """The file is the old one or the new one, never half of it, and nothing is left beside it."""
    path = tmp_path / "list.csv"
    Sheet(["a"], Output(path, "--csv", mark(["a"]))).write([["1"]])
    before = path.read_bytes()

    def broken():
        yield ["2"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Sheet(["a"], Output(path, "--csv", mark(["a"]))).write(broken())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("writer", ["rejects", "db backup"])
def test_a_file_has_its_name_only_once_it_is_on_the_disk(leadbridge, house, writer, monkeypatch):
    """All bytes are synced, then the file renamed, then its folder synced: a power cut leaves it whole or absent."""
    path, calls = house / "out.csv", []
    fsync, replace = os.fsync, os.replace

    def synced(number):
        fsync(number)
        found = os.fstat(number)
        calls.append(("sync", found.st_ino, 0 if stat.S_ISDIR(found.st_mode) else found.st_size))

    def renamed(old, new):
        replace(old, new)
        calls.append(("rename", Path(new).name))

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    assert leadbridge(*WRITERS[writer], "out.csv").exit_code == 0
    made = path.stat()
    named = calls.index(("rename", "out.csv"))
    assert calls[named - 1 : named + 2] == [
        ("sync", made.st_ino, made.st_size),
        ("rename", "out.csv"),
        ("sync", house.stat().st_ino, 0),
    ]


def test_a_file_that_came_meanwhile_is_left_alone(tmp_path):
    """Who wrote it while the rows were read keeps it."""
    path = tmp_path / "list.csv"

    def slow():
        path.write_text("precious")
        yield ["1"]

    with pytest.raises(ConfigProblem, match="not changed"):
        Sheet(["a"], Output(path, "--csv", mark(["a"]))).write(slow())
    assert path.read_text() == "precious"


def test_pipes_and_devices_are_written_to_as_they_are(tmp_path):
    """A named pipe gets the rows and stays a pipe; /dev/null stays what it is; a folder is refused."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    Sheet(["a"], Output(pipe, "--csv")).write([["1"]])
    reader.join(timeout=10)
    assert read == ["\ufeffa\n1\n".encode()]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with Output(Path("/dev/null"), "--csv").text() as stream:
        stream.write("x")
    for place in (tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(ConfigProblem, match="folder"):
            Output(place, "--csv").refuse()


WRITES = {"write_text", "write_bytes", "mkstemp", "NamedTemporaryFile", "copyfile", "copy2", "copytree"}
NO_WORK_OF_A_COMMAND = {
    "sources/scravio/downloads.py": "a file in a temporary folder, removed after it was read",
    "ledger/database.py": "the ledger itself, made empty for its owner alone",
    "cli/terminal/output.py": "the writer",
}


def _writes(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        modes = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        modes += [one.value.value for one in node.keywords if one.arg == "mode" and isinstance(one.value, ast.Constant)]
        opened = name == "open" and any(re.fullmatch(r"[rwxabt+]*[wxa+][rwxabt+]*", str(mode)) for mode in modes)
        if name in WRITES or opened:
            yield f"{name} in line {node.lineno}"


def test_there_is_no_other_writer():
    """No module opens a file for writing but the one writer, the ledger's own, and that of downloaded files."""
    root = Path(cli.__file__).parent.parent
    found = {str(path.relative_to(root)): [*_writes(path)] for path in sorted(root.rglob("*.py"))}
    assert {name for name, calls in found.items() if calls} == set(NO_WORK_OF_A_COMMAND), found


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("bridge.toml", 0o644, 0o644), (".env", 0o640, 0o640), (".env", 0o644, 0o600)],
)
def test_a_file_of_the_daemon_stays_readable_for_its_user(tmp_path, name, before, after):
    """An operator, or root, adds to it: its owner and its mode stay, but no other user may read keys."""
    path = tmp_path / name
    path.write_text("old")
    path.chmod(before)
    owner = 12_345 if os.geteuid() == 0 else os.geteuid()
    os.chown(path, owner, -1)
    Output(path, "", force=True, like=path).write("new")
    found = path.stat()
    assert (path.read_text(), stat.S_IMODE(found.st_mode), found.st_uid) == ("new", after, owner)
