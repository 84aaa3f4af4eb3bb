"""Where the configuration is read and judged: environment, `.env` and bridge.toml in, frozen values out.

Every error is a ConfigProblem that names file, key, value and the fix. Nothing here calls a vendor or opens the
database. This page names what the rest of the house may use.
"""

from bridge.config.configuration import Configuration
from bridge.config.file import load
from bridge.config.reference import Key, schema_keys
from bridge.config.settings import VARIABLES, Settings, read_settings

__all__ = ["VARIABLES", "Configuration", "Key", "Settings", "load", "read_settings", "schema_keys"]
