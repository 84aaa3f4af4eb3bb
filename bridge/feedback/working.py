"""Works off what webhooks posted. A body is a hint: it hurries the look at a lead, and never deletes or forgives.

A body may be forged, sent twice, out of order, of another workspace or from the future. Its event is recorded only
where a delivery of ours owns it and its time is credible; the lead is looked at in the same round either way.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bridge.destinations.base import HasWebhooks, Hook
from bridge.ledger.database import Database
from bridge.ledger.events import posts
from bridge.ledger.events.attaching import Owner, owners
from bridge.ledger.events.posts import Post
from bridge.model import ReportedEvent

_MARGIN = timedelta(days=1)


def read(db: Database, some: list[Post], hooks: HasWebhooks, workspace: str, now: datetime) -> "Read":
    """The events in the posts, which deliveries in this workspace are to be looked at, and what becomes of each post.

    Posts to the address of one client concern its leads alone.
    """
    hints = [hooks.read_post(_object(post.body)) for post in some]
    known = {index: hint.about for index, hint in enumerate(hints) if hint.about is not None}
    order = list(known)
    with db.read() as connection:
        mine, elsewhere = (
            {order[index]: owner for index, owner in found.items() if owner.client == some[0].client}
            for found in (owners(connection, list(known.values()), anywhere=anywhere) for anywhere in (False, True))
        )
    result = Read()
    for index, (post, hint) in enumerate(zip(some, hints, strict=True)):
        owner = mine.get(index)
        why = hint.why or _objection(hint.event, owner, now)
        if owner is None and hint.about is not None and hint.about.place.workspace != workspace:
            why = "another workspace"
        # Where it does not stand in the target of its delivery, the look shows whether it was moved.
        seen = owner or elsewhere.get(index)
        if seen is not None and seen.place.workspace == workspace:
            result.look_at.add(seen.id)
        if hint.event is not None and not why:
            result.events.append(hint.event)
        result.verdicts.append((post.id, why or ("recorded" if owner else "not ours")))
    return result


class Read:
    """The result of some posts."""

    def __init__(self) -> None:
        self.events: list[ReportedEvent] = []
        self.look_at: set[int] = set()
        self.verdicts: list[tuple[int, str]] = []


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _objection(event: ReportedEvent | None, owner: Owner | None, now: datetime) -> str:
    """Why an event is not recorded although it can be read; "" where it is."""
    if event is None:
        return "no event"
    earliest = owner.sent_at / 1000 - _MARGIN.total_seconds() if owner else 0.0
    if event.at is None or event.at.timestamp() < earliest or event.at > now + _MARGIN:
        return "no credible time"
    return ""


def look_after(db: Database, hooks: HasWebhooks, client: str, vendor: str, secrets: Sequence[str]) -> list[str]:
    """Remove the second of two webhooks of one address; resume disabled ones and fetch what they missed.

    A sentence for each. One that shows another secret than ours would be turned away and disabled again: it is left.
    """
    said: list[str] = []
    seen: set[str] = set()
    listed = [one for one in hooks.hooks() if one.url.endswith(f"/hooks/{vendor}/{client}")]
    for hook in sorted(listed, key=lambda one: one.id):
        if not set(secrets) & set(hook.headers.values()):
            said += [_FOREIGN.format(hook.url)] if hook.disabled else []
        elif hook.url in seen and hook.whole:
            hooks.remove_hook(hook)
            said.append(f"{hook.url} was registered twice: one of the two webhooks was removed.")
        else:
            seen.update({hook.url} if hook.whole else ())
            said += [_resumed(db, hooks, hook, client, vendor)] if hook.disabled else []
    return said


_FOREIGN = (
    "The webhook {} is disabled, and shows another secret than BRIDGE_WEBHOOK_SECRET. If it is this installation's, "
    "run `leadbridge webhooks register` again."
)


def _resumed(db: Database, hooks: HasWebhooks, hook: Hook, client: str, vendor: str) -> str:
    since = (db.now() - timedelta(days=7)).date()
    missed = [json.dumps(body, sort_keys=True).encode() for body in hooks.missed_posts(hook.url, since)]
    count = posts.store(db, client, vendor, missed)
    hooks.resume_hook(hook)
    return f"A webhook was disabled after failures. It was resumed, and {count} posts were fetched."
