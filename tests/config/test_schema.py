"""The JSON schema of bridge.toml accepts what the program accepts, and rejects a typo; each value's line is found."""

import re
import tomllib
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from bridge.config import schema
from bridge.config.file import read
from bridge.config.lines import line_of, lines
from bridge.config.reference import schema_keys
from bridge.errors import ConfigProblem
from tests.config.test_examples import COMPANIONS, RIVALS, TOML, example_lines, with_lines

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def judge():
    made = schema.schema()
    jsonschema.Draft7Validator.check_schema(made)
    return jsonschema.Draft7Validator(made)


def as_json(value):
    """TOML as an editor gives it to a schema: dates are strings."""
    if isinstance(value, dict):
        return {name: as_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def examples():
    """The example file as it is, with each line switched on, and every block of a page that is a whole file."""
    yield TOML.read_text("utf-8")
    for path in example_lines():
        yield with_lines({path, *COMPANIONS.get(path, ())}, RIVALS.get(path))
    for page in PAGES:
        for block in re.findall(r"^ *```toml\n(.*?)^ *```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            try:
                read(tomllib.loads(block), "page")
            except (ConfigProblem, ValueError):
                continue
            yield block


def test_every_example_is_valid(judge):
    """Whatever the program reads, the schema accepts."""
    count = 0
    for text in examples():
        judge.validate(as_json(tomllib.loads(text)))
        count += 1
    assert count > len(example_lines()) + 3


@pytest.mark.parametrize(
    "more",
    [
        "[http]\nprot = 1\n",
        "rulez = 1\n",
        '[[routes]]\nname = "b"\ntarget = { instantly_campain = "X" }\n',
        '[[routes]]\nname = "b"\ntarget = { dedupe = "workspace" }\n',
        '[[routes]]\nname = "b"\ntarget = { instantly_list = "X", instantly_campaign = "Y" }\n',
        '[[routes]]\nname = "b"\ntarget = { instantly_list = "X" }\nrules = { min_folowers = 1 }\n',
        '[[routes]]\nname = "b"\ntarget = { instantly_list = "X" }\nrules = { platforms = ["instagrm"] }\n',
        '[[routes]]\nname = "b"\ntarget = { instantly_list = "X" }\nevery = "15"\n',
        '[[routes]]\nname = "b"\ntarget = { instantly_list = "X" }\nrules = { role_addresses = "helt" }\n',
    ],
)
def test_a_typo_is_rejected(judge, more):
    """A wrong key at the top, in a table, a rule or a target, two targets or none, and a wrong word."""
    assert not judge.is_valid(tomllib.loads(more))


def test_spellings_that_the_program_accepts_are_valid(judge):
    """Case does not count where the program does not count it; one text stands for a list of one."""
    route = '[[routes]]\nname = "b"\ntarget = { instantly_list = "X" }\n'
    text = (
        route + 'rules = { platforms = "Instagram", types = ["instagram", "PROFILE"], max_validation_age = "None" }\n'
    )
    read(tomllib.loads(text), "here")
    judge.validate(tomllib.loads(text))


def test_the_schema_has_every_key_with_its_meaning_and_default():
    """An editor shows what the reference says."""
    made = schema.schema()
    for key in schema_keys():
        table = made
        for name in key.path.split("."):
            table = made["$defs"][table["$ref"].rpartition("/")[2]] if "$ref" in table else table
            table = table["properties"][name]
            table = table.get("items", table) if name in {"routes", "clients", "include"} else table
            table = table["allOf"][0] if "allOf" in table else table
        assert table["description"] == key.meaning, key.path
        assert table.get("default", "") == (tomllib.loads(f"x = {key.default}")["x"] if key.default else ""), key.path


def test_the_schema_in_the_repository_is_todays():
    """`config/bridge.schema.json` is what `leadbridge config schema` prints, and the example names it first."""
    assert (TOML.parent / schema.NAME).read_text("utf-8") == schema.text(), "run `.venv/bin/python -m docs`"
    assert TOML.read_text("utf-8").startswith(f"#:schema {schema.NAME}\n")


def test_the_line_of_a_key_is_found_whatever_stands_before_it():
    """Texts and lists over several lines, comments, quoted and dotted keys, numbered tables, inline tables."""
    text = '''# [a]
"x y" = """
b = 2
"""
[http]
host = "h" # [[routes]]
[[routes]]
name = 'a'
rules.min_followers = 5
source = { title = [
  "a", # ]
], q = "x" }

[routes.fields]
variables = { a = "{x}" }
[[routes]]
  target = { instantly_campaign = "[x" }
[routes."rules"]
z = 1
'''
    found = lines(text)
    wanted = {
        ("x y",): 2, ("http", "host"): 6, ("routes", 0): 7, ("routes", 0, "rules", "min_followers"): 9,
        ("routes", 0, "source"): 10, ("routes", 0, "fields", "variables"): 15, ("routes", 1, "rules", "z"): 19,
    }  # fmt: skip
    assert {place: found[place] for place in wanted} == wanted
    assert line_of(("routes", 1, "target", "instantly_campaign"), found) == 17


def test_every_line_of_the_example_is_found():
    """Each key of the example, switched on, is on the line where it stands."""
    for path in example_lines():
        text = with_lines({path, *COMPANIONS.get(path, ())}, RIVALS.get(path))
        first, *names = path.split(".")
        numbered = first in {"routes", "clients", "include"}
        line = line_of((first, 0, *names) if numbered else (first, *names), lines(text))
        assert text.split("\n")[line - 1].startswith(f"{names[-1]} = "), path
