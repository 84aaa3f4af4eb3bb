"""Any history of answers, losses, crashes, overlaps, renamed routes, edited sources and new leads keeps promises."""

import shutil
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bridge import store
from bridge.model import Source
from bridge.store.tables import metadata
from tests.harness import Operator, good_world, route

# Few people in several spellings, so that they meet.
SPELLINGS = [
    spelling
    for n in range(6)
    for spelling in (f"person{n}@site{n}.example", f" PERSON{n}@site{n}.example", f"person{n}+x@site{n}.example")
]
LOOSE, STRICT, NARROW = route(), route(min_followers=10**9), route(per_domain=1)
# What bridge.toml may call the route, and where it may point then.
NAMES = {name: route(name, **target).target for name, target in (
    ("fitness", {}), ("renamed", {}), ("inbox", {"ref": "Scravio inbox", "kind": "list"}),
)}  # fmt: skip
SOURCES = [Source(), Source(q="First"), Source(title=("second",))]
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


class History(RuleBasedStateMachine):
    """An operator, two source campaigns and whatever happens to them."""

    def __init__(self, database_url):
        super().__init__()
        self.operator = Operator(database_url, good_world("First", "Second", leads=2), doubt_wait=30.0)
        self.sandbox = self.operator.sandbox
        self.route = LOOSE

    # ------------------------------------------------------------------------------------------------- the world

    @rule(email=st.sampled_from(SPELLINGS), title=st.sampled_from(["First", "Second"]), valid=st.booleans())
    def somebody_is_scraped(self, email, title, valid):
        campaign = self.sandbox.world.scravio.campaign(title)
        lead = campaign.add_lead(email=email, followerCount=500)
        lead.validate("valid" if valid else "pending", self.operator.clock.now())
        campaign.touch(self.operator.clock.now())

    @rule(
        title=st.sampled_from(["First", "Second"]),
        index=st.integers(0, 5),
        status=st.sampled_from(["valid", "invalid"]),
    )
    def a_validation_comes_later(self, title, index, status):
        campaign = self.sandbox.world.scravio.campaign(title)
        lead = campaign.lead(index % campaign.crowd.size)
        if (lead.row["emailValidation"] or {}).get("status") == "pending":
            lead.validate(status, self.operator.clock.now())

    @rule(email=st.sampled_from(SPELLINGS[::3]))
    def somebody_is_blocked(self, email):
        self.sandbox.world.instantly.block(email.strip(), self.operator.clock.now())

    @rule(chosen=st.sampled_from([LOOSE, STRICT, NARROW]))
    def the_rules_change(self, chosen):
        self.route = replace(self.route, rules=chosen.rules)

    @rule(name=st.sampled_from(list(NAMES)))
    def the_route_is_renamed_or_replaced(self, name):
        self.route = replace(self.route, name=name, target=NAMES[name])

    @rule(source=st.sampled_from(SOURCES))
    def the_source_is_edited(self, source):
        self.route = replace(self.route, source=source)

    @rule(seconds=st.sampled_from([1, 31, 400, 3700, 30000]))
    def time_passes(self, seconds):
        self.operator.clock.forward(seconds=seconds)

    @rule(lag=st.sampled_from([0.0, 20.0]))
    def lookups_lag(self, lag):
        self.sandbox.world.instantly.habits.lookup_lag = lag

    # -------------------------------------------------------------------------------------------------- the runs

    @rule()
    def a_run(self):
        self.operator.sync(self.route)

    @rule(fault=st.sampled_from(WRITE_FAULTS))
    def a_run_whose_write_goes_wrong(self, fault):
        with self.fault(vendor="instantly", method="POST", path="*/leads/add", times=1, **fault):
            self.operator.sync(self.route)

    @rule(name=st.sampled_from(list(NAMES)), email=st.sampled_from(SPELLINGS), commit=st.booleans())
    def an_answer_is_lost_before_a_rename(self, name, email, commit):
        self.somebody_is_scraped(email=email, title="First", valid=True)
        self.a_run_whose_write_goes_wrong(fault={"kind": "cut", "commit": commit})
        self.the_route_is_renamed_or_replaced(name=name)

    @rule(fault=st.sampled_from(WRITE_FAULTS), nth=st.integers(1, 3))
    def a_run_whose_lookups_go_wrong(self, fault, nth):
        with self.fault(vendor="instantly", path="*/leads/list", nth=nth, **{**fault, "commit": None}):
            self.operator.sync(self.route)

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
        rule = self.sandbox.faults.add("delay", when=kill)
        transport = _Killing(self.sandbox.transport(), raise_after)
        try:
            self.operator.sync(self.route, transport=transport)
        except Killed:
            pass
        finally:
            self.sandbox.faults.remove(rule)

    @rule(nth=st.integers(1, 8))
    def a_run_that_another_overlaps(self, nth):
        countdown, statuses = iter(range(nth - 1, -1, -1)), []

        def overlap(_request):
            if next(countdown, 1) == 0:
                statuses.append(self.operator.sync_one(self.route).status)
            return False

        with self.fault(kind="delay", when=overlap):
            self.operator.sync(self.route)
        assert statuses in ([], ["busy"])

    # ---------------------------------------------------------------------------------------------- the promises

    @invariant()
    def nobody_twice_and_every_number_adds_up(self):
        self.operator.assert_promises()
        assert self.sandbox.report()["created_twice_in_workspace"] == {}

    def teardown(self):
        """After the storm: some quiet runs, and everybody who may go has gone exactly once."""
        self.sandbox.faults.clear()
        self.sandbox.world.instantly.habits.lookup_lag = 0.0
        for _ in range(8):
            self.operator.clock.forward(hours=7)
            report = self.operator.sync_one(LOOSE)
        assert report.status == "ok", (report.error, report.tally)
        assert set(report.tally.reasons) <= {"created", "duplicate_of", "blocklist", "suppressed", "validation_pending",
                                             "validation_invalid", "in_target"}  # fmt: skip
        self.operator.assert_promises()
        assert self._missing() == set()

    def _missing(self):
        instantly, wanted = self.sandbox.world.instantly, set()
        for title in ("First", "Second"):
            crowd = self.sandbox.world.scravio.campaign(title).crowd
            rows = [crowd.row(index) for index in range(crowd.size)]
            good = [row for row in rows if row["email"] and (row["emailValidation"] or {}).get("status") == "valid"]
            wanted |= {row["email"].strip().lower().replace("+x", "") for row in good}
        there = {person.email.replace("+x", "") for person in instantly.people()}
        return {email for email in wanted - there if not instantly.is_blocked(email)}

    def fault(self, **terms):
        return _Fault(self.sandbox, terms)


class _Fault:
    def __init__(self, sandbox, terms):
        self.sandbox, self.terms = sandbox, terms

    def __enter__(self):
        self.rule = self.sandbox.faults.add(**self.terms)

    def __exit__(self, *_):
        self.sandbox.faults.remove(self.rule)


class _Killing:
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


def _emptied(url, template):
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        for ending in ("-wal", "-shm"):
            (template.parent / path).with_name(path.rpartition("/")[2] + ending).unlink(missing_ok=True)
        shutil.copy(template, path)
        return
    database = store.Database(url)
    with database.engine.begin() as connection:
        names = ", ".join(f'"{name}"' for name in metadata.tables)
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
    database.close()


@pytest.mark.usefixtures("quick_retries")
def test_no_history_breaks_a_promise(database_url, sqlite_template):
    """Never twice, never lost, always accounted for: after every step, and complete after the storm."""

    def machine():
        _emptied(database_url, sqlite_template)
        return History(database_url)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=14, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
