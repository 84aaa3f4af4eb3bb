"""Files behind pre-signed links, and CSV files whose columns no one documents."""

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import Denied, Unavailable
from bridge.sources.scravio.downloads import Downloads
from bridge.sources.scravio.reading import read_lead
from bridge.sources.scravio.table import CsvFile, UnreadableError

BASE = "https://api.scravio.example/api"


def fetch(tmp_path, link, handler, **limits):
    into = tmp_path / "file.csv"
    Downloads(BASE, httpx.MockTransport(handler), **limits).fetch(link, into)
    return into


def body(text=b"email\na@b.example\n"):
    return lambda _request: httpx.Response(200, content=text)


def redirect_to(*places):
    left = list(places)

    def handler(_request):
        return httpx.Response(302, headers={"Location": left.pop(0)}) if left else httpx.Response(200, content=b"x")

    return handler


def test_no_key_goes_to_the_link_and_only_the_owner_may_read_the_file(tmp_path):
    """The store of files gets a plain GET: no key, no token, no cookie."""
    seen = {}

    def handler(request):
        seen.update(request.headers)
        return httpx.Response(200, content=b"email\n", headers={"Set-Cookie": "a=b"})

    into = fetch(tmp_path, "https://files.example/x?signature=s", handler)
    assert {"x-api-key", "authorization", "cookie", "x-workspace-id"}.isdisjoint(seen)
    assert into.stat().st_mode & 0o077 == 0
    assert into.read_bytes() == b"email\n"


