"""The vendors that the sandbox plays. A new one is a folder and its entry here."""

from bridge.sandbox import inbox, instantly, puffle, scravio
from bridge.sandbox.vendor import Vendor

VENDORS: tuple[Vendor, ...] = (inbox.VENDOR, instantly.VENDOR, puffle.VENDOR, scravio.VENDOR)
