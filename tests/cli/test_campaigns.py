"""Campaigns and credits from the terminal: the cost before the call, one campaign for one order, no surprise."""

from datetime import timedelta

import pytest

from bridge.ledger import Database
from bridge.ledger.intent import Kind, Stage, intents
from bridge.sources.scravio.kinds import KINDS
from tests.cli.conftest import unwrapped

ORDER = ("campaigns", "create", "--type", "INSTAGRAM_HASHTAG", "--hashtag", "#yoga", "--emails", "100")


def account(vendors):
    return vendors.world.scravio


def made(vendors):
    return [one for one in account(vendors).campaigns if one.facts["status"] == "pending"]


def the_creation():
    db = Database("sqlite:///data/bridge.db")
    first, *_ = intents(db, Kind.CREATION)
    db.close()
    return first


def asked(vendors, what):
    return sum(count for name, count in vendors.report()["requests"].items() if what in name)


def test_create_shows_the_cost_creates_and_names_the_route(leadbridge, configure, vendors):
    """The preview is asked for before the campaign, with the same body; the hash sign is taken off."""
    configure("fitness")
    result = leadbridge(*ORDER, "--route", "fitness", "--yes")
    assert result.exit_code == 0, result.output
    (campaign,) = made(vendors)
    assert campaign.facts["inputs"] == {"hashtag": "yoga"}
    assert campaign.facts["targetEmails"] == 100
    text = unwrapped(result.output)
    assert "Scravio reserves 150 credits of 5,000 available" in text
    assert "taken by fitness" in text
    assert account(vendors).spent() == 150


def test_no_one_is_asked_and_nothing_is_created_without_yes(leadbridge, configure, vendors):
    """Without a terminal only --yes spends."""
    configure()
    result = leadbridge(*ORDER)
    assert result.exit_code == 2
    assert "Add --yes" in result.output
    assert made(vendors) == []


def test_the_same_order_twice_makes_one_campaign(leadbridge, configure, vendors):
    """The second time says that it exists."""
    configure()
    leadbridge(*ORDER, "--yes")
    code, document = leadbridge.json(*ORDER, "--yes")
    assert (code, document["status"], document["id"]) == (0, "exists", made(vendors)[0].id)
    assert len(made(vendors)) == 1


def test_a_lost_answer_is_found_by_its_title(leadbridge, configure, vendors):
    """It was created and the answer was lost: the next call finds it, and creates none."""
    configure()
    vendors.faults.add("cut", "scravio", "/api/campaigns", method="POST", commit=True, times=1)
    first = leadbridge(*ORDER, "--yes")
    assert first.exit_code == 1
    assert "looks before anything is created" in unwrapped(first.output)
    code, document = leadbridge.json(*ORDER, "--yes")
    assert (code, document["status"]) == (0, "exists")
    assert len(made(vendors)) == 1
    assert asked(vendors, "POST /api/campaigns") == 2  # one preview, one creation


def test_a_lost_answer_that_created_nothing_is_believed_after_two_looks(leadbridge, configure, vendors):
    """Absent must be seen twice; then the same command creates it."""
    configure()
    vendors.faults.add("cut", "scravio", "/api/campaigns", method="POST", commit=False, times=1)
    leadbridge(*ORDER, "--yes")
    again = leadbridge(*ORDER, "--yes")
    assert again.exit_code == 1
    assert "not known yet" in unwrapped(again.output)
    assert made(vendors) == []
    assert leadbridge(*ORDER, "--yes").exit_code == 0
    assert len(made(vendors)) == 1


def test_a_host_whose_clock_is_ahead_creates_nothing_early(leadbridge, configure, vendors, monkeypatch):
    """Its first question is put before an answer has reported the vendor's time: that time counts all the same."""
    configure()
    monkeypatch.setenv("BRIDGE_DOUBT_WAIT", "30")
    vendors.skew = timedelta(seconds=-40)
    vendors.faults.add("cut", "scravio", "/api/campaigns", method="POST", commit=False, times=1)
    for _ in range(4):
        last = leadbridge(*ORDER, "--yes")
    assert "not known yet" in unwrapped(last.output)
    assert made(vendors) == []


