"""The dashboard of a made-up ledger, asked in process, and served to a real browser."""

import asyncio
import re
import shutil
from dataclasses import dataclass, field, replace

import httpx
import pytest

from bridge.config.settings import Secret
from bridge.daemon.web.dashboard.access import Access
from bridge.daemon.web.dashboard.application import application
from bridge.daemon.web.dashboard.frame import Dashboard
from bridge.ledger import Database
from bridge.ledger.tables import metadata
from docs import dashboard_world

HERE = "http://127.0.0.1:8788"


@pytest.fixture(scope="session")
def lived_ledger(tmp_path_factory):
    """A ledger after some days, made once."""
    folder = tmp_path_factory.mktemp("lived")
    with dashboard_world.lived(folder, days=4, limit=20):
        pass
    return folder / "bridge.db"


class Browser:
    """Asks the pages as ASGI and keeps their cookies, like a browser without a screen."""

    def __init__(self, app, base, address):
        self.app, self.base, self.address = app, base, address
        self.cookies = httpx.Cookies()

    def ask(self, method, path, *, follow_redirects=True, **options):
        async def ask():
            wire = httpx.ASGITransport(self.app, client=self.address)
            async with httpx.AsyncClient(
                transport=wire, base_url=self.base, cookies=self.cookies, follow_redirects=follow_redirects
            ) as http:
                answer = await http.request(method, path, **options)
                self.cookies = http.cookies
                return answer

        return asyncio.run(ask())

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, **options):
        return self.ask("POST", path, **options)


@dataclass
class Site:
    """One dashboard, and who looks at it."""

    around: object
    client: Browser
    now: list = field(default_factory=lambda: [1_000_000.0])

    def get(self, path, **options):
        return self.client.get(path, **options)

    def login(self, password=dashboard_world.PASSWORD, name="Ada", **more):
        return self.client.post("/login", data={"password": password, "name": name, **more})

    def csrf(self, path="/"):
        return re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(path).text)[1]

    def send(self, path, **data):
        return self.client.post(path, data={"csrf": self.csrf(), **data})


@dataclass
class Around:
    """What a dashboard is given."""

    settings: object
    configuration: object
    db: object


@pytest.fixture
def site(lived_ledger, tmp_path):
    """`site(password)`: a dashboard on a copy of the ledger; "" for none."""
    opened = []

    def make(password=dashboard_world.PASSWORD, *, host="127.0.0.1", base=HERE, client=("127.0.0.1", 50000)):
        folder = tmp_path / str(len(opened))
        folder.mkdir()
        shutil.copy(lived_ledger, folder / "bridge.db")
        settings = replace(dashboard_world.settings(folder), dashboard_password=Secret(password))
        db = Database(settings.database_url)
        opened.append(db)
        around = Around(settings, dashboard_world.CONFIGURATION, db)
        found = Site(around, None)
        access = Access(password, local=host == "127.0.0.1", clock=lambda: found.now[0])
        dashboard = Dashboard(around, host=host, access=access)
        dashboard.attempts._clock = lambda: found.now[0]
        found.client = Browser(application(dashboard), base, client)
        return found

    yield make
    for db in opened:
        db.close()


@dataclass
class Whole:
    """A delivery as one plain SELECT shows it."""

    id: int
    route: str
    state: str
    reason: str
    campaign: str
    kinds: set


@pytest.fixture
def lived_rows(lived_ledger):
    """Copies the lived ledger's leads, deliveries and events into another database, and returns every delivery."""

    def copy(db):
        source = Database(f"sqlite:///{lived_ledger}")
        names = ("route", "campaign", "lead", "delivery", "vendor_event")
        with source.read() as old, db.write() as new:
            for name in names:
                rows = [dict(row) for row in old.exec_driver_sql(f"SELECT * FROM {name}").mappings()]
                new.execute(metadata.tables[name].insert(), rows)
        source.close()
        query = """
            SELECT d.id, r.name AS route, d.state, d.reason, c.id AS campaign FROM delivery d
            JOIN route r ON r.no = d.route_no JOIN lead l ON l.id = d.lead_id JOIN campaign c ON c.no = l.campaign_no
        """
        with db.read() as connection:
            kinds = {}
            for number, kind in connection.exec_driver_sql("SELECT delivery_id, kind FROM vendor_event"):
                kinds.setdefault(number, set()).add(kind)
            found = connection.exec_driver_sql(query).mappings().all()
        return [Whole(**row, kinds=kinds.get(row["id"], set())) for row in found]

    return copy
