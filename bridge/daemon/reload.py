"""Notices that bridge.toml or an included file has changed, and whether it can be used. Puts nothing into force.

A file is loaded only when it did not change between two looks: an editor may be writing it. A file that cannot be used
is reported once.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from bridge.config import Configuration
from bridge.config.file import files_of

_GONE = "gone"


class WatchedFile:
    """The configuration's file since it was last loaded. `load` reads and checks it, or raises ConfigProblem."""

    def __init__(self, path: Path, load: Callable[[], Configuration]) -> None:
        self._path = path
        self._load = load
        self._known = self._seen = self._look()

    def changed(self) -> Configuration | None:
        """The configuration of a file that has changed. Raises ConfigProblem, once, where it cannot be used."""
        now = self._look()
        stood_still, self._seen = now == self._seen, now
        return self.load() if stood_still and now != self._known else None

    def load(self) -> Configuration:
        """The configuration as the file says it now, changed or not. Raises ConfigProblem where it cannot be used."""
        self._known = self._look()
        return self._load()

    def _look(self) -> str:
        lines = []
        for file in files_of(self._path):
            try:
                content = hashlib.sha256(file.read_bytes()).hexdigest()
            except OSError:
                content = _GONE
            lines.append(f"{file} {content}")
        return "\n".join(lines)
