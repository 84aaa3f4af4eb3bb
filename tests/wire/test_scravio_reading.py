"""Scravio's JSON is judged leniently: whatever comes becomes a value, and never an exception."""

import json
import math
import os
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.api.scalars import count, flag, identity, moment, text
from bridge.ledger.texts import dump_map
from bridge.sources.scravio.ordering.credits import thousandths
from bridge.sources.scravio.reading import MOST_EXTRAS, read_account, read_campaign, read_lead, unwrapped

ROW = {
    "_id": "507f1f77bcf86cd799439011",
    "campaignId": "another",
    "platform": "Twitter",
    "sourceType": "profile",
    "email": " Jane@Example.com ",
    "emailMasked": False,
    "emailSource": "initial",
    "phoneNumber": 491700000000,
    "username": "@jane",
    "fullName": "Jane Doe",
    "biography": "Runs.\nWrites.",
    "followerCount": "12,345",
    "followingCount": 12.0,
    "mediaCount": None,
    "externalUrl": "https://jane.example",
    "isPrivate": "false",
    "isVerified": None,
    "isBusiness": 1,
    "country": "US",
    "cityName": "Austin",
    "emailValidation": {"status": "Valid", "isValid": True, "checkedAt": "2026-10-01T12:00:00.000Z"},
    "keyword": "fitness",
    "scrapedAt": "2026-10-01T14:00:00+02:00",
    "xPostText": "hello",
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
rows = st.fixed_dictionaries({}, optional=dict.fromkeys(ROW, json_values)) | json_values


def test_a_documented_lead_is_read():
    """Every field finds its place, in one spelling; texts stay as scraped."""
    lead = read_lead(ROW, "c1")
    assert (lead.id, lead.campaign_id, lead.platform, lead.username) == ("507f1f77bcf86cd799439011", "c1", "x", "jane")
    assert (lead.email, lead.email_masked, lead.phone) == (" Jane@Example.com ", False, "491700000000")
    assert (lead.followers, lead.following, lead.posts) == (12345, 12, None)
    assert (lead.is_private, lead.is_verified, lead.is_business) == (False, None, True)
    assert (lead.validation, lead.is_valid) == ("valid", True)
    assert lead.checked_at == lead.scraped_at == datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert lead.extra == {"xPostText": "hello"}
    assert lead.problem == ""


@settings(deadline=None, max_examples=300 if "BRIDGE_TEST_LONG" in os.environ else 120)
@given(rows)
def test_no_row_is_an_exception(row):
    """Any JSON becomes a lead with an id and of the right types; reading it twice gives the same."""
    lead = read_lead(row, "c1")
    assert lead.id
    assert lead.campaign_id == "c1"
    assert isinstance(lead.email, str)
    assert lead.followers is None or lead.followers >= 0
    assert lead.scraped_at is None or lead.scraped_at.tzinfo is not None
    assert lead == read_lead(row, "c1")


@pytest.mark.parametrize("row", [None, 7, "row", [], {}, {"_id": None}, {"_id": ""}, {"_id": "a\x00b"}, {"_id": {}}])
def test_a_row_without_an_id_keeps_a_place_of_its_own(row):
    """A broken row becomes a lead with a problem and a name made from its content, never a lost row."""
    lead = read_lead(row, "c1")
    assert lead.problem
    assert lead.id.startswith("unreadable-")
    assert len(lead.id) == len("unreadable-") + 16
    assert lead.id != read_lead({"other": row}, "c1").id


def test_a_row_nested_without_end_is_no_crash():
    """Even a row that cannot be written back as JSON has a name."""
    row = json.loads('{"a":' * 900 + "1" + "}" * 900)
    assert read_lead(row, "c1").problem


@pytest.mark.parametrize(
    ("row", "masked"),
    [
        ({"email": "j***@gmail.com"}, True),
        ({"email": "jane@example.com", "emailMasked": True}, True),
        ({"email": "jane@example.com", "emailMasked": "true"}, True),
        ({"email": "jane@example.com", "emailMasked": None}, False),
        ({"email": None}, False),
    ],
)
def test_masked_addresses_are_seen(row, masked):
    """A flag or a star in the address marks it; the form of a masked one is not documented."""
    assert read_lead({"_id": "1", **row}, "c1").email_masked is masked


@pytest.mark.parametrize(
    ("validation", "word", "verdict"),
    [
        (None, "", None),
        ({}, "", None),
        ({"status": "CATCH_ALL", "isValid": "false"}, "catch_all", False),
        ({"status": None, "isValid": None}, "", None),
        ("valid", "unreadable", None),
        ([{"status": "valid"}], "unreadable", None),
        (True, "unreadable", None),
    ],
)
def test_a_validation_of_unknown_shape_is_never_a_valid_one(validation, word, verdict):
    """Only the documented object can say valid; anything else is a word that no rule lets through."""
    lead = read_lead({"_id": "1", "emailValidation": validation}, "c1")
    assert (lead.validation, lead.is_valid) == (word, verdict)


def test_extras_are_small_and_few():
    """Unknown keys are kept only as short scalars, at most twenty, in an order that does not depend on the answer's."""
    row = {"_id": "1", **{f"k{n:02}": n for n in range(40)}, "long": "x" * 501, "deep": {"a": 1}, "nan": math.nan}
    extra = read_lead(row, "c1").extra
    assert len(extra) == MOST_EXTRAS
    assert list(extra) == sorted(extra)
    assert extra == read_lead(dict(reversed(row.items())), "c1").extra
    assert not {"long", "deep", "nan"} & extra.keys()


@pytest.mark.parametrize(
    ("value", "read"),
    [
        *(
            (12, 12),
            (12.9, 12),
            ("12345", 12345),
            (" 12,345 ", 12345),
            ("1,234,567", 1234567),
            ({"$numberLong": "9"}, 9),
            ({"$numberInt": 9}, 9),
        ),
        *((None, None), ("1.2k", None), ("1,23", None), ("12.345", None), (-1, None), (True, None), (1e300, None)),
        *((math.nan, None), (math.inf, None), (2**60, None), ("", None), ([], None), ({"$numberLong": {}}, None)),
    ],
)
def test_counts(value, read):
    """Whole numbers, also as strings; abbreviations, fractions of a thousand and absurd values are missing."""
    assert count(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [(True, True), ("TRUE", True), ("0", False), (1, True), ("no", False), (None, None), ("maybe", None), ([], None)],
)
def test_flags(value, read):
    """True and false, also as strings and numbers."""
    assert flag(value) is read


NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "2026-10-01T12:00:00Z",
            "2026-10-01T12:00:00.000+00:00",
            "2026-10-01T12:00:00",
            " 2026-10-01 14:00:00+02:00 ",
        ),
        *(1790856000000, 1790856000, "1790856000000", 1790856000000.0, {"$date": "2026-10-01T12:00:00Z"}),
        *({"$date": {"$numberLong": "1790856000000"}}, {"$date": 1790856000000}),
    ],
)
def test_times(value):
    """ISO 8601 with or without an offset, and epoch milliseconds or seconds, are aware times in UTC."""
    assert moment(value) == NOON
    assert moment(value).tzinfo is UTC


