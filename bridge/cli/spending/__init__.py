"""Verbs that may cost credits: campaigns, validate, credits."""
