"""A Puffle workspace in memory: campaigns, their rosters, senders, and the habits that the pages leave open. No HTTP.

A roster is kept by identity: Puffle's database has a unique key of campaign and e-mail, or of campaign and LinkedIn
URL (puffle.md §2.2).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, Literal
from uuid import UUID

from bridge.sandbox.wire import Row, stamp

IDENTITY = {"email": "email", "linkedin": "linkedin_url"}
"""The field that must identify a row, by the type of its campaign."""

WORDS = ("first_name", "last_name", "company", "position", "headline")
_SETTINGS: dict[str, Row] = {
    "email": {"daily_limit": 50, "stop_on_reply": True, "open_tracking": False, "signature": None},
    "linkedin": {"skip_other_campaigns": False, "operating_hours": None},
}
_FIRST: dict[str, Row] = {
    "email": {"type": "email", "subject": "", "body": ""},
    "linkedin": {"type": "connection_request", "include_message": False, "body": ""},
}


@dataclass(slots=True)
class PuffleHabits:
    """What Puffle does where its pages say nothing; the defaults are kind.

    `partial`: whether the rows before a bad one are written although the answer is 400. `order` is that of the roster.
    `errors` is the shape of an error body. `retry_after` is sent with a 429, where it is a number.
    """

    unknown_keys: Literal["ignore", "reject"] = "ignore"
    custom_values: Literal["any", "text"] = "any"
    partial: bool = False
    order: Literal["oldest", "newest", "id"] = "oldest"
    errors: Literal["error", "message", "nested"] = "error"
    created: int = 201
    retry_after: int | None = 1
    per_minute: int | None = None
    credits_spent: bool = False


UNKIND = PuffleHabits(
    unknown_keys="reject",
    custom_values="text",
    partial=True,
    order="id",
    errors="nested",
    created=200,
    retry_after=None,
)
"""The other temperament: whatever the pages leave open goes against the caller."""


@dataclass(slots=True, eq=False)
class Campaign:
    """One campaign. `facts` are its settings; the rows of its roster stand under their identities."""

    id: str
    type: Literal["email", "linkedin"]
    name: str
    created: datetime
    senders: list[str]
    facts: Row
    nodes: list[Row]
    status: str = "draft"
    rows: dict[str, Row] = field(default_factory=dict)

    def stats(self) -> Row:
        """How many rows have which status."""
        return {"total": len(self.rows), **Counter(str(row["status"]) for row in self.rows.values())}


class PuffleWorkspace:
    """One workspace and its user. `keys` open it; at most one is active at a time, as with the vendor."""

    def __init__(self, created: datetime, seed: int = 1) -> None:
        self._random = Random(f"puffle:{seed}")
        self.user_id = self.new_id()
        self.created = created
        self.keys = {"pk_live_sandbox"}
        self.habits = PuffleHabits()
        self.campaigns: list[Campaign] = []
        self.senders: list[Row] = []
        self.add_sender("email", "Sandbox sender", status="active")
        self.add_sender("linkedin", "Sandbox profile", status="connected")

    def new_id(self) -> str:
        """A UUID of version 4: unlike Instantly's, these have no order."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def add_sender(self, kind: str, name: str, *, status: str) -> Row:
        """A new sending account; returns it."""
        limits = (
            {"daily_limit": 30} if kind == "email" else {"weekly_connection_limit": 80, "weekly_message_limit": 100}
        )
        self.senders.append({"id": self.new_id(), "type": kind, "display_name": name, "status": status} | limits)
        return self.senders[-1]

    def senders_of(self, kind: str) -> list[str]:
        """The ids of the senders of one type."""
        return [str(one["id"]) for one in self.senders if one["type"] == kind]

    def add_campaign(
        self, name: str, at: datetime, kind: Literal["email", "linkedin"] = "email", *,
        senders: Iterable[str] | None = None, text: str = "", **facts: Any,
    ) -> Campaign:  # fmt: skip
        """A new draft with the two nodes that Puffle seeds, the first one holding `text`; returns it."""
        chosen = list(self.senders_of(kind) if senders is None else senders)
        campaign = Campaign(self.new_id(), kind, name, at, chosen, _SETTINGS[kind] | facts, [])
        self.put_nodes(campaign, [_FIRST[kind] | ({"body": text, "subject": name} if text else {}), {"type": "end"}])
        self.campaigns.append(campaign)
        return campaign

    def put_nodes(self, campaign: Campaign, nodes: list[Row]) -> None:
        """Replace the whole sequence; positions follow the order."""
        fixed = [{"id": self.new_id(), "campaign_id": campaign.id, "position": n} for n in range(len(nodes))]
        campaign.nodes = [node | place for node, place in zip(nodes, fixed, strict=True)]

    def campaign(self, ref: str) -> Campaign:
        """A campaign by id or name; raises LookupError."""
        for one in self.campaigns:
            if ref in {one.id, one.name}:
                return one
        raise LookupError(f"no Puffle campaign {ref!r} in the sandbox")

    def add_row(self, campaign: Campaign, key: str, at: datetime, *, source: str = "csv", **facts: Any) -> Row:
        """Put a person into a roster, as an operator would by a file; returns the row."""
        row: Row = {"id": self.new_id(), "campaign_id": campaign.id, "user_id": self.user_id, "status": "pending"}
        row |= {"email": None, "linkedin_url": None, **dict.fromkeys(WORDS), "custom_fields": None}
        row |= {IDENTITY[campaign.type]: key} | facts | {"source": source, "source_ref": None}
        row["name"] = " ".join(filter(None, (row["first_name"], row["last_name"]))) or None
        row |= dict.fromkeys(("bounced_at", "replied_at", "current_node_id"))
        campaign.rows[identity_key(key)] = row | {"created_at": stamp(at), "updated_at": stamp(at)}
        return campaign.rows[identity_key(key)]

    def set_status(self, campaign: str, status: str, key: str = "", at: datetime | None = None) -> None:
        """Move a campaign to a status, or one row of its roster; a reply and a bounce happen `at` a time."""
        found = self.campaign(campaign)
        if key:
            row = found.rows[identity_key(key)]
            row["status"] = status
            if at is not None and f"{status}_at" in row:
                row[f"{status}_at"] = stamp(at)
        else:
            found.status = status


def identity_key(value: str) -> str:
    """How Puffle compares: an e-mail address in lower case, a LinkedIn URL without query and trailing slash."""
    text = value.strip()
    return text.partition("?")[0].rstrip("/") if "/" in text else text.lower()


def fresh(now: datetime) -> PuffleWorkspace:
    """The workspace of a world that says nothing of Puffle: one draft of each type, both empty."""
    workspace = PuffleWorkspace(now)
    workspace.add_campaign("Founders", now, text="Hi %first_name%, I found you on %custom_fields.platform%.")
    workspace.add_campaign("Founders on LinkedIn", now, "linkedin", text="Hi %first_name%")
    return workspace
