"""The sandbox's validations, exports, jobs, campaigns and credits behave as scravio.md §5-§8 has them."""

import csv
import io

import pytest

from tests.sandbox.conftest import scravio_of


def first(sandbox):
    return sandbox.world.scravio.campaign("First")


def lacking(campaign):
    for index in range(campaign.crowd.size):
        campaign.lead(index).validate(None)


def test_a_validation_is_previewed_started_and_ends_by_itself(sandbox, scravio, clock):
    """202, 409 while it runs, credits first, results and a refund at the end."""
    campaign = first(sandbox)
    lacking(campaign)
    sandbox.world.scravio.habits.returns = 0.2
    quote = scravio.get(f"/campaigns/{campaign.id}/validate/preview").json()
    assert (quote["emailsToValidate"], quote["creditCost"], quote["canValidate"]) == (25, 25, True)
    answer = scravio.post(f"/campaigns/{campaign.id}/validate")
    assert (answer.status_code, answer.json()["status"], answer.json()["creditCost"]) == (202, "validating", 25)
    assert scravio.post(f"/campaigns/{campaign.id}/validate").status_code == 409
    assert scravio.get("/auth/me").json()["credits"] == 4_975
    clock.sleep(121)
    reported = scravio.get(f"/campaigns/{campaign.id}").json()["postValidation"]
    assert (reported["status"], reported["valid"], reported["creditUsed"], reported["creditReturned"]) == (
        "completed",
        25,
        20,
        5,
    )
    page = scravio.get(f"/campaigns/{campaign.id}/leads", params={"validationStatus": "valid"}).json()
    assert page["pagination"]["totalCount"] == 25


def test_validate_takes_three_a_minute_for_each_campaign(sandbox, scravio, clock):
    """The fourth is 429; another campaign is not meant."""
    campaign, other = first(sandbox), sandbox.world.scravio.campaign("Second")
    codes = [scravio.post(f"/campaigns/{campaign.id}/validate").status_code for _ in range(4)]
    assert codes[3] == 429
    assert scravio.post(f"/campaigns/{other.id}/validate").status_code == 202
    clock.sleep(61)
    assert scravio.post(f"/campaigns/{campaign.id}/validate").status_code != 429


@pytest.mark.parametrize(
    ("path", "body"), [("/campaigns/{id}/validate", None), ("/validation-jobs/text", ["a@b.example"])]
)
def test_too_few_credits_start_nothing(sandbox, scravio, path, body):
    """The status is not documented; the sandbox's is a habit."""
    campaign = first(sandbox)
    lacking(campaign)
    sandbox.world.scravio.credits = 0
    answer = scravio.post(path.format(id=campaign.id), json={"emails": body} if body else None)
    assert answer.status_code == 402
    assert sandbox.world.scravio.spent() == 0


def test_an_export_is_made_reused_and_fetched_without_a_key(sandbox, scravio, clock):
    """201 while it is made, the same one for who asks again, 200 once it is finished and nothing changed."""
    campaign = first(sandbox)
    order = {"campaignId": campaign.id, "emailOnly": True}
    made = scravio.post("/list-exports", json=order)
    assert (made.status_code, made.json()["data"]["status"]) == (201, "processing")
    identity = made.json()["data"]["exportId"]
    assert scravio.post("/list-exports", json=order).json()["data"]["exportId"] == identity
    assert scravio.get(f"/list-exports/{identity}/download").status_code == 400
    clock.sleep(121)
    again = scravio.post("/list-exports", json=order)
    assert (again.status_code, again.json()["data"]["exportId"]) == (200, identity)
    (row,) = scravio.get("/list-exports", params={"campaignId": campaign.id}).json()["data"]["exports"]
    assert (row["status"], row["totalRecords"]) == ("completed", 25)
    link = scravio.get(f"/list-exports/{identity}/download").json()["data"]["downloadUrl"]
    assert scravio.get(link).status_code == 400
    with scravio_of(sandbox) as plain:
        del plain.headers["X-API-Key"]
        assert len(list(csv.reader(io.StringIO(plain.get(link).text, newline="")))) == 26
        assert plain.get(link.partition("?")[0]).status_code == 403


