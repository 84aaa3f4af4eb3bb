"""Sending leads: `preview` shows what a sync would do, `sync` does it once, `run` by schedule, `trigger` at once."""
