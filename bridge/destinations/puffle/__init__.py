"""Puffle as a destination: the roster of one campaign, by e-mail or on LinkedIn. puffle.md holds the facts."""
