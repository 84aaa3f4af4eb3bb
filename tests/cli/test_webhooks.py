"""`leadbridge webhooks …` as an operator types it, against Instantly's sandbox behind a port."""

import json
from dataclasses import replace

import pytest

from bridge import logs
from bridge.daemon.web.hooks import HEADER
from bridge.sandbox import Sandbox
from bridge.sandbox.server import start
from tests.harness import good_world, second_workspace

NEW, OLD = "n" * 43, "o" * 43
BASE, PATH = "https://hooks.example", "/hooks/instantly/default"


@pytest.fixture
def operator(leadbridge, configure, vendors, monkeypatch):
    """The command, with a route and a secret."""
    configure()
    monkeypatch.setenv("BRIDGE_WEBHOOK_SECRET", OLD)
    return leadbridge


def registered(vendors):
    return [(one.facts["target_hook_url"], one.facts["headers"]) for one in vendors.world.instantly.webhooks]


def test_registering_is_idempotent_and_rotates_the_secret(operator, vendors, monkeypatch):
    """Twice is once; a new secret is written over the old one, and neither is ever shown."""
    first, again = (operator("webhooks", "register", "--url", f"{BASE}/") for _ in range(2))
    assert [(one.exit_code, one.stdout) for one in (first, again)] == [
        (0, f"{BASE}{PATH}: registered\n"),
        (0, f"{BASE}{PATH}: was registered already\n"),
    ]
    assert registered(vendors) == [(BASE + PATH, {HEADER: OLD})]
    monkeypatch.setenv("BRIDGE_WEBHOOK_SECRET", NEW)
    assert "another secret" in operator("webhooks", "list").stdout
    monkeypatch.setenv("BRIDGE_WEBHOOK_SECRET", f"{NEW} {OLD}")
    assert operator("webhooks", "list").stdout.endswith("active\n")
    code, document = operator.json("webhooks", "register", "--url", BASE)
    assert (code, [row["result"] for row in document["webhooks"]]) == (0, ["was registered already"])
    assert registered(vendors) == [(BASE + PATH, {HEADER: NEW})]
    assert NEW not in json.dumps(document) + operator("webhooks", "list", "--json").stdout


def test_they_are_listed_tested_and_removed(operator, vendors):
    """Without one each verb says so; a test that does not arrive is exit 1; `--url` leaves those of other addresses."""
    assert [operator("webhooks", verb).stdout for verb in ("list", "test", "remove")] == [
        "No webhook points at a leadbridge daemon.\n"
    ] * 3
    operator("webhooks", "register", "--url", "https://old.example")
    said = operator("webhooks", "register", "--url", BASE).stdout
    assert "https://old.example/hooks/instantly/default: another one, left as it is" in said
    vendors.world.instantly.webhooks[0].status = -1
    code, document = operator.json("webhooks", "list")
    assert (code, [(row["client"], row["disabled"]) for row in document["webhooks"]]) == (
        0,
        [("default", True), ("default", False)],
    )
    code, document = operator.json("webhooks", "test", "--url", BASE)
    assert (code, [row["arrived"] for row in document["webhooks"]]) == (1, [False])
    assert operator("webhooks", "remove", "--url", "https://old.example").exit_code == 0
    assert [url for url, _ in registered(vendors)] == [BASE + PATH]
    assert "removed" in operator("webhooks", "remove").stdout
    assert registered(vendors) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example",
        "hooks.example",
        "https://",
        f"{BASE}?a=b",
        f"https://me@{BASE[8:]}",
        BASE + PATH,
        "https://[x",
        f"{BASE}:99999",
    ],
)
def test_an_address_that_cannot_work_is_one_sentence(operator, vendors, url):
    """Nothing is registered."""
    result = operator("webhooks", "register", "--url", url)
    assert (result.exit_code, result.stderr.count("--url"), registered(vendors)) == (2, 1, [])


def test_without_a_secret_nothing_is_registered(operator, vendors, monkeypatch):
    """The operator is shown how to make one; a short one is refused."""
    monkeypatch.delenv("BRIDGE_WEBHOOK_SECRET")
    missing = operator("webhooks", "register", "--url", BASE)
    assert (missing.exit_code, "token_hex(32)" in missing.stderr) == (2, True)
    monkeypatch.setenv("BRIDGE_WEBHOOK_SECRET", "short")
    assert operator("webhooks", "register", "--url", BASE).exit_code == 2
    assert registered(vendors) == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_without_the_right_is_shown_what_to_do(operator, vendors, status):
    """One sentence and the next step, in JSON too."""
    vendors.faults.add("status", path="*/webhooks", code=status)
    code, document = operator.json("webhooks", "register", "--url", BASE)
    assert (code, document["status"], document["webhooks"]) == (1, "failed", [])
    assert {401: "does not accept the key", 403: "webhooks"}[status] in document["error"] + document["hint"]
    assert registered(vendors) == []


def test_each_client_has_a_webhook_of_its_own(leadbridge, folder, vendors, monkeypatch):
    """A path for each; one client whose key is missing stops no other, and exit code 3 says that it is not all."""
    other = Sandbox(replace(good_world("Yoga"), instantly=second_workspace()))
    text = "".join(
        f'[[clients]]\nname = "{name}"\nenv = "{name.upper()}_"\n'
        f'[[routes]]\nname = "fitness"\nclient = "{name}"\ntarget = {{ instantly_campaign = "Fitness Q4" }}\n'
        for name in ("acme", "beta", "gamma")
    )
    (folder / "bridge.toml").write_text(text)
    monkeypatch.setenv("BRIDGE_WEBHOOK_SECRET", NEW)
    with start(other) as running:
        for name, url in (("ACME", vendors.url), ("BETA", running.url)):
            monkeypatch.setenv(f"{name}_SCRAVIO_API_KEY", vendors.keys.scravio)
            monkeypatch.setenv(f"{name}_INSTANTLY_API_KEY", vendors.keys.instantly)
            monkeypatch.setenv(f"{name}_INSTANTLY_BASE_URL", url)
        code, document = leadbridge.json("webhooks", "register", "--url", BASE)
    rows = {row["client"]: row.get("url") or row["error"] for row in document["webhooks"]}
    assert code == 3
    assert (rows["acme"], rows["beta"]) == (f"{BASE}/hooks/instantly/acme", f"{BASE}/hooks/instantly/beta")
    assert "GAMMA_INSTANTLY_API_KEY" in rows["gamma"]
    shown = [
        one.facts["headers"][HEADER] for one in (*vendors.world.instantly.webhooks, *other.world.instantly.webhooks)
    ]
    assert len({*shown, NEW}) == 3
    assert logs.without_secrets(" ".join(shown)) == "*** ***"
