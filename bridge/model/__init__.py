"""The frozen values of leadbridge and the table of a delivery's states. Does no I/O and knows no vendor's JSON.

Words are those of docs/architecture.md. A *lead* is one person as Scravio reports them, a *route* one entry of the
configuration; a *delivery* is the record of one lead on one route. Times are aware datetimes in UTC.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bridge.model.deliveries import Delivery, Outcome, Place
from bridge.model.events import ONCE, POSITIVE, SENDER_SIDE, EventKind, Learnt, ReportedEvent, Sent, Witness
from bridge.model.facts import NOTHING, Lead, Scalar, SourceCampaign
from bridge.model.identity import KINDS, Identity, Kind
from bridge.model.making import maker
from bridge.model.routes import (
    DEFAULT_CLIENT,
    Brake,
    Budget,
    Client,
    Dedupe,
    Feedback,
    Mapped,
    Order,
    Pace,
    Route,
    Rules,
    Schedule,
    Source,
    Target,
    Update,
    ValidationRequest,
    retired_route,
)
from bridge.model.states import (
    CLAIMING,
    MOVES,
    PROBLEM_ERASED,
    PROBLEM_PRUNED,
    IllegalMove,
    Origin,
    Reason,
    State,
    check_move,
)

if TYPE_CHECKING:
    from bridge.model.decisions import Decision, Deliver, Hold
    from bridge.model.fields import Fields

__all__ = [
    "CLAIMING",
    "DEFAULT_CLIENT",
    "KINDS",
    "MOVES",
    "NOTHING",
    "ONCE",
    "POSITIVE",
    "PROBLEM_ERASED",
    "PROBLEM_PRUNED",
    "SENDER_SIDE",
    "Brake",
    "Budget",
    "Client",
    "Decision",
    "Dedupe",
    "Deliver",
    "Delivery",
    "EventKind",
    "Feedback",
    "Fields",
    "Hold",
    "Identity",
    "IllegalMove",
    "Kind",
    "Lead",
    "Learnt",
    "Mapped",
    "Order",
    "Origin",
    "Outcome",
    "Pace",
    "Place",
    "Reason",
    "ReportedEvent",
    "Route",
    "Rules",
    "Scalar",
    "Schedule",
    "Sent",
    "Source",
    "SourceCampaign",
    "State",
    "Target",
    "Update",
    "ValidationRequest",
    "Witness",
    "check_move",
    "maker",
    "retired_route",
]


_LATER = {"Fields": "fields", "Decision": "decisions", "Deliver": "decisions", "Hold": "decisions"}


def __getattr__(name: str) -> Any:
    """A value of msgspec, loaded when it is first asked for: that costs `status` 10 ms."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
