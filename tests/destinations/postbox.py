"""Postbox, a vendor that does not exist: the smallest destination there can be, and its entry in the registry."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import Field

from bridge.api import Client
from bridge.config.table import Text
from bridge.config.vendor import TargetKind, Variable, Vendor, folder
from bridge.config.vendor_tables import PaceTable, TargetTable
from bridge.destinations.base import Doubt, Standing
from bridge.hygiene import identities
from bridge.model import Delivery, Identity, Lead, Origin, Outcome, Place, Reason, State, Target


class Postbox:
    """One box of Postbox. `PUT /boxes/{id}/people` adds who is missing and leaves the others as they are."""

    batch_size, doubt = 100, Doubt.REPEAT

    def __init__(self, client: Client, target: Target) -> None:
        self._client, self._target, self.name = client, target, f'Postbox box "{target.ref}"'

    def identity(self, lead: Lead) -> Identity | None:
        return identities.of_kind(lead, self._target.identity)

    def check(self) -> Standing:
        box = self._client.get(f"/boxes/{self._target.ref}").data
        place = Place("postbox", box["account"], self._target.kind, box["id"])
        return Standing(place, box["title"], "open", vendor="Postbox")

    establish = check

    def body(self, delivery: Delivery) -> Mapping[str, object]:
        return {"to": delivery.address, "name": delivery.fields.first_name}

    def push(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        people = [self.body(one) for one in deliveries]
        path = f"/boxes/{deliveries[0].place.id}/people" if people else ""
        new = self._client.write("PUT", path, {"people": people}).data["new"] if people else {}
        return [_outcome(one, new.get(one.address)) for one in deliveries]


def _outcome(one: Delivery, new: str | None) -> Outcome:
    state, reason = (State.DELIVERED, Reason.CREATED) if new else (State.DUPLICATE, Reason.IN_TARGET)
    return Outcome(one.id, state, reason, Origin.API, remote_id=new or "")


destination = Postbox


def headers(values: Mapping[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {values['POSTBOX_API_KEY']}"}


class PostboxTarget(TargetTable):
    KINDS: ClassVar = (
        TargetKind("postbox_box", "box"),
        TargetKind("postbox_wall", "wall", identity="x", demands_validation=False),
    )

    postbox_box: Text | None = Field(None, description="Id of a box, for e-mail.")
    postbox_wall: Text | None = Field(None, description="Id of a box, for messages on X.")


PACE, TARGETS = PaceTable, PostboxTarget

POSTBOX = Vendor(
    name="postbox",
    title="Postbox",
    variables=(
        Variable("POSTBOX_API_KEY", "key of the Postbox API", kind="secret"),
        Variable("POSTBOX_BASE_URL", "where the Postbox API answers", "https://api.postbox.example", "url"),
    ),
    key_at="Postbox under Account",
    tables=folder("tests.destinations.postbox"),
    code=folder("tests.destinations.postbox"),
)
