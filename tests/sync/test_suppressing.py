"""The do-not-contact list and Instantly's block list, before a push and right before each call."""

from dataclasses import replace

import httpx
import pytest

from bridge import ledger
from bridge.config.shape import PrivacyTable
from bridge.ledger.people import suppressions
from bridge.ledger.people.suppressions import Suppression
from tests.harness import route

PUSHING = replace(route(), target=replace(route().target, push_suppressions=True))


def rows(operator):
    """The addresses of the ten people, each at a site of their own."""
    campaign = operator.sandbox.world.scravio.campaign("Fitness creators")
    addresses = [f"person{index}@site{index}.example" for index in range(10)]
    for index, address in enumerate(addresses):
        campaign.lead(index).update(email=address)
    return addresses


def block(operator, *values):
    for value in values:
        operator.sandbox.world.instantly.block(value, operator.clock.now())


def add(db, operator, *values, **more):
    suppressions.add(db, [Suppression("", value, **more) for value in values], now=operator.clock.now())


def test_the_block_list_is_read_before_a_push(operator, states):
    """Anyone who stands on it is held here and never posted, by address or by domain."""
    first, second, *_ = rows(operator)
    block(operator, first, second.partition("@")[2])
    report = operator.sync_one()
    assert states(report) == {"delivered": 8, "held": 2}
    assert report.tally.reasons["suppressed"] == 2
    assert operator.calls("GET", "block-lists-entries") == 1


def test_a_young_copy_is_not_read_again(operator, ledger_of):
    """Once in six hours, and only when someone is ready to go."""
    operator.sync_one(limit=2)
    operator.clock.forward(hours=5)
    operator.sync_one(limit=2)
    assert operator.calls("GET", "block-lists-entries") == 1
    operator.clock.forward(hours=2)
    operator.sync_one()
    assert operator.calls("GET", "block-lists-entries") == 2
    operator.clock.forward(hours=7)
    operator.sync_one()  # no one is ready
    assert operator.calls("GET", "block-lists-entries") == 2
    del ledger_of


def test_who_leaves_the_block_list_may_go(operator, states, ledger_of):
    """A copied entry vanishes with its original, and the lead goes in the same run; an operator's own entry stays."""
    first, second, *_ = rows(operator)
    add(ledger_of(operator), operator, second)
    block(operator, first, second)
    assert states(operator.sync_one(limit=1)) == {"delivered": 1, "held": 1, "ready": 8}
    operator.sandbox.world.instantly.blocked.clear()
    operator.clock.forward(hours=7)
    assert states(operator.sync_one()) == {"delivered": 9, "held": 1}
    operator.assert_promises()


def test_every_page_of_the_block_list_counts(operator, states):
    """A long block list is read to its end: the last entry holds as the first."""
    block(operator, *(f"p{number}@elsewhere.example" for number in range(230)), rows(operator)[4])
    assert states(operator.sync_one()) == {"delivered": 9, "held": 1}
    assert operator.calls("GET", "block-lists-entries") == 3


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize("code", [403, 500])
def test_a_block_list_that_cannot_be_read_stops_no_one(operator, states, code):
    """Advisory: reported, and the push goes on; the next one reads again."""
    operator.sandbox.faults.add("status", path="*/block-lists-entries", code=code)
    report = operator.sync_one()
    assert states(report) == {"delivered": 10}
    assert any("block list could not be brought up to date" in warning for warning in report.warnings)


def test_a_listing_that_breaks_off_removes_no_one(operator, states, ledger_of):
    """Half a block list says nothing about who left it."""
    mine = rows(operator)[0]
    block(operator, mine, *(f"p{number}@elsewhere.example" for number in range(150)))
    operator.sync_one(limit=1)
    operator.sandbox.world.instantly.blocked = operator.sandbox.world.instantly.blocked[1:]
    operator.clock.forward(hours=7)
    operator.sandbox.faults.add("status", path="*/block-lists-entries", code=403, nth=2)
    report = operator.sync_one()
    assert report.warnings
    assert suppressions.entries_about(ledger_of(operator), mine)
    assert states(report)["held"] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "terms", [{"kind": "hollow_page"}, {"kind": "same_cursor"}, {"kind": "blank", "fields": ("bl_value",)}]
)
def test_a_block_list_that_may_hold_more_frees_no_one(operator, states, terms):
    """An empty page with a cursor, a cursor that repeats, entries that cannot be read: no one left the list by that."""
    first, *_ = rows(operator)
    block(operator, first)
    assert states(operator.sync_one(limit=2))["delivered"] == 2
    operator.clock.forward(hours=7)
    operator.sandbox.faults.add(path="*/block-lists-entries", method="GET", **terms)
    report = operator.sync_one()
    assert states(report) == {"delivered": 9, "held": 1}
    assert any("block list could not be brought up to date" in warning for warning in report.warnings)


