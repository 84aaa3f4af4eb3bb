"""The dashboard as an application: which address shows what, and what it rests on without a daemon."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from bridge.config import Configuration, Settings, load
from bridge.daemon.reload import WatchedFile
from bridge.daemon.web.dashboard import pages, rendering
from bridge.daemon.web.dashboard.frame import Dashboard
from bridge.daemon.web.host_check import HostCheck
from bridge.errors import ConfigProblem
from bridge.ledger import Database


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


class Alone:
    """Without a daemon: the file is looked at with each question, and a change that cannot be used is left alone."""

    def __init__(self, settings: Settings, db: Database, read: Callable[[], Configuration] | None = None) -> None:
        self.settings = settings
        self.db: Database | None = db
        path = settings.config_file()
        self._file = WatchedFile(path, read or (lambda: load(path)))
        self._configuration = self._file.load()

    @property
    def configuration(self) -> Configuration:
        """The configuration as the file last said it well."""
        with suppress(ConfigProblem):
            self._configuration = self._file.changed() or self._configuration
        return self._configuration
