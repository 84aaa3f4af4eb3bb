"""CSV files in bridge.toml: the `source` that names them."""

from typing import ClassVar

from pydantic import Field

from bridge.config.table import Globs
from bridge.config.vendor_tables import PaceTable, SourceTable


class CsvSelection(SourceTable):
    """`source`: which CSV files the route takes."""

    KEY: ClassVar = "csv"

    csv: Globs = Field(
        (),
        description="CSV files of leads in place of Scravio's campaigns: paths from the folder of bridge.toml, with * "
        "and **. No other key of source goes with it.",
    )


PACE, SOURCES = PaceTable, CsvSelection
