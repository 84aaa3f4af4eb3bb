import pytest

from bridge.config.problems import shown

TYPED = [
    ("rules = { min_folowers = 5 }", 'rules.min_folowers is not a known key; did you mean "min_followers"?'),
    ("rules = { Min_Followers = 5 }", 'did you mean "min_followers"?'),
    ("rules = { qqq = 5 }", "rules.qqq is not a known key; the keys here are validation, "),
    ('"two words" = 5', '"two words" is not a known key'),
    ("min_followers = 5", "min_followers is not a known key here; it belongs in the route's rules."),
    ("rules = { port = 5 }", "rules.port is not a known key here; it belongs in [http]."),
    ("source = { form = 2026-01-01 }", 'did you mean "from"?'),
    ("source = { created_from = 2026-01-01 }", "source.created_from is not a known key"),
    ("rules = { max_credits = { day = 0x1" + "0" * 5000 + " } }", "holds day = a huge number; write a whole number"),
    ('scravio_api_key = "x"', "scravio_api_key is not a known key; secrets belong in .env, never here."),
]
VALUED = [
    ('every = "15"', 'every = "15" is not a duration; write'),
    ("every = 15", "every = 15 is not a duration; write"),
    ('every = "1h1h"', "is not a duration"),
    ('every = "0m"', "is not between a second and ten years"),
    ('every = "999999w"', "is not between a second and ten years"),
    ('every = "none"', "is not a duration"),
    ('rules = { max_validation_age = "never" }', '"90d"'),
    ('cron = "* * *"', "has 3 fields; write"),
    ('cron = "99 * * * *"', 'has "99" for the minute, which is 0 to 59'),
    ('cron = "* * * * mon#1"', 'has "mon#1" for the day of the week'),
    ('cron = "0 0 30 2 *"', "never fires"),
    ('every = "1h"\ncron = "* * * * *"', "cron = "),
    ('cron = "* * * * *"\ntimezone = "europe/berln"', 'did you mean "Europe/Berlin"?'),
    ('cron = "* * * * *"\ntimezone = "../etc/passwd"', "is not a known time zone"),
    ('timezone = "UTC"', "is set without cron"),
    ('source = { status = "scraping" }', "in which a campaign's leads are not complete"),
    ('source = { status = "failed" }', "in which a campaign's leads are not complete"),
    ('source = { status = "fully_complete" }', 'did you mean "fully_completed"?'),
    ("source = { status = [] }", "names no status"),
    ('source = { type = ["INSTAGRAM_HASHTAGS"] }', 'did you mean "INSTAGRAM_HASHTAG"?'),
    ('source = { id = "a/../b" }', "which is not an id"),
    ('source = { title = "" }', "is empty"),
    ('source = { q = "a\\nb" }', "holds a line break"),
    ('source = { csv = "leads\\\\*.csv" }', "write / between folders"),
    ("source = { csv = 5 }", "source.csv = 5 must be a text in quotes"),
    ('source = { csv = "a.csv", q = "x", from = 2026-01-01 }', 'source sets "q" or "from" beside csv'),
    ('source = { csv = "a.csv" }\nrules = { validation_request = "when_missing" }', "has source.csv, whose addresses"),
    ("source = { from = 2026-02-01, to = 2026-01-01 }", 'lies before "from"'),
    ('source = { from = "yesterday" }', "is not a date"),
    ("source = { from = 07:32:00 }", "source.from = 07:32:00 is not a date"),
    ('source = { from = "0001-01-01T00:00:00+14:00" }', "is not a date"),
    ('rules = { platforms = "instagrm" }', 'did you mean "instagram"?'),
    ('rules = { platforms = "myspace" }', 'use "instagram", "tiktok", '),
    ("rules = { platforms = [3] }", "rules.platforms = [3] must be a text in quotes"),
    ('rules = { types = ["profle"] }', 'did you mean "profile"?'),
    ('rules = { countries = ["UK"] }', '"GB"'),
    ('rules = { countries = ["Germany"] }', 'write its code, "DE"'),
    ('rules = { countries = ["Bavaria"] }', "two letters for each country"),
    ('rules = { exclude_countries = ["XX"] }', "not a country"),
    ('rules = { keywords = [""] }', "is empty"),
    ('rules = { languages = ["en-US"] }', 'write "en"'),
    ('rules = { languages = ["English"] }', "write two letters for each, of af ar"),
    ('rules = { validation_request = "when_mising" }', 'did you mean "when_missing"?'),
    ("rules = { max_credits = 5 }", "write max_credits = {"),
    ("rules = { max_credits = { campain = 5 } }", 'did you mean "campaign"?'),
    ("rules = { max_credits = { day = -5 } }", "holds day = -5; write a whole number of credits"),
    ("rules = { max_credits = { day = true } }", "holds day = True; write a whole number"),
    ('rules = { validation = "any" }', 'must be "valid"'),
    ('rules = { role_addresses = "holt" }', 'must be "hold" or "allow"; did you mean "hold"?'),
    ("rules = { per_domain = -1 }", "rules.per_domain = -1 must be a whole number, 0 or more"),
    ("rules = { per_domain = true }", "rules.per_domain = true must be a whole number"),
    ("rules = { per_domain = 0x1" + "0" * 5000 + " }", "rules.per_domain = a huge number must be a whole number"),
    ("rules = { min_followers = 1.5 }", "must be a whole number"),
    ("rules = { min_followers = 5, max_followers = 4 }", "is less than min_followers = 5"),
    ('rules = { verified = "yes" }', "must be true or false"),
    ("rules = 3", "rules must be a table; write rules = { … }, or its keys below [routes.rules]"),
    ('fields = { first_name = "{firstname}" }', "did you mean {first_name}?"),
    ('fields = { phone = "{{phone}}" }', "Instantly would run"),
    ("fields = { phone = 3 }", "must be a text in quotes"),
    ('fields = { variables = { a = "{x}" } }', 'fields.variables.a = "{x}" names the field'),
    ('fields = { variables = ["a"] }', "must be a table"),
    ('fields = { variables = { First_Name = "x" } }', "which Instantly has already"),
    ('fields = { variables = { RANDOM = "x" } }', "which Instantly has already"),
    ('fields = { variables = { "{a}" = "x" } }', "a name starts with a letter"),
    ('fields = { variables = { "" = "x" } }', "a name starts with a letter"),
    (f'fields = {{ variables = {{ {"a" * 51} = "x" }} }}', "at most 50"),
    ('fields = { variables = { a_b = "x", AB = "x" } }', 'both "a_b" and "AB"'),
    ("fields = { variables = {" + ", ".join(f'v{i} = "x"' for i in range(21)) + "} }", "use at most 20"),
]
TARGETS = [
    ("", "target is missing; add target = "),
    ("target = {}", "target names no target; add instantly_campaign"),
    ('target = "Fitness"', "target must be a table"),
    ('target = { instantly_campain = "a" }', 'did you mean "instantly_campaign"?'),
    ('target = { instantly_campaign = "a", instantly_list = "b" }', "is set beside instantly_campaign"),
    ('target = { instantly_campaign = "a", create = true }', "cannot create a campaign"),
    ('target = { instantly_list = "" }', "is empty"),
    ('target = { instantly_list = "a", dedupe = "workspac" }', 'did you mean "workspace"?'),
    ('[[routes.target]]\ninstantly_list = "a"', "must be a table"),
]
FILES = [
    ("", "bridge.toml: routes is missing; add one below a line [[routes]]"),
    ("routes = []", "routes is missing"),
    ('[routes]\nname = "a"', "write [[routes]], in double brackets"),
    ("routes = [1]", "routes[1] is not a route"),
    ("[[route]]", 'route is not a known key; did you mean "routes"?'),
    ('name = "a"', "name is not a known key here; it belongs in a route, below [[routes]]"),
    ("[rules]\nmin_followers = 5", "rules is not a known key here; it belongs in a route; write [routes.rules] below"),
    ("[target]", "write [routes.target] below its [[routes]]"),
    ("at_once = 3", "it belongs in [inbox] or [instantly] or [puffle] or [scravio]"),
    ("[gard]", 'did you mean "guard"?'),
    ("[http]\nport = 70000", "http.port = 70000 must be a whole number from 1 to 65535"),
    ('[http]\nhost = "a b"', "is not a host name"),
    ("[instantly]\nrequests_per_second = 101", "from 1 to 100"),
    ("[instantly]\nrequests_per_minute = 6001", "from 1 to 6000"),
    ("[scravio]\nat_once = 17", "from 1 to 16"),
    ('[instantly]\nread_timeout = "1h"', "between 5 seconds and 5 minutes"),
    ('[scravio]\nextract = "exports"', 'did you mean "export"?'),
    ('[privacy]\nsuppression_storage = "hash"', "hashed"),
    ("[privacy]\nkeep_facts_days = 0", "1 or more"),
    ('[guard]\nallow_empty_sweep = "no"', "must be true or false"),
]


