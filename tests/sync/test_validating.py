"""Validation asked for: what is spent, what is never spent, and what a lost answer does."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridge import ledger, preview
from bridge.ledger.intents import validations
from bridge.ledger.intents.validations import Asked
from bridge.ledger.intents.validations import asked as word
from bridge.model import Budget, ValidationRequest
from bridge.sandbox import small_world
from bridge.sandbox.people import TIDY
from bridge.sync import validating
from bridge.sync.route import with_route
from tests import harness
from tests.harness import START, Operator

UNVALIDATED = replace(TIDY, valid=0.0, invalid=0.0, pending=0.0)
PLENTY = Budget(1000, 1000, 1000)


def route(name="fitness", *, budget=PLENTY, when="when_missing", **more):
    return replace(harness.route(name, **more), validation=ValidationRequest(when, budget))


@pytest.fixture
def operator(database_url):
    """Ten people no one has validated, in one finished campaign; two of them bounce."""
    return unvalidated(database_url)


def unvalidated(database_url, *titles, leads=10, bad=2):
    operator = Operator(database_url, small_world(START, *(titles or ("Fitness",)), leads=leads, style=UNVALIDATED))
    for campaign in operator.world.scravio.campaigns:
        for index in range(bad):
            campaign.lead(index).update(email=f"bad{index}.{campaign.id[-8:]}@example.org")
    return operator


def rows(operator):
    db = ledger.Database(operator.database_url)
    try:
        return validations.validations(db)
    finally:
        db.close()


def spent(operator):
    return operator.world.scravio.spent()


def asked(operator):
    return operator.calls("POST /api/campaigns/{id}/validate")


def account(operator):
    return operator.sandbox.world.scravio


def test_leads_that_were_never_validated_are_validated_and_then_delivered(operator):
    """The first run asks, a later one finds it ended and delivers; no one waited in between."""
    first = operator.sync_one(route())
    assert any("10 credits are reserved" in warning for warning in first.warnings)
    (row,) = rows(operator)
    assert (word(row), row.emails, row.reserved, row.remote_id != "") == (Asked.RUNNING, 10, 10_000, True)
    operator.sync_one(route())
    assert asked(operator) == 1
    operator.clock.forward(minutes=3)
    report = operator.sync_one(route())
    assert report.tally.states["delivered"] == 8
    (row,) = rows(operator)
    assert (word(row), row.used, row.facts) == (Asked.COMPLETED, 10_000, {"returned": 0, "valid": 8, "invalid": 2})
    assert asked(operator) == 1
    assert operator.clock.slept == []
    operator.assert_promises()


def test_nothing_is_asked_where_the_configuration_does_not_say_so(operator):
    """The default spends nothing, and neither does a request without every cap."""
    for one in (route(when="never"), route(budget=Budget()), route(budget=Budget(campaign=50, route=50))):
        report = operator.sync_one(one)
        assert asked(operator) == 0
    assert any("max_credits allows no credit" in warning for warning in report.warnings)
    assert operator.calls("validate/preview") == 0
    assert spent(operator) == 0


@pytest.mark.parametrize(
    ("budget", "cap"),
    [(Budget(9, 99, 99), "campaign"), (Budget(99, 9, 99), "route"), (Budget(99, 99, 9), "day")],
)
def test_each_cap_holds_it_back_and_says_so_without_asking_the_price_again(operator, budget, cap):
    """Ten addresses do not fit nine credits, whichever cap has them; the price is asked for once."""
    for _ in range(3):
        report = operator.sync_one(route(budget=budget))
        assert any(f"max_credits.{cap} leaves no room" in warning for warning in report.warnings)
        assert any("it would cost 10 credits for 10 addresses" in warning for warning in report.warnings)
    assert asked(operator) == 0
    assert operator.calls("validate/preview") == 1
    operator.sync_one(route(budget=Budget(10, 10, 10)))
    assert asked(operator) == 1


def test_a_day_has_its_own_budget(database_url):
    """Two campaigns at ten credits and ten a day: one today, the other tomorrow."""
    operator = unvalidated(database_url, "One", "Two")
    budget = Budget(10, 100, 10)
    operator.sync_one(route(budget=budget))
    operator.sync_one(route(budget=budget))
    assert asked(operator) == 1
    operator.clock.forward(days=1)
    operator.sync_one(route(budget=budget))
    assert asked(operator) == 2


def test_what_scravio_gives_back_is_free_for_the_budget_again(database_url):
    """Half of the credits come back, and the route may spend them on the next campaign."""
    operator = unvalidated(database_url, "One", "Two")
    account(operator).habits.returns = 0.5
    budget = Budget(10, 15, 100)
    operator.sync_one(route(budget=budget))
    assert asked(operator) == 1
    operator.clock.forward(days=31)
    operator.sync_one(route(budget=budget))
    (first, *_) = rows(operator)
    assert (first.used, first.facts["returned"]) == (5_000, 5_000)
    operator.clock.forward(days=31)
    operator.sync_one(route(budget=budget))
    assert asked(operator) == 2


def show(operator, reported):
    """From now on the campaign says this of its validation, whatever the account is at."""
    account(operator).validating.clear()
    account(operator).campaigns[0].update(postValidation=reported)


def test_a_word_without_a_date_gives_no_credit_back(operator):
    """It may be of an older validation that cost less: all that was reserved stays charged."""
    operator.sync_one(route())
    reported = {"status": "completed", "creditUsed": 1, "creditReturned": 9}
    show(operator, reported)
    operator.clock.forward(hours=1)
    operator.sync_one(route())
    (row,) = rows(operator)
    assert (word(row), row.charge) == (Asked.COMPLETED, 10_000)


def test_a_validation_that_ended_before_is_not_ours(operator):
    """Only its end is dated, and that was before we asked: ours is still waited for."""
    operator.sync_one(route())
    long_ago = (START - timedelta(days=1)).isoformat()
    reported = {"status": "completed", "creditUsed": 1, "completedAt": long_ago}
    show(operator, reported)
    operator.clock.forward(hours=1)
    operator.sync_one(route())
    (row,) = rows(operator)
    assert (word(row), row.charge) == (Asked.RUNNING, 10_000)


def test_two_routes_on_one_campaign_ask_once(operator):
    """The second route waits for what the first asked for, and spends nothing."""
    one, two = route("one"), route("two", ref="Scravio inbox", kind="list", dedupe="target")
    operator.sync(one, two)
    assert asked(operator) == 1
    operator.clock.forward(minutes=3)
    reports = operator.sync(one, two)
    assert [report.tally.states["delivered"] for report in reports] == [8, 8]
    assert spent(operator) == 10


def test_someone_elses_validation_is_waited_for_and_costs_us_nothing(operator):
    """409: it is joined; what it uses is not charged to our budget."""
    campaign = account(operator).campaigns[0]
    operator.sync_one(route(when="never"))
    price = []

    def begin(_request):
        if not price:
            price.append(1)
            reported = {"status": "validating", "startedAt": START.isoformat(), "creditReserved": 10, "total": 10}
            campaign.update(postValidation=reported)
        return False

    operator.sandbox.faults.add("status", "scravio", "*/validate", method="POST", when=begin)
    report = operator.sync_one(route())
    (row,) = rows(operator)
    assert (word(row), row.charge) == (Asked.JOINED, 0)
    assert any("outside leadbridge" in warning for warning in report.warnings)
    campaign.update(postValidation={"status": "completed", "creditUsed": 10, "startedAt": START.isoformat()})
    operator.clock.forward(minutes=5)
    operator.sync_one(route())
    (row,) = rows(operator)
    assert (word(row), row.charge) == (Asked.COMPLETED, 0)


def test_too_many_requests_come_back_later_without_waiting(operator):
    """429 is postponed as data: no sleep, no second call before its time."""
    operator.sandbox.faults.add("status", "scravio", "*/validate", method="POST", code=429, retry_after=90, times=1)
    report = operator.sync_one(route())
    assert any("not validated" in warning for warning in report.warnings)
    assert [word(row) for row in rows(operator)] == [Asked.DROPPED]
    operator.sync_one(route())
    assert asked(operator) == 1
    assert operator.clock.slept == []
    operator.clock.forward(seconds=91)
    operator.sync_one(route())
    assert asked(operator) == 2
    assert word(rows(operator)[-1]) is Asked.RUNNING


@pytest.mark.parametrize("kind", ["cut", "truncated", "html"])
def test_a_lost_answer_that_took_effect_is_never_asked_again(operator, kind):
    """The campaign's own words show that it began: its credits stay reserved, and nothing is asked twice."""
    operator.sandbox.faults.add(kind, "scravio", "*/validate", method="POST", commit=True, times=1)
    operator.sync_one(route())
    assert [word(row) for row in rows(operator)] == [Asked.ASKING]
    operator.sync_one(route())
    assert [word(row) for row in rows(operator)] == [Asked.RUNNING]
    operator.clock.forward(minutes=5)
    report = operator.sync_one(route())
    assert report.tally.states["delivered"] == 8
    assert (asked(operator), spent(operator)) == (1, 10)


