import re
import tomllib
from pathlib import Path

import pytest

from bridge.config.file import load, read
from bridge.config.reference import schema_keys
from bridge.config.settings import FROM_FILES, VARIABLES, read_settings
from bridge.templates import FIELDS

CONFIG = Path(__file__).parents[2] / "config"
TOML, DOTENV = CONFIG / "bridge.example.toml", CONFIG / ".env.example"
# A key that can only stand with, or in place of, another line of the file.
A_CLIENT = {"routes.client", "clients.name", "clients.env"}
COMPANIONS = {
    "routes.timezone": {"routes.cron"},
    "routes.jitter": {"routes.every"},
    **dict.fromkeys([*A_CLIENT, "clients.shared"], A_CLIENT),
}
RIVALS = {"routes.target.instantly_list": "instantly_campaign ="}
for name in ("inbox_campaign", "senders", "timezone", "exclude_contacted", "exclude_mutuals", "columns"):
    COMPANIONS[f"routes.target.{name}"] = {"routes.target.inbox_campaign"}
    RIVALS[f"routes.target.{name}"] = "instantly_campaign ="
for name in ("puffle_campaign", "channel", "linkedin_from_username", "when_launched"):
    COMPANIONS[f"routes.target.{name}"] = {"routes.target.puffle_campaign"}
    RIVALS[f"routes.target.{name}"] = "instantly_campaign ="
TABLE = re.compile(r"(?P<off>#?)\[+(?P<name>[a-z_.]+)\]+")
LINE = re.compile(r"(?P<off>#?)(?P<name>[a-z_]+) = (?P<value>.+)")


def example_lines():
    """Every setting of the example by its dotted path: whether it is commented out, and its value."""
    table, found = "", {}
    for line in TOML.read_text("utf-8").splitlines():
        if match := TABLE.fullmatch(line):
            table = match["name"]
        elif match := LINE.fullmatch(line):
            path = f"{table}.{match['name']}"
            assert path not in found, f"{path} stands twice"
            found[path] = (bool(match["off"]), match["value"])
    return found


def with_lines(paths, without):
    """The example with some settings switched on and one left out."""
    table, lines = "", []
    for line in TOML.read_text("utf-8").splitlines():
        head, match = TABLE.fullmatch(line), LINE.fullmatch(line)
        table = head["name"] if head else table
        on = match is not None and f"{table}.{match['name']}" in paths
        on = on or (head is not None and any(path.startswith(f"{table}.") for path in paths))
        if without is None or not line.startswith(without):
            lines.append(line.removeprefix("#") if on else line)
    return "\n".join(lines)


def test_the_example_is_a_working_configuration():
    """The example loads as it is, with one route that changes no default."""
    (route,) = load(TOML).routes
    raw = {"routes": [{"name": route.name, "target": {"instantly_campaign": route.target.ref}}]}
    assert load(TOML) == read(raw, "smallest")


def test_the_example_holds_every_key():
    """Every key that the file may hold stands in the example, and no other."""
    assert set(example_lines()) == {key.path for key in schema_keys()}


@pytest.mark.parametrize("key", [key for key in schema_keys() if key.default], ids=lambda key: key.path)
def test_the_examples_defaults_are_the_programs(key):
    """A default that the example states is the one that holds."""
    assert example_lines()[key.path] == (True, key.default)


@pytest.mark.parametrize("path", list(example_lines()))
def test_every_line_of_the_example_may_be_switched_on(path):
    """Removing one # gives a file that loads."""
    read(tomllib.loads(with_lines({path, *COMPANIONS.get(path, ())}, RIVALS.get(path))), path)


def test_the_examples_second_route_loads():
    """The route in short form, with its comment signs removed, is a route."""
    _, short = TOML.read_text("utf-8").split("# [[routes]]")
    lines = ["[[routes]]", *(line.removeprefix("# ") for line in short.split("\n\n")[0].splitlines())]
    assert read(tomllib.loads("\n".join(lines)), "short").routes[0].target.kind == "list"


def test_the_example_names_every_field():
    """The fields a template may name are listed where templates are explained."""
    words = set(re.findall(r"[a-z_]+", TOML.read_text("utf-8")))
    assert words >= set(FIELDS)


def test_every_key_is_explained():
    """Each key says what it takes and what it means, for the documentation."""
    for key in schema_keys():
        assert key.values, key.path
        assert key.meaning.endswith("."), key.path
        assert key.table in {path.rpartition(".")[0] for path in example_lines()}
        assert key.path.endswith(key.name)


def test_the_environment_example_holds_every_variable():
    """Every variable stands in .env.example with its default, and no other."""
    found = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", DOTENV.read_text("utf-8"), re.MULTILINE))
    assert found == {name: default for name, (default, _) in VARIABLES.items()}
    assert all(name in DOTENV.read_text("utf-8") for name in FROM_FILES)


def test_the_environment_example_changes_nothing(tmp_path):
    """Copied as it is to .env, the example leaves every default in place."""
    (tmp_path / ".env").write_bytes(DOTENV.read_bytes())
    written = read_settings({}, tmp_path)
    (tmp_path / ".env").unlink()
    assert written == read_settings({}, tmp_path)
