"""The documents, and the scripts that make those which can be made. No part of the program."""
