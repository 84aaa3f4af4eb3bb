"""Compares what the ledger says of one target with what stands in it. Pure: reads neither, and notes nothing.

The ledger's side is kept in memory by address; the target's rows pass by one at a time, and only those that differ are
kept. A lead is itself where its address is, or where its id in the target is, if the vendor spells it otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from bridge.destinations.base import ACTIVE, Present
from bridge.hygiene import email
from bridge.lazy import dataclass
from bridge.ledger import Entry, Note, Trial
from bridge.model import Reason, State


class Kind(StrEnum):
    """In what the ledger and a target differ."""

    GONE = "gone_from_target"  # delivered, or there before us, and not there any more
    BACK = "back_in_target"  # an earlier audit noted it as gone, and there it is
    ONLY_IN_TARGET = "only_in_target"  # the ledger does not say that it went there
    TWICE = "twice_in_target"  # one person, more leads than we have deliveries for them
    STATUS = "other_status"  # bounced, unsubscribed, paused ...: other than noted
    REMOTE_ID = "other_remote_id"  # there under an id that the ledger does not have
    IN_DOUBT = "in_doubt_but_there"  # `settle` will find it


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference about one person. `entry` is the route's delivery it concerns, None where there is none.

    `found` says in plain words what the target has, `remote_id` under which id ("" where it has none).
    """

    kind: Kind
    address: str
    entry: Entry | None = None
    found: str = ""
    remote_id: str = ""

    @property
    def known(self) -> str:
        """What the ledger has."""
        if self.entry is None:
            return "nothing"
        if self.kind is Kind.STATUS:
            return self.entry.remote_status or ACTIVE
        return (self.entry.remote_id or "no id") if self.kind is Kind.REMOTE_ID else self.entry.state


@dataclass(slots=True)
class _Side:
    """A delivery of the ledger, and the rows of the target that are it: `status` of that under its own id."""

    entry: Entry
    status: str | None = None
    others: list[Present] = field(default_factory=list)

    def take(self, row: Present) -> None:
        if row.remote_id == self.entry.remote_id:
            self.status = row.status
        else:
            _add(self.others, row)

    @property
    def rows(self) -> int:
        return len(self.others) + (self.status is not None)


class Comparison:
    """One target: `expect` the ledger's entries, `see` the target's rows, then ask for what differs.

    `route_no` is the route whose differences are reported; entries of others only say who is known. A lead that was
    created after `ripe_before` is never missing: listings lag behind writes. `trials` are the test leads that went
    there: no delivery is theirs, yet they are known, so they are only counted. So are rows that do not say where they
    stand: such a person is neither there nor missing.
    """

    def __init__(self, route_no: int, ripe_before: datetime, trials: Sequence[Trial] = ()) -> None:
        self._route_no = route_no
        self._trial_ids = {trial.remote_id for trial in trials if trial.remote_id}
        self._trial_addresses = {trial.address.lower() for trial in trials if not trial.remote_id}
        self._ripe_before = ripe_before
        self._sides: dict[str, _Side] = {}
        self._strangers: dict[str, list[Present]] = {}
        self._vague: set[str] = set()
        self.unreadable = 0
        self.present = 0
        self.too_fresh = 0
        self.trials = 0

    @property
    def expected(self) -> int:
        """How many leads of the route the target should hold."""
        return sum(_should_be_there(side.entry) for side in self._own())

    def expect(self, entries: Iterable[Entry]) -> None:
        """Take entries of the ledger in; once more after the rows, for what was recorded meanwhile."""
        for entry in entries:
            side = self._sides.get(entry.address)
            if side is None:
                side = self._sides[entry.address] = _Side(entry)
                for row in self._strangers.pop(entry.address, ()):
                    side.take(row)
            elif entry.id == side.entry.id or self._weight(entry) > self._weight(side.entry):
                side.entry = entry

    def see(self, row: Present) -> None:
        """Take a row of the target in."""
        if row.vague:
            self.unreadable += 1
            self._vague |= {row.address, row.remote_id} - {""}
            return
        side = self._sides.get(row.address)
        # One whose answer was lost is known by its address alone, which a lead of the ledger may have by now.
        if row.remote_id in self._trial_ids or (side is None and row.address in self._trial_addresses):
            self.trials += 1
            return
        self.present += 1
        if side is not None:
            side.take(row)
        else:
            _add(self._strangers.setdefault(row.address or row.remote_id, []), row)

    def missing(self) -> list[Entry]:
        """Entries that should be there and were not seen: looked up once more before they count as missing."""
        self._adopt()
        expected = [side.entry for side in self._own() if not side.rows and _should_be_there(side.entry)]
        unseen = [entry for entry in expected if self._vague.isdisjoint({entry.address, entry.remote_id})]
        new = [entry for entry in unseen if entry.gone_at is None]
        ripe = [entry for entry in new if entry.sent_at is None or entry.sent_at <= self._ripe_before]
        self.too_fresh = len(new) - len(ripe)
        return ripe

    def differences(self, gone: Mapping[int, str]) -> list[Difference]:
        """Everything that differs. `gone` has the deliveries that are certainly not there, and where they are now."""
        found = [difference for side in self._own() for difference in _of_side(side, gone)]
        # Then who is there without us, and who is there more than once in whatever spelling.
        strangers: dict[str, list[Present]] = {}
        for key, rows in self._strangers.items():
            strangers.setdefault(_person(key), []).extend(rows)
        for side in self._sides.values():
            others = strangers.pop(_person(side.entry.address), []) if side.rows else []
            total = side.rows + len(others)
            if total > 1 and side.entry.route_no == self._route_no:
                found.append(_twice(total, [*side.others, *others], side.entry))
        for rows in filter(None, strangers.values()):
            found += [Difference(Kind.ONLY_IN_TARGET, row.address, None, row.status, row.remote_id) for row in rows]
            if len(rows) > 1:
                found.append(_twice(len(rows), rows, None))
        return found

    # ------------------------------------------------------------------------------------------------- who is who

    def _own(self) -> Iterator[_Side]:
        return (side for side in self._sides.values() if side.entry.route_no == self._route_no)

    def _weight(self, entry: Entry) -> tuple[bool, bool]:
        return _should_be_there(entry), entry.route_no == self._route_no

    def _adopt(self) -> None:
        """Find those under their own id whose address the vendor spells otherwise."""
        by_id = {row.remote_id: row for rows in self._strangers.values() for row in rows}
        for side in self._sides.values():
            row = by_id.get(side.entry.remote_id) if not side.rows else None
            if row is not None:
                side.take(row)
                self._strangers[row.address or row.remote_id].remove(row)


