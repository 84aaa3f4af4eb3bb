"""The first day: `demo` shows the product, `init` writes the files to fill in, `check` says whether all is ready."""
