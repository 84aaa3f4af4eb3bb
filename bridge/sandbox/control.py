"""Lets a test in another process look into a served sandbox and change it, below `/__sandbox__/`. No vendor has this.

| request | effect |
|---|---|
| `GET report` | the counts of `Sandbox.report` |
| `POST faults` | puts the rule, or the list of rules, in the body in force (fields of `faults.Rule` except `when`) |
| `DELETE faults` | takes all rules out of force |
| `POST reset` | everything as it was at the start |
| `POST mutate` | `{"lead": {"campaign", "index", "fields"}}`, `{"add_lead": {"campaign", "fields"}}`, \
`{"campaign": {"campaign", "facts"}}`, `{"target": {"campaign", "status"}}`, `{"skew": seconds}`, \
`{"event": {"email", "kind", …}}` (`instantly.happening`; `campaign` where the lead stands in several): any of them |
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bridge.sandbox.faults import Rule
from bridge.sandbox.instantly.happening import happen
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
            told = loads(body)
            for rule in [Rule.read(facts) for facts in (told if isinstance(told, list) else [told])]:
                sandbox.faults.put(rule)
        case "DELETE faults":
            sandbox.faults.clear()
        case "POST reset":
            sandbox.reset()
        case "POST mutate":
            for name, terms in loads(body).items():
                _MUTATIONS[name](sandbox, terms)
        case _:
            raise LookupError(f"no such control: {action}")
    return {"ok": True}


def _lead(sandbox: Sandbox, terms: Mapping[str, Any]) -> None:
    sandbox.world.scravio.campaign(terms["campaign"]).lead(terms["index"]).update(**terms["fields"])


def _add_lead(sandbox: Sandbox, terms: Mapping[str, Any]) -> None:
    sandbox.world.scravio.campaign(terms["campaign"]).add_lead(**terms["fields"])


def _campaign(sandbox: Sandbox, terms: Mapping[str, Any]) -> None:
    sandbox.world.scravio.campaign(terms["campaign"]).update(**terms["facts"])


def _target(sandbox: Sandbox, terms: Mapping[str, Any]) -> None:
    campaign = sandbox.world.instantly.campaign(terms["campaign"])
    if campaign is None:
        raise LookupError(f"no Instantly campaign {terms['campaign']!r}")
    campaign.status = int(terms["status"])


def _event(sandbox: Sandbox, terms: Mapping[str, Any]) -> None:
    workspace, further = sandbox.world.instantly, dict(terms)
    email, kind, place = further.pop("email"), further.pop("kind"), further.pop("campaign", None)
    known = [(one.id, one.name) for one in workspace.campaigns] + [(one.id, one.name) for one in workspace.lists]
    places = [identity for identity, name in known if place in {None, identity, name}]
    person = next((one for one in workspace.of_email(email) if one.place in places), None)
    if person is None:
        raise LookupError(f"no Instantly lead {email!r}")
    happen(workspace, person, kind, sandbox.now(), **further)


def _skew(sandbox: Sandbox, seconds: Any) -> None:
    sandbox.skew = timedelta(seconds=float(seconds))


_MUTATIONS: Mapping[str, Callable[[Sandbox, Any], None]] = {
    "lead": _lead,
    "add_lead": _add_lead,
    "campaign": _campaign,
    "target": _target,
    "event": _event,
    "skew": _skew,
}
