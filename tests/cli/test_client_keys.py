"""Isolation at the wire: whatever is typed, a key is only shown to its own vendor, for its own client."""

import os
from collections import Counter
from csv import DictReader
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.cli import FOLDERS
from bridge.sandbox import Sandbox, World, small_world
from bridge.sandbox.instantly import Workspace
from bridge.sandbox.server import start
from tests.cli.conftest import unwrapped
from tests.harness import DELIVERABLE

LONG = "BRIDGE_TEST_LONG" in os.environ
NAMES = ("acme", "beta")
VENDORS = ("scravio", "instantly")


class Agency(Sandbox):
    """One door for both clients: the key says whose account answers, and each request is noted with its key."""

    def __init__(self):
        super().__init__(small_world(datetime.now(UTC)))
        self.parts = {name: Sandbox(_world(number, name)) for number, name in enumerate(NAMES)}
        self.shown = Counter()

    def exchange(self, request):
        vendor = "instantly" if request.path.startswith("/api/v2/") else "scravio"
        words = " ".join(value for name, value in request.headers.items() if name != "user-agent").split()
        keys = [word for word in words if word.split("_")[-1] in NAMES]
        assert len(keys) == 1, request.headers
        kind, _, client = keys[0].removeprefix("sk_live_").partition("_")
        self.shown[client, kind, vendor] += 1
        return self.parts[client].exchange(request)


def _world(number, name):
    now = datetime.now(UTC)
    world = small_world(now, f"Crowd of {name}", leads=4, seed=100 + number, style=DELIVERABLE)
    workspace = Workspace(now - timedelta(days=100 + number), name=name)
    workspace.add_campaign("Fitness Q4", 1, now - timedelta(days=40), ("Hi", "Hello"))
    world.scravio.keys, workspace.keys = {f"sk_live_scravio_{name}"}, {f"instantly_{name}": frozenset({"all:all"})}
    return World(world.scravio, workspace)


@pytest.fixture
def agency(folder, monkeypatch):
    """Two clients with a route each, in included files."""
    (folder / "clients").mkdir()
    (folder / "bridge.toml").write_text('[[include]]\nfiles = "clients/*.toml"\n')
    for name in NAMES:
        monkeypatch.setenv(f"{name.upper()}_SCRAVIO_API_KEY", f"sk_live_scravio_{name}")
        monkeypatch.setenv(f"{name.upper()}_INSTANTLY_API_KEY", f"instantly_{name}")
        (folder / "clients" / f"{name}.toml").write_text(
            f'[[clients]]\nname = "{name}"\nenv = "{name.upper()}_"\n[[routes]]\nname = "fitness"\nclient = "{name}"\n'
            'target = { instantly_campaign = "Fitness Q4" }\n'
        )
    monkeypatch.setenv("BRIDGE_DOUBT_WAIT", "0")
    made = Agency()
    with start(made) as running:
        monkeypatch.setenv("SCRAVIO_BASE_URL", f"{running.url}/api")
        monkeypatch.setenv("INSTANTLY_BASE_URL", running.url)
        yield made


def typed(agency, client):
    """Every verb that may ask a vendor, as it is typed for one client."""
    campaign = agency.parts[client].world.scravio.campaigns[0]
    first, last = (campaign.lead(number).row["email"] for number in (0, 3))
    return [
        ("check",),
        ("preview", "--samples", "1"),
        ("sync", "--yes"),
        ("status",),
        ("feedback",),
        ("settle",),
        ("retry",),
        ("reconcile",),
        ("delivered",),
        ("report",),
        ("credits",),
        ("campaigns", "list"),
        ("campaigns", "show", campaign.id),
        ("campaigns", "create", "--type", "INSTAGRAM_HASHTAG", "--hashtag", "yoga", "--emails", "5", "--title", "Yoga",
         "--yes"),
        ("test-lead", f"{client}/fitness", "--to", f"me@{client}.example", "--yes"),
        ("suppress", "add", first),
        ("forget", last, "--dry-run"),
        ("forget", last, "--yes"),
        ("webhooks", "list"),
    ]  # fmt: skip


