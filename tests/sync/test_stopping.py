"""A run that is asked to stop: what is under way is finished and recorded, and nothing is lost or doubled."""

from bridge.sync import Watch
from bridge.sync.sweeping import PORTION
from tests.harness import route


class StopAfter(Watch):
    """Asks the process to stop once so many leads were read, or sent."""

    def __init__(self, stop, *, read=None, delivered=None):
        self.stop = stop
        self.left = {"read": read, "delivered": delivered}

    def read(self, leads):
        self._count("read", leads)

    def delivered(self, leads):
        self._count("delivered", leads)

    def _count(self, what, leads):
        if self.left[what] is not None:
            self.left[what] -= leads
            if self.left[what] <= 0:
                self.stop.set()


def stopped(operator, **after):
    """The report of a run that was asked to stop, and what the same operator's next run says."""
    with operator.app(route()) as app:
        app.watch = StopAfter(app.stop, **after)
        (report,) = app.sync(app.configuration.routes)
    return report, operator.sync_one()


def test_asked_to_stop_while_reading_a_run_records_the_portion_and_the_next_reads_the_rest(make_operator):
    """The campaign counts as swept only when it was read whole."""
    operator = make_operator("First", leads=PORTION + 250)
    first, second = stopped(operator, read=100)
    assert (first.status, first.leads_read, first.campaigns_swept) == ("ok", PORTION, 0)
    assert "Stopped on request" in first.warnings[-1]
    assert (second.status, second.tally.states["delivered"]) == ("ok", PORTION + 250)
    operator.assert_promises()


def test_asked_to_stop_while_sending_a_run_records_the_batch_and_begins_no_other(make_operator):
    """The batch that was under way is accounted for; the rest stays ready and goes with the next run."""
    operator = make_operator("First", leads=2500)
    first, second = stopped(operator, delivered=1)
    assert (first.status, first.sent) == ("ok", 1000)
    assert first.tally.states["ready"] == 1500
    assert (second.status, second.sent) == ("ok", 1500)
    operator.assert_promises()
