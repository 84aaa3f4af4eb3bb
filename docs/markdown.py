"""What the scripts of this folder share: a table in Markdown, and a page put in its place. Knows no content."""

from collections.abc import Iterable, Sequence
from pathlib import Path

HERE = Path(__file__).parent


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows under their heads, one line each."""
    return "\n".join(map(_line, [heads, ["---"] * len(heads), *rows]))


def _line(cells: Sequence[str]) -> str:
    # A bar inside a cell would end it.
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def code(text: str) -> str:
    """The text as code; "" stays ""."""
    return f"`{text}`" if text else ""


def write(name: str, text: str) -> None:
    """Put the page into this folder."""
    (HERE / name).write_text(text, encoding="utf-8")