def test_a_lost_answer_is_found_by_its_transaction_where_the_campaign_is_silent(operator, retold):
    """A campaign that shows no postValidation yet: the deduction shows."""

    def silent(body):
        return {**body, "postValidation": None}

    campaign = account(operator).campaigns[0]
    operator.sandbox.faults.add("cut", "scravio", "*/validate", method="POST", commit=True, times=1)
    transport = retold(operator, f"/campaigns/{campaign.id}", silent)
    operator.sync_one(route(), transport=transport)
    operator.clock.forward(minutes=1)
    operator.sync_one(route(), transport=transport)
    (row,) = rows(operator)
    assert (word(row), row.reserved) == (Asked.RUNNING, 10_000)
    assert asked(operator) == 1


def test_a_lost_answer_that_did_nothing_is_asked_again_after_two_looks(operator):
    """Absent counts only after two looks that agree, the first long enough after the call."""
    operator.sandbox.faults.add("cut", "scravio", "*/validate", method="POST", commit=False, times=1)
    operator.sync_one(route())
    report = operator.sync_one(route())
    assert asked(operator) == 1
    assert any("not known yet" in warning for warning in report.warnings)
    operator.clock.forward(seconds=31)
    operator.sync_one(route())
    assert asked(operator) == 2
    assert [word(row) for row in rows(operator)] == [Asked.DROPPED, Asked.RUNNING]
    assert spent(operator) == 10


