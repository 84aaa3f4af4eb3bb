"""The page of `preview --html`: masked, self-contained, hostile text harmless, and looked at in a real browser."""

import importlib.util
import re
import stat
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.cli.running import preview
from bridge.cli.terminal import show
from bridge.cli.terminal.output import Output
from bridge.destinations.foreseen import Kind, Letter, Pace, Piece, Room, Sighting, Use
from bridge.errors import ConfigProblem
from bridge.model import Reason
from bridge.preview import RoutePreview, page, words
from bridge.preview.outlook import Going, Message, Outlook, Presence
from tests.cli import browser
from tests.cli.conftest import unwrapped

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOSTILE = "<script>window.hit=1</script><img src=//evil.example/x onerror=hit()>\u202e\x1b[31m"
NO_ONE = RoutePreview("fitness", "Instantly campaign", 0, {}, {})


def rich_preview(name="fitness"):
    """Everything that a page can show, with a hostile text in every place for one, and long words."""
    pieces = (
        Piece("Hi "), Piece(HOSTILE, Kind.FILLED, "firstName"), Piece("there", Kind.FALLBACK, "firstName"),
        Piece("{{lastName}}", Kind.HOLE, "lastName"), Piece("{{RANDOM |", Kind.CODE), Piece(" x" * 200),
        Piece("{{sendingAccountName}}", Kind.SENDER), Piece("\n\nlong" + "w" * 300),
    )  # fmt: skip
    outlook = Outlook(
        going=Going(ready=120, taken=117),
        sampled=117,
        looked_at=120,
        left_out=3,
        presences=(
            Presence(Reason.IN_CAMPAIGN, True, 3, {HOSTILE: 2, "Old " * 40: 1}, ("jane.doe@gmail.com",)),
            Presence(Reason.IN_LIST, False, 2, {"Inbox": 2}, ("joe@example.org",)),
        ),
        room=Room(100),
        room_after=0,
        messages=(
            Message(
                "id1",
                "jane.doe@gmail.com",
                "jane" + "x" * 90,
                (Letter("A", pieces, pieces), Letter("B", (), pieces)),
                (Letter("A", (), pieces, 2, 3.0), Letter("A", pieces, pieces, 3, 1.0)),
            ),
            Message("id2", "joe@example.org", "", (Letter("A", pieces, pieces),)),
        ),
        uses=(Use("firstName", 54, ("there", "")), Use("w" * 60, 120, (), mapped=False), Use("ok", 0, (), bare=False)),
        widens=("platform", HOSTILE),
        pace=Pace(("Fifty mails per day.", HOSTILE), 12, AT.date(), ("It ends before.",)),
        warnings=(HOSTILE, "{{firstName}} is empty."),
        notes=("The block list could not be read.",),
    )
    reasons = {"ok": 120, "not_validated": 30, "suppressed": 1, HOSTILE: 2}
    return RoutePreview(
        f"{name} {HOSTILE}", f"Instantly campaign {HOSTILE}", 153, {"ready": 120, "held": 33}, reasons,
        warnings=("A warning about " + "w" * 200,), error="The target is in trouble.", hint="Fix it.",
        suppressed=("ann@example.net",), outlook=outlook, offered=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def look():
    if browser.found() is None:
        pytest.skip("no chromium on this machine (BRIDGE_TEST_CHROMIUM names one)")
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("playwright is not installed")
    with browser.opened() as opened:
        yield opened


def to(path):
    return Output(path, "--html", page.GENERATOR.encode())


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "preview.html"
    to(path).write(page.page([rich_preview(), rich_preview("second")], masked=True, at=AT))
    return path


def addresses_in(text):
    """Whatever looks like an unmasked address."""
    return re.findall(r"[\w.+-]*[\w.+-]{2}@[\w-]+\.\w+", text)


# ------------------------------------------------------------------------------------------------- in a real browser


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (390, "light"), (768, "dark"), (1200, "light")])
def test_it_can_be_read_everywhere(look, written, width, scheme):
    """From a small phone to a wide screen nothing reaches out of the window, and every text can be made out."""
    seen = look(written, width, scheme)
    assert seen.overflow() == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.faint() == []


def test_it_loads_nothing_and_runs_nothing(look, written):
    """One request, the page's own; no script, no word on the console, and hostile text stands there as text."""
    seen = look(written)
    assert seen.asked == [written.as_uri()]
    assert seen.console == []
    assert seen.page.evaluate("[document.scripts.length, document.images.length, window.hit ?? 0]") == [0, 0, 0]
    assert "<script>window.hit=1</script>" in seen.page.inner_text("h2 >> nth=0")


