"""What an operator sees of a route's pace, in each verb: the same numbers, and why leads wait."""

import re

from tests.cli.conftest import unwrapped

SENDING = {str(day): True for day in range(7)}


def every_day(vendors, limit):
    """The campaign sends so many mails on every day of the week, whatever the hour."""
    hours = {"name": "x", "timing": {"from": "00:00", "to": "23:59"}, "days": SENDING, "timezone": "Etc/GMT+12"}
    (campaign,) = [one for one in vendors.world.instantly.campaigns if one.name == "Fitness Q4"]
    campaign.settings |= {"campaign_schedule": {"schedules": [hours]}, "daily_limit": limit}


def test_every_verb_says_who_waits_and_why(leadbridge, configure, vendors):
    """preview, sync, status, explain and check name the same leads, the same days and the same reason."""
    every_day(vendors, 2)
    configure(more='pace = { ahead = "2d" }\n')
    assert "its senders can start 4 people within pace.ahead, and 0 wait there" in unwrapped(leadbridge("check").stdout)
    previewed = unwrapped(leadbridge("preview").stdout)
    _, foreseen = leadbridge.json("preview")
    code, document = leadbridge.json("sync", "--yes")
    (route,) = document["routes"]
    waiting = route["reasons"]["paced"]
    assert (code, route["delivered_now"], route["states"]["ready"]) == (0, 4, waiting)
    assert foreseen["routes"][0]["outlook"]["would_be_taken"] == 4
    assert foreseen["routes"][0]["pace"] == route["pace"]
    days = -(-waiting // 2)
    why = "its senders can start 4 people within 2 days, and 4 wait there"
    line = rf"queue: {waiting} leads, for about {days} days?, until \d{{4}}-\d\d-\d\d; {why}"
    status = unwrapped(leadbridge("status").stdout)
    for said in (previewed, status, unwrapped(leadbridge("sync").stdout)):
        assert re.search(line, said), said
        assert f"{waiting} leads ready, and wait: waits for its turn" in said
    assert re.search(r"next: leadbridge sync fitness, from \d{4}-\d\d-\d\d 00:00 UTC on", status)
    _, reported = leadbridge.json("status")
    assert reported["routes"][0]["pace"]["queue"] == waiting
    assert reported["routes"][0]["waiting"] == [{"reason": "paced", "leads": waiting, "first_at": None, "all_at": None}]
    address = next(lead["email"] for lead in leads(leadbridge, vendors) if lead)
    explained = unwrapped(leadbridge("explain", address).stdout)
    assert (
        "why: waits for its turn: the pace of the route lets no more go now (paced; leadbridge decided it)" in explained
    )
    assert "detail: pace.ahead" in explained


def leads(leadbridge, vendors):
    """The documents of the leads that wait."""
    for number in range(10):
        row = vendors.world.scravio.campaigns[0].lead(number).row
        if row["email"]:
            _, document = leadbridge.json("explain", row["email"])
            for lead in document.get("leads", []):
                if any(one["reason"] == "paced" for one in lead["deliveries"]):
                    yield lead


def test_a_day_is_one_of_the_routes_time_zone(leadbridge, configure, vendors, folder):
    """per_day with a time zone and no cron; a wrong pace is one sentence that names the key and its fix."""
    configure(more='timezone = "Asia/Tokyo"\npace = { per_day = 3 }\n')
    _, document = leadbridge.json("sync", "--yes")
    assert document["routes"][0]["delivered_now"] == 3
    assert document["routes"][0]["pace"]["why"] == "pace.per_day lets 3 go in a day"
    for pace, fault in (
        ("{ per_day = 0 }", "per_day"),
        ('{ ahead = "36h" }', "is not a number of whole days up to 90"),
        ('{ order = "random" }', '"oldest", "newest" or "best"'),
        ("{ daily = 3 }", "daily"),
    ):
        configure(more=f"pace = {pace}\n")
        result = leadbridge("sync")
        assert (result.exit_code, fault in unwrapped(result.output)) == (2, True), result.output
    (folder / "bridge.toml").write_text(
        '[[routes]]\nname = "a"\ntarget = { instantly_list = "b" }\npace = { ahead = "3d" }\n'
    )
    assert "a lead list has no senders; use pace.per_day instead" in unwrapped(leadbridge("sync").output)
