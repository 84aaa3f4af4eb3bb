from datetime import UTC, datetime, timedelta

import pytest

from bridge.config.configuration import Configuration
from bridge.config.file import load, read
from bridge.errors import ConfigProblem
from bridge.model import Mapped, Route, Schedule, Source, Target


def test_a_route_needs_a_name_and_a_target(configured):
    """The smallest route is the model's own defaults, every one the safe one."""
    assert configured("") == Route(name="creators", target=Target("instantly", "campaign", "Fitness Q4"))


def test_the_tables_defaults_are_those_of_the_values(configured):
    """What a file leaves out is what a configuration made by hand has."""
    route = configured("")
    raw = {"routes": [{"name": "creators", "target": {"instantly_campaign": "Fitness Q4"}}]}
    assert read(raw, "bridge.toml") == Configuration(routes=(route,))


def test_the_designs_example_is_read(configured):
    """Every kind of value of the documented example comes out as the model wants it."""
    route = configured(
        """
        every = "15m"
        source = { status = ["fully_completed"], type = ["INSTAGRAM"], title = "fitness*" }
        rules = { platforms = ["instagram"], min_followers = 500, per_domain = 3 }
        target = { instantly_campaign = "Fitness Q4", dedupe = "workspace" }
        [routes.fields]
        personalization = "Loved your {platform} page @{username}"
        variables = { instagram = "{username}", followers = "{followers}" }
        """,
        target="",
    )
    assert route.schedule == Schedule(every=timedelta(minutes=15))
    assert route.source == Source(type=("INSTAGRAM",), title=("fitness*",))
    assert (route.rules.platforms, route.rules.min_followers) == (("instagram",), 500)
    assert route.fields == Mapped(
        core={"personalization": "Loved your {platform} page @{username}"},
        variables={"instagram": "{username}", "followers": "{followers}"},
    )


def test_an_empty_template_is_kept_and_an_absent_one_is_not(configured):
    """An empty template says "send nothing", which differs from saying nothing; so do empty variables."""
    assert configured('fields = { phone = "", variables = {} }').fields == Mapped(core={"phone": ""}, variables={})
    assert configured("").fields == Mapped(core={}, variables=None)


def test_a_list_is_a_target_too(configured):
    """A lead list may be made where it is missing; its options arrive in the target."""
    route = configured(
        'target = { instantly_list = " Inbox ", dedupe = "lists", create = true, verify_on_import = true, '
        'when_not_active = "refuse" }',
        target="",
    )
    assert route.target == Target(
        "instantly", "list", "Inbox", dedupe="lists", create=True, verify_on_import=True, when_not_active="refuse"
    )


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("15m", 900), ("90d", 90 * 86400), ("1h30m", 5400), ("2w", 14 * 86400), ("45S", 45), (" 1d12h ", 129600)],
)
def test_durations(configured, written, read_as):
    """A duration is one or more numbers with their units."""
    route = configured(f'every = "{written}"\nrules = {{ max_validation_age = "{written}" }}')
    assert route.schedule.every == route.rules.max_validation_age == timedelta(seconds=read_as)


def test_no_age_is_too_old(configured):
    """The age "none" stands for no limit."""
    assert configured('rules = { max_validation_age = "none" }').rules.max_validation_age is None


def test_days_mean_the_whole_day_and_instants_become_utc(configured):
    """`from` starts with its day and `to` ends with it; dates, instants and texts are read alike."""
    days = configured('source = { from = 2026-01-01, to = "2026-01-31" }').source
    assert days.created_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert days.created_to == datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)
    instants = configured('source = { from = 2026-01-01T08:00:00+02:00, to = "2026-01-31T08:00:00" }').source
    assert instants.created_from == datetime(2026, 1, 1, 6, tzinfo=UTC)
    assert instants.created_to == datetime(2026, 1, 31, 8, tzinfo=UTC)


def test_words_are_read_in_any_case_and_once(configured):
    """Case and repetition make no difference, and X goes by both of its names."""
    route = configured(
        'source = { status = ["Stopped", "stopped"], type = "x_followers", title = ["a", "a"], id = "64f0c" }\n'
        'rules = { platforms = ["Twitter", "X"], countries = ["de", "DE"], types = ["Keyword", "instagram"] }'
    )
    assert route.source == Source(status=("stopped",), type=("X_FOLLOWERS",), title=("a",), id=("64f0c",))
    assert route.rules.platforms == ("x",)
    assert route.rules.countries == ("DE",)
    assert route.rules.types == ("keyword", "INSTAGRAM")


