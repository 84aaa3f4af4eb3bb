"""Scravio's API: reads the account, campaigns and leads. Changes nothing there and spends no credit.

This page names what the rest of the house may use.
"""

from bridge.scravio.client import PER_PAGE, LeadPage, Scravio, headers
from bridge.scravio.reading import Account

__all__ = ["PER_PAGE", "Account", "LeadPage", "Scravio", "headers"]
