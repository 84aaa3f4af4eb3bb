import pytest

from tests.sandbox.conftest import NOW, scravio_of


def first(sandbox):
    return sandbox.world.scravio.campaign("First")


def leads(client, campaign, **query):
    return client.get(f"/campaigns/{campaign.id}/leads", params=query)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-API-Key": ""}, 401),
        ({"X-API-Key": "sk_live_wrong"}, 401),
        ({"X-API-Key": "sk_live_forbidden"}, 403),
        ({"X-API-Key": "sk_live_sandbox", "X-Workspace-Id": "ws_other"}, 403),
        ({"X-API-Key": "sk_live_sandbox", "X-Workspace-Id": "ws_sandbox"}, 200),
        ({"X-API-Key": "", "Authorization": "Bearer sandbox-token"}, 200),
        ({"X-API-Key": "", "Authorization": "Bearer wrong"}, 401),
    ],
)
def test_who_may_ask(scravio, headers, status):
    """A key or a token of the right workspace opens; refusals carry message, code and requestId."""
    answer = scravio.get("/auth/me", headers=headers)
    assert answer.status_code == status
    if status != 200:
        assert {"message", "code", "requestId"} <= answer.json().keys()


def test_me_comes_in_the_shape_of_either_version(sandbox, scravio):
    """1.1 has a workspace and a subscription, 1.0 has neither."""
    assert "workspace" not in scravio.get("/auth/me").json()
    sandbox.world.scravio.habits.version = "1.1"
    sandbox.world.scravio.mask_email = True
    me = scravio.get("/auth/me").json()
    assert me["workspace"]["id"] == "ws_sandbox"
    assert me["shouldMaskEmail"] is True


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"status": "scraping"}, ["Vegan kitchens"]),
        ({"status": "stopped"}, ["Marathon fans"]),
        ({"type": "INSTAGRAM"}, ["Vegan kitchens", "Fitness creators"]),
        ({"type": "X,TIKTOK_KEYWORD_SEARCH"}, ["Marathon fans", "Yoga teachers"]),
        ({"q": "agency"}, ["Agency founders"]),
        ({"from": "2026-11-18T00:00:00Z"}, ["Vegan kitchens", "Marathon fans", "Local gyms"]),
        ({"to": "2026-11-10T00:00:00Z"}, ["Fitness creators"]),
        ({"sortBy": "createdAt", "order": "asc", "perPage": 2, "page": 2}, ["Home studios", "Agency founders"]),
        ({"sortBy": "progress", "order": "asc", "perPage": 1}, ["Vegan kitchens"]),
    ],
)
def test_campaigns_are_filtered_sorted_and_paged(demo, query, titles):
    """Every documented filter of GET /campaigns."""
    with scravio_of(demo) as client:
        assert [item["title"] for item in client.get("/campaigns", params=query).json()["items"]] == titles


