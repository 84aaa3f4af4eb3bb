"""The sandbox's Puffle: what its pages say, and what they leave open in both temperaments."""

import httpx
import pytest

from bridge.sandbox.puffle import UNKIND

JANE, JOE, ANN = "jane@example.com", "joe@example.org", "ann@example.net"


@pytest.fixture
def account(sandbox):
    return sandbox.world.puffle


@pytest.fixture
def puffle(sandbox):
    headers = {"Authorization": f"Bearer {sandbox.keys.puffle}"}
    with httpx.Client(transport=sandbox.transport(), base_url="https://p.example/puffle/api", headers=headers) as one:
        yield one


@pytest.fixture
def add(account, puffle):
    def post(*rows, campaign="Founders"):
        return puffle.post(f"/campaigns/{account.campaign(campaign).id}/leads", json={"prospects": rows})

    return post


def words(response):
    """The sentence of an error in any of the shapes."""
    body = response.json()
    found = body.get("message") or body["error"]
    return found if isinstance(found, str) else found["message"]


def test_it_stands_beside_scravio_behind_one_door(sandbox, puffle, scravio):
    """Both vendors' paths begin with /api: a base of its own keeps them apart, and only its key opens it."""
    assert len(puffle.get("/campaigns").json()["campaigns"]) == 2
    assert scravio.get("/campaigns").status_code == 200
    refused = puffle.get("/campaigns", headers={"Authorization": "Bearer pk_live_revoked"})
    assert (refused.status_code, words(refused)) == (401, "Unauthorized")
    assert puffle.get("/campaigns/none").status_code == 404


def test_rows_are_counted_and_known_by_their_identity(account, puffle, add):
    """Case does not make another address, nor query and slash another profile; an existing row is left as it is."""
    assert add({"email": JANE, "first_name": "Jane"}, {"email": JANE.upper()}).json() == {
        "imported": 1, "duplicates": 1
    }  # fmt: skip
    (row,) = account.campaign("Founders").rows.values()
    assert (row["email"], row["first_name"], row["source"], row["status"]) == (JANE, "Jane", "api", "pending")
    url = "https://www.linkedin.com/in/jane"
    assert add({"linkedin_url": url}, {"linkedin_url": f"{url}/?x=1"}, campaign="Founders on LinkedIn").json() == {
        "imported": 1, "duplicates": 1
    }  # fmt: skip
    assert add({"linkedin_url": url}).status_code == 400


@pytest.mark.parametrize("unkind", [False, True])
def test_one_bad_row_refuses_the_request(account, add, unkind):
    """The message names its index; whether the rows before it were written is a matter of temperament."""
    account.habits = UNKIND if unkind else account.habits
    refused = add({"email": JANE}, {"first_name": "No address"}, {"email": JOE})
    assert (refused.status_code, "prospects[1]" in words(refused)) == (400, True)
    assert len(account.campaign("Founders").rows) == (1 if unkind else 0)
    odd = add({"email": ANN, "phone": "1"})
    assert odd.status_code == (400 if unkind else 200)


@pytest.mark.parametrize("order", ["oldest", "newest", "id"])
def test_a_roster_is_paged_by_its_total(account, puffle, order):
    """A limit above 200 is clamped, and every row is on exactly one page, in whatever order."""
    founders = account.campaign("Founders")
    account.habits.order = order
    for number in range(401):
        account.add_row(founders, f"p{number}@example.com", account.created)
    pages = [puffle.get(f"/campaigns/{founders.id}/leads?page={n}&limit=999").json() for n in (1, 2, 3, 4)]
    assert [(page["total"], page["limit"], len(page["prospects"])) for page in pages] == [
        (401, 200, 200), (401, 200, 200), (401, 200, 1), (401, 200, 0)
    ]  # fmt: skip
    assert len({row["id"] for page in pages for row in page["prospects"]}) == 401
    assert puffle.get(f"/campaigns/{founders.id}/leads?status=replied").json()["total"] == 0


def test_a_launched_roster_is_frozen(sandbox, account, puffle, add):
    """Every write answers 400 and the rows stay readable; a draft with rows and texts can be launched, once."""
    founders = account.campaign("Founders")
    add({"email": JANE})
    (row,) = founders.rows.values()
    assert puffle.post(f"/campaigns/{founders.id}/launch").json()["prospectsToProcess"] == 1
    assert puffle.post(f"/campaigns/{founders.id}/launch").status_code == 400
    path = f"/campaigns/{founders.id}/leads"
    edit = {"prospect_id": row["id"], "updates": {"company": "Acme"}}
    remove = {"prospect_ids": [row["id"]]}
    answers = (add({"email": JOE}), puffle.patch(path, json=edit), puffle.request("DELETE", path, json=remove))
    assert {one.status_code for one in answers} == {400}
    assert puffle.get(path).json()["total"] == 1
    sandbox.mutate("puffle", {"campaign": "Founders", "status": "draft"})
    assert puffle.patch(path, json=edit).json()["prospect"]["company"] == "Acme"
    assert puffle.request("DELETE", path, json=remove).json() == {"deleted": 1}


def test_names_are_unique_and_a_new_campaign_is_an_empty_draft(account, puffle):
    """A name that is taken is a 409; the draft has two nodes, and takes texts until it is launched."""
    body = {"type": "email", "name": "Founders 2", "sender_account_ids": account.senders_of("email")}
    made = puffle.post("/campaigns", json=body)
    assert (made.status_code, [node["type"] for node in made.json()["campaign"]["sequence_nodes"]]) == (
        201, ["email", "end"]
    )  # fmt: skip
    assert puffle.post("/campaigns", json=body).status_code == 409
    wrong = body | {"name": "Other", "sender_account_ids": account.senders_of("linkedin")}
    assert puffle.post("/campaigns", json=wrong).status_code == 400
    nodes = {"sequence_nodes": [{"type": "email", "subject": "Hi", "body": "Hello"}, {"type": "end"}]}
    path = f"/campaigns/{made.json()['campaign']['id']}"
    assert puffle.patch(path, json=nodes).json()["sequence_nodes"][0]["body"] == "Hello"
    account.set_status("Founders 2", "active")
    ignored = puffle.patch(path, json={"sequence_nodes": [{"type": "end"}], "name": "Renamed"}).json()
    assert (ignored["campaign"]["name"], len(ignored["sequence_nodes"])) == ("Renamed", 2)


@pytest.mark.parametrize("shape", ["error", "message", "nested"])
def test_errors_come_in_any_shape_and_faults_by_the_common_rules(sandbox, account, puffle, add, shape):
    """A limit answers 429 with a wait or without one; pages can be hidden, and an answer lost after the write."""
    account.habits.errors = shape
    assert words(puffle.get("/campaigns/none")) == "Campaign not found"
    sandbox.faults.add("cut", "puffle", "*/leads", method="POST", commit=True, times=1)
    with pytest.raises(httpx.ReadError):
        add({"email": JANE})
    sandbox.faults.add("hollow_page", "puffle", "*/leads", times=1)
    path = f"/campaigns/{account.campaign('Founders').id}/leads"
    hidden = puffle.get(path).json()
    assert (hidden["prospects"], hidden["total"], len(puffle.get(path).json()["prospects"])) == ([], 1, 1)
    account.habits.per_minute, account.habits.retry_after = 1, None
    limited = puffle.get("/campaigns")
    assert (limited.status_code, limited.headers.get("Retry-After")) == (429, None)
