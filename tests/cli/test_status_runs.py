"""`leadbridge status` and `leadbridge runs`: from the ledger alone."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from typer.testing import CliRunner

from bridge import ledger
from bridge.cli import app
from bridge.ledger.core import holders
from bridge.model import Hold, Origin, Outcome, Reason, State
from tests.cli.conftest import unwrapped
from tests.ledger.conftest import NOW, PLACE


def finished(bench, route, status="ok", error=None):
    """A run of the route that has ended."""
    number, epoch = bench.route(route)
    run = ledger.start_run(bench.db, number, NOW)
    document = {"route": route, "status": status, "leads_read": 3, "delivered_now": 2, "seconds": 1.5, "error": error}
    ledger.finish_run(bench.db, run, NOW + timedelta(seconds=2), status, document)
    ledger.core.leases.release(bench.db, number, epoch)
    return run


def test_before_any_run_it_says_what_to_do(leadbridge, configure, folder):
    """Without a ledger status names the first steps and makes no file; no key is needed."""
    configure()
    result = leadbridge("status")
    assert result.exit_code == 0
    assert "Nothing is stored yet" in result.stdout
    assert "never run" in result.stdout
    assert not (folder / "data").exists()
    assert leadbridge("runs").exit_code == 0
    assert not (folder / "data").exists()


def test_status_as_a_document(leadbridge, configure, bench):
    """Configured routes in the order of the file, then those that only the ledger knows, as retired."""
    configure("new", "fitness")
    bench.record([bench.lead(1), bench.lead(2)])
    finished(bench, "fitness")
    bench.record([bench.lead(3)], route="old")
    code, document = leadbridge.json("status")
    assert code == 0
    assert [(route["route"], route["retired"]) for route in document["routes"]] == [
        ("new", False), ("fitness", False), ("old", True),
    ]  # fmt: skip
    new, fitness, _ = document["routes"]
    assert new["last_run"] is None
    assert new["target"] == "instantly campaign Fitness Q4"
    assert fitness["leads_known"] == sum(fitness["states"].values()) == 2
    assert fitness["last_run"]["status"] == "ok"
    assert fitness["next"] == "leadbridge sync fitness"


def test_doubt_and_failure_are_reported_with_their_age(leadbridge, configure, bench):
    """What is in doubt or failed: how many, since when, why, and the next command."""
    configure()
    bench.record([bench.lead(number) for number in range(3)])
    batch = bench.claim()
    bench.now = NOW + timedelta(minutes=5)
    first, second, third = batch.deliveries
    outcomes = [
        Outcome(first.id, State.IN_DOUBT, Reason.ANSWER_LOST, Origin.LOCAL),
        Outcome(second.id, State.IN_DOUBT, Reason.ANSWER_LOST, Origin.LOCAL),
        Outcome(third.id, State.FAILED, Reason.ATTEMPTS_SPENT, Origin.INFERRED),
    ]
    ledger.record_outcomes(bench.db, bench.recording(), outcomes, batch_id=batch.id)
    finished(bench, "fitness", "partial", "An answer was lost.")
    reported = unwrapped(leadbridge("status").stdout)
    assert "! 2 leads in doubt since 2026-11-20 12:05 UTC: the request was sent and its answer was lost" in reported
    assert "! 1 lead failed since 2026-11-20 12:05 UTC" in reported
    assert "✗ An answer was lost." in reported
    assert "next: leadbridge sync fitness" in reported


def test_a_run_that_never_ended_was_cut_off(leadbridge, configure, bench):
    """A run without an end is running while someone holds the lease, and cut off when no one does."""
    configure()
    number, epoch = bench.route()
    bench.record([bench.lead(1)])
    ledger.start_run(bench.db, number, NOW)
    assert leadbridge.json("status")[1]["routes"][0]["last_run"]["status"] == "running"
    ledger.core.leases.release(bench.db, number, epoch)
    document = leadbridge.json("status")[1]["routes"][0]
    assert document["last_run"]["status"] == "cut off"
    assert document["next"] == "leadbridge sync fitness"


def test_a_dead_process_runs_nothing(leadbridge, configure, bench):
    """A lease that has not run out yet proves nothing once its process is gone: the run was cut off."""
    configure()
    number, epoch = bench.route()
    ledger.start_run(bench.db, number, NOW)
    ledger.core.leases.release(bench.db, number, epoch)
    gone = subprocess.Popen(["sleep", "60"])
    holder = replace(holders.myself(), pid=gone.pid, process=holders.started(gone.pid))
    ledger.core.leases.acquire(bench.db, number, holder)
    assert leadbridge.json("runs")[1]["runs"][0]["status"] == "running"
    gone.kill()
    gone.wait()
    assert leadbridge.json("runs")[1]["runs"][0]["status"] == "cut off"
    document = leadbridge.json("status")[1]["routes"][0]
    assert (document["last_run"]["status"], document["next"]) == ("cut off", "leadbridge sync fitness")


def test_only_the_latest_run_can_be_running(leadbridge, bench):
    """An older run without an end was cut off, no matter who works on the route now."""
    number, _ = bench.route()
    for _ in range(2):
        ledger.start_run(bench.db, number, NOW)
    assert [run["status"] for run in leadbridge.json("runs")[1]["runs"]] == ["running", "cut off"]


def test_an_absurd_limit_is_as_good_as_none(leadbridge, bench):
    """A number that no database takes shows everything."""
    bench.record([bench.lead(1)], decision=Hold(Reason.NO_EMAIL))
    finished(bench, "fitness")
    assert len(leadbridge.json("runs", "--limit", "9" * 20)[1]["runs"]) == 1
    assert len(leadbridge.json("rejects", "--limit", "9" * 20)[1]["rejects"]) == 1


def test_a_narrow_terminal_gets_a_list(bench):
    """At 40 columns each run is a little list, and no line is longer."""
    finished(bench, "fitness")
    reported = CliRunner(env={"COLUMNS": "40", "NO_COLOR": "1"}).invoke(app, ["runs"]).stdout
    assert "run: 1\n  when (UTC): 2026-11-20 12:00\n  route: fitness\n" in reported
    assert max(map(len, reported.splitlines())) <= 40


def test_a_program_reads_whole_rows(bench, monkeypatch):
    """Where stdout is no terminal a row is a line, however long its cells are."""
    finished(bench, "a route with a name so long that no table of eighty columns could hold all of it")
    monkeypatch.delenv("COLUMNS", raising=False)
    reported = CliRunner(env={"NO_COLOR": "1"}).invoke(app, ["runs"]).stdout
    assert "that no table of eighty columns could hold all of it   ok" in reported


def test_a_blocked_route_repeats_its_hint(leadbridge, configure, bench):
    """A blocked route's next step is the hint that its run gave."""
    configure()
    number, _ = bench.route()
    run = ledger.start_run(bench.db, number, NOW)
    document = {"status": "blocked", "error": "The plan is full.", "hint": "Upgrade the plan."}
    ledger.finish_run(bench.db, run, NOW, "blocked", document)
    assert "next: Upgrade the plan." in leadbridge("status").stdout


