"""Which vendors a client has a key for. Calls none."""

from bridge.config.settings import Settings
from bridge.config.vendor import Vendor
from bridge.config.vendors import VENDORS


def keyed(settings: Settings) -> list[Vendor]:
    """The vendors that the client has a key for."""
    return [vendor for vendor in VENDORS.values() if vendor.variables and settings.key_of(vendor)]
