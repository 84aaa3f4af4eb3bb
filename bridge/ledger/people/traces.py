"""Everything in the ledger about one person, as values, and what of it belongs to one client. Reads no database."""

from dataclasses import replace
from datetime import datetime

from bridge.lazy import dataclass
from bridge.model import Place, State


@dataclass(frozen=True, slots=True)
class TracedDelivery:
    """A delivery of the person. `place` is None while it was claimed for none; `ended_at` when its last call ended."""

    id: int
    lead_id: int
    route: str
    client: str
    state: State
    address: str
    place: Place | None
    remote_id: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class TracedTrial:
    """A test lead that was posted with this person's fields, or to their address."""

    id: int
    client: str
    address: str
    place: Place
    remote_id: str


@dataclass(frozen=True, slots=True)
class Traces:
    """Everything in the ledger about one person. `addresses` has every spelling, `persons` the key of each identity.

    With `client` only what is that client's: leads that its routes alone know, its deliveries and its test leads.
    """

    lead_ids: tuple[int, ...] = ()
    source_ids: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    deliveries: tuple[TracedDelivery, ...] = ()
    trials: tuple[TracedTrial, ...] = ()
    client: str = ""

    def of(self, client: str) -> "Traces":
        """What of it is this client's."""
        mine = tuple(one for one in self.deliveries if one.client == client)
        alone = {one.lead_id for one in mine} - {one.lead_id for one in self.deliveries if one.client != client}
        leads = tuple(one for one in self.lead_ids if one in alone)
        trials = tuple(one for one in self.trials if one.client == client)
        return replace(self, lead_ids=leads, deliveries=mine, trials=trials, client=client)

    @property
    def clients(self) -> tuple[str, ...]:
        """The clients whose routes know the person."""
        return tuple(sorted({one.client for one in self.deliveries} | {one.client for one in self.trials}))

    @property
    def routes(self) -> tuple[str, ...]:
        """The routes that have to stand still while the person is erased."""
        return tuple(sorted({delivery.route for delivery in self.deliveries}))

    @property
    def places(self) -> frozenset[Place]:
        """Every target they may have been sent to."""
        return frozenset(place for _, place in self.sent)

    @property
    def sent(self) -> frozenset[tuple[str, Place]]:
        """The same, each with the client whose route sent them there."""
        posted = {(trial.client, trial.place) for trial in self.trials}
        return frozenset(posted | {(one.client, one.place) for one in self.deliveries if one.place is not None})
