"""What every verb prints and writes with. Knows nothing of leads."""
