"""The last step of a run: changes delivered leads in their target whose fields have changed since. Sends no lead.

A value is written only where the target still holds the one that we sent, and only before the first contact: by what
the ledger knows and by what the target shows right before the write. What a person changed by hand stays.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from bridge import ledger
from bridge.destinations.changing import Asked, Shown, Updates
from bridge.errors import AnswerLost, Denied, Refused, StopRequested, VendorError
from bridge.lazy import dataclass
from bridge.ledger import intent as intents
from bridge.ledger.core.changes import Changed
from bridge.ledger.database import Database
from bridge.ledger.intent import Answer, Intent, Kind, Stage
from bridge.ledger.troubles import LEDGER
from bridge.model import Deliver, Fields, Place, Reason, Scalar, State
from bridge.rules import updating as rules
from bridge.sync.deciding import decide_stored
from bridge.sync.intents import Sight, call, settle
from bridge.sync.run import Run
from bridge.sync.settling import destination_of

MOST_REFUSED = 5
"""So many refusals in one run mean that the mapping or the target is wrong, not a lead."""

_WAY_OUT = " If it can never be asked again: leadbridge settle --give-up {}"
CONTACTED, WAITING = "contacted", "waiting"


def update(run: Run) -> None:
    """Settle the writes of earlier runs, then change what has changed since. Vendors' trouble is a warning.

    A run that is only played has a destination that cannot be updated: it changes and asks nothing.
    """
    if not isinstance(run.destination, Updates):
        return
    most, follows = run.destination.most_updates, run.route.update.fields != "never"
    work = _Work(run)
    with _warning(run):
        work.settle_open()
        if follows:
            work.change_all(most)
    if follows:
        run.updates[WAITING] = ledger.count_changed(run.db, run.route_no)


def settle_updates(run: Run) -> None:
    """Only find out what became of writes whose answer was lost, whether the route is configured still or not."""
    with _warning(run):
        _Work(run).settle_open()


@contextmanager
def _warning(run: Run) -> Iterator[None]:
    try:
        yield
    except StopRequested:
        raise
    except VendorError as error:
        if error.vendor == LEDGER:
            raise
        if isinstance(error, AnswerLost):
            run.updates[State.IN_DOUBT] += 1
        run.warn(f"Changed leads wait for the next run: {error}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A changed lead, with the new values of the fields that have changed."""

    changed: Changed
    values: Mapping[str, Scalar]

    @property
    def asked(self) -> Asked:
        return Asked(self.changed.id, self.changed.remote_id, self.changed.address, self.changed.place, self.values)

    def merged(self, values: Mapping[str, Scalar]) -> Fields | None:
        """What its target holds of ours with these values; None where none is new."""
        return self.changed.sent.with_values(values) if values else None


