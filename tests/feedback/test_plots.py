"""Plots: safe to open and to serve, the same every time, and each says in words what it shows."""

import importlib.util
import re
import warnings
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from bridge.model.rates import rate
from bridge.reports import plots
from bridge.reports.plots import MOST, bars, intervals, over_time, rates
from tests.cli import browser

HOSTILE = '<script>alert(1)</script>"&\x01\x1b[31m\ud800\u202e]]>'
DAYS = [(date(2026, 11, 1) + timedelta(days=n), rate(n % 4, 30 if n != 7 else 0)) for n in range(28)]
SPANS = [plots.Span(HOSTILE, 2.0, 1.0, 4.0, HOSTILE)]


def drawn():
    """One of each kind, with hostile texts wherever a text can be given."""
    yield rates(HOSTILE, [(HOSTILE, rate(60, 1_000)), ("never contacted", rate(0, 0)), ("few", rate(1, 3))])
    yield rates("Many", [(f"campaign {n}", rate(n, 100)) for n in range(MOST + 10)])
    yield intervals(HOSTILE, SPANS, lambda value: f"{value:g} {HOSTILE}"[:3])
    yield bars(HOSTILE, [(HOSTILE, 120), ("duplicate", 0)])
    yield over_time(HOSTILE, DAYS, {HOSTILE: 0.02, "brake stops": 0.03})
    yield from (rates("None", []), bars("None", []), over_time("None", [], {"stop": 0.03}))


@pytest.mark.parametrize("plot", list(drawn()), ids=lambda plot: plot.title[:12])
def test_a_plot_runs_nothing_asks_for_nothing_and_shows_hostile_text_as_text(plot):
    """As SVG on its own: well formed, no script, no address but the name of its language, its style inside."""
    root = ET.fromstring(plot.svg)
    tags = {node.tag.rsplit("}")[-1] for node in root.iter()}
    assert tags <= {"svg", "defs", "style", "title", "g", "rect", "path", "text", "circle", "line"}
    assert not [name for node in root.iter() for name in node.attrib if name.startswith("on") or "href" in name]
    assert set(re.findall(r"\w+://[^\s\"']+", plot.svg)) == {"http://www.w3.org/2000/svg"}
    assert "prefers-color-scheme:dark" in plot.svg
    assert not re.search(r"@import|url\(", plot.svg)
    assert not re.search("[\x00-\x08\x1b\u202e\ud800]", plot.svg + plot.words + str(plot.rows))
    assert root.get("role") == "img"
    assert root.get("aria-label") == plot.words
    assert all(len(row) == len(plot.heads) for row in plot.rows)


def test_the_same_figures_give_the_same_bytes():
    """No date, no identity of the moment: a plot can be cached and compared."""
    assert [plot.svg for plot in drawn()] == [plot.svg for plot in drawn()]


def test_the_words_say_the_figures():
    """Of a rate with its range, of a count, of time with the limits; what has no case is left out."""
    assert rates("Reply rate", [("A", rate(60, 1_000)), ("B", rate(0, 0))]).words == (
        "Reply rate, 1 group. First is A: 60 of 1,000, 6.0 % (4.7-7.6)."
    )
    assert bars("Held", [("not validated", 1_200), ("duplicate", 3)]).words == "Held: not validated 1,200, duplicate 3."
    assert over_time("Bounces", DAYS[:2], {"brake.stop": 0.03}).words == (
        "Bounces. Last, 2026-11-02: 1 of 30, 3.3 % (0.4-14.5). brake.stop: 3 %."
    )
    many = rates("Many", [(f"c{n}", rate(n, 100)) for n in range(MOST + 10)])
    assert "10 groups more in the table" in many.words
    assert len(many.rows) == MOST + 10


def test_a_single_day_has_its_limits_across():
    """A line needs two ends: the first day of a ledger must show where the brake stops too."""
    (day,) = DAYS[3:4]
    plot = over_time("Bounces", [day], {"stop": 0.03})
    assert len(re.findall(r"<path d=\"M[^\"]+ [\d.]+ [^\"]+\" class=\"line", plot.svg)) >= 1, plot.svg
    assert len(plot.rows) == 1


def test_what_is_first_is_drawn_first():
    """Pygal draws rows of dots from the top down and bars from the bottom up: both begin with the first here."""
    for plot in (rates("R", [("first", rate(1, 9)), ("last", rate(1, 9))]), bars("B", [("first", 2), ("last", 1)])):
        at = {label: float(y) for y, label in re.findall(r'y="([\d.]+)"[^>]*>(first|last)<', plot.svg)}
        assert at["first"] < at["last"]


def test_drawing_leaves_the_import_system_as_it_was():
    """The importer of plug-ins that pygal adds of plug-ins would make every later import that fails warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert importlib.util.find_spec("no_such_module_of_ours") is None


@pytest.mark.skipif(browser.found() is None, reason="no chromium here")
def test_a_reader_sees_every_plot_in_light_and_in_dark(tmp_path):
    """In a page and through <img>, where only the style inside the SVG counts: text stands out from the paper."""
    plot = next(drawn())
    (tmp_path / "plot.svg").write_text(plot.svg)
    page = tmp_path / "page.html"
    head = "<!DOCTYPE html><meta charset=utf-8><style>:root{color-scheme:light dark}</style>"
    page.write_text(f"{head}<main>{plot.svg}<img src=plot.svg></main>")
    inks = {}
    with browser.opened() as look:
        for scheme in ("light", "dark"):
            seen = look(page, scheme=scheme)
            inks[scheme] = seen.page.evaluate("getComputedStyle(document.querySelector('svg text')).fill")
            assert seen.page.evaluate("document.querySelector('img').naturalWidth") > 0
            assert seen.console == []
            assert {url.rsplit("/", 1)[-1] for url in seen.asked} == {"page.html", "plot.svg"}
            seen.page.close()
    assert inks == {"light": "rgb(60, 67, 77)", "dark": "rgb(195, 200, 208)"}
