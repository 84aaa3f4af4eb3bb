"""Plots of figures as SVG, drawn by pygal, each with a sentence and a table that say the same. Does no I/O.

pygal writes a script, the day's date and the texts of its pop-ups into every plot. All of that is removed: a plot runs
nothing and asks nothing of the network. Its style is inside it and follows the reader's light or dark scheme.
Labels are hostile text.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2s
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import pygal
from pygal.style import Style

from bridge.lazy import dataclass
from bridge.model.rates import Rate, rate
from bridge.reports.text import count, percent, plain, visible

# pygal's importer of map plug-ins, which we have none of, lacks `find_spec`: each later import that fails would warn.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]

MOST = 30
"""Bars of one plot; the table has all of them."""

_LABEL = 42
_WIDTH, _ROW = 720, 26
_STYLE = """
PLOT{background:none}
PLOT .background{fill:none}
PLOT text,PLOT .axis text.major{fill:#3c434d}
PLOT text.title{fill:#1d2129;font-weight:600}
PLOT .axis .line{stroke:#9aa1ab}
PLOT .axis .guide.line,PLOT .axis .major.guide.line{stroke:#d5d8d4;stroke-dasharray:none}
PLOT .color-0,PLOT .ci{fill:#2a6f97;stroke:#2a6f97}
PLOT .color-1{fill:#b7791f;stroke:#b7791f}
PLOT .color-2{fill:#c0392b;stroke:#c0392b}
PLOT .reactive{fill-opacity:1;stroke-opacity:1;stroke-width:2}
PLOT .ci path{fill:none}
PLOT .bars .ci,PLOT .bars .reactive{stroke-width:0}
PLOT .serie-1 path,PLOT .serie-2 path{stroke-dasharray:6,4}
PLOT path.nofill{fill:none}
@media (prefers-color-scheme:dark){
PLOT text,PLOT .axis text.major{fill:#c3c8d0}
PLOT text.title{fill:#e7e8ea}
PLOT .axis .line{stroke:#6b7280}
PLOT .axis .guide.line,PLOT .axis .major.guide.line{stroke:#30343c}
PLOT .color-0,PLOT .ci{fill:#6fb1d8;stroke:#6fb1d8}
PLOT .color-1{fill:#e0b050;stroke:#e0b050}
PLOT .color-2{fill:#f0806f;stroke:#f0806f}
}
"""
_FONT = "system-ui, sans-serif"
_FONTS = Style(
    font_family=_FONT, title_font_family=_FONT, label_font_family=_FONT, major_label_font_family=_FONT,
    legend_font_family=_FONT, no_data_font_family=_FONT, value_font_family=_FONT, value_label_font_family=_FONT,
    title_font_size=15, label_font_size=12, major_label_font_size=12, legend_font_size=12, no_data_font_size=15,
    value_font_size=12,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plot:
    """`svg` is a whole document that also goes into a page as it is; `words` and the table say what it shows."""

    title: str
    svg: str
    words: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A figure with its range; `words` say it as in the table."""

    label: str
    value: float
    low: float
    high: float
    words: str


def rates(title: str, found: Sequence[tuple[str, Rate]]) -> Plot:
    """Rates by group with their ranges; groups without a case are left out."""
    spans = [
        Span(label, 100 * one.value, 100 * one.low, 100 * one.high, of_cases(one))
        for label, one in found
        if one.value is not None
    ]
    return intervals(title, spans, lambda value: f"{value:g} %")


def of_cases(one: Rate) -> str:
    """`60 of 1,000, 6.0 % (4.7-7.6)`."""
    return f"{one.hits:,} of {one.cases:,}, {percent(one)}"


def intervals(title: str, spans: Sequence[Span], shown: Callable[[float], str]) -> Plot:
    """Figures by group, best first as given, a dot each with its range; `shown` writes a value on the axis."""
    drawn = spans[:MOST]
    chart = _chart(pygal.HorizontalLine, title, len(drawn) + 1, stroke=False, dots_size=4, value_formatter=shown)
    # Half a row of room at either end: pygal puts the first and the last dot on the plot's edge.
    chart.x_labels = ["", *(plain(one.label, _LABEL) for one in drawn), ""]
    chart.range = (0, max((one.high for one in drawn), default=0) or 1)
    dots = [{"value": one.value, "ci": {"low": one.low, "high": one.high}} for one in drawn]
    chart.add("", [None, *dots, None])
    rows = tuple((plain(one.label), one.words) for one in spans)
    summary = f"{title}: nothing to show yet."
    if rows:
        more = f" {count(len(rows) - MOST, 'group')} more in the table." if len(rows) > MOST else ""
        summary = f"{title}, {count(len(rows), 'group')}. First is {rows[0][0]}: {rows[0][1]}.{more}"
    return _plot(chart, title, summary, "", rows)


def bars(title: str, counted: Sequence[tuple[str, int]]) -> Plot:
    """Counts in their order: a funnel, or what is held and why."""
    drawn = counted[:MOST][::-1]  # pygal draws bars from the bottom up, but lines from the top down
    chart = _chart(pygal.HorizontalBar, title, len(drawn), order_min=0, value_formatter=lambda value: f"{value:,.0f}")
    chart.x_labels = [plain(label, _LABEL) for label, _ in drawn]
    chart.range = (0, max((number for _, number in drawn), default=0) or 1)
    chart.add("", [number for _, number in drawn])
    rows = tuple((plain(label), f"{number:,}") for label, number in counted)
    listed = ", ".join(f"{label} {number}" for label, number in rows[:MOST]) or "none"
    return _plot(chart, title, f"{title}: {listed}.", "", rows)


def over_time(title: str, points: Sequence[tuple[date, Rate]], limits: Mapping[str, float]) -> Plot:
    """Rates in the order of time, and up to two limits as lines across; a gap where nothing happened."""
    if len(points) == 1:  # a line needs two ends
        points = [(points[0][0] - timedelta(days=1), rate(0, 0)), *points]
    chart = _chart(pygal.Line, title, 8, show_legend=True, legend_at_bottom=True, x_labels_major_count=8,
                   show_minor_x_labels=False, value_formatter=lambda value: f"{value:g} %")  # fmt: skip
    chart.x_labels = [f"{day:%m-%d}" for day, _ in points]
    shares = [None if one.value is None else 100 * one.value for _, one in points]
    lines = {name: 100 * limit for name, limit in limits.items()}
    chart.range = (0, max((value for value in (*shares, *lines.values()) if value is not None), default=0) or 1)
    chart.add(plain(title), shares)
    for name, limit in lines.items():
        chart.add(f"{plain(name, _LABEL)} {limit:g} %", [limit] * len(points), show_dots=False)
    rows = tuple((f"{day:%Y-%m-%d}", of_cases(one)) for day, one in points if one.cases)
    last = f"Last, {rows[-1][0]}: {rows[-1][1]}." if rows else "Nothing happened yet."
    said = " ".join([f"{title}.", last, *(f"{plain(name, _LABEL)}: {limit:g} %." for name, limit in lines.items())])
    return _plot(chart, title, said, "day", rows)


def _chart(kind: Callable[..., Any], title: str, size: int, **options: Any) -> Any:
    given = {
        "title": plain(title), "width": _WIDTH, "height": 90 + _ROW * max(size, 2), "margin": 12, "style": _FONTS,
        "show_legend": False, "js": (), "truncate_label": -1, "disable_xml_declaration": True,
        "no_data_text": "Nothing to show yet",
    }  # fmt: skip
    return kind(**(given | options))


def _plot(chart: Any, title: str, words: str, head: str, rows: tuple[tuple[str, ...], ...]) -> Plot:
    title, words = plain(title), visible(words)
    chart.uuid = blake2s(title.encode(), digest_size=6).hexdigest()  # by default another one every time
    chart.css = ("file://graph.css", f"inline:{_STYLE.replace('PLOT', f'#chart-{chart.uuid}')}")
    if not rows:
        chart.show_x_labels = chart.show_y_labels = chart.show_x_guides = chart.show_y_guides = False
    chart.add_xml_filter(lambda root: _quiet(root, words))
    return Plot(title, chart.render(is_unicode=True), words, (head, title), rows)


def _quiet(root: Element, words: str) -> Element:
    """Remove what runs, what is dated and what only a script would show; say in words what is drawn."""
    unwanted = ("script", "desc", "title")  # and comments, whose tag is a function
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag in unwanted or child.get("class") == "tooltip":
                parent.remove(child)
    root.set("role", "img")
    root.set("aria-label", words)
    SubElement(root, "title").text = words
    return root