@pytest.mark.parametrize(
    "value", [None, "", "soon", True, 1e300, math.nan, -(10**30), [], {}, "0001-01-01T00:00:00+14:00"]
)
def test_unreadable_times_are_missing(value):
    """Nothing that is no time becomes one."""
    assert moment(value) is None


def test_ids_of_every_form():
    """`_id` before `id`, numbers and MongoDB's wrapper; nothing that cannot stand in a path."""
    assert identity({"id": 7}) == "7"
    assert identity({"_id": {"$oid": "abc"}, "id": "x"}) == "abc"
    assert identity({"_id": "", "id": "x"}) == "x"
    assert identity({"_id": "a\nb"}) == identity({"_id": "x" * 201}) == identity({"_id": "\ud800"}) == ""
    assert text(True) == text([]) == ""


CAMPAIGN = {
    "_id": "c1",
    "title": "Fitness",
    "type": "instagram_hashtag",
    "status": "fully_completed",
    "enableEmailValidation": True,
    "emailScanCount": 40,
    "profileScannedCount": "90",
    "progressPercentage": 100,
    "phaseState": {"scraping": {"status": "complete"}, "validation": {"status": "complete"}},
    "postValidation": {"status": "idle", "total": 0, "error": {"a": 1}},
    "createdAt": "2026-10-01T12:00:00Z",
    "updatedAt": "2026-10-02T12:00:00Z",
    "finishedAt": None,
}


def test_a_campaign_and_its_fingerprint():
    """The facts that move with a campaign stand in its fingerprint, absent ones do not."""
    campaign = read_campaign(CAMPAIGN)
    assert (campaign.id, campaign.type, campaign.emails, campaign.profiles) == ("c1", "INSTAGRAM_HASHTAG", 40, 90)
    assert campaign.fingerprint == {
        "status": "fully_completed",
        "updatedAt": "2026-10-02T12:00:00Z",
        "finishedAt": None,
        "emailScanCount": 40,
        "profileScannedCount": "90",
        "progressPercentage": 100,
        "phaseState.scraping.status": "complete",
        "phaseState.validation.status": "complete",
        "postValidation.status": "idle",
        "postValidation.total": 0,
    }


