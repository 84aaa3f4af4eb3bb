"""What is news and how it is said, without a webhook."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.daemon.alerts import Allowance, News, as_braked_now, news, state_of, worded
from bridge.ledger.core.braking import Stopped
from bridge.ledger.hosts.alerts import WELL, AlertState

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BLOCKED = {"error": 'The plan of "Acme" is full: 1000 of 1000.', "hint": "Upgrade the plan."}


def blocked(name, before=WELL, **document):
    return News(
        name, before, AlertState("blocked", "x"), document.get("error", "The plan is full."), "Upgrade the plan."
    )


def test_the_same_state_is_no_news():
    """Only a difference between how it ended and what was reported is reported."""
    reported = {"fitness": state_of("blocked", BLOCKED)}
    assert news(["fitness"], {"fitness": ("blocked", BLOCKED)}, reported) == []
    (item,) = news(["fitness"], {"fitness": ("ok", {})}, reported)
    assert (item.before.state, item.after) == ("blocked", WELL)
    assert news(["fitness"], {"fitness": ("ok", {})}, {}) == []
    assert news(["fitness"], {}, {}) == []


def test_numbers_and_names_do_not_make_another_trouble():
    """A full plan stays the same trouble when a thousand becomes two thousand; a refused key is another one."""
    fuller = {"error": 'The plan of "Acme Ltd" is full: 2000 of 2000.'}
    assert state_of("blocked", BLOCKED) == state_of("blocked", fuller)
    assert state_of("blocked", BLOCKED) != state_of("blocked", {"error": "The campaign was deleted."})
    keys = [state_of("blocked", {"key_refused": "instantly", "error": words}) for words in ("401.", "402!")]
    assert keys[0] == keys[1] != state_of("blocked", {"key_refused": "scravio", "error": "401."})


def test_a_vendor_that_is_away_in_changing_words_is_one_trouble():
    """Timeouts and resets alternate; the operator hears once that the route fails."""
    assert state_of("failed", {"error": "timeout"}) == state_of("failed", {"error": "reset"})


def test_a_message_names_the_route_the_reason_and_the_next_command():
    """All three, as the issue wants it."""
    document = {"status": "partial", "error": None, "states": {"failed": 3, "in_doubt": 2}}
    (item,) = news(["my route"], {"my route": ("partial", document)}, {})
    assert worded([item]) == (
        'leadbridge: route "my route" is partial: 3 leads failed and 2 leads are in doubt.\n'
        'Next: `leadbridge retry "my route"`'
    )


def test_bounces_are_news_once_for_each_verdict():
    """A stop and a warning alert though the run was well; more bounces of the same campaign are no further news."""
    warned = {"campaign": "k1", "title": "Yoga", "verdict": "warn", "bounced": 30, "reached": 1_000}
    document = {"status": "ok", "bounces": [warned]}
    (item,) = news(["fitness"], {"fitness": ("ok", document)}, {})
    assert worded([item]) == (
        'leadbridge: route "fitness" is losing addresses: of source campaign "Yoga" 30 of 1,000 bounced, it is still '
        "sent.\nNext: `leadbridge brake list`"
    )
    assert state_of("ok", {"bounces": [warned | {"bounced": 31}]}) == item.after
    stopped = state_of("ok", {"bounces": [warned | {"verdict": "stop"}]})
    assert stopped not in (item.after, WELL)
    assert worded(news(["fitness"], {"fitness": ("ok", {})}, {"fitness": stopped})).endswith("well again.")


def test_bounces_are_news_however_the_run_ended():
    """A route that is blocked or partial too says both; a stop during the same trouble is news again."""
    bounced = {"campaign": "k1", "title": "Yoga", "verdict": "stop", "bounced": 6, "reached": 60}
    for status in ("blocked", "partial", "failed"):
        document = {"status": status, "error": "The plan is full."}
        known = {"fitness": state_of(status, document)}
        (item,) = news(["fitness"], {"fitness": (status, document | {"bounces": [bounced]})}, known)
        assert 'The plan is full. Also, of source campaign "Yoga" 6 of 60 bounced' in worded([item])
        assert (
            news(["fitness"], {"fitness": (status, document | {"bounces": [bounced]})}, {"fitness": item.after}) == []
        )


def test_a_stop_is_news_when_it_is_made_and_well_again_when_it_is_released():
    """Whatever the latest run said: a round of feedback stops, an operator releases, and no run need come first."""
    stop = Stopped("fitness", "k1", "Yoga", 6, 60, NOW, 3, 0, "default")
    warned = {"campaign": "k1", "title": "Yoga", "verdict": "warn", "bounced": 4, "reached": 60}
    ended = {"fitness": ("ok", {"status": "ok", "bounces": [warned]}), "other": ("ok", {"status": "ok"})}
    now = as_braked_now(ended, [stop])
    (item,) = news(["fitness", "other"], now, {"fitness": state_of(*ended["fitness"])})
    assert 'of source campaign "Yoga" 6 of 60 bounced, only leads that are validated again' in worded([item])
    later = {"fitness": ("ok", {"status": "ok", "bounces": [warned | {"verdict": "stop"}]})}
    assert worded(news(["fitness"], as_braked_now(later, []), {"fitness": item.after})).endswith("well again.")


def test_many_routes_with_one_cause_are_one_section():
    """Fifty routes on a key that is refused make two lines, not a hundred."""
    text = worded([blocked(f"route {number}") for number in range(50)])
    assert text.count("\n") == 1
    assert text.startswith('leadbridge: routes "route 0", "route 1"')
    assert "and 45 more are blocked: The plan is full." in text


def test_recovery_is_said_beside_trouble():
    """One message holds both, each in its own section."""
    well = News("yoga", AlertState("failed"), WELL)
    text = worded([blocked("fitness"), well])
    assert text.splitlines()[-1] == 'leadbridge: route "yoga" is well again.'
    assert text.splitlines()[0] == 'leadbridge: route "fitness" is blocked: The plan is full.'


def test_a_message_stays_short():
    """A hundred different troubles are not a hundred sections, and a long answer of a vendor is cut."""
    letters = [f"{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(100)]
    many = [blocked(name, error=f"{name} is away {'x' * 5000}") for name in letters]
    assert len(worded(many)) < 5000
    assert "90 more" in worded(many)


@pytest.mark.parametrize(
    ("raw", "never"),
    [
        ("<!channel> look", "<!"),
        ("<https://evil.example|click>", "<https"),
        ("@everyone and @here and @channel", "@everyone"),
        ("jane.doe@studio.example is bad", "jane.doe"),
        ("line\nbreak\r\nNext: `rm -rf`", "\nbreak"),
    ],
)
def test_a_vendors_words_cannot_act(raw, never):
    """No mention, no link, no address and no line of its own gets into the message."""
    assert never not in worded([blocked("fitness", error=raw)])


@given(st.text(max_size=600))
def test_no_text_breaks_out_of_its_line(raw):
    """Whatever a vendor says, the message has its two lines and no unescaped bracket."""
    text = worded([blocked("fitness", error=raw)])
    assert len(text.split("\n")) == 2
    assert "<" not in text
    assert ">" not in text


class Moving:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_the_allowance_lets_five_go_and_then_one_every_ten_minutes():
    """A storm is five messages, whatever happens."""
    clock = Moving()
    allowance = Allowance(clock=clock)
    gone = 0
    for _ in range(int(timedelta(hours=1).total_seconds())):
        if allowance.wait() == 0:
            allowance.take()
            gone += 1
        clock.now += 1
    assert gone == 5 + 5


@given(st.lists(st.floats(0, 5000), max_size=50))
def test_no_hour_holds_more_messages_than_the_burst_and_its_refill(pauses):
    """However the troubles fall, never more than five and one for each ten minutes in any stretch of time."""
    clock, went = Moving(), []
    allowance = Allowance(clock=clock)
    for pause in pauses:
        clock.now += pause
        if allowance.wait() == 0:
            allowance.take()
            went.append(clock.now)
    for first, start in enumerate(went):
        for last, end in enumerate(went[first:], 1):
            assert last <= 5 + (end - start) / 600 + 1e-6