def test_a_retired_route_names_where_it_went(leadbridge, configure, bench):
    """A route that bridge.toml has forgotten keeps its target's title."""
    configure()
    bench.record([bench.lead(1)], route="old")
    ledger.bind(bench.db, bench.route("old")[0], "instantly:campaign:x", PLACE, "Summer [b]sale[/b]")
    bench.claim(route="old")
    result = leadbridge("status")
    assert "old → instantly campaign Summer [b]sale[/b] (retired" in unwrapped(result.stdout)


def test_runs_newest_first(leadbridge, bench):
    """The latest runs, as a table and as a document; a route can be named, and an unknown one is an error."""
    bench.record([bench.lead(1)], decision=Hold(Reason.NO_EMAIL))
    first, second = finished(bench, "fitness"), finished(bench, "founders", "failed", "Nobody answered.")
    code, document = leadbridge.json("runs")
    assert code == 0
    assert [run["run_id"] for run in document["runs"]] == [second, first]
    assert document["runs"][0]["report"]["error"] == "Nobody answered."
    assert len(leadbridge.json("runs", "--limit", "1")[1]["runs"]) == 1
    assert [run["route"] for run in leadbridge.json("runs", "Fitness")[1]["runs"]] == ["fitness"]
    assert "✗ run 2, founders: Nobody answered." in leadbridge("runs").stdout
    assert leadbridge("runs", "nobody").exit_code == 2


def test_leads_stand_under_the_target_they_went_to(leadbridge, configure, bench):
    """After a changed target no one is reported under the new one who is in the old; each target has its own counts."""
    configure(target="Campaign 2")
    number = bench.route("fitness")[0]
    ledger.bind(bench.db, number, "instantly:campaign:Fitness Q4", PLACE, "Fitness Q4")
    bench.record([bench.lead(1), bench.lead(2), bench.lead(3)])
    bench.settle(bench.claim(limit=2), State.DELIVERED)
    reported = unwrapped(leadbridge("status").stdout)
    assert "fitness → instantly campaign Campaign 2" in reported
    assert (
        "went to instantly campaign Fitness Q4, an earlier target of this route; they stay there: 2 delivered"
        in reported
    )
    ((target,),) = [route["targets"] for route in leadbridge.json("status")[1]["routes"]]
    assert (target["target"], target["is_current"], target["states"]) == (
        "instantly campaign Fitness Q4", False, {"delivered": 2},
    )  # fmt: skip
    configure()
    assert "went to" not in leadbridge("status").stdout


def test_ready_leads_that_do_not_go_are_reported(leadbridge, configure, bench):
    """Who waits for its time, and that some of the ready are the same people again: no number promises too much."""
    configure()
    bench.now = datetime.now(UTC)
    number = bench.route("fitness")[0]
    ledger.bind(bench.db, number, "instantly:campaign:Fitness Q4", PLACE, "Fitness Q4")
    bench.record([bench.lead(1), bench.lead(2)])
    bench.settle(bench.claim(), State.READY, Reason.UNEXPLAINED)
    waiting = leadbridge.json("status")[1]["routes"][0]
    assert [(wait["leads"], wait["reason"]) for wait in waiting["waiting"]] == [(2, "unexplained")]
    reported = unwrapped(leadbridge("status").stdout)
    assert "2 leads ready, and wait until" in reported
    assert "next: leadbridge sync fitness, from" in reported
    same = [bench.lead(number, email="p9@site9.example") for number in (3, 4, 5)]
    bench.record([*same, bench.lead(6, email="p1@site1.example")])
    assert leadbridge.json("status")[1]["routes"][0]["ready_may_go"] == 1
    assert "ready: at most 1 of 4 would go with a sync now" in unwrapped(leadbridge("status").stdout)