def notes(differences: Iterable[Difference], now: datetime) -> list[Note]:
    """What a repair writes down: only of leads that were delivered, or were there before us."""
    by_entry: dict[int, list[Difference]] = {}
    for difference in differences:
        if difference.entry is not None and difference.kind in _NOTED:
            by_entry.setdefault(difference.entry.id, []).append(difference)
    return [_note(some, now) for some in by_entry.values()]


_NOTED = frozenset({Kind.GONE, Kind.BACK, Kind.REMOTE_ID, Kind.STATUS})


def _note(differences: list[Difference], now: datetime) -> Note:
    entry = differences[0].entry
    assert entry is not None  # noqa: S101 - for mypy: what `notes` has sorted out
    by_kind = {difference.kind: difference for difference in differences}
    remote = by_kind.get(Kind.REMOTE_ID)
    status = by_kind.get(Kind.STATUS)
    return Note(
        delivery_id=entry.id,
        remote_id=remote.remote_id if remote else entry.remote_id,
        remote_status=status.found if status else entry.remote_status,
        gone_at=now if Kind.GONE in by_kind else None,
        news=f"reconcile: {'; '.join(_in_words(difference) for difference in differences)}",
    )


def _in_words(difference: Difference) -> str:
    """The difference as the delivery's history shows it."""
    match difference.kind:
        case Kind.GONE:
            return ", ".join(filter(None, ("no longer in the target", difference.found)))
        case Kind.BACK:
            return "in the target again"
        case Kind.REMOTE_ID:
            return f"in the target as {difference.remote_id}"
        case _:
            return f"{difference.found} in the target"


def _should_be_there(entry: Entry) -> bool:
    """Whether the ledger has the lead in this very target: a duplicate may stand in another one."""
    return entry.state is State.DELIVERED or (entry.state is State.DUPLICATE and entry.reason == Reason.IN_TARGET)


def _of_side(side: _Side, gone: Mapping[int, str]) -> Iterator[Difference]:
    entry = side.entry
    if not side.rows:
        if entry.id in gone:
            yield Difference(Kind.GONE, entry.address, entry, gone[entry.id])
        return
    row = next((row for row in side.others if row.remote_id == entry.remote_id), None)
    if side.status is None and row is None:
        row = side.others[0]
    status, remote_id = (row.status, row.remote_id) if row is not None else (side.status or "", entry.remote_id)
    if _should_be_there(entry):
        if entry.gone_at is not None:
            yield Difference(Kind.BACK, entry.address, entry, "", remote_id)
        if remote_id != entry.remote_id:
            yield Difference(Kind.REMOTE_ID, entry.address, entry, remote_id, remote_id)
        if status and status != (entry.remote_status or ACTIVE):
            yield Difference(Kind.STATUS, entry.address, entry, status, remote_id)
    elif entry.state is State.IN_DOUBT:
        yield Difference(Kind.IN_DOUBT, entry.address, entry, status, remote_id)
    elif entry.state is not State.SENDING:
        yield Difference(Kind.ONLY_IN_TARGET, entry.address, entry, status, remote_id)


def _twice(total: int, rows: list[Present], entry: Entry | None) -> Difference:
    """`rows` are those beside the delivery's own, or all where there is none."""
    address = entry.address if entry is not None else rows[0].address
    spelt = sorted({row.address for row in rows} - {address})
    found = f"{total} leads" + (f", also as {', '.join(spelt)}" if spelt else "")
    return Difference(Kind.TWICE, address, entry, found, " ".join(row.remote_id for row in rows))


def _add(rows: list[Present], row: Present) -> None:
    """Keep the row, unless a listing that moved has shown it twice."""
    if all(row.remote_id != other.remote_id for other in rows):
        rows.append(row)


def _person(address: str) -> str:
    read = email.read(address)
    return read.person if isinstance(read, email.Address) else address
