"""What is delivered of a lead, and where to. Decides nothing."""

from datetime import datetime
from typing import TYPE_CHECKING

from bridge.lazy import dataclass
from bridge.model.routes import Dedupe
from bridge.model.states import Origin, Reason, State

if TYPE_CHECKING:
    from bridge.model.fields import Fields


@dataclass(frozen=True, slots=True)
class Place:
    """One target as its vendor knows it: fixed in a delivery at the claim, and asked again by `settle`."""

    vendor: str
    workspace: str
    kind: str
    id: str

    @property
    def scope(self) -> str:
        """The dedupe scope of this target alone."""
        return f"{self.vendor}:{self.workspace}:{self.kind}:{self.id}"

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every dedupe scope a delivery to this target falls in, narrowest first."""
        return (self.scope, f"{self.vendor}:{self.workspace}:{self.kind}s", f"{self.vendor}:{self.workspace}")

    def guarded(self, dedupe: Dedupe) -> tuple[str, ...]:
        """The scopes in which a person must be unclaimed before a delivery with this `dedupe` may go.

        This target always counts: the vendor would not take the same address twice either. Where "everywhere" looks
        beyond the workspace, no claim is kept (`ledger/core/everywhere.py`).
        """
        wider = {
            "target": self.scope,
            "campaigns": f"{self.vendor}:{self.workspace}:campaigns",
            "lists": f"{self.vendor}:{self.workspace}:lists",
            "workspace": f"{self.vendor}:{self.workspace}",
            "everywhere": f"{self.vendor}:{self.workspace}",
        }[dedupe]
        return (self.scope,) if wider == self.scope else (self.scope, wider)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery: what a destination needs to push it, and to ask for it afterwards.

    `person` is the key of the identity it goes to, `other` that of the lead's other one ("" = none). `place` is the
    target it was claimed for. `asked_at` is when its first call that may have taken effect began, by the vendor's clock
    (None before any): what the target holds since then may be ours.
    """

    id: int
    person: str
    address: str
    fields: "Fields"
    place: Place
    state: State = State.SENDING
    attempts: int = 0
    asked_at: datetime | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a destination says became of one delivery.

    IN_DOUBT with reason ABSENT says "looked, and it is not there"; whether that is enough is not the destination's
    to judge. `detail` names the place where a duplicate stands, or the vendor's words.
    """

    delivery_id: int
    state: State
    reason: Reason
    origin: Origin
    remote_id: str = ""
    detail: str = ""
