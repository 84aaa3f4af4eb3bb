"""The lists of names that `bridge.hygiene` carries, and the script that builds them. Not part of the product."""
