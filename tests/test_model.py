"""The models of `docs/model/` speak of what the code has: its states, its faults, and those that trials found."""

import re
from pathlib import Path

import pytest

from bridge.model import State
from docs.model import __main__ as model

TEXTS = {path: path.read_text(encoding="utf-8") for path in (model.DELIVERY, model.SCOPES)}
MAKEFILE = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_model_and_code_use_the_same_words(path):
    """Each state of the model is one of the code, of the same name."""
    states = set(re.search(r"mtype = \{ (HELD[^}]*) \}", TEXTS[path])[1].split(", "))
    assert states <= {state.name for state in State}
    assert {"SENDING", "IN_DOUBT", "DELIVERED"} <= states


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_switch_of_a_case_is_in_its_model(path):
    """A wrong switch would check the model without the fault; one that no case uses would check nothing."""
    known = set(re.findall(r"^#ifn?def (\w+)", TEXTS[path], re.MULTILINE)) - {"FAULTS"}
    cases = [case for case in (*model.HOLDS, *model.FOUND) if case.model == path]
    assert {flag for case in cases for flag in case.flags} == known


def test_the_faults_of_the_trials_are_counterexamples():
    """Such as a stranded doubt, or a lead that is held unasked: found with the switch, and held without it."""
    trials = {"SETTLE_BY_ROUTE", "FREE_UNLOCKED", "HOST_CLOCKS", "LOSER_UNASKED", "HEIRS_WERE_EXPLAINED"}
    assert trials <= {flag for case in model.FOUND for flag in case.flags}
    held = {flag for case in model.HOLDS for flag in case.flags}
    assert not held & (trials | {"NO_TX_LIMIT", "NO_EPOCH", "NO_GUARD"})
    assert {case.promise for case in model.HOLDS} == {model.SAFE, model.LOST, model.STUCK}
    assert re.search(r"^model:.*\n\t.*-m docs\.model$", MAKEFILE, re.MULTILINE)
