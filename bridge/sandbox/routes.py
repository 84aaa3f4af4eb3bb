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
    """The endpoints of one vendor. Whatever their order, a fixed step of a path goes before a hole such as `{id}`."""

    def __init__(self, *routes: Route) -> None:
        self.all = tuple(sorted(routes, key=lambda route: ["{" in step for step in route.template.split("/")]))
        self._by_shape: dict[tuple[str, int], list[tuple[re.Pattern[str], Route]]] = {}
        for route in self.all:
            pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.template))
            self._by_shape.setdefault((route.method, route.template.count("/")), []).append((pattern, route))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and what stood in the path's holes, or None."""
        for pattern, route in self._by_shape.get((method, path.count("/")), ()):
            if found := pattern.fullmatch(path):
                return route, found.groupdict()
        return None
