"""Migrations, copies, pruning and erasing: what touches the whole ledger. Decides nothing about leads."""
