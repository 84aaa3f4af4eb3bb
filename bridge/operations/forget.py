"""Erases one person on request: in the targets first, then in the ledger. Knows no vendor, contacts no person.

Whatever stops it, the person is suppressed from its first moment on, and what was done is written down. While a target
cannot be asked the ledger keeps its side, since the rest could not be found without it; the same command goes on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Any

from bridge import ledger
from bridge.destinations.base import Destination, Remembered, Workspace, workspace_of
from bridge.errors import Busy, ConfigProblem, Denied, Refused, VendorError
from bridge.hygiene import email
from bridge.lazy import dataclass
from bridge.ledger.people.traces import TracedDelivery, Traces
from bridge.ledger.upkeep import erasing
from bridge.model import Place, Route, State
from bridge.sync.binding import refuse_workspace
from bridge.sync.lease import holding

LONGEST_WAIT = 60.0
"""Seconds that an erasure waits for the routes of the person to come free."""

_BETWEEN_TRIES = 2.0
_BETWEEN_LOOKUPS = 1.0
_LOOKS = 2
_OPEN = frozenset({State.SENDING, State.IN_DOUBT})


@dataclass(frozen=True, slots=True)
class Left:
    """What could not be reached, why, and what to do about it; `client` is whose it is, "" where that is unknown."""

    where: str
    why: str
    hint: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class Sightings:
    """Where the person stands: in `ours` (configured, or sent to once), and `elsewhere` in the same workspaces."""

    ours: tuple[tuple[Workspace, Remembered], ...] = ()
    elsewhere: tuple[tuple[Workspace, Remembered], ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What an erasure did. `status` is done, partial (a target is left; the ledger keeps its side) or busy.

    `clients` are those that were searched, each with whether all of it is done.
    """

    status: str
    traces: Traces
    deleted: tuple[Remembered, ...] = ()
    elsewhere: tuple[Remembered, ...] = ()
    left: tuple[Left, ...] = ()
    clients: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Aims:
    """Where to look: the workspaces, each with its client, and the configured targets.

    `unknown` says which of those are not known, `clients` are all that are searched.
    """

    workspaces: tuple[tuple[str, Workspace], ...] = ()
    clients: tuple[str, ...] = ()
    targets: frozenset[Place] = frozenset()
    unknown: tuple[Left, ...] = ()


def aims_of(db: ledger.Database, configured: Iterable[tuple[Route, Destination | ConfigProblem]]) -> Aims:
    """Ask every configured target for its id.

    One that is missing or takes no leads names none; if a lead was ever sent there, the ledger remembers it. In a
    workspace that is not the route's no person is looked for or deleted: it is another account's.
    """
    numbers, bindings = ledger.route_names(db), ledger.bindings(db)
    workspaces: dict[tuple[str, str], tuple[str, Workspace]] = {}
    clients: dict[str, None] = {}
    targets, unknown = set[Place](), list[Left]()
    for route, destination in configured:
        clients[route.client] = None
        if isinstance(destination, ConfigProblem):
            where = f'every target of client "{route.client}"'
            unknown.append(Left(where, destination.message, destination.hint, route.client))
            continue
        workspace = workspace_of(destination)
        try:
            place = _place(destination, workspace)
        except VendorError as error:
            unknown.append(Left(destination.name, error.message, error.hint, route.client))
        else:
            try:
                refuse_workspace(bindings, numbers.get(route.name, 0), route, place)
            except Denied as error:
                unknown.append(Left(destination.name, error.message, error.hint, route.client))
                continue
            targets.update([place] if place.id else [])
        if workspace is not None:
            workspaces.setdefault((route.client, workspace.vendor), (route.client, workspace))
    return Aims(tuple(workspaces.values()), tuple(clients), frozenset(targets), tuple(unknown))


def _place(destination: Destination, workspace: Workspace | None) -> Place:
    """The target; one without an id where it is missing or takes no leads. Raises VendorError where that is unknown."""
    try:
        return destination.check().place
    except (Denied, Refused):
        if workspace is None:
            raise
        return Place(workspace.vendor, workspace.id(), "", "")


