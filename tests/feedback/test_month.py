"""One client's month: what it counts, in which time, and that nothing in it is of anyone else."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from bridge import ledger
from bridge.ledger.events import recording
from bridge.ledger.upkeep.migrate import upgrade
from bridge.ledger.views import monthly
from bridge.model import EventKind, Hold, Reason, ReportedEvent, State, Witness
from tests.cli import browser
from tests.cli.conftest import configure, folder, leadbridge, vendors
from tests.ledger.conftest import PLACE, Bench

__all__ = ["configure", "folder", "leadbridge", "vendors"]

BERLIN_OCTOBER = datetime(2026, 9, 30, 22, tzinfo=UTC)
CONFIG = """
[[clients]]
name = "acme"
env = "ACME_"
[[clients]]
name = "globex"
env = "GLOBEX_"
[[routes]]
name = "fitness"
client = "acme"
cron = "0 7 * * *"
timezone = "Europe/Berlin"
target = { instantly_campaign = "Fitness Q4" }
[[routes]]
name = "secret"
client = "globex"
target = { instantly_campaign = "Globex only" }
"""


def hear(db, one, at, *kinds, detail=""):
    reported = [
        ReportedEvent(kind, PLACE, one.address, Witness.LEADS, at, delivery_id=one.id, detail=detail) for kind in kinds
    ]
    recording.record(db, reported, at)


@pytest.fixture
def agency(folder):
    """Two clients in one ledger; acme's first lead is found an hour before its October, five more in it."""
    (folder / "bridge.toml").write_text(CONFIG)
    (folder / "data").mkdir()
    db = ledger.Database(f"sqlite:///{folder}/data/bridge.db")
    upgrade(db)
    for name, client in (("acme/fitness", "acme"), ("globex/secret", "globex")):
        ledger.route_number(db, name, client)
    bench = Bench(db, now=BERLIN_OCTOBER - timedelta(hours=1))
    bench.record([bench.lead(1, "early.bird@mail.example")], route="acme/fitness")
    bench.now = BERLIN_OCTOBER + timedelta(hours=1)
    bench.record([bench.lead(n) for n in range(2, 5)], route="acme/fitness")
    bench.record([bench.lead(n) for n in (5, 6)], route="acme/fitness", decision=Hold(Reason.NOT_VALIDATED))
    other = bench.campaign("k9")
    bench.record([bench.lead(n, f"boss{n}@globex.example") for n in (20, 21)], route="globex/secret", campaign=other)
    sent = {}
    for route in ("acme/fitness", "globex/secret"):
        batch = bench.claim(route=route)
        bench.settle(batch, State.DELIVERED, route=route)
        sent[route] = sorted(batch.deliveries, key=lambda one: one.address)
    early, two, three, four = sent["acme/fitness"]
    later = BERLIN_OCTOBER + timedelta(days=3)
    hear(db, early, later, EventKind.CONTACTED, EventKind.REPLIED, EventKind.MEETING)
    hear(db, two, later, EventKind.CONTACTED, EventKind.BOUNCED)
    hear(db, three, later, EventKind.BOUNCED, detail="sender-side 550")
    hear(db, four, BERLIN_OCTOBER + timedelta(days=31, hours=2), EventKind.CONTACTED)
    for one in sent["globex/secret"]:
        hear(db, one, later, EventKind.CONTACTED, EventKind.REPLIED)
    yield db
    db.close()


def test_a_month_counts_what_happened_in_it(agency, leadbridge):
    """By the time zone of the client's routes; each event in the month in which it first happened."""
    code, reported = leadbridge.json("--client", "acme", "report", "--month", "2026-10", "--no-credits")
    (month,) = reported["months"]
    assert (code, month["timezone"]) == (0, "Europe/Berlin")
    assert (month["from"], month["until"]) == ("2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00")
    assert (month["found"], month["states"], month["not_delivered"]) == (
        5, {"delivered": 3, "held": 2}, {"not_validated": 2},
    )  # fmt: skip
    assert (month["delivered"], month["credits"]) == (4, None)
    assert month["reactions"] == {"contacted": 2, "replied": 1, "meeting": 1, "bounced": 1}
    assert [(one["address"], one["event"]) for one in month["answers"]] == [
        ("e***@mail.example", "meeting"), ("e***@mail.example", "replied"),
    ]  # fmt: skip
    months = [
        leadbridge.json("--client", "acme", "report", "--month", f"2026-{n:02}", "--no-credits")[1] for n in (9, 11)
    ]
    assert [one["months"][0]["found"] for one in months] == [1, 0]
    assert months[1]["months"][0]["reactions"] == {"contacted": 1}


