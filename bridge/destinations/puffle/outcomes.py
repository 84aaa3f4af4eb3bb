"""What became of each row that was posted: by the counters where they say all, else by the roster. Sends nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bridge.destinations.puffle.rows import Member
from bridge.lazy import dataclass
from bridge.model import Delivery, Origin, Outcome, Reason, State

TOLERANCE = timedelta(seconds=60)
"""Between the vendor's `Date` headers and the creation times of its rows."""


@dataclass(frozen=True, slots=True)
class Added:
    """What the answer to an add counted; it does not say which row was which."""

    imported: int
    duplicates: int

    @property
    def counted(self) -> dict[str, int]:
        """As Puffle names them."""
        return {"imported": self.imported, "duplicates": self.duplicates}

    def mismatch(self, outcomes: Sequence[Outcome]) -> str:
        """One sentence where the counters contradict the batch or the roster; "" where they add up."""
        sent, created = len(outcomes), sum(one.state is State.DELIVERED for one in outcomes)
        said = []
        if self.imported + self.duplicates != sent:
            said.append(f"it counted {self.imported} imported and {self.duplicates} duplicates")
        elif self.imported > created:
            said.append(f"it counted {self.imported} imported, and the roster has {created} new")
        lost = sum(one.reason is Reason.UNEXPLAINED for one in outcomes)
        if lost:
            said.append(f"{lost} of them are not in the roster")
        return f"Of {sent} leads sent, Puffle's answer does not add up: {'; '.join(said)}." if said else ""


def created(one: Delivery, members: Mapping[str, Member]) -> Outcome:
    """Where the counters say that all were created; the id where the roster showed it."""
    now = members.get(one.address.lower())
    return Outcome(one.id, State.DELIVERED, Reason.CREATED, Origin.API, remote_id=now.id if now else "")


def weighed(one: Delivery, members: Mapping[str, Member], began: datetime) -> Outcome:
    """Where they do not, by the roster as it is now. An earlier call may have been refused after it wrote rows."""
    now = members.get(one.address.lower())
    if now is None:
        return Outcome(one.id, State.READY, Reason.UNEXPLAINED, Origin.INFERRED)
    if not _is_ours(now, min(began, one.asked_at or began)):
        return already(one.id, now)
    return Outcome(one.id, State.DELIVERED, Reason.CREATED, Origin.LOOKUP, remote_id=now.id)


def settled(one: Delivery, members: Mapping[str, Member] | None) -> Outcome:
    """What a roster says of a delivery whose answer was lost; None: the campaign is gone."""
    if members is None:
        gone = f"campaign {one.place.id}"
        return Outcome(one.id, State.FAILED, Reason.TARGET_GONE, Origin.LOOKUP, detail=gone)
    now = members.get(one.address.lower())
    if now is None:
        return Outcome(one.id, State.IN_DOUBT, Reason.ABSENT, Origin.LOOKUP)
    if one.asked_at is None or not _is_ours(now, one.asked_at):
        return already(one.id, now)
    return Outcome(one.id, State.DELIVERED, Reason.CREATED, Origin.LOOKUP, remote_id=now.id)


def already(number: int, member: Member) -> Outcome:
    """Who stood in the roster before."""
    return Outcome(number, State.DUPLICATE, Reason.IN_TARGET, Origin.LOOKUP, remote_id=member.id)


def _is_ours(member: Member, since: datetime) -> bool:
    by_api = member.source in {"", "api"}
    return by_api and member.created is not None and member.created >= since - TOLERANCE
