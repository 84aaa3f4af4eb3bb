"""`leadbridge config`: what is in force, where it comes from, and no secret among it."""

import json

from tests.cli.conftest import unwrapped


def test_every_value_says_where_it_comes_from(leadbridge, folder, configure, monkeypatch):
    """Default, file and line, environment, `.env`, a file of its own, included files and clients; no key is shown."""
    clients = '[[clients]]\nname = "acme"\nenv = "ACME_"\n[[include]]\nfiles = "more.toml"\n[http]\nport = 9000\n'
    (folder / "bridge.toml").write_text(clients)
    (folder / "more.toml").write_text(
        '[[routes]]\nname = "fitness"\nsource = { title = ["a", "b"] }\nrules.min_followers = 500\n'
        'target = { instantly_campaign = "X" }\n'
    )
    (folder / "key").write_text("secret-three")
    (folder / ".env").write_text("ACME_SCRAVIO_API_KEY=secret-one\nACME_INSTANTLY_API_KEY_FILE=key\n")
    monkeypatch.setenv("BRIDGE_DATABASE_URL", "postgresql://me:secret-two@db.example/x")
    monkeypatch.setenv("INSTANTLY_BASE_URL", "http://localhost:1")
    code, document = leadbridge.json("config", "show")
    assert code == 0
    assert document["files"] == [str(folder / "bridge.toml"), str(folder / "more.toml")]
    variables = {one["key"]: (one["value"], one["from"]) for one in document["variables"]}
    assert variables["ACME_SCRAVIO_API_KEY"] == ("set", ".env")
    assert variables["ACME_INSTANTLY_API_KEY"] == ("set", ".env, ACME_INSTANTLY_API_KEY_FILE")
    assert variables["ACME_INSTANTLY_BASE_URL"] == ("http://localhost:1", "environment")
    assert variables["ACME_PUFFLE_API_KEY"] == (None, "default")
    assert variables["BRIDGE_LOG_LEVEL"] == ("INFO", "default")
    tables = {one["table"]: {value["key"]: value for value in one["values"]} for one in document["tables"]}
    assert tables["http"]["port"] == {"key": "port", "value": 9000, "from": "bridge.toml:7"}
    assert tables["http"]["host"]["from"] == "default"
    route = tables["routes"]
    assert (route["source.title"]["value"], route["source.title"]["from"]) == (["a", "b"], "more.toml:3")
    assert route["rules.min_followers"]["from"] == "more.toml:4"
    assert (route["rules.per_domain"]["value"], route["rules.per_domain"]["from"]) == (3, "default")
    assert "target.inbox_campaign" not in route
    assert [one["name"] for one in document["tables"] if one["table"] == "routes"] == ["acme/fitness"]
    said = leadbridge("config", "show", "--changed").stdout
    assert "postgresql" in said
    assert "secret" not in said + json.dumps(document)
    assert "per_domain" not in said
    assert "rules.min_followers 500 more.toml:4" in unwrapped(said)
    assert "[http]" not in leadbridge("config", "show", "fitness").stdout


def test_the_schema_is_printed(leadbridge):
    """It is one JSON document that knows the keys."""
    assert "routes" in json.loads(leadbridge("config", "schema").stdout)["properties"]
