"""An Instantly workspace in the sandbox, its requests judged by the vendor's document; a clock that stands still."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bridge.api import Client, Throttle
from bridge.destinations.instantly import InstantlyDestination
from bridge.destinations.instantly.upload import COUNTERS
from bridge.model import Delivery, Fields, Place, Target
from bridge.sandbox import Sandbox, small_world
from tests.contract.schema import ContractTransport
from tests.harness import quick_pauses

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CAMPAIGN = Target("instantly", "campaign", "Fitness Q4")
LIST = Target("instantly", "list", "Scravio inbox")


@pytest.fixture(autouse=True)
def no_waiting():
    with quick_pauses():
        yield


@dataclass
class Clock:
    moment: datetime = NOW
    slept: list = field(default_factory=list)

    def now(self):
        return self.moment

    def sleep(self, seconds):
        self.slept.append(seconds)


@dataclass
class Stage:
    """One destination over the sandbox, and what a test does to the world behind it."""

    target: Target = CAMPAIGN
    through: type = ContractTransport

    def __post_init__(self):
        self.clock = Clock()
        self.sandbox = Sandbox(small_world(NOW, "First"), self.clock.now, self.clock.sleep)
        self.client = Client(
            "instantly",
            "https://api.instantly.example/api/v2",
            {"Authorization": "Bearer sandbox-key"},
            throttle=Throttle(1_000_000),
            transport=self.through(self.sandbox.transport()),
        )
        self.aim(self.target)

    def aim(self, target):
        self.target = target
        self.destination = InstantlyDestination(self.client, target)
        return self.destination

    @property
    def workspace(self):
        return self.sandbox.world.instantly

    def spot(self, target=None):
        target = target or self.target
        find = self.workspace.campaign if target.kind == "campaign" else self.workspace.lead_list
        return find(target.ref)

    def place(self):
        return self.destination.check().place

    def deliveries(self, *addresses, fields=None, asked=True):
        """Claimed deliveries to the target as it stands now."""
        place = self.place()
        asked_at = self.destination.clock() if asked else None
        return [
            Delivery(
                number, address, address, fields or Fields(first_name="Jane"), place, attempts=1, asked_at=asked_at
            )
            for number, address in enumerate(addresses, start=1)
        ]

    def people(self, count):
        return self.deliveries(*(f"person{number:04}@example.com" for number in range(count)))

    def put(self, address, target=None, *, ago=timedelta(days=3)):
        """Someone else's lead that stands in a target already."""
        return self.workspace.add_person(self.spot(target), address, self.clock.now() - ago)

    def held(self, target=None):
        """The addresses that the target holds now."""
        return sorted(person.email for person in self.workspace.people(self.spot(target).id))

    def lose_answer(self, *, committed):
        self.sandbox.faults.add("cut", path="*/leads/add", commit=committed, times=1)

    def deny(self):
        self.sandbox.faults.add("status", path="*/leads/add", code=402, commit=False, times=1)

    def be_unavailable(self):
        self.sandbox.faults.add("status", path="*/leads/add", code=429, commit=False)

    def vanish(self):
        """Someone deletes the target."""
        spots = self.workspace.campaigns if self.target.kind == "campaign" else self.workspace.lists
        spots.remove(self.spot())

    def requests(self):
        """How often each operation of Instantly was asked for so far."""
        return {name.removeprefix("instantly "): count for name, count in self.sandbox.report()["requests"].items()}


@pytest.fixture
def stage():
    made = Stage()
    yield made
    made.client.close()


@pytest.fixture
def aimed():
    """A stage for the target as the test words it."""
    made = []

    def build(target=CAMPAIGN, **terms):
        made.append(Stage(replace(target, **terms)))
        return made[-1]

    yield build
    for one in made:
        one.client.close()


class Script:
    """An Instantly of a few fixed answers: by the end of the path, each a body or a function of the decoded request."""

    def __init__(self, **answers):
        self.answers = answers
        self.requests = []

    def __call__(self, request):
        name = request.url.path.removeprefix("/api/v2/").replace("/", "_").replace("-", "_")
        self.requests.append(name)
        answer = self.answers[name]
        body = answer(request) if callable(answer) else answer
        return body if isinstance(body, httpx.Response) else httpx.Response(200, json=body)


@pytest.fixture
def scripted():
    """A destination whose other end is a `Script`."""
    clients = []

    def build(script, target=CAMPAIGN, **terms):
        client = Client(
            "instantly",
            "https://api.instantly.example/api/v2",
            {},
            throttle=Throttle(1_000_000),
            transport=httpx.MockTransport(script),
            patience=0,
        )
        clients.append(client)
        return InstantlyDestination(client, replace(target, **terms))

    yield build
    for client in clients:
        client.close()


# ----------------------------------------------------------------------------------------------- fixed answers

WORKSPACE = {"id": "ws", "name": "W"}
PLACE = Place("instantly", "ws", "campaign", "11111111-1111-1111-1111-111111111111")
EMPTY = {"items": []}


def batch(*addresses, place=PLACE):
    return [
        Delivery(number, one, one, Fields(), place, attempts=1, asked_at=NOW)
        for number, one in enumerate(addresses, start=1)
    ]


JANE, JOE = "jane@example.com", "joe@example.org"


def answer(*created, **counters):
    """An answer whose counters add up unless given otherwise; `created` are pairs of index and address."""
    rows = [{"index": index, "id": f"id-{index}", "email": email} for index, email in created]
    reported = dict.fromkeys(COUNTERS, 0) | {"leads_uploaded": len(rows), "remaining_in_plan": 50} | counters
    total = len(rows) + sum(reported[name] or 0 for name in COUNTERS)
    return {"status": "success", "total_sent": total, "created_leads": rows, "blocklist_used": None} | reported


def lead(email, *, campaign=PLACE.id, list_id=None, created=NOW, key="x"):
    return {
        "id": key,
        "email": email,
        "campaign": campaign,
        "list_id": list_id,
        "timestamp_created": created.isoformat() if created else None,
    }


def script(add, *leads, **more):
    return Script(
        leads_add=add,
        leads_list={"items": list(leads)},
        block_lists_entries=EMPTY,
        workspaces_current=WORKSPACE,
        **more,
    )
