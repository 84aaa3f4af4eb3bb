"""Where leads come from: `base` is the seam, a folder for each vendor. Knows no ledger and no destination."""