@pytest.mark.parametrize("query", [{"status": "done"}, {"page": 0}, {"sortBy": "title"}, {"from": "yesterday"}])
def test_a_bad_query_is_a_validation_error(scravio, query):
    """It names the parameter (scravio.md §1)."""
    answer = scravio.get("/campaigns", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert answer.json()["errors"][0]["param"] in query


def test_the_detail_alone_has_normalized_counts_and_maybe_a_wrapper(sandbox, scravio):
    """Bare as documented, or inside `campaign` as one API user reads it."""
    campaign = first(sandbox)
    detail = scravio.get(f"/campaigns/{campaign.id}").json()
    assert detail["normalizedCounts"] == {"profiles": 25, "emails": 25}
    sandbox.world.scravio.habits.wrap_detail = True
    assert scravio.get(f"/campaigns/{campaign.id}").json() == {"campaign": detail}
    assert all("normalizedCounts" not in item for item in scravio.get("/campaigns").json()["items"])


def test_what_is_deleted_or_unknown_is_not_found(sandbox, scravio):
    """Soft-deleted campaigns vanish from the list; unknown routes are 404 too."""
    campaign = first(sandbox)
    campaign.deleted = True
    assert [item["title"] for item in scravio.get("/campaigns").json()["items"]] == ["Second"]
    for path in (f"/campaigns/{campaign.id}", f"/campaigns/{campaign.id}/leads", "/lead-lists"):
        assert scravio.get(path).status_code == 404


def test_pages_of_leads_hold_each_lead_once(sandbox, scravio):
    """By scrapedAt ascending, with totals; behind the last page stands an empty one."""
    reported = [
        leads(scravio, first(sandbox), page=page, sortBy="scrapedAt", order="asc").json() for page in (1, 2, 3, 4)
    ]
    assert [len(page["items"]) for page in reported] == [10, 10, 5, 0]
    assert reported[0]["pagination"] == {"totalCount": 25, "totalPages": 3, "currentPage": 1, "perPage": 10}
    items = [item for page in reported for item in page["items"]]
    assert len({item["_id"] for item in items}) == 25
    assert [item["scrapedAt"] for item in items] == sorted(item["scrapedAt"] for item in items)


def test_a_large_page_is_clamped_or_refused(sandbox, scravio):
    """Which of the two Scravio does is unknown; both can be had, and so can a smaller cap."""
    habits = sandbox.world.scravio.habits
    habits.lead_page_cap = 20
    assert leads(scravio, first(sandbox), perPage=100).json()["pagination"]["perPage"] == 20
    habits.large_pages = "reject"
    assert leads(scravio, first(sandbox), perPage=100).status_code == 400


def test_leads_are_filtered(demo):
    """Each documented filter gives exactly the leads that have it."""
    campaign = demo.world.scravio.campaign("Yoga teachers")
    rows = [campaign.lead(index).row for index in range(campaign.crowd.size)]
    with scravio_of(demo) as client:
        for query, passes in (
            ({"hasEmail": "true"}, lambda row: row["email"]),
            ({"hasEmail": "false"}, lambda row: not row["email"]),
            ({"validationStatus": "valid"}, lambda row: (row["emailValidation"] or {}).get("status") == "valid"),
            ({"emailSource": "deep_search"}, lambda row: row["emailSource"] == "deep_search"),
            ({"sourceType": "profile"}, lambda row: row["sourceType"] == "profile"),
            ({"platform": "x"}, lambda row: row["platform"] == "x"),
        ):
            reported = leads(client, campaign, perPage=100, sortBy="scrapedAt", order="asc", **query).json()
            assert [item["_id"] for item in reported["items"]] == [row["_id"] for row in rows if passes(row)]


def test_the_default_order_puts_leads_with_email_first(demo):
    """As documented: sortBy hasEmail, descending."""
    with scravio_of(demo) as client:
        items = leads(client, demo.world.scravio.campaign("Home studios"), perPage=100).json()["items"]
    assert [bool(item["email"]) for item in items] == sorted((bool(item["email"]) for item in items), reverse=True)


def test_a_masked_account_sees_masks(sandbox, scravio):
    """Every address, and it says so."""
    sandbox.world.scravio.mask_email = True
    assert all(
        "***" in item["email"] and item["emailMasked"] for item in leads(scravio, first(sandbox)).json()["items"]
    )


def test_leads_change_after_first_sight(sandbox, scravio):
    """A later validation leaves scrapedAt and updatedAt; added and removed leads move the counts."""
    campaign = first(sandbox)
    before = campaign.lead(3).row
    campaign.lead(3).validate("invalid", NOW)
    campaign.lead(0).remove()
    added = campaign.add_lead(email="new.person@example.com")
    items = leads(scravio, campaign, perPage=100, sortBy="scrapedAt", order="asc").json()["items"]
    assert items[2]["emailValidation"]["status"] == "invalid"
    assert items[2]["scrapedAt"] == before["scrapedAt"]
    assert items[-1] == added.row
    assert len(items) == 25
    assert scravio.get(f"/campaigns/{campaign.id}").json()["updatedAt"] == campaign.facts["updatedAt"]
    with pytest.raises(LookupError):
        campaign.lead(0).row  # noqa: B018 - reading it is the claim


def test_a_lead_that_was_scraped_again_moves_between_pages(sandbox, scravio):
    """A changed scrapedAt takes its place in the order."""
    campaign = first(sandbox)
    moved = campaign.lead(0).row["_id"]
    campaign.lead(0).update(scrapedAt="2027-01-01T00:00:00.000Z")
    items = leads(scravio, campaign, perPage=100, sortBy="scrapedAt", order="asc").json()["items"]
    assert items[-1]["_id"] == moved


def test_a_rate_limit_answers_429(sandbox, clock, scravio):
    """So many requests a minute, then none until the window has moved on."""
    sandbox.world.scravio.habits.per_minute = 2
    assert [scravio.get("/auth/me").status_code for _ in range(3)] == [200, 200, 429]
    clock.sleep(61)
    assert scravio.get("/auth/me").status_code == 200
