"""Verbs that read the ledger: status, runs, explain, rejects, reconcile."""
