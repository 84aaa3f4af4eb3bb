"""Makes docs/terminal.svg, the README's picture: a part of what `leadbridge demo` prints, by the program itself.

Run it with `.venv/bin/python -m docs` after the output has changed. Times, seconds and ids differ from run to run, so
the file is only written anew when anything else does.
"""

import re
from collections.abc import Iterator
from io import StringIO
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from bridge.cli.setup import demo
from bridge.model import Reason
from docs.markdown import HERE, write

WIDTH = 100
NAME = "terminal.svg"
_THEME = TerminalTheme(
    (22, 27, 34),
    (214, 221, 229),
    [(72, 79, 88), (255, 123, 114), (86, 211, 100), (227, 179, 65), (121, 192, 255), (210, 168, 255), (86, 212, 221),
     (214, 221, 229)],
    [(110, 118, 129), (255, 161, 152), (126, 231, 135), (242, 204, 96), (165, 214, 255), (226, 197, 255),
     (179, 240, 255), (255, 255, 255)],
)  # fmt: skip
# Rich's own frame fetches a font from a server of others; this one takes what the reader has.
_FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: "DejaVu Sans Mono", "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
_SVG_TEXT = "{http://www.w3.org/2000/svg}text"
_VARYING = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d(?::\d\d)?|\b\d+\.\d s\b|\b[0-9a-f]{8}-[0-9a-f-]{27}\b")


def part() -> list[Text]:
    """The lines that the picture shows: the first sync with its accounting, and a lead held as another's copy."""
    blocks: list[list[Text]] = []
    for line in _played():
        if line.plain.startswith("$ "):
            blocks.append([])
        if blocks:
            blocks[-1].append(line)
    sync = next(block for block in blocks if block[0].plain.startswith("$ leadbridge sync"))
    copy = next(block for block in blocks if any(f"({Reason.DUPLICATE_OF};" in line.plain for line in block))
    return [*_trimmed(sync), Text(), *_trimmed(copy)]


def _played() -> Iterator[Text]:
    """The lines of the whole demo, as a terminal of this width shows them."""
    console = Console(
        file=StringIO(), width=WIDTH, force_terminal=True, color_system="standard", markup=False, emoji=False,
        highlight=False,
    )  # fmt: skip
    demo.play(console)
    yield from Text.from_ansi(console.file.getvalue()).split("\n", allow_blank=True)  # type: ignore[attr-defined]  # StringIO


def _trimmed(block: list[Text]) -> list[Text]:
    """The block up to its last line that says anything; what introduces the next command is not of it."""
    end = next((at for at, line in enumerate(block) if line.plain.startswith("Once more")), len(block))
    while not block[end - 1].plain.strip():
        end -= 1
    return block[:end]


def picture(lines: list[Text]) -> str:
    """The lines as an SVG."""
    console = Console(file=StringIO(), record=True, width=WIDTH, force_terminal=True, highlight=False)
    for line in lines:
        console.print(line, soft_wrap=True)
    return console.export_svg(title="leadbridge", theme=_THEME, code_format=_FRAME, unique_id="leadbridge")


def shown(svg: str) -> str:
    """What an SVG of `picture` says, levelled."""
    texts = ("".join(node.itertext()) for node in ET.fromstring(svg).iter(_SVG_TEXT))  # noqa: S314 - our own file
    return levelled(" ".join(texts))


def levelled(text: str) -> str:
    """The text without what differs from one run to the next: times, seconds, ids, and where a line is broken."""
    return "".join(_VARYING.sub("#", " ".join(text.split())).split())


def main() -> None:
    """Write the picture, if it shows anything else than the one that is there."""
    place = HERE / NAME
    made = picture(part())
    if not place.exists() or shown(place.read_text(encoding="utf-8")) != shown(made):
        write(NAME, made)


if __name__ == "__main__":
    main()
