"""Moves what was delivered to a lead list into a campaign. Activates nothing.

A lead goes only if its route would still send it: if it is suppressed by now, or its validation is too old, or its
source campaign was stopped, it stays in the list.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field

from bridge import ledger
from bridge.destinations.base import Destination, Foresees, Standing
from bridge.destinations.changing import Moves, Whereabouts
from bridge.errors import AnswerLost, ConfigProblem, Denied, VendorError
from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.ledger.core import braking, moves
from bridge.ledger.core.moves import ListOfLeads, Movable
from bridge.ledger.events.recontact import contacted_elsewhere
from bridge.model import Deliver, Hold, Place, Reason, Target, retired_route
from bridge.sync import moving
from bridge.sync.deciding import decide_stored
from bridge.sync.moving import Moved, obstacle
from bridge.sync.route import paused, with_route
from bridge.sync.run import Resources, Run


@dataclass(frozen=True, slots=True)
class Promotion:
    """A list, the campaign that its leads go to, and how many the ledger has in the list. `most` is the plan's room."""

    source: Place
    source_title: str
    target: Standing
    lists: tuple[ListOfLeads, ...]
    most: int | None

    @property
    def leads(self) -> int:
        """How many leads the ledger has in the list."""
        return sum(one.leads for one in self.lists)


@dataclass(slots=True)
class Promoted:
    """What became of the leads. `would` counts those that would go, where nothing was done; `error` stopped it.

    `held` counts by reason those that the rules keep back.
    """

    moved: int = 0
    stayed: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    open: int = 0
    would: int = 0
    why: str = ""
    error: str = ""
    hint: str = ""

    def add(self, found: Moved) -> None:
        """Count these too."""
        self.moved += found.moved
        self.stayed += found.stayed
        self.open += found.open
        self.why = self.why or found.why

    @property
    def status(self) -> str:
        """ok; partial where a move has not ended or something stopped it half way; failed where nothing was moved."""
        if self.open or (self.error and self.moved):
            return "partial"
        unfinished = any(why not in _SKIPPED for why in self.stayed)
        if self.moved or self.would:
            return "partial" if unfinished else "ok"
        return "failed"

    @property
    def exit_code(self) -> int:
        """As for every command."""
        return {"ok": 0, "partial": 3, "failed": 1}[self.status]


_SKIPPED = frozenset({moving.DUPLICATE, moving.ELSEWHERE, moving.VERIFYING})
"""Why the vendor leaves a lead where it is, as it was asked to."""


# ------------------------------------------------------------------------------------------------------------ looking


def look(resources: Resources, client: str, wanted: str, to: str) -> Promotion:
    """Find the list and the campaign. Raises ConfigProblem or Denied where one of them is not what it must be."""
    lists = _lists(resources.db, client, wanted)
    source, title = lists[0].place, lists[0].title or lists[0].id
    destination = resources.destination(Target(source.vendor, "campaign", to.strip(), dedupe="target"))
    if not isinstance(destination, Moves):
        raise ConfigProblem(f"{destination.name} cannot take leads out of a list.")
    of_list = resources.destination(Target(source.vendor, "list", source.id, dedupe="target"))
    listed = _standing(
        of_list, f'It is the list "{title}". Nothing was moved. `leadbridge delivered` lists who was sent there.'
    )
    if listed.place.workspace != source.workspace:
        raise Denied(
            f"The key opens workspace {listed.place.workspace}, and the list is in {source.workspace}.",
            hint="Put the key of that workspace back, then run the same command again.",
            vendor=source.vendor,
        )
    target = _standing(
        destination, "Name a campaign of this workspace after --to, by its id where several have one name."
    )
    if target.place.workspace != source.workspace:
        raise _elsewhere(target)
    _refuse_other_client(resources, client, target)
    target = destination.with_room(target) if isinstance(destination, Foresees) else target
    return Promotion(source, listed.title or title, target, tuple(lists), target.room)


def _standing(destination: Destination, hint: str) -> Standing:
    """The target now. Raises Denied, with this hint where the target is at fault: bridge.toml does not name it."""
    try:
        return destination.check()
    except Denied as error:
        error.hint = error.hint if error.status else hint
        raise


def _lists(db: Database, client: str, wanted: str) -> list[ListOfLeads]:
    """The list that is meant, once for each route of the client that delivered to it."""
    known = [one for one in moves.lists_of_leads(db) if one.client == client]
    meant = [one for one in known if wanted.strip().casefold() in {one.id.casefold(), one.title.casefold()} - {""}]
    places = list(dict.fromkeys(one.place for one in meant))
    if len(places) == 1:
        return meant
    names = dict.fromkeys(f'"{one.title}" ({one.id})' if one.title else one.id for one in (meant or known)[:20])
    if places:
        raise ConfigProblem(
            f'"{wanted[:100]}" is the name of several lists.', hint=f"Write the id of one: {', '.join(names)}."
        )
    hint = f"The lists are: {', '.join(names)}." if names else "No route has delivered to a lead list yet."
    raise ConfigProblem(f'No lead was delivered to a lead list "{wanted[:100]}" by this client.', hint=hint)


def _elsewhere(target: Standing) -> Denied:
    return Denied(
        f'The campaign "{target.title}" is in another workspace ({target.place.workspace}) than the list.',
        hint="A lead can be moved only within its workspace.",
        vendor=target.place.vendor,
    )