@dataclass(frozen=True, slots=True)
class Eraser:
    """Who erases, and with what. `pause` and `doubt_wait` are in seconds.

    With `everywhere` the person is deleted in every target of the workspaces, with `ledger_only` in none. With `client`
    only what is that client's is erased, and what another client knows of the person stays.
    """

    db: ledger.Database
    now: Callable[[], datetime]
    pause: Callable[[float], None]
    doubt_wait: float
    aims: Aims
    asked_by: str
    everywhere: bool = False
    ledger_only: bool = False
    client: str = ""

    def traces(self, address: str) -> Traces:
        """What the ledger holds of the person."""
        found = erasing.traces(self.db, address)
        return found.of(self.client) if self.client else found

    def look(self, address: str) -> tuple[Traces, Sightings]:
        """Find everything about the person, and change nothing."""
        found = self.traces(address)
        return found, self._see(found)

    def everything_about(self, address: str) -> dict[str, object]:
        """All that the ledger and the targets hold of a person, for the person."""
        found, sightings = self.look(address)
        there = [*sightings.ours, *sightings.elsewhere]
        return {
            "asked_for": address,
            "written_at": self.now().isoformat(),
            "ledger": erasing.everything(self.db, found),
            "targets": [{"target": one.where, "facts": dict(one.facts)} for _, one in there],
            "not_reached": [{"target": left.where, "why": left.why} for left in sightings.left],
        }

    def forget(self, address: str) -> Forgotten:
        """Erase the person behind this address, in whatever spelling."""
        db = self.db
        found = self.traces(address)
        persons = found.persons or {address.strip().lower()}
        number = erasing.begin_erasure(db, persons, self.asked_by, self.now(), self.client)
        try:
            with ExitStack() as leases:
                still, held = self._stand_still(leases, address)
                done = self._erase(still, number, held)
        except Busy as error:
            done = Forgotten("busy", found, left=(Left("a route that is running", error.message),))
        erasing.end_erasure(db, number, status=done.status, done=_audit_row(done), now=self.now())
        return done

    # ------------------------------------------------------------------------------------------------------- the steps

    def _stand_still(self, leases: ExitStack, address: str) -> tuple[Traces, dict[int, int]]:
        """Take every route the person is on, so that nothing is under way with them; the epochs by route number.

        Another route may meet them meanwhile: it is taken too. Raises Busy after a while.
        """
        end = self.now() + timedelta(seconds=LONGEST_WAIT)
        held: dict[int, int] = {}
        while True:
            found = self.traces(address)
            new = {ledger.route_number(self.db, name) for name in found.routes} - held.keys()
            if not new:
                return found, held
            for route_no in sorted(new):
                held[route_no] = self._take(leases, route_no, end)

    def _take(self, leases: ExitStack, route_no: int, end: datetime) -> int:
        while True:
            try:
                return leases.enter_context(holding(self.db, route_no))
            except Busy:
                if self.now() >= end:
                    raise
                self.pause(_BETWEEN_TRIES)

    def _erase(self, found: Traces, number: int, held: Mapping[int, int]) -> Forgotten:
        deleted: list[Remembered] = []
        elsewhere: dict[str, Remembered] = {}
        left: list[Left] = []
        for sightings in self._looks(found):
            elsewhere |= {one.remote_id: one for _, one in sightings.elsewhere}
            left = [*sightings.left, *self._delete(sightings, deleted)]
            if self._complete(found, left) == {} and left:
                break
        clients = self._complete(found, left)
        if not left:
            erasing.erase(self.db, found, number, self.now(), held)
            if self.everywhere:
                elsewhere.clear()
        for client in clients if left else ():  # what another client still needs to find the person stays
            erasing.erase(self.db, found.of(client), number, self.now(), held)
        done = {client: client in clients for client in sorted({*self.aims.clients, *found.clients})}
        status = "partial" if left else "done"
        return Forgotten(status, found, tuple(deleted), tuple(elsewhere.values()), tuple(left), done)

    def _complete(self, found: Traces, left: Iterable[Left]) -> dict[str, None]:
        """The clients of which everything was reached; none where it is not known whose the rest is."""
        missed = {one.client for one in left}
        return {} if "" in missed else dict.fromkeys({*self.aims.clients, *found.clients} - missed)

    def _looks(self, found: Traces) -> Iterator[Sightings]:
        """Look until every person who was sent has been seen, or two looks agree that they are not there.

        The first of the two comes no sooner than what the last call did must show: lookups lag behind writes.
        """
        if self.ledger_only:
            return
        open_ = [delivery for delivery in found.deliveries if _went(delivery)]
        agreed = 0
        while True:
            wait = self._unripe_for(open_)
            sightings = self._see(found)
            yield sightings
            open_ = [delivery for delivery in open_ if delivery.state in _OPEN or not _is_seen(delivery, sightings)]
            agreed += wait <= 0
            if not open_ or agreed == _LOOKS:
                return
            self.pause(max(self._unripe_for(open_), min(_BETWEEN_LOOKUPS, self.doubt_wait)))

    def _delete(self, sightings: Sightings, deleted: list[Remembered]) -> list[Left]:
        left: list[Left] = []
        wanted = (*sightings.ours, *(sightings.elsewhere if self.everywhere else ()))
        for workspace, one in wanted:
            try:
                if workspace.erase(one):
                    deleted.append(one)
            except VendorError as error:
                where = one.where or workspace.vendor
                client = next(client for client, its in self.aims.workspaces if its is workspace)
                left.append(Left(where, error.message, error.hint, client))
        return left

    def _unripe_for(self, deliveries: Iterable[TracedDelivery]) -> float:
        """Seconds until the calls that sent these must show what they did."""
        now, wait = self.now(), timedelta(seconds=self.doubt_wait)
        ends = [one.ended_at or (now if one.state in _OPEN else None) for one in deliveries]
        return max(((end + wait - now).total_seconds() for end in ends if end is not None), default=0.0)

    # --------------------------------------------------------------------------------------------------------- looking

    def _see(self, found: Traces) -> Sightings:
        ours: dict[tuple[str, str], tuple[Workspace, Remembered]] = {}
        elsewhere: dict[tuple[str, str], tuple[Workspace, Remembered]] = {}
        left: list[Left] = list(self.aims.unknown)
        titles = erasing.known_places(self.db)
        places = self.aims.targets | found.places | (set() if self.client else titles.keys())
        reached: set[tuple[str, str]] = set()
        for client, workspace in self.aims.workspaces:
            try:
                if (workspace.vendor, workspace.id()) in reached:
                    continue
                reached.add((workspace.vendor, workspace.id()))
            except VendorError as error:
                left.append(Left(f"every target at {workspace.vendor}", error.message, error.hint, client))
                continue
            ids, unsure = _ids(found, workspace), list[Left]()
            for one in _in_workspace(workspace, found, places, unsure):
                if title := titles.get(one.place):  # a vendor that lists nothing names its targets by their ids
                    one = replace(one, where=one.where.replace(one.place.id, f'"{title}"'))  # noqa: PLW2901 - the same
                if one.place in places or (not one.place.id and one.remote_id in ids):
                    ours.setdefault((workspace.id(), one.remote_id), (workspace, one))
                elif one.place.id or self.everywhere:
                    elsewhere.setdefault((workspace.id(), one.remote_id), (workspace, one))
                else:
                    unsure.append(Left(f"lead {one.remote_id}", _NOWHERE, "To delete it too: add --everywhere."))
            left += [replace(one, client=client) for one in unsure]
        missed = {one.client for one in left}
        left += [
            replace(self._unreached(place, titles.get(place, "")), client=client)
            for client, place in sorted(found.sent, key=lambda one: (one[0], one[1].scope))
            if client not in missed and (place.vendor, place.workspace) not in reached
        ]
        return Sightings(tuple(ours.values()), tuple(elsewhere.values()), tuple(dict.fromkeys(left)))

    def _unreached(self, place: Place, title: str) -> Left:
        """Why a target that the person was sent to could not be asked."""
        target = f'{place.kind} "{title or place.id}"'
        able = {workspace.vendor for _, workspace in self.aims.workspaces}
        if place.vendor not in able and place.vendor in {one.vendor for one in self.aims.targets}:
            return Left(target, f"leadbridge cannot delete leads at {place.vendor}", _ALONE)
        return Left(target, f"no key opens workspace {place.workspace} any more", _OTHER_KEY)


