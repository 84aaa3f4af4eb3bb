"""The command as a process that is forked from one which has loaded the program, instead of a new one.

A start costs half a second of CPU for an interpreter and its imports; a fork costs a few milliseconds. The process is
real: it has a pid, pipes, a folder and an environment of its own. It is a child of the test's process, which can stop
it, kill it and wait for it. `make test-long` and `make chaos` start a new process each time, and so does a system
without prctl.
`tests/cli/test_process.py` and its neighbours test the start itself and never fork.
"""

import atexit
import ctypes
import json
import os
import pkgutil
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

COMMAND = (sys.executable, "-m", "bridge")
CONFINED = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
"""In front of COMMAND: as a user that permissions bind, even where the tests are root's."""

CAPABILITIES = (ctypes.c_uint32 * 2)(0x20080522)  # the version of the call, of three sets of two words each
PR_SET_CHILD_SUBREAPER = 36
ENOUGH = 1 << 20


class Template:
    """A process that has loaded the program, and what it takes to fork it."""

    def __init__(self):
        self._socket, other = socket.socketpair()
        with other:
            words = [sys.executable, "-m", "tests.forked", str(other.fileno())]
            self._process = subprocess.Popen(words, pass_fds=[other.fileno()], start_new_session=True)
        self._prctl = ctypes.CDLL(None).prctl
        atexit.register(self.close)

    def fork(self, streams, **request):
        """The pid of a new child of this process that does what `_become` is asked for, and runs `leadbridge`."""
        self._prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # the template's orphans become children of this process
        try:
            socket.send_fds(self._socket, [json.dumps(request).encode()], streams)
            return int(self._socket.recv(20))
        finally:
            self._prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)

    def close(self):
        self._socket.close()
        self._process.wait()


template = cache(Template)


class Forked(subprocess.Popen):
    """`subprocess.Popen` for a command that begins with COMMAND, but forked."""

    def _execute_child(self, args, _executable, _preexec, _close, _passed, cwd, env, _info, _flags, _shell, *more):
        pipes = more[:6]
        streams = [one if one != -1 else number for number, one in enumerate((pipes[0], pipes[3], pipes[5]))]
        confined, words = _split(args)
        self.pid = template().fork(
            streams,
            words=[str(one) for one in words],
            folder=str(Path(cwd or ".").absolute()),
            environment=dict(os.environ if env is None else env),
            confined=confined,
        )
        self._child_created = True
        self._close_pipe_fds(*pipes)


CAN_FORK = sys.platform == "linux" and "BRIDGE_TEST_LONG" not in os.environ


STEP = 20
"""Deliveries after which numbers are kept: the ledgers are small."""

STARTED = f"""import sys
from bridge.__main__ import main
from bridge.ledger.core import counting
counting.STEP = {STEP}
sys.argv[0] = "leadbridge"
main()"""


def popen(command, **options):
    """`subprocess.Popen` of a command; one that begins with COMMAND is forked where that is possible."""
    ours = _split(command)
    if ours and not CAN_FORK:
        front = CONFINED if ours[0] else ()
        command = [*front, sys.executable, "-c", STARTED, *ours[1]]
    return (Forked if CAN_FORK and ours else subprocess.Popen)(command, **options)


def run(command, **options):
    """Its output and its exit code, as `subprocess.run` has them with captured text."""
    process = popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _split(command):
    """Whether a command is confined, and its words; None where it does not begin with COMMAND."""
    for front in (COMMAND, CONFINED + COMMAND):
        if tuple(command[: len(front)]) == front:
            return front[0] != COMMAND[0], command[len(front) :]
    return None


# ------------------------------------------------------------------------------------------- in the template's process


def _load():
    """Import every module of the program, and what its engines import late."""
    import gc  # noqa: PLC0415 - only the template's process loads the program
    from importlib import import_module  # noqa: PLC0415

    import sqlalchemy as sa  # noqa: PLC0415

    import bridge  # noqa: PLC0415

    for module in pkgutil.walk_packages(bridge.__path__, "bridge."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    counting = import_module("bridge.ledger.core.counting")
    counting.STEP = STEP
    for url in ("sqlite://", "postgresql+psycopg://"):
        sa.create_engine(url).dispose()
    gc.freeze()


def _fork(connection):
    """The request in the new process; None in the template, which shows its pid once it has no parent but the test."""
    data, streams, _, _ = socket.recv_fds(connection, ENOUGH, 3)
    if not data:
        sys.exit()
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        pid = os.fork()
        if pid == 0:
            return json.loads(data), streams
        os.write(writing, str(pid).encode())
        os._exit(0)
    pid = os.read(reading, 20)
    os.waitpid(between, 0)
    for one in (reading, writing, *streams):
        os.close(one)
    connection.send(pid)
    return None


def _become(streams, words, folder, environment, confined):
    """Take over streams, folder and environment, as a process that was just started."""
    for number, one in enumerate(streams):
        os.dup2(one, number)
    os.closerange(3, 64)
    os.chdir(folder)
    if confined and ctypes.CDLL(None).capset(CAPABILITIES, (ctypes.c_uint32 * 6)()) != 0:
        sys.exit("The capabilities cannot be dropped.")
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["leadbridge", *words]
    sys.stdin = sys.__stdin__ = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", 1 if os.isatty(1) else -1, "utf-8", closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", 1, "utf-8", "backslashreplace", closefd=False)


def main(number):
    """Fork at every request, until the test's process is gone."""
    connection = socket.socket(fileno=number)
    _load()
    request = None
    while request is None:
        request = _fork(connection)
    connection.detach()
    asked, streams = request
    _become(streams, **asked)
    from bridge.__main__ import main as run  # noqa: PLC0415 - in the new process

    run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
