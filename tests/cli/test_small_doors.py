"""What people type first: each spelling of a command leads to what was meant, or to the exact fix."""

import os
import subprocess
import sys

import pytest

from bridge.model import Hold, Reason
from tests.cli.conftest import unwrapped


def test_the_version_and_the_help_by_other_names(leadbridge):
    """`-V` is `--version`, `help` is `--help`, and `help VERB` is `VERB --help`."""
    assert leadbridge("-V").stdout == leadbridge("--version").stdout == leadbridge("version").stdout != ""
    assert leadbridge("help").stdout == leadbridge("--help").stdout != ""
    assert leadbridge("help", "sync").stdout == leadbridge("sync", "--help").stdout != ""
    assert leadbridge("help", "client", "add").stdout == leadbridge("client", "add", "--help").stdout != ""


def test_a_dry_run_is_the_preview(leadbridge, folder, configure, vendors):
    """`sync --dry-run` prints what `preview` prints and sends nothing; with --limit it is a usage error."""
    configure()
    assert leadbridge.json("sync", "--dry-run") == leadbridge.json("preview")
    assert not (folder / "data").exists()
    assert leadbridge("sync", "--dry-run", "--limit", "3").exit_code == 2


def test_config_may_follow_the_verb(leadbridge, folder, configure):
    """The file is named before or after the verb."""
    configure("other")
    (folder / "bridge.toml").rename(folder / "mine.toml")
    assert leadbridge("status", "--config", "mine.toml").stdout == leadbridge("--config=mine.toml", "status").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(leadbridge, shell):
    """The script names the command; an unknown shell is one sentence."""
    found = leadbridge("completion", shell)
    assert (found.exit_code, "_LEADBRIDGE_COMPLETE" in found.stdout) == (0, True)
    assert leadbridge("completion", "tcsh").exit_code == 2


