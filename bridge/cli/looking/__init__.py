"""Reading the ledger; no vendor is called: `status`, `runs`, `explain` (one lead), `rejects` (what was not sent)."""
