"""The tables of the ledger, one module for each matter. Holds no statement and no connection.

House rules: every instant is an integer, milliseconds since 1970 UTC, 0 = never; every text column is NOT NULL with ""
for nothing, so that a unique index means what it says (instantly.md pitfall 31). Names that repeat a million times
(campaigns, routes, scopes, places) live in small tables and are referred to by number.
"""

from bridge.ledger.tables.columns import *
from bridge.ledger.tables.core import *
from bridge.ledger.tables.events import *
from bridge.ledger.tables.hosts import *
from bridge.ledger.tables.intents import *
from bridge.ledger.tables.operators import *
from bridge.ledger.tables.people import *
