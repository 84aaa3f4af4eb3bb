"""The base of the tables of bridge.toml, a strict pydantic model, and the types of single keys. Reads no file."""

from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from functools import partial
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from bridge.config import cron, readers
from bridge.config.vocabulary import CAMPAIGN_TYPES, FINISHED, PLATFORMS, SOURCE_TYPES, TYPE_SHORTHANDS
from bridge.model import Budget


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a key takes, in words that complete "it must be ..."."""

    words: str


def _taken(schema: dict[str, object]) -> WithJsonSchema:
    """What TOML may give, for editors: the type that a reader makes of it is another one."""
    return WithJsonSchema(schema)


def _some(item: dict[str, object]) -> WithJsonSchema:
    """One of these, or a list of them."""
    return _taken({"anyOf": [item, {"type": "array", "items": item}]})


def _words(*words: str) -> dict[str, object]:
    """One of the words; case does not count, and an editor offers them as they are listed."""
    anyhow = "|".join("".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in word) for word in words)
    return {"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": f"^\\s*({anyhow})\\s*$"}]}


_TEXT: dict[str, object] = {"type": "string", "minLength": 1}
_DURATION: dict[str, object] = {"type": "string", "pattern": r"^\s*([0-9]{1,6}[wdhmsWDHMS])+\s*$"}
_COUNTS = {field.name: {"type": "integer", "minimum": 0} for field in fields(Budget)}

Text = Annotated[str, BeforeValidator(readers.read_text), Accepts("a text")]
Name = Annotated[
    str,
    BeforeValidator(partial(readers.read_text, longest=readers.LONGEST_NAME)),
    Accepts("a text of at most 64 characters"),
]
ClientName = Annotated[str, BeforeValidator(readers.read_client), Accepts("a name of letters, digits, - and _")]
Prefix = Annotated[str, BeforeValidator(readers.read_prefix), Accepts('the start of a variable, such as "ACME_"')]
Host = Annotated[str, BeforeValidator(readers.read_host), Accepts("a host name or an address")]
Hosts = Annotated[
    tuple[str, ...], BeforeValidator(readers.read_hosts), Accepts("a host name or a list of them"), _some(_TEXT)
]
Cron = Annotated[str, BeforeValidator(cron.read_cron), Accepts("five cron fields")]
Timezone = Annotated[str, BeforeValidator(cron.read_timezone), Accepts('a time zone, such as "Europe/Berlin"')]
Template = Annotated[str, BeforeValidator(readers.read_template), Accepts("a template")]
Templates = Annotated[
    dict[str, Template],
    BeforeValidator(readers.read_variables),
    Accepts('a table { name = "template", … }'),
    _taken({"type": "object", "additionalProperties": {"type": "string"}}),
]
Duration = Annotated[
    timedelta,
    BeforeValidator(readers.read_duration),
    Accepts('a duration, such as "15m" or "1h30m"'),
    _taken(_DURATION),
]
ReadTimeout = Annotated[
    timedelta, BeforeValidator(readers.read_read_timeout), Accepts('a duration from "5s" to "5m"'), _taken(_DURATION)
]
Age = Annotated[
    timedelta | None,
    BeforeValidator(readers.read_age),
    Accepts('a duration, such as "90d", or "none"'),
    _taken({"anyOf": [_words("none"), _DURATION]}),
]
Days = Annotated[
    int, BeforeValidator(readers.read_days), Accepts('a number of whole days, such as "3d"'), _taken(_DURATION)
]
# A day begins at midnight and ends with its last moment.
From = Annotated[
    datetime,
    BeforeValidator(partial(readers.read_instant, of_day=time.min)),
    Accepts("a date, such as 2026-01-31"),
    _taken({"type": "string"}),
]
To = Annotated[
    datetime,
    BeforeValidator(partial(readers.read_instant, of_day=time.max)),
    Accepts("a date, such as 2026-01-31"),
    _taken({"type": "string"}),
]
Texts = Annotated[
    tuple[str, ...], BeforeValidator(readers.read_list), Accepts("a text or a list of texts"), _some(_TEXT)
]
Globs = Annotated[
    tuple[str, ...],
    BeforeValidator(readers.read_globs),
    Accepts('a path or a list of paths, such as "leads/*.csv"'),
    _some(_TEXT),
]
Ids = Annotated[
    tuple[str, ...], BeforeValidator(readers.read_source_ids), Accepts("an id or a list of ids"), _some(_TEXT)
]
SenderIds = Annotated[
    tuple[str, ...], BeforeValidator(readers.read_sender_ids), Accepts("a list of ids of linked accounts"), _some(_TEXT)
]
Columns = Annotated[
    tuple[tuple[str, str], ...],
    BeforeValidator(readers.read_columns),
    Accepts('a table { first_name = "custom_…", … }'),
    _taken({"type": "object", "additionalProperties": _TEXT}),
]
Statuses = Annotated[
    tuple[str, ...],
    BeforeValidator(readers.read_statuses),
    Accepts('a list of "fully_completed" and "stopped"'),
    _some(_words(*FINISHED)),
]
CampaignTypes = Annotated[
    tuple[str, ...],
    BeforeValidator(readers.read_campaign_types),
    Accepts('a list of campaign types ("INSTAGRAM_HASHTAG") or platforms ("INSTAGRAM")'),
    _some(_words(*TYPE_SHORTHANDS, *CAMPAIGN_TYPES)),
]
Platforms = Annotated[
    tuple[str, ...],
    BeforeValidator(readers.read_platforms),
    Accepts("a list of instagram, tiktok, youtube, x, linkedin, facebook"),
    _some(_words(*PLATFORMS, "twitter")),
]
Types = Annotated[
    tuple[str, ...],
    BeforeValidator(readers.read_types),
    Accepts('a list of "profile", "keyword", campaign types or platforms ("INSTAGRAM")'),
    _some(_words(*SOURCE_TYPES, *TYPE_SHORTHANDS, *CAMPAIGN_TYPES)),
]
Countries = Annotated[
    tuple[str, ...],
    BeforeValidator(readers.read_countries),
    Accepts("a list of two-letter country codes"),
    _some(_TEXT),
]
Languages = Annotated[
    tuple[str, ...],
    BeforeValidator(readers.read_languages),
    Accepts("a list of two-letter language codes"),
    _some(_TEXT),
]
Credits = Annotated[
    Budget,
    BeforeValidator(readers.read_credits),
    Accepts("a table { campaign = n, route = n, day = n }"),
    _taken({"type": "object", "properties": _COUNTS, "additionalProperties": False}),
]
Policy = Literal["hold", "allow"]
Consequence = Literal["suppress", "note"]
# Bounded, so that no number is too large for a column of the ledger.
AtLeastNothing = Annotated[int, Field(ge=0, le=10**15), Accepts("a whole number, 0 or more")]
Share = Annotated[float, Field(ge=0, le=1, strict=False), Accepts("a number from 0 to 1")]
AtOnce = Annotated[int, Field(ge=1, le=16), Accepts("a whole number from 1 to 16")]


class Table(BaseModel):
    """A table of the file: unknown keys are errors, and no value is converted to another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
