"""What `leadbridge preview` reports the target beforehand: from live reads only, and nothing anywhere is changed."""

import hashlib
from datetime import UTC, datetime

import pytest

from bridge.preview import rehearsal
from bridge.sandbox.faults import Rule
from tests.cli.conftest import unwrapped

STEPS = [
    {"subject": "Hi {{firstName|there}}", "body": "Loved <b>@{{username}}</b>,<br/>{{nickname}}"},
    {"subject": "Again", "body": "{{RANDOM | Hello | Hey {{firstName}} }}"},
]


@pytest.fixture
def campaign(vendors):
    """The target with two variants of a first mail and a follow-up."""
    found = vendors.world.instantly.campaigns[0]
    steps = [
        {"type": "email", "delay": 2, "variants": STEPS},
        {"type": "email", "delay": 2, "variants": [{"subject": "", "body": "Bye {{lastName}}"}]},
    ]
    found.settings = {"sequences": [{"steps": steps}]}
    return found


def going(leadbridge):
    """The addresses that would go, in their order."""
    request = leadbridge.json("preview", "--samples", "100")[1]["routes"][0]["request"]
    return [lead["email"] for lead in request["leads"]]


def outlook(leadbridge, *more):
    code, document = leadbridge.json("preview", *more)
    assert code == 0
    return document["routes"][0]["outlook"]


