"""Addresses of a file, and single campaigns, validated on request: the cost first, each step once, results joined."""

import json
from datetime import timedelta

import pytest

from bridge import ledger
from bridge.cli.spending import address_file
from bridge.ledger.intents import checks
from tests.cli.conftest import unwrapped


def account(vendors):
    return vendors.world.scravio


def jobs(vendors):
    return account(vendors).jobs


@pytest.fixture
def sheet(folder, configure, vendors):
    """Four usable addresses, one of which bounces; jobs end at once."""
    configure("fitness")
    account(vendors).habits.seconds = 0
    lines = ["Name,E-Mail", "A,Anna@Example.org", "B,bad.one@example.org", "C, carl@example.org ", "D,dora@example.org"]
    (folder / "list.csv").write_text("\n".join([*lines, "E,anna@example.org", "F,no address"]) + "\n")
    return folder / "list.csv"


def validate(leadbridge, *more):
    code, document = leadbridge.json("validate", "list.csv", "--yes", *more)
    return code, document


def test_a_file_is_submitted_then_fetched_and_written(leadbridge, sheet, vendors, folder):
    """First call: submitted. Second: the findings, in the ledger and as CSV; the third costs nothing."""
    code, document = validate(leadbridge)
    assert (code, document["status"], document["addresses"], document["left"]) == (3, "waiting", 4, 4)
    assert (document["unusable"], document["repeated"]) == (1, 1)
    code, document = validate(leadbridge, "--csv", "out.csv")
    assert (code, document["status"]) == (0, "done")
    assert document["counts"] == {"valid": 3, "invalid": 1}
    text = (folder / "out.csv").read_text(encoding="utf-8-sig")
    assert "anna@example.org,valid," in text
    assert "bad.one@example.org,invalid," in text
    assert validate(leadbridge)[0] == 0
    assert len(jobs(vendors)) == 1
    assert account(vendors).spent() == 4


def test_nothing_is_submitted_without_consent(leadbridge, sheet, vendors):
    """Without a terminal only --yes spends, and never more than --max-credits."""
    result = leadbridge("validate", "list.csv")
    assert result.exit_code == 2
    assert "4 addresses: about 4 credits" in unwrapped(result.output)
    sheet.with_name("one.csv").write_text("anna@example.org\n")
    assert "1 address: about 1 credit (at one" in unwrapped(leadbridge("validate", "one.csv").output)
    result = leadbridge("validate", "list.csv", "--yes", "--max-credits", "3")
    assert result.exit_code == 2
    assert jobs(vendors) == []


def test_what_is_found_reaches_leads_that_were_never_validated(leadbridge, sheet, vendors, folder):
    """A lead without a validation takes it on and goes; one that Scravio calls invalid stays invalid."""
    campaign = account(vendors).campaigns[0]
    for index, (address, word) in enumerate((("anna", None), ("carl", "invalid"), ("dora", "pending"))):
        campaign.lead(index).update(email=f"{address}@example.org")
        campaign.lead(index).validate(word)
    leadbridge("sync", "--yes")
    validate(leadbridge)
    _, document = validate(leadbridge)
    assert any("1 leads of the ledger had no validation" in line for line in document["said"])
    leadbridge("sync", "--yes")
    sent = {
        person.email for person in vendors.world.instantly.people(vendors.world.instantly.campaign("Fitness Q4").id)
    }
    assert "anna@example.org" in sent
    assert not {"carl@example.org", "dora@example.org"} & sent
    _, story = leadbridge.json("explain", "anna@example.org")
    assert story["leads"][0]["deliveries"][0]["state"] == "delivered"
    campaign.add_lead(email="late@example.org")


def test_a_sweep_that_comes_later_carries_the_finding_too(leadbridge, sheet, vendors):
    """The file was validated first, the lead is read afterwards; a sweep does not take it away again."""
    validate(leadbridge)
    validate(leadbridge)
    campaign = account(vendors).campaigns[0]
    campaign.lead(0).update(email="Anna@example.org")
    campaign.lead(0).validate(None)
    first = leadbridge.json("sync", "--yes")[1]["routes"][0]
    campaign.update(updatedAt="2031-01-01T00:00:00Z")
    second = leadbridge.json("sync", "--yes")[1]["routes"][0]
    assert first["states"] == second["states"]
    _, story = leadbridge.json("explain", "anna@example.org")
    assert story["leads"][0]["deliveries"][0]["state"] == "delivered"


