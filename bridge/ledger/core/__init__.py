"""Leads, decisions, claims, outcomes, leases and runs: the statements that a run rests on. Names no vendor."""
