"""Moves delivered leads from a list into a campaign: asks for the vendor's job, follows it, reads back where each is.

What the job says is not believed of any lead. Each is looked up, and moves in the ledger once it is seen in the
campaign and no longer in the list. A process that dies leaves a move behind: the next run of the route, or the next
`promote`, ends it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from http import HTTPStatus

from bridge.destinations.base import LooksUp
from bridge.destinations.changing import Job, Moves, Whereabouts
from bridge.errors import AnswerLost, Busy, Denied, Refused, StopRequested, VendorError
from bridge.lazy import dataclass
from bridge.ledger import intent as intents
from bridge.ledger.core import moves
from bridge.ledger.core.moves import Movable
from bridge.ledger.intent import Answer, Intent, Kind, Stage
from bridge.ledger.troubles import LEDGER
from bridge.model import Place
from bridge.sync.intents import Sight, call, settle
from bridge.sync.run import Run
from bridge.sync.settling import destination_of

LONGEST_WAIT = 900.0
"""Seconds for which a job is followed by one command; then the next one follows it on."""

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 15.0
VERIFYING, DUPLICATE, ELSEWHERE = "in verification", "already in the campaign", "already in another campaign"
NOT_MOVED, NOT_FOUND, UNSURE = "not moved", "found in neither", "where it stands is not known"


@dataclass(slots=True)
class Moved:
    """What became of the leads of some moves. `stayed` counts by reason; `open` are not known yet, `why` says more."""

    moved: int = 0
    stayed: Counter[str] = field(default_factory=Counter)
    open: int = 0
    why: str = ""

    def add(self, other: "Moved") -> None:
        """Count these too."""
        self.moved += other.moved
        self.stayed += other.stayed
        self.open += other.open
        self.why = self.why or other.why


def settle_moves(run: Run) -> None:
    """In a run: one look at each move of the route that has not ended. Its trouble is a warning."""
    if not moves.count_open(run.db, [run.route_no]):
        return
    for one in left_behind(run):
        try:
            found = follow(run, one, patience=0.0)
        except (StopRequested, Busy):
            raise
        except VendorError as error:
            if error.vendor == LEDGER:
                raise
            run.warn(f"Where {one.emails:,} leads stand that were to be moved is not known yet: {error}")
            continue
        if found.open:
            run.warn(f"{found.open:,} leads are being moved into a campaign: {found.why}.")


def left_behind(run: Run) -> list[Intent]:
    """The moves that have not ended. The run holds the lease, so every call of an earlier holder has."""
    for number in moves.stranded_moves(run.db, run.route_no):
        one = intents.intent(run.db, number)
        assert one.place is not None  # noqa: S101 - begun with one
        _give_back(run, number, one.place, one.detail or NOT_MOVED, sure=one.stage is not Stage.GIVEN_UP)
    if not moves.open_moves(run.db, run.route_no):
        return []
    intents.abandoned(run.db, Kind.MOVE, run.now(), intents.columns.route_no == run.route_no)
    return moves.open_moves(run.db, run.route_no)


def begin(run: Run, source: Place, target: Place, wanted: Sequence[Movable]) -> tuple[Intent | None, Moved]:
    """Ask for the move of these; its intent, None where none could go, and what is known of the others.

    Raises what the call raises; AnswerLost leaves the intent in doubt.
    """
    destination = vendor_of(run, target)
    dedupe = run.route.target.dedupe
    number, going = moves.begin_move(run.db, run.recording(), source, target, wanted, dedupe, _now(run, destination))
    found = Moved(stayed=Counter({DUPLICATE: len(wanted) - len(going)}) if len(going) < len(wanted) else Counter())
    if not number:
        return None, found
    ids = [one.remote_id for one in wanted if one.id in going]
    alone = bool(intents.intent(run.db, number).facts["alone"])
    try:
        job = call(run.db, number, lambda: destination.move(ids, source, target, alone=alone))
    except AnswerLost:
        raise
    except VendorError as error:
        if error.vendor != LEDGER:
            _give_back(run, number, target, error.message[:200])
        raise
    intents.note(run.db, number, Answer(Stage.ASKED, remote_id=job), run.now())
    return intents.intent(run.db, number), found


def follow(run: Run, one: Intent, patience: float = LONGEST_WAIT) -> Moved:
    """Follow a move until it has ended and each lead was seen, for so many seconds at most.

    Raises VendorErrors of the questions.
    """
    assert one.place is not None  # noqa: S101 - begun with one
    destination, target = vendor_of(run, one.place), one.place
    source = moves.place_of(run.db, int(one.facts["source"]))
    waits = _waits(run, patience)
    lost = one.stage is Stage.DOUBT
    while one.stage is Stage.DOUBT:
        one = settle(run.db, one, lambda it: _question(destination, source, target, it), run.resources.doubt_wait)
        if one.stage is Stage.DOUBT and not next(waits, False):
            return Moved(open=one.emails, why="the answer was lost, and the vendor shows no job yet")
    if one.stage is not Stage.ASKED:
        return _give_back(run, one.id, target, one.detail or NOT_MOVED)
    while not (job := _job(destination, one)).over:
        if not next(waits, False):
            return Moved(open=one.emails, why=f"the job {job.id} is {job.word or 'at work'}")
    found = Moved()
    while True:
        found.add(_read_back(run, one, _Ended(destination, source, target, job, sure=not lost)))
        left = len(moves.moving(run.db, one.id))
        if not left or not next(waits, False):
            return Moved(found.moved, found.stayed, left, UNSURE if left else "")


def vendor_of(run: Run, place: Place) -> Moves:
    """Who can move leads there. Raises Denied."""
    found = destination_of(run, place)
    if not isinstance(found, Moves):
        raise Denied(f"{found.name} cannot take leads out of a list.", vendor=place.vendor)
    return found


def obstacle(address: str, seen: Whereabouts, source: Place, target: Place, *, alone: bool) -> str:
    """Why a lead would not be moved, or was not; "" where nothing shows."""
    here = seen.seen.get(address.lower(), ())
    if address.lower() in seen.unknown:
        return UNSURE
    if any(one.place == source and one.verifying for one in here):
        return VERIFYING
    if any(_same(one.place, target) for one in here):
        return DUPLICATE
    if alone and any(one.place.kind == target.kind for one in here):
        return ELSEWHERE
    return ""


# --------------------------------------------------------------------------------------------------- one move is asked


def _now(run: Run, destination: Moves) -> datetime:
    """By the vendor's clock, where it has one."""
    return destination.clock() if isinstance(destination, LooksUp) else run.now()


