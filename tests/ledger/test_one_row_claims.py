"""A claim of one row stands for every scope of its target: whatever happens, what goes is what went with all rows."""

import os
import shutil
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bridge import ledger
from bridge.ledger import hot
from bridge.ledger.core import candidates, claims, freeing, moves
from bridge.ledger.upkeep import erasing
from bridge.ledger.views import standing
from bridge.model import Deliver, Fields, Hold, Origin, Outcome, Place, Reason, State
from tests.databases import emptied

from .conftest import PLACE, Bench, every_claim
from .test_migrations import migrate_to

LONG = "BRIDGE_TEST_LONG" in os.environ
SECOND, LIST = Place("instantly", "ws", "campaign", "c2"), Place("instantly", "ws", "list", "l1")
PLACES = st.sampled_from([PLACE, SECOND, LIST, Place("instantly", "ws2", "campaign", "c1")])
ROUTES, NUMBERS = st.sampled_from(["one", "two", "three"]), st.integers(1, 6)
ADDRESSES = ("jane.doe@gmail.com", "janedoe@gmail.com", "a@one.example", "A+x@one.example", "b@two.example")
DEDUPES = st.sampled_from(["workspace", "workspace", "everywhere", "target", "campaigns", "lists"])
EXACT = st.sampled_from(["canonical", "canonical", "canonical", "exact"])
ENDS = st.sampled_from(
    [
        (State.DELIVERED, Reason.CREATED),
        (State.DELIVERED, Reason.CREATED),
        (State.READY, Reason.UNEXPLAINED),
        (State.REFUSED, Reason.REJECTED),
        (State.REFUSED, Reason.UNRESOLVABLE_AMONG),
        (State.FAILED, Reason.ATTEMPTS_SPENT),
        (State.IN_DOUBT, Reason.ANSWER_LOST),
        (State.DUPLICATE, Reason.IN_TARGET),
    ]
)


@contextmanager
def earlier_program():
    """Every claim has a row in each of its scopes, and no other row is looked for."""
    with pytest.MonkeyPatch.context() as without:
        without.setattr(claims, "_claim_at_once", lambda *_: False)
        for step in (freeing.spread_claims, freeing._spread_claims_of):
            without.setattr(step, "take", lambda *_: 0)
        without.setattr(candidates._owners_within, "ask", lambda *given: hot.owners.ask(*given[:3]))
        without.setattr(standing, "IMPLIED", "FROM claim c JOIN scope n ON n.no = c.scope_no WHERE 1 = 0")
        yield


def every_row(db):
    """Each delivery with the one that it waits for, and the owner of each person in each scope, by position."""
    query = """
        SELECT route.name, d.state, d.reason, d.stale, d.attempts, d.asked_at, d.absent_at, d.address,
            (SELECT count(*) FROM delivery o WHERE o.id <= d.waits_for) AS waits_for
        FROM delivery d JOIN route ON route.no = d.route_no ORDER BY d.id
    """
    with db.read() as connection:
        position = {
            row.id: at for at, row in enumerate(connection.execute(sa.text("SELECT id FROM delivery ORDER BY id")))
        }
        claimed = {key: position[owner] for key, owner in every_claim(connection).items()}
        return list(map(tuple, connection.execute(sa.text(query)))), claimed


class Side:
    """A ledger and the batches under way. `earlier` works as a program of the revision before."""

    def __init__(self, db, *, earlier):
        self.bench, self.earlier, self.batches, self.moves = Bench(db), earlier, [], []

    def does(self, step, *given, **options):
        if self.earlier:
            with earlier_program():
                return step(self, *given, **options)
        return step(self, *given, **options)

    def some(self, *states):
        """The deliveries in these states, by route and lead."""
        query = "SELECT d.id, r.name AS route, d.address FROM delivery d JOIN lead ON lead.id = d.lead_id"
        query += " JOIN route r ON r.no = d.route_no WHERE d.state IN :states ORDER BY d.id"
        given = sa.text(query).bindparams(sa.bindparam("states", expanding=True))
        with self.bench.db.read() as connection:
            return list(connection.execute(given, {"states": list(states)}))


def record(side, route, number, address, *, held):
    lead = side.bench.lead(number, address)
    side.bench.record([lead], route=route, domain="", decision=Hold(Reason.KEYWORD) if held else None)