class _Work:
    """The updates of one run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._refused = 0
        self._opened: dict[Place, Updates] = {}

    # ------------------------------------------------------------------------------------------- what earlier runs left

    def settle_open(self) -> None:
        """The run holds the lease, so every call of an earlier holder has ended: the target is asked."""
        run = self.run
        found = ledger.open_updates(run.db, run.route_no)
        if found:
            intents.abandoned(run.db, Kind.UPDATE, run.now(), intents.columns.route_no == run.route_no)
        for one, changed in found:
            run.pause_for_stop()
            if changed is None:
                intents.give_up(run.db, one.id, "the lead was erased, or what was sent to it was pruned")
                continue
            try:
                self._settle(intents.intent(run.db, one.id), changed)
            except Denied as error:  # a target that is out of reach keeps no other from being asked
                run.updates[State.IN_DOUBT] += 1
                run.warn(f"What became of a change is not known yet: {error}{_WAY_OUT.format(changed.place.id)}")

    def _settle(self, doubtful: Intent, changed: Changed) -> None:
        wanted = _Wanted(changed, rules.changes(changed.sent, changed.under_way))
        found: dict[str, Scalar] = {}
        follows = self.run.route.update.fields != "never"  # it may have been decided otherwise again since the call

        def question(_: Intent) -> Answer | Sight:
            shown = next(iter(self._updates(changed.place).shown([wanted.asked])), None)
            if shown is None or shown.values is None:
                return Sight.HIDDEN
            found.update(rules.judge(changed.sent, wanted.values, shown.values).there)
            return Answer(result=Reason.UPDATED) if found else Sight.ABSENT

        def note(_db: Database, number: int, _answer: Answer, _now: datetime) -> None:
            _end(self.run, wanted, Reason.UPDATED, found, number=number, waits=follows)

        ended = settle(self.run.db, doubtful, question, self.run.resources.doubt_wait, self.run.resources.pause, note)
        if ended.stage is Stage.DOUBT:
            self.run.updates[State.IN_DOUBT] += 1
        elif ended.stage is Stage.GIVEN_UP:
            _end(self.run, wanted, Reason.NOT_UPDATED, {}, ended.detail)

    # ------------------------------------------------------------------------------------------------- what has changed

    def change_all(self, budget: int) -> None:
        """As many leads as `budget` says; the others wait."""
        run = self.run
        home = ledger.bindings(run.db).get(run.route_no, {}).get(run.route.target.key)
        for piece in ledger.waiting_changes(run.db, run.route_no):
            by_place: dict[Place, list[_Wanted]] = {}
            for wanted in self._wanted(piece):
                place = wanted.changed.place
                if home is not None and (place.vendor, place.workspace) != (home.vendor, home.workspace):
                    _end(run, wanted, Reason.NOT_UPDATED, {}, "its target is in a workspace that the route has left")
                    continue
                by_place.setdefault(wanted.changed.place, []).append(wanted)
            for place, some in by_place.items():
                if budget <= 0:
                    return
                try:
                    self._change(place, some[:budget])
                except Denied as error:  # another target may take changes all the same
                    run.warn(f"Changed leads wait for the next run: {error}")
                budget -= len(some)

    def _wanted(self, piece: Sequence[Changed]) -> Iterable[_Wanted]:
        """Those that the rules would still send, otherwise than they were sent; the others wait no more."""
        run = self.run
        stored = ledger.leads_of(run.db, [one.id for one in piece])
        decided = decide_stored(run, list(stored.values()))
        for one in piece:
            decision = decided[stored[one.id].id]
            same = isinstance(decision, Deliver) and decision.address == one.address and one.stored
            values = rules.changes(one.sent, decision.fields) if same and isinstance(decision, Deliver) else {}
            if values and one.untouched and one.remote_id:
                yield _Wanted(one, values)
                continue
            ledger.end_update(run.db, run.recording(), one)
            run.updates[CONTACTED] += bool(values) and not one.untouched

    def _change(self, place: Place, some: Sequence[_Wanted]) -> None:
        left, edits = {one.changed.id: one for one in some}, self.run.updates[Reason.UPDATED]
        for shown in self._updates(place).shown([one.asked for one in some]):
            self.run.pause_for_stop()
            wanted = left.pop(shown.asked.delivery_id, None)
            if wanted is not None:
                self._one(wanted, shown)
        # A listing that is written to while it is read may miss some: these are asked for again by the next run.
        if edits == self.run.updates[Reason.UPDATED]:
            for wanted in left.values():
                _end(self.run, wanted, Reason.NOT_UPDATED, {}, "it is not in the target")

    def _one(self, wanted: _Wanted, shown: Shown) -> None:
        run, changed = self.run, wanted.changed
        if shown.contacted:
            ledger.end_update(run.db, run.recording(), changed)
            run.updates[CONTACTED] += 1
            return
        if shown.values is None:
            _end(run, wanted, Reason.NOT_UPDATED, {}, shown.why)
            return
        verdict = rules.judge(changed.sent, wanted.values, shown.values)
        if verdict.write:
            self._write(wanted, shown, verdict)
        elif verdict.edited:
            _end(run, wanted, Reason.EDITED_THERE, verdict.there, ", ".join(verdict.edited))
        elif verdict.there:
            ledger.end_update(run.db, run.recording(), changed, fields=wanted.merged(verdict.there))
        else:
            _end(run, wanted, Reason.NOT_UPDATED, {}, f"the target cannot change {', '.join(verdict.beyond)}")

    def _write(self, wanted: _Wanted, shown: Shown, verdict: rules.Verdict) -> None:
        run, changed = self.run, wanted.changed
        values = {**verdict.write, **verdict.there}
        carried = changed.sent.with_values(values)
        number = ledger.begin_update(run.db, run.recording(), changed, carried, run.vendor_now())
        if not number:
            return
        try:
            after = call(run.db, number, lambda: self._updates(changed.place).edit(shown, verdict.write))
        except Refused as error:
            self._refused += 1
            if self._refused >= MOST_REFUSED:
                raise
            _end(run, wanted, Reason.NOT_UPDATED, {}, error.message[:200])
            return
        kept = f"; edited there: {', '.join(verdict.edited)}" if verdict.edited else ""
        if other := rules.meanwhile(shown.beside, after):
            kept += f"; {', '.join(other)} was edited there between our read and our write: compare the lead"
            run.warn(
                f"Lead {changed.remote_id} was edited in the target in the moment of its change ({', '.join(other)}). "
                "If the same field was edited too, that edit is lost: compare it there."
            )
        _end(run, wanted, Reason.UPDATED, values, f"{', '.join(sorted(verdict.write))}{kept}", number=number)

    def _updates(self, place: Place) -> Updates:
        """Who can change leads of that place, whether the route still names it or not. Raises Denied."""
        if place not in self._opened:
            found = destination_of(self.run, place)
            if not isinstance(found, Updates):
                raise Denied(f"{found.name} cannot change leads.", vendor=place.vendor)
            self._opened[place] = found
        return self._opened[place]


def _end(
    run: Run,
    wanted: _Wanted,
    reason: Reason,
    values: Mapping[str, Scalar],
    detail: str = "",
    *,
    number: int = 0,
    waits: bool = False,
) -> None:
    ledger.end_update(
        run.db,
        run.recording(),
        wanted.changed,
        fields=wanted.merged(values),
        reason=reason,
        detail=detail or ", ".join(sorted(values)),
        number=number,
        waits=waits,
    )
    run.updates[reason] += 1
