"""`leadbridge campaigns`: lists, shows, creates and stops Scravio's campaigns. Shows the cost before it spends."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.api.scalars import mapping
from bridge.app import App
from bridge.cli import failures
from bridge.cli.options import Json, Yes, group
from bridge.cli.session import session_of
from bridge.cli.spending import asking, orders
from bridge.cli.spending.orders import Order
from bridge.cli.terminal import show
from bridge.errors import AnswerLost, ConfigProblem
from bridge.model import Route, SourceCampaign
from bridge.model.credits import as_credits
from bridge.operations import create_campaign as creation
from bridge.reports import words
from bridge.reports.text import indented, iso, minute, plain
from bridge.sources.scravio.ordering.campaigns import Reservation
from bridge.sources.scravio.ordering.credits import thousandths

campaigns = group()

Which = Annotated[str, typer.Argument(metavar="ID|TITLE", help="The campaign's id, or its full title.")]


@campaigns.callback()
def _root() -> None:
    """Scravio's campaigns: list, show, create, stop.

    Example: `leadbridge campaigns list`
    """


@campaigns.command("list")
def list_campaigns(
    context: typer.Context,
    *,
    status: Annotated[str | None, typer.Option(metavar="STATUS", help="Only with this status.")] = None,
    as_json: Json = False,
) -> None:
    """Scravio's campaigns, newest first, and the routes that take their leads.

    Example: `leadbridge campaigns list --status scraping`
    """
    with session_of(context).app_of_client() as app:
        listed = list(asking.scravio(app).campaigns(status=status))
    found = sorted(listed, key=lambda one: one.created_at.isoformat() if one.created_at else "", reverse=True)
    if as_json:
        show.print_json({"campaigns": [_document(app, one) for one in found]})
        return
    if found:
        heads = [("title", "<"), ("type", "<"), ("status", "<"), ("e-mails", ">"), ("created", "<"), ("routes", "<")]
        show.table(show.out(), heads, [_cells(one, _routes_of(app, one)) for one in found])
    else:
        show.say(show.out(), "Scravio lists no such campaign.")


def _cells(campaign: SourceCampaign, routes: list[str]) -> list[str]:
    return [
        campaign.title or campaign.id,
        campaign.type.lower().replace("_", " "),
        campaign.status.replace("_", " "),
        "?" if campaign.emails is None else f"{campaign.emails:,}",
        f"{campaign.created_at:%Y-%m-%d}" if campaign.created_at else "",
        ", ".join(routes),
    ]


@campaigns.command("show")
def show_campaign(context: typer.Context, which: Which, *, as_json: Json = False) -> None:
    """Show one campaign: its progress, leads and cost, and the routes that take its leads.

    Example: `leadbridge campaigns show "Fitness Q4"`
    """
    with session_of(context).app_of_client() as app:
        found = _find(app, which)
        detail = asking.ordering(app).campaigns.detail(found.id)
        routes = _routes_of(app, found)
    if as_json:
        show.print_json(_document(app, found) | {"scravio": detail})
        return
    show.say(show.out(), found.title or found.id, style="bold")
    show.lines(show.out(), indented(_facts(found, detail, routes), 2))


@campaigns.command("create")
def create_campaign(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.toml]", help="The campaign as a TOML file.")] = None,
    *,
    kind: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="INSTAGRAM_HASHTAG, X_FOLLOWERS …")] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Its title.")] = None,
    emails: Annotated[int | None, typer.Option(metavar="N", help="How many addresses to find.")] = None,
    hashtag: Annotated[list[str] | None, typer.Option(metavar="WORD", help="May be repeated.")] = None,
    keyword: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="May be repeated.")] = None,
    user: Annotated[str | None, typer.Option(metavar="NAME", help="Whose followers or followings.")] = None,
    post: Annotated[str | None, typer.Option(metavar="URL", help="Whose likers, commenters …")] = None,
    country: Annotated[list[str] | None, typer.Option(metavar="CODE", help="May be repeated.")] = None,
    max_credits: Annotated[int | None, typer.Option(metavar="N", help="Scravio stops before it spends more.")] = None,
    validate: Annotated[
        bool | None,
        typer.Option(
            "--validate/--no-validate", help="Let Scravio validate addresses as it finds them; costs credits."
        ),
    ] = None,
    route: Annotated[str | None, typer.Option(metavar="ROUTE", help="The route that takes its leads.")] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Create a campaign: checks it, shows what it costs, asks, and says which route takes its leads.

    Example: `leadbridge campaigns create --type INSTAGRAM_HASHTAG --hashtag yoga --emails 500 --route fitness`
    """
    session = session_of(context)
    given = orders.read_file(file) if file is not None else {}
    inputs = {**dict(given.get("inputs") or {}), **orders.inputs(hashtag, keyword, user, post, country)}
    flags = {"type": kind, "title": title, "emails": emails, "max_credits": max_credits}
    flags |= {"validate": validate, "route": route}
    given |= {name: value for name, value in flags.items() if value is not None} | {"inputs": inputs}
    wanted = orders.order(given)
    chosen = session.routes([wanted.route])[0] if wanted.route else None
    with session.app_of_client(chosen.client if chosen else "") as app:
        document = _create(app, wanted, chosen, yes=yes, quiet=as_json)
    if as_json:
        show.print_json({"client": app.client_name} | document)
    raise typer.Exit(0 if document["status"] in ("created", "exists", "declined") else failures.PARTIAL)


