"""Migrations, copies and pruning of the whole ledger. Decides nothing about leads."""
