"""What every verb reads, prints and writes with. Knows nothing of leads."""