def test_a_cron_line_comes_with_its_zone(configured):
    """A cron line is kept as written, with single blanks and its time zone."""
    route = configured('cron = "*/15  8-18 * * mon-fri"\ntimezone = "Europe/Berlin"')
    assert route.schedule == Schedule(cron="*/15 8-18 * * mon-fri", timezone="Europe/Berlin")


def test_what_this_version_does_anyway_may_be_written(configured):
    """Keys of later versions accept what already holds."""
    lines = 'rules = { languages = [], validation_request = "never", validation = "valid" }'
    later = '\n[scravio]\nextract = "pages"\n[privacy]\nsuppression_storage = "plain"'
    assert configured(lines + later).rules == configured("").rules


def test_the_other_tables_are_read():
    """What stands beside the routes arrives under the same names."""
    raw = {
        "routes": [{"name": "a", "target": {"instantly_list": "b"}}],
        "http": {"host": "0.0.0.0", "port": 80, "names": ("bridge.internal",)},
        "instantly": {"requests_per_second": 100, "requests_per_minute": 6000, "at_once": 1},
        "scravio": {"at_once": 16, "extract": "auto"},
        "privacy": {"keep_facts_days": 1, "suppression_storage": "hashed"},
        "guard": {"allow_empty_sweep": True},
    }
    configuration = read(raw, "bridge.toml")
    for name, values in raw.items():
        if name != "routes":
            made = configuration.paces.get(name) or getattr(configuration, name)
            assert made.model_dump().items() >= values.items()


def test_how_long_a_read_may_take_is_settable():
    """For each vendor on its own, a minute unless it is said."""
    raw = {"routes": [{"name": "a", "target": {"instantly_list": "b"}}], "instantly": {"read_timeout": "1m30s"}}
    configuration = read(raw, "bridge.toml")
    assert configuration.pace("instantly").read_timeout == timedelta(seconds=90)
    assert configuration.pace("scravio").read_timeout == timedelta(seconds=60)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"routes = [\n", "is not valid TOML"),
        (b'a = 1\nb = "x\n', "line 2"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"a = " + b"[" * 5000, "nested too deep"),
        (b"a = " + b"9" * 5000, "is not valid TOML"),
        (b"a = 2026-13-41", "is not valid TOML"),
    ],
)
def test_a_file_that_is_no_toml_is_said_so(tmp_path, content, said):
    """Syntax, encoding and absurd values are reported with the file's name."""
    path = tmp_path / "bridge.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigProblem) as caught:
        load(path)
    assert caught.value.message.startswith(str(path))
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("a = allow", 'Text needs quotes: "allow".'),
        ("a = { b = [fitness*] }", 'Text needs quotes: "fitness".'),
        ("a = True", "Write true."),
        ("a = ?", "Fix it, then run `leadbridge check`."),
    ],
)
def test_text_without_quotes_is_named_with_its_fix(tmp_path, line, fix):
    """The most frequent mistake of a first file, on a line that TOML calls only an invalid value."""
    path = tmp_path / "bridge.toml"
    path.write_text(f"\n{line}\n")
    with pytest.raises(ConfigProblem, match="line 2") as caught:
        load(path)
    assert caught.value.hint == fix


def test_a_missing_file_names_the_command_that_writes_one(tmp_path):
    """A file that is not there is named with `leadbridge init`, and a folder in its place is reported."""
    with pytest.raises(ConfigProblem, match=r"does not exist\..*`leadbridge init`"):
        load(tmp_path / "bridge.toml")
    with pytest.raises(ConfigProblem, match="cannot be read"):
        load(tmp_path)


def test_a_file_is_read_as_editors_save_it(tmp_path):
    """A byte order mark and Windows line ends do no harm."""
    path = tmp_path / "bridge.toml"
    path.write_bytes('\ufeff[[routes]]\r\nname = "a"\r\ntarget = { instantly_list = "b" }\r\n'.encode())
    assert load(path).routes[0].name == "a"
