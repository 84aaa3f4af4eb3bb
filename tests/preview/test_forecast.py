"""The number that a preview names is the number that the next sync delivers, in worlds of every making."""

import os
from random import Random

import pytest

from bridge import preview
from bridge.model import Source
from tests.harness import Operator, good_world, route
from tests.sync.conftest import Retold
from tests.sync.test_doubt import _without_a_word as without_a_word

CAMPAIGNS = ("Alpha", "Beta", "Gamma")
DOMAINS = ("studio.example", "mail.studio.example", "atelier.example.org", "gmail.com")


def crowded(rng, operator):
    """People who come twice, under other spellings and at few domains; some known to the vendor, some blocked."""
    scravio, instantly = operator.world.scravio, operator.world.instantly
    pool = [f"{name}@{rng.choice(DOMAINS)}" for name in ("ann", "bob", "cleo", "dora", "emil", "fred", "gala", "hugo")]
    pool += [one.replace("@", "+x@", 1) for one in pool[:3]]
    everyone = []
    for campaign in scravio.campaigns:
        for slot in range(12):
            if rng.random() < 0.6:
                campaign.lead(slot).update(email=rng.choice(pool))
            if rng.random() < 0.1:
                campaign.lead(slot).validate(None)
            everyone.append(campaign.lead(slot).row["email"])
    places = [*instantly.campaigns, *instantly.lists]
    for address in rng.sample(everyone, rng.randrange(8)):
        instantly.add_person(rng.choice(places), address, operator.clock.now())
    for entry in rng.sample([*everyone, *DOMAINS[:2]], rng.randrange(3)):
        instantly.block(entry, operator.clock.now())
    if rng.random() < 0.3:
        instantly.lead_limit = len(places) + rng.randrange(20)


def made(rng, number):
    """A route of any scope, cap, selection and target."""
    kind, ref = rng.choice([("campaign", "Fitness Q4"), ("campaign", "Second"), ("list", "Scravio inbox")])
    return route(
        f"route {number}",
        ref=ref,
        kind=kind,
        dedupe=rng.choice(["target", "campaigns", "lists", "workspace"]),
        source=Source(title=tuple(rng.sample(CAMPAIGNS, rng.randint(1, 3)))),
        per_domain=rng.choice([0, 1, 3]),
        same_person=rng.choice(["canonical", "exact"]),
    )


def foreseen(operator, routes):
    with operator.app(*routes) as app:
        return preview.run(app, app.configuration.routes, 1)


def agrees(operator, routes, **options):
    """Preview, sync, compare; what was delivered."""
    found = foreseen(operator, routes)
    reports = operator.sync(*routes, **options)
    for reported, report in zip(found, reports, strict=True):
        assert reported.error in ("", report.error)
        assert reported.would_be_taken == (None if reported.error else report.sent), reported.document()
        assert sum(reported.states.values()) == reported.leads_read == report.tally.known
        assert reported.states["held"] == report.tally.states["held"]
    return sum(report.sent for report in reports)


@pytest.mark.parametrize("seed", range(14 if "BRIDGE_TEST_LONG" in os.environ else 7))
def test_a_sync_delivers_what_the_preview_says(tmp_path, seed):
    """Scopes, caps, spellings, routes on one target, a full plan, a half-done sync before: the numbers are equal."""
    rng = Random(seed)
    operator = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world(*CAMPAIGNS, leads=12))
    operator.world.instantly.add_campaign("Second", 1, operator.clock.now())
    crowded(rng, operator)
    routes = [made(rng, number) for number in range(rng.randint(1, 3))]
    if rng.random() < 0.5:
        operator.sync(*routes, limit=rng.randint(1, 4))
    agrees(operator, routes)
    assert agrees(operator, routes) == 0


def test_routes_share_the_room_of_one_plan(tmp_path):
    """What the first route takes is not there for the second; a list takes none of it."""
    operator = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world(*CAMPAIGNS, leads=12))
    operator.world.instantly.add_campaign("Second", 1, operator.clock.now())
    operator.world.instantly.lead_limit = 20
    routes = [
        route("list", kind="list", ref="Scravio inbox", source=Source(title=("Gamma",))),
        route("first", source=Source(title=("Alpha",))),
        route("second", ref="Second", source=Source(title=("Beta",))),
    ]
    found = foreseen(operator, routes)
    assert [one.would_be_taken for one in found] == [12, 12, 8]
    assert found[2].outlook.room_after == 0
    assert agrees(operator, routes) == 32


def test_the_last_mail_comes_after_those_of_the_routes_before(tmp_path):
    """Two routes into one campaign: the second one's leads stand behind the first one's, and the days say so."""
    operator = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world(*CAMPAIGNS, leads=12))
    operator.target().settings = {"daily_limit": 2}
    routes = [route(title, source=Source(title=(title,))) for title in CAMPAIGNS[:2]]
    first, second = (one.outlook.pace.sending_days for one in foreseen(operator, routes))
    assert (first, second) == (6, 12)


def test_leads_whose_time_has_not_come_are_distinguished(tmp_path):
    """Offered and not explained a moment ago: the preview says that they wait and until when, as the sync then does."""
    operator = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world("Alpha", leads=5))
    operator.world.instantly.habits.lookup_lag = 20 * 60.0
    operator.sync_one(transport=Retold(operator, "/leads/add", without_a_word))
    (found,) = foreseen(operator, [route()])
    assert (found.would_be_taken, [wait.leads for wait in found.waits]) == (0, [5])
    assert found.waits == operator.sync_one().waits


def test_leads_that_just_fill_the_plan_hide_no_source_that_cannot_be_read(tmp_path):
    """The room is used up by those who could be read; the preview names the error that the sync ends with."""
    operator = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world("Alpha", "Beta", leads=5))
    operator.world.instantly.lead_limit = 5
    beta = operator.world.scravio.campaigns[1]
    operator.sandbox.faults.add("status", path=f"*/campaigns/{beta.id}/*", code=400)
    (found,) = foreseen(operator, [route()])
    assert "400" in found.error
    assert found.error == operator.sync_one().error