@campaigns.command("stop")
def stop_campaign(context: typer.Context, which: Which, *, yes: Yes = False, as_json: Json = False) -> None:
    """Stop a running campaign: it ends its batch, and Scravio gives unused credits back.

    Example: `leadbridge campaigns stop "Fitness Q4" --yes`
    """
    session = session_of(context)
    with session.app_of_client() as app:
        found = _find(app, which)
        name, status = plain(found.title or found.id), found.status
        said = f'"{name}" has ended already ({status}).'
        if status not in ("fully_completed", "failed", "stopped"):
            if not asking.agreed(f'Stop "{name}" ({status})? It cannot be resumed.', yes=yes):
                raise typer.Exit(0)
            status = _stop(app, found.id)
            said = f'"{name}" was asked to stop; Scravio reports: {status.replace("_", " ")}.'
    if as_json:
        show.print_json({"id": found.id, "status": status})
    else:
        show.say(show.out(), said)


def _stop(app: App, campaign_id: str) -> str:
    try:
        return asking.ordering(app).campaigns.stop(campaign_id).status or "stopping"
    except AnswerLost as error:
        hint = "Run the same command again: stopping twice does no harm."
        raise AnswerLost(error.message, hint=hint, vendor=error.vendor) from None


# ------------------------------------------------------------------------------------------------------------ creating


def _create(app: App, wanted: Order, route: Route | None, *, yes: bool, quiet: bool) -> dict[str, Any]:
    ordering, title = asking.ordering(app), plain(wanted.title)
    try:
        with asking.one_at_a_time(app):
            found = creation.standing(
                app.db, asking.scravio(app), app.client_name, wanted.title, app.settings.doubt_wait
            )
            if found is not None and not found.ours:
                raise ConfigProblem(
                    f'A campaign with the title "{title}" is in Scravio already ({found.campaign_id}).',
                    hint="Use another --title: after a lost answer, leadbridge finds the campaign by its title.",
                )
            if found is not None:
                found_document = {"status": "exists", "id": found.campaign_id, "title": wanted.title}
                said = f'"{title}" was created from here before ({found.campaign_id}); nothing was done.'
                return _said(found_document, said, ["Another --title makes a second one."], quiet=quiet)
            reservation = ordering.campaigns.reserve(wanted.body())
            if not _may_spend(app, wanted, reservation, yes=yes):
                return {"status": "declined", "title": wanted.title}
            name, cost = route.name if route else "", reservation.reserved or 0
            made = creation.create(app.db, ordering, app.client_name, wanted.body(), name, cost)
    except AnswerLost as error:
        fix = "Run the same command again: it looks before anything is created."
        raise AnswerLost(error.message, hint=fix, vendor=error.vendor, status=error.status) from None
    whole = SourceCampaign(made.id, made.title or wanted.title, made.type or wanted.type, "", made.created_at)
    takers = _routes_of(app, whole)
    lacking = creation.lacking(route, whole) if route else []
    document: dict[str, Any] = {
        "status": "created",
        "id": made.id,
        "title": whole.title,
        "routes": takers,
        "route_needs": lacking,
    }
    return _said(document, f'Created "{title}" ({made.id}).', _route_lines(route, lacking, takers), quiet=quiet)


