"""A further vendor is a folder and one entry: proved by one of twenty lines that stands only here."""

import httpx

from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.routes import Routes
from bridge.sandbox.vendor import App, Vendor
from bridge.sandbox.vendors import VENDORS
from bridge.sandbox.wire import answer
from tests.sandbox.conftest import NOW


def open_notes(state, rim):
    routes = Routes("/notes/api/", {"GET notes": lambda: {"items": state, "next": None}})

    def handle(request):
        found = routes.find(request.method, request.path)
        return answer(found[0].handler()) if found else answer({"error": "unknown"}, 404)

    return App(routes, handle, held=lambda: {"notes": len(state)}, mutations={"note": state.append})


NOTES = Vendor("notes", "/notes/", key="k", fresh=lambda now: [now.year], open=open_notes, cursor="next")


def test_a_further_vendor_shares_door_faults_controls_and_report(clock):
    """With no other module changed, it has a state of its own, and a reset gives it back."""
    sandbox = Sandbox(small_world(NOW, "First"), clock.now, clock.sleep, vendors=(*VENDORS, NOTES))
    with httpx.Client(transport=sandbox.transport(), base_url="https://notes.example/notes/api") as client:
        sandbox.mutate("note", "second")
        assert client.get("/notes").json() == {"items": [2026, "second"], "next": None}
        assert client.get("/none").status_code == 404
        sandbox.faults.add("hollow_page", "notes", times=1)
        assert client.get("/notes").json()["next"]
        report = sandbox.report()
        assert (report["notes"], report["requests"]["notes GET /notes/api/notes"]) == ({"notes": 2}, 2)
        assert sandbox.world.notes == [2026, "second"]
        sandbox.reset()
        assert client.get("/notes").json()["items"] == [2026]
        assert client.get("https://notes.example/api/auth/me").json()["code"] == "UNAUTHORIZED"
