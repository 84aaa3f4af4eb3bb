import pytest

ID = "019ffad2-9c4e-7be6-8364-ed444afb02d5"
JANE = {"email": "jane.doe@example.com"}


@pytest.fixture
def campaign(workspace):
    return workspace.campaigns[0]


@pytest.fixture
def inbox(workspace):
    return workspace.lists[0]


@pytest.fixture
def add(instantly):
    def post(target, *leads, **flags):
        kind = "campaign_id" if hasattr(target, "status") else "list_id"
        return instantly.post("/leads/add", json={kind: target.id, "leads": list(leads), **flags}).json()

    return post


def test_created_leads_are_listed_with_their_index(add, campaign, workspace):
    """Index, id and address of each; ids ascend; the counters add up to what was sent."""
    reported = add(campaign, {"email": "broken@"}, JANE, JANE, {"email": "john@example.org", "first_name": "John"})
    assert [(lead["index"], lead["email"]) for lead in reported["created_leads"]] == [
        (1, JANE["email"]),
        (3, "john@example.org"),
    ]
    assert reported["created_leads"][0]["id"] < reported["created_leads"][1]["id"]
    assert (reported["total_sent"], reported["leads_uploaded"]) == (4, 2)
    assert (reported["invalid_email_count"], reported["duplicate_email_count"]) == (1, 1)
    assert reported["remaining_in_plan"] == workspace.lead_limit - 2


def test_a_list_takes_names_without_address(add, inbox):
    """Missing both is incomplete; the plan does not count lists."""
    reported = add(inbox, {"first_name": "Jane"}, {"phone": "+15550100"}, {"email": "nonsense"})
    assert (reported["leads_uploaded"], reported["incomplete_count"], reported["invalid_email_count"]) == (1, 1, 1)
    assert reported["remaining_in_plan"] is None


def test_what_is_there_already_is_left_alone(add, campaign, workspace):
    """A second upload changes nothing, not even with other fields and other case (pitfall 4)."""
    add(campaign, JANE)
    reported = add(campaign, {"email": "Jane.Doe@Example.com", "first_name": "Other"})
    assert (reported["duplicated_leads"], reported["leads_uploaded"]) == (1, 0)
    assert "first_name" not in workspace.of_email(JANE["email"])[0].posted


def test_whether_case_counts_can_be_chosen(add, campaign, workspace):
    """The document does not say; with the habit on, another case is another lead."""
    add(campaign, JANE)
    workspace.habits.case_sensitive = True
    assert add(campaign, {"email": "Jane.Doe@example.com"})["leads_uploaded"] == 1


@pytest.mark.parametrize(
    ("where", "flag", "skipped"),
    [
        ("Other", "skip_if_in_campaign", 1),
        ("Other", "skip_if_in_list", 0),
        ("Other", "skip_if_in_workspace", 1),
        ("Scravio inbox", "skip_if_in_campaign", 0),
        ("Scravio inbox", "skip_if_in_list", 1),
        ("Scravio inbox", "skip_if_in_workspace", 1),
        ("Other", "verify_leads_on_import", 0),
    ],
)
def test_skip_flags_look_at_any_campaign_any_list_or_both(add, campaign, workspace, clock, where, flag, skipped):
    """Not only at the target (pitfalls 2 and 3)."""
    workspace.add_campaign("Other", 1, clock.now())
    workspace.add_person(workspace.campaign(where) or workspace.lead_list(where), JANE["email"], clock.now())
    reported = add(campaign, JANE, **{flag: True})
    assert (reported["skipped_count"], reported["leads_uploaded"]) == (skipped, 1 - skipped)


@pytest.mark.parametrize(("first", "counter"), [(False, "duplicated_leads"), (True, "skipped_count")])
def test_a_lead_of_this_target_is_counted_once_under_either_name(add, campaign, workspace, first, counter):
    """Which of the two counters it is with a skip flag on is unknown; both can be had."""
    workspace.habits.skips_before_duplicates = first
    add(campaign, JANE)
    reported = add(campaign, JANE, skip_if_in_workspace=True)
    assert reported[counter] == 1
    assert reported["duplicated_leads"] + reported["skipped_count"] == 1