def test_a_verb_of_one_client_shows_no_other_clients_key(leadbridge, agency):
    """Every verb that asks a vendor, with `--client`: only that client's keys go out, each to its own vendor.

    Usually for the second client, which a fallback to the first would betray; BRIDGE_TEST_LONG=1 plays both.
    """
    verbs = {verb for _, some in FOLDERS.values() for verb in some}
    for client in NAMES if LONG else NAMES[-1:]:
        for arguments in typed(agency, client):
            assert arguments[0] in verbs
            agency.shown.clear()
            result = leadbridge(*arguments, "--client", client)
            assert result.exit_code in (0, 3), (arguments, result.exit_code, result.stdout, result.stderr)
            assert "Traceback" not in result.stderr
            assert set(agency.shown) <= {(client, vendor, vendor) for vendor in VENDORS}, arguments


def test_a_verb_over_all_clients_shows_each_key_to_its_own_vendor(leadbridge, agency):
    """Without `--client` both clients' keys go out, never to the other vendor."""
    for arguments in (("check",), ("sync", "--yes"), ("feedback",), ("reconcile",), ("report",), ("credits",)):
        agency.shown.clear()
        result = leadbridge(*arguments)
        assert result.exit_code == 0, (arguments, result.stdout, result.stderr)
        assert set(agency.shown) <= {(client, vendor, vendor) for client in NAMES for vendor in VENDORS}
        assert {client for client, _, _ in agency.shown} == set(NAMES), arguments


def test_clients_with_one_account_share_a_months_credits(leadbridge, agency, monkeypatch, folder):
    """One Scravio key: the parts of JSON, CSV and page add up to what delivered campaigns cost, and say what they are.

    So also once one of the clients is gone from bridge.toml: the other one does not pay for its leads.
    """
    monkeypatch.setenv("BETA_SCRAVIO_API_KEY", "sk_live_scravio_acme")
    account = agency.parts["acme"].world.scravio
    campaign, now = account.campaigns[0], datetime.now(UTC)
    one, two = campaign.lead(0).row["email"], campaign.lead(1).row["email"]
    assert leadbridge("suppress", "add", one, "--client", "beta").exit_code == 0
    assert leadbridge("suppress", "add", two, "--client", "beta").exit_code == 0
    assert leadbridge("sync", "--yes").exit_code == 0
    account.transactions.clear()
    for at, amount, of in ((now, -6, campaign.id), (now, -5, "65f0000000000000000000ff"),
                           (now - timedelta(days=40), -100, campaign.id)):  # fmt: skip
        account.book("EMAIL_VALIDATION_DEDUCTION", amount, at, of)
    asked = ("report", "--month", f"{now:%Y-%m}")
    months = {month["client"]: month for month in leadbridge.json(*asked)[1]["months"]}
    parts = {"acme": 4, "beta": 2}  # four of six deliveries, and two
    assert {name: month["credits"] for name, month in months.items()} == parts
    said = "shared equally by its delivered leads as of now. A campaign without a delivered lead is left out."
    for name, part in parts.items():
        assert months[name]["credits_of"].endswith(said)
        assert leadbridge(*asked, "--client", name, "--csv", f"{name}.csv").exit_code == 0
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8-sig") as file:
            rows = {row["measure"]: row for row in DictReader(file)}
        assert (float(rows["credits"]["number"]), rows["credits, of what"]["of"][-20:]) == (part, said[-20:])
        assert leadbridge(*asked, "--client", name, "--html", f"{name}.html").exit_code == 0
        assert f"Credits: {part:,.1f}. " in (folder / f"{name}.html").read_text()
        assert said in (folder / f"{name}.html").read_text()
    _, report = leadbridge.json("report", "--by", "client")
    assert sum(row["credits"] for row in report["rows"]) == 106
    (folder / "clients" / "beta.toml").unlink()
    (month,) = leadbridge.json(*asked)[1]["months"]
    assert (month["client"], month["credits"]) == ("acme", 4 + 5)  # alone with the account by now


