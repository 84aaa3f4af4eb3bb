"""Which key of bridge.toml would change what happens to leads held for a reason, and its value now. Decides nothing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from bridge.model import Reason, Route

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Reason.NOT_VALIDATED: ("rules.validation_request",),
        Reason.VALIDATION_UNDATED: ("rules.max_validation_age",),
        Reason.VALIDATION_TOO_OLD: ("rules.max_validation_age",),
        Reason.RECENTLY_CONTACTED: ("rules.recontact",),
        Reason.DISPOSABLE: ("rules.disposable",),
        Reason.TYPO_DOMAIN: ("rules.typo_domains",),
        Reason.ROLE_ADDRESS: ("rules.role_addresses",),
        Reason.FREE_MAIL: ("rules.free_mail",),
        Reason.PLATFORM: ("rules.platforms",),
        Reason.SOURCE_TYPE: ("rules.types",),
        Reason.COUNTRY: ("rules.countries", "rules.exclude_countries"),
        Reason.TOO_FEW_FOLLOWERS: ("rules.min_followers",),
        Reason.TOO_MANY_FOLLOWERS: ("rules.max_followers",),
        Reason.VERIFIED: ("rules.verified",),
        Reason.BUSINESS: ("rules.business",),
        Reason.PRIVATE: ("rules.private",),
        Reason.KEYWORD: ("rules.keywords",),
        Reason.LANGUAGE: ("rules.languages",),
        Reason.DOMAIN_CAP: ("rules.per_domain",),
        Reason.DUPLICATE_OF: ("rules.same_person", "target.dedupe"),
        Reason.SOURCE_BRAKED: ("brake.stop", "brake.least"),
        Reason.NOT_SELECTED: ("source",),
        Reason.IN_CAMPAIGN: ("target.dedupe",),
        Reason.IN_LIST: ("target.dedupe",),
        Reason.IN_WORKSPACE: ("target.dedupe",),
        Reason.PACED: ("pace.per_day", "pace.ahead"),
    }
)
"""By reason. A reason without a key is settled elsewhere, or by nothing: `words.fix` says how."""


def in_force(route: Route, code: str) -> list[str]:
    """The keys with the values that the route has: `rules.free_mail = "hold"`; "" as value where it is not set."""
    return [_shown(route, key) for key in KEYS.get(code, ())]


def _shown(route: Route, key: str) -> str:
    if key == "rules.validation_request":
        return f'{key} = "{route.validation.when}"'
    part: Any = route
    for name in key.split("."):
        part = getattr(part, name)
    if "." not in key:
        return key
    value = _toml(part)
    return f"{key} = {value}" if value else f"{key} is not set"


def _toml(value: object) -> str:
    """A value as bridge.toml has it, "" for none."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return f'"{value.days}d"' if not value.seconds else f'"{value.total_seconds() / 3600:g}h"'
    if isinstance(value, str):
        return f'"{value}"' if value else ""
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_toml, value))}]" if value else ""
    return "" if value is None else str(value)
