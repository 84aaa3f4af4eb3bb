"""What the Dockerfile, the compose file and the unit in docs/deploy.md promise, read without an engine."""

import re
from pathlib import Path

import pytest
import yaml

from bridge.config import VARIABLES, load
from bridge.config.settings import FROM_FILES
from bridge.sandbox import Sandbox

ROOT = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DAEMONS = {name: service for name, service in OURS.items() if "command" not in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEPLOY = "\n".join((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("deploy", "compose"))
STOP_SECONDS = 30


def started_with(*profiles):
    """The services of a plain `up`, as compose chooses them."""
    wanted = set(profiles or [""])
    return {
        name for name, service in SERVICES.items() if not service.get("profiles") or wanted & set(service["profiles"])
    }


@pytest.mark.parametrize(
    ("profiles", "services"),
    [
        ((), {"bridge"}),
        (("daemon",), {"bridge"}),
        (("postgres",), {"bridge-postgres", "postgres"}),
        (("sandbox",), {"sandbox", "sandbox-bridge"}),
    ],
)
def test_each_way_to_start_has_its_services(profiles, services):
    """One daemon each, never two ledgers at once, and no daemon of the operator's beside the sandbox."""
    assert started_with(*profiles) == services


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_is_locked_down(name):
    """Read-only root, no rights to gain, and time to finish the batch that is under way."""
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    if name in DAEMONS:
        assert int(service["stop_grace_period"].removesuffix("s")) > STOP_SECONDS


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_can_fill_the_host(name):
    """Memory, the log and the temporary folder are bounded."""
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert all("size=" in place for place in service.get("tmpfs", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_says_how_it_is(name):
    """In the compose file, and not in the image, from which one-shot commands would inherit it."""
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert not re.search(r"^HEALTHCHECK", DOCKERFILE, re.MULTILINE)


@pytest.mark.parametrize("name", ["bridge", "bridge-postgres"])
def test_a_daemon_hears_every_variable(name):
    """Each setting of the environment reaches it from .env, secrets by file too, and none is given a value here."""
    environment = DAEMONS[name]["environment"]
    assert set(environment) == {*VARIABLES, *(f"{secret}_FILE" for secret in FROM_FILES), "PGPASSWORD"}
    assert {key for key, value in environment.items() if value is not None} == {"BRIDGE_DATABASE_URL", "PGPASSWORD"}


def test_one_shot_commands_have_the_daemons_ledger():
    """With a password set, both names mean the same PostgreSQL; both mount the same files."""
    one, other = (DAEMONS[name] for name in ("bridge", "bridge-postgres"))
    assert one["volumes"] == other["volumes"]
    address = "postgresql+psycopg://leadbridge@postgres/leadbridge"
    assert one["environment"]["BRIDGE_DATABASE_URL"] == f"${{BRIDGE_DATABASE_URL:-${{POSTGRES_PASSWORD:+{address}}}}}"
    assert other["environment"]["BRIDGE_DATABASE_URL"] == f"${{BRIDGE_DATABASE_URL:-{address}}}"
    assert other["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_the_sandbox_has_keys_that_open_nothing_and_a_ledger_of_its_own():
    """Made-up people never meet real ones, and no key of the operator's is passed on."""
    service = DAEMONS["sandbox-bridge"]
    assert service["environment"]["SCRAVIO_API_KEY"] == Sandbox.keys.scravio
    assert service["environment"]["INSTANTLY_API_KEY"] == Sandbox.keys.instantly
    assert all("${" not in str(value) for value in service["environment"].values())
    assert service["volumes"][0] == "sandbox:/app/data"
    assert not any("secrets" in volume for volume in service["volumes"])
    routes = load(ROOT / "config" / "bridge.sandbox.toml").routes
    assert all(route.schedule.every for route in routes)


def test_the_health_check_asks_the_port_that_is_the_default():
    """Both sides of it: the daemon's port, and the sandbox's own."""
    port = load(ROOT / "config" / "bridge.example.toml").http.port
    for service in DAEMONS.values():
        assert f"127.0.0.1:{port}/readyz" in service["healthcheck"]["test"][-1]
    sandbox = SERVICES["sandbox"]
    assert (
        f"127.0.0.1:{sandbox['command'][sandbox['command'].index('--port') + 1]}/" in sandbox["healthcheck"]["test"][-1]
    )


def test_nothing_is_reachable_from_outside_this_machine():
    """Every published port is bound to it."""
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_the_image_is_installed_from_locks_and_runs_as_an_ordinary_user():
    """Every requirement with its hash; the last stage is a user of its own and builds nothing."""
    installs = re.findall(r"(?:pip[^\n]* install|pip wheel)[^\n\\]*", DOCKERFILE)
    assert installs
    assert all("--require-hashes" in one or "--no-deps" in one for one in installs)
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "pip" not in last
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert set(bases) == {"python:3.12-slim"}


def test_what_the_image_is_built_from_reaches_the_builder():
    """Each file that is copied passes .dockerignore, and nothing else does."""
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignore
    let_in = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)]
    assert {path for paths in copied for path in paths} == let_in
    assert all((ROOT / path).exists() for path in let_in)


def test_the_unit_is_hardened_and_stops_like_the_container():
    """The unit of docs/deploy.md: its own user, nothing writable but its state, and the same time to finish."""
    (unit,) = re.findall(r"```ini\n(\[Unit\].*?)```", DEPLOY, re.DOTALL)
    reported = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    assert reported["ExecStart"].endswith("leadbridge run")
    assert reported["ProtectSystem"] == "strict"
    assert reported["NoNewPrivileges"] == "yes"
    assert reported["KillSignal"] == "SIGTERM"
    assert int(reported["TimeoutStopSec"]) > STOP_SECONDS
    assert reported["RestartPreventExitStatus"] == "2"


def test_the_page_names_only_services_and_profiles_that_exist():
    """Every `docker compose` line of docs/compose.md and docs/deploy.md can be typed."""
    known = {profile for service in SERVICES.values() for profile in service["profiles"]} if SERVICES else set()
    lines = re.findall(r"docker compose ([^`\n#]+)", DEPLOY)
    assert lines
    for line in lines:
        words = line.split()
        assert {words[at + 1] for at, word in enumerate(words) if word == "--profile"} <= known | {"*"}
        if words[0] in {"exec", "run", "logs", "restart", "stop"}:
            assert set(SERVICES) & set(words), line
