"""Verbs that send, or show what would be sent: sync, run, trigger, preview, test-lead."""
