"""The house's arrows: imports point down only."""

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from bridge.config.vendors import VENDORS

ROOT = Path(__file__).parent.parent / "bridge"

# Each room with what it may import from the house; a room may always import itself.
VALUES = {"errors", "lazy", "model", "hygiene", "templates"}
SEAM = {"destinations.base", "destinations.changing"}
MAY = {
    "errors": {"lazy"},
    "lazy": set(),
    "model": {"lazy"},
    "hygiene": {"lazy", "model"},
    "templates": {"lazy"},
    "rules": VALUES,
    "api": VALUES | {"logs"},
    "config": VALUES,
    "logs": VALUES,
    "sources": VALUES | {"api"},
    "destinations": VALUES | {"api"},
    "ledger": VALUES,
    "reports": VALUES | {"ledger"},
    "sync": VALUES | {"rules", "api", "logs", "sources.base", "sources.validating", *SEAM, "ledger"},
    "feedback": VALUES | {"api", "logs", "destinations.base", "ledger", "sync"},
    "operations": VALUES | {"rules", "api", "logs", "sources", *SEAM, "ledger", "sync"},
    "connections": VALUES | {"api", "config", "sources", "destinations.base"},
    "sandbox": set(),
}
DOORS = {"app", "checkup", "preview", "cli", "daemon", "__main__"}


parsed = cache(ast.parse)


