"""What a run may ask of a source of leads: few core members, and optional abilities that are Protocols of their own.

A source never sees the ledger. What it must remember between runs goes through a `Memory` that it is handed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, Protocol, Self, runtime_checkable

from bridge.errors import Unavailable
from bridge.lazy import dataclass
from bridge.model import Lead, SourceCampaign
from bridge.model import Source as Wanted


class NotReady(Unavailable):
    """The source is still preparing the campaign's leads; a later run reads them."""


@dataclass(frozen=True, slots=True)
class Wants:
    """Which identities of a lead any route of the client could use: "email", or a platform such as "x"."""

    identities: frozenset[str] = frozenset({"email"})

    @property
    def only_email(self) -> bool:
        """Whether a lead without an e-mail is useless."""
        return self.identities == {"email"}

    @property
    def asked(self) -> str:
        """The part of a campaign's fingerprint that says what was asked for; e-mail has Scravio's word."""
        return "hasEmail" if self.only_email else "+".join(sorted(self.identities))


EMAIL = Wants()


def look_of(campaign: SourceCampaign, wants: Wants) -> str:
    """What the campaign looks like, and what is read of it: unchanged, it need not be read again."""
    facts = {**campaign.fingerprint, "asked": wants.asked}
    return json.dumps(facts, separators=(",", ":"), sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class Account:
    """Who the key belongs to. `credits` is None where the answer has none.

    `email_masked`: the source shows this account masked addresses only, so none of its leads can be delivered.
    """

    email_masked: bool = False
    credits: float | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What an answer says of its paging; None where it says nothing that can be read."""

    total_count: int | None = None
    total_pages: int | None = None
    per_page: int | None = None


@dataclass(frozen=True, slots=True)
class LeadPage:
    """Some leads of a campaign, in order. The totals are as the source gave them (None: it gave none); they may lie.

    It is only empty where it ends a sweep that should have gone on, so that it is unknown which leads are missing; or
    where it has `notes`, sentences for the operator. A lead whose id is "" has none of its own. `facts` are the fields
    of a lead that the page speaks for (None: all); the others stay as they are known.
    """

    leads: tuple[Lead, ...]
    page: int
    total_count: int | None = None
    total_pages: int | None = None
    per_page: int | None = None
    facts: frozenset[str] | None = None
    notes: tuple[str, ...] = ()

    @property
    def ids(self) -> list[str]:
        """The ids of its leads."""
        return [lead.id for lead in self.leads]

    def emptied(self) -> Self:
        """The same page without its leads."""
        return replace(self, leads=())

    @property
    def totals(self) -> Totals:
        """What the answer said of its paging."""
        return Totals(self.total_count, self.total_pages, self.per_page)


class Reader(Protocol):
    """Reads campaigns: their leads, and what they look like behind their last lead."""

    def lead_pages(self, campaign: SourceCampaign, wants: Wants) -> Iterator[LeadPage]:
        """Every lead that is wanted, a page at a time; one may come twice. Raises NotReady, VendorError."""

    def campaign(self, campaign_id: str) -> SourceCampaign:
        """One campaign as it is now. Raises Refused with status 404 where it is gone."""


class Source(Reader, Protocol):
    """Where leads come from."""

    @property
    def name(self) -> str:
        """The vendor, as errors and requests are counted by."""

    @property
    def title(self) -> str:
        """What messages call it."""

    def account(self) -> Account:
        """Who reads."""

    def campaigns(self, wanted: Wanted) -> Iterable[SourceCampaign]:
        """The campaigns it lists for this selection; `rules.selects` still looks at each."""


# ----------------------------------------------------------------------------------------------------------- abilities


@runtime_checkable
class ReadsAhead(Protocol):
    """A source that prepares several campaigns at once, to be read in this order."""

    def ahead(self, campaigns: Sequence[SourceCampaign], wants: Wants) -> AbstractContextManager[Reader]:
        """A reader of these campaigns; nothing is read any more when the block is left."""


@runtime_checkable
class TellsAll(Protocol):
    """A source whose list and looks show everything.

    A campaign that is missing is gone, and one that looks as it did has the same leads: time alone changes nothing.
    """

    def is_gone(self, campaign_id: str) -> bool:
        """Whether the campaign is there no more."""


@runtime_checkable
class Inspects(Protocol):
    """A source that has more to say to `leadbridge check` than how many campaigns there are."""

    def inspect(self, wanted: Wanted) -> Iterable[tuple[Literal["ok", "warn", "bad"], str, str]]:
        """What it finds for this selection: how bad it is, a sentence, and the fix ("" for none)."""


# -------------------------------------------------------------------------------------------------------------- memory


class Memory(Protocol):
    """What a source keeps between runs, under names of its own. The last of two processes counts."""

    def now(self) -> datetime:
        """The time by the clock that all processes share."""

    def recall(self, name: str) -> dict[str, Any]:
        """What was kept under the name; {} where nothing was."""

    def keep(self, name: str, facts: Mapping[str, Any]) -> None:
        """Keep facts that JSON can hold, in place of whatever was kept there."""
