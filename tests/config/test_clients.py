"""Clients and included files: what contradicts itself is one sentence that names the file and the fix."""

import pytest

from bridge.config import load, read_settings
from bridge.config.vendors import SCRAVIO
from bridge.daemon.reload import WatchedFile
from bridge.errors import ConfigProblem
from bridge.model import Client

INCLUDE = '[[include]]\nfiles = "clients/*.toml"\n'
ACME = '[[clients]]\nname = "acme"\nenv = "ACME_"\n'
BETA = '[[clients]]\nname = "beta"\nenv = "BETA_"\n'
ROUTE = '[[routes]]\nname = "x"\ntarget = { instantly_campaign = "F" }\n'


def loaded(folder, main, **files):
    """The configuration of bridge.toml and its clients' files."""
    (folder / "clients").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "clients" / f"{name}.toml").write_text(text)
    (folder / "bridge.toml").write_text(main)
    return load(folder / "bridge.toml")


@pytest.mark.parametrize(
    ("main", "files", "said"),
    [
        (INCLUDE + ACME + ROUTE, {}, "include.files names 'clients/*.toml', which matches no file."),
        ('[[include]]\nfiles = "a.toml"\n' + ROUTE, {}, "include.files names 'a.toml', which does not exist."),
        (INCLUDE, {"a": ACME + ROUTE + "[http]\nport = 1\n"}, "http cannot be in an included file; move [http] to"),
        (INCLUDE, {"a": ACME + ROUTE + INCLUDE}, "include cannot be in an included file; move [[include]] to"),
        (INCLUDE + BETA, {"a": ACME + ROUTE}, 'a.toml: route "x" has no client; add client = "beta" or another'),
        (INCLUDE, {"a": ACME + ROUTE, "b": ACME}, '"acme" is there twice; rename one.'),
        (INCLUDE, {"a": ACME + ROUTE, "b": BETA.replace("BETA_", "ACME_")}, 'both have env = "ACME_"; change one.'),
        (
            INCLUDE,
            {"a": ACME + ROUTE + 'client = "acmee"\n'},
            'route "x": client = "acmee" is none of "acme"; did you mean "acme"?',
        ),
        (INCLUDE, {"a": ACME + ROUTE, "b": ROUTE}, "Two included files have a route 'acme/x'; rename one."),
        (INCLUDE + "[http]\nport = 1\n", {"a": ACME}, "routes is missing; add one below a line [[routes]] here or in"),
    ],
)
def test_a_contradiction_is_one_sentence(tmp_path, main, files, said):
    """A pattern without a file, a table in the wrong file, a route or a client that is not clear."""
    with pytest.raises(ConfigProblem) as caught:
        loaded(tmp_path, main, **files)
    assert said in caught.value.message
    assert "did you mean" not in said or caught.value.message.count("did you mean") == 1


def test_a_daemon_notices_a_changed_and_a_new_included_file(tmp_path):
    """The files are watched together: one that changes, one that comes, and one that cannot be used is refused once."""
    loaded(tmp_path, INCLUDE, a=ACME + ROUTE)
    watched = WatchedFile(tmp_path / "bridge.toml", lambda: load(tmp_path / "bridge.toml"))

    def seen(**files):
        for name, text in files.items():
            (tmp_path / "clients" / f"{name}.toml").write_text(text)
        assert watched.changed() is None  # an editor may be writing it
        return watched.changed()

    assert [one.name for one in seen(a=ACME + ROUTE.replace('"x"', '"y"')).routes] == ["acme/y"]
    both = seen(b=BETA + ROUTE + 'client = "beta"\n', a=ACME + ROUTE + 'client = "acme"\n')
    assert [one.name for one in both.routes] == ["acme/x", "beta/x"]
    with pytest.raises(ConfigProblem, match="move \\[http\\]"):
        seen(b=BETA + "[http]\nport = 1\n")
    assert seen() is None


def test_a_prefix_without_any_variable_is_said(tmp_path):
    """A mistyped prefix is distinguished from one key that is missing."""
    settings = read_settings({"ACME_INSTANTLY_API_KEY": "x"}, tmp_path)
    with pytest.raises(ConfigProblem, match=r"ACME_SCRAVIO_API_KEY is not set, .*\.env\. Put"):
        settings.of_client(Client("acme", "ACME_")).need(SCRAVIO)
    with pytest.raises(ConfigProblem, match=r"ACMEE_SCRAVIO_API_KEY is not set.*no variable begins with ACMEE_"):
        settings.of_client(Client("acme", "ACMEE_")).need(SCRAVIO)