def test_its_policy_would_stop_what_slipped_through(look, written):
    """Even a script, a picture, a form or a style that got onto the page would do nothing."""
    written.write_text(
        written.read_text().replace(
            "</main>",
            "<script>window.hit=1</script><img src='https://evil.example/x.png'><p style='position:fixed'>x</p></main>",
        )
    )
    seen = look(written)
    assert seen.page.evaluate("window.hit ?? 0") == 0
    assert seen.page.evaluate("getComputedStyle(document.querySelector('main > p:last-of-type')).position") == "static"
    refused = [line for line in seen.console if "Content Security Policy" in line]
    assert [line for line in refused if "evil.example" in line]
    assert len(refused) >= 3


def test_light_and_dark_differ_and_paper_is_white(look, written):
    """The reader's own setting is followed; print is black on white in either."""
    background = "getComputedStyle(document.body).backgroundColor"
    light, dark = look(written), look(written, scheme="dark")
    assert light.page.evaluate(background) != dark.page.evaluate(background)
    dark.page.emulate_media(media="print", color_scheme="dark")
    assert dark.page.evaluate(background) == "rgb(255, 255, 255)"
    assert dark.faint() == []
    assert dark.page.pdf(format="A4").startswith(b"%PDF")


def test_the_marks_of_a_letter_are_seen(look, written):
    """From the lead, fallback, hole and code look different from each other and from plain words."""
    seen = look(written)
    shown = {
        kind: seen.page.evaluate(f"getComputedStyle(document.querySelector('article .{kind}')).backgroundColor")
        for kind in ("filled", "fallback", "hole", "code")
    }
    assert len(set(shown.values())) == 4


# --------------------------------------------------------------------------------------------------------- its text


def test_addresses_are_masked_unless_wished():
    """Everywhere on the page, in letters and examples too; with the wish they are there in full."""
    assert addresses_in(page.page([rich_preview()], masked=True, at=AT)) == []
    shown = page.page([rich_preview()], masked=False, at=AT)
    assert {"jane.doe@gmail.com", "joe@example.org", "ann@example.net"} <= set(addresses_in(shown))


def test_an_address_in_two_pieces_is_masked_too():
    """A user name before a written domain makes an address that neither piece is on its own."""
    pieces = (Piece("write to "), Piece("jane", Kind.FILLED, "username"), Piece("@gmail.com"))
    message = Message("1", "", "", (Letter("A", pieces, pieces),))
    found = RoutePreview("r", "t", 1, {}, {}, outlook=Outlook(going=Going(1), messages=(message,)))
    text = page.page([found], masked=True, at=AT)
    assert addresses_in(text) == []
    assert "j***@gmail.com" in text


def test_the_presence_of_a_lead_is_reported(written):
    """Who is where, that they are left out, and what was not found out, stands on the page."""
    text = unwrapped(re.sub(r"<[^>]+>", " ", written.read_text()))
    for reported in ("left out", "sent anyway", "after 12 sending days", "The block list could not be read."):
        assert reported in text
    assert Sighting(Reason.IN_LIST).skipped


class Tags(HTMLParser):
    """The skeleton of a page."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, sorted(name for name, _ in attrs)))


def skeleton(text):
    kinds = tuple(Piece(text, kind, text) for kind in Kind)
    outlook = Outlook(
        going=Going(1, 0), sampled=1, looked_at=1, left_out=1, room=Room(1), room_after=0, widens=(text,),
        presences=(Presence(Reason.IN_LIST, True, 1, {text: 1}, (text,)),), uses=(Use(text, 1, (text,)),),
        messages=(Message(text, text, text, (Letter(text, kinds, kinds),)),), warnings=(text,), notes=(text,),
        pace=Pace((text,), 1, AT.date(), (text,)),
    )  # fmt: skip
    found = RoutePreview(text, text, 1, {"ready": 1}, {text: 1}, (), {}, (text,), text, text, (text,), outlook)
    return Tags(page.page([found], masked=False, at=AT)).found


@given(st.text(max_size=40))
def test_no_text_adds_a_tag(text):
    """Whatever was scraped or named, the page has the elements and attributes that it has for a plain word."""
    assert skeleton(f"x{text}x") == skeleton("xx")


def test_a_terminal_is_as_safe_as_the_page(capsys, monkeypatch):
    """Neither escape sequences nor bidi marks of a name, a campaign or a value reach it."""
    monkeypatch.setenv("COLUMNS", "80")
    preview.show_route(show.out(), rich_preview())
    reported = capsys.readouterr().out
    assert "window.hit" in reported
    assert not set(reported) & {"\x1b", "\u202e"}
    # A word that is longer than a line is left whole, so that it can be copied.
    assert max(len(line) for line in reported.splitlines() if " " in line.strip()) <= 80


# ---------------------------------------------------------------------------------------------------------- the file


def test_only_a_page_of_ours_is_replaced(tmp_path):
    """Another file is left alone with its content; an older page gives way to the new one, readable by no one else."""
    other = tmp_path / "notes.html"
    other.write_text("my notes")
    with pytest.raises(ConfigProblem, match="not changed"):
        to(other).write(page.page([NO_ONE], masked=True))
    assert other.read_text() == "my notes"
    path = tmp_path / "preview.html"
    to(path).write(page.page([NO_ONE], masked=True))
    to(path).write(page.page([rich_preview()], masked=True))
    assert "jane" not in path.read_text()[:200]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["notes.html", "preview.html"]


@pytest.mark.parametrize("place", ["no/such/folder/p.html", "."])
def test_what_cannot_be_written_is_said_before_anything_is_read(leadbridge, configure, vendors, place):
    """A folder that is missing, or stands in the file's place, is exit code 2, and no vendor was asked."""
    configure()
    assert leadbridge("preview", "--html", place).exit_code == 2
    assert vendors.report()["requests"] == {}


