"""`python -m bridge`: the same as the command `leadbridge`. Holds nothing of its own."""

from bridge.cli import main

if __name__ == "__main__":
    main()
