"""Several clients in one installation: each has its own keys, workspace and routes, over one ledger."""

from collections import Counter
from dataclasses import dataclass, field, replace

import httpx
import pytest

from bridge import checkup, ledger, preview
from bridge.api import ignore, observe
from bridge.app import App, Wiring
from bridge.cli.spending import asking
from bridge.config import Configuration
from bridge.config.environment import Environment
from bridge.config.settings import Settings
from bridge.daemon.web.metrics import Metrics
from bridge.errors import Busy, ConfigProblem, Denied
from bridge.hygiene import blocking
from bridge.ledger import intent as intents
from bridge.ledger.intents import portions, validations
from bridge.ledger.people import suppressions
from bridge.ledger.people.entries import Suppression
from bridge.ledger.upkeep import erasing
from bridge.model import Budget, Client, ValidationRequest, retired_route
from bridge.operations import create_campaign, promote
from bridge.reports import targets
from bridge.sandbox import World, small_world
from tests.harness import DELIVERABLE, START, Operator, good_world, route, second_workspace

ACME, BETA = Client("acme", "ACME_"), Client("beta", "BETA_")
KEYS = {
    "ACME_SCRAVIO_API_KEY": "sk_live_acme",
    "ACME_INSTANTLY_API_KEY": "acme-instantly",
    "BETA_SCRAVIO_API_KEY": "sk_live_beta",
    "BETA_INSTANTLY_API_KEY": "beta-instantly",
}


@dataclass
class Agency:
    """Two clients, each with a sandbox of its own that only its own keys open."""

    acme: Operator
    beta: Operator
    keys: dict = field(default_factory=lambda: dict(KEYS))
    seen: list = field(default_factory=list)
    broken: str = ""

    def carry(self, request):
        """Whose key it is, to which vendor it was shown, and that client's answer."""
        vendor = "SCRAVIO" if "scravio" in request.url.host else "INSTANTLY"
        shown = " ".join(request.headers.values())
        name = next(name for name, key in self.keys.items() if key in shown)
        self.seen.append((name, vendor))
        client = name.split("_")[0].lower()
        if client == self.broken:
            return httpx.Response(401, json={"error": "Unauthorized"})
        operator = getattr(self, client)
        given = "sk_live_sandbox" if vendor == "SCRAVIO" else "sandbox-key"
        headers = {head: value.replace(self.keys[name], given) for head, value in request.headers.items()}
        carried = httpx.Request(request.method, request.url, headers=headers, content=request.content)
        return operator.sandbox.transport().handle_request(carried)

    def app(self, tmp_path, *routes, clients=(ACME, BETA)):
        clock = self.acme.clock
        wiring = Wiring(httpx.MockTransport(self.carry), clock=clock.now, ledger_clock=clock.now, pause=clock.sleep)
        settings = Settings(database_url=self.acme.database_url, environment=Environment(tmp_path, self.keys, {}))
        return App(settings, Configuration(routes, clients=clients), wiring)


def of(client, name="fitness", **more):
    return replace(route(client.route(name), **more), client=client.name)


@pytest.fixture
def agency(tmp_path):
    acme = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world("First", leads=6))
    # Another seed makes other ids: two clients' campaigns never share one.
    theirs = small_world(START, "Second", leads=4, seed=4, style=DELIVERABLE)
    beta = Operator(acme.database_url, World(theirs.scravio, second_workspace()), acme.clock)
    return Agency(acme, beta)


def statuses(reports):
    return {report.route: (report.status, report.sent) for report in reports}


def test_a_key_only_reaches_its_own_vendor_and_client(agency, tmp_path):
    """Two routes of one name: each client's leads go into its own workspace, by its own keys alone."""
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        assert statuses(app.sync(app.configuration.routes)) == {"acme/fitness": ("ok", 6), "beta/fitness": ("ok", 4)}
        assert ledger.route_clients(app.db) == {"acme/fitness": "acme", "beta/fitness": "beta"}
    assert {(name.split("_")[1], vendor) for name, vendor in agency.seen} == {
        ("SCRAVIO", "SCRAVIO"),
        ("INSTANTLY", "INSTANTLY"),
    }
    assert (len(agency.acme.people()), len(agency.beta.people())) == (6, 4)


