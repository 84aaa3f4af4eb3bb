"""Stops a source campaign on its route before its bounces harm the sending domain. Sends nothing, releases nothing.

It is stopped where the posterior probability that its true bounce rate exceeds the limit is above 95 %, from Jeffreys'
prior: 2 of 50 are no proof of more than 3 %, 6 of 60 are.
"""

from datetime import datetime

from bridge.ledger.core import braking
from bridge.ledger.core.braking import Figures, Stopped
from bridge.ledger.database import Database
from bridge.model import Brake
from bridge.model.rates import chance_above
from bridge.sync.run import Run

CERTAIN = 0.95
"""The probability from which the brake acts."""


def decide(db: Database, route_no: int, limits: Brake, now: datetime) -> dict[str, list[Figures]]:
    """Look at every source campaign of the route, and stop those that prove too many bounces; by verdict."""
    verdicts: dict[str, list[Figures]] = {"stop": [], "warn": [], "": []}
    for found in braking.figures(db, route_no, now):
        verdicts[judged(found, limits)].append(found)
    for found in verdicts["stop"]:
        braking.stop(db, found, now)
    return verdicts


def brake(run: Run) -> None:
    """Decide, where a bounce was learnt since this run last did. What is stopped is held by the next claim."""
    now = run.now()
    learnt = braking.learnt(run.db, run.route_no, now)
    if learnt != run.bounces_learnt:
        run.bounces_learnt = learnt
        run.warned = decide(run.db, run.route_no, run.route.brake, now)["warn"]


def report_brake(run: Run) -> None:
    """At the end of the run: which source campaigns are stopped, and which others are near it."""
    stopped = braking.stopped(run.db, [run.route.name])
    known = {one.campaign for one in stopped}
    found: list[Stopped | Figures] = [*stopped, *(one for one in run.warned if one.campaign not in known)]
    for one in found:
        sentence, verdict = said(one), "stop" if isinstance(one, Stopped) else "warn"
        run.warn(sentence)
        figures = {"campaign": one.campaign, "title": one.title, "verdict": verdict, "said": sentence}
        run.bounces.append(figures | {"bounced": one.bounced, "reached": one.reached})


def said(one: Figures | Stopped) -> str:
    """The sentence for the operator."""
    if isinstance(one, Figures):
        return f'Source campaign "{one.title}": {one.words}, more than brake.warn allows. It is still sent.'
    return (
        f'Source campaign "{one.title}" is stopped: {one.words}. Only leads that are validated after '
        f"{one.stopped_at:%Y-%m-%d %H:%M} UTC are sent. To send all: leadbridge brake release {one.campaign}"
    )


def judged(found: Figures, limits: Brake) -> str:
    """`stop`, `warn`, or "" where the figures prove nothing yet."""
    if found.reached < limits.least:
        return ""
    for word, limit in (("stop", limits.stop), ("warn", limits.warn)):
        if chance_above(limit, found.bounced, found.reached) > CERTAIN:
            return word
    return ""
