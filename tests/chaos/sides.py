"""What differs between vendors when a cell is played: routes, who is there before, and how a person is known there."""

from dataclasses import replace
from datetime import timedelta

from bridge.model import Target
from bridge.sandbox import World
from bridge.sandbox.book import person_of
from bridge.sandbox.inbox import Team
from bridge.sandbox.inbox.team import InboxLead
from bridge.sandbox.puffle import PuffleWorkspace
from tests.harness import START, route, second_workspace

DAY_BEFORE = START - timedelta(days=1)


class Instantly:
    """Campaigns and lists by e-mail; the block list keeps a person out before the call, or in it if it was not read."""

    name, makes_more, same_end = "instantly", False, {("refused", "blocklist"): ("held", "suppressed")}

    def route(self, scene, world):
        """The route whose run surely asks the endpoint of a scene."""
        match scene:
            case "campaign by id":
                return route(ref=self.target(world, "Fitness Q4").id)
            case "list":
                return route(ref="Scravio inbox", kind="list")
            case "list by id":
                return route(ref=self.target(world, "Scravio inbox").id, kind="list")
            case "new list":
                wanted = route(ref="Brand new", kind="list")
                return replace(wanted, target=replace(wanted.target, create=True))
            case _:
                return route()

    def second(self, scene, world):
        """A route to another target."""
        return route() if self.route(scene, world).target.kind == "list" else self.route("list", world)

    def other_world(self, world):
        """The same source, and another workspace."""
        return World(world.scravio, second_workspace())

    def target(self, world, ref):
        """The target of this name or id; None where there is none."""
        return world.instantly.campaign(ref) or world.instantly.lead_list(ref)

    def make(self, world, ref, at):
        """A list that the route would have created."""
        world.instantly.add_list(ref, at)

    def workspace(self, world):
        """The id of the workspace."""
        return world.instantly.id

    def occupy(self, world):
        """People who the workspace knows already: on its block list, in its targets, and elsewhere."""
        first, second = (world.scravio.campaign(title) for title in ("First", "Second"))
        world.instantly.block(first.lead(4).row["email"], START)
        other = world.instantly.add_campaign("Other", 1, START)
        for target in (self.target(world, "Fitness Q4"), self.target(world, "Scravio inbox")):
            world.instantly.add_person(target, first.lead(5).row["email"], DAY_BEFORE)
        world.instantly.add_person(other, second.lead(5).row["email"], DAY_BEFORE)

    def lag(self, world, seconds):
        """Lookups show what writes did so much later."""
        world.instantly.habits.lookup_lag = seconds

    def created(self, world):
        """The people that our posts created, below one target or several."""
        return [person_of(one.email) for one in world.instantly.people() if one.created >= START]

    def person(self, row):
        """The person that a row of the source means."""
        return person_of(row["email"])


class Puffle:
    """Drafts by e-mail; "next draft" begins with a campaign that was launched."""

    name, makes_more, same_end = "puffle", True, {}

    def route(self, scene, world):
        """The route whose run surely asks the endpoint of a scene."""
        ref = self.target(world, "Founders").id if scene == "puffle by id" else "Founders"
        when = "new_draft" if scene == "next draft" else "hold"
        if scene == "next draft":
            self.target(world, "Founders").status = "active"
        made = Target("puffle", "campaign", ref, along="linkedin", options=(("when_launched", when),))
        return replace(route(), target=replace(made, create=scene == "next draft"))

    def second(self, scene, world):
        """A route to another draft."""
        return replace(route(), target=replace(self.route("", world).target, ref="Creators"))

    def other_world(self, world):
        """The same source, and another user with campaigns of the same names."""
        other = World(world.scravio, second_workspace())
        other.puffle = PuffleWorkspace(START - timedelta(days=90), seed=2)
        other.puffle.add_campaign("Founders", START - timedelta(days=28), text="Hi")
        return other

    def target(self, world, ref):
        """The campaign of this name or id."""
        return world.puffle.campaign(ref)

    def make(self, world, ref, at):
        """Drafts are made of launched campaigns only."""

    def workspace(self, world):
        """The id of the user."""
        return world.puffle.user_id

    def occupy(self, world):
        """A person who is in the roster already."""
        if not hasattr(world, "puffle"):
            world.puffle = PuffleWorkspace(START - timedelta(days=100))
            world.puffle.add_campaign("Founders", START - timedelta(days=30), text="Hi")
            world.puffle.add_campaign("Creators", START - timedelta(days=30), text="Hi")
        email = person_of(world.scravio.campaign("First").lead(5).row["email"])
        world.puffle.add_row(self.target(world, "Founders"), email, DAY_BEFORE)

    def lag(self, world, seconds):
        """Rosters show at once what was written."""

    def created(self, world):
        """The people that our posts created."""
        rows = [row for campaign in world.puffle.campaigns for row in campaign.rows.values()]
        return [person_of(row["email"]) for row in rows if row["source"] == "api"]

    def person(self, row):
        """The person that a row of the source means."""
        return person_of(row["email"])


