"""A state machine of whatever may happen to an operator's routes. The sandbox, not the ledger, is the witness.

One ledger. One or two workspaces, each with a bridge.toml of its own (an `Office`); routes that are added, renamed,
removed and edited between runs, with targets named or given by their ids; hosts whose clocks are 40 s off; lost
answers, kills and overlaps.
"""

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bridge import ledger
from bridge.ledger.views import standing
from bridge.model import Reason, Source, State, retired_route
from bridge.operations.retry import Wanted
from bridge.sandbox import World
from bridge.sandbox.book import person_of
from bridge.sandbox.wire import stamp
from tests.contract.schema import ContractTransport
from tests.harness import START, Operator, good_world, route, second_workspace

# Few people in several spellings, so that they meet.
SPELLINGS = [
    spelling
    for n in range(6)
    for spelling in (f"person{n}@site{n}.example", f" PERSON{n}@site{n}.example", f"person{n}+x@site{n}.example")
]
TITLES = ("First", "Second")
RULES = {"loose": {}, "strict": {"min_followers": 10**9}, "narrow": {"per_domain": 1}}
# What a source says, and which campaigns it takes by that. The second campaign is six days older than the first.
SOURCES = {
    "all": (Source(), TITLES),
    "title": (Source(title=("first*",)), ("First",)),
    "q": (Source(q="Second"), ("Second",)),
    "from": (Source(created_from=START - timedelta(days=5)), ("First",)),
    "to": (Source(created_to=START - timedelta(days=5)), ("Second",)),
}
TARGETS = (("Fitness Q4", "campaign"), ("Scravio inbox", "list"))
NAMES = tuple("abcd")
SLOTS = st.integers(0, 1)
QUIET_ROUNDS = 8
WRITE_FAULTS = [
    {"kind": "status", "code": 503, "commit": True},
    {"kind": "status", "code": 500, "commit": False},
    {"kind": "status", "code": 429},
    {"kind": "cut", "commit": False},
    {"kind": "cut", "commit": True},
    {"kind": "truncated"},
    {"kind": "html", "commit": True},
    {"kind": "empty", "commit": True},
    {"kind": "garbage", "commit": False},
    {"kind": "connect"},
]


class Killed(BaseException):
    """What ends a run in the middle, as SIGKILL would: no handler of ours catches it."""


@dataclass(frozen=True)
class Entry:
    """A route as bridge.toml names it."""

    name: str
    source: str = "all"
    target: int = 0
    by_id: bool = False


@dataclass
class Office:
    """A bridge.toml with the key of one workspace, and the hosts that run it."""

    operator: Operator
    prefix: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def workspace(self):
        return self.operator.sandbox.world.instantly

    def routes(self, rules):
        made = []
        for entry in self.entries:
            name, kind = TARGETS[entry.target]
            ref = self.operator.target(name).id if entry.by_id else name
            source = SOURCES[entry.source][0]
            made.append(route(f"{self.prefix} {entry.name}", ref=ref, kind=kind, source=source, **RULES[rules]))
        return made

    def people(self):
        return {person_of(person.email) for person in self.workspace.people()}