def test_two_checks_one_after_the_other_find_one_workspace(leadbridge, agency, folder, monkeypatch):
    """The first `check` makes the ledger and records the workspace; the second client's is refused, before any run.

    So also where the first one's target is missing. `db copy` takes a target in which only a check was made.
    """
    monkeypatch.setenv("BETA_INSTANTLY_API_KEY", "instantly_acme")
    for name in NAMES:
        file = folder / "clients" / f"{name}.toml"
        file.write_text(file.read_text().replace("Fitness Q4", "Not there") if name == "acme" else file.read_text())
    assert leadbridge("check", "--client", "acme").exit_code == 1
    assert (folder / "data" / "bridge.db").is_file()
    result = leadbridge("check", "--client", "beta")
    said = 'Client "beta" would deliver into workspace'
    assert (result.exit_code, said in unwrapped(result.stdout)) == (1, True)
    code, document = leadbridge.json("sync", "--yes", "--client", "beta")
    assert (code, document["routes"][0]["status"], said in document["routes"][0]["error"]) == (1, "blocked", True)
    assert leadbridge("status").exit_code == 0
    acme, beta = (folder / "clients" / f"{name}.toml" for name in NAMES)
    acme.write_text(acme.read_text().replace("Not there", "Fitness Q4"))
    assert leadbridge("sync", "--yes", "--client", "acme").exit_code == 0  # the other one's check took nothing from it
    beta.write_text(beta.read_text().replace("[[routes]]", "shared = true\n[[routes]]"))
    assert said in unwrapped(leadbridge("sync", "--yes", "--client", "beta").stdout)  # acme does not share
    acme.write_text(acme.read_text().replace("[[routes]]", "shared = true\n[[routes]]"))
    assert leadbridge("sync", "--yes", "--client", "beta").exit_code == 0
    beta.write_text(beta.read_text().replace("shared = true", ""))
    for name in NAMES:  # from now on they share no more
        assert "would deliver into workspace" in unwrapped(leadbridge("sync", "--client", name).stdout)
    (folder / "data" / "bridge.db").rename(folder / "data" / "old.db")
    leadbridge("check", "--client", "acme")
    monkeypatch.setenv("BRIDGE_DATABASE_URL", f"sqlite:///{folder}/data/old.db")
    result = leadbridge("db", "copy", "--to", f"sqlite:///{folder}/data/bridge.db")
    assert result.exit_code == 0, result.stderr


def test_clients_with_one_account_see_what_each_has_spent(leadbridge, agency, monkeypatch):
    """One Scravio key for both: one account, its balance once, and a campaign's credits shared by delivered leads."""
    monkeypatch.setenv("BETA_SCRAVIO_API_KEY", "sk_live_scravio_acme")
    campaign = agency.parts["acme"].world.scravio.campaigns[0]
    campaign.lead(0).validate(None)
    assert leadbridge("sync", "--yes").exit_code == 0
    assert leadbridge("validate", "--campaign", campaign.id, "--yes", "--client", "acme").exit_code == 0
    code, account = leadbridge.json("credits")
    (spent,) = [one["credits"] for one in account["campaigns"]]
    assert (code, account["clients"], account["by_client"]) == (0, ["acme", "beta"], dict.fromkeys(NAMES, -spent / 2))
    _, report = leadbridge.json("report", "--by", "client")
    assert {row["client"]: row["credits"] for row in report["rows"]} == account["by_client"]
    _, of_one = leadbridge.json("report", "--by", "client", "--client", "beta")
    assert [row["credits"] for row in of_one["rows"]] == [-spent / 2]
    assert "Spent by client" in leadbridge("credits").stdout


