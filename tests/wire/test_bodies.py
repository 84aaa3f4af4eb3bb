"""Bodies that are compressed, cut off, nested or made of too many values, and times that no vendor's clock shows."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.api import bodies, times
from bridge.errors import AnswerLost, Unavailable
from bridge.sources.scravio.downloads import Downloads

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Streamed(httpx.SyncByteStream):
    """A body as it comes off the wire, so many bytes at a time."""

    def __init__(self, data, size=100):
        self.data, self.size, self.read = data, size, 0

    def __iter__(self):
        for start in range(0, len(self.data), self.size):
            self.read += 1
            yield self.data[start : start + self.size]


def packed(value, coding="gzip", **options):
    data = value if isinstance(value, bytes) else gzip.compress(json.dumps(value).encode())
    return httpx.Response(200, headers={"Content-Encoding": coding}, stream=Streamed(data, **options))


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_compressed_answer_is_read_however_it_is_cut_into_pieces(client_of, size):
    """Gzip is the one coding that is asked for; a body of several members is one body."""
    rows = {"items": [{"id": number, "text": "x" * 50} for number in range(500)]}
    text = json.dumps(rows).encode()
    members = gzip.compress(text[:1000]) + gzip.compress(b"") + gzip.compress(text[1000:])
    sent = []
    answers = iter([packed(rows, size=size), packed(members, size=size)])
    client = client_of(lambda request: sent.append(request) or next(answers))
    assert client.get("/leads").data == rows
    assert client.get("/leads").data == rows
    assert {request.headers["Accept-Encoding"] for request in sent} == {"gzip"}


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "deflate", "zstd", "gzip, identity"])
def test_another_coding_or_more_than_one_is_not_unpacked(client_of, coding):
    """A body of codings inside each other grows a millionfold before its size can be looked at."""
    client = client_of(lambda _: packed(gzip.compress(gzip.compress(b"{}")), coding))
    with pytest.raises(Unavailable, match="content encoding"):
        client.get("/leads")
    with pytest.raises(AnswerLost):
        client.write("POST", "/leads/add", {})


def test_what_is_packed_small_and_is_large_is_given_up_on_the_way(client_of):
    """A bound on what comes out: of the 10 MB behind this answer hardly more is unpacked than the bound."""
    body = Streamed(gzip.compress(b"0" * 10_000_000), size=64)
    answer = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=body)
    with pytest.raises(Unavailable, match="larger than 100000 bytes"):
        client_of(lambda _: answer, max_body=100_000, patience=0).get("/leads")
    assert body.read * 64 < len(body.data) / 10


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_body_that_ends_inside_its_compression_is_not_whole(client_of, cut, tmp_path):
    """Not as an answer, and not as a file whose rows happen to end at a line."""
    data = gzip.compress(b"[" + b"1," * 4000 + b"1]", mtime=0)
    data += b"" if cut < len(data) else gzip.compress(b" " * 10)
    half = data[: len(data) - min(cut, len(data) - 12)]
    with pytest.raises(Unavailable, match="compressed data is truncated"):
        client_of(lambda _: packed(half)).get("/leads")
    downloads = Downloads("https://api.scravio.example/api", httpx.MockTransport(lambda _: packed(half)))
    with pytest.raises(Unavailable, match="stopped early"):
        downloads.fetch("https://files.example/x.csv", tmp_path / "file.csv")


@pytest.mark.parametrize("coding", ["gzip, gzip", "br"])
def test_a_downloaded_file_has_one_coding_and_the_same_bound(coding, tmp_path):
    """What is packed twice is not unpacked; what is packed small and is large ends on the way, and is no file."""
    bomb = Streamed(gzip.compress(b"0" * 10_000_000), size=64)
    answers = iter(
        [
            packed(gzip.compress(gzip.compress(b"email")), coding),
            httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=bomb),
        ]
    )
    transport = httpx.MockTransport(lambda _: next(answers))
    downloads = Downloads("https://api.scravio.example/api", transport, largest=100_000)
    for said in ("stopped early", "larger than 100000 bytes"):
        with pytest.raises(Unavailable, match=said):
            downloads.fetch("https://files.example/x.csv", tmp_path / "file.csv")
    assert (tmp_path / "file.csv").stat().st_size <= 100_000
    assert bomb.read * 64 < len(bomb.data) / 10


def test_what_is_not_compressed_as_it_says_is_no_answer(client_of):
    """Plain text under a gzip head, and rubbish behind a member."""
    for data in (b'{"a": 1}', gzip.compress(b"{}") + b"rubbish"):
        with pytest.raises(Unavailable, match="match its content encoding"):
            client_of(lambda _, data=data: packed(data)).get("/leads")


def test_more_values_than_a_page_has_are_not_made_objects(client_of, monkeypatch):
    """Thirty megabytes of small objects become a gigabyte of Python's: counted before anything is made of them."""
    monkeypatch.setattr(bodies, "MOST_VALUES", 1000)
    client = client_of(lambda _: httpx.Response(200, json=[{}] * 2000))
    with pytest.raises(Unavailable, match="more values than a page has"):
        client.get("/leads")
    assert client_of(lambda _: httpx.Response(200, json=["x" * 2000])).get("/leads").data == ["x" * 2000]


@pytest.mark.parametrize("number", [2**53 + 1, 2**64 + 1, 10**40 + 1, -(10**30) - 7])
def test_whole_numbers_are_read_exactly(client_of, number):
    """However long: an id that is rounded is another one."""
    assert client_of(lambda _: httpx.Response(200, json={"id": number})).get("/leads").data == {"id": number}


# ---------------------------------------------------------------------------------------------------------------- times


ODD_DATES = [
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -0100",
    "Mon, 01 Jan 0001 00:00:00 +0100",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 20 Nov 99999999999999999999 00:00:00 GMT",
    "Fri, 20 Nov 2026 12:00:00 +99999999",
    "9" * 5000,
]


@pytest.mark.parametrize("said", ODD_DATES)
def test_a_date_that_no_clock_shows_changes_no_clock(client_of, said):
    """The answer counts, its `Date` does not: the time of a call is that of this host."""
    client = client_of(lambda _: httpx.Response(200, json={}, headers={"Date": said}))
    assert client.get("/leads").date is None
    assert abs(client.clock() - datetime.now(UTC)) < timedelta(minutes=1)


DATES = r"\A(Fri, )?[0-9]{1,3} (Jan|Nov|Dec) [0-9]{1,22} [0-9]{1,4}:[0-9]{1,4}(:[0-9]{1,4})? ([+-][0-9]{1,12}|GMT)\Z"


@given(st.one_of(st.text(), st.from_regex(DATES)))
def test_no_header_of_a_time_raises(said):
    """Whatever stands there: a plausible date or none, a wait of at most a day or none."""
    assert (date := times.http_date(said)) is None or 2020 <= date.astimezone(UTC).year < 2100
    assert (wait := times.retry_after(said, NOW)) is None or 0 <= wait <= 86_400


@pytest.mark.parametrize(
    ("said", "seconds"), [(ODD_DATES[0], 86_400.0), ("9" * 5000, 86_400.0), (" 7 ", 7.0), ("-1", None)]
)
def test_a_wait_is_a_day_at_most(said, seconds):
    """A wait until the year 9999 is one all the same: nothing is sent until it is over."""
    assert times.retry_after(said, NOW) == seconds
