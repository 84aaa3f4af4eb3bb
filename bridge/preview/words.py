"""What the leads that would go meet in their target, in sentences for terminal and page. Asks no vendor."""

from collections.abc import Iterator, Sequence
from itertools import chain

from bridge.destinations.foreseen import Letter, Piece
from bridge.model import State
from bridge.model.credits import as_credits
from bridge.preview import RoutePreview, Validations
from bridge.preview.outlook import Message, Outlook, Presence, percent
from bridge.preview.spending import Forecast
from bridge.reports import numbers, words
from bridge.reports.text import Line, count, indented, visible

LONGEST = 4_000
"""Characters of a letter that are shown."""
_MOST_REASONS = 12


def lines(route: RoutePreview) -> Iterator[Line]:
    """One route: its sum, the reasons, who is there already, how soon they are written to."""
    yield Line(f"{route.route} → {route.target}", style="bold")
    yield Line(headline(route), 2)
    yield Line(numbers.sum_line(route.leads_read, route.states, "looked at"), 2)
    yield from indented(numbers.reason_lines(route.reasons, most=_MOST_REASONS), 4)
    if route.suppressed:
        yield Line(f"Suppressed, for example: {', '.join(route.suppressed)}", 2)
    yield from indented(chain(waiting(route), validations(route.validations)), 2)
    yield from _warnings(route.warnings)
    outlook = route.outlook
    if outlook is None:
        return
    yield Line(asked(outlook), 2)
    yield from indented(map(presence, outlook.presences), 4)
    yield Line(plan(outlook), 2)
    yield from _warnings(outlook.warnings)
    yield from indented(variables(outlook), 2)
    if outlook.pace is not None:
        yield Line(first_touch(outlook), 2)
        yield from indented(outlook.pace.arithmetic, 4, "dim")
        yield from _warnings(outlook.pace.warnings)
    yield from indented((f"? {sentence}" for sentence in outlook.notes), 2, "cyan")


def _warnings(sentences: Sequence[str]) -> list[Line]:
    return indented((f"! {sentence}" for sentence in sentences), 2, "yellow")


def trouble(route: RoutePreview) -> Iterator[Line]:
    """Why the route could not be played through, and what to do."""
    if route.error:
        yield Line(f"✗ {route.error}", 2, "red")
    if route.hint:
        yield Line(route.hint, 4)


def letters(outlook: Outlook) -> Iterator[tuple[Message, Letter]]:
    """The letters to show: every variant once; for the other leads the first one is enough."""
    for number, message in enumerate(outlook.messages):
        for letter in message.letters if not number else message.letters[:1]:
            yield message, letter


def shown(pieces: Sequence[Piece]) -> Iterator[tuple[str, str]]:
    """Kind and visible text of a letter's pieces, up to the longest that is shown."""
    left = LONGEST
    for piece in pieces:
        said = piece.text[:left]
        left -= len(said)
        yield piece.kind, "\n".join(map(visible, said.split("\n")))


# --------------------------------------------------------------------------------------------------------- sentences


def headline(route: RoutePreview) -> str:
    """How many leads a sync would deliver now; what is unknown is given as a bound, or as unknown."""
    offered, taken = route.offered, route.would_be_taken
    if route.error:
        return "A sync would deliver no lead now; the reasons are below."
    if not offered:
        return "A sync would deliver no lead now."
    if taken is not None:
        return f"A sync would deliver {taken:,} of the {words.leads(offered)} that it offers to the target."
    most = route.outlook.most if route.outlook else offered
    return f"A sync would offer {words.leads(offered)} to the target, and deliver at most {most:,} of them."


def waiting(route: RoutePreview) -> list[str]:
    """Who is ready and does not go with the next sync."""
    waits = [words.wait(wait) for wait in route.waits]
    if route.changed:
        found = f"{words.leads(route.changed)} delivered before would be changed in the target"
        waits.append(f"At most {found}, if no person changed the value there.")
    return [*waits, *filter(None, [words.queue(route.pace or {})])]


def figures(route: RoutePreview) -> list[tuple[str, str, str]]:
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


