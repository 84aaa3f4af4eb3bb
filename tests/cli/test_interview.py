"""`leadbridge init` on a terminal: an interview that ends with checked keys, a preview and commented files."""

import os
import pty
import stat
import sys
import time
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from bridge.config import load, read_settings
from bridge.config.vendors import INSTANTLY, SCRAVIO
from tests.cli.test_process import COMMAND, environment

SCRAVIO_KEY, INSTANTLY_KEY = "sk_live_sandbox", "sandbox-key"
RULES = ["1,000 people", "0", "x, instagram", "Germany", "", "25", "n"]


class Person:
    """Answers each question from a list; KeyboardInterrupt among the answers is Ctrl-C. `seen` is the terminal."""

    def __init__(self, monkeypatch):
        self.left, self.console = [], Console(file=StringIO(), width=80)
        monkeypatch.setattr("builtins.input", self.answer)
        monkeypatch.setattr("getpass.getpass", self.answer)
        monkeypatch.setattr("bridge.cli.terminal.consent.terminal", lambda: self.console)

    def answer(self, *_, **__):
        answer = self.left.pop(0)
        if answer is KeyboardInterrupt:
            raise KeyboardInterrupt
        return answer

    @property
    def seen(self):
        return " ".join(self.console.file.getvalue().split())


