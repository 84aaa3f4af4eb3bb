"""Getting leads out of a state: `settle` lost answers, `retry` failures, `reconcile` the ledger with the targets."""
