"""The report as one HTML page: a table and plots, no script, nothing from elsewhere. Scraped text is hostile."""

from collections.abc import Iterator, Sequence
from html import escape

from bridge.model.credits import THOUSAND
from bridge.model.rates import rate
from bridge.reports import plots
from bridge.reports.attribution import COUNTS, Attribution, notes
from bridge.reports.plots import Plot, Span
from bridge.reports.text import plain

GENERATOR = '<meta name="generator" content="leadbridge report">'
STYLE = """
:root{color-scheme:light dark;--paper:#fbfbf9;--ink:#1d2129;--soft:#5c6470;--line:#e2e3df}
@media (prefers-color-scheme:dark){:root{--paper:#14161a;--ink:#e7e8ea;--soft:#a0a6b0;--line:#30343c}}
body{font:15px/1.45 system-ui,sans-serif;margin:0;background:var(--paper);color:var(--ink)}
main{max-width:70rem;margin:0 auto;padding:2rem 1rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-size:.875rem}
th,td{padding:.3rem .4rem;border-bottom:1px solid var(--line);text-align:right;font-variant-numeric:tabular-nums}
th{color:var(--soft);font-weight:600}
th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere;min-width:8rem}
.text th,.text td{text-align:left}
figure{margin:2rem 0 0}figure svg{display:block;width:100%;max-width:45rem;height:auto}
summary,.soft{color:var(--soft)}
"""


def page(report: Attribution) -> str:
    """The whole page."""
    heads = ("from", *COUNTS, "credits", "credits a reply", "credits a positive")
    cells = []
    for row in (*report.rows, report.total()):
        costs = [row.cost(name) for name in ("replied", "positive")]
        cells.append(
            [
                plain(" / ".join(report.labels(row))),
                *(f"{row.counts[name]:,}" for name in COUNTS),
                "-" if row.credits is None else f"{row.credits / THOUSAND:,.1f}",
                *("-" if cost is None else f"{cost:,.1f}" for cost in costs),
            ]
        )
    table = tabled(heads, cells)
    title = f"What became of the delivered leads, by {', '.join(report.by)}"
    return written(title, [table, *(figure(plot) for plot in drawn(report)), *paragraphs(notes(report))], GENERATOR)


def written(title: str, parts: list[str], generator: str) -> str:
    """A whole document of these parts, which are HTML already."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{generator}'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>\n"
    )


def tabled(heads: tuple[str, ...], rows: Sequence[Sequence[str]], kind: str = "") -> str:
    """A table of figures behind a name; of the kind "text" one of texts."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def paragraphs(lines: list[str]) -> list[str]:
    """A paragraph for each line."""
    return [f'<p class="soft">{escape(line)}</p>' for line in lines]


def figure(plot: Plot) -> str:
    """A plot, and its figures as a table for those who do not see it."""
    shown = f"<details><summary>The figures</summary>{tabled(plot.heads, plot.rows)}</details>" if plot.rows else ""
    return f"<figure>{plot.svg}<figcaption>{shown}</figcaption></figure>"


def drawn(report: Attribution) -> Iterator[Plot]:
    """The plots of a report, in the order of its rows."""
    named = [(" / ".join(report.labels(row)), row) for row in report.rows]
    yield plots.rates("Reply rate", [(label, row.replies) for label, row in named])
    yield plots.rates("Positive answers", [(label, row.positives) for label, row in named])
    yield plots.rates("Bounce rate", [(label, row.bounces) for label, row in named])
    if report.unspread is not None:
        yield per_credit(report)


def per_credit(report: Attribution) -> Plot:
    """Replies for 1,000 credits, of the groups whose cost is known. The range is that of the reply rate."""
    spans = []
    for row in report.rows:
        replies = rate(row.paid["replied"], row.paid["contacted"])
        if row.credits and replies.value is not None:
            leads = replies.cases * 1_000 * THOUSAND / row.credits
            value, low, high = (leads * one for one in (replies.value, replies.low, replies.high))
            label, shown = " / ".join(report.labels(row)), f"{value:,.1f} ({low:,.1f}-{high:,.1f})"
            spans.append(Span(label, value, low, high, shown))
    return plots.intervals("Replies per 1,000 credits", spans, lambda value: f"{value:g}")
