"""What else happens while a cell of the matrix is played: one story for each cell and seed, in turn. Injects no fault.

Each story knows its own right end: who must be there, and for which reasons (`play.judge` compares).
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bridge.model import Source
from bridge.sandbox import World
from tests.harness import Operator, second_workspace

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
    """One ledger, and who works with it. `sent_before` are the people created before a source was edited."""

    scene: str
    story: str
    offices: list[Office] = field(default_factory=list)
    sent_before: frozenset = frozenset()

    @property
    def operator(self):
        return self.offices[0].operator

    @property
    def exact(self):
        """Whether each lead must end as in an undisturbed run; else each person must."""
        return self.story in {"plain", "two workspaces", "two clocks"}

    def sync(self):
        """A run of every route of every bridge.toml; the reports."""
        return [report for office in self.offices for report in office.operator.sync(*office.routes)]

    def turn(self, dice, created):
        """What the story changes after a run under the fault. `created` tells whom our posts created so far."""
        office = self.offices[0]
        match self.story:
            case "renamed":
                office.routes = [replace(one, name="renamed") for one in office.routes]
            case "edited source" if len(office.routes) == 1 and office.routes[0].source == Source():
                self.sent_before = created
                office.routes = [replace(one, source=dice.choice(NARROWED)) for one in office.routes]
            case "two clocks":
                office.operator.clock_is_wrong_by = timedelta(seconds=dice.choice((-SKEW, SKEW)))


def two_routes(first, second):
    """The same route for two campaigns, and a second one that shares one of them and delivers elsewhere."""
    return [
        replace(first, source=Source(title=("first", "second"))),
        replace(second, name="second", source=Source(title=("second", "third"))),
    ]


def other_office(operator, occupy, wanted):
    """A second bridge.toml on the same ledger, with the key of another workspace. `wanted` makes its route there."""
    world = World(operator.sandbox.world.scravio, second_workspace())
    occupy(world)
    other = Operator(operator.database_url, world, operator.clock)
    return Office(other, [replace(wanted(world), name="elsewhere")])
