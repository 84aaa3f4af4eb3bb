"""What `sync` would do: reads for real, decides, and shows the bodies exactly as they would be posted. Writes nothing.

Nothing at all: no ledger is made where there is none, no row is stored, no list is created, no lead is posted. The run
is played on a copy of the ledger (`play`), by a destination that only looks (`rehearsal`); what the target says of the
leads that would go is summed up (`outlook`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from bridge import ledger
from bridge.app import App
from bridge.destinations.base import Destination, Foresees
from bridge.errors import VendorError
from bridge.lazy import dataclass
from bridge.ledger.intents.validations import never_validated
from bridge.ledger.views.standing import Wait
from bridge.model import DEFAULT_CLIENT, Reason, Route, State
from bridge.preview.outlook import Going, Outlook, sum_up
from bridge.preview.play import Played, copied, play, resources
from bridge.preview.rehearsal import Earlier, Rehearsal
from bridge.preview.spending import Forecast, Promised, validation_cost
from bridge.rules import selects
from bridge.sync import Catalogue, Resources
from bridge.sync.route import with_route

MOST_QUOTED = 10
"""Campaigns that Scravio is asked the cost of a validation for: those with the most leads that need one."""


@dataclass(frozen=True, slots=True)
class Validations:
    """The leads of a route that were never validated, over all its campaigns; `quoted` is what some would cost."""

    leads: int = 0
    campaigns: int = 0
    quoted: tuple[Forecast, ...] = ()


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """What a run of the route would do.

    `leads_read` counts all leads that the route would know then, `states` and `reasons` are theirs: `ready` are those
    that would be offered to the target (`offered`; where there is an `error`, once that is dealt with), and those that
    wait (`waits`). `bodies` are the sampled leads as they would be posted, `request` the first request's body with
    them; {} while its target is not there. `suppressed` names a few of the leads held for that. `outlook` is what the
    target says of the leads that would go, None where it says nothing or no lead would go.
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
    validations: Validations = Validations()
    waits: tuple[Wait, ...] = ()
    offered: int = 0
    changed: int = 0
    client: str = DEFAULT_CLIENT
    pace: Mapping[str, Any] | None = None

    @property
    def would_be_taken(self) -> int | None:
        """How many a sync would deliver now; None where that is unknown, or where there is an `error`."""
        if self.error or self.outlook is None:
            return None if self.error or self.offered else 0
        return self.outlook.taken

    def document(self) -> dict[str, Any]:
        """The route's part of `preview --json`."""
        return {
            "route": self.route,
            "client": self.client,
            "target": self.target,
            "leads_read": self.leads_read,
            "states": dict(self.states),
            "reasons": dict(self.reasons),
            "suppressed": {"leads": self.reasons.get(Reason.SUPPRESSED, 0), "examples": list(self.suppressed)},
            "validation": [forecast.document() for forecast in self.validations.quoted],
            "never_validated": {"leads": self.validations.leads, "campaigns": self.validations.campaigns},
            "would_be_updated": self.changed,
            "waiting": [wait.document() for wait in self.waits],
            **({"pace": dict(self.pace)} if self.pace else {}),
            "outlook": self.outlook.document() if self.outlook else None,
            "request": dict(self.request),
            "leads": [dict(body) for body in self.bodies],
            "warnings": list(self.warnings),
            "error": self.error or None,
            "hint": self.hint or None,
        }


def run(app: App, routes: Sequence[Route], samples: int) -> list[RoutePreview]:
    """Preview the routes; `samples` is how many leads of each are shown whole. Raises ConfigProblem only."""
    earlier, promised, catalogues = Earlier(), Promised(), dict[str, Catalogue]()

    def opened(part: App, _catalogue: Catalogue) -> Resources:
        return resources(part, copy, catalogues.setdefault(part.account, Catalogue(part.looked_at)))

    with copied(app) as copy:
        return app.each(
            routes,
            lambda shared, route: _preview(app.of(route.client), shared, route, samples, earlier, promised),
            lambda route, problem: RoutePreview(
                route.name, route.target.ref, 0, {}, {}, error=problem.message, hint=problem.hint, client=route.client
            ),
            needs=app.destination,
            opened=opened,
        )


