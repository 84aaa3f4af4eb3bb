"""The ledgers of earlier versions, loaded without their program, and the vendors as that program left them."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bridge.sandbox import Sandbox, World
from bridge.sandbox.crowd import Crowd
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.people import Row
from bridge.sandbox.scravio.account import ScravioAccount, SourceCampaign

HERE = Path(__file__).parent
FOUND_AT = datetime(2026, 11, 27, 12, tzinfo=UTC)

NAMES = tuple(sorted(path.parent.parent.name for path in HERE.glob("*/sqlite/ledger.sql")))


def kept(name, kind, file):
    """One of the files that `make.py` wrote."""
    return (HERE / name / kind / file).read_text()


def load_sqlite(name, path):
    """Put the ledger into a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(kept(name, "sqlite", "ledger.sql"))
    connection.close()


def load_postgres(name, url):
    """Put the ledger into an empty database."""
    with psycopg.connect(url) as connection:
        connection.execute(kept(name, "postgres", "ledger.sql"))


def vendors(name, kind):
    """A sandbox with the same people at the source, and the destination as the earlier version left it."""
    sandbox = Sandbox(World(_source(), _workspace(json.loads(kept(name, kind, "workspace.json")))))
    for person in sandbox.world.instantly.people():
        sandbox.book.created(person.place, person.email)
    return sandbox


def _source():
    campaigns = []
    for written in json.loads((HERE / "source.json").read_text()):
        crowd = Crowd(written["id"], 0, make=_no_lead, first=1, started=FOUND_AT)
        campaigns.append(SourceCampaign(written["id"], crowd, written["facts"]))
        for lead in written["leads"]:
            campaigns[-1].add_lead(**lead)
    return ScravioAccount(campaigns, created=FOUND_AT)


def _no_lead(_slot: int) -> Row:
    raise LookupError("every lead is written down")


def _workspace(written):
    workspace = Workspace(FOUND_AT)
    workspace.id = written["id"]
    for _ in range(1000):  # no new id is one from before
        workspace.ids.at(FOUND_AT)
    places = {}
    for campaign in written["campaigns"]:
        made = workspace.add_campaign(campaign["name"], 1, FOUND_AT, ("Hi", "Hello {{firstName|there}}"))
        made.id = campaign["id"]
        places[made.id] = made
    for entry in written["lists"]:
        made = workspace.add_list(entry["name"], FOUND_AT)
        made.id = entry["id"]
        places[made.id] = made
    for person in written["people"]:
        put = workspace.add_person(places[person["place"]], person["email"], datetime.fromisoformat(person["created"]))
        workspace.change_person(put, id=person["id"])
    for value in written["blocked"]:
        workspace.block(value, FOUND_AT)
    return workspace
