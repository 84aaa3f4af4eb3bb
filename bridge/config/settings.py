"""Secrets and places, from the environment and the `.env` beside bridge.toml. Reads no bridge.toml.

Secrets are not required when settings are read: `leadbridge status` needs none. What needs a vendor's key calls `need`.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field, replace
from difflib import get_close_matches
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType

from bridge.config.addresses import is_local, passwords, tokens, web_address
from bridge.config.environment import Environment, open_environment
from bridge.config.home import CONFIG_PLACES, absolute_ledger, find_home, relative_ledger
from bridge.config.slips import misspelled, refuse_swapped
from bridge.config.vendor import Variable, Vendor
from bridge.config.vendors import VENDORS
from bridge.errors import ConfigProblem
from bridge.lazy import dataclass
from bridge.model import DEFAULT_CLIENT, Client

_OWN = (
    Variable(
        "BRIDGE_DATABASE_URL",
        "the ledger: SQLite or PostgreSQL; relative to bridge.toml",
        "sqlite:///data/bridge.db",
        "secret",
    ),
    Variable(
        "BRIDGE_CONFIG", "path of bridge.toml, from the current folder; else config/bridge.toml, then bridge.toml"
    ),
    Variable("BRIDGE_LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR", "INFO"),
    Variable("BRIDGE_LOG_FORMAT", "console, json, or auto: json where stderr is no terminal", "auto"),
    Variable("BRIDGE_DOUBT_WAIT", "seconds before a lost answer is looked up for the first time", "30"),
    Variable(
        "BRIDGE_HASH_KEY",
        "key that suppressed and erased people are hashed with; else the ledger makes one",
        kind="secret",
    ),
    Variable(
        "BRIDGE_WEBHOOK_SECRET",
        "secret that vendors' webhooks show; during a rotation two, the new one first, with a space between",
        kind="secret",
    ),
    Variable(
        "BRIDGE_DASHBOARD_PASSWORD",
        "password of the dashboard, at least 8 characters: needed for actions, and at any address but 127.0.0.1",
        kind="secret",
    ),
    Variable("BRIDGE_ALERT_URL", "webhook that `leadbridge run` sends alerts to, in Slack's format", kind="secret"),
    Variable(
        "BRIDGE_PING_URL",
        "address that `leadbridge run` calls while every scheduled route is healthy",
        kind="secret",
    ),
)
_ALL = (*(variable for vendor in VENDORS.values() for variable in vendor.variables), *_OWN)

VARIABLES: Mapping[str, tuple[str, str]] = MappingProxyType({one.name: (one.default, one.meaning) for one in _ALL})
"""Every variable with its default ("" = not set) and one line on it."""

FROM_FILES = tuple(variable.name for variable in _ALL if variable.kind == "secret")
"""Variables that may hold a secret; each may be given as `NAME_FILE`, the path of a file, instead."""

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMATS = ("auto", "console", "json")
LONGEST_DOUBT_WAIT = 3600.0
SHORTEST_HASH_KEY = 16
MAKING = "python3 -c 'import secrets; print(secrets.token_hex(32))'"
SHORTEST_PASSWORD = 8
SHORTEST_WEBHOOK_SECRET = 43  # 32 random bytes in base64
MOST_WEBHOOK_SECRETS = 2


class Secret:
    """A string that no repr, log line, format or JSON document shows. False when it is empty."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """The string itself, for the one header it belongs in."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Secret(***)" if self._value else "Secret()"


NO_SECRET = Secret()


