import json
import pickle
from pathlib import Path

import pytest

from bridge.config.settings import FROM_FILES, VARIABLES, Secret, read_settings
from bridge.config.vendors import INSTANTLY, SCRAVIO
from bridge.errors import ConfigProblem

HOOKS = ("BRIDGE_ALERT_URL", "BRIDGE_PING_URL")
KEY = "sk_live_0123456789abcdef"


@pytest.fixture
def refused(tmp_path):
    """The error with which an environment is turned down."""

    def turn_down(**process):
        with pytest.raises(ConfigProblem) as caught:
            read_settings(process, tmp_path)
        return str(caught.value)

    return turn_down


def test_nothing_is_required_to_read_settings(tmp_path):
    """An empty environment gives the documented defaults."""
    settings = read_settings({}, tmp_path)
    assert settings.of(SCRAVIO)["SCRAVIO_BASE_URL"] == "https://api.scravio.com/api"
    assert settings.of(INSTANTLY)["INSTANTLY_BASE_URL"] == "https://api.instantly.ai"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/bridge.db"
    assert (settings.log_level, settings.log_format, settings.doubt_wait) == ("INFO", "auto", 30.0)
    assert not settings.key_of(SCRAVIO)


def test_the_environment_wins_over_dotenv(tmp_path):
    """A variable set in the environment is not overridden by .env, and an empty one is not set."""
    (tmp_path / ".env").write_text("SCRAVIO_API_KEY=from-file\nINSTANTLY_API_KEY=file-too\nBRIDGE_LOG_LEVEL=debug\n")
    settings = read_settings({"SCRAVIO_API_KEY": "from-process", "INSTANTLY_API_KEY": ""}, tmp_path)
    assert settings.vendors["SCRAVIO_API_KEY"].reveal() == "from-process"
    assert settings.vendors["INSTANTLY_API_KEY"].reveal() == "file-too"
    assert settings.log_level == "DEBUG"


def test_dotenv_is_read_as_editors_save_it(tmp_path):
    """A byte order mark, Windows line ends, quotes, export and a dollar sign do no harm."""
    (tmp_path / ".env").write_bytes('\ufeffSCRAVIO_API_KEY="a$B"\r\n\r\nexport INSTANTLY_API_KEY=c\r\n'.encode())
    settings = read_settings({}, tmp_path)
    assert (settings.vendors["SCRAVIO_API_KEY"].reveal(), settings.vendors["INSTANTLY_API_KEY"].reveal()) == (
        "a$B",
        "c",
    )


@pytest.mark.parametrize("content", [b"OK=1\nSCRAVIO_API_KEY='open\n", b"\xff\xfeS\x00", None])
def test_an_unreadable_dotenv_is_said_so(tmp_path, content):
    """A broken line, another encoding, or a folder in its place is an error that names .env."""
    path = tmp_path / ".env"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(ConfigProblem, match=r"/\.env"):
        read_settings({}, tmp_path)


def test_a_broken_line_is_named_by_its_number(tmp_path):
    """The line of .env that cannot be read is named, and its content is not shown."""
    (tmp_path / ".env").write_text(f"A=1\n\nSCRAVIO_API_KEY='{KEY}\n")
    with pytest.raises(ConfigProblem) as caught:
        read_settings({}, tmp_path)
    assert "line 3" in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("raw", [f"  {KEY}\n", f'"{KEY}"', f"' {KEY} '"])
def test_a_key_is_trimmed(tmp_path, raw):
    """Blanks and quotes around a key are what copying leaves, not part of it."""
    assert read_settings({"SCRAVIO_API_KEY": raw}, tmp_path).vendors["SCRAVIO_API_KEY"].reveal() == KEY


@pytest.mark.parametrize(
    "name", ["SCRAVIO_API_KEY", "SCRAVIO_ACCESS_TOKEN", "INSTANTLY_API_KEY", "SCRAVIO_WORKSPACE_ID"]
)
@pytest.mark.parametrize("raw", [f"{KEY}\r\nX-Evil: 1", f"{KEY}ü", f"Bearer {KEY}", f"{KEY}\x00"])
def test_a_key_that_would_break_its_header_is_refused_unseen(refused, name, raw):
    """A key with a line break, a blank or a foreign letter inside is refused, and never shown."""
    message = refused(**{name: raw})
    assert name in message
    assert KEY not in message


