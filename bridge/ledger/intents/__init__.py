"""What is about to be asked of a vendor, and what is known of the answer. Calls no vendor."""