def test_completion_is_installed_for_this_shell(leadbridge, tmp_path, monkeypatch):
    """`--install-completion` writes the script where the shell reads it, and says where."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: "bash")
    found = leadbridge("--install-completion")
    assert found.exit_code == 0, found.output
    script = tmp_path / ".bash_completions" / "leadbridge.sh"
    assert script.exists()
    assert str(script) in found.stdout


def test_a_shell_is_offered_verbs_and_routes(configure):
    """As bash asks it: after a loaded verb, the routes of bridge.toml."""
    configure("fitness", "other")
    asked = {"_LEADBRIDGE_COMPLETE": "complete_bash", "COMP_WORDS": "leadbridge sync fi", "COMP_CWORD": "2"}
    code = "import sys; sys.argv = ['leadbridge']; from bridge.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["fitness"], done.stderr


def test_rejects_of_one_reason(leadbridge, bench, configure):
    """Only the leads of that reason are listed and counted; a mistyped reason names the nearest."""
    configure("fitness")
    bench.record([bench.lead(1)], decision=Hold(Reason.ROLE_ADDRESS))
    bench.record([bench.lead(2)], decision=Hold(Reason.NO_EMAIL))
    _, document = leadbridge.json("rejects", "--reason", "role-address")
    assert [one["reason"] for one in document["rejects"]] == ["role_address"]
    assert [one["leads"] for one in document["counts"]] == [1]
    wrong = leadbridge("rejects", "--reason", "role_adress")
    assert (wrong.exit_code, "Did you mean role_address?" in wrong.stderr) == (2, True)


def test_a_person_is_explained_by_name(leadbridge, bench):
    """Case does not count, a part of the name is enough, and a name without quotes gets the hint."""
    named = {1: "Jane Müller-Doe", 2: "Janet Doe", 3: 'Jo "JJ" Doe'}
    bench.record([bench.lead(number, full_name=name, biography="jane doe") for number, name in named.items()])
    for query, wanted in (("jane MÜLLER-doe", {1}), ("Doe", {2, 3}), ('"jj" doe', {3}), ("janet doe", {2})):
        _, document = leadbridge.json("explain", query)
        assert {int(lead["lead_id"], 16) for lead in document["leads"]} == wanted, query
    loose = leadbridge("explain", "Jane", "Doe")
    assert (loose.exit_code, 'leadbridge explain "Jane Doe"' in unwrapped(loose.stderr)) == (2, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rules]\nmin_followers = 1\n{route}", "line 1: rules is not a known key here"),
        ("{route}[rules]\nmin_followers = 1\n", "line 4: rules is not a known key here"),
        ("[rules]\nmin_followers = 1\n{route}", "write [routes.rules] below its [[routes]]"),
        ("{route}\nrules = { min_folowers = 1 }\n", 'line 5: routes[1] "a" rules.min_folowers is not a known key'),
        ("{route}name = “x”\n", "a curly quote (“)"),
        ("{route}every\u00a0= 1\n", "a special space (U+00A0)"),
    ],
)
def test_a_slip_in_the_file_names_the_fix(leadbridge, folder, text, said):
    """Rules outside of every route, curly quotes, and the spaces of a word processor."""
    route = '[[routes]]\nname = "a"\ntarget = { instantly_campaign = "X" }\n'
    (folder / "bridge.toml").write_text(text.replace("{route}", route))
    found = leadbridge("check")
    assert (found.exit_code, said in unwrapped(found.stderr)) == (2, True), found.stderr


def test_misspelled_variables_are_named(leadbridge, folder, configure, bench):
    """In `.env` a name that is nearly ours has no effect; every command says so, and says what was meant."""
    configure("fitness")
    (folder / ".env").write_text(
        "SCRAVIO_APIKEY=x\nACME_INSTANTLY_KEY_FILE=x\nDATABASE_URL=y\nOTHER=z\nLEADBRIDGE_TMP=1"
    )
    said = unwrapped(leadbridge("status").stderr)
    assert "SCRAVIO_APIKEY has no effect. Did you mean SCRAVIO_API_KEY?" in said
    assert "ACME_INSTANTLY_KEY_FILE has no effect. Did you mean ACME_INSTANTLY_API_KEY_FILE?" in said
    assert (said.count("has no effect"), "LEADBRIDGE_TMP" in said) == (2, False)
    asked = unwrapped(leadbridge("check").stdout)
    assert asked.count("SCRAVIO_APIKEY has no effect") == 2


def test_swapped_keys_are_noticed_before_any_request(leadbridge, configure, vendors, monkeypatch):
    """A key of Scravio in Instantly's variable is refused by its beginning alone; no more of it is shown."""
    configure("fitness")
    monkeypatch.setenv("INSTANTLY_API_KEY", "sk_live_secret_of_scravio")
    monkeypatch.setenv("SCRAVIO_API_KEY", "secret_of_instantly")
    found = leadbridge("check")
    assert unwrapped(found.stdout).count("INSTANTLY_API_KEY holds a key of Scravio") >= 2
    assert "INSTANTLY_API_KEY holds a key of Scravio: it begins with sk_live_" in unwrapped(found.stdout)
    assert "It belongs into SCRAVIO_API_KEY" in unwrapped(found.stdout)
    assert "secret_of" not in found.output


def test_a_title_that_matches_nothing_names_the_nearest(leadbridge, folder, configure, vendors):
    """`check` says it for each title, `preview` where no campaign is left."""
    configure("fitness", more='source = { title = ["fitnss*", "zzz"], id = "no-such" }\n')
    for verb in ("check", "preview"):
        said = unwrapped(leadbridge(verb).stdout)
        assert 'No finished campaign has the title "fitnss*". The nearest: "Fitness creators".' in said
        assert 'has the title "zzz".' in said
        assert 'has the id "no-such"' in said


def test_a_pattern_or_no_name_is_not_one_route(leadbridge, configure):
    """Where one route is meant, `*` of several is a sentence; an empty variable of a shell names no route at all."""
    configure("fitness", "founders")
    for verb in (["trigger", "f*"], ["test-lead", "f*", "--to", "me@mail.example"]):
        result = leadbridge(*verb)
        assert (result.exit_code, "Name it: fitness, founders." in result.stderr) == (2, True)
    configure("fitness")
    for verb in ("trigger", "pause", "resume", "sync"):
        result = leadbridge(verb, "")
        assert (result.exit_code, 'has no route ""' in result.stderr) == (2, True)