@pytest.mark.parametrize("name", FROM_FILES)
def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path, name):
    """NAME_FILE names a file whose trimmed content is the value; a relative path starts at bridge.toml."""
    value = (
        "https://hooks.example/services/token" if name in HOOKS else "sqlite:////data/a/folder/that/is/long/enough/x.db"
    )
    (tmp_path / "secret").write_text(f"{value}\n")
    settings = read_settings({f"{name}_FILE": "secret"}, tmp_path)
    held = {settings.database_url, *settings.secrets}
    assert value in held


@pytest.mark.parametrize("name", HOOKS)
@pytest.mark.parametrize(
    "raw", ["hooks.example/x", "ftp://hooks.example/x", "https:/hooks.example", "https://h.example/a b", "http://[x"]
)
def test_a_webhook_that_is_no_address_is_refused_unseen(refused, name, raw):
    """It is named, and not shown: anyone who knows a webhook's address may use it."""
    message = refused(**{name: raw})
    assert name in message
    assert raw not in message


@pytest.mark.parametrize("name", HOOKS)
def test_the_token_of_a_webhook_is_a_secret(name):
    """The whole address, and the part of it that no other webhook has; a short word such as "ping" is none."""
    long = read_settings({name: "https://hooks.example/services/T0/B0/token?key=abcdefghijkl"}, Path())
    assert {"services/T0/B0/token", "key=abcdefghijkl"} < set(long.secrets)
    assert set(read_settings({name: "http://h.example/ping"}, Path()).secrets) == {"http://h.example/ping"}
    assert "T0/B0" not in repr(long)


def test_a_key_in_the_environment_wins_over_a_file_that_dotenv_names(tmp_path):
    """The two places are asked one after the other, so a key in the one and a file in the other are no conflict."""
    (tmp_path / ".env").write_text("SCRAVIO_API_KEY_FILE=missing\n")
    assert read_settings({"SCRAVIO_API_KEY": KEY}, tmp_path).vendors["SCRAVIO_API_KEY"].reveal() == KEY


def test_secret_files_that_cannot_serve_are_refused(refused, tmp_path):
    """A missing or empty file, or a value and a file at once, are errors that name the variable."""
    (tmp_path / "empty").write_text(" \n")
    assert "SCRAVIO_API_KEY_FILE" in refused(SCRAVIO_API_KEY_FILE="missing")
    assert "which is empty" in refused(SCRAVIO_API_KEY_FILE="empty")
    both = refused(SCRAVIO_API_KEY_FILE="empty", SCRAVIO_API_KEY=KEY)
    assert "both SCRAVIO_API_KEY and SCRAVIO_API_KEY_FILE" in both
    assert KEY not in both


def test_a_secret_shows_nowhere_but_on_request(tmp_path):
    """Neither repr, str, format nor JSON of settings shows a key or the database's password."""
    settings = read_settings(
        {"SCRAVIO_API_KEY": KEY, "INSTANTLY_API_KEY": KEY, "BRIDGE_DATABASE_URL": "postgresql://u:p%40ss-word@h/d"},
        tmp_path,
    )
    shown = f"{settings!r} {settings} {settings.vendors['SCRAVIO_API_KEY']} {settings.vendors['SCRAVIO_API_KEY']!r:>40}"
    assert KEY not in shown
    assert "ss-word" not in shown
    assert set(settings.secrets) == {KEY, "p%40ss-word", "p@ss-word"}
    with pytest.raises(TypeError):
        json.dumps(settings.vendors["SCRAVIO_API_KEY"])


