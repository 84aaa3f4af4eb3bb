"""The command as a process: stopped from outside, and with an output that is full, closed or no longer read."""

import signal
import socket
import subprocess
import sys

import pytest

from tests import forked
from tests.cli.test_process import COMMAND, environment

VERBS = ["--help", "status", "status --json"]


def shell(line):
    """A line of bash in which `leadbridge` is the command under test."""
    named = f'leadbridge() {{ {" ".join(COMMAND)} "$@"; }}; set -o pipefail; {line}'
    return subprocess.run(
        ["bash", "-c", named], capture_output=True, text=True, timeout=60, check=False, env=environment()
    )


@pytest.mark.parametrize("verb", VERBS)
def test_a_full_disk_is_one_sentence(configure, verb):
    """Where stdout has no room left, stderr says so once."""
    configure()
    done = shell(f"leadbridge {verb} >/dev/full")
    assert done.returncode == 1
    assert done.stderr.startswith("The output cannot be written: No space left on device.\n")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize(("verb", "closed"), [*((verb, ">&-") for verb in VERBS), ("status", ">&- 2>&-")])
def test_a_closed_output_is_silence(configure, verb, closed):
    """Who closes stdout, or stderr too, wants to hear nothing."""
    configure()
    done = shell(f"leadbridge {verb} {closed}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("verb", VERBS)
def test_a_reader_that_is_gone_is_141(configure, verb):
    """A broken pipe ends every verb with the same code and no word."""
    configure()
    done = shell(f"leadbridge {verb} | (exec <&-; sleep 1)")
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_being_asked_to_stop_loses_nothing(configure, number, code):
    """SIGTERM says what Ctrl-C says, and has the shell's exit code for it."""
    configure()
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the request and never answers
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = forked.popen(
            [*COMMAND, "sync"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment(
                SCRAVIO_BASE_URL=base, SCRAVIO_API_KEY="key-0123456789",
                INSTANTLY_BASE_URL=base, INSTANTLY_API_KEY="key-9876543210",
            ),
        )  # fmt: skip
        try:
            silent.settimeout(30)
            held, _ = silent.accept()
            process.send_signal(number)
            _, reported = process.communicate(timeout=30)
            held.close()
        finally:
            process.kill()
    assert process.returncode == code
    assert "Interrupted. Nothing is lost" in reported
    assert "Traceback" not in reported


def test_no_one_else_is_disturbed_by_the_signal():
    """Only the command installs a handler: importing it leaves SIGTERM as it was."""
    line = "import signal, bridge.cli; print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)"
    done = subprocess.run(
        [sys.executable, "-c", line], capture_output=True, text=True, timeout=60, check=True, env=environment()
    )
    assert done.stdout == "True\n"


@pytest.mark.parametrize("module", ["bridge.cli", "typer", "sqlite3", "bridge.model"])
def test_an_interrupt_while_the_program_loads_is_one_sentence(module):
    """Ctrl-C in the first second shows no traceback, whatever is being imported, and has the shell's exit code."""
    code = f"""if True:
        import os, signal, sys
        class Interrupting:
            def find_spec(self, name, *_):
                if name == "{module}":
                    os.kill(os.getpid(), signal.SIGINT)
        sys.meta_path.insert(0, Interrupting())
        sys.argv = ["leadbridge", "status"]
        from bridge.__main__ import main
        main()
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (130, "Interrupted. Nothing was done.\n")
