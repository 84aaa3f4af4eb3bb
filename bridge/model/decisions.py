"""What is decided of a lead. Decides nothing.

Msgspec values, as `fields` has them and for the same reason: one is made for every lead of every sweep.
"""

from datetime import datetime

import msgspec

from bridge.model.fields import Fields
from bridge.model.states import Reason


class Deliver(msgspec.Struct, frozen=True, gc=False):
    """The rules let this lead go, with these fields, until its validation is too old (None = never).

    `domain` is the one that counts towards the route's cap, "" where none does.
    """

    address: str
    fields: Fields
    domain: str = ""
    expires_at: datetime | None = None


class Hold(msgspec.Struct, frozen=True, gc=False):
    """The rules keep this lead back. `detail` adds the fact the reason rests on, free of addresses and secrets."""

    reason: Reason
    detail: str = ""


Decision = Deliver | Hold
