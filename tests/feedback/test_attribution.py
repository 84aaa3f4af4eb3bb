"""The report: figures add up, few cases claim little, and the first campaign that found a person gets the credit."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import ledger
from bridge.cli.looking.report import show_report
from bridge.ledger.events import recording
from bridge.ledger.upkeep.migrate import upgrade
from bridge.ledger.views.attribution import Became, became
from bridge.model import EventKind, ReportedEvent, State, Witness
from bridge.model.rates import chance_above, rate
from bridge.reports import attribution
from bridge.reports.attribution import COUNTS, DIMENSIONS, attribute
from bridge.reports.attribution_page import page
from tests.cli import browser
from tests.cli.conftest import configure, folder, leadbridge
from tests.harness import START
from tests.ledger.conftest import NOW, PLACE, Bench

__all__ = ["configure", "folder", "leadbridge"]

KINDS = st.frozensets(st.sampled_from([kind.value for kind in EventKind]))
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "platform": st.sampled_from(("instagram", "x")),
        "keyword": st.sampled_from(("yoga", "<script>alert(1)</script>\x1b[31m")),
        "followers": st.integers(0, 10**7),
        "checked_at": st.integers(1, 1_795_000_000_000),
    },
)
LEADS = st.lists(
    st.builds(
        Became,
        route=st.sampled_from(("fitness", "founders")),
        client=st.just("default"),
        campaign=st.sampled_from("abc"),
        title=st.just("T"),
        found=FACTS,
        facts=FACTS,
        sent_at=st.just(START),
        kinds=KINDS,
        shared=st.booleans(),
    ),
    max_size=40,
)


@settings(max_examples=40)
@given(
    LEADS,
    st.sets(st.sampled_from(list(DIMENSIONS)), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 10**6)),
)
def test_rows_add_up_to_what_was_delivered_and_spent(leads, by, spent):
    """However it is grouped: every lead is in one row, every thousandth of a credit in one row or distinguished."""
    found = attribute(leads, sorted(by), spent)
    total = found.total()
    assert total.counts["delivered"] == len(leads)
    assert total.counts["replied"] == sum("replied" in one.kinds for one in leads)
    assert (total.credits or 0) + found.unspread == sum(spent.values())
    assert (total.credits is None) == spent.keys().isdisjoint(one.campaign for one in leads)
    assert all(row.credits is None or row.credits >= 0 for row in found.rows)
    assert all(row.counts[name] <= row.counts["contacted"] for row in found.rows for name in COUNTS[2:])
    lows = [row.replies.low for row in found.rows]
    assert lows == sorted(lows, reverse=True)
    assert attribution.reactions(found, total)[:2] == ["all", f"{len(leads):,}"]
    assert {len(attribution.values(found, row)) for row in found.rows} <= {
        len(by) + len(attribution.COLUMNS) + attribution.names_owner(by)
    }
    reported = attribution.document(found)
    assert reported["total"]["delivered"] == sum(row["delivered"] for row in reported["rows"])
    text = page(found)
    assert "<script" not in text
    assert "\x1b" not in text
    assert text.count("<svg") == text.count("aria-label=") == (4 if found.unspread is not None else 3)


@given(st.integers(0, 400).flatmap(lambda cases: st.tuples(st.integers(0, cases), st.just(cases))))
def test_an_interval_holds_its_rate_and_narrows_with_more_cases(counted):
    """For any figures; ten times the cases at the same rate are reported more exactly."""
    hits, cases = counted
    one, more = rate(hits, cases), rate(10 * hits, 10 * cases)
    assert 0 <= one.low <= (one.value or 0.0) <= one.high <= 1 or one.value is None
    assert more.high - more.low <= one.high - one.low
    chances = [chance_above(limit / 100, hits, cases) for limit in range(0, 101, 10)]
    assert chances == sorted(chances, reverse=True)
    assert (chances[0], chances[-1]) == (1, 0)


def test_one_of_three_does_not_outrank_sixty_of_a_thousand():
    """The interval is Jeffreys' (quantiles of Beta(1.5, 2.5) and Beta(60.5, 940.5)); Wilson's would fail this."""
    few, many = rate(1, 3), rate(60, 1_000)
    assert (round(few.low, 4), round(few.high, 4)) == (0.0387, 0.8233)
    assert (round(many.low, 4), round(many.high, 4)) == (0.0465, 0.0760)
    leads = [_lead("few", index < 1) for index in range(3)] + [_lead("many", index < 60) for index in range(1_000)]
    assert [row.key for row in attribute(leads, ["campaign"], None).rows] == [("many",), ("few",)]


def _lead(campaign, replied):
    kinds = frozenset({"contacted", "replied"} if replied else {"contacted"})
    return Became("fitness", "default", campaign, "", {}, {}, START, kinds, shared=False)


HOSTILE = "<script>alert(1)</script>"


def golden():
    """Three campaigns: one with many leads, one with few, and one that brought bounces alone, with a hostile title."""
    many, few, bad = ("k1", "Yoga teachers in Berlin and Hamburg"), ("k2", "Running"), ("k3", HOSTILE)
    checked = int((START - timedelta(days=9)).timestamp() * 1_000)
    for (campaign, title), sent, replied, met, bounced in (
        (many, 1_000, 60, 20, 12),
        (few, 3, 1, 1, 0),
        (bad, 40, 0, 0, 9),
    ):
        for number in range(sent):
            kinds = {"contacted", *(["replied"] if number < replied else []), *(["meeting"] if number < met else [])}
            kinds |= {"bounced"} if replied <= number < replied + bounced else set()
            kinds |= {"unsubscribed"} if number == sent - 1 else set()
            found = {"platform": "tiktok" if campaign == "k2" else "instagram", "keyword": "yoga"}
            facts = {"followers": 900 + number, "country": "DE", "checked_at": checked}
            yield Became(
                "fitness", "default", campaign, title, found, facts, START, frozenset(kinds), shared=number < 2
            )


SPENT = {"k1": 1_000_500, "k2": 3_000, "k9": 7_000}
TERMINAL = """\
from                     sent   mailed                replied   positive   meet.
────────────────────────────────────────────────────────────────────────────────
Yoga teachers in        1,000    1,000    60: 6.0 % (4.7-7.6)         20      20
Berlin and Hamburg
Running                     3        3   1: 33.3 % (3.9-82.3)          1       1
<script>alert(1)</scr      40       40     0: 0.0 % (0.0-6.0)          0       0
ipt>
all                     1,043    1,043    61: 5.8 % (4.5-7.4)         21      21