@dataclass(frozen=True, slots=True)
class Settings:
    """Secrets and places, checked. `doubt_wait` is in seconds; base URLs end without a slash.

    `vendors` holds what is set of the vendors' variables, by their names; `of` adds the defaults.
    `prefix` begins the names of these, "ACME_"; where the vendors answer holds for every client. `removed` is a client
    that bridge.toml does not name any more: it has no keys.
    `folder` is the home of bridge.toml (`bridge.config.home`) and `config` the file, both absolute. `ledger_file` is
    the SQLite file as it was given relative to `folder`, "" where it was not; `secret_files` are what NAME_FILE names.
    """

    vendors: Mapping[str, Secret] = field(default_factory=dict)
    database_url: str = field(default=VARIABLES["BRIDGE_DATABASE_URL"][0], repr=False)  # may hold a password
    config: Path | None = None
    log_level: str = VARIABLES["BRIDGE_LOG_LEVEL"][0]
    log_format: str = VARIABLES["BRIDGE_LOG_FORMAT"][0]
    doubt_wait: float = float(VARIABLES["BRIDGE_DOUBT_WAIT"][0])
    hash_key: Secret = NO_SECRET
    alert_url: Secret = NO_SECRET
    ping_url: Secret = NO_SECRET
    webhook_secret: Secret = NO_SECRET
    dashboard_password: Secret = NO_SECRET
    folder: Path = Path()
    ledger_file: str = ""
    secret_files: tuple[Path, ...] = ()
    prefix: str = ""
    removed: str = ""
    environment: Environment | None = field(default=None, repr=False, compare=False)

    def of_client(self, client: Client) -> "Settings":
        """The same with the vendors' variables of one client: no other client's key is among them."""
        if client.env == self.prefix or self.environment is None:
            return self
        vendors = _vendors(self.environment, client.env)
        files = _secret_files(self.environment, self.folder, client.env)
        return replace(self, vendors=vendors, prefix=client.env, secret_files=files)

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The secrets that a webhook may show, the one to register first."""
        return tuple(self.webhook_secret.reveal().split())

    def webhook_secrets_of(self, client: str) -> tuple[str, ...]:
        """What the webhooks of one client show. It is seen in its workspace, so it is good for no other client.

        The default client's show the secrets themselves, any other's a digest of each with the client's name.
        """
        if client == DEFAULT_CLIENT:
            return self.webhook_secrets
        keys = [blake2b(one.encode()).digest() for one in self.webhook_secrets]
        return tuple(blake2b(client.encode(), key=key, digest_size=32).hexdigest() for key in keys)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every string that logs and errors must not show."""
        held = (
            *(value for name, value in self.vendors.items() if name in FROM_FILES),
            self.hash_key,
            self.dashboard_password,
        )
        addresses = [part for url in (self.alert_url, self.ping_url) for part in tokens(url.reveal())]
        addresses += self.webhook_secrets
        clients = [] if self.environment is None else _keys_of_clients(self.environment)
        return (*(secret.reveal() for secret in held if secret), *passwords(self.database_url), *addresses, *clients)

    def with_vendors(self, vendors: Mapping[str, Secret]) -> "Settings":
        """The same with these values of the vendors' variables, by their names without a prefix."""
        return replace(self, vendors=vendors, environment=None)

    @property
    def misspelled(self) -> list[str]:
        """A sentence for each variable of `.env` that leadbridge does not know but that was meant for it."""
        written = {} if self.environment is None else self.environment.dotenv
        own = [variable.name for variable in _OWN]
        found = misspelled(written, own, [name for name in VARIABLES if name not in own])
        return [f"{self.folder / '.env'}: {name} has no effect. Did you mean {near}?" for name, near in found]

    def of(self, vendor: Vendor) -> dict[str, str]:
        """The values of the vendor's variables by their names, the default or "" where one is not set."""
        held = self.vendors
        return {one.name: held[one.name].reveal() if one.name in held else one.default for one in vendor.variables}

    def key_of(self, vendor: Vendor) -> str:
        """The key that the vendor is shown, "" where there is none."""
        values = self.of(vendor)
        return next((values[name] for name in vendor.secrets if values[name]), "")

    def need(self, vendor: Vendor) -> None:
        """Raise ConfigProblem unless there is something to show the vendor, or it asks for nothing."""
        if self.removed:
            raise ConfigProblem(
                f'Client "{self.removed}" is no longer in bridge.toml, so its keys are not known.',
                hint="Add it to [[clients]] again.",
            )
        if vendor.secrets and not self.key_of(vendor):
            name = self.prefix + vendor.secrets[0]
            given = () if self.environment is None else (*self.environment.process, *self.environment.dotenv)
            lost = self.prefix and not any(one.startswith(self.prefix) for one in given)
            made = "" if self.prefix else " (`leadbridge init` writes one if it is missing)"
            raise ConfigProblem(
                f"{name} is not set, neither in the environment nor in {self.folder / '.env'}"
                f"{f'; no variable begins with {self.prefix}' if lost else ''}.",
                hint="".join(f"{said} " for said in self.misspelled if said.endswith(f" {name}?"))
                + f"Put {name} into .env{made}; you find the key in {vendor.key_at}.",
            )
        keys = {one.name: self.key_of(one) for one in VENDORS.values() if one.secrets}
        if vendor.secrets:
            refuse_swapped(self.prefix, vendor, keys, VENDORS.values())

    def config_file(self) -> Path:
        """The bridge.toml to load. Raises ConfigProblem where none is named and none is found."""
        places = [self.config] if self.config is not None else [self.folder / place for place in CONFIG_PLACES]
        for place in places:
            if self.config is not None or place.exists():
                return self.folder / place
        raise ConfigProblem(
            f"There is no configuration: neither {CONFIG_PLACES[0]} nor {CONFIG_PLACES[1]} exists in {self.folder}.",
            hint="Run `leadbridge init` to write one, or name one with --config or BRIDGE_CONFIG.",
        )


