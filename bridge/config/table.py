"""The base of the tables of bridge.toml, a strict pydantic model, and the types of single keys. Reads no file."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, time, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from bridge.config import cron, readers
from bridge.config.vocabulary import CAMPAIGN_TYPES, FINISHED, PLATFORMS, SOURCE_TYPES, TYPE_SHORTHANDS
from bridge.lazy import dataclass
from bridge.model import Budget


@dataclass(frozen=True, slots=True, eq=False)  # by identity: a union of types hashes what it is made of
class Accepts:
    """What a key takes, in words that complete "it must be ...".

    `by` makes the value of what TOML gives. `schema` is what TOML may give, for editors, where that is another type.
    """

    words: str
    by: Callable[[Any], Any] | None = None
    schema: Mapping[str, object] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        made = handler(source)
        return made if self.by is None else core_schema.no_info_before_validator_function(self.by, made)

    def __get_pydantic_json_schema__(self, made: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(made) if self.schema is None else dict(self.schema)


def _some(item: Mapping[str, object]) -> dict[str, object]:
    """One of these, or a list of them."""
    return {"anyOf": [item, {"type": "array", "items": item}]}


def _words(*words: str) -> dict[str, object]:
    """One of the words; case does not count, and an editor offers them as they are listed."""
    anyhow = "|".join("".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in word) for word in words)
    return {"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": f"^\\s*({anyhow})\\s*$"}]}


_TEXT: dict[str, object] = {"type": "string", "minLength": 1}
_DURATION: dict[str, object] = {"type": "string", "pattern": r"^\s*([0-9]{1,6}[wdhmsWDHMS])+\s*$"}
_COUNTS = {field.name: {"type": "integer", "minimum": 0} for field in fields(Budget)}

_TEXTS = _some(_TEXT)

Text = Annotated[str, Accepts("a text", readers.read_text)]
Name = Annotated[
    str, Accepts("a text of at most 64 characters", partial(readers.read_text, longest=readers.LONGEST_NAME))
]
ClientName = Annotated[str, Accepts("a name of letters, digits, - and _", readers.read_client)]
Prefix = Annotated[str, Accepts('the start of a variable, such as "ACME_"', readers.read_prefix)]
Host = Annotated[str, Accepts("a host name or an address", readers.read_host)]
Hosts = Annotated[tuple[str, ...], Accepts("a host name or a list of them", readers.read_hosts, _TEXTS)]
Cron = Annotated[str, Accepts("five cron fields", cron.read_cron)]
Timezone = Annotated[str, Accepts('a time zone, such as "Europe/Berlin"', cron.read_timezone)]
Template = Annotated[str, Accepts("a template", readers.read_template)]
_TEMPLATES = {"type": "object", "additionalProperties": {"type": "string"}}
Templates = Annotated[
    dict[str, Template], Accepts('a table { name = "template", … }', readers.read_variables, _TEMPLATES)
]
Duration = Annotated[timedelta, Accepts('a duration, such as "15m" or "1h30m"', readers.read_duration, _DURATION)]
ReadTimeout = Annotated[timedelta, Accepts('a duration from "5s" to "5m"', readers.read_read_timeout, _DURATION)]
_AGE = {"anyOf": [_words("none"), _DURATION]}
Age = Annotated[timedelta | None, Accepts('a duration, such as "90d", or "none"', readers.read_age, _AGE)]
Days = Annotated[int, Accepts('a number of whole days, such as "3d"', readers.read_days, _DURATION)]
# A day begins at midnight and ends with its last moment.
_DATE = "a date, such as 2026-01-31"
From = Annotated[datetime, Accepts(_DATE, partial(readers.read_instant, of_day=time.min), {"type": "string"})]
To = Annotated[datetime, Accepts(_DATE, partial(readers.read_instant, of_day=time.max), {"type": "string"})]
Texts = Annotated[tuple[str, ...], Accepts("a text or a list of texts", readers.read_list, _TEXTS)]
_GLOBS = 'a path or a list of paths, such as "leads/*.csv"'
Globs = Annotated[tuple[str, ...], Accepts(_GLOBS, readers.read_globs, _TEXTS)]
Ids = Annotated[tuple[str, ...], Accepts("an id or a list of ids", readers.read_source_ids, _TEXTS)]
SenderIds = Annotated[tuple[str, ...], Accepts("a list of ids of linked accounts", readers.read_sender_ids, _TEXTS)]
_COLUMNS = {"type": "object", "additionalProperties": _TEXT}
Columns = Annotated[
    tuple[tuple[str, str], ...], Accepts('a table { first_name = "custom_…", … }', readers.read_columns, _COLUMNS)
]
_STATUSES = 'a list of "fully_completed" and "stopped"'
Statuses = Annotated[tuple[str, ...], Accepts(_STATUSES, readers.read_statuses, _some(_words(*FINISHED)))]
_TYPES = 'a list of campaign types ("INSTAGRAM_HASHTAG") or platforms ("INSTAGRAM")'
_CAMPAIGN_TYPES = (*TYPE_SHORTHANDS, *CAMPAIGN_TYPES)
CampaignTypes = Annotated[
    tuple[str, ...], Accepts(_TYPES, readers.read_campaign_types, _some(_words(*_CAMPAIGN_TYPES)))
]
_PLATFORMS = "a list of instagram, tiktok, youtube, x, linkedin, facebook"
Platforms = Annotated[
    tuple[str, ...], Accepts(_PLATFORMS, readers.read_platforms, _some(_words(*PLATFORMS, "twitter")))
]
_OF_LEADS = 'a list of "profile", "keyword", campaign types or platforms ("INSTAGRAM")'
Types = Annotated[
    tuple[str, ...], Accepts(_OF_LEADS, readers.read_types, _some(_words(*SOURCE_TYPES, *_CAMPAIGN_TYPES)))
]
Countries = Annotated[tuple[str, ...], Accepts("a list of two-letter country codes", readers.read_countries, _TEXTS)]
Languages = Annotated[tuple[str, ...], Accepts("a list of two-letter language codes", readers.read_languages, _TEXTS)]
_CREDITS = {"type": "object", "properties": _COUNTS, "additionalProperties": False}
Credits = Annotated[Budget, Accepts("a table { campaign = n, route = n, day = n }", readers.read_credits, _CREDITS)]
Policy = Literal["hold", "allow"]
Consequence = Literal["suppress", "note"]
# Bounded, so that no number is too large for a column of the ledger.
AtLeastNothing = Annotated[int, Field(ge=0, le=10**15), Accepts("a whole number, 0 or more")]
Share = Annotated[float, Field(ge=0, le=1, strict=False), Accepts("a number from 0 to 1")]
AtOnce = Annotated[int, Field(ge=1, le=16), Accepts("a whole number from 1 to 16")]


class Table(BaseModel):
    """A table of the file: unknown keys are errors, and no value is converted to another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
