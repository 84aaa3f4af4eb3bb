"""An operator who starts this program on the ledger of an earlier version, in its folder, with its bridge.toml."""

import json
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bridge.cli import app
from bridge.sandbox.server import start
from tests.ledgers import former


@dataclass
class Operator:
    """Types commands; `sandbox` is both vendors as the earlier version left them."""

    name: str
    kind: str
    url: str
    sandbox: Any
    runner: Any

    def __call__(self, *arguments, expected=(0, 3)):
        result = self.runner.invoke(app, list(arguments))
        assert result.exit_code in expected, (arguments, result.exit_code, result.output, result.exception)
        return result.output

    def json(self, *arguments, **options):
        result = self.runner.invoke(app, [*arguments, "--json"])
        assert result.exit_code in options.get("expected", (0, 3)), (arguments, result.output[-900:], result.exception)
        return json.loads(result.stdout)

    def routes(self):
        """Every route that knows leads, as `status` shows it."""
        return {one["route"]: one for one in self.json("status")["routes"] if one["leads_known"]}

    def routes_before(self):
        """The same as the earlier version's own `status` showed it."""
        written = json.loads(former.kept(self.name, self.kind, "status.json"))
        return {one["route"]: one for one in written if one["leads_known"]}

    def people(self):
        """Who stands where in the destination."""
        return [(one.place, one.email) for one in self.sandbox.world.instantly.people()]

    def execute(self, statement):
        """Run SQL on the ledger, as another process would."""
        driver = self.url.replace("postgresql:", "postgresql+psycopg:")
        engine = sa.create_engine(driver)
        with engine.begin() as connection:
            result = connection.execute(sa.text(statement))
            rows = result.all() if result.returns_rows else []
        engine.dispose()
        return rows


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request):
    return request.param


@pytest.fixture
def postgres_of_its_own(request):
    """Makes an empty database beside the one that other tests use."""
    made = []

    def make():
        shared = request.getfixturevalue("postgres_url")
        own = sa.make_url(shared).set(database="former_ledger")
        with psycopg.connect(shared, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS former_ledger WITH (FORCE)")
            connection.execute("CREATE DATABASE former_ledger")
        made.append(shared)
        return own.render_as_string(hide_password=False)

    yield make
    for shared in made:
        with psycopg.connect(shared, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS former_ledger WITH (FORCE)")


@pytest.fixture
def operator(name, kind, tmp_path, monkeypatch, postgres_of_its_own):
    monkeypatch.chdir(tmp_path)
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path}/data/bridge.db"
        former.load_sqlite(name, tmp_path / "data" / "bridge.db")
    else:
        url = postgres_of_its_own()
        former.load_postgres(name, url)
    (tmp_path / "bridge.toml").write_text(former.kept(name, kind, "bridge.toml"))
    sandbox = former.vendors(name, kind)
    with start(sandbox) as running:
        monkeypatch.setenv("SCRAVIO_BASE_URL", f"{running.url}/api")
        monkeypatch.setenv("SCRAVIO_API_KEY", sandbox.keys.scravio)
        monkeypatch.setenv("INSTANTLY_BASE_URL", running.url)
        monkeypatch.setenv("INSTANTLY_API_KEY", sandbox.keys.instantly)
        monkeypatch.setenv("BRIDGE_DATABASE_URL", url)
        monkeypatch.setenv("BRIDGE_DOUBT_WAIT", "0")
        yield Operator(name, kind, url, sandbox, CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}))
