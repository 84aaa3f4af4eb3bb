"""Progress bars on a terminal: campaigns, leads read, leads delivered; and the question before a first push.

Speaks on stderr only, so that stdout stays clean for data. Decides nothing.
"""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bridge.cli import show, words
from bridge.destinations.base import Standing
from bridge.model import Route, SourceCampaign
from bridge.sync import Watch


class Bars(Watch, AbstractContextManager["Bars"]):
    """Three bars, shown while it is entered. `ask` says whether a route's first push is to be confirmed."""

    def __init__(self, *, ask: bool, limit: int | None = None) -> None:
        self.ask = ask
        self.limit = limit
        columns = (TextColumn("{task.description}"), BarColumn(None), MofNCompleteColumn(), TimeElapsedColumn())
        self.bars = Progress(*columns, console=show.err(), transient=True)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bars.stop()

    def planned(self, campaigns: int) -> None:
        """So many campaigns will be swept."""
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
        """So many leads more are expected to go, or fewer than was told before."""
        self._expect("leads delivered", leads)

    def delivered(self, leads: int) -> None:
        """So many more were sent and accounted for."""
        self._advance("leads delivered", leads)

    @property
    def asks(self) -> bool:
        """Whether a person is asked at all."""
        return self.ask

    def confirm(self, route: Route, standing: Standing, leads: int) -> bool:
        """Ask a person before the route's first push; nobody is asked without a terminal, or with `--yes`."""
        if not self.ask:
            return True
        going = leads if self.limit is None else min(leads, self.limit)
        self.bars.stop()
        try:
            return _asked(
                f'First push of route "{route.name}": up to {words.leads(going)} to the {standing.place.kind} '
                f'"{standing.title}" ({standing.status}).'
            )
        finally:
            self.bars.start()

    def _expect(self, what: str, more: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self.bars.add_task(f"{what:<15}", total=0)
        task = self._tasks[what]
        self.bars.update(task, total=(self.bars.tasks[task].total or 0) + more)

    def _advance(self, what: str, by: int) -> None:
        self._expect(what, 0)
        self.bars.advance(self._tasks[what], by)


def _asked(sentence: str) -> bool:
    console = show.err()
    show.say(console, sentence, style="bold")
    try:
        answer = console.input("Go on? [y/N] ", markup=False)
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")
