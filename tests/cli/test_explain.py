"""`leadbridge explain`: any spelling finds the lead, and its story is whole."""

from datetime import timedelta

import pytest

from bridge import ledger
from bridge.model import Hold, Origin, Outcome, Reason, State
from tests.cli.conftest import unwrapped
from tests.ledger.conftest import PLACE

LEAD_KEYS = {"lead_id", "email", "username", "source_campaign", "deliveries"}
DELIVERY_KEYS = {"route", "target", "state", "reason", "reason_source", "remote_id", "sent_at", "history"}


def delivered(bench, leads, remote_id="remote-1"):
    """Record the leads, and deliver all of them in one batch."""
    bench.record(leads)
    ledger.bind(bench.db, bench.route()[0], "key", PLACE, "Fitness Q4")
    batch = bench.claim()
    bench.now = bench.now + timedelta(seconds=2)
    outcomes = [
        Outcome(delivery.id, State.DELIVERED, Reason.CREATED, Origin.API, remote_id=remote_id)
        for delivery in batch.deliveries
    ]
    ledger.record_outcomes(bench.db, bench.recording(), outcomes, batch_id=batch.id, counted={"created": 1})


@pytest.fixture
def jane(bench):
    """Jane was delivered; her second copy was not."""
    delivered(bench, [bench.lead(1, "jane.doe@gmail.com", username="Jane_Fit", platform="instagram")])
    bench.record([bench.lead(2, "JaneDoe+shop@gmail.com", username="jane2")])
    bench.claim()
    return bench


@pytest.mark.parametrize("query", ["jane.doe@gmail.com", " JANEDOE@googlemail.com ", "j.a.n.e.doe+x@gmail.com"])
def test_any_spelling_of_an_address_finds_the_person(leadbridge, jane, query):
    """Case, dots, tags and spaces make no other person: both of Jane's leads are found."""
    code, document = leadbridge.json("explain", query)
    assert code == 0
    assert [lead["lead_id"] for lead in document["leads"]] == [f"{1:024x}", f"{2:024x}"]


@pytest.mark.parametrize("query", [f"{1:024x}", "@jane_fit", "@Jane_Fit", "JANE_FIT"])
def test_a_lead_id_or_a_handle_finds_the_lead(leadbridge, jane, query):
    """An id, or a username with or without @ in any case, finds the one lead."""
    _, document = leadbridge.json("explain", query)
    assert [lead["lead_id"] for lead in document["leads"]] == [f"{1:024x}"]


def test_the_document_is_as_documented(leadbridge, jane):
    """Every documented key, the target by its title, the history oldest first from the first decision on."""
    _, document = leadbridge.json("explain", "@jane_fit")
    assert document.keys() == {"query", "leads"}
    (lead,) = document["leads"]
    assert lead.keys() >= LEAD_KEYS
    assert lead["source_campaign"] == "k1"
    (delivery,) = lead["deliveries"]
    assert delivery.keys() >= DELIVERY_KEYS
    assert delivery["target"] == "instantly campaign Fitness Q4"
    assert delivery["remote_id"] == "remote-1"
    assert delivery["sent_at"] == "2026-11-20T12:00:02+00:00"
    assert [moment["state"] for moment in delivery["history"]] == ["ready", "sending", "delivered"]
    assert [moment["at"] for moment in delivery["history"]] == sorted(moment["at"] for moment in delivery["history"])
    assert delivery["history"][-1]["reason_source"] == "api"


def test_a_duplicate_names_the_other(leadbridge, jane):
    """The second copy says which lead of which campaign and route goes in its place."""
    _, document = leadbridge.json("explain", "@jane2")
    (delivery,) = document["leads"][0]["deliveries"]
    assert (delivery["state"], delivery["reason"]) == ("held", "duplicate_of")
    expected = {"route": "fitness", "client": "default", "campaign": "k1", "lead_id": f"{1:024x}", "state": "delivered"}
    assert delivery["duplicate_of"] == expected
    assert [moment["state"] for moment in delivery["history"]] == ["ready", "held"]
    reported = leadbridge("explain", "@jane2").stdout
    assert f'the other: lead {1:024x} of "k1" on route fitness, delivered' in reported


