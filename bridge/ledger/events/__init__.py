"""What vendors say of delivered leads: recording it once, reading it, and what still has to follow from it."""
