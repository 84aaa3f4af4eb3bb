"""Who must not be contacted, and who was erased. Calls no vendor."""