def asked(outlook: Outlook) -> str:
    """Of how many leads the target was asked, and how many it would take."""
    if outlook.looked_at is None:
        return f"It is unknown how many of the {words.leads(outlook.ready)} are already in the target's workspace."
    cut = f" (only the first of {outlook.ready:,} were looked up)" if outlook.going.unasked else ""
    if not outlook.presences:
        return f"Of the {words.leads(outlook.looked_at)} offered, none is there already{cut}."
    taken = f"{outlook.looked_at - outlook.left_out:,} would be taken"
    several_times = sum(one.leads for one in outlook.presences if one.skipped) != outlook.left_out
    several = " (a lead in several places is counted at each)" if several_times else ""
    return f"Of the {words.leads(outlook.looked_at)} offered{cut}, {taken}{several}:"


def presence(one: Presence) -> str:
    """Who stands somewhere already, where, and whether that keeps them out."""
    where = ", ".join(f"{name} ({count:,})" if len(one.where) > 1 else name for name, count in one.where.items())
    verdict = "left out" if one.skipped else "sent anyway"
    return f"{one.leads:,}  {verdict}: {words.reason(one.reason)}{f': {where}' if where else ''} ({examples(one)})"


def examples(one: Presence) -> str:
    """A few of the addresses."""
    more = ", …" if one.leads > len(one.examples) else ""
    return f"{', '.join(one.examples)}{more}"


def plan(outlook: Outlook) -> str:
    """The plan's room before and after."""
    room = outlook.room
    if room is not None and not room.counts:
        return "This target does not use the plan's room."
    if room is None or room.before is None:
        return "How much room the plan has left is unknown, or it has no limit."
    if outlook.room_after is None:
        after = ""
    elif room.before - (outlook.taken or 0) != outlook.room_after:
        after = f", {outlook.room_after:,} after it and the routes before it"
    else:
        after = f", {outlook.room_after:,} after it"
    return f"Plan: room for {room.before:,} more contacts now{after}."


def variables(outlook: Outlook) -> list[str]:
    """Fallbacks that will be seen, and the names that are new to the target."""
    sentences = []
    for use in (use for use in outlook.uses if use.fallbacks and use.empty):
        words_used = " or ".join(f'"{fallback}"' if fallback else "nothing" for fallback in use.fallbacks)
        share, of = percent(outlook.share(use)), f"{use.empty:,} of {outlook.sampled:,}"
        empty = f"{{{{{use.name}}}}} is empty for {share} of the leads ({of})"
        sentences.append(f"{empty}; they read {words_used} instead.")
    if outlook.widens:
        sentences.append(f"New to the campaign's set of variables: {', '.join(outlook.widens)}.")
    return sentences


def first_touch(outlook: Outlook) -> str:
    """When the last of the leads is first written to; "" where no such thing is known of the target."""
    pace = outlook.pace
    if pace is None:
        return ""
    if pace.sending_days is None or pace.last is None:
        return "First message to the last of them: unknown."
    days = count(pace.sending_days, "sending day")
    taken = outlook.taken or 0
    to = "this lead" if taken == 1 else f"the last of these {words.leads(taken)}"
    return f"First message to {to}: after {days}, on {pace.last:%Y-%m-%d} at the earliest."


def validations(found: Validations) -> list[str]:
    """Who was never validated, and what that would cost: by campaign, one sum for several not asked for alike."""
    if not found.leads:
        return []
    by_cause: dict[tuple[bool, str], list[Forecast]] = {}
    for forecast in found.quoted:
        by_cause.setdefault((forecast.asked, forecast.why), []).append(forecast)
    sentences = [f"Never validated: {words.leads(found.leads)} of {found.campaigns:,} campaigns."] * (
        found.campaigns > 1
    )
    for (is_asked, why), some in by_cause.items():
        if is_asked or len(some) == 1:
            sentences += [forecast.sentence() for forecast in some]
        else:
            emails, cost = sum(one.emails for one in some), as_credits(sum(one.cost for one in some))
            missing = words.leads(sum(one.missing for one in some))
            part = "" if len(some) == found.campaigns else f", of {len(some)} of them with {missing} never validated,"
            head = f"Checking the {emails:,} addresses that Scravio counts there{part} would cost {cost} credits"
            sentences.append(f"{head}; not requested: {why}.")
    return sentences