def claim(side, route, limit, **terms):
    claiming = side.bench.claiming(route=route, per_domain=0, **terms)
    scopes, exact = terms["place"].guarded(terms["dedupe"]), terms["same_person"] == "exact"
    counted = (
        ledger.count_claims(side.bench.db, claiming),
        standing.may_go(side.bench.db, route, scopes, exact=exact, cap=0),
    )
    batch = side.bench.claim(route=route, limit=limit, per_domain=0, **terms)
    side.batches += [(route, batch)] if batch else []
    return counted, [(one.person, one.address) for one in batch.deliveries] if batch else []


def end(side, which, ends):
    if side.batches:
        route, batch = side.batches.pop(which % len(side.batches))
        sent = {row.id for row in side.some("sending")}  # the others were erased meanwhile
        outcomes = [
            Outcome(one.id, *ends[place % len(ends)], Origin.API, f"r{one.address}")
            for place, one in enumerate(batch.deliveries)
            if one.id in sent
        ]
        ledger.record_outcomes(side.bench.db, side.bench.recording(route), outcomes, batch_id=batch.id)


def put_back(side, which):
    if side.batches:
        route, batch = side.batches.pop(which % len(side.batches))
        given = (side.bench.recording(route), batch.id, batch.deliveries, Reason.DENIED, "denied")
        ledger.put_back(side.bench.db, *given)


def settle_absent(side, which, *, held):
    found = side.some("in_doubt")
    if found:
        one = found[which % len(found)]
        ledger.note_absent(side.bench.db, side.bench.recording(one.route), [one.id])
        decision = Hold(Reason.KEYWORD) if held else Deliver(one.address, Fields())
        ledger.settle_absent(side.bench.db, side.bench.recording(one.route), [(one.id, decision)], side.bench.key)


def retry(side, which, *, held):
    found = side.some("failed", "refused")
    if found:
        one = found[which % len(found)]
        stored = ledger.leads_of(side.bench.db, [one.id])[one.id]
        decision = Hold(Reason.KEYWORD) if held else side.bench.deliver(stored.lead, "")
        given = (side.bench.recording(one.route), [(one.id, stored, decision)], side.bench.key)
        ledger.offer_again(side.bench.db, *given)


def redecide(side):
    for name in sorted(side.bench.routes):
        side.bench.redecide_stale(name)


def begin_move(side, route, dedupe):
    bench = side.bench
    number = bench.route(route)[0]
    with bench.db.write() as connection:
        source = claims.place_number(connection, LIST)
    wanted = [one for some in moves.movable(bench.db, number, source, size=9) for one in some]
    begun, going = moves.begin_move(bench.db, bench.recording(route), LIST, PLACE, wanted, dedupe, bench.now)
    if begun:
        side.moves.append((route, begun, [one.id for one in wanted if one.id in going]))
    return sorted(one.address for one in wanted if one.id in going)


def end_move(side, which, split):
    if side.moves:
        route, number, ids = side.moves.pop(which % len(side.moves))
        moved, stayed = {one: f"m{at}" for at, one in enumerate(ids[:split])}, dict.fromkeys(ids[split:], "there")
        recording = side.bench.recording(route)
        moves.end_moves(side.bench.db, recording, number, PLACE, moved=moved, stayed=stayed)


def erase(side, address):
    found = erasing.traces(side.bench.db, address)
    erasing.erase(side.bench.db, found, 1, side.bench.now, {})


