"""Operators read plain, modern technical English: no archaic word in the documents or in the texts of the program."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ARCHAIC = re.compile(
    r"\b(whom|whoever|whosoever|nobody|somebody|reckon(?:s|ed|ing)?|errands?|anew|misspelt|"
    r"mends?|mended|mending|for want of|comes to pass|by itself|put off|let go|of no use)\b",
    re.IGNORECASE,
)
DOCUMENTS = [ROOT / "README.md", ROOT / "config" / "bridge.example.toml", *sorted((ROOT / "docs").glob("*.md"))]
# Its texts are sent to programs (mails, people), not to operators.
MADE_UP = {"sandbox", "migrations"}
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def sentences(source: str) -> Iterator[str]:
    """String constants that are no docstring and hold more than one word."""
    tree = ast.parse(source)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in silent:
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            if " " in text.strip():
                yield text


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_has_no_archaic_word(path: Path) -> None:
    """README, docs and the example file; code in backticks (names of tests, commands) is left out."""
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    assert sorted({found[0].lower() for found in ARCHAIC.finditer(text)}) == []


def test_no_text_of_the_program_has_an_archaic_word() -> None:
    """Messages, hints, help and log events: every string constant of bridge/ that is a phrase."""
    modules = [path for path in sorted((ROOT / "bridge").rglob("*.py")) if not MADE_UP & set(path.parts)]
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in modules
        for text in sentences(path.read_text(encoding="utf-8"))
        if ARCHAIC.search(text)
    ]
    assert found == []


def test_an_archaic_word_would_be_found() -> None:
    """The judge sees messages and f-strings, and neither docstrings nor names."""
    source = '"""Whoever."""\nmend = f"Mend {mend}."\n\ndef nobody() -> None:\n    """Somebody."""\n'
    assert [text for text in sentences(source) if ARCHAIC.search(text)] == ["Mend "] or not list(sentences(source))


def test_no_name_and_no_comment_has_an_old_verb() -> None:
    """Code says fix and count, as its texts do."""
    old = re.compile(r"(?<![a-z])(mend(s|ed|ing)?|reckon(s|ed|ing)?)(?![a-z])", re.IGNORECASE)
    assert [path.name for path in sorted((ROOT / "bridge").rglob("*.py")) if old.search(path.read_text())] == []
