"""What else happens while a cell of the matrix is played: one story for each cell and seed, in turn. Injects no fault.

Each story knows its own right end: who must be there, and for which reasons (`play.judge` compares).
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bridge import ledger
from bridge.ledger.views import standing
from bridge.model import Source
from tests.harness import Operator

STORIES = ("plain", "renamed", "edited source", "two routes", "two workspaces", "two clocks")
SKEW = 40
# Both deselect "First": by its name, and by Scravio's own search.
NARROWED = (Source(title=("second", "third")), Source(q="d"))


def story_of(number, seed):
    """The story of a cell, by its place in the matrix: every seed gives each cell another one."""
    return STORIES[(number + seed) % len(STORIES)]


@dataclass
class Office:
    """A bridge.toml with the key of one workspace."""

    operator: Operator
    routes: list


@dataclass
class Stage:
    """One ledger, and who works with it.

    `sent_before` are the people created before a source was edited, `intruders` counts those who came into a workspace
    with a route of another one.
    """

    side: object
    scene: str
    story: str
    offices: list[Office] = field(default_factory=list)
    sent_before: frozenset = frozenset()
    intruders: int = 0

    @property
    def operator(self):
        return self.offices[0].operator

    @property
    def exact(self):
        """Whether each lead must end as in an undisturbed run; else each person must."""
        return self.story in {"plain", "two workspaces", "two clocks"}

    def sync(self):
        """A run of every route of every bridge.toml; the reports. A route whose name is not enough gets its id."""
        found = []
        for office in self.offices:
            reports = office.operator.sync(*office.routes)
            found += reports
            if any("This ledger delivers to" in one.error or "than this ledger" in one.error for one in reports):
                office.routes = [self._named_by_id(office, one) for one in office.routes]
        return found

    def turn(self, dice, created):
        """What the story changes after a run under the fault. `created` shows who our posts created so far."""
        office = self.offices[0]
        match self.story:
            case "renamed":
                office.routes = [replace(one, name="renamed") for one in office.routes]
            case "edited source" if len(office.routes) == 1 and office.routes[0].source == Source():
                self.sent_before = created
                office.routes = [replace(one, source=dice.choice(NARROWED)) for one in office.routes]
            case "two workspaces":
                self.intruders += self._let_in(replace(office.routes[0], name="stranger"), self.offices[1].operator)
            case "two clocks":
                office.operator.clock_is_wrong_by = timedelta(seconds=dice.choice((-SKEW, SKEW)))

    def _let_in(self, route, operator):
        """How many people a route that never sent brings into a workspace that this ledger is not bound to alone."""
        db = ledger.Database(operator.database_url)
        known = {one.workspace for some in standing.bindings(db).values() for one in some.values()}
        db.close()
        world = operator.sandbox.world
        if known <= {self.side.workspace(world)}:
            return 0
        # What other routes have in doubt there may be sent again by the same run: only the stranger's own people count.
        (report,) = operator.sync(route)
        return report.sent + report.tally.states["in_doubt"]

    def _named_by_id(self, office, route):
        """The route as the refusal asks for it; a target that it would have created is made by hand."""
        target, world = route.target, office.operator.sandbox.world
        if target.create and self.side.target(world, target.ref) is None:
            self.side.make(world, target.ref, office.operator.clock.now())
        return replace(
            route, target=replace(target, ref=self.side.target(world, target.ref).id, create=self.side.makes_more)
        )


def two_routes(first, second):
    """The same route for two campaigns, and a second one that shares one of them and delivers elsewhere."""
    return [
        replace(first, source=Source(title=("first", "second"))),
        replace(second, name="second", source=Source(title=("second", "third"))),
    ]


def other_office(side, operator, scene):
    """A second bridge.toml on the same ledger, with the key of another workspace."""
    world = side.other_world(operator.sandbox.world)
    side.occupy(world)
    other = Operator(operator.database_url, world, operator.clock)
    return Office(other, [replace(side.route(scene, world), name="elsewhere")])
