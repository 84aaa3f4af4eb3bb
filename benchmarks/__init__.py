"""Figures of leadbridge against the sandbox in another process: `make bench`."""
