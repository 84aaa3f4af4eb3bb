"""Says which source campaigns a route takes. Knows nothing of leads."""

from collections.abc import Sequence
from datetime import datetime
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