def test_a_title_of_someone_elses_campaign_is_not_taken(leadbridge, configure, vendors):
    """After a lost answer the two could not be distinguished."""
    configure()
    result = leadbridge(*ORDER, "--title", "Fitness creators", "--yes")
    assert result.exit_code == 2
    assert "another --title" in result.output
    assert asked(vendors, "POST") == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--type", "INSTAGRAM_HASTAG", "--emails", "5"), "did you mean INSTAGRAM_HASHTAG?"),
        (("--emails", "5"), "type is missing"),
        (("--type", "X_FOLLOWERS", "--emails", "5"), "X_FOLLOWERS needs targetUser (--user)."),
        (("--type", "X_FOLLOWERS", "--user", "a b", "--emails", "5"), "without spaces"),
        (("--type", "X_FOLLOWERS", "--user", "a", "--hashtag", "b", "--emails", "5"), "hashtag is not an input"),
        (("--type", "TIKTOK_POST_COMMENTERS", "--post", "http://x.example/1", "--emails", "5"), "begin with https://"),
        (
            ("--type", "X_RETWEETS", "--post", "https://x.example/1", "--country", "Germany", "--emails", "5"),
            "two-letter",
        ),
        (
            ("--type", "TIKTOK_USER_FOLLOWERS", "--user", "a", "--country", "DE", "--emails", "5"),
            "countries is not an input",
        ),
        (("--type", "X_KEYWORD_SEARCH", "--keyword", "k" * 201, "--emails", "5"), "at most 200"),
        (("--type", "X_KEYWORD_SEARCH", *(("--keyword", "k") * 21), "--emails", "5"), "at most 20"),
        (("--type", "X_KEYWORD_SEARCH", "--keyword", "k", "--emails", "0"), "from 1 to 1,000,000"),
        (("--type", "X_KEYWORD_SEARCH", "--keyword", "k", "--emails", "5", "--title", "t" * 101), "at most 100"),
    ],
)
def test_every_input_is_checked_before_any_call(leadbridge, configure, vendors, arguments, said):
    """What the documents say of each type is judged here, in one sentence; Scravio is not called."""
    configure()
    result = leadbridge("campaigns", "create", *arguments, "--yes")
    assert result.exit_code == 2, result.output
    assert said in unwrapped(result.output)
    assert vendors.report()["requests"] == {}


def inputs_for(kind):
    needs = KINDS[kind].needs[:1] or ("profiles",)
    sample = {"mediaUrl": "https://www.instagram.com/p/abc/", "profiles": ["a", "b"]}
    return {needs[0]: sample.get(needs[0], "yoga")}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_documented_type_can_be_created_from_a_file(leadbridge, configure, vendors, folder, kind):
    """A TOML file holds any of them."""
    configure()
    (name, value), *_ = inputs_for(kind).items()
    shown = f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"')
    (folder / "c.toml").write_text(f'type = "{kind}"\ntitle = "Mine"\nemails = 10\n[inputs]\n{name} = {shown}\n')
    result = leadbridge("campaigns", "create", "c.toml", "--yes")
    assert result.exit_code == 0, result.output
    assert made(vendors)[0].facts["inputs"] == {name: value}


@pytest.mark.parametrize(
    ("text", "said"),
    [("typ = 'X_FOLLOWERS'", 'did you mean "type"?'), ("type =", "not valid TOML"), ("inputs = 3", "must be a table")],
)
def test_a_broken_file_is_one_sentence(leadbridge, configure, vendors, folder, text, said):
    """Unknown keys name the nearest; broken TOML names its line."""
    configure()
    (folder / "c.toml").write_text(text)
    result = leadbridge("campaigns", "create", "c.toml")
    assert result.exit_code == 2
    assert said in unwrapped(result.output)


def test_a_route_that_does_not_take_it_is_shown_which_line_to_write(leadbridge, folder, vendors):
    """Nothing is edited on its own: the exact lines are printed."""
    (folder / "bridge.toml").write_text(
        '[[routes]]\nname = "fitness"\nsource = { title = ["gym*"], type = ["X"] }\n'
        'target = { instantly_campaign = "Fitness Q4" }\n'
    )
    code, document = leadbridge.json(*ORDER, "--title", "Yoga", "--route", "fitness", "--yes")
    assert code == 0
    assert document["route_needs"] == ['type = ["X", "INSTAGRAM_HASHTAG"]', 'title = ["gym*", "Yoga"]']
    assert document["routes"] == []


