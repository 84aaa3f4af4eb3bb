"""Delivered leads whose mapping changes: under every fault each gets the new value once, and no other lead does."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from bridge.model import Mapped, Target, Update
from bridge.sandbox.inbox import Team
from bridge.sandbox.puffle import PuffleWorkspace
from tests.chaos.acts import Act
from tests.harness import START, good_world, route

LEADS = 4
BY_HAND = "by hand"


class Updates(Act):
    """Of four leads a person has edited one, and one was written to; later that may befall the third."""

    wanted = LEADS - 2

    def __init__(self, url, dice, cell):
        super().__init__(url, dice, cell, self.world())
        self.title, self.kept, self.written = "A", {}, Counter()
        self.run()
        first, second, *_ = self.values()
        self.touch(first, self.edit)
        self.touch(second, self.contact)
        self.title = "B"

    def touch(self, lead, how):
        """Something happens to the lead in the target; from now on its value must stay as it is."""
        how(lead)
        self.kept[lead] = self.values()[lead]

    def after(self, request):
        if request.method == "PATCH":
            self.written[self.title, request.path, request.body] += 1

    def work(self, app):
        app.sync(app.configuration.routes)

    def meanwhile(self):
        third = list(self.values())[2]
        if third not in self.kept and self.dice.random() < 0.3:
            self.touch(third, self.dice.choice((self.edit, self.contact)))

    def last_words(self):
        """A refusal, or a lead that is gone, ends a change: the next change is the lead's next chance."""
        if self.cell.once or self.cell.fault == "404":
            self.title = "C"

    def is_over(self):
        return self.left_open() == 0

    def results(self):
        values = self.values()
        follow = [value for lead, value in values.items() if lead not in self.kept]
        right = sum(value == self.title for value in follow) + (len(self.kept) - 2)
        wrong = sum(values[lead] != value for lead, value in self.kept.items())
        # What the ledger says that a lead has, it has; but for those that were edited or written to.
        known = Counter(self.of(json.loads(fields)) for (fields,) in self.query("SELECT fields FROM delivery"))
        wrong += (Counter(follow) - known).total()
        return right, sum(number - 1 for number in self.written.values()), wrong

    # --------------------------------------------------------------------------------------------- of each vendor's own

    def world(self):
        """Four leads of one campaign, and the target."""
        return good_world("First", leads=LEADS)

    def routes(self):
        return [replace(route(fields=Mapped(core={"job_title": self.title})), update=Update("until_contacted"))]

    def of(self, fields):
        """The value in question among the fields that the ledger keeps."""
        return fields.get("job_title")


class InstantlyUpdates(Updates):
    """Each lead is read, and changed, alone."""

    def people(self):
        world = self.operator.sandbox.world.instantly
        return {one.email: one for one in world.people(self.operator.target().id)}

    def values(self):
        """What the target holds of each lead."""
        return {email: one.posted["job_title"] for email, one in self.people().items()}

    def edit(self, lead):
        """A person changes the value."""
        one = self.people()[lead]
        facts = json.dumps(one.posted | {"job_title": BY_HAND}).encode()
        self.operator.sandbox.world.instantly.change_person(one, facts=facts, updated=self.operator.clock.now())

    def contact(self, lead):
        """The vendor writes to the person."""
        one = self.people()[lead]
        activity = replace(one.activity, contacted_at=self.operator.clock.now(), sent=1)
        self.operator.sandbox.world.instantly.change_person(one, activity=activity)


class PuffleUpdates(Updates):
    """The rows of a draft, by pages; each is changed alone."""

    vendor = "puffle"

    def world(self):
        world = super().world()
        world.puffle = PuffleWorkspace(START - timedelta(days=100))
        world.puffle.add_campaign("Founders", START - timedelta(days=30), text="Hi")
        return world

    def routes(self):
        target = Target("puffle", "campaign", "Founders", along="linkedin", options=(("when_launched", "hold"),))
        return [replace(one, target=target) for one in super().routes()]

    def rows(self):
        return self.operator.sandbox.world.puffle.campaign("Founders").rows

    def values(self):
        return {key: row["position"] for key, row in self.rows().items()}

    def edit(self, lead):
        self.rows()[lead]["position"] = BY_HAND

    def contact(self, lead):
        self.rows()[lead]["status"] = "contacted"


class InboxUpdates(Updates):
    """The columns of a running campaign; each lead is read, and changed, alone."""

    vendor = "inbox"

    def world(self):
        world = super().world()
        world.inbox = Team(START - timedelta(days=100))
        world.inbox.add_sender("sender")
        world.inbox.add_campaign("Q1 messages", START - timedelta(days=30), "active", columns="keyword")
        campaign = world.scravio.campaign("First")
        for index in range(LEADS):
            campaign.lead(index).update(platform="x", username=f"person{index}")
        return world

    def campaign(self):
        return self.operator.sandbox.world.inbox.campaign("Q1 messages")

    def routes(self):
        (column,) = self.campaign().columns
        options = (
            ("senders", tuple(one.id for one in self.operator.sandbox.world.inbox.senders)),
            ("columns", (("keyword", column),)),
        )
        target = Target("inbox", "campaign", "Q1 messages", identity="x", demands_validation=False, options=options)
        fields = Mapped(core={}, variables={"keyword": self.title})
        return [replace(one, target=target, fields=fields) for one in super().routes()]

    def of(self, fields):
        return fields.get("variables", fields).get("keyword")

    def values(self):
        (column,) = self.campaign().columns
        return {handle: lead.data.get(column) for handle, lead in self.campaign().leads.items()}

    def edit(self, lead):
        (column,) = self.campaign().columns
        self.campaign().leads[lead].data[column] = BY_HAND

    def contact(self, lead):
        self.campaign().leads[lead].contacted = True
