"""Scravio: reads the account, campaigns and leads, and asks for what costs credits only where an operator orders it."""
