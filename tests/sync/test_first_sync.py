"""The job itself: the validated leads of finished campaigns stand in the target, once, mapped, and remembered."""

from dataclasses import replace

import pytest

from bridge.model import Mapped, Source, Target
from tests.harness import route


def states(report):
    return {state: count for state, count in report.tally.states.items() if count}


def test_validated_leads_arrive_mapped_and_remembered(operator):
    """One command: every valid lead is created in the target with its variables, and the ledger says so."""
    report = operator.sync_one()
    assert (report.status, states(report)) == ("ok", {"delivered": 10})
    assert report.sent == 10
    person = next(iter(operator.sandbox.world.instantly.people(operator.target().id)))
    assert set(person.posted["custom_variables"]) >= {"platform", "username", "profile_url", "source_campaign"}
    operator.assert_promises()


def test_a_second_sync_with_nothing_new_reads_two_things_and_posts_nothing(operator):
    """/auth/me and the campaign list, nothing else of Scravio; of Instantly only the workspace and the target."""
    operator.sync()
    operator.forget_calls()
    report = operator.sync_one()
    assert operator.calls("scravio") == operator.calls("/auth/me") + operator.calls("GET /api/campaigns") == 2
    assert operator.calls("POST") == 0
    assert operator.calls("instantly") <= 2
    assert (report.leads_read, report.sent, report.campaigns_swept) == (0, 0, 0)


def test_a_new_lead_a_new_campaign_and_a_late_validation_are_each_picked_up(make_operator):
    """Only what is new is sent; a lead whose validation came later keeps its `scrapedAt` and is not missed."""
    operator = make_operator("First", "Second")
    account = operator.sandbox.world.scravio
    first, second = account.campaign("First"), account.campaign("Second")
    second.update(status="processing_emails")
    first.lead(0).validate("pending")
    assert states(operator.sync_one()) == {"delivered": 9, "held": 1}
    scraped = first.lead(0).row["scrapedAt"]

    first.add_lead(email="new@person.example")
    first.touch(operator.clock.now())
    second.update(status="fully_completed")
    assert states(operator.sync_one()) == {"delivered": 20, "held": 1}

    first.lead(0).validate("valid", operator.clock.now())
    assert first.lead(0).row["scrapedAt"] == scraped
    operator.clock.forward(hours=1, minutes=1)
    operator.forget_calls()
    report = operator.sync_one()
    assert states(report) == {"delivered": 21}
    assert (report.sent, operator.calls("leads/add")) == (1, 1)
    operator.assert_promises()


def test_pending_leads_are_looked_at_after_1_h_6_h_and_then_daily(operator):
    """A campaign that nothing moves is read again while it holds leads that may become good, and not for ever."""
    operator.sandbox.world.scravio.campaign("Fitness creators").lead(0).validate("pending")
    operator.sync()
    waits = [next(hours for hours in (1, 6, 24) if _sweeps_after(operator, hours=hours)) for _ in range(4)]
    assert waits == [1, 6, 24, 24]
    more_days = sum(1 for _ in iter(lambda: _sweeps_after(operator, hours=24), False))
    assert more_days == 28
    assert not _sweeps_after(operator, hours=24 * 40)


def _sweeps_after(operator, hours):
    """Whether a run sweeps when so many hours have passed since the last sweep, trying no moment before."""
    before = operator.clock.moment
    operator.clock.forward(hours=hours, seconds=1)
    if operator.sync_one().campaigns_swept:
        return True
    operator.clock.moment = before
    return False


def test_changed_rules_and_mappings_take_effect_without_reading_leads(operator):
    """Stored facts are decided again; no one who went is touched, and no lead is asked of Scravio."""
    strict = route(min_followers=10**9)
    assert states(operator.sync_one(strict)) == {"held": 10}
    operator.forget_calls()
    loose = route(fields=Mapped({}, {"handle": "{username}"}))
    assert states(operator.sync_one(loose)) == {"delivered": 10}
    assert operator.calls("/leads", "GET") == 0
    person = next(iter(operator.sandbox.world.instantly.people(operator.target().id)))
    assert set(person.posted["custom_variables"]) == {"handle"}
    assert states(operator.sync_one(strict)) == {"delivered": 10}


def test_a_route_that_narrows_its_source_keeps_what_is_not_sent(make_operator):
    """Leads of a campaign the route no longer takes are held, not sent and not forgotten."""
    operator = make_operator("First", "Second")
    operator.sync(route(), limit=10)
    report = operator.sync_one(route(source=Source(title=("Sec*",))))
    assert states(report) == {"delivered": 10, "held": 10}
    assert report.tally.reasons["not_selected"] == 10
    assert states(operator.sync_one(route())) == {"delivered": 20}


@pytest.mark.parametrize("spelling", ["Jane.Doe@gmail.com", "  JANEDOE@googlemail.com ", "janedoe+news@gmail.com"])
def test_one_person_in_two_campaigns_is_delivered_once(make_operator, spelling):
    """Other case, spaces, dots and tags are the same person; the second is held and names the first."""
    operator = make_operator("First", "Second", leads=1)
    account = operator.sandbox.world.scravio
    account.campaign("First").lead(0).update(email="janedoe@gmail.com")
    account.campaign("Second").lead(0).update(email=spelling)
    report = operator.sync_one()
    assert states(report) == {"delivered": 1, "held": 1}
    assert report.tally.reasons["duplicate_of"] == 1
    operator.assert_promises()