from                           bounced   unsub.   credits   cr./reply   cr./pos.
────────────────────────────────────────────────────────────────────────────────
Yoga teachers      12: 1.2 % (0.7-2.0)        1   1,000.5        16.7       50.0
in Berlin and
Hamburg
Running            0: 0.0 % (0.0-53.6)        1       3.0         3.0        3.0
<script>alert(   9: 22.5 % (11.8-37.1)        1         -           -          -
1)</script>
all                21: 2.0 % (1.3-3.0)        3   1,003.5        16.5       47.8
Ranges: the true rate is inside with 95 % (Jeffreys' interval; Brown, Cai and
DasGupta, 2001). Rows are sorted by the lower end of the range for replies. A
person found by several campaigns counts for the first: by the campaign's
createdAt, then the lead's scrapedAt, then its id.
6 of the delivered leads were found by several campaigns.
Scravio shows no transaction for the campaigns of 40 delivered leads: costs
leave them out.
7.0 credits went to campaigns without a delivered lead here.
"""


def test_the_table_in_a_terminal_of_80_columns(capsys, monkeypatch):
    """Both tables, their sum, and what the figures rest on: as they are printed."""
    monkeypatch.setenv("COLUMNS", "80")
    show_report(attribute(golden(), ["campaign"], SPENT))
    printed = "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()) + "\n"
    assert printed == TERMINAL


def test_the_files_and_the_document_say_the_same(tmp_path):
    """CSV and JSON hold every figure by the same name; an unknown one is empty and null, never 0."""
    found = attribute(golden(), ["campaign", "platform"], SPENT)
    lines = [
        dict(zip(["campaign", "platform", *attribution.COLUMNS], attribution.values(found, row), strict=True))
        for row in found.rows
    ]
    reported = attribution.document(found)
    for line, row in zip(lines, reported["rows"], strict=True):
        for name in (*COUNTS, "credits", "cost_per_reply", "cost_per_positive"):
            assert line[name] == "" if row[name] is None else float(line[name]) == pytest.approx(row[name], abs=1e-3)
        for name in ("reply", "positive", "bounce"):
            for short, long in (("rate", "value"), ("low", "low"), ("high", "high")):
                assert float(line[f"{name}_{short}"]) == pytest.approx(row[f"{name}_rate"][long], abs=1e-6)
    assert lines[0] == {
        "campaign": "Yoga teachers in Berlin and Hamburg", "platform": "instagram", "delivered": "1000",
        "contacted": "1000", "replied": "60", "positive": "20", "meetings": "20", "bounced": "12", "unsubscribed": "1",
        "credits": "1000.500", "cost_per_reply": "16.675", "cost_per_positive": "50.025",
        "reply_rate": "0.060000", "reply_low": "0.046536", "reply_high": "0.076005",
        "positive_rate": "0.020000", "positive_low": "0.012651", "positive_high": "0.030117",
        "bounce_rate": "0.012000", "bounce_low": "0.006576", "bounce_high": "0.020234",
    }  # fmt: skip
    assert (reported["total"]["credits"], reported["total"]["cost_per_reply"]) == (1_003.5, pytest.approx(1_003.5 / 61))


def test_every_dimension_groups(tmp_path):
    """Each in words an operator reads; hashtags are keywords."""
    labels = {
        name: {found.labels(row)[0] for row in found.rows}
        for name in DIMENSIONS
        for found in [attribute(golden(), [name], SPENT)]
    }
    assert labels == {
        "campaign": {"Yoga teachers in Berlin and Hamburg", "Running", HOSTILE}, "platform": {"instagram", "tiktok"},
        "keyword": {"yoga"}, "followers": {"under 1,000", "1,000-9,999"}, "validation": {"8-30 days"},
        "country": {"DE"}, "route": {"fitness"}, "client": {"default"},
    }  # fmt: skip


@pytest.mark.skipif(browser.found() is None, reason="no chromium here")
def test_a_browser_shows_the_page_in_light_and_in_dark(tmp_path):
    """Nothing asked of the network, nothing on the console, no text too faint, nothing out of the window."""
    file = tmp_path / "report.html"
    file.write_text(page(attribute(golden(), ["campaign"], SPENT)))
    with browser.opened() as look:
        for scheme, width in (("light", 1_200), ("dark", 700)):
            seen = look(file, width, scheme)
            assert seen.page.locator("figure svg").count() == 4
            assert seen.page.locator("table").first.inner_text().split("\n")[1].split("\t")[:4] == [
                "Yoga teachers in Berlin and Hamburg", "1,000", "1,000", "60",
            ]  # fmt: skip
            assert HOSTILE in seen.page.locator("table").first.inner_text()
            assert (seen.console, seen.faint(), seen.asked) == ([], [], [file.as_uri()])
            assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            seen.page.close()


def event(one, kind, detail=""):
    return ReportedEvent(kind, PLACE, one.address, Witness.LEADS, NOW, delivery_id=one.id, detail=detail)


def test_the_ledger_shows_what_became_of_each(db, delivered):
    """By its events; a bounce that the vendor puts down to the sender is none."""
    one, two, three = delivered(3)
    events = [event(one, kind) for kind in (EventKind.CONTACTED, EventKind.REPLIED, EventKind.MEETING)]
    events += [event(two, EventKind.BOUNCED), event(three, EventKind.BOUNCED, "sender-side 550")]
    recording.record(db, events, NOW)
    assert list(became(db, ["other"], None)) == []
    assert list(became(db, [], NOW + timedelta(days=900))) == []
    (row,) = attribution.document(attribute(became(db, [], None), ["validation", "route"], {}))["rows"]
    assert {name: row[name] for name in ("route", *COUNTS)} == {
        "route": "fitness", "delivered": 3, "contacted": 2, "replied": 1, "positive": 1, "meetings": 1, "bounced": 1,
        "unsubscribed": 0,
    }  # fmt: skip


def test_the_campaign_that_found_a_person_first_counts(db, bench, delivered):
    """By its creation, whichever campaign's lead was delivered; the report says how many were found twice."""
    delivered(2)
    earlier = bench.campaign("k0", age=-5)
    bench.record([replace(bench.lead(1), campaign_id="k0")], campaign=earlier)
    bench.record([replace(bench.lead(2), campaign_id="k9")], campaign=bench.campaign("k9", age=5))
    found = attribute(became(db, [], None), ["campaign"], {"k0": 9_000, "k1": 1_001})
    assert {row.key[0]: (row.counts["delivered"], row.credits) for row in found.rows} == {
        "k0": (1, 9_000),
        "k1": (1, 1_001),
    }
    assert found.shared == 2
    assert any("2 of the delivered leads were found by several" in line for line in attribution.notes(found))


