"""Leads of a list that are promoted: under every fault each is moved into the campaign once, by one job."""

import json
from collections import Counter
from dataclasses import replace

from bridge.operations import promote
from bridge.sandbox.book import person_of
from tests.chaos.acts import Act
from tests.harness import START, good_world, route

LEADS = 5
LIST, CAMPAIGN = "Scravio inbox", "Fitness Q4"
AT_WORK = ("pending", "in-progress")


class Moves(Act):
    """Of five leads one is in the campaign already, and one is still being verified: both stay in the list.

    A second route delivers the same people to the campaign. By `dedupe` it counts the list, or the campaign alone: then
    only the claims of the moves keep it from sending those who are on their way.
    """

    wanted = LEADS - 2

    def __init__(self, url, dice, cell):
        super().__init__(url, dice, cell, good_world("First", leads=LEADS))
        self.dedupe, self.asked = dice.choice(("workspace", "target")), []
        with self.operator.app(*self.routes(), transport=self.door()) as app:
            app.sync(app.configuration.routes[:1])
        first, second, *others = list(self.here(LIST))
        self.movable = {person_of(one.email) for one in others}
        self.workspace.add_person(self.operator.target(CAMPAIGN), first.email, START)
        self.workspace.change_person(second, verification=11)
        habits = self.workspace.habits
        habits.job_words, habits.move_keeps_id = dice.choice(("openapi", "conventions")), dice.random() < 0.5
        habits.job_seconds, habits.job_lag = dice.choice((0.0, 5.0)), dice.choice((0, 10))
        habits.job_breaks_after = dice.choice((None, None, 1))
        if cell.endpoint.path == "/api/v2/background-jobs":  # asked for a job whose name was lost
            faults = self.operator.sandbox.faults
            faults.add("cut", path="*/leads/move", times=1, commit=dice.random() < 0.5)

    @property
    def workspace(self):
        """The vendor's side."""
        return self.operator.sandbox.world.instantly

    def here(self, place):
        """Who is there, as the sandbox has it."""
        return self.workspace.people(self.operator.target(place).id)

    def before(self, request):
        """A second job for leads that a first one is still at work on is one too many."""
        if request.path.endswith("/leads/move"):
            ids = set(json.loads(request.body)["ids"])
            self.bad += any(job.status in AT_WORK and ids & some for job, some in self.asked)

    def after(self, request):
        if request.path.endswith("/leads/move"):
            self.asked.append((self.workspace.jobs[-1], set(json.loads(request.body)["ids"])))

    def door(self):
        """The document knows one of the two vocabularies of jobs."""
        return self.operator.sandbox.transport()

    def routes(self):
        target = replace(route().target, dedupe=self.dedupe)
        listed = replace(target, ref=LIST, kind="list")
        return [replace(route("inbox"), target=listed), replace(route("direct"), target=target)]

    def work(self, app):
        found = promote.look(app.resources(), "default", LIST, CAMPAIGN)
        promote.promote(app.resources(), found)

    def other(self, app):
        """A sync of both routes, and the same command."""
        self.both(app)
        self.work(app)

    def both(self, app):
        """The direct route goes first, while a move is under way: the other one may end it, and free its leads."""
        inbox, direct = app.configuration.routes
        if self.dedupe == "workspace" or self.query("SELECT count(*) FROM pending_change")[0][0] == self.wanted:
            app.sync([direct])
        app.sync([inbox])

    def meanwhile(self):
        with self.operator.app(*self.routes(), transport=self.door()) as app:
            self.both(app)

    def last_words(self):
        self.workspace.habits.job_breaks_after = None

    def is_over(self):
        self.meanwhile()
        return self.left_open() == 0

    def doubled(self, report):
        """A route that counts the campaign alone also sends the one who stays in the list."""
        found = super().doubled(report)
        return found - (self.dedupe == "target" and len(report["created_twice_in_workspace"].keys() - self.movable))

    def results(self):
        there, listed = (Counter(person_of(one.email) for one in self.here(place)) for place in (CAMPAIGN, LIST))
        moved = [person for person in self.movable if there[person] and not listed[person]]
        known = self.query(
            "SELECT d.address, place.kind FROM delivery d JOIN place ON place.no = d.place_no "
            "JOIN route ON route.no = d.route_no WHERE d.state = 'delivered'"
        )
        known = [(person_of(address), kind) for address, kind in known]
        untrue = sum(person not in (there if kind == "campaign" else listed) for person, kind in known)
        lost = len(self.movable - {person for person, _ in known})
        return len(moved), sum(number - 1 for number in there.values() if number), untrue + lost
