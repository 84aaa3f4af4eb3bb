"""What `sync` would do: reads for real, decides, and shows the bodies exactly as they would be posted. Writes nothing.

Nothing at all: no ledger is made where there is none, no row is stored, no list is created, no lead is posted. What a
claim would find is played through in memory (`play`); what the target tells of the leads that would go is asked with
reads alone and summed up (`outlook`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge import store
from bridge.app import App
from bridge.destinations.base import Destination, Standing
from bridge.errors import VendorError
from bridge.model import Delivery, Reason, Route, State
from bridge.preview.outlook import Message, Outlook, Presence, percent, said, sum_up
from bridge.preview.play import MOST_SAMPLES, Play, Taken, opened, readings
from bridge.preview.sampling import Sample, sample
from bridge.rules import decider
from bridge.sync import Catalogue
from bridge.sync.forecasting import Forecast, validation_cost

__all__ = [
    "MOST_SAMPLES",
    "Message",
    "Outlook",
    "Presence",
    "RoutePreview",
    "Sample",
    "percent",
    "run",
    "said",
    "sample",
]

MOST_QUOTED = 10
"""Campaigns that Scravio is asked the cost of a validation for: those with the most leads that need one."""


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """What a run of the route would do.

    `bodies` are the sampled leads as they would be posted, `request` the first request's body with them; {} while its
    target is not there. `suppressed` names a few of the leads held for that. `outlook` is what the target tells of the
    leads that would go, None where it tells nothing or nobody would go. `validations` say what it would cost to have
    those validated that never were, by campaign.
    """

    route: str
    target: str
    leads_read: int
    states: Mapping[str, int]
    reasons: Mapping[str, int]
    bodies: Sequence[Mapping[str, object]] = ()
    request: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    error: str = ""
    hint: str = ""
    suppressed: tuple[str, ...] = ()
    outlook: Outlook | None = None
    validations: tuple[Forecast, ...] = ()

    def document(self) -> dict[str, Any]:
        """The route's part of `preview --json`."""
        return {
            "route": self.route,
            "target": self.target,
            "leads_read": self.leads_read,
            "states": dict(self.states),
            "reasons": dict(self.reasons),
            "suppressed": {"leads": self.reasons.get(Reason.SUPPRESSED, 0), "examples": list(self.suppressed)},
            "validation": [forecast.document() for forecast in self.validations],
            "outlook": self.outlook.document() if self.outlook else None,
            "request": dict(self.request),
            "leads": [dict(body) for body in self.bodies],
            "warnings": list(self.warnings),
            "error": self.error or None,
            "hint": self.hint or None,
        }


def run(app: App, routes: Sequence[Route], samples: int) -> list[RoutePreview]:
    """Preview the routes; `samples` is how many leads of each are shown whole. Raises ConfigProblem only."""
    with opened(app) as ledger:
        catalogue = Catalogue(app.scravio())
        taken = Taken()
        return [_preview(app, catalogue, ledger, route, samples, taken) for route in routes]


def _preview(
    app: App, catalogue: Catalogue, ledger: store.Database | None, route: Route, samples: int, taken: Taken
) -> RoutePreview:
    destination = app.destination(route)
    play = Play(ledger, route, decider(route), app.wiring.clock(), taken)
    error: VendorError | None = None
    try:
        play.standing = destination.check()
    except VendorError as trouble:  # the target is in trouble: the leads can be looked at all the same
        error = trouble
    try:
        for campaign, leads in readings(play, catalogue):
            play.take(campaign, leads)
    except VendorError as trouble:
        error = trouble
    return _result(play, destination, samples, error, _validations(app, play))


def _validations(app: App, play: Play) -> tuple[Forecast, ...]:
    """One question for each of the campaigns with the most leads that were never validated; nothing is spent."""
    found: list[Forecast] = []
    for campaign, missing in sorted(play.unvalidated.values(), key=lambda one: -one[1])[:MOST_QUOTED]:
        try:
            forecast = validation_cost(app.desk(), play.ledger, play.route, campaign, missing, play.now)
        except VendorError as trouble:
            play.warnings.append(f'What validating "{campaign.title}" would cost is unknown: {trouble.message}')
            break
        if forecast is not None:
            found.append(forecast)
    return tuple(found)


def _result(
    play: Play, destination: Destination, samples: int, error: VendorError | None, validations: tuple[Forecast, ...]
) -> RoutePreview:
    standing, sampled = play.standing, play.going[:samples]
    there = standing is not None and bool(standing.place.id)
    return RoutePreview(
        route=play.route.name,
        target=f"{destination.name} ({standing.status})" if standing else play.route.target.ref,
        leads_read=play.leads_read,
        states={state.value: play.states[state] for state in State},
        reasons=dict(play.reasons.most_common()),
        bodies=[destination.body(delivery) for delivery in sampled],
        request=destination.request(sampled) if sampled and there else {},
        warnings=(*(standing.warnings if standing else ()), *play.warnings),
        error=error.message if error else "",
        hint=error.hint if error else "",
        suppressed=tuple(play.suppressed),
        outlook=_outlook(play, destination, standing, sampled) if standing and play.going else None,
        validations=validations,
    )


def _outlook(
    play: Play, destination: Destination, standing: Standing, sampled: Sequence[Delivery]
) -> Outlook | None:  # fmt: skip
    foresight = destination.foresee(standing.place, play.going, len(sampled))
    return sum_up(foresight, play.states[State.READY], play.going, play.sources) if foresight else None
