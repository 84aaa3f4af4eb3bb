"""Finds the campaign that the operator named, and says how it stands. Writes nothing.

Names need not be unique in Inbox. An id is lower-case letters and digits, as a name may be: both are looked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.api import Client
from bridge.api.verdicts import shortened
from bridge.destinations.inbox import reading
from bridge.destinations.inbox.reading import INBOX, Campaign, Sender
from bridge.destinations.wording import so_named
from bridge.errors import Denied
from bridge.lazy import dataclass
from bridge.model import Target

PLATFORM = "twitter"
_ID = re.compile(r"[0-9a-z]+")
_STATES: Mapping[str, str] = {
    "draft": "a draft: leads are stored, and no lead is messaged until you enable it",
    "paused": "paused: leads are stored, and no lead is messaged until you resume it",
    "active": "active",
    "": "of unknown status",
}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a target in bridge.toml. `columns` are pairs: our field, and the campaign's column."""

    senders: tuple[str, ...] = ()
    timezone: str = ""
    exclude_contacted: bool = False
    exclude_mutuals: bool = False
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def rules(self) -> dict[str, bool]:
        """The lead rules that are switched on, by Inbox's names."""
        wanted = {"excludeContacted": self.exclude_contacted, "excludeMutuals": self.exclude_mutuals}
        return {name: on for name, on in wanted.items() if on}


def options(target: Target) -> Options:
    """The options of the target; those that are not set keep their defaults."""
    given: dict[str, Any] = {name: value for name, value in target.options if value is not None}
    return Options(**{name: value for name, value in given.items() if name in Options.__dataclass_fields__})


def find(client: Client, target: Target) -> Campaign | None:
    """The campaign by id or name; None for a missing one that may be created.

    Raises Denied where it is missing, or several have the name, or Inbox lists no campaigns.
    """
    ref = target.ref.strip()
    found = reading.campaign(client, ref) if _ID.fullmatch(ref) else None
    if found is not None:
        return found
    listed = reading.campaigns(client)
    if listed is None:
        raise _unlisted(target)
    everything = list(listed)
    named = so_named(everything, ref)
    if len(named) > 1:
        raise ambiguous(target, named)
    if named and not named[0].id:
        raise INBOX.unreadable(f"GET {reading.CAMPAIGNS}")
    if not named and not target.create:
        raise INBOX.missing(
            target, (one.name for one in everything), ", or add `create = true` and `senders` to the target"
        )
    return named[0] if named else None


def state(one: Campaign) -> str:
    """The status as it reads after "is"."""
    return _STATES.get(one.status, f'of unknown status "{shortened(one.status)}"')


def judge(one: Campaign, target: Target) -> None:
    """Raises Denied where the campaign takes no leads any more."""
    if one.status == "completed":
        raise INBOX.denied(
            f"{INBOX.called(target)} is completed: it takes no leads. They stay ready.",
            "Name another campaign in bridge.toml, then run `leadbridge check`.",
        )


def sets_off(one: Campaign, target: Target) -> str:
    """What adding leads to the campaign has Inbox do; "" where nothing."""
    if one.status in ("draft", "paused"):
        return ""
    zone = f", {one.timezone}" if one.timezone else ""
    return f"{INBOX.called(target)} is {state(one)}: leads that are added are messaged on its schedule{zone}."


def warnings(one: Campaign, target: Target, linked: Sequence[Sender] | str) -> Iterator[str]:
    """What the operator should know of a campaign that takes leads; `linked` may be why accounts cannot be read."""
    name, wanted = INBOX.called(target), options(target)
    if one.syncing:
        yield f"{name} is applying its rules now: its number of leads still changes."
    if one.targets is not None and one.assessed is not None and one.assessed < one.targets:
        yield f"{name} has checked {one.assessed:,} of {one.targets:,} leads for reachability; its scope may change."
    yield from [f"The senders of {name} cannot be read: {linked}"] if isinstance(linked, str) else _unable(one, linked)
    if wanted.timezone and one.timezone and one.timezone != wanted.timezone:
        yield f"{name} has the time zone {one.timezone}, and bridge.toml says {wanted.timezone}: change it in Inbox."
    off = [rule for rule in wanted.rules if one.rules and not one.rules.get(rule)]
    if off:
        yield f"{name} does not have the lead rules that bridge.toml asks for ({', '.join(off)}): set them in Inbox."


def _unable(one: Campaign, linked: Sequence[Sender]) -> Iterator[str]:
    by_id = {sender.id: sender for sender in linked}
    unable = [by_id[key] for key in one.senders if key in by_id and by_id[key].status not in ("active", "")]
    if unable:
        names = ", ".join(f"@{sender.username} ({sender.status})" for sender in unable)
        yield f'Senders of "{one.name}" cannot send now: {names}. Sign them in again in Inbox.'
    if not one.senders or not by_id:
        yield f'"{one.name}" has no sender: link an X account in Inbox.'


def _unlisted(target: Target) -> Denied:
    created = " Without a list none is created either: a second one might be made." if target.create else ""
    return INBOX.denied(
        f"{INBOX.called(target)} was not found by its id, and Inbox lists no campaigns under this key, so it cannot be "
        f"found by its name.{created}",
        "Write the campaign's id, from its address in Inbox, as inbox_campaign in bridge.toml.",
    )


def ambiguous(target: Target, named: Sequence[Campaign]) -> Denied:
    """Several campaigns have the name."""
    made = [f", created {one.created:%Y-%m-%d}" if one.created else "" for one in named]
    return INBOX.ambiguous(target, [f"{one.id} ({one.status}{at})" for one, at in zip(named, made, strict=True)])
