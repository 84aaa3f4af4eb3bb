"""Who gets in: the password, sessions, forms of other pages, foreign names."""

import re

import pytest

from bridge.daemon.web.dashboard.access import COOKIE, SESSION_SECONDS
from bridge.daemon.web.dashboard.rendering import HEADERS

PAGES = [
    *("/", "/overview/live", "/route?name=fitness", "/route/live?name=fitness", "/leads", "/leads.csv", "/leads/3"),
    *("/actions", "/do-not-contact", "/sources", "/sources/bounces.svg"),
]


def test_without_a_password_this_machine_sees_and_no_one_acts(site):
    """On 127.0.0.1 the pages open without a login; there is no login, and no form of an action."""
    here = site("")
    assert here.get("/").status_code == 200
    assert "csrf" not in here.get("/").text
    assert here.get("/login").status_code == 403
    assert here.login().status_code == 403
    assert here.client.post("/logout", data={"csrf": ""}).status_code == 403


@pytest.mark.parametrize(
    "options",
    [
        {"host": "0.0.0.0"},
        {"base": "http://192.168.1.20:8787"},
        {"client": ("192.168.1.7", 50000)},
    ],
    ids=["listens beyond this machine", "is asked by another address", "is asked from elsewhere"],
)
def test_without_a_password_no_one_else_sees_anything(site, options):
    """Where another machine could ask, every page says which variable to set."""
    elsewhere = site("", **options)
    for path in PAGES:
        answer = elsewhere.get(path)
        assert (answer.status_code, "BRIDGE_DASHBOARD_PASSWORD" in answer.text) == (403, True)
        assert "fitness" not in answer.text


def test_a_proxy_is_not_this_machine(site):
    """Without a password a request that was passed on is refused."""
    assert site("").get("/", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_with_a_password_a_page_asks_for_it_first(site, path):
    """And leads back to where the visitor wanted to go."""
    here = site()
    answer = here.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")
    assert here.login(next="/route?name=fitness").url.query == b"name=fitness"
    assert here.get(path).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", ""])
def test_a_login_leads_to_no_other_site(site, elsewhere):
    """Whatever address the form names."""
    answer = site().client.post(
        "/login", data={"password": "a made-up password", "name": "Ada", "next": elsewhere}, follow_redirects=False
    )
    assert answer.headers["location"] == "/"


def test_a_session_is_a_cookie_that_no_script_sees(site):
    """HttpOnly, SameSite, for the whole site; Secure where the page came by https."""
    cookie = site().client.post("/login", data={"password": "a made-up password"}, follow_redirects=False)
    held = cookie.headers["set-cookie"].lower()
    assert ("httponly" in held, "samesite=lax" in held, "path=/" in held) == (True, True, True)
    assert "secure" not in held
    safe = site(base="https://127.0.0.1:8788")
    answer = safe.client.post("/login", data={"password": "a made-up password"}, follow_redirects=False)
    assert "secure" in answer.headers["set-cookie"].lower()


def test_a_session_ends(site):
    """After its time, at the logout (for a copy of the cookie too), and when the cookie was changed."""
    here = site()
    here.login()
    kept = here.client.cookies[COOKIE]
    here.now[0] += SESSION_SECONDS + 1
    assert here.get("/", follow_redirects=False).status_code == 303
    here.now[0] -= SESSION_SECONDS
    here.client.cookies.set(COOKIE, kept[:-1] + ("0" if kept[-1] != "0" else "1"))
    assert here.get("/", follow_redirects=False).status_code == 303
    here.client.cookies.clear()
    here.client.cookies.set(COOKIE, kept)
    assert here.get("/").status_code == 200
    here.send("/logout")
    here.client.cookies.clear()
    here.client.cookies.set(COOKIE, kept)
    assert here.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("cookie", ["", ".", "..", "x", "a.b.c.d", "9e99.x.eA==.00", "é"])
def test_a_made_up_cookie_opens_nothing(site, cookie):
    """Whatever it holds, the login is shown and nothing fails."""
    here = site()
    answer = here.client.get("/", headers={"Cookie": f"{COOKIE}={cookie}".encode()}, follow_redirects=False)
    assert answer.status_code == 303


def test_a_new_password_ends_every_session(site):
    """A cookie is signed with the password."""
    here, other = site(), site("another password")
    here.login()
    other.client.cookies.set(COOKIE, here.client.cookies[COOKIE])
    assert other.get("/", follow_redirects=False).status_code == 303


def test_wrong_passwords_slow_the_next_attempt(site):
    """Twice as long after each; the right password does not help before, and another address is not slowed."""
    here = site()
    assert here.login("wrong").status_code == 403
    assert here.login().status_code == 429
    here.now[0] += 1.1
    assert here.login("wrong").status_code == 403
    here.now[0] += 1.1
    assert here.login().status_code == 429
    here.client.address = ("127.0.0.2", 1)
    assert here.login().status_code == 200


def test_guessing_from_many_addresses_is_slowed_too(site):
    """So many attempts in a minute, wherever they come from."""
    here = site()
    codes = []
    for number in range(40):
        here.client.address = (f"198.51.100.{number}", 1)
        codes.append(here.login("wrong").status_code)
    assert (codes.count(403), codes.count(429)) == (30, 10)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[x"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
    ],
)
def test_a_form_of_another_page_does_nothing(site, headers):
    """Another origin, or a body that a form of ours never has: the session stays as it is."""
    here = site()
    here.login()
    answer = here.client.post("/logout", content=f"csrf={here.csrf()}", headers=_form(headers))
    assert answer.status_code == 403
    assert here.get("/").status_code == 200
    assert here.client.post("/login", content="password=a+made-up+password", headers=_form(headers)).status_code == 403


def _form(headers):
    return {"Content-Type": "application/x-www-form-urlencoded", **headers}


def test_a_form_needs_its_sessions_token(site):
    """None, a wrong one and that of another login are refused."""
    here = site()
    here.login()
    old = here.csrf()
    here.login()
    for token in ({"a": "b"}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": old}):
        assert here.client.post("/logout", data=token).status_code == 403
    assert here.get("/").status_code == 200


def test_a_huge_form_is_refused(site):
    """No sender can fill the memory."""
    assert site().client.post("/login", data={"password": "x" * 100_000}).status_code == 403


def test_a_foreign_host_name_gets_nothing(site):
    """A web page that points its own name here is refused (DNS rebinding)."""
    for path in (*PAGES, "/login", "/static/dashboard.js"):
        assert site("").get(path, headers={"Host": "evil.example"}).status_code == 421


def test_every_answer_has_the_strict_headers(site):
    """No inline script or style, no third party, no frame, nothing stored; also for refusals and files."""
    here = site()
    answers = [here.get(path, follow_redirects=False) for path in (*PAGES, "/login", "/static/dashboard.css")]
    here.login()
    answers += [here.get(path) for path in PAGES] + [here.client.post("/logout", data={"a": "b"})]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        if not str(answer.url).endswith(".svg"):  # a picture has a style inside it, and its own policy
            assert policy == HEADERS["Content-Security-Policy"]
            assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert {answer.headers["cache-control"] for answer in answers if not re.search("static|svg", str(answer.url))} == {
        "no-store"
    }


def test_only_our_own_files_are_served(site):
    """No path leads out of the folder."""
    here = site("")
    assert here.get("/static/dashboard.css").headers["content-type"] == "text/css; charset=utf-8"
    for name in ("x.css", "../rendering.py", "%2e%2e%2frendering.py", "frame.html"):
        assert here.get(f"/static/{name}").status_code == 404
