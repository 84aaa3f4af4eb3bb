"""`leadbridge campaigns`: lists, shows, creates and stops Scravio's campaigns. Shows the cost before it spends."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.session import Session, session_of
from bridge.cli.spending import money, orders
from bridge.cli.terminal import show
from bridge.errors import AnswerLost, Busy, ConfigProblem
from bridge.model import Route, SourceCampaign
from bridge.reports import words

if TYPE_CHECKING:
    from bridge.app import App
    from bridge.cli.spending.orders import Order
    from bridge.sources.scravio.ordering.campaigns import Reservation

PARTIAL = 3
campaigns = typer.Typer(no_args_is_help=True, help="Scravio's campaigns: list, show, create, stop.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
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
    status: Annotated[str | None, typer.Option("--status", metavar="STATUS", help="Only with this status.")] = None,
    as_json: Json = False,
) -> None:
    """Scravio's campaigns, newest first, and the routes that take their leads.

    Example: `leadbridge campaigns list --status scraping`
    """
    session = session_of(context)
    with session.app() as app:
        found = sorted(app.scravio().campaigns(status=status), key=_by_age, reverse=True)
    if as_json:
        show.print_json({"campaigns": [_document(one, _routes_of(session, one)) for one in found]})
        return
    heads = [("title", "<"), ("type", "<"), ("status", "<"), ("e-mails", ">"), ("created", "<"), ("routes", "<")]
    rows = [
        (
            one.title or one.id,
            one.type.lower(),
            one.status.replace("_", " "),
            "?" if one.emails is None else f"{one.emails:,}",
            f"{one.created_at:%Y-%m-%d}" if one.created_at else "",
            ", ".join(_routes_of(session, one)),
        )
        for one in found
    ]
    if rows:
        show.table(show.out(), heads, rows)
    else:
        show.say(show.out(), "Scravio lists no such campaign.")


@campaigns.command("show")
def show_campaign(context: typer.Context, which: Which, *, as_json: Json = False) -> None:
    """Show one campaign: its progress, leads and cost, and the routes that take its leads.

    Example: `leadbridge campaigns show "Fitness Q4"`
    """
    session = session_of(context)
    with session.app() as app:
        found = _find(app, which)
        told = app.ordering().campaigns.detail(found.id)
    routes = _routes_of(session, found)
    if as_json:
        show.print_json(_document(found, routes) | {"scravio": told})
        return
    console = show.out()
    show.say(console, found.title or found.id, style="bold")
    for line in _facts(found, told, routes):
        show.say(console, line, indent=2)


@campaigns.command("create")
def create_campaign(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.toml]", help="The campaign as a TOML file.")] = None,
    *,
    kind: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="INSTAGRAM_HASHTAG, X_FOLLOWERS …")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Its title.")] = None,
    emails: Annotated[int | None, typer.Option("--emails", metavar="N", help="How many addresses to find.")] = None,
    hashtag: Annotated[list[str] | None, typer.Option("--hashtag", metavar="WORD", help="May be repeated.")] = None,
    keyword: Annotated[list[str] | None, typer.Option("--keyword", metavar="TEXT", help="May be repeated.")] = None,
    user: Annotated[str | None, typer.Option("--user", metavar="NAME", help="Whose followers or followings.")] = None,
    post: Annotated[str | None, typer.Option("--post", metavar="URL", help="Whose likers, commenters …")] = None,
    country: Annotated[list[str] | None, typer.Option("--country", metavar="CODE", help="May be repeated.")] = None,
    max_credits: Annotated[
        int | None, typer.Option("--max-credits", metavar="N", help="Scravio stops before it spends more.")
    ] = None,
    validate: Annotated[
        bool | None,
        typer.Option(
            "--validate/--no-validate", help="Let Scravio validate addresses as it finds them; costs credits."
        ),
    ] = None,
    route: Annotated[
        str | None, typer.Option("--route", metavar="ROUTE", help="The route that takes its leads.")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Create a campaign: checks it, shows what it costs, asks, and says which route takes its leads.

    Example: `leadbridge campaigns create --type INSTAGRAM_HASHTAG --hashtag yoga --emails 500 --route fitness`
    """
    session = session_of(context)
    told = orders.read_file(file) if file is not None else {}
    inputs = {**dict(told.get("inputs") or {}), **_inputs(hashtag, keyword, user, post, country)}
    flags = {"type": kind, "title": title, "emails": emails, "max_credits": max_credits}
    flags |= {"validate": validate, "route": route}
    told |= {name: value for name, value in flags.items() if value is not None} | {"inputs": inputs}
    wanted = orders.order(told)
    chosen = session.routes([wanted.route])[0] if wanted.route else None
    with session.app() as app:
        document = _create(session, app, wanted, chosen, yes=yes, quiet=as_json)
    if as_json:
        show.print_json(document)
    raise typer.Exit(0 if document["status"] in ("created", "exists", "declined") else PARTIAL)


