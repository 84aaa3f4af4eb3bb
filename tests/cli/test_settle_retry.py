"""`leadbridge settle` and `leadbridge retry`: what they say, their documents and exit codes."""

import pytest

from bridge import ledger
from tests.cli.conftest import unwrapped


@pytest.fixture
def doubtful(leadbridge, configure, vendors):
    """A sync whose answer was lost; whether the call took effect is the test's to say."""

    def lose(*, commit):
        configure()
        rule = vendors.faults.add("cut", path="*/leads/add", commit=commit, times=1)
        assert leadbridge("sync", "--yes").exit_code == 3
        vendors.faults.remove(rule)
        return leadbridge.json("status")[1]["routes"][0]["states"]["in_doubt"]

    return lose


@pytest.fixture
def refused(leadbridge, configure, vendors):
    """A sync that the target's block list refused someone of; the block list is empty again."""
    configure()
    row = [row for row in _rows(vendors) if (row["emailValidation"] or {}).get("isValid")][-1]
    instantly = vendors.world.instantly
    # The copy of the block list is young: only the push finds it out.
    leadbridge("sync", "--yes", "--limit", "1")
    instantly.block(row["email"].strip().lower(), vendors.now())
    leadbridge("sync", "--yes")
    instantly.blocked.clear()
    assert leadbridge.json("status")[1]["routes"][0]["states"]["refused"] == 1


def _rows(vendors):
    crowd = vendors.world.scravio.campaign("Fitness creators").crowd
    return [crowd.row(index) for index in range(crowd.size)]


def test_settle_shows_what_became_of_the_doubts(leadbridge, doubtful):
    """They arrived: all are delivered, and the exit code says that nothing is left open."""
    count = doubtful(commit=True)
    reported = unwrapped(leadbridge("status").stdout)
    assert f"! {count} leads in doubt since" in reported
    assert "next: leadbridge settle fitness" in reported
    result = leadbridge("settle")
    assert result.exit_code == 0, result.output
    reported = unwrapped(result.stdout)
    assert f"fitness: {count} leads settled, 0 left in doubt" in reported
    assert f"{count} delivered: the target created it (created)" in reported
    assert "fitness: nothing is in doubt." in leadbridge("settle", "fitness").stdout


def test_what_did_not_arrive_is_left_to_a_sync(leadbridge, doubtful, vendors):
    """Settled as ready, not sent; the next command is named, and as a document the same."""
    count = doubtful(commit=False)
    code, document = leadbridge.json("settle")
    (route,) = document["routes"]
    assert (code, document["status"], route["settled"], route["left_in_doubt"]) == (0, "ok", count, 0)
    assert route["became"] == [{"state": "ready", "reason": "absent", "leads": count}]
    assert not list(vendors.world.instantly.people(vendors.world.instantly.campaign("Fitness Q4").id))
    assert leadbridge("sync", "--yes").exit_code == 0


def test_doubts_that_are_too_young_stay_and_say_until_when(leadbridge, doubtful, monkeypatch):
    """Absence is not believed yet: exit code 3, and when to ask again."""
    count = doubtful(commit=False)
    monkeypatch.setenv("BRIDGE_DOUBT_WAIT", "600")
    result = leadbridge("settle")
    assert result.exit_code == 3
    assert f"0 leads settled, {count} left in doubt" in unwrapped(result.stdout)
    assert "To be asked again from" in unwrapped(result.stdout)
    code, document = leadbridge.json("settle")
    assert (code, document["routes"][0]["left_in_doubt"], bool(document["routes"][0]["ask_again_at"])) == (
        3,
        count,
        True,
    )


def test_a_target_that_refuses_to_be_asked_is_one(leadbridge, doubtful, vendors):
    """Nothing was settled: exit code 1, the cause in one sentence."""
    doubtful(commit=True)
    vendors.faults.add("status", path="*/leads/list", code=403)
    result = leadbridge("settle")
    assert result.exit_code == 1
    assert "✗ fitness blocked" in result.stdout
    assert leadbridge.json("settle")[1]["status"] == "blocked"


def test_retry_says_what_it_puts_back_and_what_sends_it(leadbridge, refused):
    """Refused leads only when they are named; then ready, and `sync` sends them."""
    result = leadbridge("retry")
    assert result.exit_code == 0
    reported = unwrapped(result.stdout)
    assert "fitness: no failed lead to queue again." in reported
    assert "1 lead refused: leadbridge retry fitness --refused" in reported
    reported = unwrapped(leadbridge("retry", "--refused", "--reason", "BLOCKLIST").stdout)
    assert "fitness: 1 lead queued again: 1 ready, 0 held" in reported
    assert "leadbridge sync fitness" in reported
    code, document = leadbridge.json("sync", "--yes")
    assert (code, document["routes"][0]["delivered_now"]) == (0, 1)


def test_retry_shows_who_is_held_and_why(leadbridge, refused):
    """The rules of today decide: anyone who is suppressed by now is held."""
    db = ledger.Database("sqlite:///data/bridge.db")
    row = next(one for page in ledger.entries_of_place(db, 1) for one in page if one.state == "refused")
    (lead,) = ledger.leads_of(db, [row.id]).values()
    person = ledger.person_of(lead.lead)
    ledger.suppress(db, person, kind="email", reason="asked", origin="test", now=lead.lead.scraped_at)
    db.close()
    code, document = leadbridge.json("retry", "--refused")
    (route,) = document["routes"]
    assert (code, route["put_back"], route["ready"], route["held"]) == (0, 1, 0, {"suppressed": 1})
    assert route["left"] == {"failed": 0, "refused": 0}


def test_a_mistyped_reason_or_route_is_two(leadbridge, refused):
    """The nearest right word is named, and nothing is put back."""
    result = leadbridge("retry", "--refused", "--reason", "bloklist")
    assert result.exit_code == 2
    assert "Did you mean blocklist?" in unwrapped(result.stderr)
    assert leadbridge("retry", "fitnes").exit_code == 2
    assert leadbridge("settle", "fitnes").exit_code == 2
    assert leadbridge.json("status")[1]["routes"][0]["states"]["refused"] == 1


@pytest.mark.parametrize("verb", ["settle", "retry"])
def test_a_busy_route_is_no_error_and_says_so(leadbridge, refused, verb):
    """Another process holds the route: nothing was done, exit code 0."""
    db = ledger.Database("sqlite:///data/bridge.db")
    number = ledger.route_names(db)["fitness"]
    ledger.core.leases.acquire(db, number, ledger.core.leases.Holder("another-host", 7, "1"))
    db.close()
    result = leadbridge(verb)
    assert result.exit_code == 0
    assert "fitness is busy: Process 7 on another-host" in unwrapped(result.stdout)
    assert leadbridge.json(verb)[1]["routes"][0]["status"] == "busy"


@pytest.mark.parametrize("verb", ["settle", "retry"])
def test_before_any_sync_there_is_nothing_to_do(leadbridge, configure, folder, verb):
    """No key is needed and no file is made."""
    configure()
    result = leadbridge(verb)
    assert result.exit_code == 0
    assert "Nothing is stored yet" in result.stdout
    assert leadbridge.json(verb) == (0, {"status": "ok", "routes": []})
    assert not (folder / "data").exists()
