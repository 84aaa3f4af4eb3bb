"""What an ordinary row of a lead page is, by its types. Decodes pages of them, and makes no row ordinary that is not.

A row as it is documented (scravio.md §4) is decoded in a third of the time that looking at each value takes. A row that
has another key, another type or an id of other signs comes as plain JSON, for `reading` to look at.
"""

from typing import Annotated, Any, TypeVar

import msgspec

from bridge.api import bodies
from bridge.api.scalars import LARGEST_COUNT, LONGEST_ID

Page = TypeVar("Page")
Text = str | None
_Count = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUNT)] | None
_ODD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Validation(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """`emailValidation`, where it is an object."""

    status: Text = None
    is_valid: bool | None = None
    checked_at: Text = None


class Row(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """A lead as it is documented; null and absent are the same."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)] = msgspec.field(name="_id")
    platform: Text = None
    source_type: Text = None
    email: Text = None
    email_masked: bool | None = None
    email_source: Text = None
    phone_number: Text = None
    username: Text = None
    full_name: Text = None
    biography: Text = None
    follower_count: _Count = None
    following_count: _Count = None
    media_count: _Count = None
    external_url: Text = None
    is_private: bool | None = None
    is_verified: bool | None = None
    is_business: bool | None = None
    country: Text = None
    city_name: Text = None
    email_validation: Validation | None = None
    keyword: Text = None
    scraped_at: Text = None
    # Only of some platforms, and kept as they are.
    facebook_category: Text = None
    linkedin_headline: Text = None
    tiktok_video_url: Text = None
    x_post_text: Text = None
    # Documented or usual, and not needed here.
    other_id: Any = msgspec.field(default=None, name="id")
    campaign_id: Any = None
    email_revealed: Any = None
    can_reveal_email: Any = None
    profile_pic_url: Any = None
    account_created_date: Any = None
    latitude: Any = None
    longitude: Any = None
    address_street: Any = None
    version: Any = msgspec.field(default=None, name="__v")


PLATFORM_ONLY = ("facebookCategory", "linkedinHeadline", "tiktokVideoUrl", "xPostText")
READ = frozenset(Row.__struct_encode_fields__) - frozenset(PLATFORM_ONLY)
"""The keys of a row that need no place among the extras."""


class _Ordinary(msgspec.Struct, forbid_unknown_fields=True):
    items: list[Row]
    pagination: Annotated[dict[str, Any], msgspec.Meta(min_length=1)]


class _Mixed(msgspec.Struct, forbid_unknown_fields=True):
    items: list[msgspec.Raw]
    pagination: Annotated[dict[str, Any], msgspec.Meta(min_length=1)]


_ordinary, _mixed, _row = msgspec.json.Decoder(_Ordinary), msgspec.json.Decoder(_Mixed), msgspec.json.Decoder(Row)


def decoded(body: bytes) -> Any:
    """As `bodies.decoded`, with each ordinary row as a Row. Raises as that does."""
    if len(body) > bodies.MOST_VALUES:  # whether it has too many values is not known before it is read
        return bodies.decoded(body)
    page = _decoded(_ordinary, body)
    if page is not None and "".join([row.id for row in page.items]).isalnum():
        return {"items": page.items, "pagination": page.pagination}
    # One odd row costs its page a second look, each row alone.
    rows = _decoded(_mixed, body)
    if rows is None:
        return bodies.decoded(body)
    return {"items": [_one(raw) for raw in rows.items], "pagination": rows.pagination}


def _decoded(decoder: msgspec.json.Decoder[Page], body: bytes) -> Page | None:
    try:
        return decoder.decode(body)
    except _ODD:
        return None


def _one(raw: msgspec.Raw) -> Any:
    try:
        row = _row.decode(raw)
    except _ODD:
        return bodies.decoded(bytes(raw))
    return row if row.id.isalnum() else bodies.decoded(bytes(raw))
