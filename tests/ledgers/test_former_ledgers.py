"""Ledgers made by earlier versions open, and keep every promise (`make.py` says how they were made)."""

import pytest

from bridge.sandbox.book import person_of
from tests.ledgers import former

OURS = "Leila.Berg7@gmail.com"
"""Delivered by the earlier version, on the route fitness."""


@pytest.fixture(params=former.NAMES)
def name(request):
    return request.param


def test_every_former_ledger_opens_and_keeps_its_promises(operator):
    """No lead is sent twice or forgotten, doubt is settled, and who may not be contacted stays so."""
    operator("db", "upgrade")
    before, after = operator.routes_before(), operator.routes()
    for facts in ("leads_known", "states", "reasons"):
        assert {name: route[facts] for name, route in after.items()} == {
            name: route[facts] for name, route in before.items()
        }, facts
    there = operator.people()

    operator.json("sync", "--yes")
    operator.json("sync", "--yes")
    operator.json("settle")

    report = operator.sandbox.report()
    assert (report["created_twice_person"], report["reposted"], report["reposted_person"]) == ({}, {}, {})
    assert set(there) <= set(operator.people())
    assert len(operator.people()) > len(there)
    settled = operator.routes()
    for name, route in before.items():
        assert settled[name]["leads_known"] == route["leads_known"]
        assert settled[name]["states"]["delivered"] >= route["states"]["delivered"]
        assert settled[name]["states"]["sending"] == settled[name]["states"]["in_doubt"] == 0
    _no_unwanted_person(operator)
    _operations_work(operator)


def _no_unwanted_person(operator):
    """Blocked, suppressed and erased people are not in any target."""
    people = {email for _, email in operator.people()}
    assert "chloe.patel8@outlook.com" not in people
    if operator.name >= "0006" and operator.name != "0006-early":
        assert not people & {"yuki.frost2025@gmail.com", "second@brooks-3.example"}
        assert not [email for email in people if email.endswith("northlight-talent.example")]
        held = operator.json("explain", "yuki.frost2025@gmail.com")
        assert "suppressed" in str(held)
        assert "erased" in operator("explain", "second@brooks-3.example", expected=(0, 1, 3))


def _operations_work(operator):
    """What an operator does with single leads works on leads of an earlier version."""
    story = operator.json("explain", OURS)
    assert "delivered" in str(story)
    assert operator.routes()["gyms"]["states"]["failed"] == 3  # their target was deleted
    operator("retry", "gyms")
    assert operator.routes()["gyms"]["states"]["failed"] == 0
    operator("forget", OURS, "--yes", "--json")
    operator.json("sync", "--yes")
    assert person_of(OURS) not in {person_of(email) for _, email in operator.people()}