_NOWHERE = "it has this address, and the vendor does not say in which campaign or list it stands"
_ALONE = "Delete the lead there yourself, then run the command again with --ledger-only."
_OTHER_KEY = "Put the key of that workspace into .env and run the command again, or add --ledger-only."


def _in_workspace(
    workspace: Workspace, found: Traces, places: frozenset[Place], left: list[Left]
) -> Iterator[Remembered]:
    """The person's leads there, and the test leads that were posted with their fields; adds to `left` what is unsure.

    By address, and by every id that the ledger remembers: a search may not show what is there.
    """
    here = (workspace.vendor, workspace.id())
    asked = [place for place in places if place.id and (place.vendor, place.workspace) == here]
    asked.sort(key=lambda place: place.scope)
    trials = {trial.remote_id: trial.address for trial in found.trials if trial.remote_id}
    posted = frozenset(trial.address for trial in found.trials)
    looks: tuple[Iterable[Remembered], ...] = (
        workspace.remembered(sorted(found.addresses | {key for key in found.persons if "@" not in key}), asked),
        (one for one in workspace.remembered(sorted(posted)) if one.remote_id in trials) if trials else (),
    )
    for look in looks:
        try:
            yield from look
        except VendorError as error:
            left.append(Left(f"every target at {workspace.vendor}", error.message, error.hint))
    for remote_id in sorted(_ids(found, workspace)):
        try:
            one = workspace.lead(remote_id)
        except VendorError as error:
            left.append(Left(f"lead {remote_id}", error.message, error.hint))
            continue
        if one is not None and not one.address:
            left.append(Left(f"lead {remote_id}", _NAMELESS, _BY_HAND.format(workspace.vendor.capitalize())))
        elif one is not None and (_is_theirs(one.address, found) or one.address == trials.get(remote_id)):
            yield one


