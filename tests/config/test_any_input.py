import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.config.configuration import Configuration
from bridge.config.file import load, read
from bridge.config.reference import schema_keys
from bridge.config.settings import VARIABLES, Settings, read_settings
from bridge.errors import ConfigProblem
from bridge.rules import decider

NAMES = sorted({part for key in schema_keys() for part in key.path.split(".")} | {"max_credits"})
WORDS = ["15m", "none", "* * * * *", "mon", "UTC", "hold", "INSTAGRAM", "x", "DE", "{username}", "{x|y}", "stopped", ""]
SCALARS = (
    st.sampled_from(WORDS)
    | st.text(max_size=12)
    | st.integers()
    | st.booleans()
    | st.floats()
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.timezones() | st.none())
)
KEYS = st.sampled_from(NAMES) | st.text(max_size=8)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(KEYS, SCALARS | st.lists(SCALARS), max_size=3)
PATHS = [key.path for key in schema_keys()] + [
    "routes.source",
    "routes.rules",
    "routes.fields",
    "routes.target",
    "http",
    "clients",
    "include",
]


def altered(changes):
    """A sound file in which some keys have other values, or keys were added that do not exist."""
    route = {"name": "a", "source": {}, "rules": {}, "fields": {}, "target": {"instantly_list": "b"}}
    raw = {"routes": [route], "http": {}, "instantly": {}, "scravio": {}, "privacy": {}, "guard": {}}
    for path, value in changes:
        *tables, key = path.removeprefix("routes.").split(".")
        table = route if path.startswith("routes.") else raw
        for name in tables:
            table = table[name] if isinstance(table.get(name), dict) else {}
        table[key] = value
    return raw


LISTS = ("clients", "include", "routes")


@pytest.mark.parametrize("name", LISTS)
def test_every_required_key_of_a_list_of_tables_has_its_sentence(name):
    """An empty table, a word in place of a table and a table in place of the list are named by the list's own name."""
    for value, said in (([{}], f"{name}[1]"), (["x"], f"{name}[1] is not a "), ({}, f"{name} is not a list of ")):
        judged = outcome(
            read, {"routes": [{"name": "a", "target": {"instantly_list": "b"}}], name: value}, "bridge.toml"
        )
        assert said in judged.message


CHANGES = st.lists(st.tuples(st.sampled_from(PATHS) | KEYS.map("routes.rules.{}".format), VALUES), max_size=3)
FILES = CHANGES.map(altered) | st.dictionaries(KEYS, VALUES | st.lists(VALUES, max_size=2), max_size=3)


def outcome(call, *arguments):
    """What the call returns, or the ConfigProblem it raises."""
    try:
        return call(*arguments)
    except ConfigProblem as problem:
        return problem


@settings(deadline=None, max_examples=300)
@given(FILES)
def test_any_tables_are_read_or_reported(raw):
    """Whatever stands in the file, the answer is a configuration or a ConfigProblem in printable lines."""
    judged = outcome(read, raw, "bridge.toml")
    if not isinstance(judged, Configuration):
        assert judged.message.startswith("bridge.toml")
        assert all(line.strip().isprintable() for line in judged.message.split("\n"))


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from([key.name for key in schema_keys() if key.table == "routes.fields"]), VALUES))
def test_a_mapping_that_is_read_can_be_carried_out(fields):
    """The rules can read every template that the configuration lets through."""
    raw = {"routes": [{"name": "a", "target": {"instantly_list": "b"}, "fields": fields}]}
    judged = outcome(read, raw, "bridge.toml")
    if isinstance(judged, Configuration):
        decider(judged.routes[0])


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=80) | st.text("[]{}=.\"'#\n ab1", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_reported(tmp_path, content):
    """Whatever bytes the file holds, nothing but a ConfigProblem that names it comes of it."""
    path = tmp_path / "bridge.toml"
    path.write_bytes(content)
    judged = outcome(load, path)
    assert isinstance(judged, Configuration) or judged.message.startswith(str(path))


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(sorted({*VARIABLES, *(f"{name}_FILE" for name in VARIABLES)})),
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)
        | st.sampled_from(["https://[", "http://x:y", "//", "https://a", "inf", "-0", "json", "~", "."]),
        max_size=4,
    ),
    st.binary(max_size=60) | st.text("AB_=\"'#$\\ \n", max_size=40).map(str.encode),
)
def test_any_environment_is_read_or_reported(tmp_path, process, dotenv):
    """Whatever the environment and .env hold, the answer is settings or a ConfigProblem with its fix."""
    (tmp_path / ".env").write_bytes(dotenv)
    judged = outcome(read_settings, process, tmp_path)
    assert isinstance(judged, Settings) or judged.hint
