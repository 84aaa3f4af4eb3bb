"""Leads: adding, finding, changing, deleting. `addleads` decides on single rows, `leadfilters` on who is meant."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from bridge.sandbox.instantly import contract
from bridge.sandbox.instantly.addleads import Upload
from bridge.sandbox.instantly.call import Call, Table, cut, problem
from bridge.sandbox.instantly.contract import Misfit
from bridge.sandbox.instantly.happening import INTERESTS, happen
from bridge.sandbox.instantly.leadfilters import distinct, selected
from bridge.sandbox.instantly.records import Campaign, Person
from bridge.sandbox.instantly.shapes import shown_person
from bridge.sandbox.wire import Response, answer, dumps

LARGEST_PAGE = 100
_ADD = "POST /api/v2/leads/add"
_OPTIONS = ("skip_if_in_workspace", "skip_if_in_campaign", "skip_if_in_list", "blocklist_id", "verify_leads_on_import")
_NOT_FACTS = {*_OPTIONS, "campaign", "list_id", "email", "verify_leads_for_lead_finder"}
_REFUSALS = {
    "in_blocklist": "Lead is in the block list",
    "skipped_count": "Lead is already in the workspace",
    "invalid_email_count": "Invalid email address",
    "incomplete_count": "You must provide an email, a first name or a last name",
}


def _shown(call: Call, person: Person) -> dict[str, Any]:
    return shown_person(person, call.workspace.id)


# --------------------------------------------------------------------------------------------------------- new leads


def _add(call: Call) -> dict[str, Any]:
    body = call.body
    strange = sorted(body.keys() - contract.operations()[_ADD].names)
    if strange and call.workspace.habits.unknown_keys == "reject":
        # The document allows them; rejecting by default lets our own mistakes show.
        raise Misfit(f"body must NOT have additional properties ({strange[0]})")
    if bool(body.get("campaign_id")) == bool(body.get("list_id")):
        raise Misfit("You must provide either campaign_id or list_id, but not both")
    if "leads" not in body:
        raise Misfit("body must have required property 'leads'")
    for index, lead in enumerate(body["leads"] if body.get("campaign_id") else ()):
        if "email" not in lead:
            raise Misfit(f"body/leads/{index} must have required property 'email'")
    target = call.place(body.get("campaign_id"), body.get("list_id"))
    if isinstance(target, Campaign):
        _plan_holds(call, len(body["leads"]))
    flags = {key: value for key, value in body.items() if key != "leads"}
    return Upload(call.workspace, target, flags, call.book, call.now).run(body["leads"])


def _plan_holds(call: Call, leads: int) -> None:
    if call.workspace.habits.when_full == "402" and leads > call.workspace.room():
        raise problem(402, "Lead limit of your plan reached")


def _create(call: Call) -> dict[str, Any]:
    """What becomes of a lead that is there already is not documented: here it is answered, and left unchanged."""
    body = call.body
    if body.get("campaign") and body.get("list_id"):
        raise Misfit("You must provide either campaign or list_id, but not both")
    target = call.place(body.get("campaign"), body.get("list_id"))
    if isinstance(target, Campaign):
        if not body.get("email"):
            raise Misfit("body must have required property 'email'")
        _plan_holds(call, 1)
    row = {"email": body.get("email")} | {name: value for name, value in body.items() if name not in _NOT_FACTS}
    flags = {name: body[name] for name in _OPTIONS if name in body}
    told = Upload(call.workspace, target, flags, call.book, call.now).run([row])
    if told["created_leads"]:
        return _shown(call, call.person(told["created_leads"][0]["id"]))
    if told["duplicated_leads"]:
        place = target.id if target else ""
        return _shown(call, next(one for one in call.workspace.of_email(row["email"]) if one.place == place))
    reason = next((text for name, text in _REFUSALS.items() if told[name]), None)
    raise Misfit(reason) if reason else problem(402, "Lead limit of your plan reached")


# -------------------------------------------------------------------------------------------------------- finding them


def _list(call: Call) -> dict[str, Any]:
    body = call.body
    limit = int(body.get("limit", 10))
    if limit > LARGEST_PAGE:
        return {"items": []}  # instantly.md pitfall 6
    people = selected(call, body)
    by_contact = bool(body.get("distinct_contacts"))
    rows = distinct(people, body.get("starting_after", ""))[: limit + 1] if by_contact else islice(people, limit + 1)
    return cut([_shown(call, one) for one in rows], limit, "email" if by_contact else "id")


# ---------------------------------------------------------------------------------------------------- changing them


def _update(call: Call) -> dict[str, Any]:
    """Custom variables are added to those that are there; neither the address nor the status can be changed."""
    person, body = call.person(), dict(call.body)
    posted = person.posted
    if "custom_variables" in body:
        body["custom_variables"] = (posted.get("custom_variables") or {}) | body["custom_variables"]
        widen(call, person.place, body["custom_variables"])
    if "lt_interest_status" in body:
        person = _interested(call, person, body.pop("lt_interest_status"))
    facts = dumps(posted | body).encode()
    return _shown(call, call.workspace.change_person(person, facts=facts, updated=call.now))


def widen(call: Call, place: str, variables: Mapping[str, Any]) -> None:
    """One lead's custom variable widens the set of the whole campaign (pitfall 24)."""
    campaign = call.workspace.campaign(place)
    if campaign is not None:
        campaign.variables |= {name: "" for name in variables if name not in campaign.variables}


