"""What an operator sees after the push: moves from a list, changes that follow, the list of who was delivered."""

import csv
import io
import tracemalloc
from datetime import UTC, datetime

import sqlalchemy as sa

from bridge import ledger
from bridge.ledger.views.delivered import delivered
from tests.cli.conftest import unwrapped

LIST = '[[routes]]\nname = "inbox"\ntarget = { instantly_list = "Scravio inbox" }\n'
FOLLOWING = """
[[routes]]
name = "fitness"
target = { instantly_campaign = "Fitness Q4" }
update = { fields = "until_contacted" }
fields = { job_title = "TITLE" }
"""
PROMOTE = ("promote", "Scravio inbox", "--to", "Fitness Q4")


def test_promote_says_what_would_move_and_what_moved(leadbridge, folder, vendors):
    """Unasked it needs --yes; a dry run changes nothing; `explain` and `delivered` name the campaign afterwards."""
    (folder / "bridge.toml").write_text(LIST)
    vendors.world.instantly.habits.job_seconds = 0
    early = leadbridge(*PROMOTE, "--yes")
    assert (early.exit_code, "No lead was delivered to a lead list" in early.stderr) == (2, True)
    leadbridge("sync", "--yes")
    unasked = leadbridge(*PROMOTE)
    assert (unasked.exit_code, "--yes" in unasked.stderr) == (2, True)
    code, seen = leadbridge.json(*PROMOTE, "--dry-run")
    assert (code, seen["would_move"], seen["moved"], seen["in_list"]) == (0, seen["in_list"], 0, seen["in_list"])
    code, done = leadbridge.json(*PROMOTE, "--yes", "--limit", "2")
    assert (code, done["status"], done["moved"], done["open"]) == (0, "ok", 2, 0)
    said = leadbridge(*PROMOTE, "--yes")
    count = seen["in_list"] - 2
    assert f'{count} leads moved from the list "Scravio inbox" into the campaign "Fitness Q4"' in unwrapped(said.stdout)
    empty = leadbridge(*PROMOTE, "--yes")
    assert (empty.exit_code, "holds no delivered lead" in unwrapped(empty.stdout)) == (1, True)
    rows = leadbridge.json("delivered")[1]["delivered"]
    assert {one["target"] for one in rows} == {"Fitness Q4"}
    reported = unwrapped(leadbridge("explain", rows[0]["address"]).stdout)
    assert "moved from the lead list into the campaign" in reported
    gone = leadbridge("promote", "Scravio inbox", "--to", "Nowhere", "--yes")
    assert (gone.exit_code, "does not exist in this workspace" in gone.stderr) == (1, True)
    assert ("after --to" in gone.stderr, "bridge.toml" in gone.stderr) == (True, False)


def test_a_move_that_cannot_be_asked_about_is_given_up(leadbridge, folder, vendors):
    """Its answer is lost and jobs cannot be read: said, in doubt, ended by `settle --give-up` with the claims kept."""
    (folder / "bridge.toml").write_text(LIST)
    leadbridge("sync", "--yes")
    vendors.faults.add("cut", path="*/leads/move", commit=False, times=1)
    vendors.faults.add("status", code=403, path="*/background-jobs*")
    code, done = leadbridge.json(*PROMOTE, "--yes")
    assert (code, done["status"], done["moved"], done["open"]) == (3, "partial", 0, done["in_list"])
    assert "not certain yet" in unwrapped(leadbridge(*PROMOTE, "--yes").stdout)
    ended = leadbridge("settle", "--give-up", done["campaign"]["id"], "--yes")
    assert (ended.exit_code, f"the move of {done['in_list']} leads" in unwrapped(ended.stdout)) == (0, True)
    assert leadbridge.json("sync", "--yes")[1]["routes"][0]["warnings"] == []


def test_a_change_is_shown_by_every_verb(leadbridge, folder, vendors):
    """`preview` counts it, `sync` says what became of it, `status` what waits, `explain` what was changed."""
    (folder / "bridge.toml").write_text(FOLLOWING.replace("TITLE", "Creator"))
    leadbridge("sync", "--yes")
    (folder / "bridge.toml").write_text(FOLLOWING.replace("TITLE", "Maker"))
    instantly = vendors.world.instantly
    people = list(instantly.people(instantly.campaign("Fitness Q4").id))
    assert f"At most {len(people)} leads delivered before would be changed" in unwrapped(leadbridge("preview").stdout)
    said = unwrapped(leadbridge("sync").stdout)
    assert f"Delivered leads that have changed since: {len(people)} changed in the target." in said
    assert leadbridge.json("status")[1]["routes"][0]["changed_waiting"] == 0
    reported = unwrapped(leadbridge("explain", people[0].email).stdout)
    assert "what had changed was changed in the target too (job_title (update" in reported
    assert 'job_title "Maker"' in reported


def test_delivered_filters_by_day_and_writes_no_formula(leadbridge, configure, bench):
    """--since counts from that day; a cell that a spreadsheet would run begins with an apostrophe."""
    configure()
    bench.record([bench.lead(1), bench.lead(2)])
    batch = bench.claim()
    bench.settle(batch, ledger.State.DELIVERED)
    with bench.db.write() as connection:
        connection.execute(sa.text("UPDATE campaign SET title = '=HYPERLINK(1)'"))
    rows = list(csv.DictReader(io.StringIO(leadbridge("delivered", "--csv", "-").stdout)))
    assert [one["campaign"] for one in rows] == ["'=HYPERLINK(1)"] * 2
    day = rows[0]["sent_at"][:10]
    assert len(leadbridge.json("delivered", "--since", day)[1]["delivered"]) == 2
    assert leadbridge.json("delivered", "--since", "2099-01-01")[1]["delivered"] == []
    assert leadbridge.json("--client", "default", "delivered")[1]["delivered"] != []


def test_a_long_list_takes_no_more_memory_than_a_short_one(bench):
    """The rows come in pieces: reading many thousands holds one piece at a time."""
    bench.record([bench.lead(1)])
    bench.settle(bench.claim(), ledger.State.DELIVERED)
    copy = """
        INSERT INTO delivery (route_no, lead_id, state, reason, origin, sent_at, place_no, address, batch_id)
        SELECT route_no, lead_id + n.v, state, reason, origin, sent_at, place_no, address || n.v, 0 FROM delivery,
        (WITH RECURSIVE c(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM c WHERE v < 8000) SELECT v FROM c) n
    """
    leads = """
        INSERT INTO lead (id, campaign_no, source_id) SELECT lead_id, 1, 'x' || lead_id FROM delivery
        WHERE lead_id NOT IN (SELECT id FROM lead)
    """
    with bench.db.write() as connection:
        connection.execute(sa.text(copy))
        connection.execute(sa.text(leads))
    since = datetime(2020, 1, 1, tzinfo=UTC)
    assert next(delivered(bench.db, [], since))
    tracemalloc.start()
    try:
        count = sum(1 for _ in delivered(bench.db, [], since))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 8001
    assert peak < 6_000_000
