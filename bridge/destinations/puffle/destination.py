"""The roster of one Puffle campaign as a destination. Launches, pauses and resumes nothing."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from threading import Lock

from bridge.api import Client
from bridge.api.scalars import count, mapping
from bridge.destinations.base import Answer, Capacity, Doubt, Inquiry, News, Present, Standing
from bridge.destinations.changing import Asked, Shown
from bridge.destinations.foreseen import Foresight, Sightings
from bridge.destinations.puffle import campaigns, drafts, editing, reporting
from bridge.destinations.puffle.campaigns import Campaign, Chain
from bridge.destinations.puffle.foresight import capacity, foresee, sightings
from bridge.destinations.puffle.outcomes import Added, already, created, settled, weighed
from bridge.destinations.puffle.roster import PAGE, Known, every_member, leads_path
from bridge.destinations.puffle.rows import PUFFLE, Member, channel_of, objection, row_body
from bridge.destinations.puffle.workspace import PuffleWorkspace
from bridge.errors import Denied, Refused, VendorError
from bridge.hygiene import identities
from bridge.model import Delivery, Identity, Lead, Origin, Outcome, Place, Reason, Scalar, Sent, State, Target

MOST_ROWS = 1000
_OF_A_ROW = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
_SNAPSHOT_SECONDS = 60.0
_FROZEN = (
    'Make a draft in Puffle and name it in bridge.toml, or set when_launched = "new_draft" in the target. '
    "Leads stay ready."
)
_GUESS = (
    "LinkedIn links are made of user names (linkedin_from_username): that is a guess, and a wrong link reaches "
    "another person."
)


class PuffleDestination:
    """A campaign under the key of `client`. See `Destination` for what each method promises."""

    doubt = Doubt.LOOKUP

    def __init__(self, client: Client, target: Target) -> None:
        self._client = client
        self._target = target
        self._continues = dict(target.options).get("when_launched") == "new_draft"
        self._rows = 0  # of the roster, as the campaign shows it before it is read
        self._adding = Lock()
        self._known: dict[Place, Known] = {}
        self._looks: dict[Place, _Look] = {}

    @property
    def name(self) -> str:
        """The target as the operator would call it."""
        return PUFFLE.called(self._target)

    @property
    def batch_size(self) -> int:
        """A thousand, or so many that the roster then ends with a full page: new rows are read by whole pages."""
        rows = max((known.total for known in self._known.values()), default=self._rows)
        return MOST_ROWS - rows % PAGE

    def identity(self, lead: Lead) -> Identity | None:
        """The address, or the profile on LinkedIn; by its link alone, unless the route allows the guess."""
        of_kind = identities.of_kind if self._target.usernames else identities.linked
        return of_kind(lead, self._target.identity)

    def workspace(self) -> PuffleWorkspace:
        """All rosters of the key's user."""
        return PuffleWorkspace(self._client)

    def clock(self) -> datetime:
        """Now by Puffle's clock."""
        return self._client.clock()

    def body(self, delivery: Delivery) -> Mapping[str, object]:
        """The row exactly as it would be posted."""
        return row_body(delivery)

    def request(self, deliveries: Sequence[Delivery]) -> Mapping[str, object]:
        """The whole body of the call that would push these."""
        return {"prospects": [row_body(one) for one in deliveries]}

    def with_room(self, standing: Standing) -> Standing:
        """As it is: no limit of a roster is documented."""
        return standing

    def sightings(self, place: Place, deliveries: Sequence[Delivery]) -> Sightings:
        """Who is in the roster already."""
        return sightings(lambda: self._roster(place).members if place.id else {}, deliveries)

    def foresee(
        self,
        place: Place,
        deliveries: Sequence[Delivery],
        samples: int,
        seen: Sightings | None = None,
        ahead: int = 0,
    ) -> Foresight:
        """Who is in the roster, the first message and the pace: from reads alone."""
        return foresee(self._client, place, deliveries, samples, seen or self.sightings(place, deliveries), ahead)

    def capacity(self, place: Place) -> Capacity:
        """How many people the draft can start on each day after its launch; a new one is as what it continues."""
        found = campaigns.detail(self._client, place.id) if not place.id.startswith("named ") else None
        base = found.campaign if found else campaigns.find(self._client, self._target)[0]
        nodes, rows = (found.nodes, found.rows) if found else ((), 0)
        return capacity(base, nodes, rows, self._client.clock().date())

    # ------------------------------------------------------------------------------------------------------ the target

    def check(self) -> Standing:
        """One or two requests; for a launched campaign those that find what continues it."""
        base, listed = campaigns.find(self._client, self._target)
        if base.is_open:
            return self._standing(base)
        chain = self._chain(base, listed)
        current = drafts.open_draft(self._client, chain)
        if current is not None:
            return self._standing(current, chain)
        return Standing(
            Place("puffle", self._workspace(base), self._target.kind, ""),
            chain.next,
            f'to be made as a draft, a copy of "{chain.launched[-1].name}", which is {chain.launched[-1].state}',
            warnings=self._warnings(),
            vendor="Puffle",
            continues=tuple(one.id for one in chain.links),
        )

    def establish(self) -> Standing:
        """The same, and makes the draft that continues a launched campaign where the route says so."""
        base, listed = campaigns.find(self._client, self._target)
        if base.is_open:
            return self._standing(base)
        chain = self._chain(base, listed)
        return self._standing(drafts.establish(self._client, chain), chain)

    def _chain(self, base: Campaign, listed: Sequence[Campaign]) -> Chain:
        """What continues a launched campaign. Raises Denied where the route waits for the operator instead."""
        if not self._continues:
            raise self._frozen(base)
        return campaigns.chain(base, listed or campaigns.everything(self._client))

    def _standing(self, one: Campaign, chain: Chain | None = None) -> Standing:
        self._rows = one.rows or 0
        rows = f"{one.rows:,} leads" if one.rows else "empty"
        state = f'continued by the draft "{one.name}"' if chain else "a draft"
        return Standing(
            Place("puffle", self._workspace(one), self._target.kind, one.id),
            one.name,
            f"{state} ({rows}); no lead is contacted until you launch it in Puffle",
            warnings=self._warnings(),
            vendor="Puffle",
            continues=tuple(link.id for link in (chain.links if chain else ()) if link.id != one.id),
        )

    def _warnings(self) -> tuple[str, ...]:
        return (_GUESS,) if self._target.usernames else ()

    def _workspace(self, one: Campaign) -> str:
        return one.user or campaigns.account(self._client)

    # ---------------------------------------------------------------------------------------------------- the delivery

    def push(self, deliveries: Sequence[Delivery]) -> Answer:
        """One call with those that the roster does not hold yet. Batches go one after the other.

        Puffle compares LinkedIn links with their case and host (puffle.md §2.2): it would take one person twice.
        """
        if not deliveries:
            return Answer([])
        place = deliveries[0].place
        bad = {one.id: why for one in deliveries if (why := objection(one, self._target.identity))}
        good = [one for one in deliveries if one.id not in bad]
        with self._adding:
            answer = self._add(place, good) if good else Answer([])
        outcomes = {outcome.delivery_id: outcome for outcome in answer}
        outcomes |= {
            number: Outcome(number, State.REFUSED, Reason.REJECTED, Origin.LOCAL, detail=f"not sent: {why}")
            for number, why in bad.items()
        }
        answer[:] = [outcomes[one.id] for one in deliveries]
        return answer

    def _add(self, place: Place, deliveries: Sequence[Delivery]) -> Answer:
        known, began = self._roster(place), self._client.clock()
        there = {one.id: known.members.get(one.address.lower()) for one in deliveries}
        outcomes = {number: already(number, member) for number, member in there.items() if member}
        new = [one for one in deliveries if not there[one.id]]
        if not new:
            return Answer(outcomes.values())
        added = self._post(place, new)
        all_new = added == Added(len(new), 0)
        try:
            if all_new:
                known.find((one.address.lower() for one in new), added.imported)
            else:
                known.read()
        except VendorError as error:
            self._known.pop(place, None)
            if not all_new:  # the rows are in, so this is not "nothing happened"
                said = f"The rows were added, and the roster could not be read afterwards: {error.message}"
                raise PUFFLE.lost(said, error.hint, error.status) from None
        new_ones = (created(one, known.members) if all_new else weighed(one, known.members, began) for one in new)
        outcomes |= {outcome.delivery_id: outcome for outcome in new_ones}
        mismatch = added.mismatch([outcomes[one.id] for one in new])
        return Answer(outcomes.values(), counted=added.counted, mismatch=mismatch, began=began)

    def _post(self, place: Place, deliveries: Sequence[Delivery]) -> Added:
        path = leads_path(place.id)
        try:
            reply = self._client.write("POST", path, self.request(deliveries))
        except Refused as error:
            raise self._explained(place, error) from None
        imported, duplicates = (count(mapping(reply.data).get(name)) for name in ("imported", "duplicates"))
        if imported is None or duplicates is None:
            raise PUFFLE.lost(
                f"It is unknown whether POST {path} took effect: its answer does not count the rows.",
                "Run `leadbridge sync` again: it asks the roster before it repeats anything.",
                reply.status,
            )
        return Added(imported, duplicates)

    def _explained(self, place: Place, error: Refused) -> Refused | Denied:
        """A 400 to a write is the campaign's where it is launched, and a row's where it is still a draft."""
        found = campaigns.detail(self._client, place.id)
        if found is None:
            return PUFFLE.gone(place)
        if not found.campaign.is_open:
            return self._frozen(found.campaign)
        if error.status in _OF_A_ROW:
            return error
        return PUFFLE.denied(
            error.message, "Look at the campaign in Puffle, then run `leadbridge sync` again.", error.status
        )

    def _frozen(self, one: Campaign) -> Denied:
        again = "Run `leadbridge sync` again: it makes the next draft. Leads stay ready."
        return PUFFLE.denied(
            f'Puffle campaign "{one.name}" is {one.state}: a roster is closed at the launch and takes no more leads.',
            again if self._continues else _FROZEN,
        )

    def _roster(self, place: Place) -> Known:
        """The roster, read once for this destination and kept up by what it adds."""
        if place not in self._known:
            try:
                self._known[place] = Known(self._client, place.id, self._target.identity)
            except Refused as error:
                raise PUFFLE.gone(place) if error.status == HTTPStatus.NOT_FOUND else error from None
        return self._known[place]

    # ---------------------------------------------------------------------------------------------- asking afterwards

    def recheck(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Look for them in the roster that each was claimed for; where that is gone, it cannot be known.

        One reading serves for many questions, and a person who is asked for twice is looked for again.
        """
        outcomes: dict[int, Outcome] = {}
        for place in dict.fromkeys(one.place for one in deliveries):
            some = [one for one in deliveries if one.place == place]
            members = self._looked_up(place, some)
            outcomes |= {one.id: settled(one, members) for one in some}
        return [outcomes[one.id] for one in deliveries]

    def _looked_up(self, place: Place, deliveries: Sequence[Delivery]) -> Mapping[str, Member] | None:
        """The members of a roster; None where its campaign is gone."""
        wanted = {one.address.lower() for one in deliveries}
        look = self._looks.get(place)
        if look is None or look.is_stale(wanted):
            self._need_account(place)
            look = self._looks[place] = _Look(self._members(place, channel_of(deliveries[0].address)))
        look.asked |= wanted
        return look.members

    def _members(self, place: Place, channel: str) -> Mapping[str, Member] | None:
        try:
            return {one.key: one for one in every_member(self._client, place.id, channel)}
        except Refused as error:
            if error.status != HTTPStatus.NOT_FOUND or campaigns.detail(self._client, place.id) is not None:
                raise
            return None

    most_updates = editing.MOST_ROWS

    def shown(self, asked: Sequence[Asked]) -> Iterator[Shown]:
        """The rows of a draft, each read again right before it comes."""
        return editing.shown(self._client, asked[0].place, asked)

    def edit(self, shown: Shown, values: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        """One PATCH of the roster; a campaign that was launched meanwhile is closed."""
        try:
            return editing.edit(self._client, shown.asked, values)
        except Refused as error:
            raise self._explained(shown.asked.place, error) from None

    def inventory(self, place: Place) -> Iterator[Present]:
        """Page the roster of the campaign, once it is sure that the key sees it and that it exists."""
        self._need_account(place)
        found = campaigns.detail(self._client, place.id)
        if found is None:
            raise PUFFLE.gone(place)
        for one in every_member(self._client, place.id, found.campaign.type):
            yield Present(one.id, one.key, one.created, one.status, vague=not (one.id and one.key))

    def events(self, inquiry: Inquiry) -> Iterator[News]:
        """What became of the rows of launched campaigns: one listing of the campaigns says which of them moved."""
        listed = self._need_account(inquiry.places[0])
        return reporting.events(self._client, inquiry, {one.id: one for one in listed})

    def look_at(self, sent: Sequence[Sent]) -> Iterator[News]:
        """What the rosters say of these leads now."""
        return reporting.look_at(self._client, sent)

    def _need_account(self, place: Place) -> list[Campaign]:
        """All campaigns of the key. Raises Denied where it does not open the workspace of a place."""
        listed = campaigns.everything(self._client)
        if any(place.id == one.id or place.workspace == one.user for one in listed):
            return listed
        opened = campaigns.account(self._client) or "(none)"
        raise PUFFLE.foreign(f"the campaigns of user {opened}", f"those of user {place.workspace}")


class _Look:
    """A roster as it was read once, and the addresses it was asked for since."""

    def __init__(self, members: Mapping[str, Member] | None) -> None:
        self.members = members
        self.asked: set[str] = set()
        self._read_at = time.monotonic()

    def is_stale(self, wanted: set[str]) -> bool:
        """Whether it may be too old for the question."""
        return not self.asked.isdisjoint(wanted) or time.monotonic() - self._read_at > _SNAPSHOT_SECONDS