@pytest.fixture
def person(vendors, monkeypatch):
    """A person at a terminal, with the keys of all four vendors in mind and none set."""
    for name in ("SCRAVIO_API_KEY", "INSTANTLY_API_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("INBOX_BASE_URL", vendors.url)
    monkeypatch.setenv("PUFFLE_BASE_URL", f"{vendors.url}/puffle")
    return Person(monkeypatch)


def test_the_interview_leads_to_a_first_sync(leadbridge, folder, person):
    """A wrong key and a swapped one are asked again; what was picked stands in commented files, and a sync sends it."""
    person.left = ["sk_live_wrong", "sandbox-key", SCRAVIO_KEY, SCRAVIO_KEY, INSTANTLY_KEY, "", ""]
    person.left += ["nothing", "creat", "99", "20", "1", "camp", "1", "", *RULES, "y"]
    result = leadbridge("init")
    assert (result.exit_code, person.left) == (0, []), result.output + person.seen
    for said in (
        "Scravio does not accept the key",
        "Keys of Scravio begin with sk_live_",
        "INSTANTLY_API_KEY holds a key of Scravio",
        "✓ Scravio: 1 finished campaign",
        "Type numbers, such as 1, 3-5",
        'There is no number 20; these have "20" in their line:',
        "It is not a whole number.",
        'write its code, "DE"',
        "A sync would deliver 6 of the 6 leads",
        "leadbridge sync fitness-q4 --limit 50",
    ):
        assert said in person.seen, person.seen
    assert "The first request would be" not in person.seen
    assert SCRAVIO_KEY not in person.seen
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    settings = read_settings({}, folder)
    assert [settings.key_of(one) for one in (SCRAVIO, INSTANTLY)] == [SCRAVIO_KEY, INSTANTLY_KEY]
    (route,) = load(folder / "bridge.toml").routes
    assert (route.name, route.target.ref, route.pace.per_day) == ("fitness-q4", "Fitness Q4", 25)
    assert (len(route.source.id), route.rules.platforms) == (1, ("x", "instagram"))
    text = (folder / "bridge.toml").read_text()
    assert "# Fitness creators\nid = [" in text
    assert text.count("\n#") > 100
    assert (folder / "bridge.schema.json").exists()
    assert leadbridge.json("sync", "--yes")[1]["routes"][0]["delivered_now"] == 6


def test_ctrl_c_at_any_question_leaves_nothing(leadbridge, folder, person):
    """Whichever question it is, the folder is as empty as before, and the exit code says that it was interrupted."""
    answers = [SCRAVIO_KEY, INSTANTLY_KEY, "", "", "", "1", "", "", "", "", "", "n", "y"]
    for stopped in range(len(answers)):
        person.left = [*answers[:stopped], KeyboardInterrupt]
        assert (leadbridge("init").exit_code, list(folder.iterdir())) == (130, []), stopped
    assert "Stopped. Nothing was written." in person.seen


def test_plain_asks_nothing_and_what_is_there_stays(leadbridge, folder, person):
    """`--plain` writes the examples on a terminal too; an existing bridge.toml is not changed, and --route is named."""
    (folder / "bridge.toml").write_text("mine")
    assert leadbridge("init", "--plain").exit_code == 0
    assert "init --route" not in person.seen
    assert leadbridge("init").exit_code == 0
    assert ((folder / "bridge.toml").read_text(), "leadbridge init --route" in person.seen) == ("mine", True)
    assert (folder / ".env").exists()


def test_a_route_is_added_to_what_is_there(leadbridge, folder, person, monkeypatch):
    """With [[clients]]: comments and order stay to the byte, the client's keys are used, the new key goes into .env."""
    before = (
        '# mine\n[[clients]]\nname = "acme"\nenv = "ACME_"\n[[clients]]\nname = "beta"\nenv = "BETA_"\n'
        '[[routes]]\nname = "fitness-q4"\nclient = "acme"\ntarget = { instantly_campaign = "Fitness Q4" }\n[guard]'
    )
    (folder / "bridge.toml").write_text(before)
    (folder / ".env").write_text("# keys\nACME_SCRAVIO_API_KEY=sk_live_sandbox\nACME_INSTANTLY_API_KEY=\n")
    person.left = [
        "1",
        INSTANTLY_KEY,
        "",
        "",
        "fut*",
        "fit*",
        "nowhere=x",
        "instantly_campaign=Fitness Q4",
        "fitness-q4",
        "",
        "",
        "",
        "",
        "",
        "y",
        "y",
    ]
    result = leadbridge("init", "--route")
    assert (result.exit_code, person.left) == (0, []), result.output + person.seen
    assert "already the name of a route" in person.seen
    assert 'has the title "fut*". The nearest: "Fitness creators".' in person.seen
    assert "the keys are instantly_campaign" in person.seen
    added = (folder / "bridge.toml").read_text()
    assert added.startswith(before)
    route = load(folder / "bridge.toml").routes[1]
    assert (route.name, route.source.title, route.rules.role_addresses) == ("acme/fitness-q4-2", ("fit*",), "allow")
    env = (folder / ".env").read_text()
    assert env == "# keys\nACME_SCRAVIO_API_KEY=sk_live_sandbox\nACME_INSTANTLY_API_KEY=sandbox-key\n"
    assert leadbridge("sync", "--yes", "acme/fitness-q4-2").exit_code == 0


def test_inbox_and_puffle_are_offered_where_their_keys_are_given(leadbridge, folder, person, vendors):
    """Their campaigns stand in one list with Instantly's; what the target must say too is written too."""
    vendors.world.inbox.add_campaign("Q1 messages", datetime.now(UTC))
    rest = ["", "", "", "", ""]
    keys = [vendors.keys.inbox, vendors.keys.puffle]
    person.left = [SCRAVIO_KEY, "", *keys, "", "linkedin", "4", *rest, "y"]
    result = leadbridge("init")
    assert (result.exit_code, person.left) == (0, []), result.output + person.seen
    assert "2 Inbox campaign: Q1 messages (draft) 3 Puffle campaign: Founders (email draft) 4 Puffle" in person.seen
    (route,) = load(folder / "bridge.toml").routes
    assert (route.target.vendor, route.target.ref, route.target.identity) == (
        "puffle",
        "Founders on LinkedIn",
        "linkedin",
    )
    person.left = ["", "", "1", "messages", *rest[1:], "y"]
    assert leadbridge("init", "--route").exit_code == 0
    assert load(folder / "bridge.toml").routes[1].target.ref in {one.id for one in vendors.world.inbox.campaigns}


def test_without_a_key_of_scravio_csv_files_are_the_source(leadbridge, folder, person):
    """The preview reads them, and the first key to send with is asked for until there is one."""
    (folder / "leads").mkdir()
    (folder / "leads" / "a.csv").write_text("_id,email,emailValidationStatus,checkedAt,scrapedAt\n")
    person.left = ["", "", "", "", "", INSTANTLY_KEY, "", "", "", "leads/*.csv", "1", "csv", "", "", "", "", "n", "y"]
    result = leadbridge("init")
    assert (result.exit_code, person.left) == (0, []), result.output + person.seen
    assert "One key of Instantly, Inbox or Puffle is needed." in person.seen
    assert "It is empty" in person.seen
    (route,) = load(folder / "bridge.toml").routes
    assert (route.name, route.source.vendor, route.source.refs) == ("csv", "csv", ("leads/*.csv",))


def test_a_route_needs_a_terminal_and_a_file(leadbridge, configure):
    """Without a terminal --route is a usage error that says what to do."""
    configure()
    refused = leadbridge("init", "--route")
    assert (refused.exit_code, "needs a terminal" in refused.stderr) == (2, True)


def test_ctrl_c_on_a_real_terminal(folder):
    """As a process: at the first question Ctrl-C ends with 130 and one sentence, and the folder stays empty."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [*COMMAND, "init"], environment(COLUMNS="80", TERM="xterm"))
    seen, stopped, deadline = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        seen += piece
        if b"not shown" in seen and not stopped:
            stopped = True
            os.write(terminal, b"\x03")
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130, seen.decode()
    assert b"Stopped. Nothing was written." in seen
    assert list(folder.iterdir()) == []
