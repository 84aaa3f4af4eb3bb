"""The dashboard as an application: which address shows what."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from bridge.daemon.web.dashboard import pages, rendering
from bridge.daemon.web.dashboard.frame import Dashboard
from bridge.daemon.web.host_check import HostCheck


def routes(dashboard: Dashboard) -> list[BaseRoute]:
    """Every address of the dashboard."""
    shown, sent = dashboard.shown, dashboard.sent
    return [
        *(Route(path, shown(page), methods=["GET"]) for path, page in pages.PAGES.items()),
        Route("/login", dashboard.login_page, methods=["GET"]),
        Route("/login", dashboard.login, methods=["POST"]),
        Route("/logout", sent(pages.logout), methods=["POST"]),
        Route("/act/{name}", shown(pages.ask), methods=["GET"]),
        Route("/ask/{name}", sent(pages.ask), methods=["POST"]),
        Route("/act/{name}", sent(pages.act), methods=["POST"]),
        Route("/static/{name}", lambda request: rendering.static(request.path_params["name"]), methods=["GET"]),
    ]


def application(dashboard: Dashboard, names: Sequence[str] = ()) -> Starlette:
    """The dashboard alone, under these host names."""
    return Starlette(
        routes=routes(dashboard),
        middleware=[Middleware(HostCheck, names=names)],
        exception_handlers={404: pages.nowhere},
    )