class Switching(RuleBasedStateMachine):
    """Three routes over the same few people; each claim chooses its target, its dedupe scope and who is the same."""

    databases = None

    def __init__(self):
        super().__init__()
        new, old = self.databases()
        self.new, self.old = Side(new, earlier=False), Side(old, earlier=True)

    def both(self, step, *given, **options):
        answers = [side.does(step, *given, **options) for side in (self.new, self.old)]
        assert answers[0] == answers[1]
        assert every_row(self.new.bench.db) == every_row(self.old.bench.db)
        return answers[0]

    @rule(route=ROUTES, number=NUMBERS, address=st.sampled_from(ADDRESSES), held=st.sampled_from([False] * 5 + [True]))
    def a_lead_is_read(self, route, number, address, held):
        self.both(record, route, number, address, held=held)

    @initialize()
    def leads_are_read(self):
        for route in ("one", "two", "three"):
            for number, address in enumerate(ADDRESSES, 1):
                self.both(record, route, number, address, held=False)

    @rule(route=ROUTES, limit=st.sampled_from([1, 9]), place=PLACES, dedupe=DEDUPES, same_person=EXACT)
    def a_batch_is_claimed(self, route, limit, **terms):
        self.both(claim, route, limit, **terms)

    @rule(route=ROUTES, place=PLACES, dedupe=DEDUPES, same_person=EXACT)
    def an_earlier_program_has_claimed(self, route, **terms):
        """Its rows lie in the ledger since before the migration."""
        with pytest.MonkeyPatch.context() as whole:
            whole.setattr(claims, "_claim_at_once", lambda *_: False)
            self.both(claim, route, 9, **terms)

    @rule(which=st.integers(0, 3), ends=st.lists(ENDS, min_size=1, max_size=3))
    def a_call_ends(self, which, ends):
        self.both(end, which, ends)

    @rule(which=st.integers(0, 3))
    def a_call_does_not_happen(self, which):
        self.both(put_back, which)

    @rule(which=st.integers(0, 3), held=st.booleans())
    def a_doubt_ends(self, which, held):
        self.both(settle_absent, which, held=held)

    @rule(which=st.integers(0, 3), held=st.booleans())
    def an_operator_retries(self, which, held):
        self.both(retry, which, held=held)

    @rule()
    def stale_leads_are_decided(self):
        self.both(redecide)

    @rule(route=ROUTES, dedupe=DEDUPES)
    def a_move_begins(self, route, dedupe):
        self.both(begin_move, route, dedupe)

    @rule(which=st.integers(0, 1), split=st.integers(0, 3))
    def a_move_ends(self, which, split):
        self.both(end_move, which, split)

    @rule(address=st.sampled_from(ADDRESSES))
    def someone_is_erased(self, address):
        self.both(erase, address)

    @rule(hours=st.sampled_from([1, 7]))
    def time_passes(self, hours):
        for side in (self.new, self.old):
            side.bench.now += timedelta(hours=hours)

    def teardown(self):
        for side in (self.new, self.old):
            side.bench.db.close()


@pytest.fixture
def pairs(database_url, sqlite_template, tmp_path):
    """Makes an empty ledger, and another on SQLite to compare it with."""

    def make():
        for name in ("new", "old"):
            shutil.copy(sqlite_template, tmp_path / f"{name}.db")
        new = ledger.Database(database_url if "postgres" in database_url else f"sqlite:///{tmp_path}/new.db")
        if new.dialect == "postgresql":
            emptied(database_url)
        return new, ledger.Database(f"sqlite:///{tmp_path}/old.db")

    return make


def test_one_row_lets_go_who_went_with_all_rows(pairs):
    """Scopes, spellings, calls, doubts, retries, moves and erasures in any order, beside the earlier program's rows."""
    machine = type("Here", (Switching,), {"databases": staticmethod(pairs)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=400 if LONG else 4,
            stateful_step_count=25 if LONG else 12,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_claim_of_one_row_is_three_again_for_the_earlier_program(bench):
    """Going back a revision writes each row that a claim of the workspace stands for, and no other."""
    bench.record([bench.lead(1), bench.lead(2)])
    bench.settle(bench.claim(), State.DELIVERED)
    bench.record([bench.lead(2), bench.lead(3)], route="other")
    bench.claim(route="other", place=SECOND, dedupe="target")
    rows = "SELECT c.person, s.name, c.delivery_id FROM claim c JOIN scope s ON s.no = c.scope_no ORDER BY 1, 2"
    with bench.db.read() as connection:
        wanted, before = every_claim(connection), connection.exec_driver_sql(rows).all()
    try:
        migrate_to(bench.db, "0024")
        with bench.db.read() as connection:
            found = connection.exec_driver_sql(rows).all()
    finally:
        migrate_to(bench.db, "head")
    assert (len(before), len(found)) == (1 + 4 + 3, 3 + 4 + 3)
    assert {(person, scope): owner for person, scope, owner in found} == wanted


def test_a_claim_that_is_given_up_passes_on_in_every_scope_that_it_stood_for(bench):
    """Two others went to the person whose own rows are gone: one into a list, and one into a campaign."""
    person = "a@one.example"
    for route, place in (("listed", LIST), ("second", SECOND)):
        bench.record([bench.lead(1, person)], route=route)
        bench.settle(bench.claim(route=route, place=place, dedupe="target"), State.DELIVERED, route=route)
    with bench.db.write() as connection:  # no two deliveries of ours come to this
        connection.exec_driver_sql("DELETE FROM claim")
    bench.record([bench.lead(1, person)])
    batch = bench.claim()
    ledger.put_back(bench.db, bench.recording(), batch.id, batch.deliveries, Reason.DENIED, "denied")
    with bench.db.read() as connection:
        assert every_claim(connection)[person, "instantly:ws:campaigns"] == 2
        assert every_claim(connection)[person, "instantly:ws"] == 1