def test_a_request_that_arrives_after_all_stays_charged(operator):
    """It was believed lost, and the next one gets 409: what is under way may be ours, so its credits count."""
    operator.sandbox.faults.add("cut", "scravio", "*/validate", method="POST", commit=False, times=1)
    operator.sync_one(route())
    operator.clock.forward(seconds=31)
    operator.sandbox.faults.add("status", "scravio", "*/validate", method="POST", code=409)
    operator.sync_one(route())
    assert [(word(row), row.charge) for row in rows(operator)] == [(Asked.DROPPED, 0), (Asked.RUNNING, 10_000)]


def test_where_transactions_may_not_be_seen_a_doubt_keeps_its_credits(operator):
    """A workspace-bound key: no one can know, so the sum stays reserved and only a person asks again."""
    account(operator).habits.account_scoped = False
    operator.sandbox.faults.add("cut", "scravio", "*/validate", method="POST", commit=False, times=1)
    operator.sync_one(route())
    operator.clock.forward(seconds=31)
    report = operator.sync_one(route())
    (row,) = rows(operator)
    assert (word(row), row.charge) == (Asked.UNCLEAR, 10_000)
    assert any("leadbridge validate --campaign" in warning for warning in report.warnings)
    assert asked(operator) == 1


@pytest.mark.parametrize(
    "reported", [{"transactions": [{"id": "t", "type": "EMAIL_VALIDATION_DEDUCTION"}]}, {"transactions": []}]
)
def test_transactions_that_cannot_all_be_read_are_no_proof_of_nothing(operator, retold, reported):
    """A row without an amount, or an empty page of several: no one can know, so nothing is asked for again."""
    operator.sandbox.faults.add("cut", "scravio", "*/validate", method="POST", commit=False, times=1)
    transport = retold(
        operator, "/credit-transactions", lambda body: {**body, **reported, "pagination": {"totalPages": 3}}
    )
    for _ in range(3):
        operator.sync_one(route(), transport=transport)
        operator.clock.forward(seconds=31)
    (row,) = rows(operator)
    assert (word(row), asked(operator)) == (Asked.UNCLEAR, 1)


def test_a_validation_that_fails_is_said_and_not_asked_again(operator):
    """Its credits come back; a person decides about the next attempt."""
    account(operator).habits.fails = True
    operator.sync_one(route())
    operator.clock.forward(minutes=5)
    for _ in range(2):
        report = operator.sync_one(route())
        assert any("its validation failed (The validation service" in warning for warning in report.warnings)
    (row,) = rows(operator)
    assert (word(row), row.used, row.facts["returned"]) == (Asked.FAILED, 0, 10_000)
    assert asked(operator) == 1


def test_too_few_credits_are_reported_before_anything_is_asked(operator):
    """The preview says that the account cannot pay: no call that spends is made."""
    account(operator).credits = 5
    report = operator.sync_one(route())
    assert any("too few credits (5 left)" in warning for warning in report.warnings)
    assert asked(operator) == 0