@pytest.mark.parametrize(("lines", "said"), TYPED + VALUED)
def test_a_wrong_line_of_a_route_is_named_and_fixed(route_objection, lines, said):
    """File, route, key, value and fix stand in one line."""
    message = route_objection(lines)
    assert message.startswith('bridge.toml: routes[1] "creators" ')
    assert said in message
    assert message.count("\n") == 0
    assert message.endswith((".", "?"))


@pytest.mark.parametrize(("target", "said"), TARGETS)
def test_a_wrong_target_is_named_and_fixed(route_objection, target, said):
    """A route names exactly one target, and only a list may be made."""
    assert said in route_objection("", target=target)


@pytest.mark.parametrize(("text", "said"), FILES)
def test_what_stands_beside_routes_is_checked_too(objection, text, said):
    """Wrong tables, keys and values outside a route are reported in the same way."""
    assert said in objection(text)


@pytest.mark.parametrize("name", ["", " ", "a\\nb", "a\\u202eb", "x" * 65])
def test_a_route_needs_a_name_that_can_be_typed(objection, name):
    """Empty, unprintable and endless names are refused."""
    assert "name = " in objection(f'[[routes]]\nname = "{name}"\ntarget = {{ instantly_list = "a" }}')


def test_two_routes_of_one_name_are_refused(objection):
    """Names of routes differ by more than case and blanks."""
    route = '[[routes]]\nname = "{}"\ntarget = {{ instantly_list = "a" }}\n'
    message = objection(route.format("Fitness") + route.format("other") + route.format(" fitness "))
    assert (
        message == 'bridge.toml: routes[3] " fitness " name = " fitness " is already the name of routes[1]; rename one.'
    )


