"""After the retention time facts are gone, and everything that needs them again gets them on its own."""

from bridge.model import State
from bridge.operations.retry import Wanted
from tests.harness import route

ANY_AGE = {"max_validation_age": None}


def keep_house(operator, *routes):
    with operator.app(*(routes or (route(**ANY_AGE),))) as app:
        return app.keep_house()


def test_a_new_route_reads_pruned_leads_again(operator, states):
    """They are held for their pruned facts, read by the next sync, and sent; no person goes twice to one target."""
    first = route(**ANY_AGE)
    second = route("second", ref="Scravio inbox", kind="list", dedupe="target", **ANY_AGE)
    operator.sync_one(first)
    operator.clock.forward(days=91)
    assert keep_house(operator).facts == 10
    operator.sync_one(first)
    held = operator.sync_one(second)
    assert states(held) == {"held": 10}
    assert held.tally.reasons["facts_pruned"] == 10
    assert states(operator.sync_one(second)) == {"delivered": 10}
    assert states(operator.sync_one(first)) == {"delivered": 10}
    operator.assert_promises()


def test_other_rules_move_no_one_whose_facts_are_pruned(operator, states):
    """What was delivered stays delivered, and nothing is read again for it."""
    operator.sync_one(route(**ANY_AGE))
    operator.clock.forward(days=91)
    keep_house(operator)
    operator.forget_calls()
    assert states(operator.sync_one(route(min_followers=5, **ANY_AGE))) == {"delivered": 10}
    assert operator.calls("scravio", "leads") == 0


def test_a_refused_lead_that_is_retried_is_read_again(operator, states):
    """`retry` after the retention time: held for its facts, then read, then decided as any other."""
    rules = route(**ANY_AGE)
    address = operator.sandbox.world.scravio.campaign("Fitness creators").lead(4).row["email"].strip().lower()
    operator.block(address)
    assert states(operator.sync_one(rules)) == {"delivered": 9, "refused": 1}
    operator.sandbox.world.instantly.blocked.clear()
    operator.clock.forward(days=91)
    assert keep_house(operator).facts == 10
    with operator.app(rules) as app:
        (step,) = app.retry(app.configuration.routes, Wanted([State.REFUSED]))
    assert step.found.held == {"facts_pruned": 1}
    assert states(operator.sync_one(rules)) == {"delivered": 9, "held": 1}
    assert states(operator.sync_one(rules)) == {"delivered": 10}
    operator.assert_promises()


def test_housekeeping_twice_and_beside_a_run_changes_no_number(operator, states):
    """Several hosts may do it, in the middle of anything."""
    rules = route(**ANY_AGE)
    operator.sync_one(rules, limit=4)
    operator.clock.forward(days=91)
    assert keep_house(operator).facts == 4
    assert keep_house(operator).facts == 0
    assert states(operator.sync_one(rules)) == {"delivered": 10}
    operator.assert_promises()