def test_ours_go_to_the_block_list_only_if_the_route_says_so(operator, ledger_of):
    """Addresses and domains, once; a copy of the block list is not sent back."""
    db = ledger_of(operator)
    add(db, operator, "jane@asked.example", "competitor.example")
    block(operator, "there@already.example")
    operator.sync_one(limit=1)
    assert operator.calls("bulk-create") == 0
    operator.clock.forward(hours=7)
    operator.sync_one(PUSHING, limit=1)
    values = sorted(entry.value for entry in operator.sandbox.world.instantly.blocked)
    assert values == ["competitor.example", "jane@asked.example", "there@already.example"]
    operator.clock.forward(minutes=1)
    add(db, operator, "joe@asked.example")
    operator.clock.forward(minutes=1)
    operator.sync_one(PUSHING, limit=1)
    operator.sync_one(PUSHING, limit=1)
    assert len(operator.sandbox.world.instantly.blocked) == 4
    assert operator.calls("bulk-create") == 2


def test_a_lost_answer_to_the_block_list_is_looked_up(operator, ledger_of):
    """Nothing is repeated blindly: the next push reads the block list first, and adds what it lacks."""
    add(ledger_of(operator), operator, "jane@asked.example")
    rule = operator.sandbox.faults.add("cut", path="*/bulk-create", commit=True, times=1)
    report = operator.sync_one(PUSHING, limit=1)
    operator.sandbox.faults.remove(rule)
    assert any("block list" in warning for warning in report.warnings)
    assert len(operator.people()) == 1
    operator.forget_calls()
    operator.sync_one(PUSHING, limit=1)
    assert (operator.calls("GET", "block-lists-entries"), operator.calls("bulk-create")) == (1, 0)
    assert len(operator.sandbox.world.instantly.blocked) == 1


class Late(httpx.BaseTransport):
    """Does something the moment after a batch was claimed: when the block list or the target has been asked."""

    def __init__(self, inner, before, act):
        self.inner, self.before, self.act = inner, before, act

    def handle_request(self, request):
        response = self.inner.handle_request(request)
        if request.url.path.endswith(self.before) and self.act is not None:
            act, self.act = self.act, None
            act()
        return response


def test_who_is_suppressed_between_two_calls_is_not_in_the_second(operator, states, ledger_of):
    """A batch that was halved after its claim is asked again before each half: the person is held, and no one else."""
    db, mine = ledger_of(operator), rows(operator)[7]
    operator.sandbox.faults.add("status", path="*/leads/add", code=400, nth=1)
    late = Late(operator.sandbox.transport(), "/leads/add", lambda: add(db, operator, mine))
    report = operator.sync_one(transport=late)
    assert states(report) == {"delivered": 9, "held": 1}
    assert report.tally.reasons["suppressed"] == 1
    assert mine not in operator.people()
    operator.assert_promises()


def test_hashed_storage_copies_the_block_list_as_hashes(operator, states, ledger_of):
    """Held all the same, and the ledger cannot know who it is."""
    block(operator, rows(operator)[0])
    with operator.app(route()) as app:
        app.configuration = replace(app.configuration, privacy=PrivacyTable(suppression_storage="hashed"))
        (report,) = app.sync(app.configuration.routes)
    assert states(report) == {"delivered": 9, "held": 1}
    assert [entry.value for page in suppressions.entries(ledger_of(operator)) for entry in page] == [""]


def test_removing_lets_the_held_go(operator, states, ledger_of):
    """Off the list, asked again, delivered by the next sync; the history shows both."""
    db, mine = ledger_of(operator), rows(operator)[2]
    add(db, operator, mine)
    assert states(operator.sync_one()) == {"delivered": 9, "held": 1}
    suppressions.remove(db, mine)
    assert ledger.ask_again(db) == 1
    assert states(operator.sync_one()) == {"delivered": 10}
    operator.assert_promises()