def test_who_was_erased_is_not_asked_for_nor_stored(leadbridge, sheet, vendors, folder):
    """The file still names them, in another spelling: Scravio never hears of them, and no table does."""
    assert leadbridge("forget", "anna+x@example.org", "--yes").exit_code == 0
    validate(leadbridge)
    code, document = validate(leadbridge)
    assert (code, document["status"], document["counts"]) == (0, "done", {"erased": 1, "valid": 2, "invalid": 1})
    assert [job["totalEmails"] for job in jobs(vendors)] == [3]
    assert b"anna" not in (folder / "data" / "bridge.db").read_bytes()


def test_rows_that_contradict_each_other_make_no_one_valid(leadbridge, sheet, vendors, monkeypatch):
    """Two rows on one address: the better word is not believed, and then the job's own count shows it."""
    reported = "email,status\nanna@example.org,invalid\nanna@example.org,valid\n"
    reported += "bad.one@example.org,invalid\ncarl@example.org,valid\ndora@example.org,valid\n"
    monkeypatch.setattr("bridge.sandbox.scravio.exports.results", lambda _emails: reported)
    validate(leadbridge)
    result = leadbridge("validate", "list.csv", "--yes")
    assert result.exit_code != 0
    assert "2 valid addresses where the job counts 3" in unwrapped(result.output)
    assert validate(leadbridge)[1]["counts"] == {"asked": 4}
    assert len(jobs(vendors)) == 1


def test_portions_hold_five_thousand_and_three_go_in_an_hour(leadbridge, folder, configure, vendors):
    """17,000 addresses: three portions now, the fourth when Scravio's hour is over."""
    configure()
    account(vendors).habits.seconds = 0
    account(vendors).credits = 100_000
    (folder / "list.csv").write_text("email\n" + "\n".join(f"p{n}@example.org" for n in range(17_000)))
    for _ in range(4):
        code, document = validate(leadbridge)
    assert [job["totalEmails"] for job in jobs(vendors)] == [5_000, 5_000, 5_000]
    assert (code, document["left"]) == (3, 2_000)
    assert any("3 portions per hour" in line for line in document["said"])
    assert document["again_at"] is not None


@pytest.mark.parametrize("kind", ["cut", "truncated", "html"])
def test_a_lost_answer_is_found_among_the_jobs(leadbridge, sheet, vendors, kind):
    """It was taken: the job is found by its time and size, and nothing is submitted twice."""
    vendors.faults.add(kind, "scravio", "*/text", method="POST", commit=True, times=1)
    assert validate(leadbridge)[0] == 3
    code, document = validate(leadbridge)
    assert (code, document["counts"]) == (0, {"valid": 3, "invalid": 1})
    assert len(jobs(vendors)) == 1


def test_a_lost_answer_that_did_nothing_is_submitted_again_after_two_looks(leadbridge, sheet, vendors):
    """Absent must be seen twice, then the portion is free."""
    vendors.faults.add("cut", "scravio", "*/text", method="POST", commit=False, times=1)
    validate(leadbridge)
    _, document = validate(leadbridge)
    assert any("not known yet" in line for line in document["said"])
    assert jobs(vendors) == []
    validate(leadbridge)
    assert len(jobs(vendors)) == 1
    assert validate(leadbridge)[0] == 0


def test_a_host_whose_clock_is_ahead_waits_as_long_as_any_other(leadbridge, sheet, vendors, monkeypatch):
    """Its first question is put before an answer has reported the vendor's time: that time counts all the same."""
    monkeypatch.setenv("BRIDGE_DOUBT_WAIT", "30")
    vendors.skew = timedelta(seconds=-40)
    vendors.faults.add("cut", "scravio", "*/text", method="POST", commit=False, times=1)
    for _ in range(4):
        _, document = validate(leadbridge)
    assert any("not known yet" in line for line in document["said"])
    assert jobs(vendors) == []


def test_a_job_that_cannot_be_read_is_no_absence(leadbridge, sheet, vendors):
    """It may be the one whose answer was lost: nothing is submitted while it stands there."""
    vendors.faults.add("cut", "scravio", "*/text", method="POST", commit=False, times=1)
    validate(leadbridge)
    jobs(vendors).append({"jobId": "", "status": "queued", "emails": [], "totalEmails": 4, "creditsUsed": 4})
    jobs(vendors)[-1] |= {
        "createdAt": vendors.now().isoformat(),
        "completedAt": None,
        "validCount": 0,
        "invalidCount": 0,
    }
    for _ in range(3):
        leadbridge("validate", "list.csv", "--yes")
    assert len(jobs(vendors)) == 1


