"""Moves leads by Instantly's background job, and reads how it ended. OpenAPI: moveLeads, getBackgroundJob.

Its states come in two vocabularies (instantly.md §1.3). A word that neither has is taken for a job at work.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from bridge.api import Client
from bridge.api.scalars import mapping, moment, text, word
from bridge.destinations.changing import Job, Seen, Whereabouts
from bridge.destinations.instantly.lookups import INSTANTLY, find_leads, listing
from bridge.model import Place

MOST_LEADS = 1_000
_SUCCEEDED = frozenset({"success", "succeeded", "completed", "complete", "done", "finished"})
_FAILED = frozenset({"failed", "failure", "error", "errored", "cancelled", "canceled", "aborted"})
_MOST_NAMED = 10_000
_JOBS, _KIND = "/background-jobs", "move-leads"
_TOLERANCE = timedelta(seconds=2)  # of a clock that is read from a header of whole seconds


def whereabouts(client: Client, workspace: str, addresses: Sequence[str]) -> Whereabouts:
    """Every place of the workspace where they stand, a hundred in a request."""
    found = find_leads(client, addresses, None)
    seen: dict[str, list[Seen]] = {}
    for address, some in found.leads.items():
        seen[address] = []
        for one in some:
            place = Place("instantly", workspace, "campaign" if one.campaign else "list", one.campaign or one.list_id)
            seen[address].append(Seen(place, one.id, one.verifying))
    return Whereabouts(seen, found.unknown)


def move(client: Client, remote_ids: Sequence[str], source: Place, target: Place, *, alone: bool) -> str:
    """Ask for the job; its id."""
    body: dict[str, object] = {
        "ids": list(remote_ids),
        f"{source.kind}_id" if source.kind == "list" else source.kind: source.id,
        f"to_{target.kind}_id": target.id,
        "check_duplicates": True,
        "check_duplicates_in_campaigns": alone,
        "skip_leads_in_verification": True,
        "copy_leads": False,
    }
    reply = client.write("POST", "/leads/move", body)
    job_id = text(mapping(reply.data).get("id"))
    if not job_id:
        raise INSTANTLY.lost(
            "The leads may be being moved, but the answer does not name the job.",
            "Run the same command again: it looks for the job before it asks for another.",
            reply.status,
        )
    return job_id


def job(client: Client, job_id: str) -> Job:
    """One job with the addresses that it moved."""
    path = f"{_JOBS}/{job_id}"
    row = mapping(client.get(path).data)
    if text(row.get("id")) != job_id:
        raise INSTANTLY.unreadable(f"GET {path}")
    return _read(row)


def jobs_since(client: Client, source: Place, target: Place, since: datetime) -> list[Job]:
    """The moves out of or into these places, in the order in which they began."""
    asked = {"type": _KIND, "entity_id": f"{source.id},{target.id}", "sort_column": "created_at", "sort_order": "asc"}
    found = []
    for row in chain.from_iterable(listing(client, _JOBS, asked)):
        created = moment(row.get("created_at"))
        mine = row.get("type") == _KIND and text(row.get("entity_id")).lower() in {source.id.lower(), target.id.lower()}
        if mine and (created is None or created >= since - _TOLERANCE):
            found.append(_read(row))
    return found


def _read(row: Mapping[str, Any]) -> Job:
    state, data = word(row.get("status")).replace("_", "-"), mapping(row.get("data"))
    named, count = data.get("moved_lead_emails"), data.get("moved_leads")
    whole = isinstance(named, list) and type(count) is int and len(named) == count < _MOST_NAMED
    moved = frozenset(text(one).strip().lower() for one in named) if isinstance(named, list) and whole else None
    over = state in _SUCCEEDED | _FAILED
    return Job(text(row.get("id")), state, over, state in _FAILED, moved, moment(row.get("updated_at")))
