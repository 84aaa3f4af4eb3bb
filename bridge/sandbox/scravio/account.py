"""A Scravio account in memory: its campaigns, its plan, and the habits its documentation leaves open. No HTTP here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bridge.sandbox.crowd import Crowd
from bridge.sandbox.people import masked
from bridge.sandbox.wire import Row, dumps, stamp


def has_email(row: Mapping[str, Any]) -> bool:
    """Whether Scravio counts the lead as one with an e-mail."""
    return bool(row.get("email"))


@dataclass(frozen=True, slots=True)
class LeadHandle:
    """One lead of a campaign, for tests that change it. No change moves the campaign's `updatedAt`."""

    crowd: Crowd
    index: int

    @property
    def row(self) -> Row:
        """The lead as an unmasked account sees it."""
        return self.crowd.row(self.index)

    def update(self, **fields: Any) -> None:
        """Lay `fields` over the lead; `scrapedAt` stays unless it is among them."""
        self.crowd.change(self.index, fields)

    def validate(self, status: str | None, at: datetime | None = None) -> None:
        """Give the lead another validation state (None = never validated), as a validation that came later would."""
        result = {"status": status, "isValid": status == "valid", "checkedAt": stamp(at) if at else None}
        self.update(emailValidation=result if status else None)

    def remove(self) -> None:
        """Take the lead out of the campaign."""
        self.crowd.remove(self.index)


@dataclass(slots=True)
class SourceCampaign:
    """One campaign. `facts` is what its object says beside the counts, which follow from the leads unless set here."""

    id: str
    crowd: Crowd
    facts: Row
    deleted: bool = False

    def lead(self, index: int) -> LeadHandle:
        """Lead `index`, 0 being the first that was scraped."""
        return LeadHandle(self.crowd, index)

    def add_lead(self, **fields: Any) -> LeadHandle:
        """A new lead, scraped after all others."""
        return LeadHandle(self.crowd, self.crowd.append(fields))

    def update(self, **facts: Any) -> None:
        """Change facts of the campaign; `updatedAt` stays unless it is among them."""
        self.facts.update(facts)

    def touch(self, at: datetime) -> None:
        """Move `updatedAt`."""
        self.facts["updatedAt"] = stamp(at)

    def shown(self, *, detail: bool = False) -> Row:
        """The campaign as Scravio answers it; `normalizedCounts` only in the detail (scravio.md §5)."""
        profiles = len(self.crowd.select("all", lambda _row: True))
        emails = len(self.crowd.select("email", has_email))
        counted: Row = {"_id": self.id, "emailScanCount": emails, "profileScannedCount": profiles}
        if detail:
            counted["normalizedCounts"] = {"profiles": profiles, "emails": emails}
        return counted | self.facts


IDLE: Row = {"status": "pending", "startedAt": None, "completedAt": None, "lastError": None}


def new_facts(title: str, kind: str, inputs: Row, emails: int, created: datetime) -> Row:
    """The facts of a campaign that has just been created."""
    return {
        "title": title,
        "type": kind,
        "status": "pending",
        "inputs": inputs,
        "targetEmails": emails,
        "progressPercentage": 0,
        "phaseState": dict.fromkeys(("scraping", "deepsearch", "validation"), IDLE),
        "postValidation": None,
        "createdAt": stamp(created),
        "updatedAt": stamp(created),
        "finishedAt": None,
    }


@dataclass(slots=True)
class ScravioHabits:
    """What Scravio does where its pages say nothing, or what changed between their versions.

    `price` is credits for an address, `returns` the share of them given back at the end; whatever runs in the
    background takes `seconds`, and `fails` then. `account_scoped`: whether the key may see jobs and transactions.
    `file_heads` are the columns of an export, head and field; `file_link` replaces the link to it.
    """

    version: Literal["1.0", "1.1"] = "1.0"
    campaign_page_cap: int = 100
    lead_page_cap: int = 100
    large_pages: Literal["clamp", "reject"] = "clamp"
    wrap_detail: bool = False
    per_minute: int | None = None
    price: float = 1.0
    returns: float = 0.0
    seconds: float = 120.0
    fails: bool = False
    short_of_credits: int = 402
    account_scoped: bool = True
    list_shows_validation: bool = True
    file_heads: tuple[tuple[str, str], ...] | None = None
    file_encoding: str = "utf-8"
    file_link: str = ""


@dataclass(slots=True)
class ScravioAccount:
    """One account with its keys, campaigns, exports and jobs; `credits` move with every transaction."""

    campaigns: list[SourceCampaign]
    created: datetime
    keys: set[str] = field(default_factory=lambda: {"sk_live_sandbox"})
    tokens: set[str] = field(default_factory=lambda: {"sandbox-token"})
    forbidden_keys: set[str] = field(default_factory=lambda: {"sk_live_forbidden"})
    workspace_id: str = "ws_sandbox"
    mask_email: bool = False
    credits: float = 5_000
    habits: ScravioHabits = field(default_factory=ScravioHabits)
    transactions: list[Row] = field(default_factory=list)
    exports: list[Row] = field(default_factory=list)
    jobs: list[Row] = field(default_factory=list)
    validating: list[SourceCampaign] = field(default_factory=list)

    def campaign(self, ref: str) -> SourceCampaign:
        """A campaign by id or by title; raises LookupError."""
        for campaign in self.campaigns:
            if not campaign.deleted and ref in {campaign.id, campaign.facts.get("title")}:
                return campaign
        raise LookupError(f"no campaign {ref!r} in the sandbox")

    def book(self, kind: str, amount: float, at: datetime, campaign_id: str | None = None) -> None:
        """Move the balance, and write down why."""
        before, self.credits = self.credits, self.credits + amount
        number = len(self.transactions) + 1
        result: Row = {"id": f"66a{number:021x}", "timestamp": stamp(at), "balanceBefore": before, "amount": amount}
        result |= {"balanceAfter": self.credits, "type": kind, "description": kind.replace("_", " ").capitalize()}
        self.transactions.append(result | {"campaignId": campaign_id, "metadata": None, "createdAt": stamp(at)})

    def spent(self, campaign_id: str | None = None) -> float:
        """What campaigns and validations have cost so far, returns taken off; of one campaign, or of all."""
        wanted = [one for one in self.transactions if campaign_id in (None, one["campaignId"])]
        return -sum(float(one["amount"]) for one in wanted)

    def lead_text(self, campaign: SourceCampaign, index: int) -> str:
        """One lead as JSON text, masked where the account is."""
        if not self.mask_email:
            return campaign.crowd.text(index)
        row = campaign.crowd.row(index)
        if row.get("email"):
            row |= {"email": masked(str(row["email"])), "emailMasked": True, "canRevealEmail": True}
        return dumps(row)
