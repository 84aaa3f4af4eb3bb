"""Erases one person on request: in the targets first, then in the ledger. Knows no vendor, contacts nobody.

Whatever stops it, the person is suppressed from its first moment on, and what was done is written down. While a target
cannot be asked the ledger keeps its side, since without it nobody could find the rest; the same command goes on.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bridge import store
from bridge.destinations.base import Destination, Remembered, Workspace
from bridge.errors import Busy, Denied, Refused, VendorError
from bridge.model import Place, State
from bridge.store import erasing
from bridge.store.erasing import Traces
from bridge.sync.lease import holding

LONGEST_WAIT = 60.0
"""Seconds that an erasure waits for the routes of the person to come free."""

_BETWEEN_TRIES = 2.0
_BETWEEN_LOOKUPS = 1.0
_OPEN = frozenset({State.SENDING, State.IN_DOUBT})


@dataclass(frozen=True, slots=True)
class Left:
    """What could not be reached, why, and what to do about it."""

    where: str
    why: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Sightings:
    """Where the person stands: in `ours` (configured, or sent to once), and `elsewhere` in the same workspaces."""

    ours: tuple[tuple[Workspace, Remembered], ...] = ()
    elsewhere: tuple[tuple[Workspace, Remembered], ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What an erasure did. `status` is done, partial (a target is left; the ledger keeps its side) or busy."""

    status: str
    traces: Traces
    deleted: tuple[Remembered, ...] = ()
    elsewhere: tuple[Remembered, ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Aims:
    """Where to look: the workspaces, and the configured targets; `unknown` says which of them could not be told."""

    workspaces: tuple[Workspace, ...] = ()
    targets: frozenset[Place] = frozenset()
    unknown: tuple[Left, ...] = ()


def aims_of(destinations: Iterable[Destination]) -> Aims:
    """Ask every configured target for its id.

    One that is missing or takes nobody tells none; if anybody was ever sent there, the ledger remembers it.
    """
    workspaces: dict[str, Workspace] = {}
    targets, unknown = set[Place](), list[Left]()
    for destination in destinations:
        workspace = destination.workspace()
        if workspace is not None:
            workspaces.setdefault(workspace.vendor, workspace)
        try:
            targets.add(destination.check().place)
        except (Denied, Refused):
            continue
        except VendorError as error:
            unknown.append(Left(destination.name, error.message, error.hint))
    return Aims(tuple(workspaces.values()), frozenset(targets), tuple(unknown))


@dataclass(frozen=True, slots=True)
class Eraser:
    """Who erases, and with what. `pause` and `doubt_wait` are in seconds.

    With `everywhere` the person is deleted in every target of the workspaces, with `ledger_only` in none.
    """

    ledger: store.Database
    now: Callable[[], datetime]
    pause: Callable[[float], None]
    doubt_wait: float
    aims: Aims
    asked_by: str
    everywhere: bool = False
    ledger_only: bool = False

    def look(self, address: str) -> tuple[Traces, Sightings]:
        """Find everything about the person, and change nothing."""
        found = erasing.traces(self.ledger, address)
        return found, self._see(found)

    def forget(self, address: str) -> Forgotten:
        """Erase the person behind this address, in whatever spelling."""
        ledger = self.ledger
        found = erasing.traces(ledger, address)
        persons = found.persons or {address.strip().lower()}
        number = erasing.begin_erasure(ledger, persons, self.asked_by, self.now())
        try:
            with ExitStack() as leases:
                self._stand_still(leases, found.routes)
                done = self._erase(erasing.traces(ledger, address), number)
        except Busy as error:
            done = Forgotten("busy", found, left=(Left("a route that is at work", error.message),))
        erasing.end_erasure(ledger, number, status=done.status, done=_told(done), now=self.now())
        return done

    # ------------------------------------------------------------------------------------------------------- the steps

    def _stand_still(self, leases: ExitStack, routes: Iterable[str]) -> None:
        """Take every route the person is on, so that nothing is under way with them. Raises Busy after a while."""
        end = self.now() + timedelta(seconds=LONGEST_WAIT)
        for name in routes:
            route_no = store.route_number(self.ledger, name)
            while True:
                try:
                    leases.enter_context(holding(self.ledger, route_no))
                    break
                except Busy:
                    if self.now() >= end:
                        raise
                    self.pause(_BETWEEN_TRIES)

    def _erase(self, found: Traces, number: int) -> Forgotten:
        deleted: list[Remembered] = []
        sightings = Sightings()
        if not self.ledger_only:
            self._wait_for_doubts(found)
            sightings = self._see(found)
            left = [*sightings.left, *self._delete(sightings, deleted)]
            if not left and self._is_open(found):
                # A lost call may still have been on its way: a second look that agrees.
                self.pause(min(_BETWEEN_LOOKUPS, self.doubt_wait))
                again = self._see(found)
                left = [*again.left, *self._delete(again, deleted)]
            if left:
                return Forgotten("partial", found, tuple(deleted), _those(sightings.elsewhere), tuple(left))
        erasing.erase(self.ledger, found, number, self.now())
        elsewhere = () if self.everywhere else _those(sightings.elsewhere)
        return Forgotten("done", found, tuple(deleted), elsewhere)

    def _delete(self, sightings: Sightings, deleted: list[Remembered]) -> list[Left]:
        left: list[Left] = []
        wanted = (*sightings.ours, *(sightings.elsewhere if self.everywhere else ()))
        for workspace, one in wanted:
            try:
                if workspace.erase(one):
                    deleted.append(one)
            except VendorError as error:
                left.append(Left(one.where or workspace.vendor, error.message, error.hint))
        return left

    def _is_open(self, found: Traces) -> bool:
        return any(delivery.state in _OPEN for delivery in found.deliveries)

    def _wait_for_doubts(self, found: Traces) -> None:
        """What a lost call created may show late: wait until it must have."""
        now, wait = self.now(), timedelta(seconds=self.doubt_wait)
        ends = [delivery.ended_at or now for delivery in found.deliveries if delivery.state in _OPEN]
        longest = max((end + wait - now for end in ends), default=timedelta())
        if longest > timedelta():
            self.pause(longest.total_seconds())

    # --------------------------------------------------------------------------------------------------------- looking

    def _see(self, found: Traces) -> Sightings:
        ours: list[tuple[Workspace, Remembered]] = []
        elsewhere: list[tuple[Workspace, Remembered]] = []
        left: list[Left] = list(self.aims.unknown)
        places = self.aims.targets | found.places | erasing.known_places(self.ledger)
        reached: set[tuple[str, str]] = set()
        for workspace in self.aims.workspaces:
            try:
                reached.add((workspace.vendor, workspace.id()))
                for one in _in_workspace(workspace, found, places):
                    (ours if one.place in places else elsewhere).append((workspace, one))
            except VendorError as error:
                left.append(Left(f"every target at {workspace.vendor}", error.message, error.hint))
        if not left:
            left += [
                Left(f"{place.kind} {place.id}", f"no key opens workspace {place.workspace} any more", _OTHER_KEY)
                for place in sorted(found.places, key=lambda place: place.scope)
                if (place.vendor, place.workspace) not in reached
            ]
        return Sightings(tuple(ours), tuple(elsewhere), tuple(left))


_OTHER_KEY = "Put the key of that workspace into .env and run the command again, or add --ledger-only."


def _in_workspace(workspace: Workspace, found: Traces, places: frozenset[Place]) -> list[Remembered]:
    """The person's leads there, and the test leads that were posted with their fields."""
    asked = sorted(places, key=lambda place: place.scope)
    there = workspace.remembered(sorted(found.addresses), [place for place in asked if place.id])
    trials = {trial.remote_id for trial in found.trials if trial.remote_id}
    if trials:
        own = workspace.remembered(sorted({trial.address for trial in found.trials}))
        there += [one for one in own if one.remote_id in trials and one not in there]
    return there


def _those(seen: Iterable[tuple[Workspace, Remembered]]) -> tuple[Remembered, ...]:
    return tuple(one for _, one in seen)


def _told(done: Forgotten) -> Mapping[str, Any]:
    """What the audit row says: counts and targets, and nobody."""
    return {
        "leads": len(done.traces.lead_ids),
        "deliveries": len(done.traces.deliveries),
        "test_leads": len(done.traces.trials),
        "deleted_from": sorted(one.where for one in done.deleted),
        "also_in": sorted(one.where for one in done.elsewhere),
        "left": [left.where for left in done.left],
    }
