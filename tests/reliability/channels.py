"""A state machine over all vendors at once: one route for each, each with `dedupe = "everywhere"`.

The sandbox is the witness. People 0 to 2 have leads with an address and a handle from the start, so the ledger can know
that both are one person's; person 3 has an address alone, person 4 a handle alone.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import replace

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bridge import ledger
from bridge.ledger.people import suppressions
from bridge.ledger.people.suppressions import Suppression
from bridge.model import Rules, Target
from bridge.sandbox.book import person_of
from tests.harness import START, Operator, good_world, route
from tests.reliability.histories import WRITE_FAULTS, Killed, Killing

BOTH, BY_MAIL, BY_HANDLE = range(3), 3, 4
ANYWHERE = {"dedupe": "everywhere"}
TARGETS = {
    "instantly": Target("instantly", "campaign", "Fitness Q4", **ANYWHERE),
    "puffle": Target("puffle", "campaign", "Founders", along="linkedin", usernames=False, **ANYWHERE),
    "inbox": Target("inbox", "campaign", "Q1 messages", identity="x", demands_validation=False, **ANYWHERE),
}
WRITES = {"instantly": "*/leads/add", "puffle": "*/leads", "inbox": "*/leads"}
RULES = {"loose": Rules(per_domain=0), "strict": Rules(min_followers=10**9)}
QUIET_ROUNDS = 8


def email_of(number):
    return f"person{number}@site{number}.example"


class Channels(RuleBasedStateMachine):
    """Five people, three vendors, and whatever happens to them."""

    def __init__(self, database_url):
        super().__init__()
        self.operator = Operator(database_url, good_world("First", leads=4), doubt_wait=30.0)
        self.world, self.clock, self.rules = self.operator.sandbox.world, self.operator.clock, "loose"
        self.names = {vendor: vendor for vendor in TARGETS}
        self.db = ledger.Database(database_url)
        self.silenced, self.single = set(), set()
        campaign = self.world.scravio.campaign("First")
        for number in BOTH:
            self._write(campaign.lead(number), email_of(number), f"person{number}")
        self._write(campaign.lead(3), email_of(BY_MAIL), "")

    def _write(self, lead, email, handle):
        lead.update(email=email, username=handle, platform="x", followerCount=500)
        lead.validate("valid", START)

    @rule(number=st.integers(0, 4), mail=st.booleans(), handle=st.booleans())
    def a_lead_is_scraped(self, number, mail, handle):
        campaign = self.world.scravio.campaign("First")
        mail = mail and number != BY_HANDLE
        handle = (handle or not mail) and number != BY_MAIL
        if mail != handle:
            self.single.add(number)
        if mail or handle:
            lead = campaign.add_lead(email=email_of(number) if mail else "")
            self._write(lead, email_of(number) if mail else "", f"@Person{number}" if handle else "")
            campaign.touch(self.clock.now())

    @rule(seconds=st.sampled_from([1, 31, 400, 30000]))
    def time_passes(self, seconds):
        self.clock.forward(seconds=seconds)

    @rule(chosen=st.sampled_from(sorted(RULES)))
    def the_rules_change(self, chosen):
        self.rules = chosen

    @rule(vendor=st.sampled_from(sorted(TARGETS)), number=st.integers(1, 3))
    def a_route_is_renamed(self, vendor, number):
        self.names[vendor] = f"{vendor} {number}"

    @rule(number=st.integers(0, 4), by_handle=st.booleans())
    def a_person_is_suppressed(self, number, by_handle):
        value = f"x:person{number}" if by_handle else email_of(number)
        suppressions.add(self.db, [Suppression("", value)], now=self.clock.now())
        ledger.ask_again(self.db)
        self.silenced.add(number)

    def routes(self, order):
        return [replace(route(self.names[one]), target=TARGETS[one], rules=RULES[self.rules]) for one in order]

    def sync(self, order=tuple(TARGETS), **options):
        before = self.counted()
        try:
            return self.operator.sync(*self.routes(order), **options)
        finally:
            new = set(self.counted() - before)
            # By the other identity too, where the lead has both; a lead that shows one of them knows no other.
            assert new.isdisjoint(self.silenced & {*BOTH} - self.single), "suppressed"
            assert self.rules == "loose" or not new, "held by the rules"

    @rule(order=st.permutations(sorted(TARGETS)))
    def a_run(self, order):
        self.sync(order)

    @rule(order=st.permutations(sorted(TARGETS)), fault=st.sampled_from(WRITE_FAULTS), left_out=st.booleans())
    def a_run_whose_write_goes_wrong(self, order, fault, left_out):
        vendor = order[0]
        self.operator.sandbox.faults.add(vendor=vendor, method="POST", path=WRITES[vendor], times=1, **fault)
        self.sync(order[:1] if left_out else order)
        self.operator.sandbox.faults.clear()

    @rule(vendor=st.sampled_from(sorted(TARGETS)), fault=st.sampled_from(WRITE_FAULTS), nth=st.integers(1, 3))
    def a_run_whose_readings_go_wrong(self, vendor, fault, nth):
        self.operator.sandbox.faults.add(vendor=vendor, method="GET", nth=nth, **{**fault, "commit": None})
        self.sync()
        self.operator.sandbox.faults.clear()

    @rule(nth=st.integers(1, 20), commit=st.booleans(), order=st.permutations(sorted(TARGETS)))
    def a_run_that_is_killed(self, nth, commit, order):
        countdown, armed = iter(range(nth - 1, -1, -1)), []

        def kill(_request):
            if next(countdown, 1) == 0:
                if not commit:
                    raise Killed
                armed.append(True)
            return False

        self.operator.sandbox.faults.add(kind="delay", when=kill)
        with suppress(Killed):
            self.sync(order, transport=Killing(self.operator.sandbox.transport(), armed))
        self.operator.sandbox.faults.clear()

    @rule()
    def doubts_are_settled(self):
        before = Counter(self.counted())
        with self.operator.app(*self.routes(TARGETS)) as app:
            app.settle(app.configuration.routes)
        # What cannot be asked was sent again: to no person who had it already, and to none that the rules hold.
        assert self.rules == "loose" or self.counted() == before

    def counted(self):
        """How often our calls brought each person to any vendor."""
        mails = [person_of(one.email) for one in self.world.instantly.people() if one.created >= START]
        mails += [person_of(row["email"]) for one in self.world.puffle.campaigns for row in one.rows.values()]
        handles = [lead.username for _, lead in self.world.inbox.everywhere()]
        return Counter(int(name[len("person")]) for name in (*mails, *handles))

    @invariant()
    def no_one_is_contacted_twice(self):
        counted = self.counted()
        assert not counted or max(counted.values()) == 1, counted
        self.operator.assert_promises()

    def teardown(self):
        """After the storm: some quiet runs, and everyone who may go has gone on exactly one channel."""
        try:
            self.rules = "loose"
            self.operator.sandbox.faults.clear()
            for _ in range(QUIET_ROUNDS):
                self.clock.forward(hours=7)
                reports = self.sync()
            self.no_one_is_contacted_twice()
            for report in reports:
                assert report.status == ("partial" if report.tally.states["failed"] else "ok"), report.error
            given_up, open_ = self._ends()
            assert open_ == 0
            scraped = {*BOTH, BY_MAIL} | ({BY_HANDLE} if self._is_scraped(BY_HANDLE) else set())
            assert scraped - set(self.counted()) - self.silenced - given_up == set()
        finally:
            self.db.close()

    def _is_scraped(self, number):
        crowd = self.world.scravio.campaign("First").crowd
        return any(str(crowd.row(index)["username"]).lower() == f"@person{number}" for index in range(crowd.size))

    def _ends(self):
        """The people whose doubt was given up, and how many deliveries of any route are still in doubt."""
        query = "SELECT state, reason, lead.username, lead.person FROM delivery JOIN lead ON lead.id = lead_id"
        with self.db.read() as connection:
            rows = connection.execute(sa.text(query)).all()
        names = {(row.person or row.username).lower().lstrip("@") for row in rows if row.reason == "given_up"}
        return {int(name[len("person")]) for name in names}, sum(row.state in {"sending", "in_doubt"} for row in rows)
