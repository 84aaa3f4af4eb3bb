"""A sweep that breaks off, or that its source contradicts, is made again, and spoils nothing that is ready."""

import pytest

from bridge import ledger
from bridge.model import Source
from tests.harness import route

pytestmark = pytest.mark.usefixtures("quick_retries")

ELSEWHERE = Source(title=("Nothing*",))


def campaign_of(operator, title="First"):
    return operator.sandbox.world.scravio.campaign(title)


def break_off(operator, code=500):
    """The first page of each campaign comes, the second one never does."""
    operator.sandbox.faults.add(
        "status", vendor="scravio", path="*/leads", when=lambda request: request.query.get("page") != "1", code=code
    )


def deny(operator):
    operator.sandbox.faults.add("status", vendor="instantly", path="*/leads/add", code=403)


def counting(more, *rows):
    """Pages of leads whose totals promise so many leads more, with these rows at their end."""

    def edit(page):
        pagination = page["pagination"] | {"totalCount": page["pagination"]["totalCount"] + more}
        return {"items": [*page["items"], *rows] if page["items"] else [], "pagination": pagination}

    return edit


def fingerprint(db, campaign):
    return ledger.campaigns_by_id(db, [campaign.id])[campaign.id].fingerprint


# ------------------------------------------------------------------------------------------------- broken-off sweeps


@pytest.mark.parametrize("code", [500, 403])
@pytest.mark.parametrize("rules", [{}, {"min_followers": 1}], ids=["same rules", "other rules"])
def test_what_a_broken_sweep_left_ready_is_held_when_its_campaign_is_excluded(make_operator, states, rules, code):
    """The first page counts from the moment it is stored: a source that is narrowed later takes it back."""
    operator = make_operator("First", leads=250)
    break_off(operator, code)
    deny(operator)
    report = operator.sync_one()
    assert report.status == "blocked"
    assert states(report) == {"ready": 100}
    operator.sandbox.faults.clear()
    report = operator.sync_one(route(source=ELSEWHERE, **rules))
    assert states(report) == {"held": 100}
    assert operator.people() == []


def test_what_was_read_before_a_sweep_broke_off_is_sent(make_operator, states):
    """Trouble with a page ends the sweep, not the run; the next run reads the campaign from its first page."""
    operator = make_operator("First", leads=250)
    break_off(operator)
    report = operator.sync_one()
    assert report.status == "failed"
    assert states(report) == {"delivered": 100}
    operator.sandbox.faults.clear()
    assert states(operator.sync_one()) == {"delivered": 250}
    operator.assert_promises()


def test_one_poisoned_campaign_does_not_stop_the_others(make_operator, states):
    """A campaign that always fails is mentioned, and everyone else goes out."""
    operator = make_operator("First", "Second", leads=3)
    operator.sandbox.faults.add("status", vendor="scravio", path=f"*{campaign_of(operator).id}/leads", code=500)
    report = operator.sync_one()
    assert report.status == "failed"
    assert report.error
    assert states(report) == {"delivered": 3}


def test_two_poisoned_campaigns_in_a_row_end_the_sweeping(make_operator):
    """Then the source is down: the third, the youngest, is not used, though it may have been read ahead."""
    operator = make_operator("First", "Second", "Third", leads=3)
    for title in ("Third", "Second"):
        path = f"*{campaign_of(operator, title).id}/leads"
        operator.sandbox.faults.add("status", vendor="scravio", path=path, code=500)
    report = operator.sync_one()
    assert (report.status, report.campaigns_swept, report.leads_read) == ("failed", 0, 0)


# -------------------------------------------------------------------------------------------------- totals that lie


def test_totals_that_promise_too_much_do_not_keep_a_sweep_from_settling(make_operator, retold, states):
    """Two equal passes to a real end are believed, and the operator hears; the next run reads nothing."""
    operator = make_operator("First", leads=5)
    lying = retold(operator, "/leads", counting(7))
    report = operator.sync_one(transport=lying)
    assert states(report) == {"delivered": 5}
    assert "7 leads more than it shows" in " ".join(report.warnings)
    assert operator.sync_one(transport=lying).campaigns_swept == 0


def test_a_full_last_page_under_larger_totals_is_no_end(make_operator, retold, ledger_of, states):
    """No one knows what comes after a full page that the totals do not end: the campaign is read again."""
    operator = make_operator("First", leads=100)
    lying = retold(operator, "/leads", counting(7))
    report = operator.sync_one(transport=lying)
    assert states(report) == {"delivered": 100}
    assert "7 leads were not seen" in " ".join(report.warnings)
    assert fingerprint(ledger_of(operator), campaign_of(operator)) == ""
    assert operator.sync_one(transport=lying).campaigns_swept == 1


def test_equal_broken_rows_are_not_missed_leads(make_operator, retold, states):
    """Two rows that are broken alike are one lead to us and two to the totals: the sweep settles all the same."""
    operator = make_operator("First", leads=5)
    broken = retold(operator, "/leads", counting(2, None, None))
    report = operator.sync_one(transport=broken)
    assert states(report) == {"held": 1, "delivered": 5}
    assert "lead" not in " ".join(report.warnings)
    assert operator.sync_one(transport=broken).campaigns_swept == 0


# ---------------------------------------------------------------------------------------- campaigns that move meanwhile


def test_a_row_that_slips_when_another_is_deleted_is_found(make_operator):
    """Who slipped from the second page to the first while the sweep went on is read by a second pass."""
    operator = make_operator("First", leads=150)
    campaign = campaign_of(operator)
    removed = []

    def remove(request):
        if request.query.get("page") == "2" and not removed:
            removed.append(campaign.lead(3).remove())
        return False

    operator.sandbox.faults.add("delay", vendor="scravio", path="*/leads", when=remove)
    operator.sync()
    assert removed
    assert len(operator.people()) == 150


def test_a_campaign_that_is_touched_during_its_sweep_is_read_again(make_operator, ledger_of):
    """Its facts moved under the sweep, so it does not count as read."""
    operator = make_operator("First", leads=3)
    campaign = campaign_of(operator)

    def touch(_request):
        operator.clock.forward(seconds=5)
        campaign.touch(operator.clock.now())
        return False

    operator.sandbox.faults.add("delay", vendor="scravio", path="*/leads", when=touch)
    operator.sync()
    operator.sandbox.faults.clear()
    assert fingerprint(ledger_of(operator), campaign) == ""
    assert operator.sync_one().campaigns_swept == 1
    assert operator.sync_one().campaigns_swept == 0


def test_a_validation_that_begins_during_the_sweep_leaves_the_campaign_unread(make_operator, ledger_of):
    """A detail that says validating afterwards spoils the sweep, though every fact that the list had still holds."""
    operator = make_operator("First", leads=3)
    campaign = campaign_of(operator)

    def validate(_request):
        campaign.update(postValidation={"status": "validating"})
        return False

    operator.sandbox.faults.add("delay", vendor="scravio", path="*/leads", when=validate)
    operator.sync()
    operator.sandbox.faults.clear()
    assert fingerprint(ledger_of(operator), campaign) == ""
    assert operator.sync_one().campaigns_swept == 0
    campaign.update(postValidation=None)
    assert operator.sync_one().campaigns_swept == 1
