"""Progress bars on a terminal: campaigns, leads read, leads delivered.

Speaks on stderr only, so that stdout stays clean for data. Decides nothing.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import RLock
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bridge.cli.running.first_push import FirstPush
from bridge.cli.terminal import show
from bridge.model import SourceCampaign


class Bars(FirstPush, AbstractContextManager["Bars"]):
    """Three bars, shown while it is entered."""

    def __init__(self, *, yes: bool, limit: int | None = None) -> None:
        super().__init__(yes=yes, limit=limit)
        self.bars = _bars()
        self._tasks: dict[str, TaskID] = {}
        self._lock = RLock()

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bars.stop()

    def planned(self, campaigns: int) -> None:
        """So many campaigns will be read."""
        self._expect("campaigns", campaigns)

    def sweeping(self, campaign: SourceCampaign, leads: int | None) -> None:
        """A campaign's sweep begins."""
        del campaign
        self._expect("leads read", leads or 0)

    def read(self, leads: int) -> None:
        """So many more leads were read."""
        self._advance("leads read", leads)

    def swept(self) -> None:
        """A campaign was read to its end."""
        self._advance("campaigns", 1)

    def delivering(self, leads: int) -> None:
        """So many more leads are expected to go, or fewer than expected before."""
        self._expect("leads delivered", leads)

    def delivered(self, leads: int) -> None:
        """So many more were sent and accounted for."""
        self._advance("leads delivered", leads)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The bars stop for the question. New ones go on: rich's, started again, would erase the lines above them."""
        self.bars.stop()
        try:
            yield
        finally:
            with self._lock:
                old, self.bars = self.bars, _bars()
                for task in old.tasks:
                    self.bars.add_task(task.description, total=task.total, completed=int(task.completed))
            self.bars.start()

    def _expect(self, what: str, more: int) -> None:
        with self._lock:
            if what not in self._tasks:
                self._tasks[what] = self.bars.add_task(f"{what:<15}", total=0)
            task = self._tasks[what]
            self.bars.update(task, total=(self.bars.tasks[task].total or 0) + more)

    def _advance(self, what: str, by: int) -> None:
        with self._lock:
            self._expect(what, 0)
            self.bars.advance(self._tasks[what], by)


def _bars() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(None), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=show.err(), transient=True)
