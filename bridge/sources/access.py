"""What the composition hands to a vendor's folder, which opens its source with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from bridge.api import Client
from bridge.lazy import dataclass
from bridge.sources.base import Memory


@dataclass(frozen=True, slots=True)
class Access:
    """What a vendor's folder opens its source with.

    `folder` is where relative paths begin. `client` opens the vendor's API; it raises ConfigProblem where there is no
    key. `table` is its own table of bridge.toml, `base_url` where it answers, and `transport` replaces the network.
    Without `memory`, which opens one by its owner, the source is asked for nothing that it would have to make.
    """

    folder: Path
    client: Callable[[], Client]
    table: Any
    base_url: str = ""
    transport: httpx.BaseTransport | None = None
    memory: Callable[[str], Memory] | None = None
