"""People who must not be contacted: the do-not-contact list (`suppress`), and erasure (`forget`)."""
