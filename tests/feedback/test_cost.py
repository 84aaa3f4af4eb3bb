"""What learning costs, counted against the sandbox. `BRIDGE_TEST_LONG=1` plays 100,000 delivered leads, else 5,000."""

import os
from math import ceil

import pytest
import structlog

from bridge.model import EventKind

log = structlog.get_logger(__name__)

LEADS = 100_000 if "BRIDGE_TEST_LONG" in os.environ else 5_000
CAMPAIGNS = 5
EACH = LEADS // CAMPAIGNS
# Of a thousand leads fifty react; of those who reply ten are interested, and eight are not.
OF_A_THOUSAND = {"bounced": 12, "unsubscribed": 6, "replied": 32, "interested": 10, "not_interested": 8}
REACTIONS = ["email_bounced"] * 12 + ["lead_unsubscribed"] * 6 + ["reply_received"] * 32
JUDGED = {**dict.fromkeys(range(18, 28), "lead_interested"), **dict.fromkeys(range(28, 36), "lead_not_interested")}


def until_quiet(loop, most=80):
    """Rounds until one learns nothing: what was learnt, and the calls without those of the rounds that were quiet."""
    learnt, calls = dict.fromkeys(EventKind, 0), 0
    for _ in range(most):
        heard = loop.round()
        new = {kind: sum(one.events[kind] for one in heard) for kind in EventKind}
        if not any(new.values()):
            return learnt, calls
        calls += loop.calls()
        learnt = {kind: learnt[kind] + new[kind] for kind in EventKind}
    raise AssertionError("it never gets quiet")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_changed_costs_at_most_a_fifth_more_than_the_fewest_calls(loop):
    """Every lead is contacted, then one in twenty reacts. Fewest: the pages of 100 that it fills, and the analytics."""
    for number in range(CAMPAIGNS):
        loop.deliver(f"route {number}", EACH)
        loop.happen(f"route {number}", range(EACH), "email_sent")
    learnt, calls = until_quiet(loop)
    fewest = 1 + ceil(LEADS / 100)
    log.info("cost", leads=LEADS, contacted=learnt[EventKind.CONTACTED], calls=calls, fewest=fewest)
    assert learnt[EventKind.CONTACTED] == LEADS
    assert calls <= 1.2 * fewest + 2
    for start in range(0, EACH, 1000):
        for index, kind in enumerate(REACTIONS):
            for name in loop.leads:
                loop.happen(name, [start + index], kind)
                if index in JUDGED:
                    loop.happen(name, [start + index], JUDGED[index])
            loop.operator.clock.forward(seconds=4 * 3600 / (EACH / 1000 * len(REACTIONS)))
    learnt, calls = until_quiet(loop)
    changed = {kind: count * LEADS // 1000 for kind, count in OF_A_THOUSAND.items()}
    assert {kind.value: count for kind, count in learnt.items() if count} == changed
    fewest = 1 + sum(ceil(changed[kind] / 100) for kind in ("bounced", "unsubscribed", "replied"))
    log.info("cost", leads=LEADS, reacted=LEADS // 20, calls=calls, fewest=fewest)
    assert calls <= max(1.2 * fewest, fewest + 2)
