# imports: docutils, docutils.core, docutils.nodes, docutils.parsers.rst,
#   docutils.writers.html5_polyglot, docutils.writers.latex2e, docutils.writers.docutils_xml
# exercises: reStructuredText to HTML (with its template and style sheets), LaTeX and XML: titles,
#   lists, tables, links, footnotes, math, directives and roles, a data file of characters; problems
#   reported with their line
# versions: >=0.18.1
import io
import xml.etree.ElementTree as etree

from docutils import nodes
from docutils.core import publish_doctree, publish_parts, publish_string
from docutils.parsers.rst import Directive, directives, roles
from docutils.writers import docutils_xml, html5_polyglot, latex2e

text = """
=====
Paper
=====

:Author: Eve
:Date: 2024

First part
==========

Some *emphasis*, ``code`` and a `link <http://x.example>`_, |c|, :shout:`loud`, :math:`x^2`.

.. include:: <isonum.txt>
.. |c| replace:: |copy| 2024

#. one
#. two [1]_

===  ===
a    b
===  ===
1    2
===  ===

+---+---+
| x | y |
+---+   |
| z |   |
+---+---+

.. note:: Mind *this*.

.. twice:: word

.. [1] The footnote.
"""


class Twice(Directive):
    required_arguments = 1

    def run(self):
        return [nodes.paragraph(text=self.arguments[0] * 2)]


def shout(name, rawtext, text, lineno, inliner, options=None, content=None):
    return [nodes.strong(rawtext, text.upper())], []


directives.register_directive("twice", Twice)
roles.register_local_role("shout", shout)
# No settings of the user's or of the folder's, nothing fetched.
settings = {
    "_disable_config": True,
    "warning_stream": io.StringIO(),
    "halt_level": 5,
    "math_output": "MathML",
    "output_encoding": "unicode",
    "language_code": "en",
    "use_latex_citations": True,
    "legacy_column_widths": False,
}

tree = publish_doctree(text, settings_overrides=dict(settings))
assert settings["warning_stream"].getvalue() == "", settings["warning_stream"].getvalue()
assert [node.astext() for node in tree.findall(nodes.title)] == ["Paper", "First part"]
assert [node.astext() for node in tree.findall(nodes.strong)] == ["LOUD"]
(grid,) = [node for node in tree.findall(nodes.entry) if node.get("morerows")]
assert grid.astext() == "y" and grid["morerows"] == 1

parts = publish_parts(text, writer=html5_polyglot.Writer(), settings_overrides=dict(settings))
assert parts["title"] == "Paper"
body = parts["html_body"]
for piece in (
    "<em>emphasis</em>",
    '<a class="reference external" href="http://x.example">link</a>',
    "\u00a9 2024",
    "<strong>LOUD</strong>",
    "<p>wordword</p>",
    "<msup>",
    "The footnote.",
):
    assert piece in body, (piece, body)
assert parts["whole"].startswith("<!DOCTYPE html>") and parts["whole"].count("<style") >= 1
assert parts["whole"].rstrip().endswith("</html>") and len(parts["stylesheet"]) > 1000

tex = publish_string(text, writer=latex2e.Writer(), settings_overrides=dict(settings))
assert r"\emph{emphasis}" in tex and r"\section{First part" in tex and r"\end{document}" in tex
document = publish_string(text, writer=docutils_xml.Writer(), settings_overrides=dict(settings))
root = etree.fromstring(document.split("?>", 1)[1].split('dtd">', 1)[-1])
assert root.tag == "document" and len(list(root.iter("table"))) == 2
assert [item.text for item in root.iter("emphasis")] == ["emphasis", "this"]

bad = publish_doctree("fine\n\n.. nosuch::\n", settings_overrides=dict(settings))
messages = [each for each in bad.findall(nodes.system_message) if each["level"] >= 3]
assert [each["line"] for each in messages] == [3] and "nosuch" in messages[0].astext()