@pytest.mark.parametrize("at", ["2026-11-20T00:00:00Z", "2020-01-01T00:00:00Z"])
def test_an_older_job_of_the_same_size_is_not_taken_for_ours(leadbridge, sheet, vendors, monkeypatch, at):
    """Its answer was lost and did nothing; a server that knows no `from` lists what others submitted long before."""
    monkeypatch.setattr("bridge.sandbox.scravio.call.Call.in_range", lambda _at, _query: True)
    emails = [f"p{n}@b.example" for n in range(4)]
    old = {"jobId": "old", "status": "completed", "emails": emails, "creditsUsed": 4, "totalEmails": 4}
    jobs(vendors).append(old | {"createdAt": at, "completedAt": at, "validCount": 4, "invalidCount": 0})
    vendors.faults.add("cut", "scravio", "*/text", method="POST", commit=False, times=1)
    validate(leadbridge)
    _, document = validate(leadbridge)
    assert any("not known yet" in line for line in document["said"])
    assert document["counts"] == {"asked": 4}


def test_a_job_that_is_known_is_no_answer_for_another_portion(leadbridge, sheet, vendors, folder):
    """Two files of the same size within a minute: the second's lost answer is not found in the first's job."""
    validate(leadbridge)
    validate(leadbridge)
    (folder / "list.csv").write_text("email\n" + "\n".join(f"q{n}@example.org" for n in range(4)))
    vendors.faults.add("cut", "scravio", "*/text", method="POST", commit=False, times=1)
    validate(leadbridge)
    _, document = validate(leadbridge)
    assert any("not known yet" in line for line in document["said"])
    assert document["counts"] == {"asked": 4}


def test_another_job_of_the_account_is_waited_for(leadbridge, sheet, vendors):
    """409: one job at a time; nothing is spent, nothing is lost."""
    account(vendors).habits.seconds = 3_600
    jobs(vendors).append(
        {"jobId": "x", "status": "processing", "emails": ["a@b.example"], "creditsUsed": 1, "totalEmails": 1}
        | {"createdAt": "2031-01-01T00:00:00Z"}
    )
    code, document = validate(leadbridge)
    assert (code, document["counts"]) == (3, {"not asked yet": 4})
    assert any("one at a time" in line for line in document["said"])


def test_a_job_that_fails_is_said_and_only_asked_again_on_request(leadbridge, sheet, vendors):
    """Its addresses are free again; the next call shows the cost again."""
    account(vendors).habits.fails = True
    validate(leadbridge)
    result = leadbridge("validate", "list.csv")
    assert "failed" in unwrapped(result.output) or result.exit_code == 2
    assert len(jobs(vendors)) == 1