def _preview(
    app: App, shared: Resources, route: Route, samples: int, earlier: Earlier, promised: Promised
) -> RoutePreview:
    destination = app.destination(route)
    played = play(shared, route, Rehearsal(destination, earlier))
    if played.no_room:
        played.run.warn(
            f"The plan then has no room for more contacts: {played.no_room:,} leads stay ready and wait for room."
        )
    standing, sampled, error = played.standing, played.going[:samples], played.error
    there = standing is not None and bool(standing.place.id)
    validations = _validations(app, shared, played, promised)
    return RoutePreview(
        route=route.name,
        client=route.client,
        target=f"{destination.name} ({standing.status})" if standing else route.target.ref,
        leads_read=played.leads,
        states={state.value: played.states[state] for state in State},
        reasons=dict(played.reasons.most_common()),
        bodies=[destination.body(delivery) for delivery in sampled],
        request=destination.request(sampled) if sampled and there and isinstance(destination, Foresees) else {},
        warnings=tuple(played.run.warnings),
        error=error.message if error else "",
        hint=error.hint if error else "",
        suppressed=tuple(lead.email for lead in played.suppressed()),
        outlook=_outlook(played, destination, len(sampled)) if error is None and standing and played.going else None,
        validations=validations,
        waits=played.waits,
        offered=played.would_go,
        pace=played.run.pacing.said if played.run.pacing else None,
        changed=played.changed,
    )


def _validations(app: App, shared: Resources, played: Played, promised: Promised) -> Validations:
    """One question for each campaign with leads that were never validated; nothing is spent.

    Where the route asks for none they are only those with the most such leads.
    """
    found = list[Forecast]()
    source = played.run.route.source
    with with_route(shared, played.run.route, played.rehearsal) as run:
        known = ledger.campaigns_of_route(run.db, run.route_no)
        taken = [entry.no for entry in known if selects(source, entry.campaign)]
        missing = never_validated(run.db, run.route_no, taken)
        titles = ledger.campaigns_by_no(run.db, missing)
        numbers = {campaign.id: number for number, campaign in titles.items()}
        validating = app.validating(source.vendor)
        if validating is None:
            return Validations(sum(missing.values()), len(missing))
        most = sorted(missing, key=lambda number: (-missing[number], number))
        quoted = set(most if run.route.validation.when != "never" else most[:MOST_QUOTED])
        try:
            listed = run.resources.catalogue.campaigns(source)
        except VendorError:
            listed = []
        for campaign in listed:  # in the order in which a sync asks
            number = numbers.get(campaign.id)
            if number is None or number not in quoted:
                continue
            try:
                forecast = validation_cost(run, validating, campaign, missing[number], promised)
            except VendorError as trouble:
                played.run.warn(f'What validating "{campaign.title}" would cost is unknown: {trouble.message}')
                break
            found += [forecast] if forecast is not None else []
    return Validations(sum(missing.values()), len(missing), tuple(found))


def _outlook(played: Played, destination: Destination, samples: int) -> Outlook | None:
    rehearsal, standing = played.rehearsal, played.standing
    if standing is None or not isinstance(destination, Foresees):
        return None
    foresight = destination.foresee(standing.place, rehearsal.looked_up, samples, rehearsal.seen, rehearsal.ahead)
    leads = played.lead_of([one for one in rehearsal.looked_up if one.id in foresight.letters])
    taken = rehearsal.taken if rehearsal.seen.sure and not rehearsal.unasked else None
    going = Going(played.would_go, taken, rehearsal.unasked, played.no_room, rehearsal.room)
    return sum_up(foresight, going, rehearsal.looked_up, leads)
