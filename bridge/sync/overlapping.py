"""Sends whole batches in a thread of its own while the run is still reading. Decides nothing about leads.

Only where no question is to be answered first, and where nothing that is still to be read can speak against what goes:
`pulling` begins it when all that the route knew before is read and decided again. The rest goes when all is read.
"""

import contextvars
import threading
from types import TracebackType
from typing import Self

from bridge import ledger
from bridge.sync.pushing import Shipment


class Shipping:
    """Whole batches of this shipment leave while the `with` block reads; all have ended when it is left.

    What went wrong stands in `Shipment.trouble`, and is raised by the push: reading goes on.
    """

    def __init__(self, shipment: Shipment) -> None:
        self._shipment = shipment
        self._ready = 0
        self._over = False
        self._moved = threading.Condition()
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._work,), name="shipping", daemon=True)

    @classmethod
    def may_begin(cls, shipment: Shipment) -> bool:
        """Whether batches may leave before all is read: not where an operator, or the pace, looks at all of it."""
        run = shipment.run
        if not run.route.pace.unset:
            return False
        return not run.watch.asks or ledger.has_pushed(run.db, run.route_no)

    def __enter__(self) -> Self:
        run = self._shipment.run
        self._ready = ledger.ready_leads(run.db, run.route_no, run.decider.key, run.now())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._moved:
            self._over = True
            self._moved.notify_all()
        self._thread.join()
        if error is not None and self._shipment.trouble is not None:
            self._shipment.run.warn(str(self._shipment.trouble))

    def add(self, ready: int) -> None:
        """So many leads more are ready."""
        with self._moved:
            self._ready += ready
            self._moved.notify_all()

    def _work(self) -> None:
        try:
            while self._await_whole():
                self._shipment.open(self._ready)
                known = self._ready
                if not self._shipment.send_while(self._is_whole):
                    # No claim finds any of those known: only leads that become ready from here on may make another
                    # batch. One that was held at the claim, or waits for a new decision, goes at the end if at all.
                    with self._moved:
                        self._ready += self._shipment.claimed - known
        except BaseException as error:  # noqa: BLE001 - raised by the push
            self._shipment.trouble = error

    def _await_whole(self) -> bool:
        with self._moved:
            self._moved.wait_for(lambda: self._over or self._is_whole())
            return not self._over

    def _is_whole(self) -> bool:
        spent = self._shipment.budget is not None and self._shipment.budget <= 0
        whole = self._ready - self._shipment.claimed >= self._shipment.most
        return whole and not spent and not self._over
