"""Reads pages of source campaigns before they are used, in order, by a few threads. Stores and decides nothing.

The one who uses them sees what a reader without threads would see: campaign after campaign, page after page, and an
error where its page would have stood. What lies ahead is bounded, so memory stays flat however large a campaign is, and
what is needed next is read first.
"""

import contextvars
import threading
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import islice, takewhile
from types import TracebackType
from typing import Self

from bridge.lazy import dataclass
from bridge.model import SourceCampaign
from bridge.sources.base import LeadPage, Wants
from bridge.sources.scravio.client import Scravio

LOOK_AHEAD = 5
"""How many answers are under way or wait for their use, for each request at once. The campaign in use has as many
again."""

_CLOSING_SECONDS = 2.0  # what a thread that still waits for an answer is given at the end; it only reads
_SPARE = 2  # threads beyond the requests at once: while one reads JSON, another takes its place on the wire
_DETAIL = 0  # in place of a page's number

Found = LeadPage | SourceCampaign | BaseException


@dataclass(slots=True, eq=False)
class _Book:
    """How far one campaign has been read. `sure`: its totals said how many pages there are.

    `last` is the last page worth asking for, `next` the next one to ask for, `under_way` how many answers are awaited.
    """

    campaign: SourceCampaign
    next: int = 1
    last: int = 1
    under_way: int = 0
    sure: bool = False
    wants_detail: bool = False
    asked_detail: bool = False
    closed: bool = False
    found: dict[int, Found] = field(default_factory=dict)

    def close(self) -> None:
        """Nothing of it is asked for or used any more."""
        self.found.clear()
        self.next, self.asked_detail, self.closed = self.last + 1, True, True

    @property
    def has_task(self) -> bool:
        """Whether a page is to be asked for now, or the detail."""
        if self.next <= self.last:
            return True
        # Behind the last page: only then does it show whether the campaign held still while it was read.
        return self.under_way == 0 and not self.asked_detail and (self.sure or self.wants_detail)

    def take_task(self) -> int:
        """The page to ask for now, 0 for the detail."""
        self.under_way += 1
        if self.next <= self.last:
            self.next += 1
            return self.next - 1
        self.asked_detail = True
        return _DETAIL

    def take_in(self, number: int, found: Found) -> None:
        """An answer has come. It is dropped where the campaign is not read any more."""
        self.under_way -= 1
        if self.closed:
            return
        self.found[number] = found
        if number == _DETAIL:
            return
        if isinstance(found, LeadPage) and found.leads:
            if number == 1 and found.total_pages is not None:
                self.sure, self.last = True, max(self.last, found.total_pages)
        else:
            # The end, or trouble: the caller must say if there is to be more.
            self.last, self.sure = min(self.last, max(number, self.next - 1)), False

    def need(self, number: int) -> None:
        """The caller needs this page, promised or not: a detail that was read already came too early."""
        if number == _DETAIL:
            # The pages are read no further: what is still promised is not asked for, and what came of it makes room.
            self.wants_detail, self.last = True, self.next - 1
            self.found = {kept: found for kept, found in self.found.items() if kept == _DETAIL}
        elif number > self.last:
            self.last, self.sure, self.asked_detail = number, False, False
            self.found.pop(_DETAIL, None)


class Prefetcher:
    """Reads these campaigns, in this order, with `at_once` requests under way. Use it in a `with` block."""

    def __init__(self, api: Scravio, campaigns: Sequence[SourceCampaign], wants: Wants, at_once: int) -> None:
        self._api = api
        self._wants = wants
        self._books = [_Book(campaign) for campaign in campaigns]
        self._places = {campaign.id: place for place, campaign in enumerate(campaigns)}
        self._unread = set(self._places)
        lock = threading.Lock()
        self._came = threading.Condition(lock)  # what the caller waits for
        self._room = threading.Condition(lock)  # a reader without a task
        self._most = LOOK_AHEAD * at_once
        self._in_use = 0
        self._awaited: tuple[_Book, int] | None = None
        self._over = False
        # Requests of a thread are counted and guarded as those of the run that it reads for.
        self._threads = [
            threading.Thread(target=contextvars.copy_context().run, args=(self._work,), name="pages", daemon=True)
            for _ in range(at_once + _SPARE if campaigns else 0)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._room:
            self._over = True
            self._room.notify_all()
        for thread in self._threads:
            thread.join(_CLOSING_SECONDS)

    def is_unread(self, campaign_id: str) -> bool:
        """Whether the campaign is read ahead, and its pages were not asked for yet."""
        return campaign_id in self._unread

    def pages(self, campaign: SourceCampaign) -> Iterator[LeadPage]:
        """The campaign's pages as `lead_pages` gives them. Raises what reading a page raised, in its place."""
        self._unread.remove(campaign.id)
        place = self._places[campaign.id]

        def fetch(number: int) -> LeadPage:
            page = self._take(place, number)
            assert isinstance(page, LeadPage)  # noqa: S101 - a number above zero is a page
            return page

        return self._api.lead_pages(campaign, self._wants, fetch)

    def detail(self, campaign_id: str) -> SourceCampaign:
        """The campaign as its detail shows it behind its last page."""
        found = self._take(self._places[campaign_id], _DETAIL)
        assert isinstance(found, SourceCampaign)  # noqa: S101 - number zero is the detail
        return found

    def _take(self, place: int, number: int) -> LeadPage | SourceCampaign:
        book = self._books[place]
        with self._came:
            for earlier in self._books[self._in_use : place]:  # what was read of them and is not needed makes room
                earlier.close()
            self._in_use = place
            book.need(number)
            if number not in book.found:
                self._wake_reader()
                self._awaited = book, number
                self._came.wait_for(lambda: number in book.found)
                self._awaited = None
            found = book.found.pop(number)
            self._wake_reader()
        if isinstance(found, BaseException):
            raise found
        return found

    def _ahead(self) -> int:
        """How many answers are under way or wait for their use."""
        begun = takewhile(lambda book: book.next > 1, islice(self._books, self._in_use, None))
        return sum(book.under_way + len(book.found) for book in begun)

    # ---------------------------------------------------------------------------------------------------- the threads

    def _work(self) -> None:
        while (task := self._next()) is not None:
            book, number = task
            try:
                campaign_id, kind = book.campaign.id, book.campaign.type
                found: Found = (
                    self._api.campaign(campaign_id)
                    if number == _DETAIL
                    else self._api.lead_page(campaign_id, number, self._wants, kind)
                )
            except BaseException as error:  # noqa: BLE001 - raised where the answer is used
                found = error
            with self._came:
                book.take_in(number, found)
                if self._awaited == task:
                    self._came.notify()

    def _next(self) -> tuple[_Book, int] | None:
        """What to ask next: what is needed first, and no more than may lie ahead. None at the end."""
        with self._room:
            while not self._over:
                place = self._place()
                if place is not None:
                    book = self._books[place]
                    task = book, book.take_task()
                    self._wake_reader()
                    return task
                self._room.wait()
        return None

    def _wake_reader(self) -> None:
        """One reader more, where there is something to ask for; it wakes the next one."""
        if self._place() is not None:
            self._room.notify()

    def _place(self) -> int | None:
        """The first campaign that something is to be asked of, unless too much lies ahead."""
        ahead = self._ahead()
        for place in range(self._in_use, len(self._books)):
            if ahead >= self._most * (2 if place == self._in_use else 1):
                return None
            if self._books[place].has_task:
                return place
        return None
