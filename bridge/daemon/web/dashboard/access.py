"""Who may see the dashboard and act on it: the password, signed sessions, CSRF tokens, slowed login attempts.

Sessions are signed and not stored, so any replica and a restarted daemon know them. A new password ends them all.
"""

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from functools import cache
from ipaddress import ip_address
from threading import Lock
from urllib.parse import urlsplit

from starlette.requests import Request

from bridge.lazy import dataclass

COOKIE = "leadbridge_session"
SESSION_SECONDS = 12 * 3600
"""How long a login holds."""

MOST_WAIT = 60.0
"""Seconds that an address waits at most after wrong passwords: 1 s after the first, twice as long after each more."""

MOST_IN_A_MINUTE = 30
"""Login attempts from all addresses together: slow enough for any password of eight characters."""

_MOST_REMEMBERED = 10_000
_SALT = b"leadbridge dashboard"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose request it is: the name given at the login, "" without one. `csrf` is "" where nothing may be done."""

    name: str = ""
    csrf: str = ""

    @property
    def may_act(self) -> bool:
        """Whether actions are allowed: only with the password."""
        return bool(self.csrf)


class Access:
    """The rules for one dashboard. `local` says that it listens on this machine alone."""

    def __init__(self, password: str, *, local: bool, clock: Callable[[], float] = time.time) -> None:
        self._password = password
        self._local = local
        self._clock = clock
        self._ended: dict[str, float] = {}

    @property
    def has_password(self) -> bool:
        """Whether anyone can log in."""
        return bool(self._password)

    def visitor(self, request: Request) -> Visitor | None:
        """Who asks; None where a login is needed first, or where there can be none."""
        if not self._password:
            return Visitor() if self._local and _is_local(request) else None
        text, _, mac = request.cookies.get(COOKIE, "").rpartition(".")
        if not text or not hmac.compare_digest(mac.encode(), self._signed("session", text).encode()):
            return None
        expires, nonce, name = text.split(".")
        if float(expires) <= self._clock() or nonce in self._ended:
            return None
        return Visitor(urlsafe_b64decode(name).decode(), self._signed("csrf", nonce))

    def login(self, password: str, name: str) -> str | None:
        """The session's cookie; None where the password is wrong."""
        if not self._password or not hmac.compare_digest(password.encode(), self._password.encode()):
            return None
        expires = f"{self._clock() + SESSION_SECONDS:.0f}"
        text = ".".join((expires, secrets.token_hex(16), urlsafe_b64encode(name.encode()).decode()))
        return f"{text}.{self._signed('session', text)}"

    def logout(self, request: Request) -> None:
        """End this session, also for a copy of its cookie; this process alone remembers it."""
        nonce = f"{request.cookies.get(COOKIE, '')}..".split(".")[1]
        now = self._clock()
        self._ended = {old: until for old, until in self._ended.items() if until > now}
        self._ended[nonce] = now + SESSION_SECONDS

    def _signed(self, what: str, text: str) -> str:
        return hmac.new(_key(self._password), f"{what}:{text}".encode(), "sha256").hexdigest()


@cache
def _key(password: str) -> bytes:
    # Slow on purpose: a stolen cookie must not make guessing the password cheap.
    return hashlib.scrypt(password.encode(), salt=_SALT, n=2**14, r=8, p=1)


def _is_local(request: Request) -> bool:
    """Whether the request comes from this machine, to a name that only this machine has, and through no proxy."""
    if any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip")):
        return False
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    asked_by = request.client.host if request.client else ""
    return is_loopback(asked_by) and (is_loopback(host) or host == "localhost" or host.endswith(".localhost"))


def is_loopback(address: str) -> bool:
    """Whether this address, or the name localhost, can only be reached from this machine."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def from_here(request: Request) -> bool:
    """Whether a form was sent by a page of ours: no other origin, as far as the browser says where it comes from."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


class Attempts:
    """How long a login must wait: by address after wrong passwords, and for all addresses when there are many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._wrong: dict[str, tuple[int, float]] = {}
        self._recent: list[float] = []

    def wait(self, address: str) -> float:
        """Seconds until this address may try again, 0 for now; that counts as an attempt."""
        with self._lock:
            now = self._clock()
            _, until = self._wrong.get(address, (0, 0.0))
            self._recent = [at for at in self._recent if at > now - 60]
            if until > now:
                return until - now
            if len(self._recent) >= MOST_IN_A_MINUTE:
                return self._recent[0] + 60 - now
            self._recent.append(now)
            return 0.0

    def note(self, address: str, *, right: bool) -> None:
        """What became of an attempt."""
        with self._lock:
            if right:
                self._wrong.pop(address, None)
                return
            if len(self._wrong) >= _MOST_REMEMBERED:
                self._wrong.pop(next(iter(self._wrong)))
            count = self._wrong.pop(address, (0, 0.0))[0] + 1
            self._wrong[address] = count, self._clock() + min(MOST_WAIT, 2.0 ** min(count - 1, 10))
