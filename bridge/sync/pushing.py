"""The third step of a run: claims ready leads in batches and has them sent, a few at once. Reads no source.

It may begin while the second step is still reading (`overlapping`): then only whole batches go, and what is left goes
when everything has been read. An answer that is lost ends the route's run: batches under way end and are recorded, no
other is begun. Our writes reach real people, so they are not repeated.
"""

import contextvars
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from bridge import ledger
from bridge.destinations.base import Foresees, Standing
from bridge.errors import AnswerLost, Denied, Unavailable
from bridge.model import State
from bridge.sync import binding
from bridge.sync.braking import brake
from bridge.sync.deciding import decide_stale
from bridge.sync.pacing import at_most, is_closed, open_pacing, report_pace
from bridge.sync.run import Run
from bridge.sync.sending import Room, claiming_of, send
from bridge.sync.suppressing import refresh

DECLINED = "Nothing was sent: you answered no. Every lead stays ready."
"""Not a fault, though the route stays blocked until an operator says yes."""


class PlanFull(Denied):
    """The vendor's plan takes no lead more."""


def push(run: Run, shipment: "Shipment | None" = None) -> None:
    """Send every lead that is ready, up to the run's limit. Raises VendorError; whatever it is, nothing is lost.

    `shipment` is what has gone already while leads were still being read.
    """
    shipment = shipment or Shipment(run)
    if isinstance(shipment.trouble, PlanFull):
        shipment.refuse_full()  # counts those too that were read after it
        return
    if shipment.trouble is not None:
        raise shipment.trouble
    ready = ledger.ready_leads(run.db, run.route_no, run.decider.key, run.now())
    if ready:
        shipment.open(ready)
        shipment.send_all(ready)
    elif shipment.standing is None:
        _look_at_target(run)
    else:
        shipment.explain_returned()


def _look_at_target(run: Run) -> None:
    """With no lead to send, still report a key or a target that would refuse the next one."""
    try:
        standing = run.destination.check()
    except Unavailable as error:
        run.warn(f"{error} There was no lead to send.")
    else:
        _take_note(run, standing)


def _take_note(run: Run, standing: Standing) -> None:
    """Raises Denied where the target is not the one that the route is bound to."""
    for warning in standing.warnings:
        run.warn(warning)
    binding.refuse_other(run.db, run.route_no, run.route, standing)
    for warning in binding.news(run.db, run.route_no, run.route, standing):
        run.warn(warning)


