"""Tells what the leads that would go meet in their target, in sentences for terminal and page. Asks nobody."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from bridge.cli.terminal import show
from bridge.model import State
from bridge.reports import words

if TYPE_CHECKING:
    from bridge.destinations.foreseen import Letter, Piece, Use
    from bridge.preview import Message, Outlook, Presence, RoutePreview, Validations
    from bridge.preview.spending import Forecast

_STYLES = {"hole": "bold red", "fallback": "yellow", "code": "dim", "sender": "dim", "filled": "green"}
_LONGEST_TEXT = 4_000
_MOST_LINES = 40


def tell(console: Console, outlook: "Outlook") -> None:
    """The whole outlook of a route."""
    show.say(console, asked(outlook), indent=2)
    for one in outlook.presences:
        show.say(console, presence(one), indent=4)
    show.say(console, plan(outlook), indent=2)
    for sentence in outlook.warnings:
        show.say(console, f"! {sentence}", style="yellow", indent=2)
    for sentence in variables(outlook):
        show.say(console, sentence, indent=2)
    _tell_pace(console, outlook)
    for sentence in outlook.notes:
        show.say(console, f"? {sentence}", style="cyan", indent=2)
    for number, message in enumerate(outlook.messages):
        # Every variant once; for the other leads the first one is enough.
        for letter in message.letters if not number else message.letters[:1]:
            _tell_letter(console, message, letter)


# --------------------------------------------------------------------------------------------------------- sentences


def headline(route: "RoutePreview") -> str:
    """How many leads a sync would deliver now; what is unknown is told as a bound, or as unknown."""
    offered, taken = route.offered, route.would_be_taken
    if route.error:
        return "A sync would deliver no lead now; the reasons are below."
    if not offered:
        return "A sync would deliver no lead now."
    if taken is not None:
        return f"A sync would deliver {taken:,} of the {words.leads(offered)} that it offers to the target."
    most = route.outlook.most if route.outlook else offered
    return f"A sync would offer {words.leads(offered)} to the target, and deliver at most {most:,} of them."


def waiting(route: "RoutePreview") -> list[str]:
    """Who is ready and does not go with the next sync."""
    return [words.wait(wait) for wait in route.waits]


def figures(route: "RoutePreview") -> list[tuple[str, str, str]]:
    """Name, number and weight of what the leads looked at are made of; they add up to the first."""
    ready, held = route.states.get(State.READY, 0), route.states.get(State.HELD, 0)
    left_out = route.outlook.left_out if route.outlook else 0
    offered = 0 if route.error else route.offered
    exact = route.would_be_taken is not None or not offered
    going = f"{offered - left_out:,}" if exact else f"at most {offered - left_out:,}"
    found = [("looked at", f"{route.leads_read:,}", ""), ("would be delivered", going, "main")]
    more = (
        ("in the target or blocked there", left_out),
        ("ready, but waiting", ready - offered),
        ("held back", held),
        ("sent before", route.leads_read - ready - held),
    )
    return found + [(name, f"{count:,}", "") for name, count in more if count or name == "held back"]


def asked(outlook: "Outlook") -> str:
    """Of how many leads the target was asked, and how many it would take."""
    if outlook.looked_at is None:
        return f"It is unknown how many of the {words.leads(outlook.ready)} are already in the target's workspace."
    cut = f" (only the first of {outlook.ready:,} were looked up)" if outlook.going.unasked else ""
    if not outlook.presences:
        return f"Of the {words.leads(outlook.looked_at)} offered, none is there already{cut}."
    taken = f"{outlook.looked_at - outlook.left_out:,} would be taken"
    several = " (a lead in several places is counted at each)" if _overlap(outlook) else ""
    return f"Of the {words.leads(outlook.looked_at)} offered{cut}, {taken}{several}:"


def _overlap(outlook: "Outlook") -> bool:
    return sum(one.leads for one in outlook.presences if one.skipped) != outlook.left_out


def presence(one: "Presence") -> str:
    """Who stands somewhere already, where, and whether that keeps them out."""
    where = ", ".join(f"{name} ({count:,})" if len(one.where) > 1 else name for name, count in one.where.items())
    verdict = "left out" if one.skipped else "sent anyway"
    return f"{one.leads:,}  {verdict}: {words.reason(one.reason)}{f': {where}' if where else ''} ({examples(one)})"


def examples(one: "Presence") -> str:
    """A few of the addresses."""
    more = ", …" if one.leads > len(one.examples) else ""
    return f"{', '.join(one.examples)}{more}"


def plan(outlook: "Outlook") -> str:
    """The plan's room before and after."""
    if outlook.room_counts is False:
        return "This target does not use the plan's room."
    if outlook.room_before is None:
        return "How much room the plan has left is unknown, or it has no limit."
    if outlook.room_after is None:
        after = ""
    elif outlook.room_counts and outlook.room_before - (outlook.taken or 0) != outlook.room_after:
        after = f", {outlook.room_after:,} after it and the routes before it"
    else:
        after = f", {outlook.room_after:,} after it"
    return f"Plan: room for {outlook.room_before:,} more contacts now{after}."