def test_results_that_do_not_add_up_are_not_believed(leadbridge, sheet, vendors, folder):
    """The job counts other numbers than its file holds: no one becomes valid by it, and nothing is paid again."""
    validate(leadbridge)
    jobs(vendors)[0]["status"] = "completed"
    jobs(vendors)[0].update(validCount=4, invalidCount=0, completedAt="2026-11-20T12:00:00Z")
    result = leadbridge("validate", "list.csv", "--yes")
    assert result.exit_code == 1
    assert "cannot be used" in result.output
    validate(leadbridge)
    assert len(jobs(vendors)) == 1
    db = ledger.Database(f"sqlite:///{folder}/data/bridge.db")
    known = checks.checks_of(db, ["anna@example.org"])
    db.close()
    assert [one.status for one in known.values()] == ["asked"]


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        ("Name,Town\nA,B\n", (), "no column has a known header. It has: Name, Town"),
        ("Name,Town\nA,B\n", ("--column", "Twon"), 'Did you mean "Town"?'),
        ("email\nnobody\n", (), "no usable address"),
        ('email\n"anna@example.org\n', (), "cannot be read as CSV"),
        ("anna@example.org\ncarl\x00@example.org\n", (), "is not text"),
        (None, (), "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(leadbridge, folder, configure, vendors, content, arguments, said):
    """Each says what to do."""
    configure()
    if content is not None:
        (folder / "list.csv").write_text(content)
    result = leadbridge("validate", "list.csv", *arguments, "--yes")
    assert result.exit_code == 2
    assert said in unwrapped(result.output)


@pytest.mark.parametrize(
    "raw",
    [
        "\ufeffE-Mail;Name\nanna@example.org;=1+1\n".encode(),
        "email\nanna@example.org\n".encode("utf-16"),
        b"email\nanna@example.org\n\xff\xfe\x80@x\n",
    ],
)
def test_odd_files_are_read_for_what_they_hold(leadbridge, folder, configure, vendors, raw):
    """Marks, other separators, UTF-16 and bytes of another encoding."""
    configure()
    account(vendors).habits.seconds = 0
    (folder / "list.csv").write_bytes(raw)
    validate(leadbridge)
    assert jobs(vendors)[0]["emails"][0] == "anna@example.org"


@pytest.mark.parametrize(
    "text",
    [
        "email,email2\na@b.example,c@d.example\n",
        'Name,E-Mail\nA,"a@b.example; c@d.example"\n',
        "email\na@b.example c@d.example\n",
        "email,address\na@b.example,\nC <c@d.example>,12 Main Street\n",
        "a@b.example,c@d.example\n",
        "\n,,\nName,email,email2\nA,a@b.example,c@d.example\n",
        "home,E_Mail\nx@y.example,a@b.example|c@d.example\n",
    ],
)
def test_every_address_of_a_row_is_read(folder, text):
    """Further columns of the kind, and several addresses in a cell, all count, and none is unusable."""
    (folder / "list.csv").write_text(text)
    read = address_file.read(folder / "list.csv", None)
    assert (read.found, read.unusable) == (("a@b.example", "c@d.example"), 0)


def test_columns_that_were_left_out_are_named(leadbridge, sheet):
    """Before any credit is spent, and not where the operator named the column."""
    sheet.write_text("email,assistant,city\nanna@example.org,jo@example.org,Rome\n")
    reported = leadbridge("validate", "list.csv")
    assert 'Not read: "assistant".' in unwrapped(reported.stderr)
    assert "1 address: about 1 credit" in unwrapped(reported.stderr)
    assert "Not read" not in leadbridge("validate", "list.csv", "--column", "Assistant").stderr


def test_a_campaign_is_validated_on_request_and_followed_by_the_next_sync(leadbridge, configure, vendors):
    """Its cost is shown and agreed to; the sync sees it end and delivers."""
    configure("fitness")
    campaign = account(vendors).campaigns[0]
    for index in range(10):
        campaign.lead(index).validate(None)
    account(vendors).habits.seconds = 0
    assert leadbridge("validate", "--campaign", campaign.id).exit_code == 2
    assert account(vendors).spent() == 0
    code, document = leadbridge.json("validate", "--campaign", campaign.id, "--yes")
    assert (code, document["status"], document["credits"]) == (0, "taken", 10.0)
    routes = json.loads(leadbridge("sync", "--yes", "--json").stdout)["routes"]
    assert routes[0]["states"]["delivered"] == 10
    assert account(vendors).spent() == 10


def test_one_of_the_two_must_be_named(leadbridge, configure, vendors):
    """A file or a campaign."""
    configure()
    assert leadbridge("validate").exit_code == 2
    assert leadbridge("validate", "a.csv", "--campaign", "x").exit_code == 2


def test_status_and_explain_show_what_was_asked_and_what_it_cost(leadbridge, folder, vendors):
    """A route that asks: its budget in status, its campaign's validation in the story of a lead."""
    (folder / "bridge.toml").write_text(
        '[[routes]]\nname = "fitness"\ntarget = { instantly_campaign = "Fitness Q4" }\n'
        'rules = { validation_request = "when_missing", max_credits = { campaign = 50, route = 100, day = 20 } }\n'
    )
    campaign = account(vendors).campaigns[0]
    for index in range(10):
        campaign.lead(index).validate(None)
    leadbridge("sync", "--yes")
    text = unwrapped(leadbridge("status").output)
    assert "validations: 10 of 100 credits spent or reserved, 10 of 20 today" in text
    assert '"Fitness creators"' in text
    assert "in progress; 10 credits are reserved for 10 addresses" in text
    _, document = leadbridge.json("status")
    reported = document["routes"][0]["validations"]
    assert (reported["credits"], reported["max_credits"]["day"], reported["open"][0]["state"]) == (10.0, 20, "running")
    address = campaign.lead(0).row["email"]
    assert "validation of its campaign requested" in unwrapped(leadbridge("explain", address).output)
    _, story = leadbridge.json("explain", address)
    assert story["leads"][0]["validations"][0]["credits"] == 10.0


def test_a_failed_validation_shows_how_to_ask_again(leadbridge, folder, vendors):
    """The exact command stands in status."""
    (folder / "bridge.toml").write_text(
        '[[routes]]\nname = "fitness"\ntarget = { instantly_campaign = "Fitness Q4" }\n'
        'rules = { validation_request = "when_missing", max_credits = { campaign = 50, route = 100, day = 20 } }\n'
    )
    campaign = account(vendors).campaigns[0]
    for index in range(10):
        campaign.lead(index).validate(None)
    account(vendors).habits.fails, account(vendors).habits.seconds = True, 0
    leadbridge("sync", "--yes")
    assert leadbridge("validate", "--campaign", campaign.id).exit_code == 2  # it looks, shows the cost, and may not ask
    text = unwrapped(leadbridge("status").output)
    assert "failed; it is not requested again automatically (The validation service" in text
    assert f"to request it again: leadbridge validate --campaign {campaign.id}" in text
    assert "0 of 100 credits" in text
    assert account(vendors).spent() == 0
    assert campaign.id in unwrapped(leadbridge("sync", "--yes").output)