def _job(destination: Moves, one: Intent) -> Job:
    """The job; one that the vendor no longer knows has ended, in whatever way."""
    try:
        return destination.job(one.remote_id)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return Job(one.remote_id, "no longer known", over=True, failed=True)


def _question(destination: Moves, source: Place, target: Place, one: Intent) -> Answer | Sight:
    """Whether the job was made: any move of these places since then, the one at work first."""
    since = one.asked_at
    found = destination.jobs_since(source, target, since) if since else ()
    if not found:
        return Sight.ABSENT
    job = next((each for each in found if not each.over), found[-1])
    return Answer(Stage.ASKED, remote_id=job.id)


def _waits(run: Run, patience: float) -> Iterator[bool]:
    """Waits longer each time, so many seconds in all."""
    pause, spent = _FIRST_PAUSE, 0.0
    while spent + pause <= patience:
        run.pause_for_stop()
        run.resources.pause(pause)
        spent += pause
        yield True
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _give_back(run: Run, number: int, target: Place, why: str, *, sure: bool = True) -> Moved:
    """The job was certainly not made: every lead stands in the list, and gives its new claims back.

    Not `sure`: an operator gave up, and they keep all their claims.
    """
    ids = [one.id for one in moves.moving(run.db, number)]
    if ids:
        found = dict.fromkeys(ids, why)
        stayed, unknown = (found, {}) if sure else ({}, found)
        moves.end_moves(run.db, run.recording(), number, target, moved={}, stayed=stayed, unknown=unknown)
    return Moved(stayed=Counter({why: len(ids)}) if ids else Counter())


# ------------------------------------------------------------------------------------------------------ and read back


@dataclass(frozen=True, slots=True)
class _Ended:
    """A move whose job has ended. `sure`: the job is known to be ours."""

    destination: Moves
    source: Place
    target: Place
    job: Job
    sure: bool


def _read_back(run: Run, one: Intent, ended: _Ended) -> Moved:
    """Look each lead up, and record what is certain of it."""
    waiting = moves.moving(run.db, one.id)
    seen = ended.destination.whereabouts([each.address for each in waiting]) if waiting else Whereabouts({}, {})
    over_at = ended.job.ended or one.ended_at or run.now()
    ripe = _now(run, ended.destination) - over_at >= timedelta(seconds=run.resources.doubt_wait)
    moved: dict[int, str] = {}
    stayed: dict[int, str] = {}
    unknown: dict[int, str] = {}
    for each in waiting:
        here = seen.seen.get(each.address.lower(), ())
        there = [it for it in here if _same(it.place, ended.target)]
        listed = any(_same(it.place, ended.source) for it in here)
        if each.address.lower() in seen.unknown:
            continue
        if there and not listed:
            ids = [it.remote_id for it in there]
            moved[each.id] = each.remote_id if each.remote_id in ids else ids[0]
        elif listed and (ripe or _says_so(ended, each)):
            why = obstacle(each.address, seen, ended.source, ended.target, alone=bool(one.facts["alone"]))
            stayed[each.id] = why or (f"the job ended as {ended.job.word}" if ended.job.failed else NOT_MOVED)
        elif not listed and ripe:
            unknown[each.id] = NOT_FOUND
    moves.end_moves(run.db, run.recording(), one.id, ended.target, moved=moved, stayed=stayed, unknown=unknown)
    return Moved(len(moved), Counter(stayed.values()) + Counter(unknown.values()))


def _says_so(ended: _Ended, each: Movable) -> bool:
    """Whether our job itself says that it did not move this lead: then a listing that shows it in the list is right."""
    moved = ended.job.moved
    return ended.sure and not ended.job.failed and moved is not None and each.address.lower() not in moved


def _same(one: Place, other: Place) -> bool:
    return one.kind == other.kind and one.id.lower() == other.id.lower()
