"""Makes the draft that continues a launched campaign, as a copy of what can be copied. Launches nothing.

Names are unique for a user: after a lost answer to a create, the next one finds the name taken (409). It then looks
whose draft that is before it makes another.
"""

from collections.abc import Mapping
from typing import Any

from bridge.api import Client
from bridge.api.scalars import mapping
from bridge.destinations.puffle import campaigns
from bridge.destinations.puffle.campaigns import CAMPAIGNS, Campaign, Chain, Detail
from bridge.destinations.puffle.roster import page
from bridge.destinations.puffle.rows import PUFFLE
from bridge.errors import Refused

_CONFLICT = 409
_MOST_TRIES = 5
_SETTINGS = {
    "email": ("daily_limit", "stop_on_reply", "open_tracking", "signature"),
    "linkedin": ("skip_other_campaigns", "operating_hours"),
}
# What a node says; its id, its campaign and its place are the copy's own.
_NODE = (
    *("type", "subject", "body", "body_html", "from_name", "reply_to", "cc", "bcc", "attachments", "signature"),
    *("include_message", "is_reply", "delay_days", "delay_hours", "delay_minutes", "ai_node"),
)
_TEXTS = ("subject", "body", "body_html", "ai_node")


def open_draft(client: Client, chain: Chain) -> Campaign | None:
    """The draft that continues the chain already; None where the next one is still to be made."""
    return next((one for one in chain.drafts if is_ours(client, one, chain.launched[-1])), None)


def is_ours(client: Client, draft: Campaign, source: Campaign) -> bool:
    """Whether the draft is a continuation that we made: its rows came by the API, or it has the same senders and none.

    What the operator changed in its texts does not matter. A draft with rows of a file or a list is the operator's own.
    """
    if draft.rows:
        return all(one.source in {"", "api"} for one in page(client, draft.id, draft.type, 1).members)
    return draft.senders == source.senders


def establish(client: Client, chain: Chain) -> Campaign:
    """The draft that continues the chain, made now if need be, with its sequence.

    Raises Denied where Puffle takes no copy, and AnswerLost where that is unknown: the next run finds the draft by its
    name, and completes it.
    """
    found, source = open_draft(client, chain), chain.launched[-1]
    copied = None if found else _need(client, source)
    draft = _made(client, copied, chain) if copied else _need(client, found or source)
    # With rows or texts it is complete, or the operator has written in it.
    if not draft.rows and not any(node.get(name) for node in draft.nodes for name in _TEXTS):
        _copy_nodes(client, draft, copied or _need(client, source))
    return draft.campaign


def _need(client: Client, one: Campaign) -> Detail:
    found = campaigns.detail(client, one.id)
    if found is None:
        raise PUFFLE.denied(f'Puffle campaign "{one.name}" is gone.', "Run `leadbridge check`.")
    return found


def _made(client: Client, source: Detail, chain: Chain) -> Detail:
    """A draft of the next free name; one of ours that has the name already is that draft."""
    for _ in range(_MOST_TRIES):
        try:
            return Detail(_create(client, source, chain.next), (), 0)
        except Refused as error:
            if error.status != _CONFLICT:
                raise PUFFLE.denied(
                    f'The draft "{chain.next}" could not be made: {error.message}',
                    "Make it in Puffle under that name, then run `leadbridge sync` again.",
                ) from None
        chain = campaigns.chain(chain.links[0], campaigns.everything(client))
        found = open_draft(client, chain)
        if found is not None:
            return _need(client, found)
    raise PUFFLE.denied(
        f'Puffle says that the name "{chain.next}" is taken, and lists no such campaign.',
        "Make a draft in Puffle and name it in bridge.toml.",
    )


def _create(client: Client, source: Detail, name: str) -> Campaign:
    one = source.campaign
    kept = {field: one.facts.get(field) for field in _SETTINGS.get(one.type, ())}
    body = {"type": one.type, "name": name, "sender_account_ids": list(one.senders)}
    reply = client.write("POST", CAMPAIGNS, body | {name: value for name, value in kept.items() if value is not None})
    made = campaigns.read_campaign(mapping(mapping(reply.data).get("campaign")))
    if not made.id:
        raise PUFFLE.unnamed(f'The Puffle draft "{name}"', reply.status)
    return made


def _copy_nodes(client: Client, draft: Detail, source: Detail) -> None:
    """A PATCH replaces the whole sequence (puffle.md §3): it may be done again after a lost answer."""
    nodes = [_node(node) for node in source.nodes]
    if not nodes or nodes == [_node(node) for node in draft.nodes]:
        return
    try:
        client.write("PATCH", f"{CAMPAIGNS}/{draft.campaign.id}", {"sequence_nodes": nodes})
    except Refused as error:
        raise PUFFLE.denied(
            f'The messages could not be copied into the Puffle draft "{draft.campaign.name}": {error.message}',
            "Write them there in Puffle, then run `leadbridge sync` again.",
        ) from None


def _node(node: Mapping[str, Any]) -> dict[str, Any]:
    return {name: node[name] for name in _NODE if node.get(name) is not None}
