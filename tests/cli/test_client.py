"""`leadbridge client`: from nothing to a checked client, by options and by questions."""

import stat
import tomllib
from io import StringIO

import pytest
from rich.console import Console

from bridge.cli.setup.questions import chosen
from bridge.config import load, read_settings, writing
from bridge.config.vendors import INSTANTLY, VENDORS
from bridge.model import Client
from tests.cli.conftest import unwrapped


@pytest.fixture
def keys(vendors, monkeypatch):
    """The variables of the client acme, with the sandbox's keys."""
    monkeypatch.setenv("ACME_SCRAVIO_API_KEY", "sk_live_sandbox")
    monkeypatch.setenv("ACME_INSTANTLY_API_KEY", "sandbox-key")


def test_a_client_is_added_by_options(leadbridge, folder, keys):
    """Its file, the include and a check; a second client of the name is refused, and both are listed."""
    result = leadbridge("client", "add", "acme", "--target", 'instantly_campaign="Fitness Q4"', "--route", "fitness")
    assert result.exit_code == 0, result.stderr
    opened = 'Instantly: workspace "Sandbox workspace", 2 targets, the plan has room for 25,000 more contacts'
    assert opened in unwrapped(result.stdout)
    assert stat.S_IMODE((folder / "clients" / "acme.toml").stat().st_mode) == 0o600
    assert "acme/fitness: target" in result.stdout
    (route,) = load(folder / "bridge.toml").routes
    assert (route.name, route.client, route.target.ref) == ("acme/fitness", "acme", "Fitness Q4")
    assert not (folder / ".env").exists()
    again = leadbridge("client", "add", "Acme", "--target", "instantly_campaign=X")
    assert (again.exit_code, 'a client "Acme" already' in again.stderr) == (2, True)
    code, document = leadbridge.json("client", "list")
    assert (code, document["clients"][0]["keys"]) == (0, ["scravio", "instantly"])
    assert leadbridge("sync", "--yes", "--client", "acme").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("acme",), "KEY=NAME"),
        (("acme", "--target", "nowhere=X"), "The keys are"),
        (("a b", "--target", "instantly_campaign=X"), "no name for a client"),
        (("acme", "--env", "acme", "--target", "instantly_campaign=X"), "capitals"),
        (("beta", "--target", "instantly_campaign=X"), 'Client "beta" has no key'),
    ],
)
def test_what_cannot_be_added_is_one_sentence_and_writes_nothing(leadbridge, folder, keys, arguments, said):
    """No target, an unknown key, a bad name, a bad prefix, no key at all."""
    result = leadbridge("client", "add", *arguments)
    assert result.exit_code == 2
    assert said in unwrapped(result.stderr)
    assert list(folder.rglob("*.toml")) == []


def test_a_client_is_added_by_questions(folder, vendors, leadbridge, monkeypatch):
    """Typed keys go into .env for its owner alone; a picked campaign and target go into the file."""
    keys = {"scravio": "sk_live_sandbox", "instantly": "sandbox-key"}
    typed = [keys.get(vendor.name, "") for vendor in VENDORS.values() if vendor.variables]
    answers = iter([*typed, "nonsense", "1", "1", "y"])
    monkeypatch.setattr("builtins.input", lambda *_: next(answers))
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: next(answers))
    asked = Console(file=StringIO(), width=80)
    monkeypatch.setattr("bridge.cli.terminal.consent.terminal", lambda: asked)
    (folder / ".env").write_text("BRIDGE_LOG_LEVEL=ERROR")
    result = leadbridge("client", "add", "acme")
    assert (result.exit_code, list(answers)) == (0, []), result.output + asked.file.getvalue()
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert (folder / ".env").read_text().startswith("BRIDGE_LOG_LEVEL=ERROR\n\nACME_SCRAVIO_API_KEY=")
    settings = read_settings({}, folder).of_client(Client("acme", "ACME_"))
    assert settings.key_of(INSTANTLY) == "sandbox-key"
    (route,) = load(folder / "bridge.toml").routes
    assert len(route.source.id) == 1


def test_hostile_titles_stay_text():
    """A title with quotes, line breaks and TOML in it is one comment line and one string."""
    title = 'a"\n[[routes]]\nname = "x\\'
    values = {"name": title, "source.id": ["i"], "target.instantly_campaign": title}
    new = writing.NewRoute(values, {"source.id": [title]})
    (route,) = tomllib.loads(new.text())["routes"]
    assert route == {"name": title, "source": {"id": ["i"]}, "target": {"instantly_campaign": title}}
    assert new.text().count("[[routes]]\n") == 1
    assert [chosen(typed, 3) for typed in ("", "1, 3", "1-3", "4", "x", "0", "2-1")] == [
        [], [0, 2], [0, 1, 2], None, None, None, None,
    ]  # fmt: skip


def test_verbs_that_use_one_clients_keys_ask_which(leadbridge, folder, keys):
    """With several clients `campaigns` and `validate` need --client; its keys alone are used."""
    tables = "".join(
        f'[[clients]]\nname = "{name}"\nenv = "{name.upper()}_"\n[[routes]]\nname = "a"\nclient = "{name}"\n'
        'target = { instantly_campaign = "Fitness Q4" }\n'
        for name in ("acme", "beta")
    )
    (folder / "bridge.toml").write_text(tables)
    for verb in (("campaigns", "list"), ("validate", "--campaign", "x")):
        result = leadbridge(*verb)
        assert (result.exit_code, "--client: acme, beta" in unwrapped(result.stderr)) == (2, True)
    assert leadbridge("credits", "--client", "acme").exit_code == 0
    refused = leadbridge("credits", "--client", "beta")
    assert (refused.exit_code, "BETA_SCRAVIO_API_KEY is not set" in unwrapped(refused.stderr)) == (2, True)
