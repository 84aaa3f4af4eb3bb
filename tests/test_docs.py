"""What the documents say of the tests is true."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RELIABILITY = (ROOT / "docs" / "reliability.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def names_in(path):
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test")}


@pytest.mark.parametrize("document", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_every_test_that_a_document_names_exists(document):
    """A test that is renamed or dropped must be renamed or dropped in the documents too."""
    named = set(NAMED.findall((ROOT / "docs" / document).read_text()))
    missing = [path for path, _ in named if not (ROOT / path).is_file()]
    missing += [f"{path}::{name}" for path, name in named if path not in missing and name not in {"", *names_in(path)}]
    assert missing == []


def test_every_pitfall_has_a_test_or_a_reason():
    """The 43 pitfalls of instantly.md, each once: held by a test, or said to concern nothing that exists."""
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| (.+) \|$", RELIABILITY, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 44))
    assert [number for number, held in rows if not NAMED.search(held) and not held.startswith("Not here: ")] == []


INSTALLS = re.compile(
    r"(?:(?:pip3?|pipx|uv pip|uv tool|poetry|conda|brew|npm) (?:install|add|run)|uv add|uvx)\b"
    r"[^\n`]*?[ '\"]leadbridge\b"
)
TEXTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "Dockerfile")]
TEXTS += [*sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "bridge").rglob("*.py"))]


def test_no_document_installs_leadbridge_from_an_index():
    """No index has this name for us: a package found there is a stranger's. Its own folder is where it comes from."""
    reported = [str(path.relative_to(ROOT)) for path in TEXTS if INSTALLS.search(path.read_text(encoding="utf-8"))]
    assert reported == []
    assert all(
        map(INSTALLS.search, ["pip install leadbridge", "uv tool install 'leadbridge[postgres]'", "uvx leadbridge"])
    )
    assert not INSTALLS.search("uv tool install '.[postgres]'")


def test_the_readme_says_that_no_licence_is_granted():
    """That is the owner's decision: no file of a licence, and no claim of one."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "**Licence**: none is granted yet" in readme
    assert not list(ROOT.glob("LICEN[CS]E*"))
    assert "license" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[project.scripts]")[0]
