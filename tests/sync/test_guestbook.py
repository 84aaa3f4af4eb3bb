"""A third source, registered in memory: what a new one needs is one folder, one table and one entry."""

from pathlib import Path

import pytest

from bridge import checkup, preview
from bridge.app import App, Wiring
from bridge.config import load, read_settings, schema_keys
from bridge.config.vendors import VENDORS
from bridge.errors import ConfigProblem
from bridge.sandbox import Sandbox
from tests.harness import KEYS, Clock, good_world
from tests.sync import guestbook

ROUTE = '[[routes]]\nname = "guests"\nsource = {{ {source} }}\ntarget = {{ instantly_campaign = "Fitness Q4" }}\n'
ANY_AGE = ' }\nrules = { max_validation_age = "none"'


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """Opens an App by configuration text alone, on one ledger, with a key for Instantly only."""
    monkeypatch.setitem(VENDORS, "guestbook", guestbook.GUESTBOOK)
    monkeypatch.setattr(guestbook, "PAGES", {page: list(guests) for page, guests in guestbook.PAGES.items()})
    clock = Clock()
    sandbox = Sandbox(good_world(), clock.now, clock.sleep)

    def open_app(source):
        (tmp_path / "bridge.toml").write_text(ROUTE.format(source=source))
        settings = read_settings({"INSTANTLY_API_KEY": KEYS["INSTANTLY_API_KEY"].reveal()}, tmp_path)
        wiring = Wiring(sandbox.transport(), clock=clock.now, ledger_clock=clock.now, pause=clock.sleep)
        return App(settings, load(settings.config_file()), wiring)

    return open_app


def test_a_route_of_it_syncs_from_configuration_alone(opened):
    """Its guests go out once; new ones go with the next run; no key of Scravio is needed."""
    with opened('guestbook = "*"' + ANY_AGE) as app:
        assert [one.name for one in app.need_vendors()] == ["instantly"]
        found = {one.name: one for one in checkup.run(app)}
        assert (found["guests: source"].level, found["guests: source"].message) == ("ok", "2 of 2 campaigns")
        (previewed,) = preview.run(app, app.configuration.routes, 2)
        assert (previewed.error, previewed.leads_read) == ("", 3)
        assert (app.sync(app.configuration.routes)[0].sent, app.sync(app.configuration.routes)[0].sent) == (3, 0)
        guestbook.PAGES["may"].append("joe@example.com")
        (report,) = app.sync(app.configuration.routes)
        assert (report.status, report.sent, "guestbook" in report.document()["requests"]) == ("ok", 1, False)


def test_another_selection_takes_other_campaigns(opened):
    """A pattern takes the pages it means; a route that turns to Scravio or to files takes none of them."""
    with opened('guestbook = "m*"' + ANY_AGE) as app:
        (report,) = app.sync(app.configuration.routes)
        assert (report.campaigns_seen, report.sent) == (1, 2)
    with opened('csv = "*.csv"') as app:
        (report,) = app.sync(app.configuration.routes)
        assert (report.status, report.sent, report.tally.states["delivered"]) == ("ok", 0, 2)
        assert [one.name for one in app.need_vendors()] == ["instantly"]
    with opened("") as app, pytest.raises(ConfigProblem, match="SCRAVIO_API_KEY is not set"):
        app.need_vendors()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('guestbook = "may", q = "x"', 'source sets "q" beside guestbook, which has no such key'),
        ('guestbook = "may", csv = "a.csv"', "remove one of the two"),
        ('guestbok = "may"', 'did you mean "guestbook"?'),
        ('guestbook = "may" }\nrules = { validation_request = "when_missing"', "has source.guestbook, whose addresses"),
    ],
)
def test_its_selection_is_read_like_any_other(opened, source, said):
    """A key of another source, two sources, a typo, and a validation that nothing can make are reported."""
    with pytest.raises(ConfigProblem) as caught:
        opened(source)
    assert said in str(caught.value)


def test_its_key_is_part_of_the_reference_and_it_has_no_table_of_pace(opened):
    """The documentation's list of keys is made from the registry."""
    paths = {key.path for key in schema_keys()}
    assert "routes.source.guestbook" in paths
    assert not any(path.startswith(("guestbook.", "csv.")) for path in paths)


def test_the_page_shows_this_very_code():
    """docs/add-a-vendor.md is what these tests run."""
    page = (Path(__file__).parents[2] / "docs" / "add-a-vendor.md").read_text("utf-8")
    code = Path(__file__).with_name("guestbook.py").read_text("utf-8").partition("\n\n")[2]
    assert f"```python\n{code}```" in page
