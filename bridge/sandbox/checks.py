"""Judges the body and the query of an Instantly request against what its document allows. Answers nothing itself.

Raises `Misfit` with a message in the vendor's manner, such as `body/leads must NOT have more than 1000 items`.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

_TEXT = (str, type(None))
_LEAD_FIELDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("email", "personalization", "website", "last_name", "first_name", "company_name"), _TEXT),
    **dict.fromkeys(("job_title", "phone", "pl_value_lead", "assigned_to"), _TEXT),
    "lt_interest_status": (int, float),
    "custom_variables": (dict,),
}
_ADD_FLAGS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("campaign_id", "list_id", "assigned_to"), (str,)),
    "blocklist_id": _TEXT,
    "leads": (list,),
    **dict.fromkeys(
        ("verify_leads_on_import", "skip_if_in_workspace", "skip_if_in_campaign", "skip_if_in_list"), (bool,)
    ),
}
_LIST_FILTERS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("search", "filter", "campaign", "list_id", "starting_after", "smart_view_id"), (str,)),
    **dict.fromkeys(("in_campaign", "in_list", "is_website_visitor", "distinct_contacts"), (bool,)),
    **dict.fromkeys(("ids", "excluded_ids", "contacts", "organization_user_ids", "queries"), (list,)),
    "limit": (int,),
}
MOST_LEADS = 1_000
LARGEST_PAGE = 100
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+")


class Misfit(ValueError):
    """The request does not fit the document; the text is the vendor's message."""


def is_uuid(text: object) -> bool:
    """Whether the text is an id of the vendor's form."""
    try:
        return str(UUID(str(text))) == str(text).lower()
    except ValueError:
        return False


def add_request(body: Any, *, unknown_keys: str) -> None:
    """`POST /leads/add`: the flags, the number of leads, and each lead."""
    _object(body, "body")
    _types(body, _ADD_FLAGS, "body")
    if unknown_keys == "reject":
        # The document allows them; rejecting by default lets our own mistakes show.
        _known(body, _ADD_FLAGS, "body")
    if bool(body.get("campaign_id")) == bool(body.get("list_id")):
        raise Misfit("You must provide either campaign_id or list_id, but not both")
    _ids(body, ("campaign_id", "list_id", "blocklist_id", "assigned_to"))
    leads = body.get("leads")
    if leads is None:
        raise Misfit("body must have required property 'leads'")
    if not 1 <= len(leads) <= MOST_LEADS:
        side = "fewer than 1 items" if not leads else "more than 1000 items"
        raise Misfit(f"body/leads must NOT have {side}")
    for index, lead in enumerate(leads):
        _lead(lead, f"body/leads/{index}", to_campaign=bool(body.get("campaign_id")))


def block_request(body: Any) -> None:
    """`POST /block-lists-entries/bulk-create`: one to a thousand texts."""
    _object(body, "body")
    values = body.get("bl_values")
    if not isinstance(values, list):
        raise Misfit("body must have required property 'bl_values'")
    if not 1 <= len(values) <= MOST_LEADS:
        raise Misfit(f"body/bl_values must NOT have {'fewer than 1' if not values else 'more than 1000'} items")
    for index, value in enumerate(values):
        if not isinstance(value, str):
            raise Misfit(f"body/bl_values/{index} must be string")


def list_request(body: Any) -> None:
    """`POST /leads/list`: known filters must have the right type; unknown ones pass unseen (pitfall 5)."""
    _object(body, "body")
    _types(body, _LIST_FILTERS, "body")
    _ids(body, ("campaign", "list_id"))
    if body.get("limit", 1) < 1:
        raise Misfit("body/limit must be >= 1")
    for index, contact in enumerate(body.get("contacts", ())):
        if not isinstance(contact, str) or not _CONTACT.fullmatch(contact):
            raise Misfit(f'body/contacts/{index} must match format "email"')


def list_creation(body: Any) -> None:
    """`POST /lead-lists`: a name is required, nothing unknown allowed."""
    allowed = {"name": (str,), "owned_by": _TEXT, "has_enrichment_task": (bool, type(None))}
    _object(body, "body")
    _types(body, allowed, "body")
    _known(body, allowed, "body")
    if not body.get("name"):
        raise Misfit("body must have required property 'name'")


def page_limit(query: Mapping[str, str]) -> int:
    """The `limit` of a listing: 1 to 100, 10 where it is absent."""
    text = query.get("limit", "10")
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= LARGEST_PAGE:
        raise Misfit("querystring/limit must be an integer from 1 to 100")
    return int(text)


def _lead(lead: Any, where: str, *, to_campaign: bool) -> None:
    _object(lead, where)
    _known(lead, _LEAD_FIELDS, where)
    _types(lead, _LEAD_FIELDS, where)
    if to_campaign and "email" not in lead:
        raise Misfit(f"{where} must have required property 'email'")
    for name, value in (lead.get("custom_variables") or {}).items():
        if value is not None and not isinstance(value, (str, int, float, bool)):
            raise Misfit(f"{where}/custom_variables/{name} must be string,number,boolean,null")


def _object(value: Any, where: str) -> None:
    if not isinstance(value, dict):
        raise Misfit(f"{where} must be object")


def _types(value: Mapping[str, Any], allowed: Mapping[str, tuple[type, ...]], where: str) -> None:
    for name, types in allowed.items():
        if name not in value:
            continue
        given = value[name]
        if not isinstance(given, types) or (isinstance(given, bool) and bool not in types):
            raise Misfit(f"{where}/{name} must be {','.join(_json_name(one) for one in types)}")


def _known(value: Mapping[str, Any], allowed: Mapping[str, tuple[type, ...]], where: str) -> None:
    if strange := sorted(value.keys() - allowed.keys()):
        raise Misfit(f"{where} must NOT have additional properties ({strange[0]})")


def _ids(body: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if body.get(name) is not None and not is_uuid(body[name]):
            raise Misfit(f'body/{name} must match format "uuid"')


def _json_name(kind: type) -> str:
    names = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}
    return names.get(kind, "null")
