"""Pages read ahead: in order, no more than may lie ahead, and an error where its page would have stood."""

import threading
import time

import pytest

from bridge.errors import Unavailable
from bridge.model import Lead, SourceCampaign
from bridge.sources.base import EMAIL, LeadPage
from bridge.sources.scravio.client import Scravio
from bridge.sources.scravio.prefetching import LOOK_AHEAD, Prefetcher

AT_ONCE = 2


class Shelf:
    """Campaigns of so many one-lead pages; notes what is asked, and may promise other totals or fail at a page."""

    def __init__(self, *sizes, promised=None, broken=()):
        self.sizes = dict(enumerate(sizes))
        self.promised = promised
        self.broken = set(broken)
        self.asked = []
        self.lock = threading.Lock()

    @property
    def campaigns(self):
        return [SourceCampaign(str(place), emails=size) for place, size in self.sizes.items()]

    def note(self, task):
        with self.lock:
            self.asked.append(task)

    def campaign(self, campaign_id):
        self.note((campaign_id, "detail"))
        return SourceCampaign(campaign_id)

    def lead_page(self, campaign_id, number, wants=EMAIL, kind=""):
        self.note((campaign_id, number))
        if (campaign_id, number) in self.broken:
            raise Unavailable("away", vendor="scravio")
        size = self.sizes[int(campaign_id)]
        leads = (Lead(f"{campaign_id}-{number}", campaign_id),) if number <= size else ()
        total = size if self.promised is None else self.promised
        return LeadPage(leads, number, total or None, total or None, 1)

    lead_pages = Scravio.lead_pages


def read(shelf, campaigns=None):
    """The ids of all leads in the order in which they came, and a detail behind each campaign."""
    found = []
    with Prefetcher(shelf, shelf.campaigns, EMAIL, AT_ONCE) as pages:
        for campaign in campaigns or shelf.campaigns:
            found += [lead.id for page in pages.pages(campaign) for lead in page.leads]
            found.append(pages.detail(campaign.id).id)
    return found


def test_campaigns_and_pages_come_in_order_and_each_is_asked_once():
    """Anyone who reads sees what a reader without threads would see, at no more requests."""
    shelf = Shelf(5, 1, 3)
    assert read(shelf) == ["0-1", "0-2", "0-3", "0-4", "0-5", "0", "1-1", "1", "2-1", "2-2", "2-3", "2"]
    assert sorted(shelf.asked, key=str) == sorted(set(shelf.asked), key=str)
    assert len(shelf.asked) == 9 + 3


def test_a_detail_is_read_behind_the_last_page_of_its_campaign():
    """Only then does it show whether the campaign held still."""
    shelf = Shelf(6, 6)
    read(shelf)
    for place in ("0", "1"):
        numbers = [number for campaign, number in shelf.asked if campaign == place]
        assert numbers[-1] == "detail"


def test_no_more_is_read_ahead_than_may_lie_there():
    """Memory stays flat: anyone who uses one page finds a bounded number waiting, however many there are."""
    shelf = Shelf(400, 400)
    with Prefetcher(shelf, shelf.campaigns, EMAIL, AT_ONCE) as pages:
        reading = pages.pages(shelf.campaigns[0])
        next(reading)
        end = time.monotonic() + 10
        while len(shelf.asked) < LOOK_AHEAD * AT_ONCE and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(0.05)
        assert LOOK_AHEAD * AT_ONCE <= len(shelf.asked) <= 2 * LOOK_AHEAD * AT_ONCE + 1


def test_an_error_stands_where_its_page_would_and_the_next_campaign_is_read():
    """Pages before it come, nothing more of the campaign is asked for than was under way."""
    shelf = Shelf(50, 2, broken={("0", 3)})
    with Prefetcher(shelf, shelf.campaigns, EMAIL, AT_ONCE) as pages:
        first = pages.pages(shelf.campaigns[0])
        assert [next(first).page, next(first).page] == [1, 2]
        with pytest.raises(Unavailable):
            next(first)
        assert [page.page for page in pages.pages(shelf.campaigns[1])] == [1, 2]
    assert len([number for place, number in shelf.asked if place == "0"]) < 3 + 2 * (AT_ONCE + 2) + 1


@pytest.mark.parametrize("promised", [0, 2, 9, 10**15])
def test_totals_that_lie_neither_hide_pages_nor_bring_endless_requests(promised):
    """No totals, too few, too many, absurdly many: the five pages come, and a handful of requests is wasted."""
    shelf = Shelf(5, promised=promised)
    assert read(shelf) == ["0-1", "0-2", "0-3", "0-4", "0-5", "0"]
    assert len(shelf.asked) < 5 + 2 + 2 * LOOK_AHEAD * AT_ONCE


def test_anyone_who_stops_early_leaves_no_thread_behind():
    """Leaving the block ends the threads, whatever they had still to read."""
    shelf = Shelf(100, 100)
    with Prefetcher(shelf, shelf.campaigns, EMAIL, AT_ONCE) as pages:
        next(pages.pages(shelf.campaigns[0]))
    assert not [thread for thread in threading.enumerate() if thread.name == "pages"]


class Stuck(Shelf):
    """Shows page 1 of these campaigns whatever page is asked for, as a vendor that ignores `page` would."""

    stuck = ("0",)

    def lead_page(self, campaign_id, number, wants=EMAIL, kind=""):
        if campaign_id not in self.stuck:
            return super().lead_page(campaign_id, number)
        self.note((campaign_id, number))
        size = self.sizes[int(campaign_id)]
        return LeadPage((Lead(f"{campaign_id}-1", campaign_id),), number, size, size, 1)


@pytest.mark.parametrize("stuck", [("0",), ("1",), ("0", "1")])
def test_a_reader_that_stops_before_the_promised_end_gets_its_detail_and_the_next_campaign(stuck):
    """What was read ahead and is not wanted makes room: else nothing would be asked any more, and the run never end."""
    shelf = Stuck(200, 200, 2)
    shelf.stuck = stuck
    found = []
    reader = threading.Thread(target=lambda: found.extend(read(shelf)), daemon=True)
    reader.start()
    reader.join(30)
    assert found[-3:] == ["2-1", "2-2", "2"]
    assert {"0", "1"} <= set(found)