@pytest.mark.parametrize(
    "link",
    [
        "http://files.example/leads.csv",
        "ftp://files.example/leads.csv",
        "file://localhost/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://10.1.2.3/x",
        "https://localhost/x",
        "https://localhost./x",
        "https://2130706433/x",
        "https://127.1/x",
        "https://files/x",
        "https://db.internal/x",
        "https://user:hush-hush@files.example/x",
        "https://[broken",
        "https://files.example:99999/x",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_link_that_is_not_to_be_trusted_is_not_followed(tmp_path, link):
    """Only https to the open network, or the configured base itself; the link is not quoted."""
    with pytest.raises(Denied, match="was not followed") as reported:
        fetch(tmp_path, link, lambda _request: pytest.fail("it was fetched"))
    assert "hush-hush" not in str(reported.value)


def test_the_configured_base_may_be_plain_http(tmp_path):
    """A sandbox on this host: the same scheme, host and port as the base."""
    into = tmp_path / "f"
    local = Downloads("http://127.0.0.1:8123/api", httpx.MockTransport(body()))
    assert local.fetch("http://127.0.0.1:8123/files/x.csv", into) > 0
    with pytest.raises(Denied):
        local.fetch("http://127.0.0.1:8124/files/x.csv", into)


def test_redirects_are_followed_three_times_and_looked_at_each_time(tmp_path):
    """The same rule holds for every hop."""
    hop = "https://files.example/next"
    assert fetch(tmp_path, "https://files.example/x", redirect_to(hop, "/relative", hop)).read_bytes() == b"x"
    with pytest.raises(Unavailable, match="redirected"):
        fetch(tmp_path, "https://files.example/x", redirect_to(hop, hop, hop, hop))
    for place in ("http://files.example/x", "https://127.0.0.1/x", "file://localhost/x", ""):
        with pytest.raises((Denied, Unavailable)):
            fetch(tmp_path, "https://files.example/x", redirect_to(place or "http://", hop))


def test_a_file_may_be_neither_too_large_nor_too_slow(tmp_path):
    """Both end the fetching, and nothing of it is used."""
    with pytest.raises(Unavailable, match="larger than 10 bytes"):
        fetch(tmp_path, "https://files.example/x", body(b"x" * 11), largest=10)
    with pytest.raises(Unavailable, match="in time"):
        fetch(tmp_path, "https://files.example/x", body(), seconds=0)


@pytest.mark.parametrize(
    "handler",
    [
        lambda _request: httpx.Response(403, content=b"SignatureDoesNotMatch"),
        lambda _request: (_ for _ in ()).throw(httpx.ReadError("cut")),
        lambda _request: (_ for _ in ()).throw(httpx.ConnectError("no")),
    ],
)
def test_what_goes_wrong_on_the_way_is_one_sentence_without_the_link(tmp_path, handler):
    """The link is as good as a key."""
    with pytest.raises(Unavailable) as reported:
        fetch(tmp_path, "https://files.example/x?signature=hush-hush", handler)
    assert "hush-hush" not in str(reported.value)
    assert "files.example" not in str(reported.value)


def test_a_file_that_must_be_whole_comes_from_an_answer_that_shows_its_end(tmp_path):
    """One that ends with its connection may have been cut off at the end of a row."""

    def endless(_request):
        return httpx.Response(200, stream=httpx.ByteStream(b"email\na@b.example\n"))

    downloads = Downloads(BASE, httpx.MockTransport(endless))
    assert downloads.fetch("https://files.example/x", tmp_path / "any") > 0
    with pytest.raises(Unavailable, match="where it ends"):
        downloads.fetch("https://files.example/x", tmp_path / "whole", whole=True)
    Downloads(BASE, httpx.MockTransport(body())).fetch("https://files.example/x", tmp_path / "reported", whole=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('email,bio,status\na@b.example,"x,valid\nc@d.example,y",valid\n', "whole rows"),
        ('email,bio,status\na@b.example,"x,valid\nc@d.example,y,valid\n', "quotes are broken"),
        ('email,bio,status\na@b.example,"x" y,valid\n', "quotes are broken"),
        ("email,bio,status\na@b.example,x,val", "no line end"),
    ],
)
def test_a_strict_file_is_not_believed_where_rows_may_be_missing(tmp_path, text, said):
    """A quotation mark too many swallows rows, and a file that was cut off is a shorter file."""
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(UnreadableError, match=said):
        list(CsvFile(path, strict=True))


def test_a_strict_file_may_hold_what_honest_files_hold(tmp_path):
    """Line breaks, separators and doubled quotes inside of a cell, and any end of a line."""
    path = tmp_path / "t.csv"
    path.write_bytes(b'email,bio,status\r\na@b.example,"Runs.\nSays ""hi"", often",valid\r\n')
    (row,) = CsvFile(path, strict=True)
    assert row["biography"] == 'Runs.\nSays "hi", often'


# ------------------------------------------------------------------------------------------------------------ columns


def table(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CsvFile(path)


@pytest.mark.parametrize(
    "head",
    [
        "_id,email,fullName,followerCount,emailValidation.status,emailValidation.isValid",
        "ID,E-Mail,Full Name,Followers,Email Validation Status,Is Valid",
        "Lead ID;Email Address;Display Name;Follower Count;Validation Status;Valid",
        "lead_id\temail\tname\tfollowers\tvalidation_status\tis_valid",
        'Id,"EMAIL",NAME,followers_count,"Verification Status",deliverable',
    ],
)
def test_heads_are_recognised_however_they_are_spelled(tmp_path, head):
    """Case, blanks, signs, separators and usual synonyms."""
    separator = next(one for one in ",;\t" if one in head)
    row = separator.join(["65f", "a@b.example", "Ann", "1200", "valid", "true"])
    (found,) = table(tmp_path, f"{head}\n{row}\n")
    lead = read_lead(found, "c")
    assert (lead.id, lead.email, lead.full_name, lead.followers) == ("65f", "a@b.example", "Ann", 1200)
    assert (lead.validation, lead.is_valid) == ("valid", True)


def test_the_more_exact_of_two_heads_is_taken_and_the_other_kept(tmp_path):
    """`Status` beside `Validation Status` is some other status."""
    file = table(tmp_path, "Email,Status,Validation Status,Favourite Colour\na@b.example,contacted,invalid,blue\n")
    (row,) = file
    assert row["emailValidation"]["status"] == "invalid"
    assert (row["Status"], row["Favourite Colour"]) == ("contacted", "blue")
    assert read_lead({**row, "_id": "1"}, "c").extra == {"Favourite Colour": "blue", "Status": "contacted"}
    assert set(file.unknown) == {"Status", "Favourite Colour"}


@pytest.mark.parametrize(
    ("status", "verdict", "word", "is_valid"),
    [
        ("valid", "true", "valid", True),
        ("Deliverable", "", "valid", None),
        ("invalid", "false", "invalid", False),
        ("", "true", "valid", True),
        ("", "false", "invalid", False),
        ("", "", "", None),
        ("Not validated", "", "", None),
        ("catch_all", "true", "catch_all", True),
        ("verified", "", "verified", None),
        ("valid", "false", "valid", False),
        ("pending", "", "pending", None),
    ],
)
def test_a_finding_is_never_better_than_its_columns_say(tmp_path, status, verdict, word, is_valid):
    """Only "valid" is valid: unknown words stay unknown words, which rules hold; contradictions are kept."""
    (row,) = table(tmp_path, f"Email,Validation Status,Is Valid\na@b.example,{status},{verdict}\n")
    lead = read_lead({**row, "_id": "1"}, "c")
    assert (lead.validation, lead.is_valid) == (word, is_valid)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        ",,,\n1,2,3,4\n",
        "email,name\na@b.example\n",
        "email,name\na@b.example,b,surplus\n",
        'email,name\n"a@b.example,b\n',
        "email,name\n" + "x" * 1_500_000 + ",b\n",
        ",".join(["h"] * 501) + "\n",
    ],
)
def test_what_is_no_table_is_said_to_be_none(tmp_path, text):
    """Nothing is guessed where rows and heads do not fit."""
    with pytest.raises(UnreadableError):
        list(table(tmp_path, text))


@settings(max_examples=150, deadline=None)
@given(raw=st.binary(max_size=400))
def test_any_bytes_give_rows_or_one_clear_no(tmp_path_factory, raw):
    """No other exception, whatever is fetched."""
    path = tmp_path_factory.mktemp("any") / "t.csv"
    path.write_bytes(raw)
    try:
        for row in CsvFile(path):
            read_lead({**row, "_id": "1"}, "c")
    except UnreadableError:
        return


def test_a_nul_and_bytes_that_are_no_text_stay_inside_their_cell(tmp_path):
    """The neighbours are read all the same."""
    rows = list(table(tmp_path, b"email,name,bio\na@b.example,A\x00nn,\xff\xfe\nb@b.example,Bo,fine\n"))
    assert [row["email"] for row in rows] == ["a@b.example", "b@b.example"]
