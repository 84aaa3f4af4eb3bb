"""The table from what came of a request to what is done about it, row by row over the wire."""

import json

import httpx
import pytest

from bridge.api import verdicts
from bridge.api.verdicts import TABLE, Came, Then
from bridge.errors import AnswerLost, Denied, Refused, Unavailable
from tests.wire.conftest import Wire

OK = {"json": {"fine": True}}
HTML = {"html": "<html><title>Just a moment...</title></html>"}
DEEP = {"content": b"[" * 200_000}

# What comes back, how often it is sent when asking, what asking raises, how often when writing, what writing raises.
ROWS = [
    (httpx.ConnectError("refused"), 16, Unavailable, 16, Unavailable),
    (httpx.ConnectTimeout("late"), 16, Unavailable, 16, Unavailable),
    (httpx.PoolTimeout("full"), 16, Unavailable, 16, Unavailable),
    (httpx.ReadTimeout("late"), 16, Unavailable, 1, AnswerLost),
    (httpx.WriteError("cut"), 16, Unavailable, 1, AnswerLost),
    (httpx.RemoteProtocolError("cut"), 16, Unavailable, 1, AnswerLost),
    (httpx.DecodingError("gzip"), 3, Unavailable, 1, AnswerLost),
    ((200, {"content": b""}), 3, Unavailable, 1, AnswerLost),
    ((204, {"content": b""}), 3, Unavailable, 1, AnswerLost),
    ((200, {"content": b'{"items": [1, 2'}), 3, Unavailable, 1, AnswerLost),
    ((200, {"content": b'{"a": "\xff\xfe"}'}), 3, Unavailable, 1, AnswerLost),
    ((200, HTML), 3, Unavailable, 1, AnswerLost),
    ((200, DEEP), 3, Unavailable, 1, AnswerLost),
    ((302, {"headers": {"Location": "https://elsewhere.example"}}), 1, Denied, 1, AnswerLost),
    ((400, OK), 1, Refused, 1, Refused),
    ((400, HTML), 1, Refused, 1, Refused),
    ((401, OK), 1, Denied, 1, Denied),
    ((402, OK), 1, Denied, 1, Denied),
    ((403, OK), 1, Denied, 1, Denied),
    ((403, HTML), 1, Denied, 1, Denied),
    ((404, OK), 1, Refused, 1, Refused),
    ((409, OK), 1, Refused, 1, Refused),
    ((413, HTML), 1, Refused, 1, Refused),
    ((422, OK), 1, Refused, 1, Refused),
    ((408, OK), 16, Unavailable, 1, AnswerLost),
    ((429, OK), 16, Unavailable, 16, Unavailable),
    ((429, HTML), 16, Unavailable, 16, Unavailable),
    ((500, OK), 16, Unavailable, 1, AnswerLost),
    ((502, HTML), 16, Unavailable, 1, AnswerLost),
    ((503, OK), 16, Unavailable, 1, AnswerLost),
    ((599, OK), 16, Unavailable, 1, AnswerLost),
]


def named(row):
    return str(row[0] if isinstance(row[0], Exception) else (row[0][0], *row[0][1]))[:50]


def wire_of(answer):
    return Wire(answer if isinstance(answer, Exception) else lambda _: httpx.Response(answer[0], **answer[1]))


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_asking(client_of, row):
    """What only reads is repeated wherever that can help, and never otherwise."""
    wire = wire_of(row[0])
    with pytest.raises(row[2]) as caught:
        client_of(wire).get("/leads")
    assert type(caught.value) is row[2]
    assert len(wire.requests) == row[1]
    assert caught.value.vendor == "instantly"
    assert caught.value.status == (0 if isinstance(row[0], Exception) else row[0][0])


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_writing(client_of, row):
    """A write is repeated only where it surely had no effect; where that is unknown it is AnswerLost at once."""
    wire = wire_of(row[0])
    with pytest.raises(row[4]) as caught:
        client_of(wire).write("POST", "/leads/add", {"leads": []})
    assert type(caught.value) is row[4]
    assert len(wire.requests) == row[3]


def test_an_answer_that_is_too_large_is_not_read_on(client_of):
    """A body over the limit is given up, and a write that met it is in doubt."""
    wire = Wire(httpx.Response(200, json=["x" * 5000]))
    with pytest.raises(AnswerLost, match="larger than"):
        client_of(wire, max_body=4096).write("POST", "/leads/add", {})


def test_every_row_says_why():
    """Each thing that can come has its row, and each row its reason and its sentence."""
    assert set(TABLE) == set(Came)
    assert all(row.why and row.message for row in TABLE.values())


def test_a_write_is_never_less_careful_than_a_read():
    """No row retries a write that it would not retry when asking."""
    assert all(row.asking is Then.RETRY for row in TABLE.values() if row.writing is Then.RETRY)


def test_an_answer_that_came_whole_after_trouble_counts(client_of):
    """A retried request that succeeds is a plain success."""
    wire = Wire(httpx.Response(503), httpx.Response(429), httpx.Response(200, json={"fine": True}))
    assert client_of(wire).get("/leads").data == {"fine": True}


@pytest.mark.parametrize(
    ("status", "vendor", "named"),
    [
        (401, "instantly", "INSTANTLY_API_KEY"),
        (401, "scravio", "SCRAVIO_API_KEY"),
        (401, "inbox", "INBOX_API_KEY"),
        (402, "instantly", "Renew the plan"),
        (403, "instantly", "scope"),
    ],
)
def test_what_a_person_must_do_is_named(client_of, status, vendor, named):
    """401, 402 and 403 each say which variable, plan or scope to fix, and the next command."""
    with pytest.raises(Denied) as caught:
        client_of(Wire(httpx.Response(status, json={"message": "no"})), vendor=vendor).get("/leads")
    assert named in caught.value.hint
    assert "leadbridge check" in caught.value.hint


def test_a_gate_is_distinguished_from_a_bad_key(client_of):
    """instantly.md pitfall 8: a 403 page from the gate in front is not blamed on the key."""
    with pytest.raises(Denied, match="before the API saw it") as caught:
        client_of(Wire(httpx.Response(403, html="<h1>error code: 1010</h1>"))).get("/leads")
    assert "scope" not in str(caught.value)


def test_a_refusal_keeps_the_vendors_body_and_words(client_of):
    """Scravio's error body: message and first error are reported, the whole body is kept."""
    body = {"message": "Validation failed", "errors": [{"param": "perPage", "msg": "too large"}]}
    with pytest.raises(Refused, match="Validation failed: perPage: too large") as caught:
        client_of(Wire(httpx.Response(400, json=body)), vendor="scravio").get("/campaigns")
    assert caught.value.body == body


def test_foreign_words_are_harmless(client_of):
    """A vendor's message reaches the operator short, in one line, without address, control character or key."""
    hostile = "key-0123456789 \x1b[31mjane.doe@gmail.com\r\n\u202e\ud800" + "x" * 5000
    with pytest.raises(Refused) as caught:
        client_of(Wire(httpx.Response(400, content=json.dumps({"message": hostile})))).get("/leads")
    said = str(caught.value)
    assert "key-0123456789" not in said
    assert "jane" not in said
    assert said.isprintable()
    assert len(said) < 400


def test_a_header_that_cannot_be_sent_is_not_quoted():
    """h11 quotes the header it will not send; the sentence names only the kind of trouble."""
    assert verdicts.of_exception(httpx.LocalProtocolError("Illegal header value b'sk_live_x'")) is Came.CUT
