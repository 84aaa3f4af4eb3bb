"""What is read: source campaigns and leads, as their vendor reports them. Knows no vendor's JSON."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType

from bridge.lazy import dataclass

Scalar = str | int | float | bool | None
NOTHING: Mapping[str, Scalar] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SourceCampaign:
    """A Scravio campaign as its list or its detail reports it.

    `emails` and `profiles` are Scravio's own counts (None where it gave none). `validating` is True while any of its
    validation phases is under way. `fingerprint` maps the facts that move when the campaign changes to their values;
    keys that the answer did not carry are absent.
    """

    id: str
    title: str = ""
    type: str = ""
    status: str = ""
    created_at: datetime | None = None
    emails: int | None = None
    profiles: int | None = None
    validating: bool = False
    fingerprint: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lead:
    """One person as Scravio reports them; strings are as scraped, "" where Scravio has nothing.

    `problem` says why the row could not be read ("" for all but broken rows); such a lead is held, never dropped.
    `extra` keeps platform-only fields that are scalars (`linkedinHeadline`, `xPostText` ...).
    """

    id: str
    campaign_id: str
    platform: str = ""
    source_type: str = ""
    email: str = ""
    email_masked: bool = False
    email_source: str = ""
    phone: str = ""
    username: str = ""
    full_name: str = ""
    biography: str = ""
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    website: str = ""
    is_private: bool | None = None
    is_verified: bool | None = None
    is_business: bool | None = None
    country: str = ""
    city: str = ""
    validation: str = ""  # Scravio's word in lower case; "" = never validated
    is_valid: bool | None = None
    checked_at: datetime | None = None
    keyword: str = ""
    scraped_at: datetime | None = None
    extra: Mapping[str, Scalar] = field(default_factory=dict)
    problem: str = ""