class Shipment:
    """The batches of one run: how many may go, which are under way, and what they leave of the plan's room."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.standing: Standing | None = None
        self.budget = run.limit
        self.claimed = 0
        self.trouble: BaseException | None = None
        self._announced = 0
        self._room: int | None = None
        self._answers: list[Room] = []  # by the answers since batches were last under way one by one
        self._taken = 0  # by batches claimed since then
        self._heard = False  # of a batch that was answered and has ended
        self._under_way: set[Future[Room]] = set()
        self._failed: list[BaseException] = []

    def open(self, ready: int) -> None:
        """Look at the target, ask where an operator is to be asked; once for all batches. `ready` leads would go."""
        if self.standing is not None:
            return
        run = self.run
        if run.route.target.create:  # nothing is created in a workspace that is not the route's
            binding.refuse_other(run.db, run.route_no, run.route, run.destination.check())
        standing = run.destination.establish()
        _take_note(run, standing)
        open_pacing(run, standing, ready)
        if not ledger.has_pushed(run.db, run.route_no):
            if not run.watch.confirm(run.route, standing, at_most(run, ready)):
                raise Denied(DECLINED, hint="`leadbridge preview` shows what would go; `leadbridge sync` asks again.")
            if standing.sets_off and run.id:
                run.warn(standing.sets_off)
        # Behind the question: who declines a wrong key's workspace binds the ledger to nothing.
        binding.bind(run.db, run.route_no, run.route, standing)
        refresh(run)
        self.standing, self._room = standing, standing.room

    @property
    def most(self) -> int:
        """The leads of a whole batch."""
        sizes = (self.run.destination.batch_size, self.run.resources.largest_batch)
        return min(size for size in sizes if size is not None)

    def send_all(self, ready: int) -> None:
        """Send the leads that are ready, and those that become so meanwhile; `ready` of them are known."""
        run = self.run
        self._announce(at_most(run, ready if self.budget is None else min(ready, self.budget)))
        # A lead that waited for one of a batch is looked at again when that one has ended.
        self.send_while(lambda: True)
        while not self._is_spent() and decide_stale(run):
            self.send_while(lambda: True)
        self.explain_returned()
        self._announce(self.claimed - self._announced)
        left = report_pace(run)
        if self._is_spent():
            waiting = ledger.count_claims(run.db, claiming_of(run, self._standing()))
            run.waiting = waiting if left is None else min(waiting, left)

    def send_while(self, more: Callable[[], bool]) -> bool:
        """Claim and send batches as long as there are `more`, a few at once; all of them have ended when it returns.

        False where no lead was left to claim though there should have been.
        """
        found = True
        with ThreadPoolExecutor(self.run.resources.batches_at_once, "batches") as threads:
            try:
                while found and not self._is_spent() and more():
                    found = self._claim_next(threads)
            finally:
                self._await_all()
                self._raise_failed()
        return found

    def _is_spent(self) -> bool:
        return self.budget is not None and self.budget <= 0

    def _announce(self, leads: int) -> None:
        if leads:
            self._announced += leads
            self.run.watch.delivering(leads)

    def _claim_next(self, threads: ThreadPoolExecutor) -> bool:
        """Claim one batch and hand it to a thread; False where no lead is left, or nothing more may be begun."""
        run, standing = self.run, self._standing()
        if not self._make_way():
            return False
        run.pause_for_stop()
        brake(run)
        most = min(size for size in (self.most, self.budget, self._free()) if size is not None)
        batch = ledger.claim(run.db, claiming_of(run, standing), limit=most)
        if batch is None:
            return False
        count = len(batch.deliveries)
        self.claimed += count
        if run.pacing:
            run.pacing.claimed(count)
        self._taken += count
        self.budget = None if self.budget is None else self.budget - count
        self._announce(max(0, self.claimed - self._announced))
        # What counts requests and guards writes is the run's, and goes along.
        self._under_way.add(threads.submit(contextvars.copy_context().run, send, run, standing, batch))
        return True

    def _standing(self) -> Standing:
        assert self.standing is not None  # noqa: S101 - opened before anything is sent
        return self.standing

    # ------------------------------------------------------------------------------------------------- room in the plan

    def _free(self) -> int | None:
        """The room that no batch under way can take; None where no limit is known."""
        return None if self._room is None else self._room - self._taken

    def _make_way(self) -> bool:
        """Wait until one batch more may begin; False where one has failed. Raises PlanFull where the plan is.

        Until one was answered they go one by one: what is wrong with the target or the mapping shows in the first.
        """
        self._take_in(seconds=0)
        while len(self._under_way) >= (self.run.resources.batches_at_once if self._heard else 1):
            self._take_in()
        free = self._free()
        if self._is_doubtful() or (free is not None and free < self.most):
            # Answers that overlap do not say which of them counts which lead: let all end, and believe the smallest.
            self._await_all()
            self._settle_room()
            free = self._free()
        if is_closed(self.run):  # what is under way may turn out to have been there before
            self._await_all()
        if self._failed or is_closed(self.run):
            return False
        if free is not None and free <= 0:
            self.refuse_full()
            return False
        return True

    def _is_doubtful(self) -> bool:
        """Whether an answer speaks against the room believed in. Other programs fill the plan too."""
        known = self._room is not None
        return any(
            room.unsure or (room.left is not None and (not known or room.left < self.most)) for room in self._answers
        )

    def explain_returned(self) -> None:
        """Nothing is under way: raises PlanFull where that is why leads of the last batches came back."""
        if any(room.returned for room in self._answers):
            self._settle_room()
            free = self._free()
            if free is not None and free <= 0:
                self.refuse_full()

    def refuse_full(self) -> None:
        """No lead may go any more. Raises PlanFull, unless none is left to go."""
        # Also those whose time has not come: what had no explanation a moment ago is explained by the full plan.
        ready = ledger.tally(self.run.db, self.run.route_no).states[State.READY]
        if ready:
            standing = self._standing()
            raise PlanFull(
                f"The {standing.vendor} plan has no room for more contacts; {ready} leads stay ready.",
                hint=f"Free contacts or upgrade the plan in {standing.vendor}, then run `leadbridge sync` again.",
                vendor=standing.place.vendor,
            )

    def _await_all(self) -> None:
        while self._under_way:
            self._take_in()

    def _take_in(self, seconds: float | None = None) -> None:
        """What the batches that have ended say; waits until one has, or `seconds`."""
        done, self._under_way = wait(self._under_way, seconds, FIRST_COMPLETED)
        for future in done:
            error = future.exception()
            # Only when it has ended: its thread counts the answer before that, while the next batch may be begun here.
            self._heard = self.run.answered > 0
            if error is None:
                self._answers.append(future.result())
            else:
                self._failed.append(error)

    def _settle_room(self) -> None:
        """Nothing is under way: what the answers said of the room holds. What they left open is asked for."""
        destination = self.run.destination
        said = [room.left for room in self._answers]
        if any(room.unsure for room in self._answers) and isinstance(destination, Foresees):
            said.append(destination.with_room(self._standing()).room)
        known = [room for room in said if room is not None]
        if known:
            self._room = min(known)
        elif self._room is not None:
            self._room -= sum(room.created for room in self._answers)
        self._answers, self._taken = [], 0

    def _raise_failed(self) -> None:
        """A lost answer leaves people in doubt: nothing else that went wrong matters more."""
        failed, self._failed = self._failed, []
        if failed:
            raise min(failed, key=lambda error: not isinstance(error, AnswerLost))