def test_the_target_that_a_clients_leads_went_to_is_its_current_one(agency, tmp_path):
    """`status` calls no target of a named client an earlier one while bridge.toml still names it."""
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        app.sync(app.configuration.routes)
        for one, record in zip(app.configuration.routes, ledger.route_records(app.db), strict=True):
            assert targets.lines(one.target, record) == []
            assert [shown["is_current"] for shown in targets.document(one.target, record)] == [True]


def test_one_clients_refused_key_stops_no_one_else(agency, tmp_path):
    """A 401 of the first client blocks its route; the second one's leads go."""
    agency.broken = "acme"
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        first, second = app.sync(app.configuration.routes)
        assert (first.status, first.client, first.sent) == ("blocked", "acme", 0)
        assert (second.status, second.client, second.sent) == ("ok", "beta", 4)


def test_a_request_is_counted_for_the_client_whose_key_it_shows(agency, tmp_path):
    """In the metrics, as the wire saw it; also where two clients have one key."""
    agency.keys["BETA_SCRAVIO_API_KEY"] = agency.keys["ACME_SCRAVIO_API_KEY"]
    metrics = Metrics()
    observe(metrics)
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        app.sync(app.configuration.routes)
    ignore(metrics)
    counted = Counter()
    for family in metrics.registry.collect():
        for one in (sample for sample in family.samples if sample.name == "leadbridge_requests_total"):
            counted[one.labels["client"], one.labels["vendor"]] += int(one.value)
    assert {client for client, _ in counted} == {"acme", "beta"}
    by_key = Counter(name.split("_")[0].lower() for name, vendor in agency.seen if vendor == "INSTANTLY")
    assert by_key == {client: counted[client, "instantly"] for client in ("acme", "beta")}
    assert counted["acme", "scravio"] + counted["beta", "scravio"] == len(agency.seen) - by_key.total()


def test_two_clients_in_one_workspace_are_refused_unless_both_share_it(agency, tmp_path):
    """The second client's key opens the first one's workspace: nothing is written before `shared` says so."""
    agency.beta = agency.acme
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        first, second = app.sync(app.configuration.routes)
        assert (first.status, second.status) == ("ok", "blocked")
        assert second.error.startswith('Client "beta" would deliver into workspace ')
        assert "shared = true" in second.hint
    shared = [replace(of(client), shared=True) for client in (ACME, BETA)]
    with agency.app(tmp_path, *shared) as app:
        assert {report.status for report in app.sync(app.configuration.routes)} == {"ok"}
    agency.acme.assert_promises()


def test_two_clients_with_one_source_key_share_its_budget(agency, tmp_path):
    """One API client and one throttle serve both; each client's target has its own."""
    agency.keys["BETA_SCRAVIO_API_KEY"] = agency.keys["ACME_SCRAVIO_API_KEY"]
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        app.sync(app.configuration.routes)
        assert sorted(vendor.name for vendor, _ in app.pool.throttles.values()) == ["instantly", "instantly", "scravio"]


def test_two_clients_with_one_source_key_list_and_read_its_campaigns_once(agency, tmp_path):
    """The list is asked for once, and a campaign that one client's route has read is not read for the other's."""
    agency.keys["BETA_SCRAVIO_API_KEY"] = agency.keys["ACME_SCRAVIO_API_KEY"]
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        assert [(report.sent, report.status) for report in app.sync(app.configuration.routes)] == [(6, "ok"), (6, "ok")]
    assert agency.acme.calls("GET /api/campaigns") == 3  # the list, the one page of leads, the detail after it