def imports_of(path):
    for node in ast.walk(parsed(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "bridge":
            parts = node.module.split(".")[1:]
            for alias in node.names:
                yield parts or [alias.name]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "bridge":
                    yield alias.name.split(".")[1:]


def room_of(path):
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def test_no_import_points_up():
    """Every import goes to the same room or to one below it, and no door is imported from inside the house."""
    found = [
        f"{path.relative_to(ROOT)} imports bridge.{'.'.join(parts)}"
        for path in sorted(ROOT.rglob("*.py"))
        if (room := room_of(path)) not in DOORS | {"__init__"}
        for parts in imports_of(path)
        if not {parts[0], _target(room, parts)} & (MAY[room] | {room, "__version__"})
    ]
    assert found == []


def _target(room, parts):
    """What an import names: of a seam that is another room the module, or else the room."""
    return ".".join(parts[:2]) if parts[0] in {"destinations", "sources"} - {room} else parts[0]


def test_the_terminal_is_imported_by_nothing_but_the_command_line():
    """The daemon, the preview and the checks do not know it: their words come from `reports`."""
    inside = {"__main__", "cli"}
    modules = [path for path in sorted(ROOT.rglob("*.py")) if room_of(path) not in inside]
    assert [path.name for path in modules if any(parts[:1] == ["cli"] for parts in imports_of(path))] == []


def test_the_terminals_own_folder_knows_nothing_of_leads():
    """It prints and reads whatever a verb gives it."""
    below = {"errors", "hygiene", "lazy", "reports.text", "cli.terminal"}
    found = {
        ".".join(parts[:2]) if parts[0] in ("reports", "cli") else parts[0]
        for path in sorted((ROOT / "cli" / "terminal").glob("*.py"))
        for parts in imports_of(path)
    }
    assert found <= below


def runs(node):
    """The imports under a syntax node that run: those for typing alone are left out, those in functions are not."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield from [child] if isinstance(child, ast.Import | ast.ImportFrom) else runs(child)


@cache
def graph_of_the_house():
    return module_graph(ROOT)


def module_graph(root):
    """Each module of the package under `root` with those it imports, and with the packages that these load first."""
    paths = {".".join(path.relative_to(root.parent).with_suffix("").parts): path for path in root.rglob("*.py")}
    modules = {name.removesuffix(".__init__"): path for name, path in paths.items()}
    graph = {name: set() for name in modules}
    for name, path in modules.items():
        for node in runs(parsed(path.read_text())):
            inside = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for full in (inside + alias.name for alias in node.names):
                parts = full.split(".")
                loaded = {".".join(parts[:end]) for end in range(1, len(parts) + 1)} & modules.keys()
                graph[name] |= {one for one in loaded if not f"{name}.".startswith(f"{one}.")}
    return graph


def test_no_module_imports_itself_by_way_of_others():
    """Not even inside a function: a circle means that two modules are one, or that a third is missing."""
    TopologicalSorter(graph_of_the_house()).prepare()


def test_the_ledgers_folders_import_one_way():
    """`people` below `core`, `core` below events, intents, views and upkeep: no two folders need each other."""
    graph = {}
    for module, imported in graph_of_the_house().items():
        for one in imported:
            inside, below = _ledger_folder(module), _ledger_folder(one)
            if inside and below and inside != below:
                graph.setdefault(inside, set()).add(below)
    assert "core" in graph["views"]
    TopologicalSorter(graph).prepare()


def _ledger_folder(name):
    """The folder of the ledger that a module is in; a module beside the folders is one of its own; "" elsewhere."""
    parts = name.split(".")
    return parts[2] if parts[:2] == ["bridge", "ledger"] and len(parts) > 2 else ""


def test_a_circle_would_be_found(tmp_path):
    """Through a package as well, and not where only the types are imported."""
    home = tmp_path / "home"
    (home / "room").mkdir(parents=True)
    (home / "room" / "__init__.py").write_text("from home.door import knock\n")
    (home / "room" / "table.py").write_text("")
    typing = "if TYPE_CHECKING:\n    "
    imports = "from home.room.table import leg\n"
    (home / "door.py").write_text(f"{typing}{imports}")
    TopologicalSorter(module_graph(home)).prepare()
    (home / "door.py").write_text(f"def knock():\n    {imports}")
    with pytest.raises(CycleError):
        TopologicalSorter(module_graph(home)).prepare()


def test_no_function_and_no_module_is_too_long_to_be_read_at_once():
    """Sixty lines and four hundred; a migration stays as it was released."""
    paths = [path for path in sorted(ROOT.rglob("*.py")) if "migrations" not in path.parts]
    functions = [
        f"{path.name}: {node.name}"
        for path in paths
        for node in ast.walk(parsed(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 60
    ]
    assert functions == []
    assert [path.name for path in paths if len(path.read_text().splitlines()) > 400] == []


def test_every_room_is_known():
    """A new room must say what it may import."""
    rooms = {room_of(path) for path in ROOT.rglob("*.py")} - {"__init__"}
    assert rooms <= MAY.keys() | DOORS


def test_whatever_processes_compare_goes_by_the_ledgers_clock():
    """No run, no statement and no page asks this host what time it is: two hosts would not agree."""
    asked = [
        path.name
        for room in ("ledger", "sync", "feedback", "operations", "daemon")
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(parsed(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "time", "time_ns"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "time"}
    ]
    # The clock of a SQLite file is that of its machine; a host alone compares its heartbeats and its ticks. A login of
    # the dashboard (`access.py`) holds for hours, also while the ledger is away.
    assert set(asked) == {"access.py", "database.py", "heartbeat.py", "scheduler.py"}


def test_every_write_of_the_ledger_is_repeated_after_a_deadlock():
    """Only `@transaction` opens a write transaction, so none can lack it; a copy and a migration are alone."""
    opened = [
        path.stem
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(parsed(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "write"
        if not node.args
    ]
    assert sorted(opened) == ["copying", "copying", "database", "migrate"]


def test_no_vendor_is_named_where_leads_are_decided_and_carried():
    """A run, the rules and the ledger's core know no vendor by name: a title in a message comes from the seam.

    Of an operator's steps only those name one that order what Scravio alone sells.
    """
    name = re.compile("|".join(VENDORS), re.IGNORECASE)
    found = {
        str(path.relative_to(ROOT))
        for room in ("sync", "rules", "ledger/core", "feedback", "operations")
        for path in sorted((ROOT / room).rglob("*.py"))
        if name.search(path.read_text())
    }
    assert found == {"operations/create_campaign.py", "operations/validate_file.py"}
