"""The ways to start, as docs/compose.md shows them."""

import json
import time

from tests.containers.conftest import KEYS

GRACE_SECONDS = 30


def wait_until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.5)


def test_the_sandbox_shows_the_product_without_keys(compose):
    """From a fresh clone: two services, both healthy; leads delivered, reported in the log and on the pages."""
    compose("--profile", "sandbox", "up", "--detach", "--wait")
    assert {name: found[:2] for name, found in compose.services().items()} == {
        "sandbox": ("running", "healthy"),
        "sandbox-bridge": ("running", "healthy"),
    }
    wait_until(lambda: all(compose.states("sandbox-bridge").values()))
    before = sum(compose.states("sandbox-bridge").values())
    log = compose("logs", "--no-color", "sandbox-bridge").stdout
    assert "batch" in log
    assert "delivered" in log
    assert json.loads(compose.page("/readyz", "sandbox-bridge"))["ready"] is True
    assert 'leadbridge_runs_total{result="ok",route="fitness"}' in compose.page("/metrics", "sandbox-bridge")
    wait_until(lambda: sum(compose.states("sandbox-bridge").values()) > before, 120)
    assert compose.vendors()["created_twice"] == {}


def test_a_one_shot_command_and_the_daemon_share_the_ledger(served):
    """What `run --rm bridge sync` delivered, the daemon knows, and delivers no one again."""
    done = served("run", "--rm", "-T", "bridge", "sync", "--yes", "--json")
    document = json.loads(done.stdout)
    assert document["status"] == "ok"
    served("up", "--detach", "--wait")
    assert set(served.services()) == {"bridge", "sandbox"}
    sent = {route["route"]: route["states"]["delivered"] for route in document["routes"]}
    now = served.states()
    assert all(now[route] >= count for route, count in sent.items())
    report = served.vendors()
    assert (report["created_twice"], report["created_twice_person"], report["reposted"]) == ({}, {}, {})


def test_a_daemon_that_is_killed_comes_back_with_all_it_knew(served):
    """Killed in the middle of its work and started again: no one twice, and the data is where it was."""
    served("up", "--detach", "--wait")
    served("kill", "--signal", "KILL", "bridge")
    assert served.services()["bridge"][0] == "exited"
    served("up", "--detach", "--wait")
    wait_until(lambda: all(served.states().values()))
    known = served.states()
    served("down")
    served("up", "--detach", "--wait", "bridge")
    again = served.states()
    assert all(again[route] >= count for route, count in known.items())


def test_stopping_is_quick_and_clean(served):
    """Well within the grace time, with 0, and the last line of the log says so."""
    served("up", "--detach", "--wait")
    begun = time.monotonic()
    served("stop", "bridge")
    assert time.monotonic() - begun < GRACE_SECONDS
    assert served.services()["bridge"][::2] == ("exited", 0)
    assert json.loads(served("logs", "--no-log-prefix", "bridge").stdout.splitlines()[-1])["event"] == "stopped"


def test_the_root_is_read_only_and_the_log_holds_no_key(served):
    """Only the volume and /tmp can be written; keys stand in no line."""
    served("up", "--detach", "--wait")
    tried = served("exec", "-T", "bridge", "touch", "/app/x", "/opt/leadbridge/x", check=False)
    assert tried.stderr.count("Read-only file system") == 2
    log = served("logs", "--no-color").stdout
    daemon = [line for line in log.splitlines() if line.startswith("bridge")]
    assert daemon
    assert not any(key in line for line in daemon for key in (KEYS["SCRAVIO_API_KEY"], KEYS["INSTANTLY_API_KEY"]))


def test_a_secret_may_stand_in_a_file(compose):
    """Named by `…_FILE` in .env, mounted from secrets/."""
    keys = {name: value for name, value in KEYS.items() if name != "INSTANTLY_API_KEY"}
    compose.write_env(**keys, INSTANTLY_API_KEY_FILE="/run/secrets/instantly")
    secret = compose.folder / "secrets" / "instantly"
    secret.write_text(KEYS["INSTANTLY_API_KEY"] + "\n")
    secret.chmod(0o644)
    compose.configure()
    compose("up", "--detach", "--wait", "sandbox")
    assert json.loads(compose("run", "--rm", "-T", "bridge", "sync", "--yes", "--json").stdout)["status"] == "ok"


def test_on_postgresql_the_data_outlives_the_containers(served):
    """The daemon waits for the server's health, any password will do, and one-shot commands share the ledger."""
    served.write_env(**KEYS, POSTGRES_PASSWORD="p@ss:w/ord%1")
    served("--profile", "postgres", "up", "--detach", "--wait")
    assert {name: found[:2] for name, found in served.services().items()} == dict.fromkeys(
        ("bridge-postgres", "postgres", "sandbox"), ("running", "healthy")
    )
    wait_until(lambda: all(served.states("bridge-postgres").values()))
    known = served.states("bridge-postgres")
    document = json.loads(served("run", "--rm", "-T", "bridge", "status", "--json").stdout)
    assert document["database"].startswith("postgresql")
    assert {route["route"] for route in document["routes"] if route["states"]["delivered"]} == set(known)
    served("--profile", "postgres", "rm", "--stop", "--force", "bridge-postgres", "postgres")
    served("--profile", "postgres", "up", "--detach", "--wait")
    again = served.states("bridge-postgres")
    assert all(again[route] >= count for route, count in known.items())
    assert served.vendors()["created_twice"] == {}


def test_a_sqlite_ledger_moves_to_postgresql(served):
    """As docs/compose.md shows it: what was delivered before the move is known after it, and no lead is sent again."""
    before = json.loads(served("run", "--rm", "-T", "bridge", "sync", "--yes", "--json").stdout)
    served.write_env(**KEYS, POSTGRES_PASSWORD="secret-word", COMPOSE_PROFILES="postgres")
    served("up", "--detach", "--wait", "postgres")
    there, here = "postgresql://leadbridge@postgres/leadbridge", "BRIDGE_DATABASE_URL=sqlite:///data/bridge.db"
    served("run", "--rm", "-T", "-e", here, "bridge", "db", "copy", "--to", there)
    served("up", "--detach", "--wait")
    sent = {route["route"]: route["states"]["delivered"] for route in before["routes"]}
    assert all(served.states("bridge-postgres")[route] >= count for route, count in sent.items())
    report = served.vendors()
    assert (report["created_twice"], report["reposted"]) == ({}, {})


def test_two_daemons_share_one_postgresql(served):
    """`--scale bridge-postgres=2`: every tick is run by one of them, and no one is written to twice."""
    served.write_env(**KEYS, POSTGRES_PASSWORD="secret-word")
    served("--profile", "postgres", "up", "--detach", "--wait", "--scale", "bridge-postgres=2")
    wait_until(lambda: all(served.states("bridge-postgres").values()))
    time.sleep(35)  # each route ticks at least once more
    report = served.vendors()
    assert (report["created_twice"], report["created_twice_person"], report["reposted"]) == ({}, {}, {})
    runs = json.loads(served.leadbridge("runs", "--json", service="bridge-postgres"))["runs"]
    started = sorted(run["started_at"] for run in runs if run["route"] == "fitness")
    assert 2 <= len(started) <= 5


def test_without_a_password_postgresql_says_what_is_missing(served):
    """Neither it nor the daemon runs, and no second ledger is begun in its place."""
    done = served("--profile", "postgres", "up", "--detach", "--wait", check=False)
    assert done.returncode != 0
    assert "POSTGRES_PASSWORD" in served("logs", "--no-color", "postgres").stdout
    assert served.services()["bridge-postgres"][0] == "created"
