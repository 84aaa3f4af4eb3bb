"""What the ledger keeps of bridge.toml: the very routes and clients, while every file is as it was, and no name."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from bridge.config import load, outline
from bridge.config.configuration import Configuration
from bridge.config.file import read
from bridge.config.outline import recalled
from bridge.config.values import as_json, from_json
from tests.config.test_any_input import CHANGES, altered, outcome

CONFIG = Path(__file__).parents[2] / "config"
ROUTE = '[[routes]]\nname = "{}"\ntarget = {{ {} }}\n'
LIST = 'instantly_list = "b"'
OF_ALL = """
source = { status = "stopped", type = "INSTAGRAM", from = "2026-01-31", to = 2026-02-01, id = ["a", "b"] }
every = "1h30m"
jitter = "90s"
timezone = "Europe/Berlin"
pace = { per_day = 20, order = "best" }
rules = { max_validation_age = "none", recontact = "90d", countries = "DE", platforms = ["x", "twitter"] }
fields = { first_name = "", variables = { "a b" = "{username}", c = "ä {first_name}" } }
feedback = { every = "none", on_reply = "suppress" }
brake = { warn = 0, stop = 1, least = 0 }
update = { fields = "until_contacted" }
"""
TARGETS = [
    f'{LIST}, create = true, push_suppressions = true, dedupe = "everywhere"',
    'inbox_campaign = "x", create = true, senders = ["1"], timezone = "Asia/Tokyo", columns = { first_name = "c" }',
    'puffle_campaign = "p", channel = "linkedin", linkedin_from_username = true, when_launched = "new_draft"',
    'instantly_campaign = "c", when_not_active = "refuse"',
]


def remade(configuration, path):
    """What a later process takes from what the ledger keeps."""
    return recalled(json.loads(json.dumps(configuration.outline.kept())), path)


def said(found):
    return (found.routes, found.clients) if found else None


@pytest.mark.parametrize("name", ["bridge.example.toml", "bridge.sandbox.toml"])
def test_the_examples_are_kept_as_they_are_read(name):
    """Each example of the project comes back as the very routes and clients."""
    whole = load(CONFIG / name)
    assert said(remade(whole, CONFIG / name)) == said(whole)


def test_every_kind_of_value_is_kept(tmp_path):
    """Spans, dates, tables of templates, sets and the options of each vendor's targets come back as they were."""
    path = tmp_path / "bridge.toml"
    clients = '[[clients]]\nname = "acme"\nenv = "ACME_"\nshared = true\n[[clients]]\nname = "b"\nenv = "B_"\n'
    routes = "".join(ROUTE.format(f"r{at}", one) + OF_ALL + 'client = "acme"\n' for at, one in enumerate(TARGETS))
    csv = ROUTE.format("csv", LIST) + 'source = { csv = ["a/*.csv"] }\ncron = "0 9 * * mon"\nclient = "b"\n'
    path.write_text(clients + routes + csv)
    whole = load(path)
    assert len(whole.routes) == len(TARGETS) + 1
    assert said(remade(whole, path)) == said(whole)


@settings(deadline=None, max_examples=200)
@given(CHANGES.map(altered))
def test_whatever_is_accepted_is_kept_as_it_was(raw):
    """Of any accepted file the routes and clients come back equal, through JSON."""
    whole = outcome(read, raw, "bridge.toml")
    if isinstance(whole, Configuration):
        assert from_json(json.loads(json.dumps(as_json(whole.routes)))) == whole.routes
        assert from_json(json.loads(json.dumps(as_json(whole.clients)))) == whole.clients


@pytest.fixture
def home(tmp_path):
    """A bridge.toml that includes a file and names overrides."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.toml").write_text(ROUTE.format("a", LIST))
    (tmp_path / "names.csv").write_text("username,first_name\nfit.queen,Jane\n")
    path = tmp_path / "bridge.toml"
    path.write_text('[names]\noverrides = "names.csv"\n[[include]]\nfiles = "more/*.toml"\n' + ROUTE.format("b", LIST))
    return path


def written(name, text):
    return lambda folder: (folder / name).write_text(text)


CHANGED = {
    "bridge.toml": written("bridge.toml", ROUTE.format("b", LIST)),
    "an included file": written("more/a.toml", ROUTE.format("c", LIST)),
    "a further file": written("more/b.toml", ROUTE.format("c", LIST)),
    "no included file": lambda folder: (folder / "more/a.toml").unlink(),
    "an unusable file": written("bridge.toml", "routes = 1"),
    "unusable overrides": written("names.csv", "usernam\n"),
    "no overrides": lambda folder: (folder / "names.csv").unlink(),
    "no file": lambda folder: (folder / "bridge.toml").unlink(),
    "another program": lambda folder: None,
}


@pytest.mark.parametrize("change", CHANGED)
def test_a_changed_file_is_read_whole(home, monkeypatch, change):
    """Whatever has changed since, nothing is taken from the ledger: the file itself says what holds or is wrong."""
    whole = load(home)
    assert said(remade(whole, home)) == said(whole)
    CHANGED[change](home.parent)
    if change == "another program":
        monkeypatch.setattr(outline, "__version__", "0.0.0")
    assert remade(whole, home) is None


def test_names_of_profiles_are_not_kept_but_read(home):
    """They are people's names: the ledger has none of them, and their file as it is now is in force."""
    whole = load(home)
    assert "Jane" not in json.dumps(whole.outline.kept())
    written("names.csv", "username,first_name\nfit.queen,Joan\n")(home.parent)
    assert remade(whole, home).routes[0].overrides == {":fit.queen": ("Joan", "")}


def test_a_time_zone_that_has_gone_is_noticed(home, monkeypatch):
    """Time zones are files of the system: without one of them the file is read whole, which says so."""
    home.write_text(ROUTE.format("a", LIST) + 'cron = "0 9 * * mon"\ntimezone = "Europe/Berlin"\n')
    whole = load(home)
    monkeypatch.setattr(outline, "ZoneInfo", lambda name: (_ for _ in ()).throw(KeyError(name)))
    assert remade(whole, home) is None
