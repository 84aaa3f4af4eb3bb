"""The JSON schema of bridge.toml, made from its models, for editors. Judges no file: `bridge.config.file` does."""

import json
import tomllib
from typing import Any

from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from bridge.config.reference import as_toml
from bridge.config.shape import file_table
from bridge.config.table import Table
from bridge.config.vendor_tables import target_table
from bridge.config.vendors import VENDORS

NAME = "bridge.schema.json"
"""The file beside bridge.toml that its first line, `#:schema`, names."""

TITLE = "bridge.toml of leadbridge"


def schema() -> dict[str, Any]:
    """The whole file's, and that of each file that [[include]] names: no table has to be there."""
    made = file_table().model_json_schema(schema_generator=_Schema)
    kinds = target_table(VENDORS.values()).kinds()
    made["$defs"]["TargetTable"]["oneOf"] = [{"required": [kind]} for kind in kinds]
    return {"$schema": "http://json-schema.org/draft-07/schema#", **made, "title": TITLE}


def text() -> str:
    """The schema as a file."""
    return json.dumps(schema(), indent=1) + "\n"


class _Schema(GenerateJsonSchema):
    """As pydantic makes it, but with what TOML can hold: no null, and defaults as they would be typed."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = self.generate_inner(schema["schema"])
        typed = "" if isinstance(schema.get("default"), Table) else as_toml(schema.get("default"))
        return made | {"default": tomllib.loads(f"x = {typed}")["x"]} if typed else made

    def field_title_should_be_set(self, schema: CoreSchema | FieldInfo) -> bool:
        del schema
        return False
