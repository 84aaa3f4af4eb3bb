"""What the README and the pages beside it say is true today."""

import re
import shlex
import subprocess
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import pytest

from bridge.cli import failures
from bridge.config import load, schema_keys
from bridge.model import Reason, State
from bridge.reports.words import LABELS
from docs import make_commands, make_configuration, make_reasons, make_terminal
from tests.clients import __main__ as clients

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
USAGE = (ROOT / "docs" / "usage.md").read_text(encoding="utf-8")
PAGES = {
    "configuration.md": make_configuration.page,
    "commands.md": make_commands.page,
    "reasons.md": make_reasons.page,
}
FIX = "stale: run `.venv/bin/python -m docs`"
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))
HOUSES = [ROOT, ROOT / "bridge", ROOT / "bridge" / "destinations" / "instantly"]
HOSTS = re.compile(
    r"(?:[\w-]+\.)*(?:scravio\.com|instantly\.ai|puffle\.ai|inboxapp\.com|example)|host|localhost|127\.0\.0\.1|postgres"
)


def blocks(text, language):
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)


def typed(first):
    """Each command of the sh blocks of README and overview that begins with this word, without its comment."""
    lines = [line for block in blocks(README + USAGE, "sh") for line in block.splitlines()]
    parts = [shlex.split(part, comments=True) for line in lines for part in line.split("&&")]
    return [words for words in parts if words[:1] == [first]]


VERB = re.compile(r"[a-z-]+(?: [a-z]+(?![.a-z]))?")