def test_the_block_list_holds_addresses_and_domains(add, campaign, workspace, clock):
    """Whatever the case they are written in."""
    workspace.block("jane.doe@example.com", clock.now())
    workspace.block("Blocked.example", clock.now())
    reported = add(
        campaign, {"email": "JANE.DOE@example.com"}, {"email": "a@blocked.example"}, {"email": "a@sub.blocked.example"}
    )
    assert (reported["in_blocklist"], reported["leads_uploaded"]) == (2, 1)
    assert reported["blocklist_used"] == workspace.block_list_id


def test_rows_beyond_the_plan_are_silently_left_out(add, campaign, inbox, workspace):
    """No counter mentions them; lists go on (pitfall 13)."""
    workspace.lead_limit = 1
    reported = add(campaign, JANE, {"email": "john@example.org"})
    counters = ("in_blocklist", "duplicated_leads", "skipped_count", "invalid_email_count", "duplicate_email_count")
    assert reported["remaining_in_plan"] == 0
    assert reported["leads_uploaded"] + sum(reported[name] for name in counters) == 1
    assert add(inbox, {"email": "john@example.org"})["leads_uploaded"] == 1


def test_a_full_plan_may_refuse_the_whole_request(add, campaign, workspace):
    """The other reading of the document: 402, and no one is created."""
    workspace.habits.when_full = "402"
    workspace.lead_limit = 1
    assert add(campaign, JANE, {"email": "john@example.org"})["statusCode"] == 402
    assert workspace.lead_count() == 0


def test_a_custom_variable_widens_the_campaign(add, campaign, instantly):
    """And stands in the payload beside the core fields in camelCase (pitfall 24)."""
    made = add(campaign, JANE | {"first_name": "Jane", "custom_variables": {"platform": "tiktok"}})["created_leads"][0]
    assert instantly.get(f"/leads/{made['id']}").json()["payload"] == {"firstName": "Jane", "platform": "tiktok"}
    assert "platform" in instantly.get(f"/campaigns/{campaign.id}").json()["custom_variables"]


def test_verification_costs_credits(add, campaign, sandbox, workspace):
    """One for each created lead, which is then pending."""
    add(campaign, JANE, verify_leads_on_import=True)
    assert sandbox.report()["credits"]["instantly"] == 1
    assert workspace.of_email(JANE["email"])[0].verification == 11


@pytest.mark.parametrize(
    "body",
    [
        {"campaign_id": ID, "list_id": ID, "leads": [JANE]},
        {"leads": [JANE]},
        {"campaign_id": ID},
        {"campaign_id": ID, "leads": []},
        {"campaign_id": ID, "leads": [JANE] * 1001},
        {"campaign_id": "name", "leads": [JANE]},
        {"campaign_id": ID, "leads": [JANE], "skip_if_in_workspaces": True},
        {"campaign_id": ID, "leads": [JANE], "skip_if_in_workspace": "true"},
        {"campaign_id": ID, "leads": [JANE | {"firstName": "Jane"}]},
        {"campaign_id": ID, "leads": [JANE | {"first_name": 7}]},
        {"campaign_id": ID, "leads": [JANE | {"custom_variables": {"tags": ["a"]}}]},
        {"campaign_id": ID, "leads": [{"first_name": "Jane"}]},
        ["not", "an", "object"],
    ],
)
def test_a_request_that_does_not_fit_is_a_400(instantly, workspace, body):
    """With the documented body; no one is created."""
    answer = instantly.post("/leads/add", json=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")
    assert workspace.lead_count() == 0


def test_unknown_keys_pass_where_the_habit_says_so(instantly, campaign, workspace):
    """The document does not forbid them; rejecting is only the default that shows our mistakes."""
    workspace.habits.unknown_keys = "ignore"
    body = {"campaign_id": campaign.id, "leads": [JANE], "surprise": 1}
    assert instantly.post("/leads/add", json=body).status_code == 200


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 200_000])
def test_a_body_that_is_no_json_is_a_400(instantly, content):
    """Empty with a content type, broken, and nested too deep (pitfall 9)."""
    answer = instantly.post("/leads/add", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