def test_a_secret_behaves_as_a_value():
    """Secrets compare by content, are false when empty, and survive copying."""
    assert Secret("a") == Secret("a") != Secret("b")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert not Secret()
    assert Secret("a") != "a"
    assert pickle.loads(pickle.dumps(Secret("a"))) == Secret("a")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8900/api",
        "http://127.0.0.1:8900",
        "http://[::1]:8900",
        "http://sandbox:8900",
        "http://api.internal",
        "https://api.example.com/",
    ],
)
def test_base_urls_that_keep_a_key_safe_are_taken(tmp_path, url):
    """Anywhere by https, by http where it stays on this machine or its container network."""
    assert read_settings({"SCRAVIO_BASE_URL": url}, tmp_path).of(SCRAVIO)["SCRAVIO_BASE_URL"] == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "http://134744072/",
        "http://0x8080808",
        "http://192.0.2.7",
        "http://localhost.example.com",
        "ftp://localhost",
        "api.scravio.com",
        "https://",
        "https://user:pw@api.example.com",
        "https://api.example.com?key=1",
        "https://api.example.com/#x",
        "https://[::1",
        "https://host:port",
        "https://a b.example.com",
    ],
)
def test_base_urls_that_would_leak_or_fail_are_refused(refused, url):
    """Anything else is refused, naming the variable and a good address."""
    assert "https://api.scravio.com/api" in refused(SCRAVIO_BASE_URL=url)


def test_instantlys_path_may_be_given_or_not(tmp_path):
    """/api/v2 is added by the program, so one at the end of the address is taken off."""
    settings = read_settings({"INSTANTLY_BASE_URL": "https://api.instantly.ai/api/v2/"}, tmp_path)
    assert settings.of(INSTANTLY)["INSTANTLY_BASE_URL"] == "https://api.instantly.ai"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BRIDGE_LOG_LEVEL", "debgu", "Did you mean DEBUG?"),
        ("BRIDGE_LOG_LEVEL", "7", "DEBUG, INFO, WARNING or ERROR"),
        ("BRIDGE_LOG_FORMAT", "jsn", "Did you mean json?"),
        ("BRIDGE_DOUBT_WAIT", "soon", "'soon'"),
        ("BRIDGE_DOUBT_WAIT", "nan", "'nan'"),
        ("BRIDGE_DOUBT_WAIT", "-1", "'-1'"),
        ("BRIDGE_DOUBT_WAIT", "1e9", "0 to 3600"),
    ],
)
def test_words_and_numbers_are_checked(refused, name, value, said):
    """A wrong word or number names the variable, the value and what it can be."""
    message = refused(**{name: value})
    assert name in message
    assert said in message


def test_a_missing_key_names_variable_file_and_command(tmp_path):
    """Needing a key that is not there says which, where to put it and what to type."""
    settings = read_settings({}, tmp_path)
    for vendor, name in ((SCRAVIO, "SCRAVIO_API_KEY"), (INSTANTLY, "INSTANTLY_API_KEY")):
        with pytest.raises(ConfigProblem) as caught:
            settings.need(vendor)
        assert all(part in str(caught.value) for part in (name, ".env", "`leadbridge init`"))


def test_a_token_serves_in_place_of_scravios_key(tmp_path):
    """Either a key or an access token is enough for Scravio, and a key for Instantly."""
    settings = read_settings({"SCRAVIO_ACCESS_TOKEN": "t", "INSTANTLY_API_KEY": "k"}, tmp_path)
    settings.need(SCRAVIO)
    settings.need(INSTANTLY)


def test_the_configuration_is_looked_for_in_two_places(tmp_path):
    """config/bridge.toml comes before bridge.toml, BRIDGE_CONFIG before both, and none is an error."""
    with pytest.raises(ConfigProblem, match="leadbridge init"):
        read_settings({}, tmp_path).config_file()
    (tmp_path / "bridge.toml").touch()
    assert read_settings({}, tmp_path).config_file() == tmp_path / "bridge.toml"
    (tmp_path / "config").mkdir()
    (tmp_path / "config/bridge.toml").touch()
    assert read_settings({}, tmp_path).config_file() == tmp_path / "config/bridge.toml"
    assert read_settings({"BRIDGE_CONFIG": "other.toml"}, tmp_path).config_file() == tmp_path / "other.toml"
    assert read_settings({"BRIDGE_CONFIG": "other.toml"}, tmp_path, Path("x.toml")).config == tmp_path / "x.toml"


def test_every_variable_has_a_meaning():
    """The list for the documentation says something of every variable."""
    assert all(meaning for _, meaning in VARIABLES.values())
    assert set(FROM_FILES) <= set(VARIABLES)
    assert Path(VARIABLES["BRIDGE_DATABASE_URL"][0].removeprefix("sqlite:///")) == Path("data/bridge.db")
