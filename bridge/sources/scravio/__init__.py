"""Scravio's API: reads the account, campaigns and leads, and asks for what costs credits only where it is told to.

This page names what the rest of the house may use. A name is loaded when it is first asked for: the command line needs
only the `kinds` of campaigns, and the client behind the others costs a tenth of a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.sources.scravio.client import Scravio, headers
    from bridge.sources.scravio.source import ScravioSource

__all__ = ["Scravio", "ScravioSource", "headers"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        module = import_module(f"{__name__}.{'source' if name == 'ScravioSource' else 'client'}")
        return globals().setdefault(name, getattr(module, name))
    raise AttributeError(f"module {__name__} has no attribute {name}")
