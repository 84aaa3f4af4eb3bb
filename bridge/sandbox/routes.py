"""Finds the handler of a method and path. Knows no vendor and answers nothing itself."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bridge.sandbox.wire import Request, Response

Handler = Callable[[Request, Mapping[str, str]], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: `template` as the vendor documents it, `scope` what a key must be allowed to do (may be empty)."""

    method: str
    template: str
    handler: Handler
    scope: str = ""


class Routes:
    """The endpoints of one vendor."""

    def __init__(self, *routes: Route) -> None:
        self._routes = [(re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.template)), route) for route in routes]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and what stood in the path's holes, or None."""
        for pattern, route in self._routes:
            if route.method == method and (found := pattern.fullmatch(path)):
                return route, found.groupdict()
        return None