def test_one_clients_creation_is_not_anothers(agency, tmp_path):
    """The same title at two clients is two campaigns; a second request of one client finds its own."""
    body = {"type": "INSTAGRAM_HASHTAG", "title": "Yoga", "targetEmails": 10, "inputs": {"hashtags": ["yoga"]}}
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        made = {}
        for client in ("acme", "beta", "acme"):
            part = app.of(client)
            api, ordering = asking.scravio(part), asking.ordering(part)
            found = create_campaign.standing(app.db, api, client, "Yoga", 0.0)
            if found is None:
                made[client] = create_campaign.create(app.db, ordering, client, body, "", 0).id
        assert found == create_campaign.Found(made["acme"], ours=True)
    created = [[one.facts["title"] for one in client.world.scravio.campaigns] for client in (agency.acme, agency.beta)]
    assert created == [["First", "Yoga"], ["Second", "Yoga"]]
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        assert [one.client for one in intents.intents(app.db, intents.Kind.CREATION)] == ["acme", "beta"]


def test_spending_takes_turns_within_a_client_and_an_account(agency, tmp_path):
    """A second command of the client waits, another client's does not, unless both have one Scravio key."""

    def waits(client):
        try:
            with asking.one_at_a_time(app.of(client)):
                return ""
        except Busy as busy:
            return busy.message

    with agency.app(tmp_path, of(ACME), of(BETA)) as app, asking.one_at_a_time(app.of("acme")):
        assert "asking Scravio for something that costs credits" in waits("acme")
        assert waits("beta") == ""
    agency.keys["BETA_SCRAVIO_API_KEY"] = agency.keys["ACME_SCRAVIO_API_KEY"]
    with agency.app(tmp_path, of(ACME), of(BETA)) as app, asking.one_at_a_time(app.of("acme")):
        assert waits("beta") != ""
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        assert waits("beta") == ""


def test_a_validation_is_asked_about_by_the_key_that_ordered_it(agency, tmp_path):
    """Another client's key would call the campaign deleted. Each client has its own portion under way."""
    for client in (agency.acme, agency.beta):
        for campaign in client.world.scravio.campaigns:
            campaign.lead(0).validate(None)
    paying = replace(of(ACME), validation=ValidationRequest("when_missing", Budget(100, 100, 100)))
    with agency.app(tmp_path, paying, of(BETA)) as app:
        app.sync([paying])
        (row,) = validations.open_validations(app.db, "acme")
        assert (row.client, validations.open_validations(app.db, "beta")) == ("acme", [])
        agency.acme.clock.forward(minutes=5)
        agency.seen.clear()
        assert statuses(app.sync([of(BETA)])) == {"beta/fitness": ("ok", 3)}
        assert {name.split("_")[0] for name, _ in agency.seen} == {"BETA"}
        assert validations.open_validations(app.db, "acme") == [row]
        now = agency.acme.clock.now()
        begun = [
            portions.begin_portion(app.db, "f", "f.csv", [f"{client}@x.example"], 1, now, now, client)
            for client in ("acme", "beta", "beta")
        ]
        assert [bool(number) for number in begun] == [True, True, False]
        assert portions.open_portion(app.db, "beta").id == begun[1]


def test_a_removed_clients_leads_are_asked_for_with_no_other_key(agency, tmp_path):
    """A client that left the file with leads in doubt: no other client's key is shown for it, and it is said."""
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        agency.acme.sandbox.faults.add("cut", vendor="instantly", path="*/leads/add", commit=True, times=1)
        app.sync(app.configuration.routes)
    agency.acme.clock.forward(minutes=5)
    agency.seen.clear()
    with agency.app(tmp_path, of(BETA), clients=(BETA,)) as app:
        (settled,) = app.settle([retired_route("acme/fitness", "acme")])
        assert 'Client "acme" is no longer in bridge.toml' in str(settled)
        assert {report.status for report in app.sync(app.configuration.routes)} == {"ok"}
    assert {name.split("_")[0] for name, _ in agency.seen} == {"BETA"}


