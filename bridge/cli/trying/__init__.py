"""Trying things out: `test-lead` posts to your own address, `sandbox` serves simulated vendors."""
