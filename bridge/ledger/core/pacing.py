"""The statement that gives leads that wait for a route's pace their reason. Moves nothing, decides nothing."""

from sqlalchemy.engine import Connection

from bridge.ledger.core.outcomes import Recording, check_epoch
from bridge.ledger.database import milliseconds, transaction
from bridge.ledger.sql import execute

_PACED = """
    UPDATE delivery SET reason = 'paced', origin = 'local', detail = :why
    WHERE route_no = :route AND state = 'ready' AND not_before <= :now AND (reason <> 'paced' OR detail <> :why)
"""
_UNPACED = """
    UPDATE delivery SET reason = 'ok', origin = 'local', detail = ''
    WHERE route_no = :route AND state = 'ready' AND reason = 'paced'
"""


@transaction(durable=False)
def mark_paced(connection: Connection, recording: Recording, why: str) -> None:
    """Give every lead that is ready, and whose time has come, the pace as its reason; "" takes that reason away."""
    check_epoch(connection, recording)
    given = {"why": why, "now": milliseconds(recording.now)} if why else {}
    execute(connection, _PACED if why else _UNPACED, route=recording.route_no, **given)
