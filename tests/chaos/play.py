"""Plays one cell of the matrix: a small world, runs under the fault, then quiet ones; counts what became of it.

The judge is the sandbox's own book and an undisturbed run over the same world, not the bridge's idea of itself.
"""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from random import Random

import sqlalchemy as sa

from bridge import ledger
from bridge.sandbox.people import respelled
from tests.chaos.matrix import VENDOR_OF
from tests.chaos.sides import SIDES
from tests.chaos.stories import Office, Stage, other_office, story_of, two_routes
from tests.databases import sqlite_file
from tests.harness import Operator, good_world

TITLES = ("First", "Second", "Third")
LEADS = 8
QUIET_RUNS = 10
STAYS = {"delivered", "duplicate"}
UNDER_WAY = ("ready", "sending", "in_doubt")
TWICE = ("created_twice", "created_twice_person", "created_twice_in_workspace", "reposted")
# Held for the sake of another copy, or of a configuration that has changed: who goes in its place is judged.
PASSED_OVER = {"duplicate_of", "route_retired", "not_selected"}


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


def crowded_world(side):
    """Three campaigns of eight: some the same people otherwise spelt, and whatever keeps a good lead from going."""
    world = good_world(*TITLES, leads=LEADS)
    first, second, third = (world.scravio.campaign(title) for title in TITLES)
    for way in range(3):
        second.lead(way).update(email=respelled(first.lead(way).row["email"], way))
        third.lead(way).update(email=respelled(first.lead(way).row["email"], way + 3))
    first.lead(3).validate("pending")
    second.lead(3).validate("invalid")
    side.occupy(world)
    return world


def staged(database_url, scene, story="plain"):
    """A stage on an empty ledger, before anything has happened."""
    side = SIDES[VENDOR_OF[scene]]
    operator = Operator(database_url, crowded_world(side))
    wanted = side.route(scene, operator.sandbox.world)
    stage = Stage(side, scene, story, [Office(operator, [wanted])])
    if story == "two routes":
        stage.offices[0].routes = two_routes(wanted, side.second(scene, operator.sandbox.world))
    if story == "two workspaces":
        stage.offices.append(other_office(side, operator, scene))
    return stage


def play(cell, seed, database_url):
    """The Finding of one cell with one seed, on an empty ledger."""
    dice = Random(f"{cell.name} {seed}")
    stage = staged(database_url, cell.endpoint.scene, story_of(cell.number, seed))
    lag = dice.choice((0.0, 20.0))
    for office in stage.offices:
        stage.side.lag(office.operator.sandbox.world, lag)
    finish(stage, TITLES[:1])
    injected = 0
    for number in range(1, dice.randint(1, 3) + 1):
        injected += stormy_run(stage, cell, dice)
        stage.operator.clock.forward(seconds=dice.choice((1, 31, 400)))
        finish(stage, TITLES[: number + 1])
        stage.turn(dice, people_created(stage, stage.offices[0]))
    finish(stage, TITLES)
    settle_down(stage)
    return judge(stage, injected)


def finish(stage, titles):
    """Only these campaigns are finished; the others are still being scraped."""
    for title in TITLES:
        status = "fully_completed" if title in titles else "scraping"
        stage.operator.sandbox.world.scravio.campaign(title).update(status=status)


def stormy_run(stage, cell, dice):
    terms = cell.rule(dice)
    doors = [office.operator.sandbox.faults for office in stage.offices]
    rules = [faults.add(**terms) for faults in doors]
    stage.sync()
    fired = sum(faults.fired(rule) for faults, rule in zip(doors, rules, strict=True))
    for faults, rule in zip(doors, rules, strict=True):
        faults.remove(rule)
    return fired


def settle_down(stage):
    for _ in range(QUIET_RUNS):
        stage.operator.clock.forward(hours=7)
        reports = stage.sync()
        waiting = any(report.tally.states[state] for report in reports for state in UNDER_WAY)
        if not waiting and {report.status for report in reports} == {"ok"}:
            return


def judge(stage, injected):
    found = Finding(injected=injected, wrong=still_in_doubt(stage.operator) + stage.intruders)
    for office in stage.offices:
        found += judge_office(stage, office)
    return found


def judge_office(stage, office):
    calm_people, calm_reasons = undisturbed(stage.scene, office.routes[0].source if is_edited(stage) else None)
    report, there = office.operator.sandbox.report(), people_created(stage, office)
    reasons = reasons_by_person(stage, office, stage.exact)
    if not stage.exact:
        chosen = {person for person, _, _ in calm_reasons}
        calm_reasons = reported(calm_reasons)
        reasons = Counter({key: 1 for key in reported(reasons) if key[0] in chosen})
    deselected = there - calm_people - stage.sent_before if is_edited(stage) else set()
    return Finding(
        expected=len(calm_people),
        delivered=report["created"],
        missing=len(calm_people - there),
        twice=sum(len(report[name]) for name in TWICE),
        # By person, since which of two equal copies went is free.
        wrong=max((calm_reasons - reasons).total(), (reasons - calm_reasons).total()) + len(deselected),
    )


def is_edited(stage):
    return stage.story == "edited source"


def reported(reasons):
    """How each person ended, whichever lead and route it was: without the copies that another lead was preferred to."""
    return Counter({key: 1 for key in reasons if key[2] not in PASSED_OVER})


@cache
def undisturbed(scene, source=None):
    """Who is created, and how everyone ends, when nothing goes wrong; of the campaigns that `source` takes."""
    with sqlite_file() as url:
        stage = staged(url, scene)
        office = stage.offices[0]
        office.routes = [replace(one, source=source or one.source) for one in office.routes]
        settle_down(stage)
        return people_created(stage, office), reasons_by_person(stage, office, exact=True)


def people_created(stage, office):
    """The people that our posts created, as the sandbox distinguishes people; all of it below one target."""
    return frozenset(stage.side.created(office.operator.sandbox.world))


def reasons_by_person(stage, office, exact):
    """How many leads of each person ended in which state for which reason.

    On the routes of one bridge.toml; unless `exact`, also on retired ones, as far as these know someone to be there.
    """
    account = office.operator.sandbox.world.scravio
    crowds = [account.campaign(title).crowd for title in TITLES]
    rows = [crowd.row(index) for crowd in crowds for index in range(crowd.size)]
    people, same_end = {row["_id"]: stage.side.person(row) for row in rows}, stage.side.same_end
    configured = {one.name for one in office.routes}
    return Counter(
        (people[row.source_id], *same_end.get((row.state, row.reason), (row.state, row.reason)))
        for row in deliveries(office.operator)
        if row.name in configured or (not exact and row.state in STAYS)
    )


def still_in_doubt(operator):
    """How many deliveries of any route, configured or retired, no one knows the end of."""
    return sum(row.state in {"sending", "in_doubt"} for row in deliveries(operator))


def deliveries(operator):
    query = (
        "SELECT route.name, lead.source_id, delivery.state, delivery.reason FROM delivery "
        "JOIN lead ON lead.id = lead_id JOIN route ON route.no = delivery.route_no"
    )
    db = ledger.Database(operator.database_url)
    with db.read() as connection:
        found = connection.execute(sa.text(query)).all()
    db.close()
    return found
