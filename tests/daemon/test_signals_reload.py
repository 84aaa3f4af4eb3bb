"""What the system and the file show the daemon."""

import os
import signal
from queue import Empty, SimpleQueue

import pytest

from bridge.daemon import signals
from bridge.daemon.reload import WatchedFile
from bridge.daemon.signals import LOAD, STOP, Signals
from bridge.errors import ConfigProblem


def test_the_first_asks_for_an_end_and_the_second_leaves_at_once(monkeypatch, capfd):
    """Two within a blink are one: supervisors may reach a process and its group. SIGHUP only asks to look."""
    inbox, left = SimpleQueue(), []
    now = [100.0]
    monkeypatch.setattr(signals.time, "monotonic", lambda: now[0])
    before = signal.getsignal(signal.SIGTERM)
    with Signals(inbox, left.append):
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGTERM):
            os.kill(os.getpid(), number)
        assert [inbox.get_nowait(), inbox.get_nowait()] == [LOAD, STOP]
        assert left == []
        now[0] += 1
        os.kill(os.getpid(), signal.SIGINT)
        assert left == [128 + signal.SIGINT]
        with pytest.raises(Empty):
            inbox.get_nowait()
    assert signal.getsignal(signal.SIGTERM) == before
    assert "Nothing is lost" in capfd.readouterr().err


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "bridge.toml"
    path.write_text("one")
    return path


def watched(path):
    def load():
        text = path.read_text()
        if "bad" in text:
            raise ConfigProblem(f"{text} cannot be used.")
        return text

    return WatchedFile(path, load)


def test_a_changed_file_is_reported_once_when_it_stands_still(file):
    """An editor may be in the middle of writing it: only what two looks saw alike counts."""
    watch = watched(file)
    assert watch.changed() is None
    file.write_text("half")
    assert watch.changed() is None
    file.write_text("two")
    assert watch.changed() is None
    assert watch.changed() == "two"
    assert watch.changed() is None
    os.utime(file)
    assert [watch.changed(), watch.changed()] == [None, None]


def test_a_file_that_cannot_be_used_is_reported_once_for_each_change(file):
    """However often it is looked at; the fixed one is taken up, and SIGHUP loads whatever stands there."""
    watch = watched(file)
    file.write_text("bad one")
    assert watch.changed() is None
    with pytest.raises(ConfigProblem, match="bad one"):
        watch.changed()
    assert watch.changed() is None
    file.write_text("good")
    assert [watch.changed(), watch.changed()] == [None, "good"]
    assert watch.load() == "good"


def test_a_file_that_is_away_for_a_moment_is_no_change(file):
    """Some editors move the old file away before the new one is there."""
    watch = watched(file)
    text = file.read_text()
    file.unlink()
    assert watch.changed() is None
    file.write_text(text)
    assert [watch.changed(), watch.changed()] == [None, None]
