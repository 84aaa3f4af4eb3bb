"""What the ledger knows, in words and as documents. Prints nothing, and knows no terminal."""