class History(RuleBasedStateMachine):
    """An operator, two source campaigns and whatever happens to them."""

    def __init__(self, database_url):
        super().__init__()
        world = good_world(*TITLES, leads=2)
        world.scravio.campaign("Second").update(createdAt=stamp(START - timedelta(days=9)))
        operator = Operator(database_url, world, doubt_wait=30.0)
        other = Operator(database_url, World(world.scravio, second_workspace()), operator.clock, doubt_wait=30.0)
        self.offices = [Office(operator, "one", [Entry("a")]), Office(other, "two")]
        self.office = self.offices[0]
        self.scravio, self.clock, self.rules = world.scravio, operator.clock, "loose"
        self.db = ledger.Database(database_url)

    @property
    def operator(self):
        return self.office.operator

    @property
    def sandbox(self):
        return self.operator.sandbox

    # ------------------------------------------------------------------------------------------------- the world

    @rule(email=st.sampled_from(SPELLINGS), title=st.sampled_from(TITLES), valid=st.booleans())
    def someone_is_scraped(self, email, title, valid):
        campaign = self.scravio.campaign(title)
        lead = campaign.add_lead(email=email, followerCount=500)
        lead.validate("valid" if valid else "pending", self.clock.now())
        campaign.touch(self.clock.now())

    @rule(title=st.sampled_from(TITLES), index=st.integers(0, 5), status=st.sampled_from(["valid", "invalid"]))
    def a_validation_comes_later(self, title, index, status):
        campaign = self.scravio.campaign(title)
        lead = campaign.lead(index % campaign.crowd.size)
        if (lead.row["emailValidation"] or {}).get("status") == "pending":
            lead.validate(status, self.clock.now())

    @rule(email=st.sampled_from(SPELLINGS[::3]))
    def someone_is_blocked(self, email):
        self.office.workspace.block(email.strip(), self.clock.now())

    @rule(seconds=st.sampled_from([1, 31, 400, 3700, 30000]))
    def time_passes(self, seconds):
        self.clock.forward(seconds=seconds)

    @rule(lag=st.sampled_from([0.0, 20.0]))
    def lookups_lag(self, lag):
        for office in self.offices:
            office.workspace.habits.lookup_lag = lag

    # ----------------------------------------------------------------------------------------- the configuration

    @rule(chosen=st.sampled_from(sorted(RULES)))
    def the_rules_change(self, chosen):
        self.rules = chosen

    @rule(slot=SLOTS, name=st.sampled_from(NAMES))
    def a_route_is_renamed(self, slot, name):
        if name not in {entry.name for entry in self.office.entries}:
            self._edit(slot, name=name)

    @rule(slot=SLOTS, source=st.sampled_from(sorted(SOURCES)))
    def a_source_is_edited(self, slot, source):
        self._edit(slot, source=source)

    @rule(slot=SLOTS, other=SLOTS)
    def a_target_is_changed(self, slot, other):
        self._edit(slot, target=other)

    @rule(slot=SLOTS)
    def a_target_is_given_by_its_id(self, slot):
        self._edit(slot, by_id=True)

    def _edit(self, slot, **changes):
        entries = self.office.entries
        entries[slot % len(entries)] = replace(entries[slot % len(entries)], **changes)

    @rule(name=st.sampled_from(NAMES), source=st.sampled_from(sorted(SOURCES)), to=SLOTS)
    def a_route_is_added(self, name, source, to):
        entries = self.office.entries
        if len(entries) < 2 and name not in {entry.name for entry in entries}:
            entries.append(Entry(name, source, to))

    @precondition(lambda self: len(self.office.entries) > 1)
    @rule(slot=SLOTS)
    def a_route_is_removed(self, slot):
        del self.office.entries[slot]

    @rule(number=SLOTS, ahead=st.sampled_from([-40, 0, 40]))
    def another_host_goes_on(self, number, ahead):
        """In the same workspace or in the second, with a clock of its own."""
        self.office = self.offices[number]
        self.operator.clock_is_wrong_by = timedelta(seconds=ahead)
        if not self.office.entries:
            self.office.entries.append(Entry("a"))

    # -------------------------------------------------------------------------------------------------- the runs

    def routes(self):
        return self.office.routes(self.rules)

    def sync(self, *, first=False, **options):
        """A run of every route, or of the first alone. No one is contacted that no configured route may contact."""
        before, may_go = self.office.people(), self._may_go(self.office)
        kept_out = set() if first else {one.name for one in self.routes() if self._is_kept_out(one, self.office)}
        try:
            with self.operator.app(*self.routes(), **options) as app:
                configured = app.configuration.routes
                reports = app.sync(configured[:1] if first else configured)
        finally:
            assert self.office.people() - before <= may_go
        assert kept_out <= {report.route for report in reports if report.status != "ok"}
        return reports

    def _is_kept_out(self, one, office):
        """Whether the route may not send with this office's key, as bridge.toml and the ledger stand."""
        bound = standing.bindings(self.db)
        mine = bound.get(ledger.route_names(self.db).get(one.name, 0), {})
        known = {place.workspace for places in bound.values() for place in places.values()}
        if one.target.key in mine:
            return mine[one.target.key].workspace != office.workspace.id
        if any(one.target.ref == target.id for target in (*office.workspace.campaigns, *office.workspace.lists)):
            return False
        own = {place.workspace for place in mine.values()}
        return office.workspace.id not in own if own else bool(known) and known != {office.workspace.id}

    def _may_go(self, office, rules=None):
        if (rules or self.rules) == "strict":
            return set()
        titles = {title for entry in office.entries for title in SOURCES[entry.source][1]}
        good = [row for row in self._scraped(titles) if (row["emailValidation"] or {}).get("status") == "valid"]
        return {person_of(row["email"]) for row in good}

    def _scraped(self, titles):
        crowds = [self.scravio.campaign(title).crowd for title in titles]
        rows = [crowd.row(index) for crowd in crowds for index in range(crowd.size)]
        return [row for row in rows if row["email"]]

    @rule()
    def a_run(self):
        self.sync()

    @rule(fault=st.sampled_from(WRITE_FAULTS))
    def a_run_whose_write_goes_wrong(self, fault):
        with self.fault(vendor="instantly", method="POST", path="*/leads/add", times=1, **fault):
            self.sync()

    @rule(name=st.sampled_from(NAMES), email=st.sampled_from(SPELLINGS), commit=st.booleans())
    def an_answer_is_lost_before_a_rename(self, name, email, commit):
        self.someone_is_scraped(email=email, title="First", valid=True)
        self.a_run_whose_write_goes_wrong(fault={"kind": "cut", "commit": commit})
        self.a_route_is_renamed(slot=0, name=name)

    @rule(fault=st.sampled_from(WRITE_FAULTS), nth=st.integers(1, 3))
    def a_run_whose_lookups_go_wrong(self, fault, nth):
        with self.fault(vendor="instantly", path="*/leads/list", nth=nth, **{**fault, "commit": None}):
            self.sync()

    @rule(nth=st.integers(1, 14), commit=st.booleans())
    def a_run_that_is_killed(self, nth, commit):
        countdown = iter(range(nth - 1, -1, -1))

        def kill(_request):
            if next(countdown, 1) == 0:
                if commit:
                    raise_after.append(True)
                else:
                    raise Killed
            return False

        raise_after = []
        with self.fault(kind="delay", when=kill), suppress(Killed):
            self.sync(transport=Killing(self.sandbox.transport(), raise_after))

    @rule(nth=st.integers(1, 8))
    def a_run_that_another_overlaps(self, nth):
        countdown, statuses = iter(range(nth - 1, -1, -1)), []

        def overlap(_request):
            if next(countdown, 1) == 0:
                # The same route alone: another one would read pages in threads, which wait for the sandbox's lock.
                statuses.append(self.sync(first=True)[0].status)
            return False

        with self.fault(kind="delay", when=overlap):
            self.sync(first=True)
        assert statuses in ([], ["busy"])

    @precondition(lambda self: all(self._is_kept_out(one, self.other) for one in self.routes()))
    @rule()
    def a_run_with_the_key_of_the_other_workspace(self):
        """It is refused before anything is sent: no one comes into a workspace whose key is not the route's."""
        there = list(self.other.workspace.people())
        reports = self.sync(transport=ContractTransport(self.other.operator.sandbox.transport()))
        assert {report.status for report in reports} == {"blocked"}
        assert list(self.other.workspace.people()) == there

    @precondition(lambda self: standing.bindings(self.db))
    @rule(slot=SLOTS, name=st.sampled_from(NAMES))
    def a_rename_with_the_key_of_the_other_workspace(self, slot, name):
        self.a_route_is_renamed(slot=slot, name=name)
        if all(self._is_kept_out(one, self.other) for one in self.routes()):
            self.a_run_with_the_key_of_the_other_workspace()

    @property
    def other(self):
        """The office whose turn it is not."""
        (found,) = [office for office in self.offices if office is not self.office]
        return found

    # ------------------------------------------------------------------------------------------- the other verbs

    @rule()
    def doubts_are_settled(self):
        before = self.office.people()
        with self.operator.app(*self.routes()) as app:
            app.settle(app.configuration.routes)
        assert self.office.people() == before

    @rule(reached=st.booleans())
    def doubts_are_given_up(self, reached):
        """While the key is gone they end as failed; while the target answers, its word counts."""
        keys, before = self.office.workspace.keys, self.office.people()
        if not reached:
            self.office.workspace.keys = {}
        with self.operator.app(*self.routes()) as app:
            for doubtful in ledger.doubtful_places(self.db, [one.name for one in app.configuration.routes]):
                if doubtful.place.workspace == self.office.workspace.id:
                    named = {one.name: one for one in app.configuration.routes}
                    app.give_up([named.get(name) or retired_route(name) for name in doubtful.leads], doubtful.place)
        self.office.workspace.keys = keys
        assert self.office.people() == before

    @rule(states=st.sampled_from([(State.FAILED,), (State.REFUSED,), (State.FAILED, State.REFUSED)]))
    def what_was_given_up_is_put_back(self, states):
        """But for doubts that were given up: those may have been sent, and putting them back is a person's word."""
        with self.operator.app(*self.routes()) as app:
            for reason in (Reason.UNEXPLAINED, Reason.BLOCKLIST):
                app.retry(app.configuration.routes, Wanted(states, reason.value))

    @rule(repair=st.booleans())
    def ledger_and_target_are_compared(self, repair):
        before = [office.people() for office in self.offices]
        there = {person.email for person in self.office.workspace.people()}
        with self.operator.app(*self.routes()) as app:
            steps = app.reconcile(app.configuration.routes, repair=repair)
        assert [office.people() for office in self.offices] == before
        for place in (place for step in steps for place in step.found.places):
            gone = {one.address for one in place.differences if one.kind == "gone_from_target"}
            assert gone.isdisjoint(there)

    @rule(fault=st.sampled_from(["status", "html", "truncated", "cut"]), nth=st.integers(1, 3))
    def a_comparison_goes_wrong(self, fault, nth):
        with self.fault(kind=fault, vendor="instantly", nth=nth):
            self.ledger_and_target_are_compared(repair=True)

    # ---------------------------------------------------------------------------------------------- the promises

    @invariant()
    def no_one_twice_and_every_number_adds_up(self):
        for office in self.offices:
            office.operator.assert_promises()
            assert office.operator.sandbox.report()["created_twice_in_workspace"] == {}

    def teardown(self):
        """After the storm: some quiet runs of every bridge.toml, and everyone who may go has gone exactly once."""
        try:
            self._calm_down()
        finally:
            self.db.close()

    def _calm_down(self):
        self.rules = "loose"
        for office in self.offices:
            office.operator.sandbox.faults.clear()
            office.workspace.habits.lookup_lag = 0.0
            # As each refusal says: a route of two workspaces' ledger is known by its target's id.
            office.entries = [replace(entry, by_id=True) for entry in office.entries]
        for _ in range(QUIET_ROUNDS):
            self.clock.forward(hours=7)
            reports = [report for office in self.offices if office.entries for report in self._quiet_run(office)]
        self.no_one_twice_and_every_number_adds_up()
        given_up = self._given_up()
        for report in reports:
            assert report.status == ("partial" if report.tally.states["failed"] else "ok"), (report.error, report.tally)
        for name, number in ledger.route_names(self.db).items():
            tally = ledger.tally(self.db, number)
            assert tally.states["in_doubt"] == tally.states["sending"] == 0, (name, tally)
        for office in self.offices:
            missing = self._may_go(office) - office.people() - given_up
            assert {person for person in missing if not self._is_blocked(person)} == set()

    def _is_blocked(self, person):
        """A person that one workspace blocks is contacted from none: the ledger keeps one list of them."""
        return any(office.workspace.is_blocked(person) for office in self.offices)

    def _quiet_run(self, office):
        self.office = office
        self._put_the_unexplained_back()
        return self.sync()

    def _put_the_unexplained_back(self):
        names = ledger.route_names(self.db)
        routes = {one.name: one for one in self.routes()}
        mine = [routes.get(name) or retired_route(name) for name in names if name.startswith(self.office.prefix)]
        with self.operator.app(*self.routes()) as app:
            app.retry(mine, Wanted((State.FAILED,), Reason.UNEXPLAINED.value))

    def _given_up(self):
        """The people of doubts that were given up: their claims stay, and no route sends to them again."""
        people = {row["_id"]: person_of(row["email"]) for row in self._scraped(TITLES)}
        query = "SELECT source_id FROM delivery JOIN lead ON lead.id = lead_id WHERE reason = 'given_up'"
        with self.db.read() as connection:
            return {people[found] for found in connection.execute(sa.text(query)).scalars()}

    @contextmanager
    def fault(self, **terms):
        faults = self.sandbox.faults
        made = faults.add(**terms)
        try:
            yield
        finally:
            faults.remove(made)


class Killing:
    """A transport that ends the run after an answer has been made, before anyone reads it."""

    def __init__(self, inner, armed):
        self.inner, self.armed = inner, armed

    def handle_request(self, request):
        response = self.inner.handle_request(request)
        if self.armed:
            raise Killed
        return response

    def close(self):
        self.inner.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
