"""What `POST /leads/add` does with its rows: who is created, and which counter each of the others falls into.

OpenAPI: bulkAddLeads. The document does not say in which order the causes are looked at; here: invalid or incomplete,
twice in the request, block list, already in this target, skip flags, plan room.
"""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bridge.sandbox.book import Book
from bridge.sandbox.instantly.records import Campaign, LeadList, Person
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import dumps

COUNTERS = (
    "in_blocklist", "duplicated_leads", "skipped_count", "invalid_email_count", "incomplete_count",
    "duplicate_email_count",
)  # fmt: skip
_CREATE, _NO_ROOM = "create", "no_room"
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]+")


class Upload:
    """One call for one target (None = nowhere). `flags` is the request without its leads."""

    def __init__(
        self,
        workspace: Workspace,
        target: Campaign | LeadList | None,
        flags: Mapping[str, Any],
        book: Book,
        now: datetime,
    ) -> None:
        self._workspace = workspace
        self._target = target
        self._place = target.id if target else ""
        self._flags = flags
        self._book = book
        self._now = now
        self._seen: set[str] = set()
        self._to_campaign = isinstance(target, Campaign)

    def run(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Create who may be created; returns the answer's body."""
        self._book.posted(self._place, [row["email"] for row in rows if row.get("email")])
        counts: Counter[str] = Counter()
        created: list[dict[str, Any]] = []
        room = self._workspace.room()
        for index, row in enumerate(rows):
            verdict = self._verdict(row, room - len(created))
            if verdict == _CREATE:
                created.append(_summary(index, self._create(row), row))
            counts[verdict] += 1
        return {
            "status": "success",
            "total_sent": len(rows),
            "leads_uploaded": len(created),
            **{name: counts[name] for name in COUNTERS},
            "blocklist_used": self._flags.get("blocklist_id") or self._workspace.block_list_id,
            "remaining_in_plan": self._workspace.room() if self._to_campaign else None,
            "created_leads": created,
        }

    def _verdict(self, row: Mapping[str, Any], room: int) -> str:
        email = row.get("email") or ""
        if not email and not self._to_campaign:
            named = row.get("first_name") or row.get("last_name")
            return _CREATE if named else "incomplete_count"
        if not _ADDRESS.fullmatch(email):
            return "invalid_email_count"
        spelling = email if self._workspace.habits.case_sensitive else email.lower()
        if spelling in self._seen:
            return "duplicate_email_count"
        self._seen.add(spelling)
        if self._workspace.is_blocked(email):
            return "in_blocklist"
        standing = self._standing(self._workspace.of_email(email))
        return standing or (_NO_ROOM if self._to_campaign and room <= 0 else _CREATE)

    def _standing(self, found: list[Person]) -> str:
        here = any(one.place == self._place for one in found)
        skipped = self._skipped(found)
        if skipped and (self._workspace.habits.skips_before_duplicates or not here):
            return "skipped_count"
        return "duplicated_leads" if here else ""

    def _skipped(self, found: list[Person]) -> bool:
        # "skip_if_in_workspace" overrides the others and counts lists too; "campaign" means any (pitfalls 2 and 3).
        if self._flags.get("skip_if_in_workspace"):
            return bool(found)
        kinds = {kind for kind in ("campaign", "list") if self._flags.get(f"skip_if_in_{kind}")}
        return any(one.kind in kinds for one in found)

    def _create(self, row: Mapping[str, Any]) -> Person:
        email, verification = row.get("email") or "", None
        if self._flags.get("verify_leads_on_import"):
            verification = 11
            self._workspace.credits -= 1
            self._book.credits["instantly"] += 1
        if isinstance(self._target, Campaign):
            # One lead's custom variable widens the set of the whole campaign (pitfall 24).
            self._target.variables.update(dict.fromkeys(row.get("custom_variables") or {}, ""))
        if email:
            self._book.created(self._place, email)
        facts = dumps({key: value for key, value in row.items() if key != "email"}).encode()
        return self._workspace.add_person(self._target, email, self._now, facts=facts, verification=verification)


def _summary(index: int, person: Person, row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in ("first_name", "last_name", "phone") if name in row}
    return {"index": index, "id": person.id, "email": person.email or None} | told
