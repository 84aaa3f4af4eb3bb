"""Statements that look at which leads may go next, and why one may not after all. Claims nothing, calls no vendor.

A claim's key is that of the identity that the delivery goes to: the canonical address, or the profile.
A route with `same_person = "exact"` claims "=" and the very address too, and only minds a canonical claim whose
owner has that very address: so both kinds of route see each other.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger.core import braking, everywhere, ordering
from bridge.ledger.core.asking import asked_before
from bridge.ledger.core.gates import Gate
from bridge.ledger.core.ordering import Cursor, Line, Stretch
from bridge.ledger.database import milliseconds
from bridge.ledger.facts import named_facts
from bridge.ledger.people.suppressions import suppressed_among
from bridge.ledger.scopes import IMPLIED
from bridge.ledger.statements import among, chunks, tables
from bridge.model import Dedupe, Place, Reason, State
from bridge.model.turns import Turns

_delivery, _lead, _place = tables("delivery", "lead", "place")

_COUNTED = (State.SENDING, State.IN_DOUBT, State.DELIVERED, State.DUPLICATE)
"""States that fill a place under the cap of a domain: these people are in the target, or may be."""

PLAIN = Line()


@dataclass(frozen=True, slots=True)
class Claiming:
    """For which route, where to and under which conditions a batch is claimed. `asked_at` is the vendor's clock now.

    `gates` bound how many may go, `line` says in which order.
    """

    run_id: int
    route_no: int
    epoch: int
    decided_by: str
    place: Place
    dedupe: Dedupe
    same_person: str
    per_domain: int
    demands_validation: bool
    asked_at: datetime
    now: datetime
    client: str
    gates: tuple[Gate, ...] = ()
    line: Line = PLAIN

    def key(self, row: hot.Candidate) -> str:
        """What must be unclaimed for this delivery: its identity, or on a route that says "exact" the very address."""
        return f"={row.address}" if self.same_person == "exact" else str(row.person)


@dataclass(slots=True)
class Round:
    """What one claim has accepted and held so far. `now` is in milliseconds.

    `doubted` are to be asked for first: an earlier call may have created them, and this one would give their claim up.
    """

    now: int
    accepted: list[Any] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    doubted: list[int] = field(default_factory=list)
    owners: dict[str, set[int]] = field(default_factory=dict)
    filled: Counter[str] = field(default_factory=Counter)
    braked: Mapping[int, braking.Stop] = field(default_factory=dict)
    validated_again: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)


_BY_MAIL = _delivery.c.address.like("%@%")  # no handle and no name of a profile has an @
USED = sa.case((_BY_MAIL, _lead.c.person), else_=_lead.c.profile).label("person")
OTHER = sa.case((_BY_MAIL, _lead.c.profile), else_=_lead.c.person).label("other")
"""The key of the identity that a ready or sent delivery goes to, and that of the lead's other one."""


def choose(connection: Connection, claiming: Claiming, scopes: Mapping[str, int], limit: int | None) -> Round:
    """Look at the ready deliveries until `limit` may go; with None at all of them, and none is locked."""
    taken = Round(milliseconds(claiming.now), braked=braking.braked(connection, claiming.route_no))
    walk = partial(_walk, connection, claiming, scopes, taken)
    if limit is None:
        walk(Stretch(hot.next_ready_unlocked), None)
        return taken
    for stretch in ordering.expiring(claiming.line):
        walk(stretch, limit)
    if claiming.line.turns is not None:
        _take_turns(walk, claiming.line, claiming.line.turns, taken, limit)
    for stretch in ordering.others(claiming.line):
        walk(stretch, limit)
    return taken


def _walk(
    connection: Connection,
    claiming: Claiming,
    scopes: Mapping[str, int],
    taken: Round,
    stretch: Stretch,
    limit: int | None,
) -> Cursor | None:
    """Look at a stretch until so many are accepted in all; the cursor of the last one, None where no other is left."""
    after = stretch.after
    while limit is None or len(taken.accepted) < limit:
        size = stretch.least if limit is None else max(limit - len(taken.accepted), stretch.least)
        of = (claiming.route_no, claiming.decided_by, taken.now)
        rows = stretch.question.ask(connection, *of, *after, *stretch.given, size)
        if not rows:
            return None
        new = [row for row in rows if row.id not in taken.seen] if taken.seen else rows
        looked_at = _look(connection, claiming, scopes, taken, new, limit) if new else 0
        after = stretch.cursor(rows[-1] if looked_at == len(new) else new[looked_at - 1])
        if claiming.line != PLAIN:  # another stretch may show them again
            taken.seen.update(row.id for row in new[:looked_at])
    return after