def test_of_campaigns_created_together_the_earlier_scraped_lead_counts_and_then_the_lower_id(db, bench, delivered):
    """`scrapedAt` decides where `createdAt` does not, the lead's id where neither does; whichever was delivered."""
    delivered(2)
    one, two = (replace(bench.lead(number), campaign_id="k2") for number in (1, 2))
    earlier = replace(one, id="f" * 24, scraped_at=one.scraped_at - timedelta(hours=1))
    bench.record([earlier, replace(two, id="0" * 24)], campaign=bench.campaign("k2"))
    found = attribute(became(db, [], None), ["campaign"], {})
    assert {row.key[0]: row.counts["delivered"] for row in found.rows} == {"k2": 2}
    bench.record(
        [replace(two, id="0" * 24, scraped_at=two.scraped_at + timedelta(hours=1))], campaign=bench.campaign("k2")
    )
    found = attribute(became(db, [], None), ["campaign"], {})
    assert {row.key[0]: row.counts["delivered"] for row in found.rows} == {"k1": 1, "k2": 1}


def test_the_verb_prints_writes_and_refuses(folder, leadbridge, bench_in_folder):
    """80 columns in a terminal, CSV and a page in files, JSON as documented; an unknown dimension is named."""
    printed = leadbridge("report", "--no-credits")
    assert printed.exit_code == 0
    assert max(map(len, printed.stdout.splitlines())) <= 80
    assert "k1" in printed.stdout
    assert "Costs are not shown" in printed.stdout
    code, reported = leadbridge.json("report", "--by", "campaign,country", "--no-credits")
    assert (code, reported["by"]) == (0, ["campaign", "country"])
    (row,) = reported["rows"]
    assert (row["campaign"], row["country"], row["delivered"], row["replied"]) == ("k1", "unknown", 2, 1)
    assert set(row["reply_rate"]) == set(row["bounce_rate"]) == {"value", "low", "high"}
    assert leadbridge("report", "--no-credits", "--csv", "r.csv", "--html", "r.html").exit_code == 0
    assert (folder / "r.csv").read_text("utf-8-sig").splitlines()[0].startswith("campaign,delivered,contacted")
    assert 'aria-label="Reply rate, 1 group. First is ' in (folder / "r.html").read_text()
    refused = leadbridge("report", "--by", "colour")
    assert (refused.exit_code, "no dimension" in refused.stderr) == (2, True)


@pytest.fixture
def bench_in_folder(folder, configure):
    configure()
    db = ledger.Database(f"sqlite:///{folder}/data/bridge.db")
    upgrade(db)
    bench = Bench(db)
    bench.record([bench.lead(1), bench.lead(2)])
    batch = bench.claim(place=PLACE)
    bench.settle(batch, State.DELIVERED)
    recording.record(db, [event(min(batch.deliveries, key=lambda one: one.id), EventKind.REPLIED)], NOW)
    db.close()