def test_the_workspace_behind_a_key_is_known_from_the_first_check(leadbridge, agency, monkeypatch):
    """A key of the other client's workspace is refused by `check`, and before every write."""
    monkeypatch.setenv("BETA_INSTANTLY_API_KEY", "instantly_acme")
    result = leadbridge("check")  # both are seen side by side
    assert (result.exit_code, 'which is that of client "acme"' in unwrapped(result.stdout)) == (1, True)
    monkeypatch.setenv("BETA_INSTANTLY_API_KEY", "instantly_beta")
    assert leadbridge("check").exit_code == 0
    monkeypatch.setenv("ACME_INSTANTLY_API_KEY", "instantly_beta")
    _, document = leadbridge.json("sync", "acme/fitness", "--yes")
    assert document["routes"][0]["error"].endswith('which is that of client "beta".')
    assert agency.parts["beta"].report()["created"] == 0
    monkeypatch.setenv("ACME_INSTANTLY_API_KEY", "instantly_acme")
    assert leadbridge("sync", "--yes").exit_code == 0


def nameless(document, path=""):
    """Where a document names a route and no client."""
    if isinstance(document, dict):
        if isinstance(document.get("route"), str) and not document.get("client"):
            yield path
        for key, value in document.items():
            yield from nameless(value, f"{path}.{key}")
    for number, value in enumerate(document if isinstance(document, list) else ()):
        yield from nameless(value, f"{path}[{number}]")


def test_every_document_that_names_a_route_names_its_client(leadbridge, agency, folder):
    """Each verb's JSON, at every depth, and each CSV file; the daemon's /readyz says it too."""
    campaign = agency.parts["beta"].world.scravio.campaigns[0]
    address = campaign.lead(0).row["email"]
    assert leadbridge("suppress", "add", campaign.lead(1).row["email"]).exit_code == 0
    assert leadbridge("sync", "--yes").exit_code == 0
    asked = [
        ("sync",), ("preview",), ("status",), ("runs",), ("feedback",), ("settle",), ("retry",), ("reconcile",),
        ("explain", address), ("delivered",), ("rejects",), ("report", "--by", "route"), ("brake", "list"),
        ("pause", "beta/fitness"), ("resume", "beta/fitness"), ("forget", address, "--dry-run"),
        ("campaigns", "list", "--client", "beta"), ("campaigns", "show", campaign.id, "--client", "beta"),
        ("test-lead", "beta/fitness", "--to", "me@beta.example", "--yes"), ("client", "list"),
    ]  # fmt: skip
    for arguments in asked:
        _, document = leadbridge.json(*arguments)
        assert list(nameless(document)) == [], arguments
    assert document
    for arguments in (("delivered",), ("rejects",), ("reconcile",), ("report", "--by", "route")):
        leadbridge(*arguments, "--csv", "out.csv", "--force")
        with (folder / "out.csv").open(newline="", encoding="utf-8-sig") as file:
            rows = list(DictReader(file))
        assert all(row["client"] == row["route"].partition("/")[0] for row in rows)
        assert rows or arguments == ("reconcile",)


def test_what_was_recorded_of_a_removed_client_keeps_no_other_out(leadbridge, agency, monkeypatch, folder):
    """A client that was only checked leaves the file: the next `check` of another one with its workspace is well."""
    monkeypatch.setenv("BETA_INSTANTLY_API_KEY", "instantly_acme")
    assert leadbridge("check", "--client", "acme").exit_code == 0
    assert leadbridge("check", "--client", "beta").exit_code == 1
    (folder / "clients" / "acme.toml").unlink()
    assert leadbridge("check", "--client", "beta").exit_code == 0
    assert leadbridge("sync", "--yes").exit_code == 0


def test_every_step_on_a_route_names_its_client(leadbridge, agency, folder):
    """`settle`, `retry`, `reconcile` and `feedback` in JSON; a retired route that never delivered stops no pattern."""
    assert leadbridge("sync", "--yes").exit_code == 0
    for verb in ("settle", "retry", "reconcile", "feedback"):
        _, document = leadbridge.json(verb)
        assert {one["route"]: one["client"] for one in document["routes"]} == {f"{one}/fitness": one for one in NAMES}
    file = folder / "clients" / "acme.toml"
    text = file.read_text()
    file.write_text(
        text.replace('"fitness"', '"gone"').replace("[[routes]]", '[[routes]]\nsource = { title = "none*" }')
    )
    assert leadbridge("sync", "acme/*", "--yes").exit_code == 0
    file.write_text(text)
    code, document = leadbridge.json("reconcile", "acme/*")
    assert (code, {one["route"]: one["status"] for one in document["routes"]}) == (
        0,
        {"acme/fitness": "ok", "acme/gone": "ok"},
    )
    assert "acme/gone: nothing was ever delivered." in leadbridge("reconcile", "acme/gone").stdout


