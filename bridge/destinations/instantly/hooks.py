"""Instantly's webhooks: registers, tests, resumes and removes those that point at this program, and reads their bodies.

There is no signature (instantly.md §1.7): a secret header is registered with each.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any

from bridge.api import Client
from bridge.api.scalars import mapping, text
from bridge.destinations.base import Hint, Hook
from bridge.destinations.instantly import parsing
from bridge.destinations.instantly.lookups import listing
from bridge.errors import AnswerLost, Refused
from bridge.model import EventKind, ReportedEvent, Witness

_PATH = "/webhooks"
_ALL = "all_events"
_DISABLED, _NOT_FOUND = -1, 404


class Webhooks:
    """What a target at Instantly does with webhooks. See `HasWebhooks` for what each method promises."""

    _client: Client

    def hooks(self) -> list[Hook]:
        """All webhooks of the workspace."""
        return [_hook(row) for row in chain.from_iterable(listing(self._client, _PATH, {}))]

    def register_hook(self, url: str, header: str, secret: str) -> tuple[Hook, bool]:
        """The webhook of this address with this secret, and whether it had to be made. Asking again changes nothing.

        Two of one address would post every event twice: a lost answer, a list that lags, or two hosts at once may make
        a second one. So they are listed afterwards, and all but the first by id are removed, now or at the next hourly
        look. Raises AnswerLost where the answer was lost and the list shows none.
        """
        found = self._only(url)
        made = found is None
        if found is None:
            asked = {"target_hook_url": url, "event_type": _ALL, "headers": {header: secret}, "name": "leadbridge"}
            try:
                answered = _hook(mapping(self._client.write("POST", _PATH, asked).data))
            except AnswerLost:
                found = self._only(url)
                if found is None:
                    raise
            else:
                found = self._only(url) or answered
        if found.headers.get(header) != secret or found.disabled:
            self._client.write("PATCH", f"{_PATH}/{found.id}", {"headers": {**found.headers, header: secret}})
            self.resume_hook(found)
        return found, made

    def _only(self, url: str) -> Hook | None:
        """The one of this address that posts every event; further ones of the same are removed."""
        mine = sorted((one for one in self.hooks() if one.url == url and one.whole), key=lambda one: one.id)
        for one in mine[1:]:
            self.remove_hook(one)
        return mine[0] if mine else None

    def resume_hook(self, hook: Hook) -> None:
        """Have a webhook deliver again that failed deliveries disabled."""
        if hook.disabled:
            self._client.write("POST", f"{_PATH}/{hook.id}/resume", {})

    def test_hook(self, hook: Hook) -> str:
        """Have a test delivered; "" where it arrived, else what Instantly says of it."""
        said = mapping(self._client.write("POST", f"{_PATH}/{hook.id}/test", {}).data)
        return (
            "" if said.get("success") is True else text(said.get("error")) or text(said.get("message")) or "no answer"
        )

    def remove_hook(self, hook: Hook) -> None:
        """Delete it; one that is gone already stays gone."""
        try:
            self._client.write("DELETE", f"{_PATH}/{hook.id}")
        except Refused as error:
            if error.status != _NOT_FOUND:
                raise

    def missed_posts(self, url: str, since: date) -> Iterator[Mapping[str, Any]]:
        """The bodies that could not be delivered to this address since that day."""
        asked = {"success": False, "from": since.isoformat(), "search": url}
        for row in chain.from_iterable(listing(self._client, "/webhook-events", asked)):
            if row.get("success") is False and text(row.get("webhook_url")) == url:
                yield mapping(row.get("payload"))

    def read_post(self, body: Mapping[str, Any]) -> Hint:
        """What a body says, and of which lead."""
        event, name = parsing.of_hook(body), text(body.get("event_type"))[:60]
        if event is not None:
            return Hint(event, event)
        address = text(body.get("lead_email")).strip().lower()
        place = parsing.place_of(text(body.get("workspace")), text(body.get("campaign_id")))
        about = ReportedEvent(EventKind.CONTACTED, place, address, Witness.WEBHOOK) if address else None
        return Hint(None, about, f"unknown type {name}" if name else "no type")


def _hook(row: Mapping[str, Any]) -> Hook:
    headers = {name: value for name, value in mapping(row.get("headers")).items() if isinstance(value, str)}
    whole = row.get("event_type") == _ALL and not row.get("campaign")
    disabled = row.get("status") == _DISABLED
    return Hook(text(row.get("id")), text(row.get("target_hook_url")), headers, disabled, whole)
