"""The model of `docs/model/` speaks of what the code has: its states, its faults, and the first three found."""

import re
from pathlib import Path

from bridge.model import State
from docs.model import __main__ as model

TEXT = model.MODEL.read_text(encoding="utf-8")
MAKEFILE = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")


def test_model_and_code_use_the_same_words():
    """Each state of the model is one of the code, of the same name."""
    states = set(re.search(r"mtype = \{ (HELD[^}]*) \}", TEXT)[1].split(", "))
    assert states <= {state.name for state in State}
    assert {"SENDING", "IN_DOUBT", "DELIVERED"} <= states


def test_every_switch_of_a_case_is_in_the_model():
    """A misspelt switch would check the model without the fault; one that no case uses would check nothing."""
    known = set(re.findall(r"^#ifn?def (\w+)", TEXT, re.MULTILINE)) - {"FAULTS"}
    assert {flag for case in (*model.HOLDS, *model.FOUND) for flag in case.flags} == known


def test_the_faults_of_the_trials_are_counterexamples():
    """A stranded doubt, claims freed without their row, hosts' clocks: found with the switch, and held without it."""
    found = {flag for case in model.FOUND for flag in case.flags}
    assert {"SETTLE_BY_ROUTE", "FREE_UNLOCKED", "HOST_CLOCKS"} <= found
    held = {flag for case in model.HOLDS for flag in case.flags}
    assert not held & {"SETTLE_BY_ROUTE", "FREE_UNLOCKED", "HOST_CLOCKS", "NO_TX_LIMIT", "NO_EPOCH", "NO_GUARD"}
    assert {case.promise for case in model.HOLDS} == {model.SAFE, model.LOST, model.STUCK}
    assert re.search(r"^model:.*\n\t.*-m docs\.model$", MAKEFILE, re.MULTILINE)
