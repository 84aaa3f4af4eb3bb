"""Lets a served sandbox live on: every so often a finished campaign is found to hold one more person. Serves nothing.

For watching a daemon against the sandbox: without it nothing ever changes after the first run.
"""

from random import Random
from threading import Event, Thread

from bridge.sandbox.sandbox import Sandbox
from bridge.sandbox.wire import stamp

_FINISHED = ("fully_completed", "stopped")


def add_person(sandbox: Sandbox, dice: Random) -> str:
    """One more validated person in some finished campaign, unlike all others there; the campaign's title."""
    with sandbox.lock:
        finished = [one for one in sandbox.world.scravio.campaigns if one.facts["status"] in _FINISHED]
        campaign, now = dice.choice(finished), sandbox.now()
        number = campaign.crowd.size + 1
        name = f"{dice.choice(('sunny', 'daily', 'coach', 'studio', 'run', 'lift'))}{number}"
        campaign.add_lead(
            email=f"hello.{name}@{name}-{campaign.id[-12:-8]}.example", emailMasked=False, username=name, fullName="",
            scrapedAt=stamp(now), emailValidation={"status": "valid", "isValid": True, "checkedAt": stamp(now)},
        )  # fmt: skip
        campaign.touch(now)
        return str(campaign.facts["title"])


def grow(sandbox: Sandbox, seconds: float, over: Event) -> Thread:
    """Add a person every so many seconds until `over` is set."""
    dice = Random()

    def keep_adding() -> None:
        while not over.wait(seconds):
            add_person(sandbox, dice)

    thread = Thread(target=keep_adding, name="growing", daemon=True)
    thread.start()
    return thread
