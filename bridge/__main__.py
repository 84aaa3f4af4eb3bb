"""The entry point of `leadbridge` and `python -m bridge`: from the first moment on, Ctrl-C is one sentence.

Loading the program takes up to a second; until it watches for itself, an interrupt is answered here.
"""

import gc
import os
import signal
import sys
import threading
from types import FrameType

INTERRUPTED = 130

_OBJECTS_OF_A_START = 400_000
"""More than loading makes: looking for cyclic garbage among them took a seventh of the CPU of a start."""


def main() -> None:
    """Load the command and run it; what it does is `bridge.cli`."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _leave)
    gc.set_threshold(_OBJECTS_OF_A_START)
    from bridge.cli import main as run  # noqa: PLC0415 - what takes its time is loaded under the handler

    gc.freeze()  # else Python looks through all that is loaded and takes it apart when it ends: 10 ms of CPU
    try:
        run()
    except KeyboardInterrupt:  # before the command watches for it, or after
        _leave(signal.SIGINT, None)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """Nothing has begun: say so and go, past whatever is being loaded."""
    if sys.stderr is not None:
        sys.stderr.write("Interrupted. Nothing was done.\n")
        sys.stderr.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
