"""What a validation of its own found: under which address it is kept, and which lead it may speak for."""

from dataclasses import replace

import pytest

from bridge.ledger.intents import checks
from bridge.ledger.intents.checks import Check
from bridge.model import Lead
from tests.harness import START


def lead(address, **facts):
    return replace(Lead(id="1", campaign_id="k1"), email=address, **facts)


@pytest.mark.parametrize(
    "spelled", ["Jane@Bücher.example", "jane@xn--bcher-kva.example", " mailto:jane@bücher.example"]
)
def test_every_spelling_of_the_address_meets_its_finding(db, spelled):
    """Kept under what would go out, so that a lead meets it however it was scraped."""
    checks.store_checks(db, [Check("jane@bücher.example", "valid", START)])
    (found,) = checks.supplemented(db, [lead(spelled)])
    assert (found.validation, found.is_valid, found.checked_at) == ("valid", True, START)


@pytest.mark.parametrize("other", ["jane@straße.example", "j.ane@strasse.example", "jane+x@strasse.example"])
def test_no_one_elses_finding_counts(db, other):
    """Another domain that only folds to the same letters, another mailbox of the same person: neither was validated."""
    checks.store_checks(db, [Check("jane@strasse.example", "valid", START)])
    assert checks.supplemented(db, [lead(other)]) == [lead(other)]


@pytest.mark.parametrize(
    "facts", [{"validation": "invalid"}, {"validation": "pending"}, {"is_valid": False}, {"email_masked": True}]
)
def test_scravios_own_word_is_never_replaced(db, facts):
    """Whatever the campaign says of the lead stands, if only half of it is said."""
    checks.store_checks(db, [Check("jane@strasse.example", "valid", START)])
    reported = lead("jane@strasse.example", **facts)
    assert checks.supplemented(db, [reported]) == [reported]
