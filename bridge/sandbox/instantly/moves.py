"""`POST /leads/move`: a background job that moves or copies leads into another campaign or list."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice

from bridge.sandbox.instantly import jobs
from bridge.sandbox.instantly.call import Call, SchemaError, Table
from bridge.sandbox.instantly.leadfilters import selected
from bridge.sandbox.instantly.records import Campaign, LeadList, Person
from bridge.sandbox.instantly.workspace import kind_of
from bridge.sandbox.wire import Row

_IN_VERIFICATION = (11, 12)
_MOST_ADDRESSES = 10_000


def _move(call: Call) -> Row:
    body = call.body
    if bool(body.get("to_campaign_id")) == bool(body.get("to_list_id")):
        raise SchemaError("You must provide either to_campaign_id or to_list_id, but not both")
    if "ids" in body and not (body.get("campaign") or body.get("list_id")):
        raise SchemaError("You must provide either campaign or list_id when using ids")
    source = call.place(body.get("campaign"), body.get("list_id"))
    target = call.campaign(body["to_campaign_id"]) if body.get("to_campaign_id") else call.lead_list(body["to_list_id"])
    # Which leads the filters mean is settled when the job runs, as is which are in the target by then.
    entity = source or target
    return jobs.start(call, "move-leads", kind_of(entity), entity.id, partial(_moved, call, target))


def _moved(call: Call, target: Campaign | LeadList, now: datetime) -> Row:
    body, call = call.body, replace(call, now=now)
    candidates = (one for one in selected(call, body) if one.place != target.id)
    chosen = list(islice(candidates, int(body["limit"]) if "limit" in body else None))
    chosen = chosen[: call.workspace.habits.job_breaks_after]
    emails: list[str] = []
    moved = 0
    for person in chosen:
        if _stays(call, person, target):
            continue
        if isinstance(target, Campaign) and not call.workspace.room():
            break
        _put(call, person, target)
        moved += 1
        emails += [person.email] if person.email else []
    counts = {"total_to_process": len(chosen), "success_count": moved, "failed_count": len(chosen) - moved}
    return {"moved_leads": moved, "moved_lead_emails": emails[:_MOST_ADDRESSES]} | counts


def _stays(call: Call, person: Person, target: Campaign | LeadList) -> bool:
    body = call.body
    if body.get("skip_leads_in_verification") and person.verification in _IN_VERIFICATION:
        return True
    others = [one for one in call.workspace.of_email(person.email) if one.id != person.id] if person.email else []
    if body.get("check_duplicates") and any(one.place == target.id for one in others):
        return True
    return bool(body.get("check_duplicates_in_campaigns")) and any(one.kind == "campaign" for one in others)


def _put(call: Call, person: Person, target: Campaign | LeadList) -> None:
    workspace, copies = call.workspace, bool(call.body.get("copy_leads"))
    workspace.widen(target.id, person.posted.get("custom_variables") or {})
    call.book.created(target.id, person.email, moved=not copies)
    if call.body.get("reset_interest_status"):
        person = workspace.change_person(person, activity=replace(person.activity, interest=None))
    if not copies and workspace.habits.move_keeps_id:
        workspace.change_person(person, place=target.id, kind=kind_of(target), updated=call.now)
        return
    if not copies:
        workspace.remove_person(person)
    workspace.add_person(target, person.email, call.now, facts=person.facts, verification=person.verification)


TABLE: Table = {"POST leads/move": _move}
