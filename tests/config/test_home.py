"""The folder of bridge.toml owns `.env`, relative paths and the ledger, wherever the command was started."""

from pathlib import Path

import pytest

from bridge.config import read_settings
from bridge.errors import ConfigProblem


@pytest.fixture
def clients(tmp_path):
    """Two folders, `a` and `b`, each with a bridge.toml and a `.env` of its own."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bridge.toml").touch()
        (tmp_path / name / ".env").write_text(f"INSTANTLY_API_KEY=key-of-{name}\nBRIDGE_ALERT_URL_FILE=hook\n")
        (tmp_path / name / "hook").write_text(f"https://hooks.example/{name}")
    return tmp_path


@pytest.mark.parametrize("named", ["../a/bridge.toml", "absolute", "BRIDGE_CONFIG"])
def test_the_folder_of_bridge_toml_owns_keys_paths_and_ledger(clients, named):
    """From client b's folder, client a's bridge.toml takes a's keys, a's secret files and a's ledger."""
    process = {"BRIDGE_CONFIG": "../a/bridge.toml"} if named == "BRIDGE_CONFIG" else {}
    paths = {"absolute": clients / "a" / "bridge.toml", "BRIDGE_CONFIG": None}
    settings = read_settings(process, clients / "b", paths.get(named, Path(named)))
    assert settings.vendors["INSTANTLY_API_KEY"].reveal() == "key-of-a"
    assert settings.alert_url.reveal() == "https://hooks.example/a"
    assert settings.database_url == f"sqlite:///{clients}/a/data/bridge.db"
    assert settings == read_settings({}, clients / "a")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///x.db", "sqlite:///{0}/a/x.db"),
        ("sqlite:///../x.db?timeout=3", "sqlite:///{0}/x.db?timeout=3"),
        ("sqlite+pysqlite:///x.db", "sqlite+pysqlite:///{0}/a/x.db"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
    ],
)
def test_a_relative_ledger_starts_at_bridge_toml(clients, given, used):
    """Only the path of a SQLite file can be relative, and it is relative to bridge.toml."""
    settings = read_settings({"BRIDGE_DATABASE_URL": given}, clients / "b", clients / "a" / "bridge.toml")
    assert settings.database_url == used.format(clients)


def test_a_folder_that_no_address_can_hold_is_refused(tmp_path):
    """A question mark would end the path: another file would be opened."""
    (tmp_path / "a?b").mkdir()
    with pytest.raises(ConfigProblem, match="question mark"):
        read_settings({}, tmp_path / "a?b")


def test_a_folder_called_config_belongs_to_the_one_around_it(tmp_path):
    """`config/bridge.toml` has its `.env` and ledger beside `config/`, from everywhere; with a .env inside, there."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "bridge.toml").touch()
    from_above, from_inside = read_settings({}, tmp_path), read_settings({}, tmp_path / "config")
    assert from_above == from_inside
    assert from_above.folder == tmp_path
    (tmp_path / "config" / ".env").touch()
    assert read_settings({}, tmp_path).folder == tmp_path / "config"


def test_a_dotenv_does_not_lend_its_keys_to_another_folder(clients):
    """A BRIDGE_CONFIG in `.env` names a file of the same folder; one elsewhere is refused, since its keys are there."""
    with (clients / "b" / ".env").open("a") as file:
        file.write("BRIDGE_CONFIG=other.toml\n")
    assert read_settings({}, clients / "b").config == clients / "b" / "other.toml"
    (clients / "b" / ".env").write_text("BRIDGE_CONFIG=../a/bridge.toml\n")
    with pytest.raises(ConfigProblem, match="--config"):
        read_settings({}, clients / "b")
