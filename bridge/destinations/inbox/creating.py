"""Creates a missing campaign, as a draft (inbox.md §2.1). Enables nothing.

The page shows no key for the time zone, and not the inner ones of the rules: the likeliest are tried. A 400 that names
one of them is read, and the call is made once more without it. Rules have a documented call of their own.
"""

from collections.abc import Mapping
from datetime import timedelta

from bridge.api import Client
from bridge.api.scalars import mapping
from bridge.api.verdicts import vendor_words
from bridge.destinations.inbox import reading
from bridge.destinations.inbox.reading import CAMPAIGNS, INBOX, Campaign, read_campaign
from bridge.destinations.inbox.target import PLATFORM, Options, ambiguous, options
from bridge.destinations.wording import so_named
from bridge.errors import AnswerLost, Denied, Refused
from bridge.model import Target

_TOLERANCE = timedelta(seconds=60)  # between the vendor's Date headers and the creation times of its campaigns
_LONGEST_NAME = 255
_ZONE, _OTHER_ZONE = "scheduleTimezone", "timezone"
_RULES = ("rules", "excludeContacted", "excludeMutuals")


def create(client: Client, target: Target) -> Campaign:
    """Make the campaign. A lost answer is settled by listing; where that does not show it, AnswerLost is raised."""
    wanted, name = options(target), target.ref.strip()
    need_senders(client, target)
    if len(name) > _LONGEST_NAME:
        raise INBOX.denied(f"A campaign's name has at most {_LONGEST_NAME} characters.", "Shorten it in bridge.toml.")
    body: dict[str, object] = {"name": name, "accountLinkIds": list(wanted.senders)}
    body |= {_ZONE: wanted.timezone} if wanted.timezone else {}
    body |= {"rules": wanted.rules} if wanted.rules else {}
    began = client.clock()
    try:
        made = _posted(client, target, body)
    except AnswerLost:
        listed = reading.campaigns(client)
        named = [] if listed is None else so_named(list(listed), name)
        since = [one for one in named if one.created is None or one.created >= began - _TOLERANCE]
        if len(since) > 1:
            raise ambiguous(target, since) from None
        if not since:
            raise
        made = since[0]
    return _with_rules(client, made, wanted)


def need_senders(client: Client, target: Target) -> None:
    """Raises Denied where a sender of the target is none of the team's X accounts."""
    linked = {one.id: one for one in reading.senders(client)}
    on_x = [one for one in linked.values() if one.platform in (PLATFORM, "x", "")]
    wanted = options(target).senders
    listed = ", ".join(f"{one.id} (@{one.username})" for one in on_x)
    hint = f"Write ids of these into senders: {listed}." if on_x else "Link an X account in Inbox first."
    if not on_x:
        raise INBOX.denied("The team has no linked X account, so no campaign can be created.", hint)
    for sender in wanted:
        if sender not in linked:
            raise INBOX.denied(f'The sender "{sender}" is no linked account of this team.', hint)
        if linked[sender] not in on_x:
            raise INBOX.denied(f'The sender "{sender}" is an account on {linked[sender].platform}, not on X.', hint)


def _posted(client: Client, target: Target, body: Mapping[str, object]) -> Campaign:
    try:
        reply = client.write("POST", CAMPAIGNS, body)
    except Refused as error:
        other = _without_what_is_named(body, vendor_words(error.body))
        if other is None:
            raise _not_created(target, error) from None
        try:
            reply = client.write("POST", CAMPAIGNS, other)
        except Refused as again:
            raise _not_created(target, again) from None
    made = read_campaign(mapping(reply.data))
    if not made.id:
        raise INBOX.unnamed(INBOX.called(target), reply.status)
    return made


def _without_what_is_named(body: Mapping[str, object], said: str) -> dict[str, object] | None:
    """The body with another key in place of the one that a refusal names, or without it; None where it names none."""
    if _ZONE in body and _ZONE in said:
        return {(_OTHER_ZONE if name == _ZONE else name): value for name, value in body.items()}
    if "rules" in body and any(name in said for name in _RULES):
        return {name: value for name, value in body.items() if name != "rules"}
    return None


def _not_created(target: Target, error: Refused) -> Denied:
    return INBOX.denied(
        f"{INBOX.called(target)} could not be created: {error.message}",
        "Make it in Inbox and write its id as inbox_campaign in bridge.toml.",
        error.status,
    )


def _with_rules(client: Client, made: Campaign, wanted: Options) -> Campaign:
    """The campaign with its lead rules: set by the documented call where creating it did not set them."""
    if all(made.rules.get(name) for name in wanted.rules):
        return made
    client.write("PATCH", f"{CAMPAIGNS}/{made.id}/rules", wanted.rules)
    return reading.campaign(client, made.id) or made
