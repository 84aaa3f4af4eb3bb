"""What an assistant may ask: a server that only reads, and the forms of its answers."""