def test_the_command_writes_it(leadbridge, configure, vendors, folder, look):
    """`preview --html` beside the usual output, of a real run against the sandbox, and a browser shows it."""
    configure()
    result = leadbridge("preview", "--html", "client.html")
    assert result.exit_code == 0
    assert "every e-mail address masked" in result.stderr
    text = (folder / "client.html").read_text()
    assert addresses_in(text) == []
    assert "Fitness Q4" in look(folder / "client.html").page.inner_text("section")
    assert leadbridge("preview", "--html", "client.html", "--show-addresses").exit_code == 0
    assert addresses_in((folder / "client.html").read_text())


def figures_of(**more):
    return {name: number for name, number, _ in words.figures(RoutePreview("r", "t", 153, **more))}


def test_the_figures_of_the_page_add_up():
    """Delivered, there already, waiting, held and gone before are all of those looked at; a bound is shown as one."""
    states = {"ready": 120, "held": 23, "delivered": 10}
    exact = Outlook(going=Going(100, 97), looked_at=100, left_out=3)
    assert figures_of(states=states, reasons={}, outlook=exact, offered=100) == {
        "looked at": "153", "would be delivered": "97", "in the target or blocked there": "3",
        "ready, but waiting": "20",
        "held back": "23", "sent before": "10",
    }  # fmt: skip
    bound = Outlook(going=Going(120, None, unasked=20), looked_at=100, left_out=3)
    assert figures_of(states=states, reasons={}, outlook=bound, offered=120)["would be delivered"] == "at most 117"
    blocked = figures_of(states=states, reasons={}, offered=120, error="The target is in trouble.")
    assert (blocked["would be delivered"], blocked["ready, but waiting"]) == ("0", "120")


def test_an_index_names_each_route_and_leads_to_it():
    """Where there are several; with how many would go. One route needs none."""
    text = page.page([rich_preview(), rich_preview("second")], masked=True, at=AT)
    assert re.findall(r'<a href="(#route-\d)">', text) == ["#route-1", "#route-2"]
    assert re.findall(r'<section id="(route-\d)">', text) == ["route-1", "route-2"]
    assert "#route-1" not in page.page([rich_preview()], masked=True, at=AT)


def test_a_reason_has_a_bar_and_leads_to_its_cure():
    """Once for all routes, with the very key; a reason that nothing changes, and one that is unknown, lead nowhere."""
    text = page.page([rich_preview(), rich_preview("second")], masked=True, at=AT)
    assert text.count('<svg class="share stay"') == 6
    assert sorted(set(re.findall(r'href="#(cure-[a-z_]+)"', text))) == ["cure-not_validated", "cure-suppressed"]
    assert re.findall(r'<dt id="(cure-[a-z_]+)">', text) == ["cure-not_validated", "cure-suppressed"]
    assert "<code>rules.validation_request</code>" in text


def test_all_messages_of_a_sequence_are_shown_once():
    """To the first lead, in their order, with the days between; the other leads have their first one."""
    text = page.page([rich_preview()], masked=True, at=AT)
    shown = [" ".join(re.sub(r"<[^>]+>", "", head).split()) for head in re.findall(r"<header>(.*?)<p", text, re.DOTALL)]
    assert [head.partition("·")[2].strip() for head in shown] == [
        "variant A · message 1", "variant B · message 1", "message 2, 3 days later", "message 3, 1 day later", "",
    ]  # fmt: skip
    assert "in the same thread" in text
