"""Verbs before the first sync: init, check, demo, sandbox."""
