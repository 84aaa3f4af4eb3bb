"""Where the configuration is read and judged: environment, `.env` and bridge.toml in, frozen values out.

Every error is a ConfigProblem that names file, key, value and the fix. Nothing here calls a vendor or opens the
database. This page names what the rest of the house may use. A module is loaded when a name of it is first asked for:
the settings need no pydantic, which takes longer than all else of a `leadbridge status`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.config.configuration import Configuration
    from bridge.config.file import load
    from bridge.config.reference import Key, schema_keys
    from bridge.config.settings import VARIABLES, Settings, read_settings
else:
    _MODULES = {
        "Configuration": "configuration",
        "load": "file",
        **dict.fromkeys(("Key", "schema_keys"), "reference"),
        **dict.fromkeys(("VARIABLES", "Settings", "read_settings"), "settings"),
    }

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__} has no attribute {name}")
        return globals().setdefault(name, getattr(import_module(f"{__name__}.{_MODULES[name]}"), name))


__all__ = ["VARIABLES", "Configuration", "Key", "Settings", "load", "read_settings", "schema_keys"]