def read_settings(
    process: Mapping[str, str] | None = None, here: Path | None = None, config: Path | None = None
) -> Settings:
    """Settings from `process` (default: this process's environment) over the `.env` of the home of bridge.toml.

    `here` is the current folder, `config` what --config names. Raises ConfigProblem for a value that cannot be used;
    secrets are never shown in it.
    """
    variables = process if process is not None else os.environ
    home = find_home(variables, here if here is not None else Path.cwd(), config)
    environment = open_environment(variables, home.folder)
    database_url = environment.private("BRIDGE_DATABASE_URL") or VARIABLES["BRIDGE_DATABASE_URL"][0]
    return Settings(
        vendors=_vendors(environment),
        environment=environment,
        database_url=absolute_ledger(database_url, home.folder),
        config=home.config,
        log_level=_one_of(environment, "BRIDGE_LOG_LEVEL", LOG_LEVELS),
        log_format=_one_of(environment, "BRIDGE_LOG_FORMAT", LOG_FORMATS),
        doubt_wait=_seconds(environment, "BRIDGE_DOUBT_WAIT"),
        hash_key=_long_enough(environment, "BRIDGE_HASH_KEY", SHORTEST_HASH_KEY),
        dashboard_password=_long_enough(environment, "BRIDGE_DASHBOARD_PASSWORD", SHORTEST_PASSWORD),
        alert_url=_hook(environment, "BRIDGE_ALERT_URL"),
        ping_url=_hook(environment, "BRIDGE_PING_URL"),
        webhook_secret=_webhook_secret(environment, "BRIDGE_WEBHOOK_SECRET"),
        folder=home.folder,
        ledger_file=relative_ledger(database_url),
        secret_files=_secret_files(environment, home.folder),
    )


def _secret_files(environment: Environment, folder: Path, prefix: str = "") -> tuple[Path, ...]:
    return tuple(folder / file for name in FROM_FILES if (file := environment.text(f"{prefix}{name}_FILE")))


def _keys_of_clients(environment: Environment) -> list[str]:
    """The vendors' keys under whatever prefix: which of them are clients, only bridge.toml says."""
    given = sorted({name.removesuffix("_FILE") for name in (*environment.process, *environment.dotenv)})
    keys = [name for name in given for vendor in VENDORS.values() if name.endswith(vendor.secrets or ("\0",))]
    found = []
    for name in keys:
        with suppress(ConfigProblem):  # a file that cannot be read is no secret of this process
            found.append(environment.private(name))
    return list(filter(None, found))


