"""Prints what looking and working cost with more and more leads in the ledger, in CPU milliseconds of one process.

    python -m benchmarks.growth [LEADS ...]

The leads are written straight into a SQLite ledger: campaigns of 1,000 with 600 delivered, 380 held and 20 duplicates,
their claims, addresses in random order, facts and fields of the usual length. What is measured is asked
twice and the second time counts, so nothing waits for the disk. PostgreSQL spends its CPU in another process and is not
measured here; both databases have the same indices.
"""

import argparse
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import islice

from bridge import ledger
from bridge.daemon.web.dashboard.overview import overview
from bridge.daemon.web.dashboard.route_page import route_page
from bridge.ledger import facts, hot, intent
from bridge.ledger.core import holders, leases
from bridge.ledger.core.counting import count_older
from bridge.ledger.database import milliseconds
from bridge.ledger.events.reading import places_in_use
from bridge.ledger.fields import dump_fields
from bridge.ledger.people import suppressions
from bridge.ledger.upkeep import migrate, pruning
from bridge.ledger.views import health, leads, reports, stories
from bridge.model import (
    Deliver,
    Fields,
    Hold,
    Lead,
    Origin,
    Outcome,
    Place,
    Reason,
    Route,
    SourceCampaign,
    State,
    Target,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLACE = Place("instantly", "ws", "campaign", "c1")
KEY = "a1b2c3d4e5f6"
ROUTE = Route("growth", Target("instantly", "campaign", "Growth"))
VARIABLES = {"platform": "instagram", "profile_url": "https://www.instagram.com/therafaelsilva/", "followers": "43623"}


def person(number):
    """In random order, as people come: the golden ratio scatters the numbers."""
    return f"{number * 0x9E3779B97F4A7C15 % 2**48:012x}@site{number % 50_000}.example"


def lead(number):
    return Lead(
        f"{number:024x}", f"k{number // 1_000}", platform="instagram", source_type="profile", email=person(number),
        email_source="initial", username=f"creator{number}", full_name="Rafael Silva", followers=number % 90_000,
        biography="Helping you fall in love with street style | coach & mum of two", following=1993, posts=1931,
        website="https://therafaelsilva1.example/", is_private=False, is_verified=False, is_business=False,
        country="DE", validation="valid", is_valid=True, checked_at=NOW, scraped_at=NOW,
    )  # fmt: skip


def decision(one):
    return Deliver(one.email, Fields("Rafael", "Silva", website=one.website, variables=VARIABLES))


def state_of(number):
    place = number % 50
    return (
        ("delivered", "created") if place < 30 else ("duplicate", "in_target") if place == 30 else ("held", "country")
    )


_COLUMNS = ("route_no", "lead_id", *hot.DECIDED)
DELIVERIES = f"INSERT INTO delivery ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


def rows_of(numbers):
    """The rows of leads, deliveries and claims as a page's would be, put together from one lead's: made in no time."""
    model, at = lead(0), milliseconds(NOW)
    head, tail = facts.dump_lead(model).replace(model.username, "\0").split(model.email)
    fields = dump_fields(decision(model).fields)
    leads, deliveries, claims = [], [], {}
    for number in numbers:
        address, name, (state, reason) = person(number - 1), f"creator{number - 1}", state_of(number - 1)
        text = f"{head}{address}{tail}".replace("\0", name)
        seen = (number, (number - 1) // 1_000 + 1, 1, at, f"{number - 1:024x}")
        leads.append((*seen, address, "", name, "valid", text))
        if state == "held":
            deliveries.append((1, number, state, reason, "local", "", KEY, at, 1, 0, 0, "", "", "", "", 0))
        else:
            deliveries.append((1, number, state, reason, "api", "", KEY, at, 1, 0, 0, "", address, fields, "", 0))
            claims[address] = number
    return leads, deliveries, claims


def fill(database, leads):
    """So many leads, each with its delivery; claims in the order of persons, as it makes no other pages."""
    numbers = iter(range(1, leads + 1))
    while some := list(islice(numbers, 20_000)):
        leads, deliveries, claims = rows_of(some)
        with database.write(durable=False) as connection:
            campaigns = sorted({row[1] for row in leads})
            connection.exec_driver_sql(
                "INSERT INTO campaign (no, id, title, status, revision, fingerprint) VALUES (?, ?, ?, ?, 1, 'f')",
                [(no, f"k{no - 1}", f"k{no - 1}", "fully_completed") for no in campaigns],
            )
            connection.exec_driver_sql(
                "INSERT INTO route_campaign (route_no, campaign_no, decided_by, decided_revision) VALUES (1, ?, ?, 1)",
                [(no, KEY) for no in campaigns],
            )
            hot.insert_leads.run(connection, leads)
            connection.exec_driver_sql(DELIVERIES, deliveries)
            hot.claim_workspace.take(connection, 3, dict(sorted(claims.items())), 1, 2)
            connection.exec_driver_sql(
                "UPDATE delivery SET place_no = 1, batch_id = 1, sent_at = decided_at, attempts = 1, "
                "remote_id = hex(id * 7919) WHERE id >= ? AND state <> 'held'",
                (some[0],),
            )


def begin(database, leads):
    migrate.prepare(database)
    number = ledger.route_number(database, "growth")
    epoch = leases.acquire(database, number, holders.myself())
    with database.write() as connection:
        ledger.place_number(connection, PLACE)
        connection.exec_driver_sql("INSERT INTO scope (name) VALUES (?)", [(name,) for name in PLACE.scopes])
        planned = intent.Planned(intent.Kind.PUSH, NOW, NOW, "", number, 1, run_id=1, emails=1)
        for _ in range(leads // 1_600):
            intent.begin(connection, planned)
    return number, epoch


class Work:
    """What is measured: each is one question or one transaction."""

    def __init__(self, database, route_no, epoch, leads):
        self.db, self.no, self.leads, self.fresh = database, route_no, leads, 10**9
        self.deciding = ledger.Deciding(route_no, KEY, NOW, epoch)
        self.claiming = ledger.Claiming(
            client="default", run_id=1, route_no=route_no, epoch=epoch, decided_by=KEY, place=PLACE, dedupe="workspace",
            same_person="canonical", per_domain=0, demands_validation=True, asked_at=NOW, now=NOW,
        )  # fmt: skip

    def known(self, campaign_id):
        return ledger.campaigns_by_id(self.db, [campaign_id])[campaign_id]

    def explain_an_address(self):
        assert stories.lead_stories(self.db, stories.leads_of_person(self.db, [person(self.leads // 2)]))

    def explain_a_user_name(self):
        assert stories.lead_stories(self.db, stories.leads_with_username(self.db, f"Creator{self.leads // 2}"))

    def explain_an_id(self):
        assert stories.lead_stories(self.db, stories.leads_with_source_id(self.db, f"{self.leads // 2:024x}"))

    def explain_somebody_unknown(self):
        assert not stories.leads_of_person(self.db, ["nobody@nowhere.example"])
        assert not stories.leads_as_scraped(self.db, "nobody at nowhere.example")

    def status(self):
        assert ledger.route_records(self.db)

    def metrics(self):
        assert health.portions(self.db)

    def count_rejects(self):
        assert reports.reject_counts(self.db)

    def first_page_of_rejects(self):
        assert next(iter(reports.rejects(self.db)))

    def rejects_of_a_rare_reason(self):
        assert not next(iter(reports.rejects(self.db, reasons=["role_address"])), None)

    def the_overview(self):
        assert overview(self.db, [ROUTE]).cards

    def the_page_of_a_route(self):
        assert route_page(self.db, overview(self.db, [ROUTE]).cards[0]).held

    def leads_of_a_state(self):
        assert leads.page(self.db, leads.Filter(state="duplicate"), health.portions(self.db)).rows

    def leads_of_a_campaign_and_state(self):
        wanted = leads.Filter(state="duplicate", campaign="k1")
        assert leads.page(self.db, wanted, health.portions(self.db)).rows

    def leads_of_an_unknown_name(self):
        assert not leads.named(self.db, "somebody unheard of")[0]

    def targets_in_doubt(self):
        assert not ledger.doubtful_places(self.db, ["growth"])

    def targets_in_use(self):
        assert places_in_use(self.db, [self.no])

    def a_border_that_stays(self):
        count_older(self.db)

    def sweep_a_known_campaign(self):
        """A thousand leads that have not changed since the last time."""
        campaign = self.known("k1")
        page = [lead(number) for number in range(1_000, 2_000)]
        held = [state_of(number)[0] == "held" for number in range(1_000, 2_000)]
        decisions = [Hold(Reason.COUNTRY) if stays else decision(one) for one, stays in zip(page, held, strict=True)]
        ledger.record_page(self.db, self.deciding, campaign, list(zip(page, decisions, strict=True)))
        assert ledger.leads_in(self.db, campaign.no) == 1_000

    def a_new_campaign(self):
        """A thousand new leads, recorded, claimed and delivered."""
        made = SourceCampaign(f"n{self.fresh}", "new", "", "fully_completed", NOW)
        known = ledger.note_campaigns(self.db, [made])[made.id]
        page = [lead(self.fresh + number) for number in range(1_000)]
        self.fresh += 1_000
        ledger.record_page(self.db, self.deciding, known, [(one, decision(one)) for one in page])
        batch = ledger.claim(self.db, self.claiming, limit=1_000)
        outcomes = [
            Outcome(one.id, State.DELIVERED, Reason.CREATED, Origin.API, remote_id=f"{one.id:032x}")
            for one in batch.deliveries
        ]
        recording = ledger.Recording(self.no, self.deciding.epoch, NOW)
        ledger.record_outcomes(self.db, recording, outcomes, batch_id=batch.id)

    def a_changed_do_not_contact_list(self):
        assert suppressions.ask_again(self.db) == 0

    def ready_leads(self):
        assert ledger.ready_leads(self.db, self.no, KEY, NOW) == 0

    def stale_and_waiting(self):
        assert not list(ledger.stale_leads(self.db, self.no))
        assert ledger.waiting_for_doubts(self.db, self.no) == 0
        assert pruning.read_again(self.db, self.no) == 0

    def a_portion_to_prune(self):
        assert len(next(pruning.prunable_leads(self.db, NOW + timedelta(days=1)))) == 1_000

    def nothing_to_prune(self):
        assert not next(pruning.prunable_leads(self.db, NOW - timedelta(days=9_999)), None)


def measured(work):
    told = {}
    for name in (name for name in vars(Work) if not name.startswith(("_", "known"))):
        for _ in range(2):
            begun = time.process_time()
            getattr(work, name)()
            told[name] = (time.process_time() - begun) * 1_000
    return told


def grown(leads):
    """What a ledger of so many leads takes."""
    with tempfile.TemporaryDirectory() as folder:
        database = ledger.Database(f"sqlite:///{folder}/growth.db")
        number, epoch = begin(database, leads)
        with database.write() as connection:
            connection.exec_driver_sql("PRAGMA cache_size=-4000000")
        begun = time.perf_counter()
        fill(database, leads)
        print(f"{leads:,} leads written in {time.perf_counter() - begun:.0f} s", flush=True)
        database.close()  # the large cache goes
        begun = time.process_time()
        count_older(database)
        print(f"the older ones counted in {time.process_time() - begun:.1f} s of CPU", flush=True)
        told = measured(Work(database, number, epoch, leads))
        database.close()
    return told


def main():
    parser = argparse.ArgumentParser(prog="benchmarks.growth")
    parser.add_argument("leads", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    told = {leads: grown(leads) for leads in parser.parse_args().leads}
    print(f"{'CPU ms':<28}" + "".join(f"{leads:>13,}" for leads in told))
    for name in next(iter(told.values())):
        print(f"{name:<28}" + "".join(f"{found[name]:>13.1f}" for found in told.values()))


if __name__ == "__main__":
    main()
