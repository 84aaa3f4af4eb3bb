"""The road of one lead, as docs/architecture.md draws it, is the one that a lead really takes."""

import re
import sys
import threading
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path

from bridge.model import Decision, Delivery, Lead, Outcome
from tests.harness import Operator, good_world

ROOT = Path(__file__).parent.parent / "bridge"
PAGE = (ROOT.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
MOST_MODULES = 15


def holds(value, mark, depth=3):
    """Whether a value is a lead, or holds one: by its type, or by its address."""
    if isinstance(value, Lead | Decision | Delivery | Outcome):
        return True
    if isinstance(value, str | bytes):
        return mark in (value if isinstance(value, str) else value.decode("latin-1"))
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    elif is_dataclass(value) and not isinstance(value, type):
        value = [getattr(value, one.name, None) for one in fields(value)]
    return (
        isinstance(value, list | tuple | set | frozenset)
        and depth > 0
        and any(holds(one, mark, depth - 1) for one in value)
    )


@contextmanager
def followed(mark):
    """The modules whose functions take or return the lead meanwhile, in any thread."""
    passed = set()

    def look(frame, event, answer):
        code = frame.f_code
        path = Path(code.co_filename)
        if event not in ("call", "return") or code.co_name.startswith("<") or not path.is_relative_to(ROOT):
            return
        sys.setprofile(None)
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        given = [frame.f_locals.get(name) for name in names if name != "self"] if event == "call" else [answer]
        if any(holds(value, mark) for value in given):
            passed.add(str(path.relative_to(ROOT)))
        sys.setprofile(look)

    threading.setprofile(look)
    sys.setprofile(look)
    try:
        yield passed
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def test_one_lead_passes_the_modules_that_the_page_names(tmp_path):
    """From the vendor's page to the outcome: at most 15 modules that take a step, and the rim that the page lists."""
    road, rim = PAGE[PAGE.index("| step | where |") : PAGE.index("`tests/test_road.py`")].split("seen at the rim")
    steps = re.findall(r"`([a-z_/]+\.py)`", road)
    rim = re.findall(r"`([a-z_/]+(?:\.py|/))`", rim)
    assert [name for name in (*steps, *rim) if not (ROOT / name).exists()] == []
    assert len(steps) <= MOST_MODULES

    operator = Operator(f"sqlite:///{tmp_path / 'bridge.db'}", good_world("Fitness creators", leads=1))
    address = operator.sandbox.world.scravio.campaigns[0].lead(0).row["email"]
    with followed(address) as passed:
        (report,) = operator.sync()
    assert (report.status, report.sent) == ("ok", 1)
    passed = {name for name in passed if not name.startswith("sandbox/")}
    assert set(steps) - passed == set(), "named, and not passed"
    assert {name for name in passed - set(steps) if not any(name.startswith(one) for one in rim)} == set()
