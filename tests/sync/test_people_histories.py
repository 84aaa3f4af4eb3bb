"""Any history of suppressing, blocking, erasing, lost answers and syncs: no one is contacted who may not be."""

import shutil

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bridge import ledger
from bridge.hygiene import blocking
from bridge.ledger import Database
from bridge.ledger.people import suppressions
from bridge.ledger.people.suppressions import Suppression, keys_of
from bridge.ledger.tables import metadata
from bridge.ledger.upkeep import erasing
from tests.harness import Operator, good_world, route
from tests.ledger.counted import assert_counted

NAMES = [f"quaint{number}" for number in range(6)]
SPELLINGS = {name: (f"{name}@s{n % 3}.example", f" {name.upper()}+x@S{n % 3}.example") for n, name in enumerate(NAMES)}
ROUTE = route(per_domain=0)


class People(RuleBasedStateMachine):
    """Six people, each in two campaigns in another spelling and by their handle on X; three domains."""

    template = None
    folder = None
    count = 0

    @initialize()
    def begin(self):
        People.count += 1
        path = self.folder / f"{People.count}.db"
        shutil.copy(self.template, path)
        self.operator = Operator(f"sqlite:///{path}", good_world("One", "Two", leads=len(NAMES)), doubt_wait=0.0)
        for title, way in (("One", 0), ("Two", 1)):
            campaign = self.operator.sandbox.world.scravio.campaign(title)
            for index, name in enumerate(NAMES):
                campaign.lead(index).update(
                    email=SPELLINGS[name][way], username=name, platform="x", fullName=f"{name} doe"
                )
        self.db = Database(f"sqlite:///{path}")
        self.on_list, self.blocked, self.erased = set(), set(), set()

    def teardown(self):
        if hasattr(self, "db"):
            self.db.close()

    @rule(limit=st.sampled_from([None, 1, 2]))
    def sync(self, limit):
        before = self.there()
        self.operator.clock.forward(minutes=1)
        self.operator.sync_one(ROUTE, limit=limit)
        for person in self.there() - before:
            keys = {*keys_of(person), f"x:{person.partition('@')[0]}"}
            assert self.on_list.isdisjoint(keys), f"{person} was contacted though suppressed"
            assert not any(name in person for name in self.erased), f"{person} was contacted though erased"

    @rule(commit=st.booleans())
    def sync_with_a_lost_answer(self, commit):
        fault = self.operator.sandbox.faults.add("cut", path="*/leads/add", commit=commit, times=1)
        self.sync(None)
        self.operator.sandbox.faults.remove(fault)

    @rule(
        value=st.sampled_from(
            [*(SPELLINGS[name][0] for name in NAMES), *(f"x:@{name}" for name in NAMES), "s1.example"]
        )
    )
    def suppress(self, value):
        read = blocking.read(value)
        if isinstance(read, blocking.Blocked):
            suppressions.add(self.db, [Suppression("", read.value)], now=self.operator.clock.now())
            ledger.ask_again(self.db)
            self.on_list.add(read.value)

    @precondition(lambda self: self.on_list)
    @rule(data=st.data())
    def allow(self, data):
        value = data.draw(st.sampled_from(sorted(self.on_list)))
        self.on_list.discard(value)
        suppressions.remove(self.db, value)
        ledger.ask_again(self.db)

    @rule(name=st.sampled_from(NAMES), by_handle=st.booleans())
    def forget(self, name, *, by_handle):
        names = [f"x:{name}", SPELLINGS[name][1].strip()]
        # Before a lead was read that has both, nothing shows that they are one person's.
        asked = names[:1] if by_handle else names[1:]
        for one in asked if erasing.traces(self.db, names[0]).lead_ids else names:
            with self.operator.app(ROUTE) as app:
                done = app.eraser(asked_by="x").forget(one)
            assert done.status == "done", done.left
        self.erased.add(name)
        # The list keeps a hash of its own; taking the plain entry off is not asked for any more.
        self.on_list -= {SPELLINGS[name][0], f"x:{name}"}
        assert not any(name in person for person in self.there())

    @rule()
    def campaigns_change(self):
        for title in ("One", "Two"):
            self.operator.sandbox.world.scravio.campaign(title).touch(self.operator.clock.now())

    @rule(days=st.sampled_from([0.3, 1, 91]))
    def time_passes(self, days):
        self.operator.clock.forward(days=days)
        with self.operator.app(ROUTE) as app:
            app.keep_house()

    def there(self):
        return {blocking.read(email).value for email in self.operator.people()}

    @invariant()
    def numbers_add_up_and_no_one_goes_twice(self):
        if hasattr(self, "operator"):
            report = self.operator.sandbox.report()
            assert report["created_twice_person"] == {}
            assert_counted(self.db)
            for number in ledger.route_names(self.db).values():
                tally = ledger.tally(self.db, number)
                assert tally.known == sum(tally.states.values())

    @invariant()
    def nothing_is_left_of_the_erased(self):
        if getattr(self, "erased", None):
            with self.db.read() as connection:
                reported = "".join(str(r) for of in metadata.tables.values() for r in connection.execute(sa.select(of)))
            for name in self.erased:
                assert name not in reported.lower()


def test_any_history_contacts_no_one_who_may_not_be(sqlite_template, tmp_path):
    """Suppressed people are not contacted, erased ones neither contacted nor remembered, and every number adds up."""
    People.template, People.folder = sqlite_template, tmp_path
    machine = People.TestCase
    machine.settings = settings(
        max_examples=6,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    machine().runTest()
