"""Lets a served sandbox live on: every so often a finished campaign is found to hold one more person. Serves nothing.

For whoever watches a daemon against the sandbox: without it nothing ever changes after the first run.
"""

from datetime import datetime
from random import Random
from threading import Event, Thread
from typing import Any

from bridge.sandbox.sandbox import Sandbox
from bridge.sandbox.scravio.account import SourceCampaign
from bridge.sandbox.wire import stamp

_FINISHED = ("fully_completed", "stopped")


def add_person(sandbox: Sandbox, dice: Random) -> str:
    """One more validated person in some finished campaign, unlike all others there; the campaign's title."""
    with sandbox.lock:
        finished = [one for one in sandbox.world.scravio.campaigns if one.facts["status"] in _FINISHED]
        campaign = dice.choice(finished)
        now = sandbox.now()
        campaign.add_lead(**_somebody(campaign, now, dice))
        campaign.touch(now)
        return str(campaign.facts["title"])


def _somebody(campaign: SourceCampaign, now: datetime, dice: Random) -> dict[str, Any]:
    """What tells this person from lead 0, whom a new lead is like otherwise."""
    number = campaign.crowd.size + 1
    name = f"{dice.choice(('sunny', 'daily', 'coach', 'studio', 'run', 'lift'))}{number}"
    return {
        "email": f"hello.{name}@{name}-{campaign.crowd.campaign_id[-12:-8]}.example",
        "emailMasked": False,
        "username": name,
        "fullName": "",
        "scrapedAt": stamp(now),
        "emailValidation": {"status": "valid", "isValid": True, "checkedAt": stamp(now)},
    }


def grow(sandbox: Sandbox, seconds: float, over: Event) -> Thread:
    """Add a person every so many seconds until `over` is set."""
    dice = Random()

    def keep_adding() -> None:
        while not over.wait(seconds):
            add_person(sandbox, dice)

    thread = Thread(target=keep_adding, name="growing", daemon=True)
    thread.start()
    return thread
