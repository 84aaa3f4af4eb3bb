"""The protocol of a delivery as a small model, and the program that checks it."""