def test_its_files_can_be_forwarded(agency, leadbridge, folder):
    """No other client, no whole address; the bounds and their zone stand in it; a file is of one client alone."""
    asked = ["--client", "acme", "report", "--month", "2026-10", "--no-credits"]
    assert leadbridge(*asked, "--html", "m.html").exit_code == 0
    assert leadbridge(*asked, "--csv", "m.csv").exit_code == 0
    shown, page, sheet = (
        leadbridge(*asked).stdout,
        (folder / "m.html").read_text(),
        (folder / "m.csv").read_text("utf-8-sig"),
    )
    for text in (shown, page, sheet):
        assert not re.search(r"globex|secret|k9|boss|early\.bird|p\d@", text, re.IGNORECASE)
    for text in (shown, page):
        assert "From 2026-10-01 00:00 on and before 2026-11-01 00:00, Europe/Berlin." in " ".join(text.split())
        assert "October 2026, acme" in text
    rows = {(row["measure"], row["of"]): row["number"] for row in csv.DictReader(io.StringIO(sheet))}
    assert rows[("found", "")] == "5"
    assert rows[("not delivered", "not_validated")] == "2"
    assert (rows[("delivered", "")], rows[("reaction", "meeting")], rows[("credits", "")]) == ("4", "1", "")
    assert rows[("campaign, replied", "k1")] == "1"
    for wrong in (["report", "--month", "2026-10", "--html", "x.html"], [*asked[:-3], "--month", "10.2026"],
                  [*asked, "--by", "client"]):  # fmt: skip
        refused = leadbridge(*wrong)
        assert (refused.exit_code, "Traceback" in refused.stderr) == (2, False)
    assert not (folder / "x.html").exists()
    # The same evening is September for a client without a time zone.
    both = leadbridge.json("report", "--month", "2026-10", "--no-credits")[1]["months"]
    assert [(one["client"], one["timezone"], one["found"]) for one in both] == [
        ("acme", "Europe/Berlin", 5),
        ("globex", "UTC", 0),
    ]


def test_credits_are_those_of_the_month(configure, leadbridge, vendors):
    """Scravio's transactions between the bounds; another month's are not among them."""
    configure()
    assert leadbridge("sync", "--yes").exit_code == 0
    now, account = datetime.now(UTC), vendors.world.scravio
    campaign = account.campaigns[0].id
    account.transactions.clear()
    for at, amount in ((now, -12), (now, -3.5), (now - timedelta(days=40), -100)):
        account.book("EMAIL_VALIDATION_DEDUCTION", amount, at, campaign)
    (month,) = leadbridge.json("report", "--month", f"{now:%Y-%m}")[1]["months"]
    assert (month["credits"], month["client"], month["delivered"]) == (15.5, "default", 6)
    shown = leadbridge("report", "--month", f"{now:%Y-%m}").stdout
    assert "Credits: 15.5." in shown
    assert "default" not in shown


@pytest.mark.skipif(browser.found() is None, reason="no chromium here")
def test_a_client_sees_the_page(agency, leadbridge, folder):
    """In a real browser, dark and narrow: nothing asked, nothing faint, nothing out of the window."""
    leadbridge("--client", "acme", "report", "--month", "2026-10", "--no-credits", "--html", "m.html")
    with browser.opened() as look:
        seen = look(folder / "m.html", 700, "dark")
        assert (seen.console, seen.faint(), seen.asked) == ([], [], [(folder / "m.html").as_uri()])
        assert seen.page.locator("figure svg").count() == 2
        assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_both_databases_read_a_month(db, delivered):
    """The statements run on either."""
    (one, _) = delivered(2)
    at = one and datetime(2026, 11, 20, 12, tzinfo=UTC)
    hear(db, one, at, EventKind.CONTACTED, EventKind.REPLIED)
    found = monthly.month(db, "default", at - timedelta(days=1), at + timedelta(days=1), most=9)
    assert (found.total("delivered"), found.total("replied"), len(found.answers)) == (2, 1, 1)
    assert monthly.month(db, "default", at, at + timedelta(days=1), most=0).answers == []


def test_a_client_without_leads_sees_no_others(agency, leadbridge, folder):
    """Whatever a verb shows, and for an empty --month too, it is nothing of another client, and no fault."""
    with (folder / "bridge.toml").open("a") as file:
        file.write('[[clients]]\nname = "new"\nenv = "NEW_"\n')
    for verb, key in (("rejects", "rejects"), ("delivered", "delivered"), ("runs", "runs"), ("status", "routes")):
        code, document = leadbridge.json("--client", "new", verb)
        assert (code, document[key]) == (0, [])
    assert leadbridge("--client", "new", "runs").stdout == "No run is recorded here yet.\n"
    assert 'no lead "x:unknown" of this client.' in leadbridge("--client", "new", "explain", "x:unknown").stderr
    refused = leadbridge("--client", "new", "report", "--month", "")
    assert (refused.exit_code, "is not a month" in refused.stderr) == (2, True)