def _take_turns(
    walk: Callable[[Stretch, int], Cursor | None], line: Line, turns: Turns, taken: Round, limit: int
) -> None:
    """Let the sources have their turns, until so many are accepted or no source has any left."""
    left = {score.campaign_no: ordering.of_source(score) for score in turns.scores}
    while left and len(taken.accepted) < limit:
        gone = len(taken.accepted)
        for source, leads in turns.portions(line.gone + gone, limit - gone, left).items():
            cursor = walk(left[source], len(taken.accepted) + leads)
            if cursor is None:
                del left[source]
            else:
                left[source] = replace(left[source], after=cursor)


def claimable(route_no: int, decided_by: str, now: datetime) -> sa.ColumnElement[bool]:
    """Which deliveries, joined with their leads, a claim takes into its hands now.

    Those decided by other rules or facts wait for their new decision, others until their time has come.
    """
    d = _delivery.c
    current = sa.and_(d.decided_by == decided_by, d.stale == 0, d.lead_revision == _lead.c.revision)
    return sa.and_(d.route_no == route_no, d.state == State.READY, d.not_before <= milliseconds(now), current)


def _look(
    connection: Connection,
    claiming: Claiming,
    scopes: Mapping[str, int],
    taken: Round,
    rows: Sequence[Any],
    limit: int | None,
) -> int:
    """Accept or hold these, until so many are accepted in all; how many were looked at."""
    suppressed = suppressed_among(connection, (key for row in rows for key in (row.person, row.other)), claiming.client)
    keys = _keys(connection, claiming, rows)
    owners = _owners(connection, claiming, scopes, rows, keys)
    if not (owners or suppressed) and _is_ordinary(claiming, taken, rows, keys):
        return _accept(taken, rows[: None if limit is None else limit - len(taken.accepted)], keys)
    for key, ids in owners.items():
        taken.owners.setdefault(key, set()).update(ids)
    if claiming.per_domain:
        new = [row.domain for row in rows if row.domain not in taken.filled]
        taken.filled.update(_counted_domains(connection, claiming.route_no, new))
    taken.validated_again |= _validated_again(connection, taken.braked, rows)
    asked = {row.id for row in rows if asked_before(row)}
    here = _known_place(connection, claiming.place) if asked else 0
    for number, row in enumerate(rows):
        if len(taken.accepted) == limit:
            return number
        held = _objection(claiming, taken, row, keys[row.id], suppressed)
        if row.id in asked and (held is not None or row.place_no != here):
            taken.doubted.append(row.id)
        elif held is None:
            taken.accepted.append(row)
            for key in keys[row.id]:
                taken.owners.setdefault(key, set()).add(row.id)
            if row.domain:
                taken.filled[row.domain] += 1
        else:
            taken.held.append({"b_id": row.id, "stale": 0, "detail": "", **held})
    return len(rows)


def _accept(taken: Round, rows: Sequence[Any], keys: Mapping[int, Collection[str]]) -> int:
    """Accept all of these; how many they are."""
    taken.accepted += rows
    taken.owners = {key: {row.id} for row in rows for key in keys[row.id]}
    return len(rows)


def _is_ordinary(claiming: Claiming, taken: Round, rows: Sequence[Any], keys: Mapping[int, Collection[str]]) -> bool:
    """Whether nothing speaks against any of these: what `_objection` would find out of each, asked of all at once.

    The caller knows that no one is suppressed, and that no other delivery owns a key.
    """
    if taken.owners or taken.braked or claiming.per_domain or claiming.dedupe == "everywhere":
        return False
    if claiming.demands_validation and any(row.validation != "valid" for row in rows):
        return False
    unusual = any(row.asked_at or (row.expires_at and row.expires_at <= taken.now) for row in rows)
    return not unusual and len(set(keys.values())) == len(rows)


def _validated_again(connection: Connection, stops: Mapping[int, braking.Stop], rows: Sequence[Any]) -> set[int]:
    """Which deliveries of stopped campaigns were validated after the stop; where nothing is stopped none is read."""
    since = {row.id: stops[row.campaign_no].at for row in rows if row.campaign_no in stops}
    query = "SELECT d.id, lead.facts FROM delivery d JOIN lead ON lead.id = d.lead_id WHERE d.id IN :some"
    found = among(connection, query, sorted(since))
    facts = {row["id"]: named_facts(row["facts"]) for row in found if row["facts"]}
    valid = {number: one.get("checked_at") or 0 for number, one in facts.items() if one.get("validation") == "valid"}
    return {number for number, at in valid.items() if at > since[number]}


