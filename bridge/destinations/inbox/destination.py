"""One Inbox campaign as a destination. Enables, disables and sends nothing.

Its answers count and name no lead, and sending the same again changes nothing (inbox.md §2.5): doubt ends by REPEAT.
"""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

from bridge.api import Client
from bridge.destinations.base import Answer, Capacity, Doubt, Standing
from bridge.destinations.changing import Asked, Shown
from bridge.destinations.foreseen import Foresight, Sightings
from bridge.destinations.inbox import columns, creating, foresight, reading, target
from bridge.destinations.inbox.adding import MOST_LEADS, Adding, Counts, read_counts
from bridge.destinations.inbox.reading import CAMPAIGNS, INBOX, Campaign
from bridge.destinations.inbox.target import PLATFORM, options
from bridge.destinations.inbox.workspace import InboxWorkspace
from bridge.errors import Denied, Refused, VendorError
from bridge.hygiene import identities
from bridge.model import Delivery, Identity, Lead, Place, Scalar, Target


class InboxDestination:
    """A campaign under the key of `client`. See `Destination` for what each method promises."""

    doubt = Doubt.REPEAT
    batch_size = MOST_LEADS

    def __init__(self, client: Client, target: Target) -> None:
        self._client = client
        self._target = target
        self._workspace = InboxWorkspace(client)
        self._columns: dict[str, columns.Columns] = {}

    @property
    def name(self) -> str:
        """The target as the operator would call it."""
        return INBOX.called(self._target)

    def identity(self, lead: Lead) -> Identity | None:
        """The profile on X; None where the lead has none, or X cannot have its user name."""
        return identities.of_kind(lead, "x")

    def workspace(self) -> InboxWorkspace:
        """The team."""
        return self._workspace

    # ------------------------------------------------------------------------------------------------------ the target

    def check(self) -> Standing:
        """The team, the campaign, its senders, and its columns where the target names any."""
        return self._standing(target.find(self._client, self._target))

    def establish(self) -> Standing:
        """The same, creating a missing campaign where that is allowed."""
        found = target.find(self._client, self._target)
        return self._standing(found or creating.create(self._client, self._target))

    def _standing(self, one: Campaign | None) -> Standing:
        ref, team = self._target.ref.strip(), self._workspace.id()
        if one is None:
            creating.need_senders(self._client, self._target)
            return Standing(Place("inbox", team, "campaign", ""), ref, "to be created", vendor="Inbox")
        target.judge(one, self._target)
        warnings = target.warnings(one, self._target, self._senders())
        carried = self._columns_of(one.id, again=True)
        return Standing(
            place=Place("inbox", team, "campaign", one.id),
            title=one.name or ref,
            status=target.state(one),
            warnings=(*warnings, *carried.missing),
            variables=frozenset(carried.fields.values()),
            vendor="Inbox",
            sets_off=target.sets_off(one, self._target),
        )

    def _senders(self) -> list[reading.Sender] | str:
        """The team's accounts, or why they cannot be read: adding leads needs none of them."""
        try:
            return reading.senders(self._client)
        except (Denied, Refused) as error:
            return error.message

    def _columns_of(self, campaign_id: str, *, again: bool = False) -> columns.Columns:
        if again or campaign_id not in self._columns:
            self._columns[campaign_id] = columns.read(self._client, campaign_id, options(self._target).columns)
        return self._columns[campaign_id]

    # ---------------------------------------------------------------------------------------------------- the delivery

    def body(self, delivery: Delivery) -> Mapping[str, object]:
        """The lead object exactly as it would be posted."""
        known = self._columns.get(delivery.place.id) or columns.as_written(options(self._target).columns)
        values = known.values(delivery)
        return {"username": delivery.address, "platform": PLATFORM, **({"data": values} if values else {})}

    def request(self, deliveries: Sequence[Delivery]) -> Mapping[str, object]:
        """The whole body of the call that would push these."""
        return {"platform": PLATFORM, "leads": [self.body(one) for one in deliveries]}

    def push(self, deliveries: Sequence[Delivery]) -> Answer:
        """One call that adds them; more only where some cannot be resolved, to find out which."""
        if not deliveries:
            return Answer([])
        if len({one.place for one in deliveries}) > 1:
            raise ValueError("a batch goes to one place")
        self._columns_of(deliveries[0].place.id)
        adding = Adding(self._add)
        first = adding.run(deliveries)
        counted = {"added": first.added, "skipped": first.skipped, "failed": first.failed, "calls": 1 + adding.calls}
        outcomes = [adding.outcomes[one.id] for one in deliveries]
        return Answer(outcomes, counted=counted, mismatch=first.mismatch(len(deliveries)))

    def _add(self, deliveries: Sequence[Delivery]) -> Counts:
        place = deliveries[0].place
        try:
            reply = self._client.write("POST", f"{CAMPAIGNS}/{place.id}/leads", self.request(deliveries))
        except Refused as error:
            raise self._explained(error, place) from None
        return read_counts(reply.data)

    # ----------------------------------------------------------------------------------------- changing what was sent

    most_updates = columns.MOST_LEADS

    def shown(self, asked: Sequence[Asked]) -> Iterator[Shown]:
        """Each lead alone, as far as Inbox shows it."""
        place = asked[0].place
        if place.workspace != self._workspace.id():
            raise INBOX.foreign(f"team {self._workspace.id()}", f"team {place.workspace}")
        return columns.shown(self._client, asked, self._columns_of(place.id).fields)

    def edit(self, shown: Shown, values: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        """One PATCH of the lead's columns."""
        fields = self._columns_of(shown.asked.place.id).fields
        data = {one: values[name] for one, name in fields.items() if name in values}
        return columns.edit(self._client, shown.asked, data)

    def _explained(self, error: Refused, place: Place) -> VendorError:
        """A refusal that a person must end, in place of one that speaks of a lead."""
        if error.status == HTTPStatus.NOT_FOUND:
            return INBOX.gone(place)
        named = next(columns.strange(self._columns_of(place.id), error.message), None)
        if named is not None:
            return INBOX.denied(
                f'{self.name} has no column "{named}": {error.message}',
                "Fix `columns` of the target in bridge.toml, then run `leadbridge sync` again.",
                error.status,
            )
        found = reading.campaign(self._client, place.id)
        if found is not None:
            target.judge(found, self._target)
        return error

    # ----------------------------------------------------------------------------------------------------- the preview

    def with_room(self, standing: Standing) -> Standing:
        """Inbox shows no limit of leads."""
        return standing

    def sightings(self, place: Place, deliveries: Sequence[Delivery]) -> Sightings:
        """Inbox does not show who is in a campaign."""
        del place, deliveries
        return foresight.sightings()

    def capacity(self, place: Place) -> Capacity:
        """How many people its senders can message on each day: from two reads."""
        found = reading.campaign(self._client, place.id)
        if found is None:
            raise INBOX.denied(f"{self.name} cannot be read: what it can send is not known.", "Run `leadbridge check`.")
        return foresight.capacity(found, reading.senders(self._client), self._client.clock())

    def foresee(
        self, place: Place, deliveries: Sequence[Delivery], samples: int, seen: Sightings | None = None, ahead: int = 0
    ) -> Foresight:
        """The first message, the pace, and what adding the leads sets off: from two reads."""
        del seen
        try:
            found = reading.campaign(self._client, place.id) if place.id else None
            linked = reading.senders(self._client) if found else []
        except VendorError as error:
            return Foresight(notes=(foresight.UNKNOWN, f"The campaign could not be read: {error.message}"))
        if found is None:
            return Foresight(notes=(foresight.UNKNOWN,))
        values, today = self._columns_of(place.id).values, self._client.clock().date()
        sets_off = target.sets_off(found, self._target)
        return foresight.foresee(found, linked, deliveries, values, samples, ahead, today, sets_off)