def variables(outlook: "Outlook") -> list[str]:
    """Fallbacks that will be seen, and the names that are new to the target."""
    told = [_fallback(outlook, use) for use in outlook.uses if use.fallbacks and use.empty]
    if outlook.widens:
        told.append(f"New to the campaign's set of variables: {', '.join(outlook.widens)}.")
    return told


def _fallback(outlook: "Outlook", use: "Use") -> str:
    from bridge.preview import percent

    words_used = " or ".join(f'"{fallback}"' if fallback else "nothing" for fallback in use.fallbacks)
    share = percent(outlook.share(use))
    of = f"{use.empty:,} of {outlook.sampled:,}"
    return f"{{{{{use.name}}}}} is empty for {share} of the leads ({of}); they read {words_used} instead."


def first_touch(outlook: "Outlook") -> str:
    """When the last of the leads is first written to; "" where no such thing is known of the target."""
    pace = outlook.pace
    if pace is None:
        return ""
    if pace.sending_days is None or pace.last is None:
        return "First mail to the last of them: unknown."
    days = f"{pace.sending_days:,} sending day" + ("s" if pace.sending_days != 1 else "")
    leads = words.leads(outlook.taken or 0)
    return f"First mail to the last of these {leads}: after {days}, on {pace.last:%Y-%m-%d} at the earliest."


def _tell_pace(console: Console, outlook: "Outlook") -> None:
    if outlook.pace is None:
        return
    show.say(console, first_touch(outlook), indent=2)
    for sentence in outlook.pace.arithmetic:
        show.say(console, sentence, style="dim", indent=4)
    for sentence in outlook.pace.warnings:
        show.say(console, f"! {sentence}", style="yellow", indent=2)


def validations(found: "Validations") -> list[str]:
    """Who was never validated, and what that would cost: by campaign, one sum for several not asked for alike."""
    if not found.leads:
        return []
    by_cause: dict[tuple[bool, str], list[Forecast]] = {}
    for forecast in found.quoted:
        by_cause.setdefault((forecast.asked, forecast.why), []).append(forecast)
    campaigns = "1 campaign" if found.campaigns == 1 else f"{found.campaigns:,} campaigns"
    told = [f"Never validated: {words.leads(found.leads)} of {campaigns}."] if found.campaigns > 1 else []
    for (is_asked, why), some in by_cause.items():
        if is_asked or len(some) == 1:
            told += [forecast.sentence() for forecast in some]
        else:
            told.append(_sum(some, why, found))
    return told


def _sum(some: "Sequence[Forecast]", why: str, found: "Validations") -> str:
    from bridge.sources.validating import as_credits

    emails, cost = sum(one.emails for one in some), as_credits(sum(one.cost for one in some))
    missing = words.leads(sum(one.missing for one in some))
    part = "" if len(some) == found.campaigns else f", of {len(some)} of them with {missing} never validated,"
    head = f"Checking the {emails:,} addresses that Scravio counts there{part} would cost {cost} credits"
    return f"{head}; not requested: {why}."


# ----------------------------------------------------------------------------------------------------------- letters


def _tell_letter(console: Console, message: "Message", letter: "Letter") -> None:
    variant = f", variant {letter.variant}" if len(message.letters) > 1 else ""
    show.say(console, f"The first mail to {message.address}{variant}:", indent=2)
    _tell_lines(console, [Text("Subject: "), *_texts(letter.subject)])
    _tell_lines(console, _texts(letter.body))
    if letter.holes:
        holes = ", ".join("{{" + name.strip("{}") + "}}" for name in letter.holes)
        show.say(console, f"✗ not filled in: {holes}", style="bold red", indent=4)


def _tell_lines(console: Console, texts: Sequence[Text]) -> None:
    width = max(20, console.width - 6) if show.has_width(console) else _LONGEST_TEXT
    whole = Text("").join(texts)
    lines = [line for part in whole.split("\n", allow_blank=True) for line in part.wrap(console, width)]
    for line in lines[:_MOST_LINES]:
        line.rstrip()
        console.print(Text("    │ " if line.plain else "    │", "dim") + line, soft_wrap=True)
    if len(lines) > _MOST_LINES:
        show.say(console, f"│ … {len(lines) - _MOST_LINES} lines more", style="dim", indent=4)


def _texts(pieces: "Sequence[Piece]") -> list[Text]:
    return list(_styled(pieces))


def _styled(pieces: "Sequence[Piece]") -> Iterator[Text]:
    left = _LONGEST_TEXT
    for piece in pieces:
        said = piece.text[:left]
        left -= len(said)
        shown = "\n".join(show.visible(line) for line in said.split("\n"))
        yield Text(shown, _STYLES.get(piece.kind, ""))
