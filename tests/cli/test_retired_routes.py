"""A route that bridge.toml no longer names is still answered for by its name; doubts out of reach can be given up."""

import pytest

from tests.cli.conftest import unwrapped


@pytest.fixture
def renamed(leadbridge, configure, vendors):
    """Ten leads of `old`: its answer was lost, and bridge.toml says `new`. How many there are."""

    def lose(*, commit):
        configure("old")
        rule = vendors.faults.add("cut", path="*/leads/add", commit=commit, times=1)
        assert leadbridge("sync", "--yes").exit_code == 3
        vendors.faults.remove(rule)
        configure("new")
        return leadbridge.json("status", "old")[1]["routes"][0]["states"]["in_doubt"]

    return lose


@pytest.fixture
def out_of_reach(renamed, vendors):
    """The same, and the key opens another workspace by now."""
    count = renamed(commit=True)
    vendors.world.instantly.id = "01a12ad5-0000-7000-8000-00000000beef"
    return count


def test_every_verb_that_names_a_route_takes_a_retired_one(leadbridge, renamed):
    """`status`, `rejects`, `settle` and `retry` answer for it, and the next command they name works."""
    count = renamed(commit=False)
    reported = unwrapped(leadbridge("status", "OLD").stdout)
    assert "old → instantly campaign Fitness Q4 (retired" in reported
    assert reported.count("next: leadbridge settle old") == 1
    assert "new" not in reported
    rows = leadbridge.json("rejects", "old")[1]["rejects"]
    assert {row["reason"] for row in rows if row["state"] == "in_doubt"} == {"answer_lost"}
    result = leadbridge("settle", "old")
    assert result.exit_code == 0, result.output
    assert f"{count} held: its route is no longer in bridge.toml (route_retired)" in unwrapped(result.stdout)
    assert "old: no failed lead to queue again." in leadbridge("retry", "old").stdout
    assert leadbridge.json("sync", "--yes")[1]["routes"][0]["delivered_now"] == count
    story = unwrapped(leadbridge("explain", rows[0]["email"] or rows[0]["lead_id"]).stdout)
    assert "route old" in story


def test_after_settling_the_status_shows_no_doubt_in_the_present(leadbridge, renamed):
    """The last run's error stays, with what became of it; a retired route's ready leads are asked to stay."""
    count = renamed(commit=False)
    assert "settled since then" not in unwrapped(leadbridge("status", "old").stdout)
    assert leadbridge("settle", "old").exit_code == 0
    reported = unwrapped(leadbridge("status", "old").stdout)
    assert f"settled since then: {count} leads that this run left in doubt" in reported
    ready = leadbridge.json("status", "old")[1]["routes"][0]["states"]["ready"]
    assert ("a retired route sends nothing" in reported) is (ready > 0)


def test_a_retired_route_shows_the_claims_it_still_has(leadbridge, renamed):
    """Leads in doubt are claimed; held ones have freed their claims, and status does not say otherwise."""
    count = renamed(commit=False)
    assert f"bridge.toml; {count} leads still claimed by it)" in unwrapped(leadbridge("status", "old").stdout)
    assert leadbridge("settle", "old").exit_code == 0
    assert "(retired: no longer in bridge.toml)" in unwrapped(leadbridge("status", "old").stdout)


def test_settle_without_a_name_settles_retired_routes_too(leadbridge, renamed):
    """What arrived is delivered; afterwards the retired route is no longer mentioned."""
    count = renamed(commit=True)
    code, document = leadbridge.json("settle")
    assert [(route["route"], route["settled"]) for route in document["routes"]] == [("new", 0), ("old", count)]
    assert code == 0
    assert [route["route"] for route in leadbridge.json("settle")[1]["routes"]] == ["new"]


def test_a_lead_is_explained_for_one_route_alone(leadbridge, renamed):
    """Asked for a retired or a configured route, `explain` shows what became of the lead there, and nothing else."""
    renamed(commit=True)
    assert leadbridge("sync", "--yes").exit_code == 0
    address = leadbridge.json("rejects", "new")[1]["rejects"][0]["email"]
    for names, reported in (([], ["old", "new"]), (["OLD"], ["old"]), (["new"], ["new"])):
        (lead,) = leadbridge.json("explain", address, *names)[1]["leads"]
        assert [delivery["route"] for delivery in lead["deliveries"]] == reported
    no_one = leadbridge("explain", "@nobody", "old")
    assert no_one.exit_code == 1
    assert 'no lead "@nobody" of the route old' in unwrapped(no_one.stderr)


