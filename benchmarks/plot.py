"""Draws figures that were saved as an SVG, leads a second: `python -m benchmarks.plot OUT.svg SAVED.json…`."""

import json
import sys
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, LEFT, BAR, GAP = 760, 130, 18, 34
COLOURS = {
    "leadbridge": "#1f6feb",
    "on PostgreSQL": "#54aeff",
    "bare loop": "#8b949e",
    "dlt, tuned": "#d29922",
    "dlt, default": "#e3b341",
}
STYLE = "font-family:system-ui,sans-serif;font-size:12px"


def runs_of(files):
    runs = [run for file in files for run in json.loads(Path(file).read_text())["runs"]]
    return sorted(runs, key=lambda run: (run["latency"], run["leads"]))


def text(x, y, said, more=""):
    return f'<text x="{x}" y="{y}" style="{STYLE}" {more}>{escape(said)}</text>'


def bars(run, top, scale):
    """One group: a headline and a bar for each contender; the lines and where the next group begins."""
    drawn = [text(10, top + 12, f"{run['leads']:,} leads, {run['latency']:.0f} ms", 'font-weight="bold" fill="#444"')]
    y = top + 20
    for name, colour in COLOURS.items():
        if name in run["contenders"]:
            found = run["contenders"][name]
            width = max(2, found["pace"] * scale)
            drawn.append(text(LEFT - 8, y + 13, name, 'text-anchor="end" fill="#444"'))
            drawn.append(f'<rect x="{LEFT}" y="{y}" width="{width:.0f}" height="{BAR - 3}" rx="2" fill="{colour}"/>')
            said = f"{found['pace']:,.0f} leads/s, {found['cpu_each']:.0f} CPU µs a lead"
            drawn.append(text(LEFT + width + 6, y + 12, said, 'fill="#444"'))
            y += BAR
    return drawn, y + GAP - BAR


def draw(runs):
    most = max(found["pace"] for run in runs for found in run["contenders"].values())
    scale, y, drawn = (WIDTH - LEFT - 220) / most, 6, []
    for run in runs:
        lines, y = bars(run, y, scale)
        drawn += lines
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{y}" fill="#fff"/>', *drawn, "</svg>", ""])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(draw(runs_of(sys.argv[2:])))
