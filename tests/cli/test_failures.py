"""Whatever goes wrong is one sentence, a hint, an exit code: never a traceback, never a secret."""

import pytest
import typer
from typer.testing import CliRunner

from bridge.cli import Verbs
from bridge.errors import AnswerLost, BridgeError, ConfigProblem, Denied, Unavailable
from tests.cli.conftest import unwrapped


def command_raising(error):
    app = typer.Typer(cls=Verbs)

    @app.callback()
    def root():
        pass

    @app.command()
    def go():
        raise error

    return CliRunner().invoke(app, ["go"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigProblem("The file is wrong.", hint="Fix it."), 2),
        (BridgeError("The world is wrong.", hint="Fix it."), 1),
        (Denied("A person must act.", hint="Fix it."), 1),
        (Unavailable("Nobody answers.", hint="Fix it."), 1),
        (AnswerLost("Nobody knows.", hint="Fix it."), 1),
    ],
)
def test_each_error_has_its_exit_code(error, code):
    """Configuration is 2, the world is 1; the message and its hint stand on stderr alone."""
    result = command_raising(error)
    assert result.exit_code == code
    assert result.stderr == f"{error.message}\nFix it.\n"
    assert result.stdout == ""


def test_an_interruption_says_that_nothing_is_lost():
    """Ctrl-C ends with 130 and the next command."""
    result = command_raising(KeyboardInterrupt())
    assert result.exit_code == 130
    assert "Nothing is lost" in result.stderr
    assert "leadbridge sync" in result.stderr


def test_the_unexpected_is_named_without_its_text(monkeypatch):
    """A stranger's exception is named by its type: its text may hold a key or an address."""
    result = command_raising(RuntimeError("Bearer sk_live_secret for jane@example.com"))
    assert result.exit_code == 1
    assert "RuntimeError" in result.stderr
    assert "BRIDGE_LOG_LEVEL=DEBUG" in result.stderr
    assert "secret" not in result.output
    assert "Traceback" not in result.output
    monkeypatch.setenv("BRIDGE_LOG_LEVEL", "DEBUG")
    deep = command_raising(RuntimeError("Bearer sk_live_secret"))
    assert "test_failures.py" in deep.stderr
    assert "secret" not in deep.output


def test_markup_and_escapes_in_an_error_stay_text():
    """A vendor's words cannot draw on the terminal."""
    result = command_raising(BridgeError("The target [red]x[/red] \x1b[2J is gone."))
    assert result.stderr == "The target [red]x[/red]  [2J is gone.\n"


def test_every_line_of_a_long_problem_is_shown():
    """Several errors of one file stand on lines of their own."""
    result = command_raising(ConfigProblem("bridge.toml has 2 errors:\n  first\n  second"))
    assert result.stderr.splitlines() == ["bridge.toml has 2 errors:", "  first", "  second"]


@pytest.mark.parametrize(
    "arguments",
    [["snyc"], ["sync", "--limit", "0"], ["sync", "--limit", "many"], ["sync", "--nope"], ["explain"], ["db", "x"]],
)
def test_usage_errors_are_2(leadbridge, arguments):
    """A mistyped command line is exit code 2, and nothing is tried."""
    result = leadbridge(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_mistyped_verb_names_the_right_one(leadbridge):
    """`snyc` probably means `sync`."""
    assert "'sync'" in leadbridge("snyc").stderr


def test_no_configuration_says_how_to_get_one(leadbridge):
    """In an empty folder every verb that needs bridge.toml points to init."""
    for verb in ("sync", "check", "preview", "status"):
        result = leadbridge(verb)
        assert result.exit_code == 2
        assert "leadbridge init" in result.stderr


def test_a_missing_key_is_named(leadbridge, configure):
    """Without keys a sync says which variable to set, before anything is tried."""
    configure()
    result = leadbridge("sync", "--yes", "--json")
    assert result.exit_code == 2
    assert "SCRAVIO_API_KEY" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("verb", ["sync", "preview"])
def test_an_unknown_route_names_the_nearest(leadbridge, configure, verb):
    """A mistyped route is a configuration error that names the right one; case does not matter."""
    configure("fitness", "founders")
    result = leadbridge(verb, "fitnes")
    assert result.exit_code == 2
    assert 'Did you mean "fitness"?' in result.stderr


def test_config_overrides_the_environment(leadbridge, configure, monkeypatch, folder):
    """--config wins over BRIDGE_CONFIG, and a file that is not there is named."""
    configure("one")
    (folder / "bridge.toml").rename(folder / "mine.toml")
    monkeypatch.setenv("BRIDGE_CONFIG", "elsewhere.toml")
    assert leadbridge("--config", "mine.toml", "status").exit_code == 0
    result = leadbridge("status")
    assert result.exit_code == 2
    assert "elsewhere.toml" in result.stderr


def test_an_unwritable_database_is_one_sentence(leadbridge, configure, vendors, monkeypatch):
    """A database path that cannot be written is named with the fix; nothing is sent."""
    configure()
    monkeypatch.setenv("BRIDGE_DATABASE_URL", "sqlite:////proc/nowhere/bridge.db")
    result = leadbridge("sync", "--yes")
    assert result.exit_code == 2
    assert "/proc/nowhere" in result.stderr
    assert vendors.report()["instantly"]["lead_count"] == 0


def test_a_newer_database_is_left_alone(leadbridge, configure, bench):
    """A ledger of a newer program is refused by every verb that opens it."""
    configure()
    with bench.db.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for arguments in (["status"], ["runs"], ["rejects"], ["explain", "x"], ["db", "upgrade"]):
        result = leadbridge(*arguments)
        assert result.exit_code == 2, arguments
        assert "newer version" in unwrapped(result.stderr)
