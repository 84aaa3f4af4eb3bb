"""The dashboard in a real browser: every page, every action, hostile data, an ended session, a server that dies."""

import os
import re
import signal
import socket
import threading
from contextlib import contextmanager

import pytest

from bridge import ledger
from bridge.daemon.web.server import server
from bridge.ledger.core.holders import myself
from bridge.ledger.hosts import heartbeats
from bridge.ledger.operators import latest
from bridge.sandbox import Sandbox
from bridge.sandbox.server import start
from docs.dashboard_world import PASSWORD
from tests.cli import browser
from tests.daemon.test_process import DaemonProcess
from tests.dashboard.poison import poison
from tests.harness import good_world

pytestmark = pytest.mark.skipif(browser.found() is None, reason="no chromium on this machine")
LONG = "BRIDGE_TEST_LONG" in os.environ
PAGES = {
    "login": "/login",
    "overview": "/",
    "route": "/route?name=fitness",
    "leads": "/leads?state=held",
    "lead": "/leads/12",
    "sources": "/sources",
    "people": "/do-not-contact",
    "actions": "/actions",
    "question": "/act/pause?route=fitness",
    "problem": "/route?name=nothing",
}
BRAKED = "65f000070000000100000000"


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - heavy, and not on every machine

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=browser.found(), args=["--no-sandbox"])
        yield opened
        opened.close()


@contextmanager
def served(app):
    """The application on a port of its own; `stop()` ends it early."""
    taken = socket.create_server(("127.0.0.1", 0))
    running = server(app)
    thread = threading.Thread(target=running.run, args=([taken],))
    thread.start()

    def stop():
        running.should_exit = True
        thread.join(10)
        taken.close()

    try:
        yield f"http://127.0.0.1:{taken.getsockname()[1]}", stop
    finally:
        stop()


class Visit:
    """A page, and what it said and asked for."""

    def __init__(self, chromium, base, *, width=1600, scheme="light"):
        self.base = base
        self.context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.said, self.asked = [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(f"dialog: {dialog.message}") or dialog.dismiss())
        self.page.on("request", lambda request: self.asked.append(request.url))

    def login(self):
        self.page.goto(f"{self.base}/login")
        self.page.get_by_label("Your name").fill("Ada")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        return self

    def go(self, path):
        self.page.goto(f"{self.base}{path}")
        return self.page

    def foreign(self):
        return [url for url in self.asked if not url.startswith((self.base, "data:"))]

    def overflow(self):
        """Elements that reach out of the window, but for those in a part that scrolls."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll('body *')].filter(one => {
                 const box = one.getBoundingClientRect();
                 const scrolls = one.closest('.scroll, .skip, .unseen, svg');
                 return box.width && (box.right > innerWidth + 1 || box.left < -1) && !scrolls;
               }).map(one => one.tagName + ' ' + one.className + ': ' + one.textContent.slice(0, 60))"""
        )


@pytest.fixture
def visit(site, chromium):
    """`visit(...)` opens the dashboard of a lived ledger in a new window."""
    here = site()
    opened = []
    with served(here.client.app) as (base, stop):

        def make(**options):
            made = Visit(chromium, base, **options)
            made.here, made.stop = here, stop
            opened.append(made)
            return made

        yield make
        for one in opened:
            one.context.close()


long = pytest.mark.skipif(not LONG, reason="seconds of a browser: BRIDGE_TEST_LONG")
LOOKS = [(390, "dark"), *([(1600, "light"), (390, "light"), (1600, "dark")] if LONG else [])]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_and_fits(visit, width, scheme):
    """WCAG 2.2 AA by axe, nothing outside of the window, nothing said in the console, nothing asked of others."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - see above

    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    seen = visit(width=width, scheme=scheme).login()
    for name in PAGES if LONG else ("overview", "route", "leads"):
        page = seen.go(PAGES[name])
        found = Axe().run(page, options={**rules, "resultTypes": ["violations"]}).response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == [], name
        assert seen.overflow() == [], name
    # The page that is not there answers 404, which the browser notes.
    assert [text for text in seen.said if "404" not in text] == []
    assert seen.foreign() == []


@long
def test_every_action_is_done_with_the_keyboard_alone(visit):
    """From the route's page over the question to what came of it: Tab and Enter."""
    seen = visit().login()
    db = seen.here.around.db
    heartbeats.register(db, myself(), [])
    ways = [
        ("/route?name=fitness", "Run now", "Run it now"),
        ("/route?name=fitness", "Pause", "Pause"),
        ("/route?name=fitness", "Resume", "Resume"),
        ("/route?name=fitness", "Release Yoga teachers", "Release the brake"),
        ("/act/retry?route=fitness&states=failed", "", "Queue again"),
        ("/leads/3", "Suppress", "Suppress"),
    ]
    for path, link, button in ways:
        page = seen.go(path)
        if link:
            press(page, "link", link)
        press(page, "button", button)
        page.get_by_role("heading", name="Done").wait_for()
    page = seen.go("/do-not-contact")
    page.get_by_label(re.compile("Who")).fill("competitor.example")
    press(page, "button", "Add …")
    press(page, "button", "Add")
    page.get_by_role("heading", name="Done").wait_for()
    assert [one.action for one in reversed(latest(db))] == [
        "run", "pause", "resume", "release", "retry", "suppress", "add",
    ]  # fmt: skip
    assert seen.said == []


