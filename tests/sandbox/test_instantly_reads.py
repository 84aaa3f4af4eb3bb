from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.sandbox.conftest import NOW, instantly_of


@pytest.fixture
def people(workspace):
    """Twelve in the campaign, three of them in the list as well."""
    campaign, inbox = workspace.campaigns[0], workspace.lists[0]
    for number in range(12):
        workspace.add_person(campaign, f"Person{number}@example.com", NOW - timedelta(hours=20 - number))
    for number in range(3):
        workspace.add_person(inbox, f"person{number}@example.com", NOW - timedelta(hours=1))
    return campaign, inbox


def listed(client, **body):
    return client.post("/leads/list", json=body).json()


def test_a_listing_has_ten_by_default_and_goes_on_by_cursor(instantly, people):
    """In the order of ids; the last page has no cursor."""
    first = listed(instantly, campaign=people[0].id)
    rest = listed(instantly, campaign=people[0].id, starting_after=first["next_starting_after"])
    assert (len(first["items"]), len(rest["items"])) == (10, 2)
    assert "next_starting_after" not in rest
    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert ids == sorted(set(ids))


def test_a_limit_over_a_hundred_answers_empty(instantly, people):
    """With status 200, as was observed (pitfall 6)."""
    assert listed(instantly, campaign=people[0].id, limit=101) == {"items": []}


def test_contacts_are_found_in_a_target_or_everywhere(instantly, people):
    """Without a target, each place in which the address stands is an item of its own."""
    contacts = ["person1@example.com", "nobody@example.com"]
    (here,) = listed(instantly, contacts=contacts, campaign=people[0].id)["items"]
    everywhere = listed(instantly, contacts=contacts)["items"]
    assert (here["campaign"], here["list_id"]) == (people[0].id, None)
    assert {(item["campaign"], item["list_id"]) for item in everywhere} == {(people[0].id, None), (None, people[1].id)}


def test_unknown_filters_are_silently_ignored(instantly, people):
    """`campaign_id` and `email` filter nothing (pitfall 5)."""
    assert len(listed(instantly, campaign_id=people[1].id, email="x@example.com", limit=100)["items"]) == 15


@pytest.mark.parametrize(
    ("body", "count"),
    [({"in_list": True}, 3), ({"in_campaign": True}, 12), ({"search": "PERSON11"}, 1), ({"search": "person1@"}, 2)],
)
def test_known_filters_work(instantly, people, body, count):
    """Those the bridge may come to use."""
    assert len(listed(instantly, limit=100, **body)["items"]) == count


def test_ids_can_be_named_and_excluded(instantly, people):
    """Both filters speak of leads' ids."""
    ids = [item["id"] for item in listed(instantly, campaign=people[0].id, limit=2)["items"]]
    assert [item["id"] for item in listed(instantly, ids=ids, excluded_ids=ids[:1])["items"]] == ids[1:]


def test_a_new_lead_may_be_invisible_for_a_while(instantly, workspace, people, clock):
    """The lookup lags behind the write where a test says so; the lead itself can be had by its id."""
    workspace.habits.lookup_lag = 10
    fresh = workspace.add_person(people[0], "fresh@example.com", clock.now())
    assert listed(instantly, contacts=["fresh@example.com"])["items"] == []
    assert instantly.get(f"/leads/{fresh.id}").status_code == 200
    clock.sleep(11)
    assert len(listed(instantly, contacts=["fresh@example.com"])["items"]) == 1


def test_a_deleted_lead_is_gone(instantly, workspace, people):
    """From lookups, from the plan's count and by its id."""
    person = workspace.of_email("person5@example.com")[0]
    workspace.remove_person(person)
    assert listed(instantly, contacts=["person5@example.com"])["items"] == []
    assert instantly.get(f"/leads/{person.id}").status_code == 404
    assert workspace.lead_count() == 11


