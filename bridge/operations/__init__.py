"""What an operator does in one step: retry, reconcile, forget, test leads, validations, creating. Prints nothing."""
