import httpx
import pytest

from tests.contract.schema import ContractBroken, ContractTransport, check_answer, check_request

ID = "019ffad2-9c4e-7be6-8364-ed444afb02d5"
ADD = "/api/v2/leads/add"


@pytest.mark.parametrize(
    "body",
    [
        {"campaign_id": ID, "list_id": ID, "leads": [{"email": "jane@example.com"}]},
        {"leads": [{"email": "jane@example.com"}]},
        {"campaign_id": ID, "leads": []},
        {"campaign_id": ID, "leads": [{"email": "jane@example.com"}] * 1001},
        {"campaign_id": ID, "leads": [{"email": "jane@example.com", "firstName": "Jane"}]},
        {"campaign_id": ID, "leads": [{"email": "jane@example.com", "custom_variables": {"tags": ["a"]}}]},
        {"campaign_id": ID, "skip_if_in_workspaces": True, "leads": [{"email": "jane@example.com"}]},
        {"campaign_id": "Fitness Q4", "leads": [{"email": "jane@example.com"}]},
        None,
    ],
    ids=["both", "neither", "none", "too many", "wrong name", "list value", "unknown flag", "no uuid", "no body"],
)
def test_a_wrong_upload_is_rejected(body):
    """What the document forbids, and what it forbids only in prose, breaks the contract."""
    with pytest.raises(ContractBroken):
        check_request("POST", ADD, body=body)


def test_a_right_upload_passes():
    """Nulls, numbers and booleans are fine where the document has them."""
    lead = {"email": "jane@example.com", "phone": None, "custom_variables": {"a": 1, "b": True, "c": None, "d": "x"}}
    check_request("POST", ADD, body={"list_id": ID, "skip_if_in_list": True, "leads": [lead]})


@pytest.mark.parametrize("body", [{"campaign_id": ID}, {"email": "jane@example.com"}, {"campaign": ID, "limit": 101}])
def test_a_wrong_lookup_is_rejected(body):
    """A filter that Instantly would silently ignore, and a page it would answer empty, break it (pitfalls 5 and 6)."""
    with pytest.raises(ContractBroken):
        check_request("POST", "/api/v2/leads/list", body=body)


@pytest.mark.parametrize("query", ["limit=101", "limit=ten", "name=Fitness", "status=active"])
def test_a_wrong_query_is_rejected(query):
    """Unknown parameters and values outside their schema break the contract."""
    with pytest.raises(ContractBroken):
        check_request("GET", "/api/v2/campaigns", query)


def test_an_unknown_operation_is_rejected():
    """A path the bridge is not known to use needs a place in the slim document first."""
    with pytest.raises(ContractBroken):
        check_request("PUT", f"/api/v2/leads/{ID}")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"status": "success"}),
        (200, {"items": []}),
        (201, {}),
        (404, {"message": "Campaign not found"}),
        (403, {"error": "Forbidden"}),
    ],
)
def test_a_wrong_answer_is_rejected(status, body):
    """Missing fields, undocumented successes and errors of another shape break it."""
    with pytest.raises(ContractBroken):
        check_answer("POST", ADD, status, body)


def test_the_transport_judges_instantly_and_no_one_else():
    """Scravio's traffic passes unseen; a wrong answer of Instantly fails the test that caused it."""
    inner = httpx.MockTransport(lambda _request: httpx.Response(200, json={"anything": 1}))
    with httpx.Client(transport=ContractTransport(inner), base_url="https://vendor.example") as client:
        assert client.get("/api/auth/me").json() == {"anything": 1}
        with pytest.raises(ContractBroken):
            client.get("/api/v2/campaigns")