def _said(document: dict[str, Any], said: str, more: Sequence[str], *, quiet: bool) -> dict[str, Any]:
    """The document; for people, what it says first."""
    if not quiet:
        show.say(show.out(), said, style="bold")
        show.lines(show.out(), indented(more, 2))
    return document


def _may_spend(app: App, wanted: Order, reservation: Reservation, *, yes: bool) -> bool:
    console = show.err()
    balance = asking.scravio(app).me().credits
    show.say(console, f'{wanted.type.lower()}: {wanted.emails:,} addresses, as "{wanted.title}"')
    if reservation.reserved is None and wanted.max_credits is None:
        raise ConfigProblem("Scravio gives no cost for this campaign.", hint="Set a maximum with --max-credits.")
    cost = f"up to {wanted.max_credits:,}" if reservation.reserved is None else as_credits(reservation.reserved)
    left = "" if balance is None else f" of {asking.balance(balance)} available"
    show.say(console, f"Scravio reserves {cost} credits{left}.", indent=2)
    for warning in reservation.warnings:
        show.say(console, f"! {plain(warning)}", style="yellow", indent=2)
    return asking.agreed(f'Create "{plain(wanted.title)}" for {cost} credits?', yes=yes)


def _route_lines(route: Route | None, lacking: list[str], takers: list[str]) -> list[str]:
    if route is not None and lacking:
        name = words.typed(route.name)
        return [f"Route {name} does not take it yet. Add this to its source in bridge.toml:", *lacking]
    if takers:
        return [f"Its leads are taken by {', '.join(map(words.typed, takers))} once it is finished."]
    return ["No route takes its leads yet: give one of them a source that does, in bridge.toml."]


# ------------------------------------------------------------------------------------------------------------- looking


def _find(app: App, which: str) -> SourceCampaign:
    """The campaign of this id, else the only one of this title. Raises ConfigProblem."""
    listed = list(asking.scravio(app).campaigns())
    for one in listed:
        if one.id == which:
            return one
    same = [one for one in listed if one.title.casefold() == which.casefold()]
    if len(same) == 1:
        return same[0]
    if same:
        ids = ", ".join(one.id for one in same[:10])
        raise ConfigProblem(f'Several campaigns are called "{plain(which)}".', hint=f"Name one by its id: {ids}.")
    raise ConfigProblem(
        f'Scravio has no campaign "{plain(which)}".', hint="`leadbridge campaigns list` shows them all."
    )


def _routes_of(app: App, campaign: SourceCampaign) -> list[str]:
    """The client's routes that take its leads."""
    return [route.name for route in creation.takers(app.configuration.routes, campaign)]


def _document(app: App, campaign: SourceCampaign) -> dict[str, Any]:
    return {
        "client": app.client_name,
        "id": campaign.id,
        "title": campaign.title,
        "type": campaign.type,
        "status": campaign.status,
        "emails": campaign.emails,
        "profiles": campaign.profiles,
        "validating": campaign.validating,
        "created_at": iso(campaign.created_at),
        "routes": _routes_of(app, campaign),
    }


def _facts(campaign: SourceCampaign, detail: dict[str, Any], routes: list[str]) -> Iterator[str]:
    yield f"id: {campaign.id}"
    yield f"type: {campaign.type}"
    yield f"status: {campaign.status.replace('_', ' ')}"
    if campaign.emails is not None:
        yield f"e-mails: {campaign.emails:,} of {campaign.profiles or 0:,} profiles"
    for name, phase in mapping(detail.get("phaseState")).items():
        if mapping(phase).get("status"):
            yield f"{name}: {plain(str(mapping(phase)['status']), 40).replace('_', ' ')}"
    later = mapping(detail.get("postValidation"))
    if later.get("status"):
        yield f"validated later: {plain(str(later['status']), 40)}"
    settled = mapping(detail.get("creditSettlement"))
    for name, label in (("creditReserved", "reserved"), ("creditCharged", "charged"), ("creditReturned", "returned")):
        amount = thousandths(settled.get(name))
        if amount is not None:
            yield f"credits {label}: {as_credits(amount)}"
    yield f"created: {minute(campaign.created_at)}"
    yield f"routes: {', '.join(routes) or 'none takes its leads'}"
