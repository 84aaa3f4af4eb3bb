"""The one writer of every file that a command writes: whole or not at all, and never over another program's file.

The bytes go into a temporary file in the same folder, which is synced and renamed: a reader sees the old file or the
new one. Only its owner may read it (mode 0600), but for `like`. What may be replaced:

- nothing that leadbridge lives on: the ledger with its side files, `.env`, bridge.toml and the files they name, under
  whatever name, link or hard link they are pointed at; nor `.env` and bridge.toml of another folder;
- no database, except a backup by `db backup --force`;
- an existing file only if it is empty or begins with the mark of what is to be written, or with `--force`. The mark is
  a CSV's heading or a page's generator.

Pipes and character devices (/dev/stdout, /dev/null, process substitution) are written to as they are.
"""

import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from bridge.errors import ConfigProblem
from bridge.lazy import dataclass

_DATABASE = b"SQLite format 3\0"
_FIRST_BYTES = 1_000
_NEVER = frozenset({".env", "bridge.toml"})


@dataclass(frozen=True, slots=True)
class Output:
    """A file to write. `mark`: bytes by which an older one of the same making is known, b"" where none ever is.

    `flag` is what the operator named it with; `protected` are files that are never written. With `like`, a file that
    the daemon's user reads too: it gets the owner of that one, and keeps its own mode where it is replaced.
    """

    path: Path
    flag: str
    mark: bytes = b""
    protected: Sequence[Path] = ()
    force: bool = False
    database: bool = False
    like: Path | None = None

    def refuse(self) -> None:
        """Raises ConfigProblem where the file must not be written. Opens nothing for writing."""
        real = self._real()
        for kept in self.protected:
            if real == kept.resolve() or _same(real, kept):
                raise self._problem(f"it is {kept}, which leadbridge needs")
        if self.protected and real.name in _NEVER and real.exists():
            raise self._problem("it holds the keys or the routes of another folder")
        if self._is_odd():
            return
        if not real.parent.is_dir():
            raise self._problem("its folder does not exist")
        if not real.exists():
            return
        begins = self._begin(real)
        if begins.startswith(_DATABASE) and not self.database:
            raise self._problem("it is a database")
        if begins and not self.force and not (self.mark and self.mark in begins):
            whose = " and was not written by this command" if self.mark else ""
            raise ConfigProblem(
                f"{self.path} already exists{whose}: it is not changed.",
                hint=f"{self._elsewhere}, or add --force to replace it.",
            )

    @contextmanager
    def text(self, encoding: str = "utf-8") -> Iterator[TextIO]:
        """Write text; the file has its name once the block ends well. Raises ConfigProblem."""
        with self.whole() as path, path.open("w", encoding=encoding, newline="") as stream:
            yield stream

    def write(self, text: str) -> None:
        """Write the text as UTF-8. Raises ConfigProblem."""
        with self.text() as stream:
            stream.write(text)

    @contextmanager
    def whole(self) -> Iterator[Path]:
        """The path to fill, which takes the file's name and place when the block ends well. Raises ConfigProblem."""
        self.refuse()
        if self._is_odd():
            yield self.path
            return
        real, unfinished = self._real(), ""
        try:
            handle, unfinished = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name[:60]}.", suffix=".part")
            os.close(handle)
            yield Path(unfinished)
            self.refuse()  # a file that came in between is not replaced
            self._hand_over(real, Path(unfinished))
            _sync(Path(unfinished))
            Path(unfinished).replace(real)
            with suppress(OSError):  # some filesystems sync no folder
                _sync(real.parent)
        except OSError as error:
            raise self._problem(error.strerror or str(error)) from None
        finally:
            if unfinished:
                Path(unfinished).unlink(missing_ok=True)

    def _hand_over(self, real: Path, made: Path) -> None:
        """To the owner and mode of before: else an operator's change would take a daemon's file from its user."""
        if self.like is not None and self.like.exists():
            owner = self.like.stat()
            with suppress(OSError):  # only root may give a file away
                os.chown(made, owner.st_uid, owner.st_gid)
            mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else 0o600
            # Keys that every user could read were open by mistake: a group is chosen.
            made.chmod(0o600 if real.name == ".env" and mode & 0o007 else mode)

    def _real(self) -> Path:
        try:
            return self.path.resolve()
        except (OSError, RuntimeError):
            raise self._problem("it is a broken link") from None

    def _is_odd(self) -> bool:
        """Whether it is a pipe or a character device, which holds nothing. Raises ConfigProblem for a folder."""
        try:
            mode = self.path.stat().st_mode
        except OSError:
            return False
        if not (stat.S_ISREG(mode) or stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)):
            raise self._problem("it is a folder" if stat.S_ISDIR(mode) else "it is not a regular file")
        return not stat.S_ISREG(mode)

    def _begin(self, real: Path) -> bytes:
        try:
            with real.open("rb") as stream:
                return stream.read(_FIRST_BYTES)
        except OSError as error:
            raise self._problem(error.strerror or str(error)) from None

    @property
    def _elsewhere(self) -> str:
        return f"Name another file after {self.flag}" if self.flag else "Name another file"

    def _problem(self, why: str) -> ConfigProblem:
        return ConfigProblem(f"{self.path} cannot be written: {why}.", hint=f"{self._elsewhere}.")


def _sync(place: Path) -> None:
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _same(one: Path, other: Path) -> bool:
    """Whether both are one file, by another name or another hard link."""
    try:
        return one.samefile(other)
    except OSError:
        return False
