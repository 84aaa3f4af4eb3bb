"""Operators read plain, modern technical English: no archaic word and no long sentence in what they read."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ARCHAIC = re.compile(
    r"\b(whom|whoever|whosoever|nobody|somebody|reckon(?:s|ed|ing)?|errands?|anew|misspelt|"
    r"mends?|mended|mending|for want of|comes to pass|by itself|put off|let go|of no use)\b",
    re.IGNORECASE,
)
IN_DOCUMENTS = re.compile(rf"{ARCHAIC.pattern}|\b(told|tells|telling|the world|besides|everybody)\b", re.IGNORECASE)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS = [ROOT / "config" / "bridge.example.toml", *PAGES]
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
    assert sorted({found[0].lower() for found in IN_DOCUMENTS.finditer(text)}) == []


MOST_WORDS = 25
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
_NEW_BLOCK = re.compile(r"\n\s*\n|\n#.*|\n\s*(?:[-*]|\d+\.) |(?<!\\)\|")
_END = re.compile(r"(?<=[.!?:;])[)\"*]*\s")


def spoken(page: str) -> Iterator[str]:
    """The sentences of a Markdown page; code in backticks is one word, and each item and cell begins a new one.

    What a colon or a semicolon ends counts as a sentence too, since a list may follow.
    """
    plain = _LINK.sub(r"\1", CODE.sub("X", re.sub(r"^```.*?^```|<!--.*?-->", "", page, flags=re.DOTALL | re.MULTILINE)))
    for block in _NEW_BLOCK.split(plain):
        yield from (" ".join(sentence.split()) for sentence in _END.split(block))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_sentence_of_a_page_is_short(path: Path) -> None:
    """At most 25 words, for readers whose first language is another."""
    found = [some for some in spoken(path.read_text(encoding="utf-8")) if len(some.split()) > MOST_WORDS]
    assert found == []


def test_a_long_sentence_would_be_found() -> None:
    """Across lines of a paragraph, and not across the items of a list or the cells of a table."""
    words = "word " * 13
    assert [len(some.split()) for some in spoken(f"{words}\n{words}") if some] == [26]
    assert max(len(some.split()) for some in spoken(f"\n- {words}\n- {words}\n\n| {words}|{words}|\n")) == 13


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


OLD = re.compile(r"(?<![a-z])(mend(s|ed|ing)?|reckon(s|ed|ing)?)(?![a-z])", re.IGNORECASE)
IN_CODE = re.compile(
    r"(?<![a-z])(nobody|somebody|everybody|whom|whoever|told|tells?|telling|anew|besides|by itself|heed)(?![a-z])",
    re.IGNORECASE,
)
# A released migration stays as it is, since ledgers in use were made by it.
RELEASED = "migrations"
# A column of the table `alert` in those ledgers, so its name stays.
COLUMNS = re.compile(r"\btold_at\b")


def test_no_name_and_no_comment_has_an_old_verb() -> None:
    """Code says fix and count, as its texts do."""
    assert [path.name for path in sorted((ROOT / "bridge").rglob("*.py")) if OLD.search(path.read_text())] == []


def test_docstrings_comments_and_names_are_in_plain_english() -> None:
    """A person, a lead or no lead; say, show or warn: in every room but the released migrations."""
    found = set()
    for path in sorted((ROOT / "bridge").rglob("*.py")):
        if RELEASED not in path.parts:
            text = COLUMNS.sub("", path.read_text(encoding="utf-8"))
            words = [*IN_CODE.finditer(text), *ARCHAIC.finditer(text)]
            found |= {(str(path.relative_to(ROOT)), one[0].lower()) for one in words}
    assert found == set()


def written(source: str) -> Iterator[str]:
    """The names, comments and docstrings of a module: what its strings hold may be anything that is to be tested."""
    before = tokenize.NEWLINE
    for one in tokenize.generate_tokens(io.StringIO(source).readline):
        begins = before in {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
        if one.type in {tokenize.NAME, tokenize.COMMENT} or (one.type == tokenize.STRING and begins):
            yield one.string
        if one.type not in {tokenize.NL, tokenize.COMMENT}:
            before = one.type


def test_tests_are_in_plain_english_too() -> None:
    """The same words as in bridge/; this file, which lists them, is left out."""
    found = set()
    for path in sorted((ROOT / "tests").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for words in (IN_CODE, ARCHAIC, OLD):
            if path != Path(__file__) and words.search(source):
                texts = [text for text in written(source) if words.search(text)]
                found |= {f"{path.relative_to(ROOT)}: {text}" for text in texts}
    assert found == set()


def test_an_old_word_of_a_test_would_be_found() -> None:
    """In a name, a comment and a docstring; not in a string that is data."""
    source = '"""Whoever."""\n\n\ndef nobody(x="Tell me"):\n    """Somebody."""\n    return "told"  # anew\n'
    found = [text for text in written(source) if IN_CODE.search(text)]
    assert found == ['"""Whoever."""', "nobody", '"""Somebody."""', "# anew"]


def test_a_sentence_of_a_docstring_is_short() -> None:
    """At most 25 words, as on a page."""
    found = [
        f"{path.relative_to(ROOT)}: {some}"
        for room in ("bridge", "tests")
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for some in spoken(node.value.value)
        if len(some.split()) > MOST_WORDS
    ]
    assert found == []
