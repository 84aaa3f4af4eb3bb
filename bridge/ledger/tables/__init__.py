"""The tables of the ledger, one module for each matter. Holds no statement and no connection.

House rules: every instant is an integer, milliseconds since 1970 UTC, 0 = never; every text column is NOT NULL with ""
for nothing, so that a unique index means what it says (instantly.md pitfall 31). Names that repeat a million times
(campaigns, routes, scopes, places) live in small tables and are referred to by number.
"""

from bridge.ledger.tables.alerts import AlertRow
from bridge.ledger.tables.columns import Table, metadata
from bridge.ledger.tables.core import (
    BatchRow,
    BindingRow,
    CampaignRow,
    ClaimRow,
    DeliveryRow,
    EventRow,
    LeadRow,
    LeaseRow,
    PlaceRow,
    ReturnedRow,
    RouteCampaignRow,
    RouteRow,
    RunRow,
    ScopeRow,
)
from bridge.ledger.tables.hosts import BudgetRow, HostRow, TickRow, TimetableRow
from bridge.ledger.tables.intents import (
    CheckedRow,
    CreationRow,
    ExportRow,
    PortionRow,
    ValidationRow,
    ValidationWaitRow,
)
from bridge.ledger.tables.people import ErasedRow, ErasureRow, MarkRow, SuppressionRow
from bridge.ledger.tables.test_leads import TestLeadRow

__all__ = [
    "AlertRow",
    "BatchRow",
    "BindingRow",
    "BudgetRow",
    "CampaignRow",
    "CheckedRow",
    "ClaimRow",
    "CreationRow",
    "DeliveryRow",
    "ErasedRow",
    "ErasureRow",
    "EventRow",
    "ExportRow",
    "HostRow",
    "LeadRow",
    "LeaseRow",
    "MarkRow",
    "PlaceRow",
    "PortionRow",
    "ReturnedRow",
    "RouteCampaignRow",
    "RouteRow",
    "RunRow",
    "ScopeRow",
    "SuppressionRow",
    "Table",
    "TestLeadRow",
    "TickRow",
    "TimetableRow",
    "ValidationRow",
    "ValidationWaitRow",
    "metadata",
]
