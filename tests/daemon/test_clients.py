"""A daemon of two clients: what one client's vendors answer, and when, changes nothing for the other."""

from threading import Event

import pytest

from tests.daemon.test_dispatcher import PATIENCE, Bench, Diary
from tests.sync.test_clients import ACME, BETA, Agency, of
from tests.sync.test_clients import agency as agency  # noqa: PLC0414 - a fixture


def refuse(agency):
    agency.broken = "acme"


def lapse(agency):
    agency.acme.world.instantly.habits.plan_lapsed = True


def fill(agency):
    agency.acme.world.instantly.lead_limit = 2


@pytest.mark.parametrize(
    ("trouble", "status", "sent", "said"),
    [
        (refuse, "blocked", 0, "401"),
        (lapse, "blocked", 0, "402"),
        (fill, "blocked", 2, "plan"),
    ],
    ids=["401", "402", "full plan"],
)
def test_one_clients_trouble_leaves_the_others_run_on_time(agency, tmp_path, monkeypatch, trouble, status, sent, said):
    """Its vendors answer only after the other client's run has ended, and then refuse: that run is whole, twice."""
    trouble(agency)
    diary, others_done = Diary(), Event()
    carry = Agency.carry

    def carry_late(self, request):
        if any(self.keys[name] in " ".join(request.headers.values()) for name in self.keys if name.startswith("ACME")):
            assert others_done.wait(PATIENCE)
        return carry(self, request)

    monkeypatch.setattr(Agency, "carry", carry_late)
    with agency.app(tmp_path, of(ACME), of(BETA)) as app:
        at = Bench(app, diary)
        at.start()
        try:
            at.put("acme/fitness", due=1000)
            at.put("beta/fitness", due=1001)
            (first,) = diary.wait(1)
            assert (first.route.client, first.status, first.report.sent) == ("beta", "ok", 4)
            others_done.set()
            held = diary.wait(2)[1]
            assert (held.route.client, held.status, held.report.sent) == ("acme", status, sent)
            assert said in held.report.error
            at.put("acme/fitness", "beta/fitness", due=2000)
            again = {event.route.client: event.status for event in diary.wait(4)[2:]}
            assert again == {"acme": status, "beta": "ok"}
        finally:
            others_done.set()
            assert at.close() == []
    assert len(agency.beta.people()) == 4
