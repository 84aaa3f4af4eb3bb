"""A bridge.toml that is named from another folder: whose keys, whose ledger, and no second one made unseen."""

import re
import shutil

from bridge import ledger
from tests.cli.conftest import unwrapped

ROUTE = '[[routes]]\nname = "{0}"\ntarget = {{ instantly_campaign = "Fitness Q4" }}\n'


def client(folder, name, *routes):
    """A folder with a bridge.toml of these routes."""
    (folder / name).mkdir()
    (folder / name / "bridge.toml").write_text("".join(map(ROUTE.format, routes)))
    return folder / name


def test_another_clients_folder_lends_neither_keys_nor_ledger(leadbridge, vendors, folder, monkeypatch):
    """Client a's route, synced from client b's folder, uses a's key and fills a's ledger; b's files are unread."""
    a, b = client(folder, "a", "fitness"), client(folder, "b", "fitness")
    (a / ".env").write_text(f"INSTANTLY_API_KEY={vendors.keys.instantly}\n")
    (b / ".env").write_text("INSTANTLY_API_KEY=key-of-b\n")
    monkeypatch.delenv("INSTANTLY_API_KEY")
    monkeypatch.chdir(b)
    assert leadbridge("--config", "../a/bridge.toml", "sync", "--yes").exit_code == 0
    assert (a / "data" / "bridge.db").exists()
    assert not (b / "data").exists()
    said = leadbridge("--config", "../a/bridge.toml", "explain", "nobody@studio.example")
    assert "is not used" not in said.stderr


def test_an_older_ledger_in_the_current_folder_is_not_replaced_unseen(leadbridge, vendors, bench, folder):
    """Where earlier versions kept this route's ledger, a new one is refused, with both ways out, and both work."""
    bench.route("fitness")
    bench.db.close()
    home = client(folder, "a", "fitness")
    for verb in (["sync", "--yes"], ["check"], ["run"], ["forget", "jane@studio.example", "--dry-run"]):
        refused = leadbridge("--config", "a/bridge.toml", *verb)
        assert refused.exit_code == 2, verb
        said = unwrapped(refused.stderr)
        assert f"{home}/data/bridge.db, which does not exist" in said
        assert f"{folder}/data/bridge.db does" in said
    assert not (home / "data").exists()
    assert "does not exist" in unwrapped(leadbridge("--config", "a/bridge.toml", "status").stdout)
    assert leadbridge("--config", "a/bridge.toml", "db", "upgrade").exit_code == 0
    assert leadbridge("--config", "a/bridge.toml", "sync", "--yes").exit_code == 0
    shutil.rmtree(home / "data")
    shutil.move(folder / "data", home / "data")
    assert leadbridge("--config", "a/bridge.toml", "check").exit_code == 0


def test_a_ledger_that_its_own_bridge_toml_explains_stops_no_one(leadbridge, vendors, bench, folder, configure):
    """Client b's ledger in b's folder is no reason to refuse client a's first sync; which one is used is said."""
    configure("fitness")
    bench.route("fitness")
    home = client(folder, "a", "fitness")
    done = leadbridge("--config", "a/bridge.toml", "sync", "--yes")
    assert done.exit_code == 0
    said = unwrapped(done.stderr)
    assert f"The ledger is {home}/data/bridge.db." in said
    assert f"{folder}/data/bridge.db belongs to another bridge.toml" in said
    assert list(ledger.route_names(bench.db)) == ["fitness"]


def test_a_file_that_is_no_ledger_stops_no_one(leadbridge, vendors, folder):
    """Whatever else is called data/bridge.db in the current folder does not matter."""
    (folder / "data").mkdir()
    (folder / "data" / "bridge.db").write_text("something else")
    client(folder, "a", "fitness")
    assert leadbridge("--config", "a/bridge.toml", "sync", "--yes").exit_code == 0


def test_messages_print_absolute_paths(leadbridge, vendors, folder, monkeypatch):
    """Whatever goes wrong with a bridge.toml of another folder: each of its files is named by its whole path."""
    a, b = client(folder, "a", "fitness"), client(folder, "b", "fitness")
    route, toml = (a / "bridge.toml").read_text(), a / "bridge.toml"
    monkeypatch.chdir(b)

    def reported(*verb):
        done = leadbridge("--config", "../a/bridge.toml", *verb)
        text = "".join(done.output.split())  # a path stands on a line of its own where it is long
        assert "../a" not in text
        assert not re.search(r"(?<![\w./])(?:a|b|data)/[\w.]", text), text
        return text

    assert f"{a}/data/bridge.db" in reported("status")
    assert f"{a}/data/bridge.db" in reported("db", "backup", "copy.db")
    assert str(toml) in reported("init")
    (a / ".env").unlink()
    assert str(toml) in reported("run")
    toml.write_text("routes = [")
    assert str(toml) in reported("sync")
    toml.write_text('[names]\noverrides = "names.csv"\n' + route)
    assert f"{a}/names.csv" in reported("sync")
    toml.write_text(route)
    (a / ".env").write_text("ALERT_WEBHOOK_URL_FILE=secret\n")
    monkeypatch.delenv("INSTANTLY_API_KEY")
    assert f"{a}/.env" in reported("check")
    (a / ".env").write_text("INSTANTLY_API_KEY_FILE=secret\n")
    assert f"{a}/secret" in reported("sync")
    (a / ".env").unlink()
    (a / "data").mkdir()
    (a / "data" / "bridge.db").write_text("no database" * 1000)
    assert f"{a}/data/bridge.db" in reported("status")
