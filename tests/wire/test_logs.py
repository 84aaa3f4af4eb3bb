"""The log goes to stderr in the asked form, and holds neither secrets nor people."""

import json
import logging
import threading
import time
from dataclasses import replace

import httpx
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bridge import logs
from bridge.app import App
from bridge.config import Configuration
from bridge.config.settings import Secret
from bridge.sandbox import demo_world
from bridge.sandbox.faults import Rule
from bridge.sandbox.server import start
from tests.harness import KEYS, START, Operator, good_world, route


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
        ("jane@@example.com, a@b@example.org", "j***@@example.com, a***@b***@example.org"),
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


def test_the_line_of_a_request_names_the_client(capsys, client_of):
    """With fifty customers a debug line must say whose key was shown."""
    logs.configure(form="json", level="debug")
    client_of(lambda _: httpx.Response(200, json={}), owner="acme").get("/leads")
    (line,) = [line for line in lines(capsys) if line["event"] == "request"]
    assert (line["client"], line["vendor"], line["status"]) == ("acme", "instantly", 200)


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


def test_auto_is_json_where_no_one_looks(capsys):
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


def test_what_ends_a_thread_is_a_line_like_all_others(capsys, monkeypatch):
    """No bare traceback with whatever its message quotes."""
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)  # put back afterwards
    logs.configure(form="json", secrets=["sk_live_secret"])
    logs.hear_threads()

    def fail():
        raise ValueError("jane@example.com has sk_live_secret")

    thread = threading.Thread(target=fail, name="worker")
    thread.start()
    thread.join()
    (line,) = lines(capsys)
    assert (line["event"], line["thread"], line["level"]) == ("a thread ended", "worker", "error")
    assert "ValueError: j***@example.com has ***" in line["exception"]


LOUD = (
    "httpx",
    "httpcore",
    "httpcore.connection",
    "httpcore.http11",
    "apscheduler",
    "uvicorn",
    "uvicorn.error",
    "alembic",
)


@pytest.fixture
def every_library_talks():
    """No matter who comes, libraries say all they have to say."""

    def let_them():
        for name in LOUD:
            logging.getLogger(name).setLevel(logging.DEBUG)

    yield let_them
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


def everyone(sandbox):
    """Every address either vendor ever showed, in lower case, and the part of each that names the person."""
    leads = [
        campaign.lead(index).row for campaign in sandbox.world.scravio.campaigns for index in range(campaign.crowd.size)
    ]
    addresses = {str(row["email"]).strip().lower() for row in leads if row.get("email") and "*" not in row["email"]}
    addresses |= {person.email.lower() for target in ("Fitness Q4",) for person in _in_target(sandbox, target)}
    return {address for address in addresses if "@" in address[2:]}


def _in_target(sandbox, name):
    return sandbox.world.instantly.people(sandbox.world.instantly.campaign(name).id)


@pytest.mark.usefixtures("quick_retries")
def test_no_line_of_a_full_run_shows_a_key_or_a_person(capsys, tmp_path, every_library_talks):
    """Ours and the libraries', at every level, over a real port: retries, a lost answer, doubt, a refused key."""
    operator = Operator(f"sqlite:///{tmp_path}/bridge.db", demo_world(START), doubt_wait=0)
    logs.configure(form="json", level="DEBUG", secrets=operator.settings.secrets)
    every_library_talks()
    faults = (
        [Rule("status", "scravio", code=503, times=1), Rule("garbage", "instantly", path="*/campaigns", times=1)],
        [Rule("cut", "instantly", path="*/leads/add", commit=True, times=1)],
        [],
        [Rule("status", "instantly", code=401)],
    )
    with start(operator.sandbox) as running:
        urls = {"SCRAVIO_BASE_URL": Secret(f"{running.url}/api"), "INSTANTLY_BASE_URL": Secret(running.url)}
        settings = replace(operator.settings, vendors=KEYS | urls)
        for rules in faults:
            for rule in rules:
                operator.sandbox.faults.put(rule)
            with App(settings, Configuration((route(),))) as app:
                app.sync(app.configuration.routes)
            operator.sandbox.faults.clear()
    err = capsys.readouterr().err
    written = [json.loads(line) for line in err.splitlines()]
    assert {"run", "batch", "request"} <= {line["event"] for line in written}
    assert any(line.get("logger", "").startswith("httpcore") for line in written)
    assert [line["status"] for line in written if line["event"] == "run"][-1] == "blocked"
    folded = err.lower()
    assert [secret for secret in operator.settings.secrets if secret in err] == []
    assert [address for address in everyone(operator.sandbox) if address in folded] == []


