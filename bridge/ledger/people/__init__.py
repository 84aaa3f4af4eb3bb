"""Who must not be contacted, and what is left of an erased person. Calls no vendor."""
