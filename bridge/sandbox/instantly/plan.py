"""The workspace itself and its plan: a stored total of leads in campaigns, and credits (instantly.md §1.5)."""

from bridge.sandbox.instantly.call import Call, Table
from bridge.sandbox.wire import Row, stamp


def _current(call: Call) -> Row:
    workspace, created = call.workspace, stamp(call.workspace.created)
    result = {"id": workspace.id, "timestamp_created": created, "timestamp_updated": created}
    return result | {"owner": workspace.owner, "name": workspace.name, "plan_id": "pid_hg_v1"}


def _plan(call: Call) -> Row:
    workspace = call.workspace
    outreach = {"plan_name": "Hypergrowth", "price_in_dollars": 97, "product_id": "pid_hg_v1", "interval": "month"}
    outreach |= {"total_lead_limit": workspace.lead_limit, "current_lead_count": workspace.lead_count()}
    outreach |= {"base_lead_limit": workspace.lead_limit, "addons_qty": 0}
    credit = {"plan_name": "Credits", "total_credits": 1_000, "available_credits": workspace.credits}
    subscriptions = {
        "outreach": outreach | {"current_period_end": None, "cancel_at_time": None},
        "credits": credit | {"interval": "month"},
    }
    return {"organization_id": workspace.id, "organization_name": workspace.name, "subscriptions": subscriptions}


TABLE: Table = {"GET workspaces/current": _current, "GET workspace-billing/plan-details": _plan}