def test_an_unknown_route_is_refused_before_anything_is_spent(leadbridge, configure, vendors):
    """The name is looked up first."""
    configure("fitness")
    result = leadbridge(*ORDER, "--route", "fitnes", "--yes")
    assert result.exit_code == 2
    assert vendors.report()["requests"] == {}


def test_too_few_credits_create_nothing(leadbridge, configure, vendors):
    """402 is one sentence, and the same command may be given again later."""
    configure()
    account(vendors).credits = 10
    result = leadbridge(*ORDER, "--yes")
    assert result.exit_code == 1
    assert made(vendors) == []
    account(vendors).credits = 1_000
    assert leadbridge(*ORDER, "--yes").exit_code == 0


def test_list_and_show_say_which_routes_take_the_leads(leadbridge, configure, vendors):
    """Both show status, counts and routes."""
    configure("fitness")
    code, document = leadbridge.json("campaigns", "list")
    assert code == 0
    (row,) = document["campaigns"]
    assert (row["title"], row["status"], row["emails"], row["routes"]) == (
        "Fitness creators", "fully_completed", 10, ["fitness"],
    )  # fmt: skip
    assert "fully" in leadbridge("campaigns", "list").output
    for which in (row["id"], "fitness creators"):
        result = leadbridge("campaigns", "show", which)
        assert result.exit_code == 0
        assert "e-mails: 10 of 10 profiles" in result.output
        assert "routes: fitness" in result.output
    assert leadbridge("campaigns", "show", "nothing").exit_code == 2


def test_stop_asks_and_stops_once(leadbridge, configure, vendors):
    """A running campaign is asked to stop; one that has ended is left alone."""
    configure()
    leadbridge(*ORDER, "--title", "Mine", "--yes")
    assert leadbridge("campaigns", "stop", "Mine").exit_code == 2
    assert made(vendors)
    assert leadbridge("campaigns", "stop", "Mine", "--yes").exit_code == 0
    assert made(vendors) == []
    assert account(vendors).spent() == 0
    result = leadbridge("campaigns", "stop", "Mine", "--yes")
    assert (result.exit_code, asked(vendors, "/stop")) == (0, 1)


def test_credits_shows_the_balance_and_the_sums_by_campaign(leadbridge, configure, vendors):
    """What each campaign cost, returns taken off."""
    configure()
    leadbridge(*ORDER, "--title", "Mine", "--yes")
    code, document = leadbridge.json("credits")
    assert code == 0
    assert document["balance"] == 4_850
    (sums,) = document["campaigns"]
    assert (sums["title"], sums["credits"], sums["by_type"]) == ("Mine", -150.0, {"CAMPAIGN_RESERVATION": -150.0})
    for more in ((), ("--each",)):
        result = leadbridge("credits", *more)
        assert "4,850" in result.output
        assert "Mine" in result.output


def test_a_key_that_may_not_see_transactions_still_shows_the_balance(leadbridge, configure, vendors):
    """A workspace-bound key (scravio.md §0): the balance stands, the rest is explained."""
    configure()
    account(vendors).habits.account_scoped = False
    result = leadbridge("credits")
    assert result.exit_code == 0
    assert "account-wide key" in unwrapped(result.output)
    assert leadbridge.json("credits")[1]["balance"] == 5_000


def test_a_creation_in_doubt_can_be_given_up(leadbridge, configure, vendors):
    """Where the campaigns can never be read again, the operator ends the doubt; its credits stay counted."""
    configure()
    vendors.faults.add("cut", "scravio", "/api/campaigns", method="POST", commit=False, times=1)
    leadbridge(*ORDER, "--yes")
    title = the_creation().subject
    assert "--yes" in unwrapped(leadbridge("settle", "--give-up", title).output)
    assert the_creation().stage is Stage.DOUBT
    code, document = leadbridge.json("settle", "--give-up", title.upper(), "--yes")
    assert (code, document["given_up"]) == (0, [f'the request to create "{title}"'])
    ended = the_creation()
    assert (ended.stage, ended.held, ended.charge > 0) == (Stage.GIVEN_UP, False, True)
    assert leadbridge(*ORDER, "--yes").exit_code == 0
    assert len(made(vendors)) == 1
