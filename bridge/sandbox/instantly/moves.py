"""`POST /leads/move`: a background job that moves or copies leads into another campaign or list."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from bridge.sandbox.instantly import jobs
from bridge.sandbox.instantly.call import Call, Table
from bridge.sandbox.instantly.contract import Misfit
from bridge.sandbox.instantly.leadfilters import selected
from bridge.sandbox.instantly.leads import widen
from bridge.sandbox.instantly.records import Campaign, LeadList, Person
from bridge.sandbox.instantly.workspace import kind_of

_IN_VERIFICATION = (11, 12)
_MOST_ADDRESSES = 10_000


def _move(call: Call) -> dict[str, Any]:
    body = call.body
    if bool(body.get("to_campaign_id")) == bool(body.get("to_list_id")):
        raise Misfit("You must provide either to_campaign_id or to_list_id, but not both")
    if "ids" in body and not (body.get("campaign") or body.get("list_id")):
        raise Misfit("You must provide either campaign or list_id when using ids")
    source = call.place(body.get("campaign"), body.get("list_id"))
    target = call.place(body.get("to_campaign_id"), body.get("to_list_id"))
    if target is None:  # never: one of the two is there
        raise Misfit("You must provide either to_campaign_id or to_list_id")
    # Whom the filters mean is settled when the job runs, as is who stands in the target by then.
    entity = source or target
    kind = "campaign" if isinstance(entity, Campaign) else "list"
    return jobs.start(call, "move-leads", kind, entity.id, lambda now: _moved(call, body, target, now))


def _moved(call: Call, body: Mapping[str, Any], target: Campaign | LeadList, now: datetime) -> dict[str, Any]:
    chosen = [one for one in selected(_later(call, now), body) if one.place != target.id]
    chosen = list(islice(chosen, int(body["limit"]) if "limit" in body else None))
    emails: list[str] = []
    moved = 0
    for person in chosen:
        if _stays(call, body, person, target):
            continue
        if isinstance(target, Campaign) and not call.workspace.room():
            break
        _put(call, body, person, target, now)
        moved += 1
        emails += [person.email] if person.email else []
    counts = {"total_to_process": len(chosen), "success_count": moved, "failed_count": len(chosen) - moved}
    return {"moved_leads": moved, "moved_lead_emails": emails[:_MOST_ADDRESSES]} | counts


def _later(call: Call, now: datetime) -> Call:
    return Call(call.workspace, call.book, now)


def _stays(call: Call, body: Mapping[str, Any], person: Person, target: Campaign | LeadList) -> bool:
    if body.get("skip_leads_in_verification") and person.verification in _IN_VERIFICATION:
        return True
    others = [one for one in call.workspace.of_email(person.email) if one.id != person.id] if person.email else []
    if body.get("check_duplicates") and any(one.place == target.id for one in others):
        return True
    return bool(body.get("check_duplicates_in_campaigns")) and any(one.kind == "campaign" for one in others)


def _put(call: Call, body: Mapping[str, Any], person: Person, target: Campaign | LeadList, now: datetime) -> None:
    workspace, copies = call.workspace, bool(body.get("copy_leads"))
    if isinstance(target, Campaign):
        widen(call, target.id, person.posted.get("custom_variables") or {})
    call.book.moved(target.id, person.email, copied=copies)
    if body.get("reset_interest_status"):
        person = workspace.change_person(person, activity=replace(person.activity, interest=None))
    if not copies and workspace.habits.move_keeps_id:
        workspace.change_person(person, place=target.id, kind=kind_of(target), updated=now)
        return
    if not copies:
        workspace.remove_person(person)
    workspace.add_person(target, person.email, now, facts=person.facts, verification=person.verification)


TABLE: Table = {"POST leads/move": _move}
