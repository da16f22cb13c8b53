"""How Sphinx builds these pages: `sphinx-build -W -b html docs docs/_build`. Needs no network."""

project = "pytest-venvhealth"
html_title = project

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True

# The pages are read on a code forge, too, so links name headings as a forge does. A link to a file
# outside of this folder works in both places: Sphinx puts a copy of the file beside its pages.
myst_heading_anchors = 3
smartquotes = False  # two dashes begin an option

html_theme = "furo"
html_copy_source = False
html_show_copyright = False