@campaigns.command("stop")
def stop_campaign(context: typer.Context, which: Which, *, yes: Yes = False, as_json: Json = False) -> None:
    """Stop a running campaign: it ends its batch, and Scravio gives unused credits back.

    Example: `leadbridge campaigns stop "Fitness Q4" --yes`
    """
    session = session_of(context)
    with session.app() as app:
        found = _find(app, which)
        name = found.title or found.id
        ended = found.status in ("fully_completed", "failed", "stopped")
        if not ended and not money.agreed(
            f'Stop "{show.plain(name)}" ({found.status})? It cannot be resumed.', yes=yes
        ):
            raise typer.Exit(0)
        status, said = found.status, f'"{show.plain(name)}" has ended already ({found.status}).'
        if not ended:
            try:
                status = app.ordering().campaigns.stop(found.id).status or "stopping"
                said = f'"{show.plain(name)}" was asked to stop; Scravio reports: {status.replace("_", " ")}.'
            except AnswerLost as error:
                raise AnswerLost(
                    error.message, hint="Run the same command again: stopping twice does no harm.", vendor=error.vendor
                ) from None
    if as_json:
        show.print_json({"id": found.id, "status": status})
    else:
        show.say(show.out(), said)


# ------------------------------------------------------------------------------------------------------------ creating


def _inputs(
    hashtags: list[str] | None,
    keywords: list[str] | None,
    user: str | None,
    post: str | None,
    countries: list[str] | None,
) -> dict[str, Any]:
    """The flags as Scravio's inputs: one hashtag or keyword goes alone, several as a list."""
    found: dict[str, Any] = {}
    for name, values in (("hashtag", hashtags), ("keyword", keywords)):
        if values:
            found |= {name: values[0]} if len(values) == 1 else {f"{name}s": values}
    found |= {name: value for name, value in (("targetUser", user), ("mediaUrl", post)) if value}
    return found | ({"countries": countries} if countries else {})


def _create(
    session: Session, app: "App", wanted: "Order", route: Route | None, *, yes: bool, quiet: bool
) -> dict[str, Any]:
    from bridge.operations import create_campaign
    from bridge.sync.lease import holding

    ordering, scravio = app.ordering(), app.scravio()
    try:
        with holding(app.db, money.BY_HAND):
            found = create_campaign.standing(app.db, scravio, wanted.title, app.settings.doubt_wait)
            if found is not None:
                return _exists(wanted, found, quiet=quiet)
            reservation = ordering.campaigns.reserve(wanted.body())
            if not _may_spend(app, wanted, reservation, yes=yes):
                return {"status": "declined", "title": wanted.title}
            made = create_campaign.create(
                app.db, ordering, wanted.body(), route.name if route else "", reservation.reserved or 0
            )
    except Busy as error:
        raise money.busy(error) from None
    except AnswerLost as error:
        fix = "Run the same command again: it looks before anything is created."
        raise AnswerLost(error.message, hint=fix, vendor=error.vendor, status=error.status) from None
    if not quiet:
        show.say(show.out(), f'Created "{show.plain(wanted.title)}" ({made.id}).', style="bold")
    return _created(session, wanted, made, route, quiet=quiet)


def _exists(wanted: "Order", found: Any, *, quiet: bool) -> dict[str, Any]:
    whose = "was created from here before" if found.ours else "is in Scravio already"
    if not found.ours:
        raise ConfigProblem(
            f'A campaign with the title "{show.plain(wanted.title)}" {whose} ({found.campaign_id}).',
            hint="Use another --title: after a lost answer, leadbridge finds the campaign by its title.",
        )
    if not quiet:
        show.say(show.out(), f'"{show.plain(wanted.title)}" {whose} ({found.campaign_id}); nothing was done.')
        show.say(show.out(), "Another --title makes a second one.", indent=2)
    return {"status": "exists", "id": found.campaign_id, "title": wanted.title}