def _interested(call: Call, person: Person, interest: int | None) -> Person:
    kind = next((kind for kind, value in INTERESTS.items() if value == interest), None)
    if kind is None:
        raise Misfit("body/interest_value must be equal to one of the allowed values")
    return happen(call.workspace, person, kind, call.now)


def _interest(call: Call) -> Response:
    body, found = call.body, call.workspace.of_email(call.body["lead_email"])
    places = {body[name] for name in ("campaign_id", "list_id") if body.get(name)}
    chosen = [one for one in found if not places or one.place in places]
    if not chosen:
        raise problem(404, "Lead not found")
    for person in chosen:
        _interested(call, person, body["interest_value"])
    return answer({"message": "Lead interest status update background job submitted"}, 202)


def _merge(call: Call) -> dict[str, Any]:
    gone, kept = call.person(call.body["lead_id"]), call.person(call.body["destination_lead_id"])
    if gone.id == kept.id:
        raise Misfit("A lead cannot be merged into itself")
    facts = dumps(gone.posted | kept.posted).encode()
    call.workspace.remove_person(gone)
    return _shown(call, call.workspace.change_person(kept, facts=facts, updated=call.now))


# ---------------------------------------------------------------------------------------------------- deleting them


def _delete(call: Call) -> dict[str, Any]:
    person = call.person()
    call.workspace.remove_person(person)
    return _shown(call, person)


def _delete_many(call: Call) -> dict[str, Any]:
    body = call.body
    place = call.place(body.get("campaign_id"), body.get("list_id"))
    if place is None:
        raise Misfit("body must have required property 'campaign_id'")
    chosen = [
        one
        for one in call.workspace.people(place.id)
        if body.get("status") in {None, one.status} and ("ids" not in body or one.id in body["ids"])
    ]
    for person in chosen[: body.get("limit")]:
        call.workspace.remove_person(person)
    return {"count": len(chosen[: body.get("limit")])}


TABLE: Table = {
    "POST leads/add": _add,
    "POST leads": _create,
    "POST leads/list": _list,
    "GET leads/{id}": lambda call: _shown(call, call.person()),
    "PATCH leads/{id}": _update,
    "POST leads/update-interest-status": _interest,
    "POST leads/merge": _merge,
    "DELETE leads/{id}": _delete,
    "DELETE leads": _delete_many,
}
