"""The log goes to stderr in the asked form, and holds neither secrets nor people."""

import json
import logging
import time

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bridge import logs


@pytest.fixture(autouse=True)
def as_before():
    yield
    structlog.reset_defaults()
    logs._secrets.clear()
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, logs._Forward)]:
        root.removeHandler(handler)


def lines(capsys):
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


@pytest.mark.parametrize(
    ("address", "masked"),
    [("jane.doe@gmail.com", "j***@gmail.com"), ("@x.example", "***@x.example"), ("nobody", "n***"), ("", "")],
)
def test_a_masked_address(address, masked):
    """One letter and the domain are left."""
    assert logs.mask(address) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("to jane@example.com, joe+x@example.org.", "to j***@example.com, j***@example.org."),
        ("<jane@example.com>", "<j***@example.com>"),
        ("search=jane%40example.com", "search=j***%40example.com"),
        ("{'email': 'jane@example.com'}", "{'email': 'j***@example.com'}"),
        ("by @jane", "by @jane"),
        ("five @ six", "five @ six"),
        ("jürgen@example.com", "j***@example.com"),
    ],
)
def test_addresses_in_texts(text, masked):
    """Every address in a sentence, a URL or a repr is masked, handles are left."""
    assert logs.mask_addresses(text) == masked


@given(st.text(), st.from_regex(r"[a-z][a-z.+]{1,20}@[a-z]{1,10}\.example", fullmatch=True), st.text())
def test_no_address_survives_between_other_text(before, address, after):
    """Whatever stands around an address, it does not get through."""
    assert address not in logs.mask_addresses(f"{before} {address} {after}")


def test_a_long_text_costs_little():
    """Twenty thousand characters with one @ at the end are passed over in no time."""
    began = time.perf_counter()
    logs.mask_addresses("x" * 200_000 + " jane@example.com" + "%40" * 1000)
    assert time.perf_counter() - began < 1


def test_secrets_and_people_never_reach_a_line(capsys):
    """In the event, in nested values, in keys and in a traceback."""
    logs.configure(form="json", secrets=["sk_live_secret", "sk_live_secret_longer", "abc", ""])
    log = structlog.get_logger()
    try:
        raise ValueError("jane@example.com has sk_live_secret")
    except ValueError:
        log.exception("sk_live_secret_longer", nested={"jane@example.com": ["joe@example.com", ("sk_live_secret", 7)]})
    (line,) = lines(capsys)
    assert "sk_live" not in json.dumps(line)
    assert "longer" not in json.dumps(line)
    assert "jane@" not in json.dumps(line)
    assert line["nested"] == {"j***@example.com": ["j***@example.com", ["***", 7]]}
    assert "ValueError: j***@example.com has ***" in line["exception"]


def test_objects_are_logged_by_their_words(capsys):
    """A value that is no JSON is logged as text, and cleaned as one."""
    logs.configure(form="json")
    structlog.get_logger().info("seen", error=ValueError("jane@example.com"), count=3, fine=True, none=None)
    (line,) = lines(capsys)
    assert (line["error"], line["count"], line["fine"], line["none"]) == ("j***@example.com", 3, True, None)


def test_the_level_is_kept(capsys):
    """Below the level nothing is written; the level is asked in any case."""
    logs.configure(form="json", level="warning")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in lines(capsys)] == ["loud"]


def test_the_console_form_is_for_people(capsys):
    """On the console a line is words, cleaned in the same way."""
    logs.configure(form="console")
    structlog.get_logger().info("delivered", to="jane@example.com")
    err = capsys.readouterr().err
    assert "delivered" in err
    assert "j***@example.com" in err
    assert not err.startswith("{")


def test_auto_is_json_where_nobody_looks(capsys):
    """Without a terminal the form is JSON."""
    logs.configure()
    structlog.get_logger().info("piped")
    assert lines(capsys)[0]["event"] == "piped"


def test_libraries_log_the_same_way_and_only_warnings(capsys):
    """What httpx says of each URL is not written; a library's warning is, once, and cleaned."""
    logs.configure(form="json")
    logs.configure(form="json")
    logging.getLogger("httpx").info("HTTP Request: GET https://x.example/?search=jane@example.com")
    logging.getLogger("apscheduler").warning("job of %s failed", "jane@example.com")
    assert [line["event"] for line in lines(capsys)] == ["job of j***@example.com failed"]
