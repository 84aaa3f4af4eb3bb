"""Stops a source campaign on its route before its bounces harm the sending domain. Sends nothing, releases nothing.

It is stopped where the posterior probability that its true bounce rate exceeds the limit is above 95 %, from Jeffreys'
prior: 2 of 50 are no proof of more than 3 %, 6 of 60 are.
"""

from bridge.ledger.core import braking
from bridge.ledger.core.braking import Figures, Stopped
from bridge.model import Brake
from bridge.model.rates import chance_above
from bridge.sync.run import Run

CERTAIN = 0.95
"""The probability from which the brake acts."""


def brake(run: Run) -> None:
    """Look at every source campaign of the route; stop or warn. What is stopped is held by the next claim."""
    now = run.now()
    for found in braking.figures(run.db, run.route_no, now):
        verdict = judged(found, run.route.brake)
        if verdict == "stop":
            braking.stop(run.db, found, now)
        elif verdict:
            run.bounces.append(_figures(found, "warn"))
            run.warn(f'Source campaign "{found.title}": {found.words}, more than brake.warn allows. It is still sent.')
    for one in braking.stopped(run.db, [run.route.name]):
        run.bounces.append(_figures(one, "stop"))
        run.warn(
            f'Nothing is sent from source campaign "{one.title}": {one.bounced:,} of {one.reached:,} bounced. '
            f"To go on in spite of that: leadbridge brake release {one.campaign}"
        )


def _figures(one: Figures | Stopped, verdict: str) -> dict[str, str | int]:
    """What the run's document says of a source campaign; an alert is made of it."""
    figures = {"campaign": one.campaign, "title": one.title, "verdict": verdict}
    return figures | {"bounced": one.bounced, "reached": one.reached}


def judged(found: Figures, limits: Brake) -> str:
    """`stop`, `warn`, or "" where the figures prove nothing yet."""
    if found.reached < limits.least:
        return ""
    for word, limit in (("stop", limits.stop), ("warn", limits.warn)):
        if chance_above(limit, found.bounced, found.reached) > CERTAIN:
            return word
    return ""
