"""A route whose scope grows minds everyone in the wider scope, also for people it had claimed already."""

import pytest

from tests.harness import route


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize(("terms", "left"), [({"kind": "status", "code": 402}, "ready"), ({"kind": "cut"}, "in_doubt")])
def test_a_scope_that_grows_counts_for_who_was_claimed_before(make_operator, fault, states, terms, left):
    """Claimed for the target alone and not sent; by now the workspace counts, where the person is another route's."""
    operator = make_operator("First", leads=1)
    lead = operator.sandbox.world.scravio.campaign("First").lead(0)
    lead.update(email="jane.doe@gmail.com")
    inbox = route("inbox", ref="Scravio inbox", kind="list")
    assert states(operator.sync_one(inbox)) == {"delivered": 1}
    lead.update(email="janedoe@gmail.com")  # a spelling that Instantly takes for someone else
    operator.sandbox.world.scravio.campaign("First").touch(operator.clock.now())
    with fault(operator, path="*/leads/add", **terms):
        assert states(operator.sync_one(route("campaign", dedupe="target"))) == {left: 1}
    operator.clock.forward(seconds=31)
    report = operator.sync_one(route("campaign", dedupe="workspace"))
    assert states(report) == {"held": 1}
    assert operator.sandbox.report()["created_twice_in_workspace"] == {}
