"""The door of the sandbox's Puffle: who may ask (puffle.md §1), and which handler answers."""

from bridge.sandbox.limits import MINUTE, Window
from bridge.sandbox.puffle import campaigns, roster
from bridge.sandbox.puffle.call import Call
from bridge.sandbox.puffle.workspace import PuffleWorkspace
from bridge.sandbox.routes import Routes
from bridge.sandbox.vendor import App, Shared
from bridge.sandbox.wire import Problem, Request, Response, answer


def open_app(workspace: PuffleWorkspace, shared: Shared) -> App:
    """Puffle's API over `workspace`, everything below `/puffle/api`."""
    routes, window = Routes("/puffle/api/", {**campaigns.TABLE, **roster.TABLE}), Window()

    def handle(request: Request) -> Response:
        found = routes.find(request.method, request.path)
        call = Call(workspace, shared.book, shared.now(), request, found[1] if found else {})
        try:
            _admit(call, window)
            if found is None:
                raise call.refuse(404, f"Cannot {request.method} {request.path}")
            result = found[0].handler(call)
            return result if isinstance(result, Response) else answer(result)
        except Problem as refused:
            return refused.response

    return App(
        routes,
        handle,
        held=lambda: {one.name: len(one.rows) for one in workspace.campaigns if one.rows},
        mutations={"puffle": lambda terms: workspace.set_status(**terms, at=shared.now())},
    )


def _admit(call: Call, window: Window) -> None:
    kind, _, key = call.request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or key.strip() not in call.workspace.keys:
        raise call.refuse(401, "Unauthorized")
    if not window.admit(call.now, (call.workspace.habits.per_minute, MINUTE)):
        raise call.refuse(429, "Too many requests")
    if call.workspace.habits.credits_spent:
        raise call.refuse(402, "Insufficient credits")
