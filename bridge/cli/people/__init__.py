"""Verbs about persons: suppress, forget."""