def cells(heading, column=0):
    """The code in one column of the table that begins with this line."""
    rows = USAGE.partition(f"\n{heading}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [re.findall(r"`([^`]+)`", re.split(r"(?<!\\)\|", row)[column + 1]) for row in rows]


@pytest.mark.parametrize("name", PAGES)
def test_a_made_page_is_what_its_script_makes(name):
    """The references say what the program does now, key by key, option by option, reason by reason."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == PAGES[name](), FIX


def test_every_state_and_reason_is_explained():
    """None is missing from the page of reasons, each state has its next step, and the README names each state."""
    page = make_reasons.page()
    assert [reason for reason in Reason if f"| `{reason}` |" not in page] == []
    assert set(make_reasons.NEXT) == set(State)
    assert [label for label in LABELS.values() if f"**{label}**" not in README] == []


def test_the_picture_shows_what_the_demo_prints_today():
    """But for times, seconds and ids, the SVG holds the demo's own lines, whole."""
    lines = make_terminal.part()
    on_disk = make_terminal.shown((ROOT / "docs" / make_terminal.NAME).read_text(encoding="utf-8"))
    assert on_disk == make_terminal.shown(make_terminal.picture(lines)), FIX
    assert on_disk == "leadbridge" + make_terminal.levelled(" ".join(line.plain for line in lines))


def test_the_picture_fetches_nothing():
    """A reader's browser asks no server for a font."""
    svg = (ROOT / "docs" / make_terminal.NAME).read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"'\s]+", svg)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("words", typed("leadbridge"), ids=" ".join)
def test_a_command_of_the_readme_can_be_typed(words):
    """The verb exists and takes these arguments and options."""
    parse(words[1:])


@pytest.mark.parametrize("document", ["README.md", "docs/reasons.md", "docs/usage.md"])
def test_a_command_inside_a_sentence_can_be_typed(document):
    """So do the commands between backticks, where they name a verb."""
    inline = re.findall(r"`leadbridge ([a-z][^`]*)`", (ROOT / document).read_text(encoding="utf-8"))
    assert inline
    for command in inline:
        words = shlex.split(command)
        verb = " ".join(words[:2]) if " ".join(words[:2]) in make_commands.verbs() else words[0]
        rest = words[len(verb.split()) :]
        known = {option for one in make_commands.verbs()[verb].params for option in one.opts}
        assert {word for word in rest if word.startswith("-")} <= known


def parse(words):
    verb = next(name for name in (" ".join(words[:2]), words[0]) if name in make_commands.verbs())
    make_commands.verbs()[verb].make_context(verb, words[len(verb.split()) :]).close()


def test_what_cannot_be_typed_is_noticed():
    """The judge of the two tests above knows a verb and an option that do not exist."""
    with pytest.raises(StopIteration):
        parse(["synch"])
    with pytest.raises(Exception, match="--limits"):
        parse(["sync", "--limits", "3"])


def test_the_makefile_has_what_the_readme_types():
    """Every `make NAME` of the README is a target."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {word for words in typed("make") for word in words[1:]} <= set(targets)


def test_every_verb_is_in_the_overview():
    """The table of verbs has each once, and none that does not exist."""
    reported = [VERB.match(shown)[0] for row in cells("| verb | what it does |") for shown in row]
    assert sorted(reported) == sorted(make_commands.verbs())


def test_every_exit_code_is_in_the_readme():
    """Those of a run, and those of a command that was stopped."""
    table = README.partition("| exit code | means |")[2].partition("\n\n")[0]
    reported = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for code in row.split(", ")}
    assert reported == {0, 1, 2, 3, failures.INTERRUPTED, failures.READER_GONE, failures.STOPPED}


def test_the_readme_is_short():
    """An operator reads it in ten minutes; the rest is in docs/."""
    assert len(README.split()) <= 1200


def test_the_index_names_every_page():
    """No page of docs/ is missing from its index, nor from that of the site (`make site`)."""
    index, site = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("README.md", "index.md"))
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md", "index.md"}
    assert {page for page in pages if f"]({page})" not in index} == set()
    assert pages == {f"{line}.md" for line in site.splitlines() if re.fullmatch(r"[a-z-]+", line)}


def test_the_keys_of_the_overview_exist():
    """Each key of the short table in docs/usage.md is one of the shape, with the default it has there."""
    known = {key.path.removeprefix("routes."): key.default for key in schema_keys()}
    rows = list(zip(cells("| key | default | meaning |"), cells("| key | default | meaning |", 1), strict=True))
    assert rows
    for keys, defaults in rows:
        assert {known[key] for key in keys} <= {*defaults, "", "[]"}


@pytest.mark.parametrize("document", ["README.md", "docs/configuration.md"])
def test_a_route_that_is_shown_can_be_loaded(document, tmp_path):
    """Every piece of bridge.toml in the documents is a valid one."""
    shown = blocks((ROOT / document).read_text(encoding="utf-8"), "toml")
    assert shown
    for text in shown:
        (tmp_path / "bridge.toml").write_text(text, encoding="utf-8")
        assert load(tmp_path / "bridge.toml").routes


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_link_leads_somewhere(path):
    """Every relative link and picture of a document is a file of the project."""
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_names_a_strange_host(path):
    """Only the two vendors and made-up hosts, and no folder of the machine this was written on."""
    text = path.read_text(encoding="utf-8")
    hosts = re.findall(r"\w+://(?:[^/\s@`]*@)?([\w.-]+)", text)
    assert [host for host in hosts if not HOSTS.fullmatch(host)] == []
    assert re.search(r"(?<![\w.])/(?:work|root|home|Users)/", text) is None


def test_the_picture_of_the_house_has_every_room():
    """Each room of `bridge/` stands in docs/architecture.md, and each module it names exists."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path.name + "/" * path.is_dir() for path in (ROOT / "bridge").glob("[a-z]*")]
    rooms = [room for room in rooms if room.endswith((".py", "/"))]
    assert [room for room in rooms if room not in text] == []
    named = re.findall(r"`((?:\w+/)*\w+\.py)`", text)
    assert [path for path in named if not any((top / path).is_file() for top in HOUSES)] == []


def test_the_operators_installation_has_no_developers_tools():
    """`make demo` needs the runtime's lock alone, `make install` the builder's too; both say their steps."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = dict(re.findall(r"^([.\w/-]+):((?:[^\n]*\n)(?:\t[^\n]*\n)*)", makefile, re.MULTILINE))
    assert rules["demo"].split("##")[0].split() == [".venv/.runtime"]
    assert rules["install"].split("##")[0].split() == [".venv/.installed"]
    assert rules[".venv/.installed"].split()[0] == ".venv/.runtime"
    named = [
        set(re.findall(r"requirements[\w-]*\.lock", rules[name])) for name in (".venv/.runtime", ".venv/.installed")
    ]
    assert named == [{"requirements.lock"}, {"requirements-build.lock"}]
    assert all(f"{step}/3 " in rules[".venv/.runtime"] + rules["demo"] for step in (1, 2, 3))
    assert re.search(r"Next: \$\(BIN\)/leadbridge init", rules["install"])
    locked = {re.split("[=\\s]", line)[0] for line in (ROOT / "requirements.lock").read_text().splitlines()}
    assert locked & {"httpx", "sqlmodel"}
    assert not locked & {"pytest", "mypy", "ruff", "hypothesis", "respx", "pre-commit", "playwright"}
    assert "uv tool install" in README
    assert "pipx install" in README


def test_what_is_installed_is_small():
    """The packages of the runtime's lock take at most 110 MB unpacked, without compiled files."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    size = 0
    for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE):
        with suppress(metadata.PackageNotFoundError):  # for another system or version of Python
            files = metadata.files(name) or ()
            size += sum(file.size or 0 for file in files if file.suffix != ".pyc")
    assert 20_000_000 < size <= 110_000_000


def test_progress_is_shown_and_a_failure_is_explained(tmp_path):
    """While pip installs, a line says how far it is; what it said comes whole where it fails, with its exit code."""
    (tmp_path / "x.lock").write_text("alembic==1 \\\n    --hash=x\nrich==2\n")
    said = "print('Collecting alembic==1 (from x)'); print('ERROR: no room'); print('Installing collected packages: a')"
    command = [sys.executable, "-c", f"{said}; raise SystemExit(7)", "-r", str(tmp_path / "x.lock")]
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "progress.py", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 7
    assert "unpacking 1 packages" in done.stderr
    assert "ERROR: no room" in done.stderr


def test_the_clients_of_others_are_pinned():
    """`make test-clients` installs at least two published clients, each in one version, and CONTRIBUTING names them."""
    pinned = [clients.SDK.split("=="), *(name.rsplit("@", 1) for name in clients.COMMANDS)]
    assert len(pinned) >= 2
    assert all(re.fullmatch(r"\d+(?:\.\d+)+", version) for _, version in pinned)
    reported = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name, _ in pinned if f"`{name}`" not in reported] == []