def test_all_errors_are_reported_at_once(objection):
    """Several errors have a line each, after one that counts them."""
    message = objection('[[routes]]\nname = "a"\nevry = "1h"\n[[routes]]\nname = "A"\n[http]\nport = 0\n')
    first, *lines = message.splitlines()
    assert first == "bridge.toml has 5 errors:"
    assert [line.split(" ")[2] for line in lines] == ["routes[1]", "routes[1]", "routes[2]", "http.port", "routes[2]"]


@pytest.mark.parametrize("key", ["sk_live_0123456789abcdef", "Zm9vYmFyYmF6" * 8])
@pytest.mark.parametrize("lines", ['rules = {{ platforms = "{}" }}', 'every = "{}"', '"{}" = 3', 'cron = "{} * * * *"'])
def test_a_key_pasted_into_the_file_is_not_repeated(route_objection, key, lines):
    """What looks like a vendor's key is cut after its first letters wherever an error would show it."""
    message = route_objection(lines.format(key))
    assert key[3:15] not in message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        ("a\u202e\ud800\n", '"a\\u202e\\ud800\\n"'),
        ("x" * 61, '"' + "x" * 60 + '…"'),
        ([1, [2], {"a": 3}, 4], "[1, …, …, …]"),
        (2**70, "a huge number"),
        (float("nan"), "nan"),
    ],
)
def test_values_are_shown_in_one_short_line(value, text):
    """Whatever stands in the file is shown short, visible and in one line."""
    assert shown(value) == text


@pytest.mark.parametrize(
    ("target", "rules", "said"),
    [
        (
            'inbox_campaign = "Q1"',
            'validation_request = "when_missing"',
            "pays for validations that its target does not",
        ),
        ('inbox_campaign = "Q1", dedupe = "everywhere"', 'same_person = "exact"', "remove one of the two"),
        ('puffle_campaign = "Q1", dedupe = "lists"', "", '"workspace" is the next wider'),
    ],
)
def test_a_route_that_contradicts_its_channel_is_refused(route_objection, target, rules, said):
    """Paid validations that are not needed, one person in two spellings, and lists where a vendor has none."""
    assert said in route_objection(f"rules = {{ {rules} }}", target=f"target = {{ {target} }}\n")
