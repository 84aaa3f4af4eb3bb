"""One Instantly campaign or lead list as a destination. Activates, launches and pauses nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bridge.api import Client
from bridge.api.scalars import mapping
from bridge.destinations.base import Answer, Capacity, Doubt, Inquiry, News, Present, Standing
from bridge.destinations.changing import Asked, Job, Shown, Whereabouts
from bridge.destinations.foreseen import Foresight, Sightings
from bridge.destinations.instantly import editing, lookups, moving, reporting
from bridge.destinations.instantly.blocklist import InstantlyWorkspace
from bridge.destinations.instantly.capacity import capacity
from bridge.destinations.instantly.foresight import foresee, sightings
from bridge.destinations.instantly.hooks import Webhooks
from bridge.destinations.instantly.inventory import everyone
from bridge.destinations.instantly.lookups import INSTANTLY
from bridge.destinations.instantly.outcomes import (
    Answered,
    Rest,
    contradiction,
    elsewhere,
    explain,
    in_target,
    unknown,
)
from bridge.destinations.instantly.rendering import CORE_NAMES
from bridge.destinations.instantly.target import PATHS, Spot, find_spot, judge_status, read_spot
from bridge.destinations.instantly.upload import MOST_LEADS, add_request, lead_body, read_upload
from bridge.errors import Refused, VendorError
from bridge.hygiene import identities
from bridge.model import Delivery, Identity, Lead, Origin, Outcome, Place, Reason, Scalar, Sent, State, Target, maker

_NOT_FOUND = 404
_new_outcome = maker(Outcome)


class InstantlyDestination(Webhooks):
    """A target in Instantly, under the key of `client`. See `Destination` for what each method promises."""

    doubt = Doubt.LOOKUP

    def __init__(self, client: Client, target: Target) -> None:
        self._client = client
        self._target = target

    @property
    def name(self) -> str:
        """The target as the operator would call it."""
        return INSTANTLY.called(self._target)

    @property
    def batch_size(self) -> int:
        """A thousand: the most that `leads/add` takes."""
        return MOST_LEADS

    def identity(self, lead: Lead) -> Identity | None:
        """The e-mail address; None where it is masked or malformed."""
        return identities.of_kind(lead, "email")

    def workspace(self) -> InstantlyWorkspace:
        """Block list and people of the whole workspace."""
        return InstantlyWorkspace(self._client)

    def clock(self) -> datetime:
        """Now by Instantly's clock."""
        return self._client.clock()

    def body(self, delivery: Delivery) -> Mapping[str, object]:
        """The lead object exactly as it would be posted."""
        return lead_body(delivery)

    def request(self, deliveries: Sequence[Delivery]) -> Mapping[str, object]:
        """The whole body of the call that would push these."""
        return add_request(deliveries, self._target)

    def sightings(self, place: Place, deliveries: Sequence[Delivery]) -> Sightings:
        """Where they stand in the workspace, and whether that keeps them out."""
        return sightings(self._client, self._target, place, deliveries)

    def foresee(
        self,
        place: Place,
        deliveries: Sequence[Delivery],
        samples: int,
        seen: Sightings | None = None,
        ahead: int = 0,
    ) -> Foresight:
        """Who stands where already, the plan, the rendered first mail, the pace: from reads alone."""
        return foresee(self._client, self._target, place, deliveries, samples, seen, ahead)

    def capacity(self, place: Place) -> Capacity:
        """What a campaign's senders can start on each day."""
        return capacity(self._client, place)

    def events(self, inquiry: Inquiry) -> Iterator[News]:
        """What moved in the campaigns, by their analytics."""
        return reporting.events(self._client, inquiry)

    def look_at(self, sent: Sequence[Sent]) -> Iterator[News]:
        """These leads, a hundred in a request."""
        return reporting.look_at(self._client, sent)

    # ------------------------------------------------------------------------------------------------------ the target

    def check(self) -> Standing:
        """Two requests: the workspace (asked once for each key) and the target."""
        workspace = lookups.workspace_id(self._client)
        return self._standing(workspace, find_spot(self._client, self._target))

    def establish(self) -> Standing:
        """The same, creating a missing list where that is allowed; for campaigns the plan's room is read too."""
        workspace = lookups.workspace_id(self._client)
        spot = find_spot(self._client, self._target)
        if spot is None:
            # A lost answer rises: the next run finds the list by its name, and makes no second one.
            reply = self._client.write("POST", "/lead-lists", {"name": self._target.ref.strip()})
            spot = read_spot(mapping(reply.data), "list")
            if not spot.id:
                raise INSTANTLY.unnamed(self.name, reply.status)
        return self.with_room(self._standing(workspace, spot))

    def _standing(self, workspace: str, spot: Spot | None) -> Standing:
        kind = self._target.kind
        if spot is None:
            return Standing(Place("instantly", workspace, kind, ""), self._target.ref.strip(), "to be created")
        return Standing(
            place=Place("instantly", workspace, kind, spot.id),
            title=spot.name,
            status=spot.state,
            warnings=judge_status(spot, self._target),
            variables=spot.variables,
            names=CORE_NAMES,
            vendor="Instantly",
        )

    def with_room(self, standing: Standing) -> Standing:
        """Only campaigns take of the plan's room."""
        if self._target.kind != "campaign":
            return standing
        room, warnings = None, standing.warnings
        try:
            room = lookups.plan_room(self._client)
        except VendorError as error:
            # Advisory: only the push decides, and its answer gives the room as well.
            warnings = (*warnings, f"The room left in the plan is unknown: {error.message}")
        return replace(standing, room=room, warnings=warnings)

    # ---------------------------------------------------------------------------------------------------- the delivery

    def push(self, deliveries: Sequence[Delivery]) -> Answer:
        """One `leads/add`, and the lookups that show what became of those it did not create."""
        if not deliveries:
            return Answer([])
        began = self._client.clock()
        data = self._add(deliveries)
        upload = read_upload(data, [delivery.address for delivery in deliveries])
        if upload is None:
            raise INSTANTLY.lost(
                "It is unknown whether POST /leads/add took effect: its answer does not list the created leads.",
                "Run `leadbridge sync` again: it asks the target before it repeats anything.",
            )
        rest = [delivery for index, delivery in enumerate(deliveries) if index not in upload.created]
        others = explain(self._client, rest, Answered(upload, began), self._target.dedupe) if rest else {}
        created = (State.DELIVERED, Reason.CREATED, Origin.API)
        outcomes = [
            _new_outcome(delivery.id, *created, upload.created[index])
            if index in upload.created
            else others[delivery.id]
            for index, delivery in enumerate(deliveries)
        ]
        mismatch = upload.mismatch(len(deliveries), contradiction(upload, others.values()))
        return Answer(outcomes, counted=upload.counted(), mismatch=mismatch, room=upload.room, began=began)

    def _add(self, deliveries: Sequence[Delivery]) -> object:
        try:
            return self._client.write("POST", "/leads/add", self.request(deliveries)).data
        except Refused as error:
            if error.status != _NOT_FOUND:
                raise
            raise INSTANTLY.gone(deliveries[0].place) from None

    def recheck(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Look every address up in the target it was claimed for, and elsewhere where the scope is wider.

        Where that target is gone, those found nowhere come back as FAILED: what it held cannot be known any more.
        """
        by_place: dict[Place, list[Delivery]] = {}
        for delivery in deliveries:
            by_place.setdefault(delivery.place, []).append(delivery)
        settled: dict[int, Outcome] = {}
        for place, some in by_place.items():
            settled.update(self._recheck_in(place, some))
        return [settled[delivery.id] for delivery in deliveries]

    def _recheck_in(self, place: Place, deliveries: list[Delivery]) -> dict[int, Outcome]:
        self._need_workspace(place)
        rest, dedupe = Rest(deliveries), self._target.dedupe
        exists = self._settle_in(place, rest)
        if rest.open and dedupe != "target":
            anywhere = lookups.find_leads(self._client, [one.address for one in rest.open], None)
            # A lead of the target may be shown here alone, if the target cannot be listed any more.
            seen = [
                in_target(one, anywhere) or elsewhere(one, anywhere, dedupe) or unknown(one, anywhere)
                for one in rest.open
            ]
            rest.settle([outcome for outcome in seen if outcome is not None])
        if exists:
            rest.settle_all(State.IN_DOUBT, Reason.ABSENT, Origin.LOOKUP)
        else:
            where = f"{INSTANTLY.noun(place.kind)} {place.id}"
            rest.settle_all(State.FAILED, Reason.TARGET_GONE, Origin.LOOKUP, where)
        return rest.settled

    def _settle_in(self, place: Place, rest: Rest) -> bool:
        """Settle who stands in the target; whether it exists, as far as that matters for the others."""
        unlisted: Refused | None = None
        try:
            here = lookups.find_leads(self._client, [one.address for one in rest.open], place)
            rest.settle([outcome for one in rest.open if (outcome := in_target(one, here) or unknown(one, here))])
        except Refused as error:
            if error.status != _NOT_FOUND:
                raise
            unlisted = error
        # A deleted target shows no leads either: absence counts only in one that exists.
        if rest.open and not self._exists(place):
            return False
        if unlisted is not None:
            raise unlisted  # the target stands there: the listing alone is no word about anybody
        return True

    def _exists(self, place: Place) -> bool:
        return lookups.got(self._client, f"{PATHS[place.kind]}/{place.id}") is not None

    most_updates = editing.MOST_LEADS

    def shown(self, asked: Sequence[Asked]) -> Iterator[Shown]:
        """Each lead alone, once it is sure that the key opens its workspace."""
        self._need_workspace(asked[0].place)
        return editing.shown(self._client, asked)

    def edit(self, shown: Shown, values: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        """One `PATCH /leads/{id}` with these fields alone."""
        return editing.edit(self._client, shown.asked, values)

    most_moves = moving.MOST_LEADS

    def whereabouts(self, addresses: Sequence[str]) -> Whereabouts:
        """By one search over the whole workspace."""
        return moving.whereabouts(self._client, lookups.workspace_id(self._client), addresses)

    def move(self, remote_ids: Sequence[str], source: Place, target: Place, *, alone: bool) -> str:
        """One `POST /leads/move`, from a list into a campaign of the same workspace."""
        self._need_workspace(source)
        return moving.move(self._client, remote_ids, source, target, alone=alone)

    def job(self, job_id: str) -> Job:
        """One `GET /background-jobs/{id}`."""
        return moving.job(self._client, job_id)

    def jobs_since(self, source: Place, target: Place, since: datetime) -> list[Job]:
        """The moves that have begun since, by anyone."""
        self._need_workspace(source)
        return moving.jobs_since(self._client, source, target, since)

    def inventory(self, place: Place) -> Iterator[Present]:
        """Page `leads/list` for the target, once it is sure that the key sees it and that it exists."""
        self._need_workspace(place)
        if not self._exists(place):
            raise INSTANTLY.gone(place)
        yield from everyone(self._client, place)

    def _need_workspace(self, place: Place) -> None:
        current = lookups.workspace_id(self._client)
        if current != place.workspace:
            raise INSTANTLY.foreign(f"workspace {current}", f"workspace {place.workspace}")