def test_the_second_takes_the_place_of_a_first_that_is_refused(make_operator):
    """A duplicate of a lead that Instantly refuses gets its turn in the same run."""
    operator = make_operator("First", "Second", leads=1)
    account = operator.sandbox.world.scravio
    account.campaign("First").lead(0).update(email="jane.doe@gmail.com")
    account.campaign("Second").lead(0).update(email="janedoe@gmail.com")
    operator.block("janedoe@gmail.com")
    report = operator.sync_one()
    assert states(report) == {"refused": 1, "delivered": 1}
    assert operator.people() == ["jane.doe@gmail.com"]


def test_two_routes_that_select_the_same_person_deliver_once(operator):
    """The default scope is the workspace: the second route holds them all."""
    first, second = operator.sync(route("one"), route("two", ref="Scravio inbox", kind="list"))
    assert (states(first), states(second)) == ({"delivered": 10}, {"held": 10})
    assert operator.people("Scravio inbox") == []


def test_people_who_stood_there_before_are_duplicates(make_operator):
    """In this target, in another campaign, in a list, on the block list: each is distinguished."""
    operator = make_operator("First", leads=5)
    instantly, now = operator.sandbox.world.instantly, operator.clock.now()
    rows = [operator.sandbox.world.scravio.campaign("First").lead(index).row["email"] for index in range(5)]
    other = instantly.add_campaign("Other", 1, now)
    operator.clock.forward(minutes=10)
    instantly.add_person(operator.target(), rows[0], now)
    instantly.add_person(other, rows[1], now)
    instantly.add_person(operator.target("Scravio inbox"), rows[2], now)
    operator.block(rows[3])
    report = operator.sync_one()
    assert states(report) == {"duplicate": 3, "refused": 1, "delivered": 1}
    assert {reason: count for reason, count in report.tally.reasons.items() if reason != "created"} == {
        "in_target": 1,
        "in_campaign": 1,
        "in_list": 1,
        "blocklist": 1,
    }


def test_lists_are_targets_too_and_may_be_made(operator):
    """`create = true` makes the missing list, once; a missing campaign is never made."""
    wanted = route(ref="Brand new", kind="list")
    report = operator.sync_one(wanted)
    assert report.status == "blocked"
    assert "Brand new" in report.error
    allowed = replace(wanted, target=replace(wanted.target, create=True))
    assert states(operator.sync_one(allowed)) == {"delivered": 10}
    operator.sync_one(allowed)
    assert operator.calls("POST /api/v2/lead-lists") == 1
    assert len(operator.people("Brand new")) == 10


def test_a_limit_sends_so_many_and_leaves_the_rest_ready(operator):
    """`--limit` is the most that one run sends."""
    assert states(operator.sync_one(limit=4)) == {"delivered": 4, "ready": 6}
    assert states(operator.sync_one()) == {"delivered": 10}


def test_unfinished_and_validating_campaigns_wait(make_operator):
    """A campaign is read when it is finished and its validation has ended."""
    operator = make_operator("First", "Second")
    account = operator.sandbox.world.scravio
    account.campaign("First").update(status="scraping")
    account.campaign("Second").update(postValidation={"status": "validating", "total": 10, "validated": 3})
    report = operator.sync_one()
    assert (report.leads_read, report.tally.known) == (0, 0)
    assert any("Second" in warning for warning in report.warnings)


def test_a_masked_account_holds_everything_and_says_so(operator):
    """Masked addresses never go out."""
    operator.sandbox.world.scravio.mask_email = True
    report = operator.sync_one()
    assert states(report) == {"held": 10}
    assert report.tally.reasons == {"email_masked": 10}
    assert "masked" in report.warnings[0]


def test_the_fewest_calls_carry_many_leads(make_operator):
    """250 leads: three pages, one detail, one batch, and a handful."""
    operator = make_operator("First", leads=250)
    report = operator.sync_one()
    assert states(report) == {"delivered": 250}
    assert operator.calls("GET /api/campaigns/{id}/leads") == 3
    assert operator.calls("leads/add") == 1
    assert sum(report.requests.values()) <= 3 + 1 + 7
    assert report.requests["scravio"] + report.requests["instantly"] == operator.calls("")


def test_broken_rows_are_held_leads_not_broken_runs(make_operator):
    """A row that cannot be read is known, held and explained; the others go."""
    operator = make_operator("First", leads=3)
    operator.sandbox.world.scravio.campaign("First").lead(0).update(
        email=["not", "text"], followerCount="many", emailValidation="valid", scrapedAt="yesterday"
    )
    report = operator.sync_one()
    assert report.tally.known == 3
    assert report.tally.states["delivered"] == 2
    assert report.tally.states["held"] == 1


def test_a_wider_door_asks_the_held_again(operator):
    """Who was held as someone else's duplicate goes once the route looks only at its own target."""
    operator.sync()
    operator.sandbox.world.instantly.add_campaign("Other", 1, operator.clock.now())
    assert states(operator.sync_one(route("two", ref="Other"))) == {"held": 10}
    operator.clock.forward(hours=1)
    assert states(operator.sync_one(route("two", ref="Other", dedupe="target"))) == {"delivered": 10}


def test_leads_without_an_address_are_read_where_a_route_can_use_them(operator):
    """Where all routes send e-mail they are only counted; with a route to X profiles they are read, and held here."""
    campaign = operator.world.scravio.campaigns[0]
    for number in range(3):
        campaign.lead(number).update(email="")
    mail, direct = route(), replace(route("direct"), target=Target("instantly", "list", "none", identity="x"))
    first = operator.sync_one(mail)
    assert (first.tally.known, first.unread) == (7, 3)
    with operator.app(mail, direct) as app:
        (second,) = app.sync([mail])
        (third,) = app.sync([mail])
    assert (second.tally.known, second.tally.reasons["no_email"], second.unread) == (10, 3, 0)
    assert third.leads_read == 0
