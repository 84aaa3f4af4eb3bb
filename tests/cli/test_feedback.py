"""What an operator sees of feedback: the round, who was delivered, the story of one lead."""

import csv
from datetime import UTC, datetime, timedelta

from bridge.sandbox.instantly.happening import happen
from tests.cli.conftest import unwrapped


def test_feedback_delivered_and_explain_show_the_same(leadbridge, configure, vendors):
    """A bounce is read once, shown in the list and in the story, and the person is on the do-not-contact list."""
    configure()
    leadbridge("sync", "--yes")
    instantly = vendors.world.instantly
    people = list(instantly.people(instantly.campaign("Fitness Q4").id))
    happen(instantly, people[0], "email_sent", datetime.now(UTC))
    happen(instantly, instantly.person(people[0].id), "email_bounced", datetime.now(UTC))

    code, document = leadbridge.json("feedback", "fitness")
    (reported,) = document["routes"]
    assert (code, reported["status"], reported["events"], reported["suppressed"]) == (
        0,
        "ok",
        {"contacted": 1, "bounced": 1},
        1,
    )
    assert reported["requests"] > 0
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


def test_delivered_is_written_to_a_file_from_a_day_on(leadbridge, configure, vendors, folder):
    """`--csv FILE --since DAY` has who went since then, with the latest event of each; a later day has no one."""
    configure()
    leadbridge("sync", "--yes")
    instantly = vendors.world.instantly
    people = list(instantly.people(instantly.campaign("Fitness Q4").id))
    happen(instantly, people[0], "email_sent", datetime.now(UTC))
    happen(instantly, instantly.person(people[0].id), "reply_received", datetime.now(UTC))
    leadbridge("feedback")
    today, tomorrow = (f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}" for days in (-1, 1))
    result = leadbridge("delivered", "--csv", "sent.csv", "--since", today)
    assert (result.exit_code, f"{len(people)} leads written to sent.csv" in result.stderr) == (0, True)
    with (folder / "sent.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["address"]: row["event"] for row in rows} == {
        one.email: "replied" if one is people[0] else "" for one in people
    }
    assert leadbridge.json("delivered", "--since", tomorrow)[1]["delivered"] == []


def test_feedback_names_a_retired_route(leadbridge, configure, vendors):
    """A route that bridge.toml no longer has is asked about, by its name too; a name that no one knows is refused."""
    configure("fitness", "yoga")
    leadbridge("sync", "--yes")
    configure("yoga")
    names = [row["route"] for row in leadbridge.json("feedback")[1]["routes"]]
    assert names == ["yoga", "fitness"]
    code, document = leadbridge.json("feedback", "fitness")
    assert (code, document["routes"][0]["status"]) == (0, "ok")
    assert leadbridge("feedback", "unknown").exit_code == 2
