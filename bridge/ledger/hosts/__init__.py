"""What daemons on several hosts share: heartbeats, ticks, and what was told. Runs nothing."""
