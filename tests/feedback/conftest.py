"""Delivered leads, without any vendor, and with Instantly's sandbox behind them."""

from dataclasses import dataclass, field, replace

import pytest

from bridge import ledger
from bridge.config.settings import Secret
from bridge.feedback.polling import Heard
from bridge.ledger.events import reading
from bridge.model import EventKind, Feedback, Origin, Outcome, Place, Reason, State
from bridge.sandbox import Sandbox
from bridge.sandbox.instantly.happening import happen
from tests.harness import START, Clock, Operator, good_world, route
from tests.ledger.conftest import PLACE, Bench


@pytest.fixture
def bench(db):
    return Bench(db)


@pytest.fixture
def delivered(bench):
    """Makes delivered leads of a route: their deliveries in order."""

    def make(count=3, *, route="fitness", place=PLACE, first=1):
        bench.record([bench.lead(number) for number in range(first, first + count)], route=route)
        batch = bench.claim(route=route, place=place)
        bench.settle(batch, State.DELIVERED, route=route)
        return sorted(batch.deliveries, key=lambda one: one.id)

    return make


@dataclass
class Loop:
    """Campaigns with delivered leads in Instantly's sandbox and in one ledger, and what happens to them."""

    operator: Operator
    db: ledger.Database
    routes: list = field(default_factory=list)
    leads: dict = field(default_factory=dict)
    webhooks: bool = False

    @property
    def vendor(self):
        return self.operator.sandbox.world.instantly

    def deliver(self, name, count, *, feedback=None):
        """A route of this name with so many delivered leads, and its campaign."""
        bench = Bench(self.db, now=self.operator.clock.now())
        at = self.operator.clock.now()
        campaign = self.vendor.add_campaign(name, 1, at, ("Hi", "Hello"))
        place = Place("instantly", self.vendor.id, "campaign", campaign.id)
        first = 1 + sum(len(some) for some in self.leads.values())
        bench.record([bench.lead(number) for number in range(first, first + count)], route=name)
        self.leads[name] = []
        while (batch := bench.claim(route=name, place=place)) is not None:
            people = {one.id: self.vendor.add_person(campaign, one.address, at) for one in batch.deliveries}
            outcomes = [
                Outcome(one, State.DELIVERED, Reason.CREATED, Origin.API, remote_id=person.id)
                for one, person in people.items()
            ]
            ledger.record_outcomes(self.db, bench.recording(name), outcomes, batch_id=batch.id)
            self.leads[name] += list(people.values())
        ledger.core.leases.release(self.db, *bench.route(name))
        self.routes.append(replace(route(name, ref=campaign.id), feedback=feedback or Feedback()))
        return campaign

    def happen(self, name, which, kind, **facts):
        """Something happens to some leads of a route."""
        for index in which:
            person = self.vendor.person(self.leads[name][index].id)
            happen(self.vendor, person, kind, self.operator.clock.now(), **facts)

    def round(self, *names, **options) -> list[Heard]:
        """One round; a quarter of an hour passes first."""
        self.operator.clock.forward(minutes=15)
        self.operator.forget_calls()
        chosen = [one for one in self.routes if not names or one.name in names]
        settings = replace(self.operator.settings, webhook_secret=Secret("n" * 43 if self.webhooks else ""))
        with self.operator.app(*self.routes, settings=settings, **options) as app:
            return app.feedback(chosen)

    def one(self, **options):
        (heard,) = self.round(**options)
        return heard

    def calls(self, *parts):
        return self.operator.calls("/api/v2", *parts)

    def events(self, name):
        """What is known of each lead of a route, by its place in the list."""
        with self.db.read() as connection:
            rows = connection.exec_driver_sql("SELECT remote_id, id FROM delivery").all()
            by_id = {row[0]: row[1] for row in rows}
            ids = [by_id[person.id] for person in self.leads[name]]
            found = reading.of_deliveries(connection, ids)
        return {index: {event.kind for event in found[one]} for index, one in enumerate(ids) if one in found}

    def suppressed(self, name):
        """Which leads of a route are on the do-not-contact list."""
        emails = [person.email for person in self.leads[name]]
        found = ledger.suppressed(self.db, emails, "default")
        return [index for index, one in enumerate(emails) if one in found]


@pytest.fixture
def loop(db, database_url):
    operator = Operator(database_url, good_world("Fitness creators", leads=1), clock=Clock(START))
    db.clock = operator.clock.now
    assert isinstance(operator.sandbox, Sandbox)
    return Loop(operator, db)


__all__ = ["EventKind"]
