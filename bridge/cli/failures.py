"""Turns a failure into one sentence, a hint and an exit code. Never shows a traceback or a secret unasked.

Exit codes: 2 configuration or usage, 1 something outside, 3 partly done (`sync` and `preview` say that themselves); 130
interrupted, 141 the reader of our output went away, 143 stopped by SIGTERM.
"""

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import typer

from bridge.errors import BridgeError, ConfigProblem

PARTIAL = 3
INTERRUPTED = 130
READER_GONE = 141
STOPPED = 143

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})


def verdict(troubled: int, of: int) -> int:
    """The exit code of a command over several things: 0 where none was in trouble, 1 where all were, else 3."""
    return 0 if not troubled else 1 if troubled == of else PARTIAL


class Stopped(KeyboardInterrupt):
    """SIGTERM: treated as Ctrl-C is."""


@contextmanager
def reported() -> Iterator[None]:
    """Say what went wrong inside, and leave with its exit code."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # what is still buffered is written where a failure is reported
    except BridgeError as error:
        complain(error.message, error.hint)
        raise typer.Exit(2 if isinstance(error, ConfigProblem) else 1) from None
    except KeyboardInterrupt as error:
        again = "Run the same command again; `leadbridge sync` continues where it stopped."
        complain("Interrupted. Nothing is lost: the next run settles what was in progress.", again)
        raise typer.Exit(STOPPED if isinstance(error, Stopped) else INTERRUPTED) from None
    except OSError as error:
        raise typer.Exit(_unwritten(error)) from None
    except SystemExit as error:
        # Typer's help is printed by a console of rich's own, which leaves like this when its reader goes.
        raise typer.Exit(READER_GONE if isinstance(error.__context__, BrokenPipeError) else 1) from None
    except (typer.Exit, typer.Abort, typer.TyperException):
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: an operator must never see a raw traceback
        _unexpected(error)
        raise typer.Exit(1) from None


@contextmanager
def as_document(wanted: bool, **more: Any) -> Iterator[None]:  # noqa: FBT001 - whether `--json` was given
    """With `--json`: trouble outside of the configuration is on stdout too, as a document."""
    try:
        yield
    except ConfigProblem:
        raise
    except BridgeError as error:
        if wanted:
            from bridge.cli.terminal import show  # noqa: PLC0415 - see `complain`

            show.print_json({"status": "failed", **more, "error": error.message, "hint": error.hint or None})
        raise


def _unwritten(error: OSError) -> int:
    """The exit code where stdout cannot be written; any other trouble of the system is unexpected."""
    if error.errno not in _NO_ROOM and not isinstance(error, BrokenPipeError):
        _unexpected(error)
        return 1
    # Python would complain once more when it flushes stdout at the end.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return READER_GONE
    complain(f"The output cannot be written: {error.strerror}.", "Redirect it elsewhere, or free disk space.")
    return 1


def complain(message: str, hint: str = "") -> None:
    """Say on stderr what went wrong and what to do next; nowhere, where stderr cannot be written either."""
    from bridge.cli.terminal import show  # noqa: PLC0415 - 40 ms with rich, where nothing is wrong

    console = show.err()
    first, *more = message.splitlines() or [""]
    with suppress(OSError):
        show.say(console, first, style="bold red")
        for line in more:
            show.say(console, line.strip(), style="red", indent=2)
        if hint:
            show.say(console, hint)


def _unexpected(error: Exception) -> None:
    """Name only the type: the text of an unknown exception may hold an address or a key."""
    complain(
        f"leadbridge stopped on an unexpected error ({type(error).__name__}). Nothing is lost.",
        "Run the same command again with BRIDGE_LOG_LEVEL=DEBUG set to see where, and report that.",
    )
    if os.environ.get("BRIDGE_LOG_LEVEL", "").upper() == "DEBUG":
        # Where it happened, innermost last: files, lines and names, without the message and without values.
        for frame in traceback.extract_tb(error.__traceback__):
            sys.stderr.write(f"  {frame.filename}:{frame.lineno} in {frame.name}\n")
