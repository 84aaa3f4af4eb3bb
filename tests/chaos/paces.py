"""Routes with a pace: under every fault no more leads go than it allows, and in the end all of those have gone."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from bridge.model import Pace, Source, Target
from bridge.sandbox.inbox import Team
from bridge.sandbox.puffle import PuffleWorkspace
from tests.chaos.acts import Act
from tests.harness import START, good_world, route

TITLES = ("First", "Second", "Third")
LEADS = 2
DAYS = 2
A_DAY = 2


class Paces(Act):
    """Three campaigns of two leads. `born` says of each person when the vendor created them."""

    wanted, quiet_hours = len(TITLES) * LEADS, 25

    def __init__(self, url, dice, cell):
        super().__init__(url, dice, cell, self.world())
        self.order, self.born = dice.choice(("oldest", "newest", "best")), {}

    def world(self):
        return good_world(*TITLES, leads=LEADS)

    def there(self):
        """Who is in the target."""
        return [one.email for one in self.operator.sandbox.world.instantly.people(self.operator.target().id)]

    def after(self, request):
        if request.method == "POST":
            for person in self.there():
                if person not in self.born:
                    self.born[person] = self.operator.clock.now()
                    self.bad += self.is_too_many()

    def work(self, app):
        app.sync(app.configuration.routes)

    def is_over(self):
        return len(self.born) == self.wanted

    def results(self):
        gone = self.query("SELECT count(*) FROM delivery WHERE state = 'delivered'")[0][0]
        return len(self.born), 0, abs(gone - len(self.born))


class PerDay(Paces):
    """So many in a day, by New York's clock."""

    def is_too_many(self):
        zone = timedelta(hours=-5)
        return max(Counter((at + zone).date() for at in self.born.values()).values()) > A_DAY

    def routes(self):
        return [replace(route(), pace=Pace(per_day=A_DAY, order=self.order, timezone="America/New_York"))]


class Ahead(Paces):
    """So many as the senders start within two days; two routes share the target, and every day two people are begun."""

    def __init__(self, url, dice, cell):
        super().__init__(url, dice, cell)
        self.begun, self.day = 0, self.operator.clock.now().date()

    def routes(self):
        pace = Pace(ahead=DAYS, order=self.order)
        one = replace(self.route(), pace=pace, source=Source(title=TITLES[:2]))
        return [one, replace(one, name="second", source=Source(title=TITLES[2:]))]

    def other(self, app):
        app.sync(app.configuration.routes[::-1])

    def run(self, process=None):
        while self.day < self.operator.clock.now().date():
            self.day += timedelta(days=1)
            self.begin(A_DAY)
        super().run(process)

    def is_too_many(self):
        return len(self.born) - self.begun > DAYS * A_DAY

    def begin(self, people):
        """The senders write to so many who wait."""
        self.begun = min(self.begun + people, len(self.born))
        self.operator.target().contacted = self.begun

    def route(self):
        """One that delivers to the target."""
        return route()

    def world(self):
        world = super().world()
        days = {str(day): True for day in range(7)}
        hours = {"name": "x", "timing": {"from": "00:00", "to": "23:59"}, "days": days, "timezone": "Etc/GMT+12"}
        schedule = {"campaign_schedule": {"schedules": [hours]}, "daily_limit": A_DAY}
        world.instantly.campaign("Fitness Q4").settings |= schedule
        return world


class PuffleAhead(Ahead):
    """A draft sends nothing before its launch: what fits into it is all that ever goes."""

    vendor, wanted = "puffle", DAYS * A_DAY

    def world(self):
        world = good_world(*TITLES, leads=LEADS)
        world.puffle = PuffleWorkspace(START - timedelta(days=100))
        world.puffle.add_campaign("Founders", START - timedelta(days=30), text="Hi", daily_limit=A_DAY)
        return world

    def route(self):
        target = Target("puffle", "campaign", "Founders", along="linkedin", options=(("when_launched", "hold"),))
        return replace(route(), target=target)

    def there(self):
        return list(self.operator.sandbox.world.puffle.campaign("Founders").rows)

    def begin(self, people):
        """Nothing is launched."""


class InboxAhead(Ahead):
    """A campaign whose one sender may write one message an hour, for two hours of every day."""

    vendor = "inbox"

    def world(self):
        world = good_world(*TITLES, leads=LEADS)
        world.inbox = Team(START - timedelta(days=100))
        world.inbox.add_sender("sender")
        campaign = world.inbox.add_campaign("Q1 messages", START - timedelta(days=30), "active")
        hours = {str(day): {"start": 1320, "end": 1440} for day in range(7)}
        campaign.settings |= {"hourlyMessageRate": A_DAY // 2, "scheduleHours": hours}
        for title in TITLES:
            for index in range(LEADS):
                world.scravio.campaign(title).lead(index).update(platform="x", username=f"{title}_{index}".lower())
        return world

    def campaign(self):
        return self.operator.sandbox.world.inbox.campaign("Q1 messages")

    def route(self):
        options = (("senders", tuple(one.id for one in self.operator.sandbox.world.inbox.senders)),)
        return replace(
            route(),
            target=Target("inbox", "campaign", "Q1 messages", identity="x", demands_validation=False, options=options),
        )

    def there(self):
        return list(self.campaign().leads)

    def begin(self, people):
        waiting = [lead for lead in self.campaign().leads.values() if not lead.contacted]
        for lead in waiting[:people]:
            lead.contacted = True
            self.begun += 1