def test_a_suppression_for_one_client_holds_for_no_other(agency, tmp_path):
    """The same person is held on the routes of the client that may not write to them, and goes on the other's."""
    agency.beta = Operator(agency.acme.database_url, World(agency.acme.world.scravio, second_workspace()))
    jane = agency.acme.world.scravio.campaigns[0].lead(0).row["email"]
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        read = blocking.read(jane)
        app.suppress([Suppression(read.kind, read.value, "asked acme", client="acme")])
        assert [report.sent for report in app.sync(app.configuration.routes)] == [5, 6]
        assert [entry.client for entry in suppressions.entries_about(app.db, read.value)] == ["acme"]
        assert suppressions.remove(app.db, read.value) is None
        assert suppressions.remove(app.db, read.value, "acme")
        app.ask_again()
        assert [report.sent for report in app.sync(app.configuration.routes)] == [1, 0]
        app.suppress([Suppression(read.kind, read.value, "asked everyone")])
        assert (
            ledger.suppressed(app.db, [read.value], "acme") == ledger.suppressed(app.db, [read.value], "beta") != set()
        )


def test_a_clients_block_list_holds_for_its_own_routes(agency, tmp_path):
    """What stands on the block list of one workspace is copied for that client alone, and leaves with its entry."""
    agency.beta = Operator(agency.acme.database_url, World(agency.acme.world.scravio, second_workspace()))
    jane = agency.acme.world.scravio.campaigns[0].lead(0).row["email"]
    agency.acme.world.instantly.block(jane, agency.acme.clock.now())
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        assert [report.sent for report in app.sync(app.configuration.routes)] == [5, 6]


def test_one_clients_missing_key_stops_no_one_else(agency, tmp_path):
    """Every step over all routes blocks that client's with the sentence; alone, or all of them, it raises."""
    both = of(ACME), of(BETA)
    with agency.app(tmp_path, *both) as app:
        app.sync(both)
    del agency.keys["ACME_INSTANTLY_API_KEY"]
    with agency.app(tmp_path, *both) as app:
        for found in (app.sync(both), app.reconcile(both), app.feedback(both)):
            first, second = found
            assert (first.status, second.status) == ("blocked", "ok")
            assert first.error.startswith("ACME_INSTANTLY_API_KEY is not set")
        first, second = preview.run(app, both, 1)
        assert (first.client, second.error, second.leads_read) == ("acme", "", 4)
        assert first.error.startswith("ACME_INSTANTLY_API_KEY is not set")
        found = [one for one in checkup.run(app) if one.level == "bad"]
        assert [one.name for one in found] == ["acme/fitness: target", "acme plan"][: len(found)]
        assert list(app.blocked_clients()) == ["acme"]
        with pytest.raises(ConfigProblem, match="ACME_INSTANTLY_API_KEY"):
            app.sync(both[:1])
    del agency.keys["ACME_SCRAVIO_API_KEY"]
    with agency.app(tmp_path, *both) as app:
        assert [step.status for step in app.settle(both)] == ["blocked", "ok"]
        del agency.keys["BETA_SCRAVIO_API_KEY"]
    with agency.app(tmp_path, *both) as app, pytest.raises(ConfigProblem, match="ACME_SCRAVIO_API_KEY"):
        app.blocked_clients()


def test_a_person_is_erased_in_the_workspaces_of_all_clients(agency, tmp_path):
    """Each client's workspace is searched; without one client's key the other's is done, and the rest is named."""
    agency.beta = Operator(agency.acme.database_url, World(agency.acme.world.scravio, second_workspace()))
    jane, john = (agency.acme.world.scravio.campaigns[0].lead(number).row["email"] for number in (0, 1))
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        app.sync(app.configuration.routes)
        agency.acme.clock.forward(minutes=5)
        done = app.eraser(asked_by="test").forget(jane)
        assert (done.status, len(done.deleted), done.left) == ("done", 2, ())
        assert jane not in {*agency.acme.people(), *agency.beta.people()}
    del agency.keys["ACME_INSTANTLY_API_KEY"]
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        done = app.eraser(asked_by="test").forget(john)
        assert (done.status, len(done.deleted)) == ("partial", 1)
        assert [left.where for left in done.left] == ['every target of client "acme"']
        assert done.clients == {"acme": False, "beta": True}
        states = {one.route: (one.state, bool(one.address)) for one in erasing.traces(app.db, john).deliveries}
        assert states == {"acme/fitness": ("delivered", True), "beta/fitness": ("held", False)}


