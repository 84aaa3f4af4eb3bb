"""What daemons on several hosts share: heartbeats, ticks, and which alerts were sent. Runs nothing."""