@pytest.mark.parametrize("verb", ["settle", "retry", "status", "rejects", "explain jane@site1.example"])
def test_a_name_that_no_one_knows_is_refused(leadbridge, renamed, verb):
    """Neither in bridge.toml nor in the ledger: one sentence, with the nearest name, and exit code 2."""
    renamed(commit=True)
    result = leadbridge(*verb.split(), "odl")
    assert result.exit_code == 2
    assert 'Did you mean "old"?' in unwrapped(result.output)


def test_doubts_of_a_former_workspace_are_given_up_and_the_route_goes_on(leadbridge, out_of_reach, vendors, configure):
    """Blocked and shown how to end it; given up as failed, which no plain `retry` undoes; then the others go."""
    configure("old")
    blocked = leadbridge.json("sync", "--yes")[1]["routes"][0]
    target = vendors.world.instantly.campaign("Fitness Q4").id
    assert blocked["status"] == "blocked"
    assert f"leadbridge settle --give-up {target}" in blocked["hint"]
    result = leadbridge("settle", "--give-up", "fitness q4", "--yes")
    assert result.exit_code == 0, result.output
    reported = unwrapped(result.stdout)
    assert f"{out_of_reach} failed: given up without an answer" in reported
    assert "leadbridge retry old --reason given_up" in reported
    retried = leadbridge("retry", "old")
    assert "retry old --reason given_up" in unwrapped(retried.stdout)
    after = leadbridge.json("sync", "--yes")[1]["routes"][0]
    assert (after["states"]["failed"], after["states"]["in_doubt"], after["reasons"]["given_up"]) == (
        out_of_reach,
        0,
        out_of_reach,
    )


def test_doubts_of_a_retired_route_out_of_reach_do_not_block_another(leadbridge, out_of_reach):
    """The other route says why its people wait; given up, they are still no one's to send to in that workspace."""
    report = leadbridge.json("sync", "--yes")[1]["routes"][0]
    assert "settle --give-up" in " ".join(report["warnings"])
    code, document = leadbridge.json("settle", "--give-up", "Fitness Q4", "--yes")
    assert (code, document["routes"][0]["route"]) == (0, "old")
    assert document["routes"][0]["became"] == [{"state": "failed", "reason": "given_up", "leads": out_of_reach}]
    held = leadbridge.json("retry", "old", "--reason", "given_up")[1]["routes"][0]["held"]
    assert held == {"route_retired": out_of_reach}


def test_without_a_key_doubts_are_given_up_too(leadbridge, renamed, monkeypatch):
    """No one can be asked: the command ends them all the same."""
    count = renamed(commit=True)
    monkeypatch.delenv("INSTANTLY_API_KEY")
    code, document = leadbridge.json("settle", "--give-up", "Fitness Q4", "--yes")
    assert (code, document["routes"][0]["became"][0]["leads"]) == (0, count)


def test_where_the_target_answers_nothing_is_given_up(leadbridge, renamed):
    """Its word counts: what arrived is delivered."""
    count = renamed(commit=True)
    became = leadbridge.json("settle", "--give-up", "Fitness Q4", "--yes")[1]["routes"][0]["became"]
    assert became == [{"state": "delivered", "reason": "created", "leads": count}]


@pytest.mark.parametrize("wanted", ["Fitness Q4", "Another"])
def test_nothing_is_given_up_unasked_or_in_a_target_without_doubts(leadbridge, renamed, wanted):
    """Without a terminal to ask on, and for a target that no one is in doubt in: exit code 2, nothing is changed."""
    count = renamed(commit=True)
    assert leadbridge("settle", "--give-up", wanted).exit_code == 2
    assert leadbridge.json("status", "old")[1]["routes"][0]["states"]["in_doubt"] == count
