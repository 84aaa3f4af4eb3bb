"""How `make site` makes the pages of docs/ a site that can be searched: Sphinx with MyST and the theme Furo."""

import bridge

project = "leadbridge"
version = release = bridge.__version__
root_doc = "index"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "leadbridge"
myst_heading_anchors = 3
exclude_patterns = ["model/**", "README.md"]
html_show_sphinx = False