class Inbox:
    """Campaigns of messages on X. An answer names no lead: whose lead was there before is not always known."""

    name, makes_more = "inbox", False
    same_end = {("delivered", "present"): ("there", ""), ("delivered", "created"): ("there", "")} | {
        ("duplicate", "in_target"): ("there", ""),
        # A lead in doubt that its source does not select any more is not sent again.
        ("failed", "given_up"): ("there", ""),
    }

    def route(self, scene, world):
        """The route whose run surely asks the endpoint of a scene."""
        ref = {"inbox by id": self.target(world, "Q1 messages").id, "new inbox": "Brand new"}.get(scene, "Q1 messages")
        options = (("senders", tuple(one.id for one in world.inbox.senders)),)
        made = Target("inbox", "campaign", ref, identity="x", demands_validation=False, options=options)
        return replace(route(), target=replace(made, create=scene == "new inbox"))

    def second(self, scene, world):
        """A route to another campaign."""
        made = self.route("", world)
        return replace(made, target=replace(made.target, ref="Creators"))

    def other_world(self, world):
        """The same source, and another team with campaigns of the same names."""
        other = World(world.scravio, second_workspace())
        other.inbox = Team(START - timedelta(days=90), "Second team")
        return other

    def target(self, world, ref):
        """The campaign of this name or id."""
        return world.inbox.campaign(ref)

    def make(self, world, ref, at):
        """The campaign that the route would have created."""
        world.inbox.add_campaign(ref, at)

    def workspace(self, world):
        """The id of the team."""
        return world.inbox.id

    def occupy(self, world):
        """A person who is in the campaign already; the leads are profiles on X, in several spellings."""
        first, second, third = (world.scravio.campaign(title) for title in ("First", "Second", "Third"))
        if not hasattr(world, "inbox"):
            world.inbox = Team(START - timedelta(days=100))
        if not world.inbox.senders:
            world.inbox.add_sender("sender")
        for name in ("Q1 messages", "Creators"):
            world.inbox.add_campaign(name, START - timedelta(days=30))
        for campaign in (first, second, third):
            for index in range(campaign.crowd.size):
                campaign.lead(index).update(platform="x", username=f"{campaign.facts['title']}_{index}")
        for way in range(3):
            second.lead(way).update(username="@" + first.lead(way).row["username"].upper())
            third.lead(way).update(username=first.lead(way).row["username"])
        there = self.person(first.lead(5).row)
        self.target(world, "Q1 messages").leads[there] = InboxLead(there, {"before": "1"})

    def lag(self, world, seconds):
        """Nothing is looked up."""

    def created(self, world):
        """The people that our posts created."""
        return [lead.username for _, lead in world.inbox.everywhere() if "before" not in lead.data]

    def person(self, row):
        """The person that a row of the source means."""
        return row["username"].lstrip("@").lower()


SIDES = {side.name: side for side in (Instantly(), Puffle(), Inbox())}
"""Every vendor that a cell may deliver to."""