def test_the_details_own_counts_win():
    """`normalizedCounts` stands only in the detail, and is the better count."""
    assert read_campaign({**CAMPAIGN, "normalizedCounts": {"emails": 38, "profiles": None}}).emails == 38
    assert read_campaign({**CAMPAIGN, "normalizedCounts": {"emails": 0}}).emails == 0


@pytest.mark.parametrize(
    ("changes", "validating"),
    [
        ({}, False),
        ({"postValidation": {"status": "validating"}}, True),
        ({"phaseState": {"validation": {"status": "running"}}}, True),
        ({"phaseState": {"validation": {"status": "pending"}}}, True),
        ({"phaseState": {"validation": {"status": "pending"}}, "enableEmailValidation": False}, False),
        ({"phaseState": {"validation": {"status": "pending"}}, "enableEmailValidation": None}, False),
        ({"phaseState": {"validation": {"status": "pending"}}, "status": "stopped"}, False),
        ({"phaseState": {"validation": {"status": "failed"}}}, False),
        ({"phaseState": None, "postValidation": "?"}, False),
    ],
)
def test_validating(changes, validating):
    """instantly.md pitfall 16: a finished campaign may still be validating; one that never will is not waited for."""
    assert read_campaign({**CAMPAIGN, **changes}).validating is validating


@settings(deadline=None, max_examples=200 if "BRIDGE_TEST_LONG" in os.environ else 100)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(CAMPAIGN, json_values)).map(lambda row: {**row, "_id": "c1"}))
def test_no_campaign_is_an_exception(row):
    """Any JSON is a campaign or none, and its fingerprint holds scalars only."""
    campaign = read_campaign(row)
    if campaign is not None:
        assert all(v is None or isinstance(v, str | int | float) for v in campaign.fingerprint.values())


def test_both_versions_of_the_account():
    """Version 1.0 and 1.1 of `GET /auth/me`, and whatever lacks what."""
    assert read_account({"id": "1", "shouldMaskEmail": True, "credits": 12.5}).credits == 12.5
    account = read_account(
        {
            "shouldMaskEmail": "false",
            "credits": 1,
            "subscription": {"planId": "pro"},
            "workspace": {"id": "ws_example_team", "name": "Team", "credits": 900},
        }
    )
    assert (account.email_masked, account.credits) == (False, 900.0)
    assert read_account([]) is None
    assert read_account({}) is None


@settings(deadline=None, max_examples=100)
@given(json_values)
def test_no_account_is_an_exception(body):
    """Any JSON is an account or none."""
    account = read_account(body)
    assert account is None or isinstance(account.email_masked, bool)


def test_both_wrappers_of_a_campaign():
    """scravio.md §2: the detail comes bare, or under `campaign`."""
    assert unwrapped({"campaign": CAMPAIGN}, "campaign") == unwrapped(CAMPAIGN, "campaign") == CAMPAIGN


@pytest.mark.parametrize("huge", [10**400, -(10**400), 10**30, math.inf, -math.inf, math.nan, "1e999", "nan", {}, True])
def test_an_amount_that_is_none_is_no_number(huge):
    """A whole number of 400 digits fits no float: no amount, no balance, no count, and nothing raises."""
    assert thousandths(huge) is None
    assert read_account({"user": {"_id": "a", "workspace": {"credits": huge}}}).credits is None
    assert count(huge) is None
    if not isinstance(huge, int):
        assert moment(huge) is None


def test_whole_numbers_of_extra_fields_keep_their_digits():
    """Above 2^53 as a text, since not every reader reads them exactly; of floats that large nothing is known."""
    row = {
        "_id": "a" * 24,
        "big": 2**53 + 1,
        "huge": -(10**40),
        "long": {"$numberLong": "9007199254740993"},
        "float": 1e300,
    }
    extra = read_lead({**row, "small": 7, "deep": {"a": 1}, "endless": 10**600}, "c").extra
    assert extra == {"big": "9007199254740993", "huge": "-1" + "0" * 40, "long": "9007199254740993", "small": 7}


def test_a_fingerprint_holds_what_can_be_stored():
    """Dates in MongoDB's spelling move it, and numbers of any length can be written down."""
    row = {"_id": "a" * 24, "updatedAt": {"$date": {"$numberLong": "1790856000000"}}, "emailScanCount": 10**30}
    fingerprint = read_campaign(row).fingerprint
    assert fingerprint["updatedAt"] == "1790856000000"
    assert dump_map(fingerprint)
