"""The ledger: every table, every SQL statement as a named function, the migrations. Calls no vendor, decides nothing.

One statement module for each idea; the modules named here are what the rest of the house may use as `ledger.name`.
A module is loaded when a name is first looked for in it: `leadbridge status` needs only `standing`, and the tables
behind the others cost it half a second.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.ledger.address import *
    from bridge.ledger.core.audits import *
    from bridge.ledger.core.bindings import *
    from bridge.ledger.core.campaigns import *
    from bridge.ledger.core.candidates import *
    from bridge.ledger.core.changes import *
    from bridge.ledger.core.claims import *
    from bridge.ledger.core.decisions import *
    from bridge.ledger.core.leads import *
    from bridge.ledger.core.outcomes import *
    from bridge.ledger.core.runs import *
    from bridge.ledger.core.stored import *
    from bridge.ledger.core.unsettled import *
    from bridge.ledger.core.withholding import *
    from bridge.ledger.database import *
    from bridge.ledger.intents.trials import *
    from bridge.ledger.people.suppressions import *
    from bridge.ledger.views.standing import *
else:
    # The cheap ones first: a name is looked for in this order.
    _MODULES = (
        "address database core.bindings views.standing people.suppressions core.runs core.campaigns "
        "core.candidates core.decisions core.leads core.stored core.claims core.outcomes core.changes "
        "core.unsettled core.audits core.withholding intents.trials"
    )

    def __getattr__(name: str) -> Any:
        # Python asks this too before it imports a module of the folder, which must not load the others.
        if not name.startswith("_") and find_spec(f"{__name__}.{name}") is None:
            for module in _MODULES.split():
                found = vars(import_module(f"{__name__}.{module}"))
                if name in found:
                    return globals().setdefault(name, found[name])
        raise AttributeError(f"module {__name__} has no attribute {name}")
