"""Takes the pictures of docs/dashboard.md: the dashboard of a made-up ledger, in a real browser. Needs chromium.

`python -m docs.make_dashboard` writes them; they are made by hand, because every browser draws letters a little
differently.
"""

import shutil
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from bridge.config import Configuration, Settings
from bridge.daemon.web.dashboard.application import application
from bridge.daemon.web.dashboard.frame import Dashboard
from bridge.daemon.web.server import server
from bridge.ledger import Database
from docs import dashboard_world

HERE = Path(__file__).parent / "pictures"
PICTURES = {
    "overview": ("/", 1280, "light", 760),
    "route": ("/route?name=fitness", 1280, "light", 900),
    "leads": ("/leads?route=fitness&state=held", 1280, "dark", 760),
    "sources": ("/sources", 1280, "light", 900),
    "phone": ("/", 390, "dark", 760),
}
"""Each with its page, width, scheme and height."""


@dataclass
class Around:
    """What the dashboard is given."""

    settings: Settings
    configuration: Configuration
    db: Database


def main() -> None:
    """Write every picture."""
    HERE.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, dashboard_world.lived(Path(folder)) as app:
        around = Around(dashboard_world.settings(Path(folder)), dashboard_world.CONFIGURATION, app.db)
        taken = socket.create_server(("127.0.0.1", 0))
        running = server(application(Dashboard(around)))
        thread = threading.Thread(target=running.run, args=([taken],))
        thread.start()
        try:
            _take(f"http://127.0.0.1:{taken.getsockname()[1]}")
        finally:
            running.should_exit = True
            thread.join()


def _take(base: str) -> None:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (path, width, scheme, height) in PICTURES.items():
            page = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(f"{base}/login?next={path.replace('&', '%26')}")
            page.get_by_label("Your name").fill("Ada")
            page.get_by_label("Password").fill(dashboard_world.PASSWORD)
            page.get_by_role("button", name="Log in").click()
            page.wait_for_load_state("networkidle")
            page.screenshot(path=HERE / f"dashboard-{name}.png")
        chromium.close()


if __name__ == "__main__":
    main()