def _refuse_other_client(resources: Resources, client: str, target: Standing) -> None:
    """Raises Denied where the campaign is another client's target, unless the clients share the workspace."""
    place, own = target.place, next((one for one in resources.routes.values() if one.client == client), None)
    for some in ledger.bindings(resources.db).values():
        for one in some.values():
            same = (one.vendor, one.workspace, one.kind, one.id) == (
                place.vendor,
                place.workspace,
                place.kind,
                place.id,
            )
            if same and one.client != client and (own is None or own.kept_out_by([one.client])):
                raise Denied(
                    f'The campaign "{target.title}" is a target of client "{one.client}".',
                    hint="Name a campaign of this client, or write shared = true at both in [[clients]].",
                    vendor=place.vendor,
                )


# ------------------------------------------------------------------------------------------------------------- moving


def promote(
    resources: Resources, promotion: Promotion, *, limit: int | None = None, look_only: bool = False
) -> Promoted:
    """Move the leads, route by route; with `look_only`, count what would be moved.

    Trouble with the vendor ends it, and is part of what comes back. Raises Busy where a route is at work elsewhere.
    """
    done = Promoted()
    if not look_only:
        moves.name_place(resources.db, promotion.target.place, promotion.target.title)
    limits = [most for most in (limit, promotion.most) if most is not None]
    left = min(limits, default=None)
    try:
        for one in promotion.lists:
            route = resources.routes.get(one.route) or retired_route(one.route, one.client)
            with with_route(resources, route, leased=not look_only) as run:
                _Promoting(run, promotion, one, done, look_only=look_only).work(left)
            left = max(0, min(limits) - done.moved - done.would) if limits else None
            if left == 0 or done.open:
                break
    except VendorError as error:
        done.error, done.hint = error.message, error.hint
        if not look_only:
            done.open = moves.count_open(resources.db, [one.route_no for one in promotion.lists])
    if promotion.most == 0 and not done.moved and not done.error:
        done.error = f"The plan has no room for more contacts; {promotion.leads:,} leads stay in the list."
    return done


class _Promoting:
    """The leads of one route in the list."""

    def __init__(self, run: Run, promotion: Promotion, of: ListOfLeads, done: Promoted, *, look_only: bool) -> None:
        self.run, self.promotion, self.of, self.done, self.look_only = run, promotion, of, done, look_only
        self.target = promotion.target.place
        self.vendor = moving.vendor_of(run, self.target)
        self.alone = run.route.target.dedupe not in {"target", "lists"}

    def work(self, left: int | None) -> None:
        """End what an earlier command left, then move portion by portion."""
        if not self.look_only:
            for one in moving.left_behind(self.run):
                self.done.add(moving.follow(self.run, one))
            if self.done.open:
                return
        for portion in self._portions():
            if ledger.is_paused(self.run.db, self.run.route_no):
                self.done.error = f"{self.of.route} is paused, so its leads stay in the list."
                self.done.hint = paused(self.run.route).hint
                return
            if left is not None and left <= 0:
                return
            some = portion if left is None else portion[:left]
            self.run.pause_for_stop()
            if self.look_only:
                self.done.would += len(some)
                went = len(some)
            else:
                went = self._move(some)
            left = None if left is None else left - went
            if self.done.open:
                return

    def _move(self, some: Sequence[Movable]) -> int:
        run = self.run
        try:
            intent, found = moving.begin(run, self.promotion.source, self.target, some)
            self.done.add(found)
        except AnswerLost:  # the vendor is asked at once whether it was taken
            intent = next(iter(moving.left_behind(run)), None)
        if intent is None:
            return 0
        ended = moving.follow(run, intent)
        self.done.add(ended)
        return ended.moved + ended.open

    def _portions(self) -> Iterator[list[Movable]]:
        """Those that may go, as the rules and the vendor see them now, as many at once as a job takes."""
        run = self.run
        for piece in moves.movable(run.db, run.route_no, self.of.place_no, size=self.vendor.most_moves):
            allowed = self._allowed(piece)
            seen = self.vendor.whereabouts([one.address for one in allowed]) if allowed else None
            going = []
            for one in allowed:
                assert seen is not None  # noqa: S101 - asked where any is allowed
                gone = one.address.lower() not in seen.seen and one.address.lower() not in seen.unknown
                why = moving.NOT_FOUND if gone else self._why(one, seen)
                if why:
                    self.done.stayed[why] += 1
                else:
                    going.append(one)
            if going:
                yield going

    def _why(self, one: Movable, seen: Whereabouts) -> str:
        here = [it.place for it in seen.seen.get(one.address.lower(), ())]
        if self.target in here and self.promotion.source not in here:
            return ""  # moved by hand already: what is left is to record it
        return obstacle(one.address, seen, self.promotion.source, self.target, alone=self.alone)

    def _allowed(self, piece: Sequence[Movable]) -> list[Movable]:
        """Those that the route would send today, to the same address."""
        run = self.run
        decided = decide_stored(run, list(ledger.leads_of(run.db, [one.id for one in piece]).values()))
        with run.db.read() as connection:
            stopped = braking.braked(connection, run.route_no)
        recontact, lately = run.route.rules.recontact, frozenset[int]()
        if recontact is not None:
            since = run.now() - recontact
            lately = contacted_elsewhere(run.db, [one.id for one in piece], since, run.route.client)
        allowed = []
        for one in piece:
            decision = decided[one.lead_id]
            if isinstance(decision, Hold):
                self.done.held[decision.reason] += 1
            elif one.campaign_no in stopped:
                self.done.held[Reason.SOURCE_BRAKED] += 1
            elif one.id in lately:
                self.done.held[Reason.RECENTLY_CONTACTED] += 1
            elif isinstance(decision, Deliver) and decision.address == one.address:
                allowed.append(one)
            else:
                self.done.held["address_changed"] += 1
        return allowed
