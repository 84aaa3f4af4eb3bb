"""Lets a test in another process look into a served sandbox and change it, below `/__sandbox__/`. No vendor has this.

| request | effect |
|---|---|
| `GET report` | the counts of `Sandbox.report` |
| `POST faults` | puts the rule, or the list of rules, in the body in force (fields of `faults.Rule` except `when`) |
| `DELETE faults` | takes all rules out of force |
| `POST reset` | everything as it was at the start |
| `POST mutate` | `{"skew": seconds}`, and what the vendors offer, any of them: \
`{"lead": {"campaign", "index", "fields"}}`, `{"add_lead": {"campaign", "fields"}}`, \
`{"campaign": {"campaign", "facts"}}` (`scravio.api`); `{"target": {"campaign", "status"}}`, \
`{"event": {"email", "kind", …}}` with `campaign` where the lead is in several (`instantly.happening`); \
`{"life": {"seed", "speed", "sender_fails", …}}` (`instantly.life.Life`); \
`{"puffle": {"campaign", "status"}}`, with `key` (e-mail or LinkedIn URL) for one row (`puffle.workspace`); \
`{"inbox": {"campaign", …}}` with attributes of `inbox.team.Campaign` |
"""

from typing import Any

from bridge.sandbox.faults import Rule
from bridge.sandbox.sandbox import Sandbox
from bridge.sandbox.wire import Request, Response, answer, loads

PREFIX = "/__sandbox__/"


def control(sandbox: Sandbox, request: Request) -> Response:
    """The answer to a control request; 400 with the reason where it makes no sense."""
    try:
        with sandbox.lock:
            return answer(_act(sandbox, f"{request.method} {request.path.removeprefix(PREFIX)}", request.body))
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        return answer({"error": f"{type(error).__name__}: {error}"}, 400)


def _act(sandbox: Sandbox, action: str, body: bytes) -> Any:
    match action:
        case "GET report":
            return sandbox.report()
        case "POST faults":
            found = loads(body)
            for rule in [Rule.read(facts) for facts in (found if isinstance(found, list) else [found])]:
                sandbox.faults.put(rule)
        case "DELETE faults":
            sandbox.faults.clear()
        case "POST reset":
            sandbox.reset()
        case "POST mutate":
            for name, terms in loads(body).items():
                sandbox.mutate(name, terms)
        case _:
            raise LookupError(f"no such control: {action}")
    return {"ok": True}