def test_one_client_forgets_a_person_that_another_still_knows(agency, tmp_path):
    """Its workspace and its deliveries are erased, and its export shows no other's; the other client sees no change."""
    agency.beta = Operator(agency.acme.database_url, World(agency.acme.world.scravio, second_workspace()))
    jane = agency.acme.world.scravio.campaigns[0].lead(0).row["email"]
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        app.sync(app.configuration.routes)
        agency.acme.clock.forward(minutes=5)
        whole = app.eraser(asked_by="test").everything_about(jane)
        agency.seen.clear()
        eraser = app.eraser(asked_by="test", client="acme")
        reported = eraser.everything_about(jane)
        assert [len(each["ledger"]["deliveries"]) for each in (whole, reported)] == [2, 1]
        assert [len(each["targets"]) for each in (whole, reported)] == [2, 1]
        done = eraser.forget(jane)
        assert {name for name, _ in agency.seen} == {"ACME_INSTANTLY_API_KEY"}
        assert (done.status, len(done.deleted), done.clients) == ("done", 1, {"acme": True})
        assert (jane in agency.acme.people(), jane in agency.beta.people()) == (False, True)
        states = {one.route: (one.state, bool(one.address)) for one in erasing.traces(app.db, jane).deliveries}
        assert states == {"acme/fitness": ("held", False), "beta/fitness": ("delivered", True)}
        assert [bool(ledger.suppressed(app.db, [jane], client)) for client in ("acme", "beta")] == [True, False]
        agency.acme.clock.forward(days=1)
        assert [report.sent for report in app.sync(app.configuration.routes)] == [0, 0]
        assert app.eraser(asked_by="test").forget(jane).status == "done"
        assert erasing.traces(app.db, jane).deliveries == ()


def test_a_lead_that_one_client_alone_knows_is_scrubbed_with_it(agency, tmp_path):
    """Its facts go, and the next sweep of the campaign does not bring them back."""
    jane = agency.acme.world.scravio.campaigns[0].lead(0).row["email"]
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        app.sync(app.configuration.routes)
        agency.acme.clock.forward(minutes=5)
        done = app.eraser(asked_by="test", client="acme").forget(jane)
        assert (done.status, len(done.traces.lead_ids)) == ("done", 1)
        agency.acme.world.scravio.campaigns[0].add_lead()
        agency.acme.clock.forward(days=1)
        app.sync(app.configuration.routes)
        assert erasing.traces(app.db, jane).lead_ids == ()


def test_a_list_is_promoted_into_no_campaign_of_another_client(agency, tmp_path):
    """Neither of another workspace, nor one that another client delivers to, unless both share the workspace."""
    inbox = of(ACME, "inbox", ref="Scravio inbox", kind="list")
    with agency.app(tmp_path, inbox, of(BETA)) as app:
        app.sync(app.configuration.routes)
        theirs = agency.beta.world.instantly.campaigns[0].id
        with pytest.raises(Denied, match="does not exist in this workspace"):
            promote.look(app.of("acme").resources(), "acme", "Scravio inbox", theirs)
        with pytest.raises(ConfigProblem, match="by this client"):
            promote.look(app.of("beta").resources(), "beta", "Scravio inbox", "Fitness Q4")
    agency.beta = Operator(agency.acme.database_url, World(agency.beta.world.scravio, agency.acme.world.instantly))
    shared = [replace(one, shared=True) for one in (ACME, BETA)]
    other = replace(of(BETA, "other", ref=agency.acme.world.instantly.campaigns[0].id), shared=True)
    with agency.app(tmp_path, replace(inbox, shared=True), other, clients=shared) as app:
        app.sync(app.configuration.routes)
        found = promote.look(app.of("acme").resources(), "acme", "Scravio inbox", "Fitness Q4")
        assert promote.promote(app.of("acme").resources(), found, look_only=True).would == 6
    with agency.app(tmp_path, inbox, of(BETA)) as app, pytest.raises(Denied, match='is a target of client "beta"'):
        promote.look(app.of("acme").resources(), "acme", "Scravio inbox", "Fitness Q4")