def test_a_crash_between_reservation_and_call_keeps_the_credits_until_it_is_clear(operator, monkeypatch):
    """The process dies before the call: the row still counts, and is freed only by looking, late enough."""
    with monkeypatch.context() as patch:
        patch.setattr(
            "bridge.sources.scravio.ordering.validation.Validations.start",
            lambda *_: (_ for _ in ()).throw(MemoryError),
        )
        with pytest.raises(MemoryError):
            operator.sync_one(route())
    (row,) = rows(operator)
    assert (word(row), row.charge) == (Asked.ASKING, 10_000)
    operator.sync_one(route())
    operator.clock.forward(seconds=31)
    operator.sync_one(route())
    assert [word(row) for row in rows(operator)] == [Asked.DROPPED, Asked.RUNNING]
    assert asked(operator) == 1


def test_another_route_settles_what_a_route_that_is_gone_left_behind(operator):
    """Not while that call may still be made; ten minutes later any run may look."""
    operator.sandbox.faults.add("cut", "scravio", "*/validate", method="POST", commit=True, times=1)
    operator.sync_one(route("gone"))
    db = ledger.Database(operator.database_url)
    with db.write() as connection:  # as a process leaves it that dies in the call
        connection.execute(sa.text("UPDATE intent SET state = 'open', ended_at = 0"))
    db.close()
    operator.clock.forward(minutes=9)
    operator.sync_one(route("other"))
    assert [word(row) for row in rows(operator)] == [Asked.ASKING]
    operator.clock.forward(minutes=2)
    operator.sync_one(route("other"))
    operator.sync_one(route("other"))
    assert [word(row) for row in rows(operator)] == [Asked.COMPLETED]
    assert asked(operator) == 1


def test_a_campaign_that_was_deleted_meanwhile_ends_its_validation(operator):
    """404 for the campaign: its row ends, and what it reserved counts as spent."""
    operator.sync_one(route())
    account(operator).campaigns[0].deleted = True
    operator.clock.forward(minutes=2)
    operator.sync_one(route())
    (row,) = rows(operator)
    assert (word(row), row.charge) == (Asked.FAILED, 10_000)


def test_a_list_that_shows_nothing_of_validations_is_no_hindrance(operator):
    """Assumption 3 the other way: the campaign is swept again because its validation has ended, not by its list."""
    account(operator).habits.list_shows_validation = False
    operator.sync_one(route())
    operator.clock.forward(minutes=3)
    report = operator.sync_one(route())
    assert report.tally.states["delivered"] == 8


def test_looking_gets_rarer(operator):
    """A validation that takes hours costs a handful of calls, not one a run."""
    account(operator).habits.seconds = 100_000
    operator.sync_one(route())
    before = operator.calls("GET /api/campaigns/{id}")
    for _ in range(40):
        operator.clock.forward(minutes=1)
        ledger_run(operator)
    assert operator.calls("GET /api/campaigns/{id}") - before < 8


def ledger_run(operator):
    """Only the part of a run that follows validations."""
    with operator.app(route()) as app, with_route(app.resources(), route(), app.destination(route())) as run:
        validating.follow(run)


def foretold(operator, *routes):
    with operator.app(*routes) as app:
        return [one for found in preview.run(app, app.configuration.routes, 0) for one in found.validations.quoted]


def test_the_preview_spends_nothing(operator):
    """What it would cost is asked for by GET alone."""
    (reported,) = foretold(operator, route())
    assert (reported.missing, reported.emails, reported.cost, reported.asked) == (10, 10, 10_000, True)
    (never,) = foretold(operator, route(when="never"))
    assert not never.asked
    (tight,) = foretold(operator, route(budget=Budget(5, 5, 5)))
    assert "max_credits.campaign" in tight.sentence()
    assert spent(operator) == 0
    assert asked(operator) == 0


def test_the_preview_names_what_the_next_sync_asks_for(database_url):
    """Campaigns share the route's budget, oldest first, and routes share campaigns: what is promised is asked for."""
    operator = unvalidated(database_url, "First", "Second", "Third")
    routes = [route(budget=Budget(10, 20, 100)), route("other")]
    reported = foretold(operator, *routes)
    assert [(one.campaign, one.asked) for one in reported] == [
        ("Third", True), ("Second", True), ("First", False), ("First", True),
    ]  # fmt: skip
    operator.sync(*routes)
    assert asked(operator) == sum(one.asked for one in reported)


def test_a_day_ends_at_midnight_utc():
    """What is postponed because of the day's cap is looked at again when the day is over."""
    assert validating._until_midnight(START) == timedelta(hours=12)
