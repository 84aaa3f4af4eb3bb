"""What bridge.toml may say of a vendor: `[vendor]`, and the `source` and `target` of a route, as pydantic models.

Here are their bases, and how they become the model's values; beside this page each vendor's own, which the registry
(`bridge.config.vendors`) names: `PACE`, and `SOURCES` or `TARGETS`. Opens nothing and sends nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any, ClassVar, Self, TypeVar

from pydantic import Field, ValidationInfo, create_model, field_validator, model_validator

from bridge.config.readers import UnfitError
from bridge.config.table import AtOnce, ReadTimeout, Table
from bridge.config.vendor import TargetKind, Vendor
from bridge.config.vocabulary import either
from bridge.model import Dedupe, Source, Target

AnyTable = TypeVar("AnyTable", bound=Table)

_OPTIONS = {field.name for field in fields(Target)}
_OF_A_KIND = ("campaigns", "lists")
_SELECTIONS = {field.name for field in fields(Source)}

CREATE = "Create what is missing: an Instantly list or an Inbox campaign, never an Instantly campaign."
"""The description of the key `create`, which two vendors have."""


class PaceTable(Table):
    """`[vendor]`: how fast to ask."""

    at_once: AtOnce = Field(4, description="Requests in progress at the same time.")
    read_timeout: ReadTimeout = Field(
        timedelta(seconds=60),
        description="How long one request that only reads may take; longer for a vendor that is slow. A write has 25s.",
    )

    def limits(self) -> tuple[float, int | None, int, int | None]:
        """Requests a second, requests in any minute (None: no cap), requests at once, and writes in any minute."""
        return 1_000, None, self.at_once, None  # UNSPACED in api.throttle: only the number at once limits


class TargetTable(Table):
    """`target`: the one target of the route."""

    KINDS: ClassVar[tuple[TargetKind, ...]] = ()

    dedupe: Dedupe = Field(
        "workspace",
        description="Where a person must not be already: in this target, any campaign, any list, the whole workspace, "
        "or in any target of any vendor, by whichever identity.",
    )

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """The keys of which a route sets exactly one."""
        return tuple(kind.key for table in reversed(cls.__mro__) for kind in vars(table).get("KINDS", ()))

    @classmethod
    def reached(cls, kind: TargetKind, options: Mapping[str, Any]) -> TargetKind:
        """The kind of target as its options make it: they may say how people are reached there."""
        del options
        return kind

    # `info.data` holds only what was read before: a table declares its kinds first.
    @field_validator("*")
    @classmethod
    def _only_one(cls, value: Any, info: ValidationInfo) -> Any:
        earlier = [kind for kind in cls.kinds() if info.data.get(kind) is not None]
        if info.field_name in cls.kinds() and value is not None and earlier:
            raise UnfitError(f"is set beside {earlier[0]}; a route has one target, so remove one of the two")
        return value

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        kind = next((kind for kind in self.kinds() if getattr(self, kind) is not None), None)
        if kind is None:
            wanted = " or ".join(f'{kind} = "…"' for kind in self.kinds())
            raise UnfitError(f"names no target; add {wanted}")
        tables = [table for table in type(self).__mro__ if issubclass(table, TargetTable)]
        own = next(table for table in tables if kind in [one.key for one in vars(table).get("KINDS", ())])
        strange = [name for name in self.model_fields_set if name not in own.model_fields]
        if strange:
            raise UnfitError(f"holds {either(sorted(strange))}, which {kind} does not have; leave it out")
        if self.dedupe in _OF_A_KIND and self.dedupe not in {f"{one.kind}s" for one in own.KINDS}:
            raise UnfitError(
                f'sets dedupe = "{self.dedupe}", which {kind} does not have; "workspace" is the next wider'
            )
        return self


class SourceTable(Table):
    """`source`: which campaigns the route takes."""

    KEY: ClassVar[str] = ""
    """The key that names this source, by a text or a list of globs; "" for the source of a route that names none."""
    VALIDATES: ClassVar[bool] = False
    """Whether it can be asked to validate the leads of a campaign."""

    @classmethod
    def tables(cls) -> tuple[type["SourceTable"], ...]:
        """The vendors' own tables, of which this one is made."""
        return tuple(table for table in cls.__mro__ if issubclass(table, SourceTable) and "KEY" in vars(table))

    def own(self) -> type["SourceTable"]:
        """The table whose key is set."""
        named = [table for table in self.tables() if table.KEY and getattr(self, table.KEY)]
        return (named or [table for table in self.tables() if not table.KEY])[0]

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        own = self.own()
        strange = [
            field.alias or name
            for name, field in type(self).model_fields.items()
            if name in self.model_fields_set and name not in own.model_fields
        ]
        if own.KEY and strange:
            raise UnfitError(f"sets {either(strange)} beside {own.KEY}, which has no such key; remove one of the two")
        return self


def table_of_all(base: type[AnyTable], tables: Iterable[type[AnyTable] | None]) -> type[AnyTable]:
    """The table `source` or `target` of a route: what any of the vendors offers or takes."""
    # pydantic takes the fields of the last base first.
    bases = tuple(reversed([table for table in tables if table is not None]))
    return create_model(base.__name__, __base__=bases, __doc__=base.__doc__)


def target_table(vendors: Iterable[Vendor]) -> type[TargetTable]:
    """The table `target` of a route."""
    return table_of_all(TargetTable, (vendor.targets for vendor in vendors))


def read_source(table: SourceTable, vendors: Mapping[str, Vendor]) -> Source:
    """The selection that the table describes."""
    own = table.own()
    ref = getattr(table, own.KEY) if own.KEY else ()
    given = {name: getattr(table, name) for name in own.model_fields if name != own.KEY}
    return Source(
        next(vendor.name for vendor in vendors.values() if vendor.sources is own),
        (ref,) if isinstance(ref, str) else ref,
        options=tuple(sorted((name, value) for name, value in given.items() if name not in _SELECTIONS)),
        **{name: value for name, value in given.items() if name in _SELECTIONS},
    )


def read_target(table: TargetTable, vendors: Mapping[str, Vendor]) -> Target:
    """The target that the table names."""
    for vendor in vendors.values():
        kinds = vendor.targets.KINDS if vendor.targets is not None else ()
        for kind in kinds:
            ref = getattr(table, kind.key, None)
            if vendor.targets is not None and ref is not None:
                names = vendor.targets.model_fields.keys() - {one.key for one in kinds}
                given = {name: getattr(table, name) for name in sorted(names)}
                return _target(vendor.name, vendor.targets.reached(kind, given), ref, given)
    raise AssertionError("a table that was checked names a target")


def _target(vendor: str, kind: TargetKind, ref: str, given: Mapping[str, Any]) -> Target:
    common = {name: value for name, value in given.items() if name in _OPTIONS}
    own = tuple((name, value) for name, value in given.items() if name not in _OPTIONS)
    return Target(
        vendor,
        kind.kind,
        ref,
        identity=kind.identity,
        demands_validation=kind.demands_validation,
        along=kind.along,
        usernames=kind.usernames,
        options=own,
        **common | ({"create": True} if kind.creates else {}),
    )
