"""Statements that only read, for status, reports and stories. Writes nothing."""
