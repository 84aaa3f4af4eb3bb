"""Plays one cell of the matrix: a small world, runs under the fault, then quiet ones; counts what became of it.

The judge is the sandbox's own book and an undisturbed run over the same world, not the bridge's idea of itself.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from random import Random

import sqlalchemy as sa

from bridge import store
from bridge.sandbox.book import person_of
from bridge.sandbox.people import respelled
from tests.chaos.databases import sqlite_file
from tests.harness import START, Operator, good_world, route

TITLES = ("First", "Second", "Third")
LEADS = 8
QUIET_RUNS = 10

# Instantly's own block list keeps a person out either way: before the call, or in it where the list could not be read.
SAME_END = {("refused", "blocklist"): ("held", "suppressed")}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one cell came to. The last three must be zero, and a cell that injected nothing has proved nothing."""

    injected: int = 0
    expected: int = 0
    delivered: int = 0
    missing: int = 0
    twice: int = 0
    wrong: int = 0

    def __add__(self, other):
        return Finding(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def sound(self):
        return self.injected > 0 and not (self.missing or self.twice or self.wrong)


def scene_route(scene, world):
    """The route whose run surely asks the endpoint of a scene."""
    instantly = world.instantly
    match scene:
        case "campaign by id":
            return route(ref=instantly.campaign("Fitness Q4").id)
        case "list":
            return route(ref="Scravio inbox", kind="list")
        case "list by id":
            return route(ref=instantly.lead_list("Scravio inbox").id, kind="list")
        case "new list":
            wanted = route(ref="Brand new", kind="list")
            return replace(wanted, target=replace(wanted.target, create=True))
        case _:
            return route()


def crowded_world():
    """Three campaigns of eight: some the same people otherwise spelt, and whatever keeps a good lead from going."""
    world = good_world(*TITLES, leads=LEADS)
    first, second, third = (world.scravio.campaign(title) for title in TITLES)
    for way in range(3):
        second.lead(way).update(email=respelled(first.lead(way).row["email"], way))
        third.lead(way).update(email=respelled(first.lead(way).row["email"], way + 3))
    first.lead(3).validate("pending")
    second.lead(3).validate("invalid")
    instantly, day_before = world.instantly, START - timedelta(days=1)
    instantly.block(first.lead(4).row["email"], START)
    other = instantly.add_campaign("Other", 1, START)
    for target in (instantly.campaign("Fitness Q4"), instantly.lead_list("Scravio inbox")):
        instantly.add_person(target, first.lead(5).row["email"], day_before)
    instantly.add_person(other, second.lead(5).row["email"], day_before)
    return world


def play(cell, seed, database_url):
    """The Finding of one cell with one seed, on an empty ledger."""
    dice = Random(f"{cell.name} {seed}")
    operator = Operator(database_url, crowded_world())
    wanted = scene_route(cell.endpoint.scene, operator.sandbox.world)
    operator.sandbox.world.instantly.habits.lookup_lag = dice.choice((0.0, 20.0))
    finish(operator, TITLES[:1])
    injected = 0
    for number in range(1, dice.randint(1, 3) + 1):
        injected += stormy_run(operator, wanted, cell, dice)
        operator.clock.forward(seconds=dice.choice((1, 31, 400)))
        finish(operator, TITLES[: number + 1])
    finish(operator, TITLES)
    settle_down(operator, wanted)
    return judge(operator, cell.endpoint.scene, injected)


def finish(operator, titles):
    """Only these campaigns are finished; the others are still being scraped."""
    for title in TITLES:
        status = "fully_completed" if title in titles else "scraping"
        operator.sandbox.world.scravio.campaign(title).update(status=status)


def stormy_run(operator, wanted, cell, dice):
    nth = 1 if cell.once else dice.choice((1, (1, 2), (1, 2, 3), None))
    endpoint = cell.endpoint
    rule = operator.sandbox.faults.add(
        vendor=endpoint.vendor, method=endpoint.method, path=endpoint.path, nth=nth, **cell.terms
    )
    operator.sync(wanted)
    fired = operator.sandbox.faults.fired(rule)
    operator.sandbox.faults.remove(rule)
    return fired


def settle_down(operator, wanted):
    for _ in range(QUIET_RUNS):
        operator.clock.forward(hours=7)
        report = operator.sync_one(wanted)
        if report.status == "ok" and not any(report.tally.states[state] for state in ("ready", "sending", "in_doubt")):
            return


def judge(operator, scene, injected):
    calm_people, calm_reasons = undisturbed(scene)
    report = operator.sandbox.report()
    there = people_created(operator)
    reasons = reasons_by_person(operator)
    twice = ("created_twice", "created_twice_person", "created_twice_in_workspace", "reposted")
    return Finding(
        injected=injected,
        expected=len(calm_people),
        delivered=report["created"],
        missing=len(calm_people - there),
        twice=sum(len(report[name]) for name in twice),
        # By person, since which of two equal copies went is free.
        wrong=max((calm_reasons - reasons).total(), (reasons - calm_reasons).total()),
    )


@cache
def undisturbed(scene):
    """Who is created, and how everybody ends, when nothing goes wrong."""
    with sqlite_file() as url:
        operator = Operator(url, crowded_world())
        settle_down(operator, scene_route(scene, operator.sandbox.world))
        return people_created(operator), reasons_by_person(operator)


def people_created(operator):
    """Whom our posts created, as the sandbox tells people apart; all of it below one target."""
    instantly = operator.sandbox.world.instantly
    return frozenset(person_of(one.email) for one in instantly.people() if one.created >= START)


def reasons_by_person(operator):
    """How many leads of each person ended in which state for which reason."""
    account = operator.sandbox.world.scravio
    crowds = [account.campaign(title).crowd for title in TITLES]
    rows = [crowd.row(index) for crowd in crowds for index in range(crowd.size)]
    people = {row["_id"]: person_of(row["email"]) for row in rows}
    ledger = store.Database(operator.database_url)
    query = "SELECT lead.source_id, delivery.state, delivery.reason FROM delivery JOIN lead ON lead.id = lead_id"
    with ledger.read() as connection:
        found = connection.execute(sa.text(query)).all()
    ledger.close()
    ends = (SAME_END.get((row.state, row.reason), (row.state, row.reason)) for row in found)
    return Counter((people[row.source_id], *end) for row, end in zip(found, ends, strict=True))
