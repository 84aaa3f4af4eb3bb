"""Verbs that get leads out of a state: settle, retry."""
