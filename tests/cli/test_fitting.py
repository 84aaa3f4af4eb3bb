"""What must stay whole on a terminal of 80 columns, and what hangs below its beginning."""

import io

from rich.console import Console

from bridge.cli import accounting
from bridge.cli.terminal import show
from bridge.cli.trying import sandbox


def _eighty() -> Console:
    return Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None, markup=False, highlight=False)


def _printed(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_lines_to_paste_are_never_broken():
    """A line for a shell stays one line, however long: its second half would be another command."""
    console, lines = _eighty(), sandbox.instructions("http://127.0.0.1:8788", "Fitness Q4")
    for line in lines:
        show.paste(console, line)
    assert max(map(len, lines)) > 80
    assert _printed(console) == lines


def test_a_blocked_route_keeps_its_name_whole():
    """The widest usual row fits into 80 columns without a folded name."""
    console = _eighty()
    accounts = [accounting.Account("creators", "blocked", 196, {"delivered": 88, "held": 108}, 0)]
    accounting.show_table(console, accounts)
    assert any(line.startswith("creators") for line in _printed(console))


def test_further_lines_hang_below_the_first():
    """A long sentence behind a mark goes on below itself, within the width."""
    console = _eighty()
    show.say(console, "✗ bad   " + "word " * 40)
    first, *rest = _printed(console)
    assert first.startswith("✗ bad   word")
    assert rest
    assert all(line.startswith(" " * 8 + "word") and len(line) <= 80 for line in rest)


def test_a_path_stays_whole():
    """However narrow the terminal, a path stands in one piece, and other words are folded as before."""
    console, path = _eighty(), "/srv/" + "x" * 90 + "/bridge.toml"
    show.say(console, f"The ledger of {path} is {'w' * 100}.")
    show.say(console, f"✗ bad   database: {path} does not let this user write")
    assert sum(path in line for line in _printed(console)) == 2
    console = _eighty()
    show.say(console, "w" * 100)
    assert [len(line) for line in _printed(console)] == [80, 20]


def test_a_command_stays_whole():
    """A command that is cut in two would be another one where it is pasted; figures stay in their column."""
    console = _eighty()
    show.say(console, f"{'x ' * 35}: leadbridge sync trial --yes", indent=2)
    show.say(console, f"{'x ' * 30}run `leadbridge sync trial` for the rest.")
    show.say(console, f"   12  {'word ' * 20}")
    show.say(console, f"2026-11-28 02:15:23 UTC  {'word ' * 20}")
    *printed, _, more = _printed(console)
    assert more.startswith(" " * 25 + "word")
    assert "  leadbridge sync trial --yes" in printed
    assert any("`leadbridge sync trial`" in line for line in printed)
    assert [line[:7] for line in printed[-2:]] == ["   12  ", "       "]