def _keys(connection: Connection, claiming: Claiming, rows: Sequence[Any]) -> dict[int, Collection[str]]:
    """By delivery what must be unclaimed before it may go."""
    if claiming.dedupe != "everywhere":
        if claiming.same_person != "exact":
            return {row.id: (row.person,) for row in rows}
        return {row.id: (claiming.key(row),) for row in rows}
    own = {row.id: {row.person, row.other if not everywhere.is_shared(row.other) else row.person} for row in rows}
    linked = everywhere.linked(connection, {key for keys in own.values() for key in keys if key})
    return {number: {one for key in keys if key for one in linked[key]} for number, keys in own.items()}


def _owners(
    connection: Connection,
    claiming: Claiming,
    scopes: Mapping[str, int],
    rows: Sequence[Any],
    keys: Mapping[int, Collection[str]],
) -> dict[str, set[int]]:
    if claiming.dedupe == "everywhere":
        return everywhere.owners(connection, {key for some in keys.values() for key in some}, claiming.route_no)
    return owners_of(connection, claiming, scopes, rows)


def _known_place(connection: Connection, place: Place) -> int:
    p = _place.c
    same = (p.vendor == place.vendor, p.workspace == place.workspace, p.kind == place.kind, p.id == place.id)
    return int(connection.execute(sa.select(p.no).where(*same)).scalar() or 0)


def _objection(
    claiming: Claiming, taken: Round, row: Any, keys: Iterable[str], suppressed: frozenset[str]
) -> dict[str, Any] | None:
    """Why this delivery must not go after all; None when it may. `keys` are what must be unclaimed."""
    barred, detail = _barred(claiming, taken, row, suppressed)
    if barred is not None:
        return {"reason": barred, "waits_for": 0, "detail": detail}
    if not taken.owners.keys().isdisjoint(keys):
        others = {owner for key in keys for owner in taken.owners.get(key, ())} - {row.id}
        if others:
            return {"reason": Reason.DUPLICATE_OF, "waits_for": min(others)}
    if claiming.per_domain and row.domain and taken.filled[row.domain] >= claiming.per_domain:
        return {"reason": Reason.DOMAIN_CAP, "waits_for": 0}
    return None


def _barred(claiming: Claiming, taken: Round, row: Any, suppressed: frozenset[str]) -> tuple[Reason | None, str]:
    """What speaks against this lead itself, apart from all others; None where nothing does."""
    if row.person in suppressed or row.other in suppressed:
        return Reason.SUPPRESSED, ""
    if row.campaign_no in taken.braked and row.id not in taken.validated_again:
        return Reason.SOURCE_BRAKED, taken.braked[row.campaign_no].words
    if claiming.demands_validation and row.validation != "valid":
        return Reason.NOT_VALIDATED, ""
    if row.expires_at and row.expires_at <= taken.now:
        return Reason.VALIDATION_TOO_OLD, ""
    return None, ""


# For scopes among which the workspace is not.
_owners_within = hot.Question(
    hot.Owner,
    f"""
    {hot.OWNERS} UNION ALL
    SELECT c.person, c.delivery_id, o.address {IMPLIED} AND c.person IN [texts] AND n.no IN [numbers]
    """,
)


def owners_of(
    connection: Connection, claiming: Claiming, scopes: Mapping[str, int], rows: Iterable[Any]
) -> dict[str, set[int]]:
    """By key the deliveries that own it in a scope the route minds: a narrow one may be ours, and a wider another's."""
    guarded = [scopes[name] for name in claiming.place.guarded(claiming.dedupe)]
    keys = {row.person for row in rows}
    if claiming.same_person == "exact":
        keys |= {claiming.key(row) for row in rows}
    owners: dict[str, set[int]] = {}
    asked = (sorted(keys), guarded)
    minds_all = claiming.place.scopes[-1] in claiming.place.guarded(claiming.dedupe)
    for row in hot.owners.ask(connection, *asked) if minds_all else _owners_within.ask(connection, *asked, *asked):
        plain = claiming.same_person == "exact" and not row.person.startswith("=")
        owners.setdefault(f"={row.address}" if plain else row.person, set()).add(row.delivery_id)
    return owners


def _counted_domains(connection: Connection, route_no: int, domains: Iterable[str]) -> Counter[str]:
    query = sa.select(_delivery.c.domain, sa.func.count().label("people")).where(
        _delivery.c.route_no == route_no, _delivery.c.state.in_(_COUNTED)
    )
    found: Counter[str] = Counter()
    for some in chunks(sorted({domain for domain in domains if domain})):
        # The literal lets both databases use the partial index.
        named = query.where(_delivery.c.domain.in_(some), sa.text("domain <> ''"))
        counted = connection.execute(named.group_by(_delivery.c.domain))
        found.update({row.domain: row.people for row in counted})
    return found