def test_five_exports_an_hour(sandbox, scravio, clock):
    """The sixth is 429 until the hour is over."""
    order = {"campaignId": first(sandbox).id}
    codes = [scravio.post("/list-exports", json=order).status_code for _ in range(6)]
    assert codes == [201] * 5 + [429]
    clock.sleep(3_601)
    assert scravio.post("/list-exports", json=order).status_code in (200, 201)


def test_jobs_take_one_at_a_time_three_an_hour_and_five_thousand(sandbox, scravio, clock):
    """409, 429 and 400 as documented; duplicates are taken out without regard to case."""
    answer = scravio.post("/validation-jobs/text", json={"emails": "A@b.example,a@B.example, bad@b.example"})
    assert (answer.status_code, answer.json()["data"]["totalEmails"]) == (201, 2)
    assert scravio.post("/validation-jobs/text", json={"emails": ["c@b.example"]}).status_code == 409
    identity = answer.json()["data"]["jobId"]
    assert scravio.get(f"/validation-jobs/{identity}/download").status_code == 404
    clock.sleep(121)
    job = scravio.get(f"/validation-jobs/{identity}").json()["data"]
    assert (job["status"], job["validCount"], job["invalidCount"]) == ("completed", 1, 1)
    for _ in range(2):
        assert scravio.post("/validation-jobs/text", json={"emails": ["c@b.example"]}).status_code == 201
        clock.sleep(121)
    assert scravio.post("/validation-jobs/text", json={"emails": ["c@b.example"]}).status_code == 429
    assert scravio.post("/validation-jobs/text", json={"emails": []}).status_code == 400
    many = [f"p{n}@b.example" for n in range(5_001)]
    assert scravio.post("/validation-jobs/text", json={"emails": many}).status_code == 400
    listed = scravio.get("/validation-jobs", params={"limit": 2}).json()["data"]
    assert (len(listed["jobs"]), listed["total"], listed["pages"]) == (2, 3, 2)


def test_campaigns_are_previewed_created_and_stopped(sandbox, scravio):
    """The preview spends nothing, creation reserves, stopping gives back and may be repeated."""
    order = {"type": "INSTAGRAM_HASHTAG", "inputs": {"hashtag": "yoga"}, "targetEmails": 10, "title": "Mine"}
    preview = scravio.post("/campaigns/reserve-preview", json=order).json()
    assert (preview["success"], preview["data"]["creditReserved"]) == (True, 15)
    assert sandbox.world.scravio.spent() == 0
    made = scravio.post("/campaigns", json=order)
    assert (made.status_code, made.json()["campaign"]["status"]) == (201, "pending")
    assert sandbox.world.scravio.spent() == 15
    identity = made.json()["campaign"]["_id"]
    for _ in range(2):
        assert scravio.post(f"/campaigns/{identity}/stop").json()["status"] == "stopped"
    assert sandbox.world.scravio.spent() == 0
    kinds = [one["type"] for one in scravio.get("/credit-transactions").json()["transactions"]]
    assert kinds == ["CAMPAIGN_SETTLEMENT", "CAMPAIGN_RESERVATION"]
    for broken in ({"type": "X"}, {"inputs": {}}, {"targetEmails": 0}, {"title": "t" * 101}):
        assert scravio.post("/campaigns", json=order | broken).status_code == 400


def test_a_workspace_key_sees_neither_jobs_nor_transactions(sandbox, scravio):
    """scravio.md §0: these need an account-scoped key."""
    sandbox.world.scravio.habits.account_scoped = False
    assert scravio.get("/credit-transactions").status_code == 403
    assert scravio.get("/validation-jobs").status_code == 403
