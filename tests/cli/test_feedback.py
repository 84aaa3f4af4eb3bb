"""What an operator sees of feedback: the round, who was delivered, the story of one lead."""

from datetime import UTC, datetime

from bridge.sandbox.instantly.happening import happen
from tests.cli.conftest import unwrapped


def test_feedback_delivered_and_explain_tell_the_same(leadbridge, configure, vendors):
    """A bounce is read once, shown in the list and in the story, and the person is on the do-not-contact list."""
    configure()
    leadbridge("sync", "--yes")
    instantly = vendors.world.instantly
    people = list(instantly.people(instantly.campaign("Fitness Q4").id))
    happen(instantly, people[0], "email_sent", datetime.now(UTC))
    happen(instantly, instantly.person(people[0].id), "email_bounced", datetime.now(UTC))

    code, document = leadbridge.json("feedback", "fitness")
    (told,) = document["routes"]
    assert (code, told["status"], told["events"], told["suppressed"]) == (0, "ok", {"contacted": 1, "bounced": 1}, 1)
    assert told["requests"] > 0
    said = leadbridge("feedback").stdout
    assert "none" in said

    _, listed = leadbridge.json("delivered", "fitness")
    assert len(listed["delivered"]) == len(people)
    by_address = {one["address"]: one["event"] for one in listed["delivered"]}
    assert by_address[people[0].email] == "bounced"
    assert by_address[people[1].email] is None
    assert leadbridge("delivered", "--csv", "-").stdout.count("bounced") == 1

    _, story = leadbridge.json("explain", people[0].email)
    events = story["leads"][0]["deliveries"][0]["events"]
    assert [(one["kind"], one["learnt"], one["consequence"]) for one in events] == [
        ("contacted", "poll", None),
        ("bounced", "poll", "suppressed"),
    ]
    text = unwrapped(leadbridge("explain", people[0].email).stdout)
    assert "bounced (learnt by poll, suppressed)" in text
    assert "origin: instantly:bounced" in text


def test_a_wrong_date_is_one_sentence(leadbridge, configure):
    """--since says what it takes."""
    configure()
    result = leadbridge("delivered", "--since", "yesterday")
    assert (result.exit_code, "2026-01-31" in result.stderr) == (2, True)


def test_feedback_without_a_key_that_opens_the_workspace_says_so(leadbridge, configure, vendors, monkeypatch):
    """A refused key blocks the round, with exit code 1 and the next step."""
    configure()
    leadbridge("sync", "--yes")
    monkeypatch.setenv("INSTANTLY_API_KEY", "another-key-that-is-wrong")
    code, document = leadbridge.json("feedback")
    assert (code, document["routes"][0]["status"]) == (1, "blocked")
    assert "does not accept the key" in document["routes"][0]["error"]
