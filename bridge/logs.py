"""Sets up the log and keeps secrets and people out of it. Writes no log line itself, and nothing to stdout.

Every string of every line passes `redact`, those of libraries too: registered secrets become `***`, and e-mail
addresses look like `j***@gmail.com`, in exceptions and nested values as well.
"""

import logging
import re
import sys
import threading
from collections.abc import Collection, Iterable, Mapping, MutableMapping
from functools import partial
from typing import Any

_SHORTEST_SECRET = 4  # a shorter one would blot out half of every line
_LOUD = ("httpx", "httpcore", "alembic", "apscheduler", "asyncio", "uvicorn")

# Starts only where a word starts, so that a long text without addresses is passed over once, not once a character.
_NOT_IN_WORDS = r"\s@\"'<>()\[\]{},;:="
_ADDRESS = re.compile(
    rf"(?<![^{_NOT_IN_WORDS}])([^{_NOT_IN_WORDS}])[^{_NOT_IN_WORDS}]*?((?:@|%40)+)(?=[^{_NOT_IN_WORDS}])"
)

_OF_LINES = frozenset({"exception", "stack"})
_secrets: set[str] = set()


def mask(address: str) -> str:
    """An address as logs show it: `j***@gmail.com`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else f"{address[:1]}***" if address else ""


def mask_addresses(text: str) -> str:
    """The same for every address in a text."""
    return _ADDRESS.sub(r"\1***\2", text) if "@" in text or "%40" in text else text


def register(secrets: Iterable[str]) -> None:
    """Strings that no line may show from now on."""
    _secrets.update(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)


def configure(
    *, level: str = "INFO", form: str = "auto", secrets: Iterable[str] = (), shown: Collection[str] = ()
) -> None:
    """Log to stderr from `level` on: as JSON lines, for the console, or (auto) JSON where stderr is no terminal.

    Events that are `shown` to a person in another way are left out.
    """
    import structlog  # noqa: PLC0415 - `leadbridge --help` sets up no log and must be quick

    register(secrets)
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    rendered: list[Any] = [structlog.processors.JSONRenderer()]  # it escapes what a terminal would act upon
    if not as_json:
        plain = structlog.dev.plain_traceback
        rendered = [visible, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    structlog.configure(
        processors=[
            partial(_without, shown),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            *rendered,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _route_stdlib()


def hear_threads() -> None:
    """From now on an error that ends a thread is a line of the log, cleaned like all others."""
    import structlog  # noqa: PLC0415 - as in `configure`

    def write(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None:
            name = ended.thread.name if ended.thread else ""
            structlog.get_logger(__name__).error("a thread ended", thread=name, exc_info=ended.exc_value)

    threading.excepthook = write


def _without(
    shown: Collection[str], _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if event["event"] in shown:
        import structlog  # noqa: PLC0415 - loaded by now; `--help` logs nothing

        raise structlog.DropEvent
    return event


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The processor that cleans a log line, wherever in it a string stands."""
    return {key: clean(value) for key, value in event.items()}


def visible(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The processor that lets no value move the cursor, turn the text round or begin a line of its own."""
    return {key: _escaped(value, "\n\t" if key in _OF_LINES else "") for key, value in event.items()}


def _escaped(value: Any, kept: str) -> Any:
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(
        char if char.isprintable() or char in kept else char.encode("unicode_escape", "backslashreplace").decode()
        for char in value
    )


def clean(value: Any) -> Any:
    """A JSON value without secrets and whole addresses; what is no JSON becomes its text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {clean(key): clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(inner) for inner in value]
    return mask_addresses(without_secrets(str(value)))


def without_secrets(text: str) -> str:
    """The text with stars in place of every registered secret."""
    # The longest first: a secret may be a part of another.
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


class _Forward(logging.Handler):
    """Hands a line of the standard library's logging to the same log."""

    def emit(self, record: logging.LogRecord) -> None:
        import structlog  # noqa: PLC0415 - as in `configure`

        structlog.get_logger(record.name).log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
        )


def _route_stdlib() -> None:
    """What libraries log goes the same way, from warnings on: httpx at INFO would log every URL with its query."""
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, _Forward)]:
        root.removeHandler(handler)
    root.addHandler(_Forward())
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