@pytest.mark.parametrize(
    "body", [{"campaign": "name"}, {"limit": 0}, {"contacts": "a@example.com"}, {"contacts": ["x"]}]
)
def test_a_filter_of_the_wrong_type_is_a_400(instantly, body):
    """Known filters are judged."""
    assert instantly.post("/leads/list", json=body).status_code == 400


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"search": "fit"}, ["Fitness Q4", "fitness old"]),
        ({"status": 1}, ["Fitness Q4"]),
        ({"exclude_status": 1}, ["fitness old", "Paused"]),
        ({"limit": 1}, ["Fitness Q4"]),
    ],
)
def test_campaigns_are_searched_and_filtered(instantly, workspace, query, names):
    """By a part of the name in any case, and by status."""
    workspace.add_campaign("fitness old", 3, NOW)
    workspace.add_campaign("Paused", 2, NOW)
    assert [item["name"] for item in instantly.get("/campaigns", params=query).json()["items"]] == names


def test_lists_go_on_by_their_creation_time(instantly, workspace):
    """Twelve made at one moment are all found, page by page."""
    for number in range(12):
        assert instantly.post("/lead-lists", json={"name": f"List {number}"}).status_code == 200
    first = instantly.get("/lead-lists").json()
    rest = instantly.get("/lead-lists", params={"starting_after": first["next_starting_after"]}).json()
    assert len({item["id"] for item in first["items"] + rest["items"]}) == 13


def test_the_block_list_is_searched(instantly, workspace):
    """By a part of the value; domains can be asked for alone."""
    for value in ("jane@example.com", "example.com", "other.example"):
        workspace.block(value, NOW)
    found = instantly.get("/block-lists-entries", params={"search": "example.com", "domains_only": "true"}).json()
    assert [(item["bl_value"], item["is_domain"]) for item in found["items"]] == [("example.com", True)]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "ten"}])
def test_a_wrong_limit_is_a_400(instantly, query):
    """On listings by GET, unlike on leads/list."""
    assert instantly.get("/campaigns", params=query).status_code == 400


@pytest.mark.parametrize("agent", ["", "Python-urllib/3.11"])
def test_an_odd_user_agent_gets_cloudflares_page(instantly, agent):
    """HTML with status 403, before the key is looked at (pitfall 8)."""
    answer = instantly.get("/campaigns", headers={"User-Agent": agent, "Authorization": "Bearer wrong"})
    assert answer.status_code == 403
    assert "1010" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("scopes", "status"),
    [({"leads:read"}, 200), ({"leads:all"}, 200), ({"all:read"}, 200), ({"leads:create", "campaigns:all"}, 403)],
)
def test_a_key_does_what_its_scopes_allow(sandbox, workspace, scopes, status):
    """`leads/list` needs leads:read or something wider."""
    workspace.keys["narrow"] = frozenset(scopes)
    with instantly_of(sandbox, "narrow") as client:
        assert client.post("/leads/list", json={}).status_code == status


def test_the_workspaces_limit_is_shared_by_its_keys(sandbox, workspace, clock, instantly):
    """A second key finds the second already spent (pitfall 12)."""
    workspace.keys["second"] = frozenset({"all:all"})
    workspace.habits.per_second = 2
    with instantly_of(sandbox, "second") as other:
        assert [client.get("/campaigns").status_code for client in (instantly, other, other)] == [200, 200, 429]
        clock.sleep(1.5)
        assert other.get("/campaigns").status_code == 200


def test_a_lapsed_plan_answers_402_everywhere(workspace, instantly):
    """Reads as well as writes (pitfall 11)."""
    workspace.habits.plan_lapsed = True
    assert {instantly.get(path).status_code for path in ("/campaigns", "/workspaces/current")} == {402}


def test_the_date_header_shows_the_vendors_clock(sandbox, instantly):
    """Which may go wrong by what a test says; new leads carry the same time."""
    sandbox.skew = timedelta(minutes=-7)
    answer = instantly.post("/lead-lists", json={"name": "New"})
    assert parsedate_to_datetime(answer.headers["date"]) == NOW - timedelta(minutes=7)
    assert answer.json()["timestamp_created"] == "2026-11-20T11:53:00.000Z"


def test_the_summary_of_a_campaigns_sending_is_longer_where_that_is_asked_for(instantly, workspace):
    """`with_ai_summary` adds a text; without it there is none."""
    path = f"/campaigns/{workspace.campaigns[0].id}/sending-status"
    assert "ai_summary" not in instantly.get(path).json()["summary"]
    asked = instantly.get(path, params={"with_ai_summary": "true"}).json()["summary"]
    assert asked["ai_summary"]
    assert "ai_summary" not in instantly.get(path, params={"with_ai_summary": "false"}).json()["summary"]
