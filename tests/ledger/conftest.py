"""A route with leads, without any vendor."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bridge import ledger
from bridge.ledger.core import holders, leases
from bridge.model import Deliver, Fields, Hold, Lead, Origin, Outcome, Place, Reason, SourceCampaign, State

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLACE = Place("instantly", "ws", "campaign", "c1")


@dataclass
class Bench:
    """Records leads and claims them, as a run would."""

    db: ledger.Database
    now: datetime = NOW
    key: str = "rules-1"
    routes: dict = field(default_factory=dict)

    def route(self, name="fitness"):
        if name not in self.routes:
            number = ledger.route_number(self.db, name)
            self.routes[name] = (number, leases.acquire(self.db, number, holders.myself()))
        return self.routes[name]

    def campaign(self, name="k1", age=0):
        created = NOW - timedelta(days=30) + timedelta(hours=age)
        known = SourceCampaign(id=name, title=name, status="fully_completed", created_at=created)
        return ledger.note_campaigns(self.db, [known])[name]

    def lead(self, number, email=None, **facts):
        known = {"validation": "valid", "scraped_at": NOW - timedelta(days=1, seconds=-number)}
        return Lead(f"{number:024x}", "k1", email=email or f"p{number}@site{number}.example", **(known | facts))

    def record(self, leads, *, route="fitness", campaign=None, decision=None, domain=None):
        entry = campaign or self.campaign()
        deciding = self.deciding(route)
        decided = [(lead, decision or self.deliver(lead, domain)) for lead in leads]
        return ledger.record_page(self.db, deciding, entry, decided)

    def deciding(self, route="fitness"):
        number, epoch = self.route(route)
        return ledger.Deciding(number, self.key, self.now, epoch)

    def deliver(self, lead, domain=None):
        address = lead.email.strip().lower()
        return Deliver(address, Fields(), domain=address.partition("@")[2] if domain is None else domain)

    def claim(self, *, limit=1000, **options):
        return ledger.claim(self.db, self.claiming(**options), limit=limit)

    def claiming(self, *, route="fitness", place=PLACE, dedupe="workspace", **changes):
        number, epoch = self.route(route)
        claiming = ledger.Claiming(
            demands_validation=True, client="default",
            run_id=1, route_no=number, epoch=epoch, decided_by=self.key, place=place, dedupe=dedupe,
            same_person="canonical", per_domain=3, asked_at=self.now, now=self.now,
        )  # fmt: skip
        return replace(claiming, **changes)

    def settle(self, batch, state, reason=Reason.CREATED, *, route="fitness", origin=Origin.API):
        outcomes = [Outcome(delivery.id, state, reason, origin) for delivery in batch.deliveries]
        return ledger.record_outcomes(self.db, self.recording(route), outcomes, batch_id=batch.id)

    def recording(self, route="fitness"):
        return ledger.Recording(*self.route(route), self.now)

    def states(self, route="fitness"):
        counted = ledger.tally(self.db, self.route(route)[0])
        assert counted.known == sum(counted.states.values())
        return {state: count for state, count in counted.states.items() if count}

    def reasons(self, route="fitness"):
        return dict(ledger.tally(self.db, self.route(route)[0]).reasons)

    def redecide_stale(self, route="fitness"):
        number = self.route(route)[0]
        count = 0
        for leads in ledger.stale_leads(self.db, number):
            ledger.record_decisions(self.db, self.deciding(route), [(lead, self.deliver(lead.lead)) for lead in leads])
            count += len(leads)
        return count


def every_claim(connection):
    """The owner of each person in each scope: by the rows, and by what those of a workspace stand for."""
    query = """
        SELECT c.person, s.name, c.delivery_id, p.vendor, p.workspace, p.kind, p.id FROM claim c
        JOIN scope s ON s.no = c.scope_no JOIN delivery d ON d.id = c.delivery_id JOIN place p ON p.no = d.place_no
    """
    rows = connection.exec_driver_sql(query).all()
    found = {(person, scope): owner for person, scope, owner, *_ in rows}
    for person, scope, owner, *place in rows:
        if scope == Place(*place).scopes[-1]:
            found = {(person, name): owner for name in Place(*place).scopes} | found
    return found


@pytest.fixture
def bench(db):
    return Bench(db)


__all__ = ["NOW", "PLACE", "Bench", "Hold", "State", "every_claim"]
