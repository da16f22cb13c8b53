# imports: docutils, docutils.core, docutils.nodes, docutils.parsers.rst,
#   docutils.writers.html5_polyglot
# exercises: reStructuredText to HTML (with its template and style sheets): titles, lists, tables,
#   links, math, directives, a data file of characters
# versions: >=0.18.1
import io

from docutils import nodes
from docutils.core import publish_doctree, publish_parts
from docutils.writers import html5_polyglot

text = """
=====
Paper
=====

Some *emphasis*, a `link <http://x.example>`_, |copy| and :math:`x^2`.

.. include:: <isonum.txt>

#. one
#. two

+---+---+
| x | y |
+---+   |
| z |   |
+---+---+

.. note:: Mind **this**.
"""
# No settings of the user's or of the folder's
settings = {
    "_disable_config": True,
    "warning_stream": io.StringIO(),
    "math_output": "MathML",
    "output_encoding": "unicode",
}
tree = publish_doctree(text, settings_overrides=dict(settings))
assert [node.astext() for node in tree.findall(nodes.strong)] == ["this"]
assert [node.astext() for node in tree.findall(nodes.entry) if node.get("morerows")] == ["y"]

parts = publish_parts(text, writer=html5_polyglot.Writer(), settings_overrides=dict(settings))
assert parts["title"] == "Paper"
for piece in (
    "<em>emphasis</em>",
    '<a class="reference external" href="http://x.example">link</a>',
    "\u00a9",
    "<msup>",
):
    assert piece in parts["html_body"], (piece, parts["html_body"])
assert parts["whole"].rstrip().endswith("</html>") and len(parts["stylesheet"]) > 1000
assert settings["warning_stream"].getvalue() == "", settings["warning_stream"].getvalue()