def digest(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_only_reads_are_made_and_the_ledger_stays_as_it_is(leadbridge, configure, vendors, folder):
    """Before the first sync no ledger is made; later not one byte of it differs; no one is posted."""
    configure()
    leadbridge("preview", "--html", "page.html")
    assert not (folder / "data").exists()
    leadbridge("sync", "--yes", "--limit", "1")
    before, held = digest(folder / "data"), vendors.report()["instantly"]
    vendors.book.requests.clear()
    assert leadbridge("preview").exit_code == 0
    after = {path: held for path, held in digest(folder / "data").items() if not path.name.endswith("-shm")}
    assert after == {path: held for path, held in before.items() if path in after}
    assert vendors.report()["instantly"] == held
    asked = [name.split(" ", 1)[1] for name in vendors.report()["requests"]]
    assert all(name.startswith("GET ") or name == "POST /api/v2/leads/list" for name in asked)


def test_who_is_there_already_is_counted_and_named(leadbridge, configure, vendors, campaign):
    """In the target, in another campaign, in a list: numbers, names, and what it means; blocked ones are held."""
    configure()
    addresses, instantly, now = going(leadbridge), vendors.world.instantly, datetime.now(UTC)
    instantly.add_person(campaign, addresses[0], now)
    instantly.add_person(instantly.add_campaign("Old friends", 3, now), addresses[1], now)
    instantly.add_person(instantly.lead_list("Scravio inbox"), addresses[2], now)
    instantly.block(addresses[3], now)
    found = outlook(leadbridge)
    there = {one["reason"]: one for one in found["already_there"]}
    assert {reason: one["leads"] for reason, one in there.items()} == {
        "in_target": 1, "in_campaign": 1, "in_list": 1,
    }  # fmt: skip
    assert there["in_campaign"]["where"] == {"Old friends": 1}
    assert there["in_list"]["examples"] == [addresses[2]]
    assert all(one["left_out"] for one in there.values())
    assert found["would_be_taken"] == found["would_go"] - 3 == len(addresses) - 4
    assert found["plan"] == {"room_before": 24_998, "room_after": 24_998 - found["would_be_taken"], "counts": True}
    reported = unwrapped(leadbridge("preview").stdout)
    assert f"left out: was already in another campaign of the workspace: Old friends ({addresses[1]})" in reported
    assert "room for 24,998 more contacts now" in reported


def test_the_forecast_is_what_the_sync_does(leadbridge, configure, vendors, campaign):
    """As many as would be taken are delivered, and the room is as foretold."""
    configure()
    addresses = going(leadbridge)
    vendors.world.instantly.add_person(campaign, addresses[0], datetime.now(UTC))
    vendors.world.instantly.block(addresses[1], datetime.now(UTC))
    found = outlook(leadbridge)
    leadbridge("sync", "--yes")
    (route,) = leadbridge.json("status")[1]["routes"]
    assert route["states"]["delivered"] == found["would_be_taken"]
    assert vendors.report()["instantly"]["room"] == found["plan"]["room_after"]


def test_the_first_mail_is_rendered_for_each_sample(leadbridge, configure, vendors, campaign):
    """Both variants, HTML as text, fallbacks filled, spintax left, open places named."""
    configure()
    messages = outlook(leadbridge, "--samples", "2")["messages"]
    assert [message["variant"] for message in messages] == ["A", "B", "A", "B"]
    first, second = messages[:2]
    assert first["subject"].startswith("Hi ")
    assert "{{" not in first["subject"]
    assert first["body"].endswith("\n{{nickname}}")
    assert "<b>" not in first["body"]
    assert "nickname" in first["open"]
    assert second["body"].startswith("{{RANDOM |")
    reported = leadbridge("preview", "--samples", "1").stdout
    assert "Subject: Hi" in reported
    assert "not filled in: {{nickname}}" in reported
    assert "variant B" in reported


def test_open_variables_are_warned_of_with_their_share(leadbridge, configure, vendors, campaign):
    """Never filled, empty for some, covered by a fallback, new to the campaign: each reported as what it is."""
    configure()
    campaign.variables["platform"] = ""
    found = outlook(leadbridge)
    uses = {use["name"]: use for use in found["variables"]}
    assert uses["nickname"]["filled_by_route"] is False
    assert uses["nickname"]["share"] == 1
    assert uses["firstName"]["fallbacks"] == ["there"]
    assert 0 < uses["firstName"]["share"] < 1
    assert any("{{nickname}}" in warning and "no lead fills it" in warning for warning in found["warnings"])
    assert any("{{lastName}}" in warning and " % of the leads" in warning for warning in found["warnings"])
    assert "username" in found["widens_variables"]
    assert "platform" not in found["widens_variables"]


def test_the_plan_that_is_too_small_is_said(leadbridge, configure, vendors):
    """The room after it would be below nothing: so many would have to wait."""
    configure()
    vendors.world.instantly.lead_limit = 2
    found = outlook(leadbridge)
    assert (found["would_be_taken"], found["plan"]["room_after"]) == (2, 0)
    assert found["no_room_for"] > 0
    reported = leadbridge.json("preview")[1]["routes"][0]["warnings"]
    assert any(f"{found['no_room_for']} leads stay ready and wait for room" in warning for warning in reported)
    assert "room for 2 more contacts now, 0 after it" in unwrapped(leadbridge("preview").stdout)


def test_the_first_touch_is_counted(leadbridge, configure, vendors, campaign):
    """Days, date and the arithmetic; unknown is said where the senders may not be read."""
    configure()
    campaign.settings |= {"daily_limit": 2, "daily_max_leads": 1}
    touch = outlook(leadbridge)["first_touch"]
    assert touch["sending_days"] > 1
    assert touch["last_lead_on"] > f"{datetime.now(UTC):%Y-%m-%d}"
    assert any("at most 1 of them to new people" in sentence for sentence in touch["arithmetic"])
    assert "First message to the last of these" in leadbridge("preview").stdout
    campaign.settings |= {"daily_limit": None}
    vendors.faults.put(Rule("status", "instantly", path="*/accounts", code=403, commit=False))
    found = outlook(leadbridge)
    assert found["first_touch"]["last_lead_on"] is None
    assert any("senders could not be read" in note for note in found["unknown"])
    assert "First message to the last of them: unknown." in leadbridge("preview").stdout


def test_many_leads_are_looked_up_as_far_as_is_reported(leadbridge, configure, vendors, monkeypatch):
    """Beyond the cap no one is asked about, and the output says so."""
    monkeypatch.setattr(rehearsal.Rehearsal.__init__, "__defaults__", (2,))
    configure()
    found = outlook(leadbridge)
    assert found["looked_at"] == 2 < found["would_go"]
    assert found["would_be_taken"] is found["plan"]["room_after"] is found["first_touch"]["last_lead_on"] is None
    reported = unwrapped(leadbridge("preview").stdout)
    assert f"none is there already (only the first of {found['would_go']} were looked up)." in reported
    assert f"and deliver at most {found['would_go']} of them" in reported


def test_every_line_fits_eighty_columns(leadbridge, configure, vendors, campaign):
    """Nothing but the JSON of the request is wider than the terminal."""
    configure()
    vendors.world.instantly.add_person(campaign, going(leadbridge)[0], datetime.now(UTC))
    lines = leadbridge("preview", "--samples", "1").stdout.split("The first request would be")[0].splitlines()
    assert max(map(len, lines)) <= 80


def test_suppressed_people_are_counted_and_named(leadbridge, configure, vendors):
    """Held by the ledger's own list: how many, and a few of them."""
    configure()
    leadbridge("sync", "--yes", "--limit", "1")
    second = going(leadbridge)[0]
    assert leadbridge("suppress", "add", second).exit_code == 0
    code, document = leadbridge.json("preview")
    assert code == 0
    assert document["routes"][0]["suppressed"]["leads"] == 1
    assert document["routes"][0]["suppressed"]["examples"] == [second]


def test_the_cost_of_validating_is_reported_and_not_spent(leadbridge, configure, vendors):
    """What never was validated has a price: reported in numbers and a sentence, and the balance stays as it was."""
    configure()
    for number in range(4):
        vendors.world.scravio.campaigns[0].lead(number).validate(None)
    balance = vendors.world.scravio.credits
    (forecast,) = leadbridge.json("preview")[1]["routes"][0]["validation"]
    assert forecast["never_validated"] >= 4
    assert forecast["credits"] > 0
    assert forecast["would_ask"] is False
    assert "would cost" in unwrapped(leadbridge("preview").stdout)
    assert vendors.world.scravio.credits == balance
    vendors.faults.put(Rule("status", "scravio", path="*/validate/preview", code=403))
    assert "is unknown" in unwrapped(leadbridge("preview").stdout)
