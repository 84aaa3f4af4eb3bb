"""An ordinary row is decoded by its types, an odd one value by value: both roads make the same lead of it."""

import json
import os
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.api import bodies
from bridge.sandbox.people import IDENTITY, NUMBER, SCRAPED, Style, draft
from bridge.sources.scravio import rows
from bridge.sources.scravio.reading import read_lead, read_rows, read_totals
from tests.hygiene.hostile import hostile_texts

DOCUMENTED = {
    "_id": "507f1f77bcf86cd799439011",
    "campaignId": "another",
    "platform": "twitter",
    "sourceType": "profile",
    "email": "jane@example.com",
    "emailMasked": False,
    "emailRevealed": False,
    "canRevealEmail": False,
    "emailSource": "initial",
    "phoneNumber": None,
    "username": "@jane",
    "fullName": "Jane Doe",
    "biography": "Runs.\nWrites.",
    "followerCount": 12345,
    "followingCount": 12,
    "mediaCount": None,
    "externalUrl": "https://jane.example",
    "profilePicUrl": None,
    "isPrivate": False,
    "isVerified": None,
    "isBusiness": True,
    "country": "US",
    "accountCreatedDate": None,
    "latitude": 1.5,
    "longitude": None,
    "cityName": "Austin",
    "addressStreet": None,
    "emailValidation": {"status": "Valid", "isValid": True, "checkedAt": "2026-10-01T12:00:00.000Z"},
    "keyword": "fitness",
    "scrapedAt": "2026-10-01T14:00:00+02:00",
    "xPostText": "hello",
}
PAGING = {"totalCount": 1, "totalPages": 1, "currentPage": 1, "perPage": 100}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    hostile_texts,
    st.sampled_from(["12,345", " X ", "x" * 501, 2**53, 2**53 + 1, 10**25, -1, 12.0, 1e300, {"$oid": "1"}, [], {}]),
    st.datetimes().map(datetime.isoformat),
    st.datetimes(timezones=st.timezones()).map(datetime.isoformat),
    st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
    st.fixed_dictionaries(
        {},
        optional={
            "status": hostile_texts | st.integers(),
            "isValid": st.sampled_from([True, False, None, "true", 1, 7]),
            "checkedAt": st.datetimes().map(lambda at: f"{at.isoformat()}Z") | st.integers() | hostile_texts,
            "unknown": st.none(),
        },
    ),
)
CHANGES = st.dictionaries(st.sampled_from([*DOCUMENTED, "id", "__v", "somethingNew", "linkedinHeadline"]), VALUES)


def read(body, decode):
    page = decode(body)
    return [read_lead(row, "c1") for row in read_rows(page)], read_totals(page)


def written(found):
    """The values as written: 1 is not True, and 12 not 12.0."""
    return repr(found)


def test_the_documented_row_is_an_ordinary_one():
    """It is decoded by its types, and so are rows that leave out what may be null."""
    for row in (DOCUMENTED, {"_id": "1"}, {**DOCUMENTED, "emailValidation": None}):
        body = json.dumps({"items": [row], "pagination": PAGING}).encode()
        assert type(rows.decoded(body)["items"][0]) is rows.Row
        assert written(read(body, rows.decoded)) == written(read(body, bodies.decoded))


@settings(deadline=None, max_examples=400 if "BRIDGE_TEST_LONG" in os.environ else 150)
@given(st.lists(CHANGES, max_size=3), st.sets(st.sampled_from([*DOCUMENTED])), st.sampled_from([PAGING, {}, None, [1]]))
def test_both_roads_make_the_same_leads(changes, gone, paging):
    """Whatever values, keys and pagings come: the same leads to the letter, and the same totals."""
    page = [{key: value for key, value in (DOCUMENTED | some).items() if key not in gone} for some in changes]
    body = json.dumps({"items": page, "pagination": paging}).encode()
    assert written(read(body, rows.decoded)) == written(read(body, bodies.decoded))


PEOPLE = 10_000 if "BRIDGE_TEST_LONG" in os.environ else 3_000


def test_both_roads_make_the_same_leads_of_thousands_of_people():
    """The sandbox's crowd of all platforms, awkward and damaged rows among them; most are ordinary."""
    ordinary = 0
    style, checked = Style(awkward=0.1), datetime(2026, 11, 15, tzinfo=UTC) - timedelta(days=5)
    for slot in range(0, PEOPLE, 10):
        platform = ("instagram", "tiktok", "youtube", "x", "linkedin", "facebook")[slot // 10 % 6]
        page = [draft("rows", n, style, platform, "yoga" if n % 2 else None, checked) for n in range(slot, slot + 10)]
        body = json.dumps({"items": page, "pagination": PAGING})
        for mark, value in {NUMBER: "7", IDENTITY: "a7", SCRAPED: "2026-11-15T08:00:00.000Z"}.items():
            body = body.replace(json.dumps(mark)[1:-1], value)
        ordinary += sum(type(row) is rows.Row for row in rows.decoded(body.encode())["items"])
        assert written(read(body.encode(), rows.decoded)) == written(read(body.encode(), bodies.decoded))
    assert ordinary > 0.85 * PEOPLE


def test_what_is_no_json_is_refused_alike():
    """A broken row, a broken text or a byte too many: both roads raise, or neither does."""
    whole = json.dumps({"items": [DOCUMENTED], "pagination": PAGING}).encode()
    cut = (whole[:-1], whole[:-40], whole + b"]", whole.replace(b"Jane", b"J\xff"), whole.replace(b"12345", b"NaN"))
    deep = whole.replace(b"1.5", b"[" * 2_000 + b"]" * 2_000)
    for body in (*cut, whole.replace(b"hello", b"\\ud800"), deep, b"", b"[]", b'{"items":null}', b'{"items":[1,"a"]}'):
        assert outcome(body, rows.decoded) == outcome(body, bodies.decoded)


def outcome(body, decode):
    try:
        return written(read(body, decode)) if read_rows(decode(body)) is not None else None
    except (ValueError, RecursionError):
        return "refused"
