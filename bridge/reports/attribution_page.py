"""The report as one HTML page: a table and plots, no script, nothing from elsewhere. Scraped text is hostile.

The plots are intervals, lines of SVG: a plotting library would be the largest dependency of the product.
"""

from html import escape

from bridge.model.rates import Rate
from bridge.reports.attribution import COUNTS, Attribution, Row, notes, percent
from bridge.reports.text import plain

GENERATOR = '<meta name="generator" content="leadbridge report">'
_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;width:100%;margin:1rem 0 2rem}
th,td{padding:.3rem .6rem;border-bottom:1px solid #ddd;text-align:right}
th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere}
svg{width:12rem;height:1.2rem;vertical-align:middle}
line{stroke:#335c81;stroke-width:3}circle{fill:#c1440e}
"""
_WIDTH = 200


def page(report: Attribution) -> str:
    """The whole page. Each plot says in words what it shows."""
    heads = "".join(f"<th>{name}</th>" for name in ("from", *COUNTS, "credits", "credits for a reply"))
    rows = "".join(f"<tr>{_figures(report, row)}</tr>" for row in (*report.rows, report.total()))
    plots = "".join(
        f"<h2>{title}</h2><table>{''.join(_plotted(report, row, name) for row in report.rows)}</table>"
        for title, name in (("Replies", "replies"), ("Positive answers", "positives"), ("Bounces", "bounces"))
    )
    said = "".join(f"<p>{escape(line)}</p>" for line in notes(report))
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{GENERATOR}'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>leadbridge report</title><style>{_STYLE}</style></head><body>"
        f"<h1>What became of the delivered leads, by {escape(', '.join(report.by))}</h1>"
        f"<table><tr>{heads}</tr>{rows}</table>{plots}{said}</body></html>\n"
    )


def _label(report: Attribution, row: Row) -> str:
    return escape(plain(" / ".join(report.labels(row))))


def _figures(report: Attribution, row: Row) -> str:
    cost = row.cost("replied")
    credit = "-" if row.credits is None else f"{row.credits / 1_000:,.1f}"
    counts = [f"{row.counts[name]:,}" for name in COUNTS]
    cells = [_label(report, row), *counts, credit, "-" if cost is None else f"{cost:,.1f}"]
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _plotted(report: Attribution, row: Row, name: str) -> str:
    one: Rate = getattr(row, name)
    widest = max((getattr(other, name).high for other in report.rows if other.counts["contacted"]), default=1.0) or 1.0
    words = f"{one.hits:,} of {one.cases:,}: {percent(one)}"
    drawn = ""
    if one.value is not None:
        low, middle, high = (round(_WIDTH * min(1.0, x / widest), 1) for x in (one.low, one.value, one.high))
        drawn = (
            f'<svg viewBox="-5 0 {_WIDTH + 10} 20" role="img" aria-label="{escape(words)}">'
            f'<line x1="{low}" x2="{high}" y1="10" y2="10"/><circle cx="{middle}" cy="10" r="5"/></svg>'
        )
    return f"<tr><td>{_label(report, row)}</td><td>{drawn}</td><td>{escape(words)}</td></tr>"
