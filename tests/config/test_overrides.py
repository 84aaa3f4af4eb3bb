"""The file of overrides: who the operator wants greeted by which name."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.config.file import load
from bridge.config.overrides import read_overrides
from bridge.errors import ConfigProblem
from bridge.model import Lead, SourceCampaign
from bridge.rules import decider

CONFIG = """
[[routes]]
name = "one"
target = { instantly_campaign = "Target" }
[names]
overrides = "names.csv"
"""
TABLE = "platform,username,first_name,last_name\ninstagram,@Fit.Queen,Jane,Doe\n,tomcat,,\n"
LEAD = Lead(
    id="1",
    campaign_id="c",
    platform="instagram",
    username="fit.queen",
    full_name="FIT QUEEN",
    email="fit@queen.example",
    validation="valid",
    is_valid=True,
    checked_at=datetime(2026, 1, 1, tzinfo=UTC),
)


@pytest.fixture
def written(tmp_path):
    def write(table, name="names.csv"):
        (tmp_path / name).write_bytes(table if isinstance(table, bytes) else table.encode())
        return tmp_path / name

    return write


def fields(route, lead):
    decided = decider(route).decide(lead, SourceCampaign(id="c"), datetime(2026, 1, 2, tzinfo=UTC))
    return decided.fields.first_name, decided.fields.last_name


def test_an_override_greets_people_that_no_display_name_would(written, tmp_path):
    """The operator's word goes before the display name, on the platform it was given for, whatever the case."""
    written(TABLE)
    written(CONFIG, "bridge.toml")
    (route,) = load(tmp_path / "bridge.toml").routes
    assert fields(route, LEAD) == ("Jane", "Doe")
    assert fields(route, replace(LEAD, platform="tiktok")) == ("", "")
    assert fields(route, replace(LEAD, username="https://instagram.com/fit.queen/")) == ("Jane", "Doe")
    assert fields(route, replace(LEAD, username="tomcat", full_name="Tom Miller")) == ("", "")
    assert fields(route, replace(LEAD, username="someone", full_name="Tom Miller")) == ("Tom", "Miller")


def test_another_override_decides_again(written, tmp_path):
    """The names are part of the decision key: stored leads are decided again when they change, and only then."""
    written(CONFIG, "bridge.toml")
    keys = []
    for table in (TABLE, TABLE, TABLE.replace("Jane", "Joan"), "username,first_name\n"):
        written(table)
        keys.append(decider(load(tmp_path / "bridge.toml").routes[0]).key)
    without = decider(replace(load(tmp_path / "bridge.toml").routes[0], overrides={})).key
    assert keys[0] == keys[1]
    assert len({*keys, without}) == 3
    assert keys[3] == without


@pytest.mark.parametrize(
    "table",
    [
        "profile_url,first_name\nhttps://www.instagram.com/fit.queen/,Jane\n",
        "\ufeffPlatform;Username;First Name\r\nInstagram;fit.queen;Jane\r\n",
        "username\tplatform\tfirst_name\nfit.queen\tinstagram\tJane\n\n",
        "username,profile_url,first_name\n,instagram.com/fit.queen,Jane\n",
    ],
)
def test_what_spreadsheets_write_is_read(written, table):
    """Semicolons, tabs, a byte order mark, links in place of names, empty lines."""
    assert read_overrides(written(table)) == {"instagram:fit.queen": ("Jane", "")}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (b"username,first_name\nj\xe4ne,J\xe4ne\n", "is not UTF-8 text"),
        ("", "line 1, lacks a column first_name"),
        ("username,name\njane,Jane\n", 'line 1, has the unknown column "name"'),
        ("user,first_name\njane,Jane\n", 'did you mean "username"'),
        ("platform,first_name\nx,Jane\n", "one of username and profile_url"),
        ("platform,username,first_name\ninstagramm,jane,Jane\n", 'did you mean "instagram"'),
        ("username,first_name\n,Jane\n", "line 2, names no profile"),
        ("username,first_name\njane,Jane\njane,Joan\n", 'line 3, names "jane" a second time'),
        ("username,first_name\njane,{{firstName}}\n", "line 2, holds an invalid name"),
        ("username,first_name\njane," + "x" * 500 + "\n", "line 2, holds an invalid name"),
        ('username,first_name\njane,"Ja\x00ne"\n', "line 2"),
    ],
)
def test_what_cannot_be_read_names_line_and_fix(written, table, words):
    """Every mistake is a clear error with what to do, and nothing of the file is used."""
    with pytest.raises(ConfigProblem) as caught:
        read_overrides(written(table))
    assert words in str(caught.value)
    assert caught.value.hint


def test_a_missing_file_is_said(tmp_path):
    """A path that leads nowhere is an error of the configuration."""
    (tmp_path / "bridge.toml").write_text(CONFIG)
    with pytest.raises(ConfigProblem, match=r"names\.csv does not exist"):
        load(tmp_path / "bridge.toml")


def test_a_huge_file_is_refused(written):
    """A list of everyone is no list of exceptions."""
    with pytest.raises(ConfigProblem, match="more than 200,000"):
        read_overrides(written("username,first_name\n" + "".join(f"u{n},Jane\n" for n in range(200_001))))


@given(st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_table_is_read_or_refused(tmp_path_factory, text):
    """Whatever the file holds, it is read or a ConfigProblem says why."""
    path = tmp_path_factory.mktemp("overrides") / "names.csv"
    path.write_bytes(("username,first_name\n" + text).encode("utf-8", "surrogatepass"))
    with suppress(ConfigProblem):
        assert all(":" in profile for profile in read_overrides(path))