class Quoting(httpx.BaseTransport):
    """The sandbox, but the first answer to each path is a 503 that quotes a key and a person."""

    def __init__(self, sandbox, words):
        self._inner = sandbox.transport()
        self._words = words
        self._seen = set()

    def handle_request(self, request):
        if request.url.path in self._seen:
            return self._inner.handle_request(request)
        self._seen.add(request.url.path)
        return httpx.Response(503, json={"message": self._words})


@pytest.mark.usefixtures("quick_retries")
def test_a_vendor_that_quotes_what_it_was_sent_is_not_repeated(capsys, tmp_path):
    """What it says of a retried request is in the log, without the key and without the address."""
    operator = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world("Fitness creators"))
    logs.configure(form="json", level="DEBUG", secrets=operator.settings.secrets)
    operator.sync_one(transport=Quoting(operator.sandbox, "bad sandbox-key for jane.doe@studio.example"))
    err = capsys.readouterr().err
    assert "bad *** for j***@studio.example" in err
    assert "sandbox-key" not in err
    assert "jane.doe" not in err


def test_each_run_and_each_batch_has_one_line(capsys, tmp_path):
    """With the run, the route, counts and seconds; the counts are those of the ledger."""
    operator = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world("Fitness creators", leads=250))
    logs.configure(form="json")
    report = operator.sync_one(route(per_domain=0))
    written = lines(capsys)
    (run,) = [line for line in written if line["event"] == "run"]
    batches = [line for line in written if line["event"] == "batch"]
    assert (run["run_id"], run["route"], run["delivered"]) == (report.run_id, "fitness", 250)
    assert run["seconds"] >= 0
    assert {(line["run_id"], line["route"], line["result"]) for line in batches} == {
        (report.run_id, "fitness", "answered")
    }
    assert sum(line["sent"] for line in batches) == sum(line["outcomes"]["delivered"] for line in batches) == 250
    assert all(line["seconds"] >= 0 for line in batches)
    assert len({line["batch"] for line in batches}) == len(batches) >= 1


def test_a_run_in_trouble_says_why_where_only_warnings_are_logged(capsys, tmp_path):
    """Who logs from WARNING on hears of no good run, and of a bad one with its reason and the next step."""
    operator = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world("Fitness creators", leads=3))
    logs.configure(form="json", level="WARNING")
    operator.sync_one(route(per_domain=0))
    assert lines(capsys) == []
    operator.sandbox.faults.put(Rule("status", "scravio", code=402))
    report = operator.sync_one(route(per_domain=0))
    (run,) = [line for line in lines(capsys) if line["event"] == "run"]
    assert (run["level"], run["status"], run["error"]) == ("warning", "blocked", report.error)
    assert run["hint"] == report.hint != ""


def test_what_is_shown_otherwise_is_no_line(capsys):
    """On a terminal the table says how a run ended, so its line is left out; every other line stays."""
    logs.configure(form="json", shown=("run",))
    for event in ("run", "batch"):
        structlog.get_logger("x").warning(event)
    assert [line["event"] for line in lines(capsys)] == ["batch"]


@pytest.mark.parametrize("said", ["\x1b[31mred", "a\r\nINFO forged", "\u202eabc", "\x9b2J", "\ud800", "\u2028x"])
def test_nothing_that_is_logged_acts_on_the_terminal(capsys, said):
    """The console shows controls, reversals and line breaks of foreign text as escapes, in one line."""
    logs.configure(form="console")
    structlog.get_logger("x").info(f"event {said}", value=said)
    shown = capsys.readouterr().err.removesuffix("\n")
    assert shown.isprintable()
    assert "\\" in shown


def test_a_traceback_keeps_its_lines(capsys):
    """What is escaped is foreign text, not the program's own layout."""
    logs.configure(form="console")
    try:
        raise ValueError("\x1b[2J")
    except ValueError:
        structlog.get_logger("x").exception("went wrong")
    shown = capsys.readouterr().err
    assert "Traceback (most recent call last):\n" in shown
    assert "\x1b" not in shown
