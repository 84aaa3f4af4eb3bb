"""`POST leads/add` and `POST leads`: who is created, and which counter each of the others falls into.

OpenAPI: bulkAddLeads, createLead. The document does not say in which order the causes are looked at; here: invalid or
incomplete, twice in the request, block list, already in this target, skip flags, plan room.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.sandbox.instantly import contract
from bridge.sandbox.instantly.call import Call, SchemaError, Table, problem
from bridge.sandbox.instantly.leads import shown
from bridge.sandbox.instantly.records import Campaign, LeadList, Person
from bridge.sandbox.wire import Row, dumps

_COUNTERS = (
    "in_blocklist", "duplicated_leads", "skipped_count", "invalid_email_count", "incomplete_count",
    "duplicate_email_count",
)  # fmt: skip
_CREATE, _NO_ROOM = "create", "no_room"
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]+")
_OPTIONS = ("skip_if_in_workspace", "skip_if_in_campaign", "skip_if_in_list", "blocklist_id", "verify_leads_on_import")
_NOT_FACTS = {*_OPTIONS, "campaign", "list_id", "email", "verify_leads_for_lead_finder"}
_REFUSALS = {
    "in_blocklist": "Lead is in the block list",
    "skipped_count": "Lead is already in the workspace",
    "invalid_email_count": "Invalid email address",
    "incomplete_count": "You must provide an email, a first name or a last name",
}


def _add(call: Call) -> Row:
    """`POST leads/add`: the counters, and the created leads."""
    body = call.body
    strange = sorted(body.keys() - (contract.operations()["POST leads/add"].body or {})["properties"].keys())
    if strange and call.workspace.habits.unknown_keys == "reject":
        # The document allows them; rejecting by default lets our own mistakes show.
        raise SchemaError(f"body must NOT have additional properties ({strange[0]})")
    if bool(body.get("campaign_id")) == bool(body.get("list_id")):
        raise SchemaError("You must provide either campaign_id or list_id, but not both")
    if "leads" not in body:
        raise SchemaError("body must have required property 'leads'")
    for index, lead in enumerate(body["leads"] if body.get("campaign_id") else ()):
        if "email" not in lead:
            raise SchemaError(f"body/leads/{index} must have required property 'email'")
    target = call.place(body.get("campaign_id"), body.get("list_id"))
    return _Upload(call, target, body).run(body["leads"])


def _create(call: Call) -> Row:
    """`POST leads`. What becomes of a lead that is there already is not documented: here it is answered, unchanged."""
    body = call.body
    if body.get("campaign") and body.get("list_id"):
        raise SchemaError("You must provide either campaign or list_id, but not both")
    target = call.place(body.get("campaign"), body.get("list_id"))
    if isinstance(target, Campaign) and not body.get("email"):
        raise SchemaError("body must have required property 'email'")
    row = {"email": body.get("email")} | {name: value for name, value in body.items() if name not in _NOT_FACTS}
    upload = _Upload(call, target, {name: body[name] for name in _OPTIONS if name in body})
    result = upload.run([row])
    if result["created_leads"]:
        return shown(call, call.person(result["created_leads"][0]["id"]))
    if result["duplicated_leads"]:
        return shown(call, next(one for one in call.workspace.of_email(row["email"]) if one.place == upload.place))
    reason = next((text for name, text in _REFUSALS.items() if result[name]), None)
    raise SchemaError(reason) if reason else problem(402, "Lead limit of your plan reached")


@dataclass(slots=True)
class _Upload:
    """One call for one target (None = nowhere). `flags` are the request's options."""

    call: Call
    target: Campaign | LeadList | None
    flags: Mapping[str, object]
    _seen: set[str] = field(default_factory=set)

    @property
    def place(self) -> str:
        return self.target.id if self.target else ""

    def run(self, rows: list[Row]) -> Row:
        """Create who may be created; returns the answer's body."""
        workspace, to_campaign = self.call.workspace, isinstance(self.target, Campaign)
        if to_campaign and workspace.habits.when_full == "402" and len(rows) > workspace.room():
            raise problem(402, "Lead limit of your plan reached")
        self.call.book.posted(self.place, [row["email"] for row in rows if row.get("email")])
        counts: Counter[str] = Counter()
        created: list[Row] = []
        room = workspace.room()
        for index, row in enumerate(rows):
            verdict = self._verdict(row, room - len(created))
            counts[verdict] += 1
            if verdict == _CREATE:
                person = self._created(row)
                named = {name: row[name] for name in ("first_name", "last_name", "phone") if name in row}
                created.append({"index": index, "id": person.id, "email": person.email or None} | named)
        return {
            "status": "success",
            "total_sent": len(rows),
            "leads_uploaded": len(created),
            **{name: counts[name] for name in _COUNTERS},
            "blocklist_used": self.flags.get("blocklist_id") or workspace.block_list_id,
            "remaining_in_plan": workspace.room() if to_campaign else None,
            "created_leads": created,
        }

    def _verdict(self, row: Row, room: int) -> str:
        email, workspace, to_campaign = row.get("email") or "", self.call.workspace, isinstance(self.target, Campaign)
        if not email and not to_campaign:
            return _CREATE if row.get("first_name") or row.get("last_name") else "incomplete_count"
        if not _ADDRESS.fullmatch(email):
            return "invalid_email_count"
        spelling = email if workspace.habits.case_sensitive else email.lower()
        if spelling in self._seen:
            return "duplicate_email_count"
        self._seen.add(spelling)
        if workspace.is_blocked(email):
            return "in_blocklist"
        found = workspace.of_email(email)
        here = any(one.place == self.place for one in found)
        # "skip_if_in_workspace" overrides the others and counts lists too; "campaign" means any (pitfalls 2 and 3).
        skips = any(
            self.flags.get(name) for one in found for name in ("skip_if_in_workspace", f"skip_if_in_{one.kind}")
        )
        if skips and (workspace.habits.skips_before_duplicates or not here):
            return "skipped_count"
        return "duplicated_leads" if here else _NO_ROOM if to_campaign and room <= 0 else _CREATE

    def _created(self, row: Row) -> Person:
        call, email, verification = self.call, row.get("email") or "", None
        if self.flags.get("verify_leads_on_import"):
            verification = 11
            call.workspace.credits -= 1
            call.book.credits["instantly"] += 1
        call.book.created(self.place, email)
        call.workspace.widen(self.place, row.get("custom_variables") or {})
        facts = dumps({key: value for key, value in row.items() if key != "email"}).encode()
        return call.workspace.add_person(self.target, email, call.now, facts=facts, verification=verification)


TABLE: Table = {"POST leads/add": _add, "POST leads": _create}
