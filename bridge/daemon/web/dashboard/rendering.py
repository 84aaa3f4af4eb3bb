"""How a page is made: Jinja2 with every text escaped, made visible and masked, and the headers of every answer.

Scraped text is hostile: no template can forget to escape or to mask, because it happens where a value is printed.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from bridge import __version__
from bridge.daemon.web.dashboard.route_page import figures
from bridge.daemon.web.dashboard.sources_page import COLUMNS, cells
from bridge.logs import mask, mask_addresses, without_secrets
from bridge.reports import keys, words
from bridge.reports.attribution import DIMENSIONS, notes
from bridge.reports.text import minute, second, visible

_HERE = Path(__file__).parent
STATIC = {
    "dashboard.css": "text/css; charset=utf-8",
    "dashboard.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_FILES = {name: (_HERE / "static" / name).read_bytes() for name in STATIC}
_VERSION = sha256(b"".join(_FILES.values())).hexdigest()[:12]

NAVIGATION = [
    ("/", "Overview", "overview"),
    ("/leads", "Leads", "leads"),
    ("/sources", "Sources", "sources"),
    ("/do-not-contact", "Do not contact", "people"),
    ("/actions", "Actions", "actions"),
]

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Not "no-referrer": with that a browser names no origin when it sends a form.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_FOREVER = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}


def static(name: str) -> Response:
    """One of our files; its address changes with its content."""
    if name not in STATIC:
        return Response(status_code=404, headers=HEADERS)
    return Response(_FILES[name], headers=_FOREVER, media_type=STATIC[name])


def page(template: str, status: int = 200, **given: Any) -> Response:
    """A page of these values. `revealed` (False unless given) says that addresses are shown in full.

    `written` are addresses that are masked as a whole: as they were scraped, they may have no @ to know them by.
    """
    text = _TEMPLATES.get_template(template).render(
        {"revealed": False, "visitor": None, "here": "", "pages": NAVIGATION, **given}
    )
    return HTMLResponse(text, status, HEADERS)


@pass_context
def _printed(context: Context, value: Any) -> Any:
    """A value as it comes onto the page. Markup is ours, and stays as it is."""
    return value if not isinstance(value, str) or isinstance(value, Markup) else _shown(context, value)


def _shown(context: Context, text: str) -> str:
    shown = without_secrets(visible(text))
    if context.get("revealed"):
        return shown
    for raw in map(visible, context.get("written", ())):
        shown = mask(raw) if shown == raw else shown
    return mask_addresses(shown)


def exactly(value: str) -> Markup:
    """A text that must not be masked: what the visitor typed, in the field it was typed into."""
    return escape(value)


def link(path: str, /, **query: object) -> str:
    """An address of ours; what is empty is left out."""
    given = urlencode({name: value for name, value in query.items() if value not in ("", None)})
    return f"{path}?{given}" if given else path


def url(path: str, /, **query: object) -> Markup:
    """The same in a page. It is not masked: a link must lead where it says."""
    return escape(link(path, **query))


def ago(at: datetime | None, now: datetime) -> str:
    """`4 minutes ago`, `in 2 hours`; "never" for None."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    said = _span(abs(seconds))
    return "now" if said == "now" else f"{said} ago" if seconds > 0 else f"in {said}"


def _span(seconds: float) -> str:
    sizes: Mapping[str, int] = {"day": 86_400, "hour": 3_600, "minute": 60}
    for name, size in sizes.items():
        if seconds >= (size if name == "minute" else 1.5 * size):
            count = round(seconds / size)
            return f"{count:,} {name}{'s' * (count != 1)}"
    return "now"


def moment(at: datetime | None, now: datetime) -> Markup:
    """The same with the exact time behind it."""
    if at is None:
        return Markup("never")
    exact = at.astimezone(UTC)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(exact.isoformat(), minute(exact), ago(at, now))


@pass_context
def marked(context: Context, text: str) -> Markup:
    """A sentence whose parts in backticks are code."""
    parts = _shown(context, text).split("`")
    return Markup("").join(
        Markup('<code class="cure">{}</code>').format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def bar(share: float, kind: str = "go") -> Markup:
    """A bar of this share (0 to 1); the number beside it says the same."""
    width = f"{100 * max(0.0, min(1.0, share)):.2f}"
    drawn = Markup('<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">')
    return drawn + Markup('<rect class="{}" width="{}" height="1"/></svg>').format(kind, width)


def spark(counts: list[int], kind: str, said: str) -> Markup:
    """A column for each day, the latest on the right; `said` is what a screen reader says."""
    most = max([*counts, 1])
    columns = Markup("").join(
        Markup('<rect class="{}" x="{}" y="{}" width="3" height="{}"/>').format(
            "some" if count else "none", 4 * place, round(20 - height, 1), round(height, 1)
        )
        for place, count in enumerate(counts)
        for height in (max(1.5, 20 * count / most),)
    )
    drawn = Markup('<svg class="spark {}" viewBox="0 0 {} 20" preserveAspectRatio="none" role="img" aria-label="{}">')
    return drawn.format(kind, 4 * len(counts) - 1, said) + columns + Markup("</svg>")


def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        version=__version__,
        asset=lambda name: url(f"/static/{name}", v=_VERSION),
        url=url,
        exactly=exactly,
        moment=moment,
        bar=bar,
        spark=spark,
        words=words,
        figures=figures,
        cells=cells,
        columns=COLUMNS,
        dimensions=list(DIMENSIONS),
        notes=notes,
        minute=minute,
        exact=second,
        keys=keys,
    )
    made.filters["marked"] = marked
    made.filters["zipped"] = lambda texts: [(text, text) for text in texts]
    made.filters["number"] = "{:,}".format
    return made


_TEMPLATES = _templates()