def test_a_test_lead_reaches_the_workspace_of_its_route(leadbridge, agency):
    """A name of several routes is refused; who is suppressed for one client may get the other's test lead."""
    me = "me@example.org"
    assert leadbridge("suppress", "add", me, "--client", "acme").exit_code == 0
    refused = leadbridge("test-lead", "fitness", "--to", me, "--yes")
    assert (refused.exit_code, "is a route of several clients" in unwrapped(refused.stderr)) == (2, True)
    assert "is suppressed" in unwrapped(leadbridge("test-lead", "acme/fitness", "--to", me, "--yes").stderr)
    agency.shown.clear()
    code, document = leadbridge.json("test-lead", "beta/fitness", "--to", me, "--yes")
    assert (code, document["client"], document["state"]) == (0, "beta", "delivered")
    assert {client for client, _, _ in agency.shown} == {"beta"}
    assert [len(agency.parts[name].world.instantly.of_email(me)) for name in NAMES] == [0, 1]


def test_a_copy_of_the_ledger_keeps_the_clients_apart(leadbridge, agency, folder, monkeypatch):
    """`db copy` and `db backup`: both clients' routes, deliveries and own suppressions; the next sync sends nothing."""
    assert leadbridge("sync", "--yes").exit_code == 0
    assert leadbridge("suppress", "add", "one@else.example", "--client", "beta").exit_code == 0
    before = [leadbridge.json("status")[1]["clients"], leadbridge.json("suppress", "list")[1]]
    for arguments in (("copy", "--to", "sqlite:///copy.db"), ("backup", "backup.db")):
        assert leadbridge("db", *arguments).exit_code == 0
    for name in ("copy.db", "backup.db"):
        monkeypatch.setenv("BRIDGE_DATABASE_URL", f"sqlite:///{folder}/{name}")
        assert [leadbridge.json("status")[1]["clients"], leadbridge.json("suppress", "list")[1]] == before
        _, document = leadbridge.json("sync", "--yes")
        assert {one["route"]: (one["status"], one["delivered_now"]) for one in document["routes"]} == {
            f"{one}/fitness": ("ok", 0) for one in NAMES
        }


def test_status_is_grouped_by_client(leadbridge, agency):
    """A line with the sums above each client's routes, and the same in JSON; an exported entry names its client."""
    assert leadbridge("sync", "--yes").exit_code == 0
    shown = leadbridge("status").stdout
    heads = [line for line in shown.splitlines() if line.startswith("client ")]
    assert heads == [f"client {name}: 1 route, 4 leads known, 4 delivered" for name in NAMES]
    assert "client acme" not in leadbridge("status", "--client", "acme").stdout
    _, document = leadbridge.json("status")
    assert [(one["client"], one["routes"], one["states"]["delivered"]) for one in document["clients"]] == [
        ("acme", 1, 4),
        ("beta", 1, 4),
    ]
    assert leadbridge("suppress", "add", "one@else.example", "--client", "beta").exit_code == 0
    assert leadbridge("suppress", "export", "list.csv").exit_code == 0
    assert Path("list.csv").read_text().splitlines()[-1].endswith(",beta")


def test_an_account_that_cannot_be_read_leaves_the_other(leadbridge, agency, monkeypatch):
    """Two accounts are two entries; one client's wrong key is said, and the command ends with 3."""
    monkeypatch.delenv("BETA_SCRAVIO_API_KEY")
    code, document = leadbridge.json("credits")
    assert (code, [one["clients"] for one in document["accounts"]]) == (3, [["acme"], ["beta"]])
    assert document["accounts"][1]["error"].startswith("BETA_SCRAVIO_API_KEY is not set")
    assert leadbridge("credits", "--client", "beta").exit_code == 2