def _may_spend(app: "App", wanted: "Order", reservation: "Reservation", *, yes: bool) -> bool:
    console = show.err()
    balance = app.scravio().me().credits
    show.say(console, f'{wanted.type.lower()}: {wanted.emails:,} addresses, as "{wanted.title}"')
    if reservation.reserved is None and wanted.max_credits is None:
        raise ConfigProblem("Scravio gives no cost for this campaign.", hint="Set a maximum with --max-credits.")
    cost = f"up to {wanted.max_credits:,}" if reservation.reserved is None else money.told(reservation.reserved)
    left = "" if balance is None else f" of {money.balance(balance)} available"
    show.say(console, f"Scravio reserves {cost} credits{left}.", indent=2)
    for warning in reservation.warnings:
        show.say(console, f"! {show.plain(warning)}", style="yellow", indent=2)
    return money.agreed(f'Create "{show.plain(wanted.title)}" for {cost} credits?', yes=yes)


def _created(
    session: Session, wanted: "Order", made: SourceCampaign, route: Route | None, *, quiet: bool
) -> dict[str, Any]:
    from bridge.operations import create_campaign

    whole = SourceCampaign(made.id, made.title or wanted.title, made.type or wanted.type, "", made.created_at)
    takers = [one.name for one in create_campaign.takers(list(session.configuration.routes), whole)]
    lines = create_campaign.lacking(route, whole) if route else []
    if not quiet:
        for line in _route_lines(route, lines, takers):
            show.say(show.out(), line, indent=2)
    return {
        "status": "created",
        "id": made.id,
        "title": whole.title,
        "routes": takers,
        "route_needs": lines,
    }


def _route_lines(route: Route | None, lacking: list[str], takers: list[str]) -> list[str]:
    if route is not None and lacking:
        return [
            f"Route {words.typed(route.name)} does not take it yet. Add this to its source in bridge.toml:",
            *lacking,
        ]
    if takers:
        return [f"Its leads are taken by {', '.join(map(words.typed, takers))} once it is finished."]
    return ["No route takes its leads yet: give one of them a source that does, in bridge.toml."]


# ------------------------------------------------------------------------------------------------------------- looking


def _find(app: "App", which: str) -> SourceCampaign:
    """The campaign of this id, else the only one of this title. Raises ConfigProblem."""
    listed = list(app.scravio().campaigns())
    for one in listed:
        if one.id == which:
            return one
    same = [one for one in listed if one.title.casefold() == which.casefold()]
    if len(same) == 1:
        return same[0]
    if same:
        ids = ", ".join(one.id for one in same[:10])
        raise ConfigProblem(f'Several campaigns are called "{show.plain(which)}".', hint=f"Name one by its id: {ids}.")
    raise ConfigProblem(
        f'Scravio has no campaign "{show.plain(which)}".', hint="`leadbridge campaigns list` shows them all."
    )


def _routes_of(session: Session, campaign: SourceCampaign) -> list[str]:
    from bridge.operations import create_campaign

    return [route.name for route in create_campaign.takers(list(session.configuration.routes), campaign)]


def _by_age(campaign: SourceCampaign) -> str:
    return campaign.created_at.isoformat() if campaign.created_at else ""


def _document(campaign: SourceCampaign, routes: list[str]) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "title": campaign.title,
        "type": campaign.type,
        "status": campaign.status,
        "emails": campaign.emails,
        "profiles": campaign.profiles,
        "validating": campaign.validating,
        "created_at": show.iso(campaign.created_at),
        "routes": routes,
    }


def _facts(campaign: SourceCampaign, told: dict[str, Any], routes: list[str]) -> list[str]:
    from bridge.api.scalars import mapping
    from bridge.sources.scravio.ordering.credits import thousandths

    lines = [f"id: {campaign.id}", f"type: {campaign.type}", f"status: {campaign.status.replace('_', ' ')}"]
    if campaign.emails is not None:
        lines.append(f"e-mails: {campaign.emails:,} of {campaign.profiles or 0:,} profiles")
    for name, phase in mapping(told.get("phaseState")).items():
        status = mapping(phase).get("status")
        if status:
            lines.append(f"{name}: {show.plain(str(status), 40).replace('_', ' ')}")
    later = mapping(told.get("postValidation"))
    if later.get("status"):
        lines.append(f"validated later: {show.plain(str(later['status']), 40)}")
    settled = mapping(told.get("creditSettlement"))
    for name, label in (("creditReserved", "reserved"), ("creditCharged", "charged"), ("creditReturned", "returned")):
        amount = thousandths(settled.get(name))
        if amount is not None:
            lines.append(f"credits {label}: {money.told(amount)}")
    lines.append(f"created: {show.minute(campaign.created_at)}")
    return [*lines, f"routes: {', '.join(routes) or 'none takes its leads'}"]
