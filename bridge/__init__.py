"""leadbridge: from finished Scravio campaigns into Instantly, never twice, never lost, always accounted for."""

__version__ = "0.1.0"
