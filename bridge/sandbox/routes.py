"""Finds the handler of a method and path. Knows no vendor and answers nothing itself."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: `template` as the vendor documents it, `scope` what a key must be allowed to do (may be empty).

    `handler` takes the vendor's own `Call`, and returns a Response or the JSON value of one.
    """

    method: str
    template: str
    handler: Callable[[Any], Any]
    scope: str = ""


class Routes:
    """The operations of one vendor, from a table such as `{"GET leads/{id}": handler}` below a root such as `/api/`.

    Whatever their order, a fixed step of a path goes before a parameter such as `{id}`.
    """

    def __init__(
        self, root: str, table: Mapping[str, Callable[[Any], Any]], scopes: Mapping[str, str] | None = None
    ) -> None:
        routes = [
            Route(name.partition(" ")[0], root + name.partition(" ")[2], handler, (scopes or {}).get(name, ""))
            for name, handler in table.items()
        ]
        self.all = tuple(sorted(routes, key=lambda route: ["{" in step for step in route.template.split("/")]))
        self._by_shape: dict[tuple[str, int], list[tuple[re.Pattern[str], Route]]] = {}
        for route in self.all:
            pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.template))
            self._by_shape.setdefault((route.method, route.template.count("/")), []).append((pattern, route))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and the path's parameters, or None."""
        for pattern, route in self._by_shape.get((method, path.count("/")), ()):
            if found := pattern.fullmatch(path):
                return route, found.groupdict()
        return None
