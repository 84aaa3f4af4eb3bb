"""Says which source campaigns a route takes. Knows nothing of leads."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from fnmatch import fnmatchcase

from bridge.model import Source, SourceCampaign

# A shorthand is a platform; X campaigns carry two spellings.
_SHORTHANDS = {"X": ("X_", "TWITTER_"), "TWITTER": ("X_", "TWITTER_")}


def selects(source: Source, campaign: SourceCampaign) -> bool:
    """Whether a route with this source takes the campaign, but for `q`: only the source can say which match it."""
    vendor, named, ref = campaign.id.partition(":")
    if source.refs or named:
        return vendor == source.vendor and any(_is_path(glob.split("/"), ref.split("/")) for glob in source.refs)
    title = campaign.title.casefold()
    return (
        campaign.status in source.status
        and (not source.id or campaign.id in source.id)
        and (not source.type or any(is_type(wanted, campaign.type) for wanted in source.type))
        and (not source.title or any(fnmatchcase(title, glob.casefold()) for glob in source.title))
        and _is_within(source, campaign.created_at)
    )


def misses(source: Source, listed: Sequence[SourceCampaign]) -> Iterator[str]:
    """A sentence for each title and id of the source that none of the listed campaigns has, with the nearest titles."""
    titles = {one.title.casefold(): one.title for one in listed if one.title}
    for glob in source.title:
        if not any(fnmatchcase(title, glob.casefold()) for title in titles):
            near = sorted((-_likeness(glob, title), title) for title in titles)[:_MOST_NEAREST]
            said = ", ".join(f'"{titles[title]}"' for negative, title in near if negative <= -_LEAST_LIKENESS)
            yield f'No finished campaign has the title "{glob}".' + (f" The nearest: {said}." if said else "")
    known = {one.id for one in listed}
    yield from (f'No finished campaign has the id "{wanted}".' for wanted in source.id if wanted not in known)


_MOST_NEAREST, _LEAST_LIKENESS = 3, 0.6


def _likeness(glob: str, title: str) -> float:
    """From 0 to 1; the title's beginning counts too, since a title is often typed in part."""
    typed = glob.casefold().strip("*? ")[:60]
    parts = dict.fromkeys((title[:60], title[: len(typed)]))
    return max(SequenceMatcher(None, typed, part).ratio() for part in parts)


def is_type(wanted: str, actual: str) -> bool:
    """Whether a campaign of type `actual` is what `wanted` names: that very type, or its platform."""
    wanted, actual = wanted.upper(), actual.upper()
    return wanted == actual or actual.startswith(_SHORTHANDS.get(wanted, (f"{wanted}_",)))


def _is_path(glob: Sequence[str], path: Sequence[str]) -> bool:
    """Whether the parts of a path are what a glob means, where ** stands for any folders."""
    if not glob or not path:
        return not glob and not path
    if glob[0] == "**":
        return len(glob) == 1 or any(_is_path(glob[1:], path[skipped:]) for skipped in range(len(path)))
    return fnmatchcase(path[0], glob[0]) and _is_path(glob[1:], path[1:])


def _is_within(source: Source, created: datetime | None) -> bool:
    first, last = source.created_from, source.created_to
    if created is None:
        return first is None and last is None
    return (first is None or created >= first) and (last is None or created <= last)