def test_the_story_in_plain_words(leadbridge, jane):
    """A person reads where it was found, what was decided, when it went and what the answer counted."""
    reported = leadbridge("explain", "@jane_fit").stdout
    assert 'found on instagram by the Scravio campaign "k1", scraped 2026-11-19 12:00 UTC' in reported
    assert "route fitness → instantly campaign Fitness Q4: delivered" in reported
    assert "2026-11-20 12:00:00 UTC  ready: passed every rule" in reported
    assert "2026-11-20 12:00:00 UTC  sent (batch 1 with 1 lead)" in reported
    assert "2026-11-20 12:00:02 UTC  delivered: the target created it" in reported
    assert "batch 1: sent 1, answered; the answer counted created 1" in reported
    assert max(map(len, reported.splitlines())) <= 80


def test_a_changed_address_is_found_under_both(leadbridge, bench):
    """A lead whose address changed after it went is found by either, and says what was sent and what is now."""
    delivered(bench, [bench.lead(1, "old@site1.example")])
    bench.key = "rules-2"
    bench.record([bench.lead(1, "new@site1.example")])
    for query in ("old@site1.example", "new@site1.example"):
        _, document = leadbridge.json("explain", query)
        (delivery,) = document["leads"][0]["deliveries"]
        assert delivery["sent_as"] == "old@site1.example"
        assert delivery["address_changed_to"] == "new@site1.example"
    assert "never sent automatically" in unwrapped(leadbridge("explain", "new@site1.example").stdout)


def test_an_address_no_one_can_read_is_found_as_scraped(leadbridge, bench):
    """A masked or malformed address is found by exactly what Scravio shows."""
    bench.record([bench.lead(1, "j***@gmail.com")], decision=Hold(Reason.EMAIL_MASKED))
    code, document = leadbridge.json("explain", "j***@gmail.com")
    assert code == 0
    assert document["leads"][0]["deliveries"][0]["reason"] == "email_masked"


def test_a_call_that_did_not_happen_is_reported(leadbridge, bench, configure):
    """A lead that was put back says when its call failed, and where its route would send it."""
    configure()
    bench.record([bench.lead(1)])
    batch = bench.claim()
    ledger.put_back(bench.db, bench.recording(), batch.id, batch.deliveries, Reason.UNAVAILABLE, "unavailable")
    _, document = leadbridge.json("explain", f"{1:024x}")
    (delivery,) = document["leads"][0]["deliveries"]
    assert [moment["reason"] for moment in delivery["history"]] == ["ok", "ok", "unavailable"]
    bench.record([bench.lead(2)], route="nowhere")
    _, document = leadbridge.json("explain", f"{2:024x}")
    assert document["leads"][0]["deliveries"][0]["target"] is None


def test_an_address_a_profile_or_a_handle_is_no_name(leadbridge, bench):
    """What is written as an identity is not searched among the names of all leads; any other text is."""
    names = ("no@site9.example", "x:unknown", "@unknown", "Jo @ Acme")
    bench.record([bench.lead(number, full_name=name) for number, name in enumerate(names)])
    assert [leadbridge("explain", name).exit_code for name in names] == [1, 1, 1, 0]


@pytest.mark.parametrize("query", ["nobody@site1.example", "@nobody", "ffffffffffffffffffffffff", "@", "", "\udcff"])
def test_no_one_found_is_1_and_says_how_to_look(leadbridge, jane, query):
    """A question without an answer is exit code 1, with an empty document and a way on."""
    result = leadbridge("explain", query, "--json")
    assert result.exit_code == 1
    assert '"leads": []' in result.stdout
    assert "@username" in result.stderr


def test_hostile_text_is_printed_safely(leadbridge, bench):
    """Markup, escape sequences, bidi, surrogates and templates in scraped text neither act nor break anything."""
    hostile = "[bold]x[/bold] \x1b[31mred\x1b[0m \u202eevil {{a}} :smile: \ud800"
    lead = bench.lead(1, username="h4x", full_name=hostile, platform=hostile, biography=hostile)
    bench.record([lead], campaign=bench.campaign("k[/red]\x1b[2J"))
    result = leadbridge("explain", "@h4x")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "[bold]x[/bold] [31mred [0m evil {{a}} :smile:" in result.stdout
    assert leadbridge.json("explain", "@h4x")[0] == 0