def _vendors(environment: Environment, prefix: str = "") -> dict[str, Secret]:
    """The variables of the vendors that are set under this prefix."""
    found = {}
    for vendor in VENDORS.values():
        for variable in vendor.variables:
            name = variable.name
            if variable.kind == "url":
                found[name] = _base_url(environment, variable, prefix).removesuffix(vendor.path)
            else:
                own = prefix + name
                text = environment.private(own) if variable.kind == "secret" else environment.text(own)
                found[name] = sendable(own, text)
    return {name: Secret(value) for name, value in found.items() if value}


def _long_enough(environment: Environment, name: str, least: int) -> Secret:
    """A key or password, if it is too long to be guessed. Never shows it."""
    text = environment.private(name)
    if text and len(text) < least:
        raise ConfigProblem(
            f"{name} has fewer than {least} characters.",
            hint=f"Make one with: {MAKING}",
        )
    return Secret(text)


def _webhook_secret(environment: Environment, name: str) -> Secret:
    """One secret, or two during a rotation, too long to be guessed. Never shows them."""
    text = environment.private(name)
    some = text.split()
    if len(some) > MOST_WEBHOOK_SECRETS or any(len(one) < SHORTEST_WEBHOOK_SECRET for one in some):
        raise ConfigProblem(
            f"{name} must hold one secret, or two with a space between, of at least {SHORTEST_WEBHOOK_SECRET} "
            "characters each.",
            hint=f"Make one with: {MAKING}",
        )
    return Secret(" ".join(sendable(name, one) for one in some))


def sendable(name: str, value: str) -> str:
    """The value, if it can stand in a header. Raises ConfigProblem without showing it: it may be a secret."""
    if all("!" <= character <= "~" for character in value):
        return value
    raise ConfigProblem(
        f"{name} holds a space, a line break or another character that no key has.",
        hint=f"Copy it again, whole and alone, and set {name} to it.",
    )


def _base_url(environment: Environment, variable: Variable, prefix: str) -> str:
    text = environment.text(prefix + variable.name) or environment.text(variable.name) or variable.default
    url = web_address(text)
    problem = ""
    if url is None or not text.isprintable() or " " in text:
        problem = "is not a web address that starts with https://"
    elif "@" in url.netloc or url.query or url.fragment:
        problem = "must hold no user name, no ? and no #"
    elif url.scheme == "http" and not is_local(url.hostname or ""):
        problem = f"uses http for {url.hostname!r}: your key would be sent unencrypted"
    if problem:
        hint = f"Remove {variable.name}, or set it to an address such as {variable.default}."
        raise ConfigProblem(f"{variable.name} {problem}.", hint=hint)
    return text.rstrip("/")


def _hook(environment: Environment, name: str) -> Secret:
    """An address that is called as it is. Never shows it: it is a secret."""
    text = environment.private(name)
    url = web_address(text)
    if text and (url is None or url.port == 0 or not all("!" <= character <= "~" for character in text)):
        raise ConfigProblem(
            f"{name} is not a web address that starts with https://.",
            hint=f"Copy it again, whole and alone, or remove {name}.",
        )
    return Secret(text)


def _one_of(environment: Environment, name: str, words: tuple[str, ...]) -> str:
    text = environment.text(name) or VARIABLES[name][0]
    known = {word.casefold(): word for word in words}
    if text.casefold() in known:
        return known[text.casefold()]
    near = get_close_matches(text.casefold()[:40], known, n=1)
    fix = f"Did you mean {known[near[0]]}?" if near else f"Set it to {', '.join(words[:-1])} or {words[-1]}."
    raise ConfigProblem(f"{name} is {text[:40]!r}, which is not allowed.", hint=fix)


def _seconds(environment: Environment, name: str) -> float:
    text = environment.text(name) or VARIABLES[name][0]
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_DOUBT_WAIT:  # also false for nan
        raise ConfigProblem(
            f"{name} is {text[:40]!r}, which is not a number of seconds from 0 to {LONGEST_DOUBT_WAIT:.0f}.",
            hint=f"Remove it, or set it to {VARIABLES[name][0]}.",
        )
    return seconds