_NAMELESS = "it is still there under the id that the ledger remembers, and its address cannot be read"
_BY_HAND = "Delete it in {0}, then run the same command again."


def _ids(found: Traces, workspace: Workspace) -> frozenset[str]:
    """The ids of the person's leads and test leads in this workspace, as the ledger remembers them."""
    here = (workspace.vendor, workspace.id())
    known = [(one.remote_id, one.place) for one in found.deliveries] + [
        (one.remote_id, one.place) for one in found.trials
    ]
    return frozenset(
        remote_id for remote_id, place in known if remote_id and place and (place.vendor, place.workspace) == here
    )


def _is_theirs(address: str, found: Traces) -> bool:
    read = email.read(address)
    return address.lower() in {key.lower() for key in found.addresses | found.persons} or (
        isinstance(read, email.Address) and read.person in found.persons
    )


def _went(delivery: TracedDelivery) -> bool:
    """Whether a lead of this delivery may stand in its target."""
    return delivery.state in _OPEN or delivery.state is State.DELIVERED or bool(delivery.remote_id)


def _is_seen(delivery: TracedDelivery, sightings: Sightings) -> bool:
    seen = (*sightings.ours, *sightings.elsewhere)
    return any(one.remote_id == delivery.remote_id or one.place == delivery.place for _, one in seen)


def _audit_row(done: Forgotten) -> Mapping[str, Any]:
    """What the audit row says: counts and targets, and no person."""
    return {
        "leads": len(done.traces.lead_ids),
        "deliveries": len(done.traces.deliveries),
        "test_leads": len(done.traces.trials),
        "deleted_from": sorted(one.where for one in done.deleted if not one.kept),
        "kept_in": sorted(one.where for one in done.deleted if one.kept),
        "also_in": sorted(one.where for one in done.elsewhere),
        "left": [left.where for left in done.left],
        "clients": dict(done.clients),
    }
