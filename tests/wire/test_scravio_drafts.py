"""Leads are made on a short way; what comes out is the value that the long way makes."""

import copy
import dataclasses
import pickle

import pytest

from bridge.model import Lead
from bridge.sources.scravio.reading import read_lead

ROW = {"_id": "l1", "email": "jane@x.example", "scrapedAt": "2026-11-01T10:00:00Z", "linkedinHeadline": "Coach"}


def test_a_lead_that_was_read_is_the_value_that_the_constructor_makes():
    """Equal field by field, of the same class, and as good to copy."""
    lead = read_lead(ROW, "c1")
    made = Lead(**{one.name: getattr(lead, one.name) for one in dataclasses.fields(Lead)})
    assert type(lead) is Lead
    assert lead == made
    assert (repr(lead), dataclasses.asdict(lead)) == (repr(made), dataclasses.asdict(made))
    assert copy.copy(lead) == pickle.loads(pickle.dumps(lead)) == made
    assert dataclasses.replace(lead, email="").email == ""


def test_a_lead_that_was_read_is_frozen():
    """No one can change what was read."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        read_lead(ROW, "c1").email = "other@x.example"


def test_what_two_leads_do_not_have_is_not_shared():
    """Each has an empty mapping of its own."""
    assert read_lead({"_id": "a"}, "c1").extra is not read_lead({"_id": "b"}, "c1").extra