def press(page, role, name):
    """Reach it by Tab from the top of the page, and press Enter."""
    wanted = page.get_by_role(role, name=name, exact=True)
    wanted.wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by Tab")


@long
def test_hostile_data_never_acts(visit):
    """On every page and in pictures: no script runs, no dialog opens, nothing is asked of others."""
    seen = visit().login()
    poison(seen.here.around.db)
    more = [
        "/leads?reveal=1",
        "/leads/4?reveal=1",
        "/leads/5",
        "/leads?q=<img src=x onerror=alert(1)>",
        "/sources?by=keyword",
    ]
    for path in [*PAGES.values(), *more]:
        page = seen.go(path)
        assert page.locator("main img:not([src^='/sources/'])").count() == 0
        assert page.locator("main script").count() == 0
        assert page.title() != "taken"
        assert "49" not in page.title()
    assert [text for text in seen.said if "404" not in text] == []
    assert seen.foreign() == []


def test_an_ended_session_leads_to_the_login_and_back(visit):
    """What is on the screen says so; the next click asks for the password, and then shows what was wanted."""
    seen = visit().login()
    page = seen.page
    page.clock.install()
    seen.go("/")
    seen.here.now[0] += 13 * 3600
    page.clock.run_for(6_000)
    page.get_by_text("You are logged out").wait_for()
    page.get_by_role("link", name="fitness", exact=True).first.click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/route?name=fitness")


def test_a_daemon_that_dies_is_said_on_the_open_page(visit):
    """The page stays as it is, and says that it may be out of date."""
    seen = visit().login()
    page = seen.page
    page.clock.install()
    seen.go("/route?name=fitness")
    seen.stop()
    for _ in range(3):
        page.clock.run_for(3_100)
        page.wait_for_timeout(50)
    page.get_by_text("leadbridge does not answer").wait_for()
    assert page.get_by_role("heading", name="From read to replied").is_visible()


@long
def test_a_daemon_that_is_killed_is_said_on_the_open_page(chromium, tmp_path):
    """A real `leadbridge run`, ended by SIGKILL; when it is back, the same page goes on without being loaded again."""
    with start(Sandbox(good_world("First", leads=2))) as vendors:
        daemon = DaemonProcess(tmp_path / "host", f"sqlite:///{tmp_path / 'bridge.db'}", vendors.url)
        seen = Visit(chromium, f"http://127.0.0.1:{daemon.port}")
        try:
            daemon.configure(("fitness", 'every = "1h"')).start().reported("run", route="fitness")
            seen.page.clock.install()
            page = seen.go("/route?name=fitness")
            assert page.get_by_text("does not answer").count() == 0
            daemon.end()
            assert daemon.process.returncode == -signal.SIGKILL
            follow(page, lambda: page.get_by_text("leadbridge does not answer").is_visible())
            assert page.get_by_role("heading", name="From read to replied").is_visible()
            daemon.start().reported("started", count=2)
            follow(page, lambda: not page.get_by_text("leadbridge does not answer").is_visible())
        finally:
            seen.context.close()
            daemon.end()


def follow(page, until):
    """Let the page's clock run until this is so."""
    for _ in range(50):
        page.clock.run_for(3_100)
        page.wait_for_timeout(100)
        if until():
            return
    raise AssertionError(page.content())


@long
def test_a_live_page_follows_the_ledger_without_being_loaded_again(visit):
    """What another person does is on the open page a few seconds later."""
    seen = visit().login()
    page = seen.page
    page.clock.install()
    seen.go("/route?name=fitness")
    assert page.get_by_text("Paused since").count() == 0
    ledger.pause(seen.here.around.db, 1, "Bob")
    follow(page, lambda: page.get_by_text("Paused since").count())
    assert page.get_by_text("by Bob").count()
