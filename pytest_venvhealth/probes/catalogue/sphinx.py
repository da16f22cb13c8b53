# imports: sphinx, sphinx.application
# exercises: a tiny project built to HTML: headings, toctree, the Python domain with references,
#   an extension module's directive, the inventory, the index, the
#   search index, a warning; then built to text
# versions: >=4.0
import io
import zlib
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

source = Path("source")
source.mkdir()
(source / "conf.py").write_text(
    "project = 'Tiny'\n"
    "extensions = ['sphinx.ext.ifconfig']\n"
    "html_theme = 'basic'\n"
    "level = 2\n"
    "def setup(app):\n"
    "    app.add_config_value('level', 1, 'env')\n"
)
(source / "index.rst").write_text(
    """
Welcome here
============

.. toctree::
   :numbered:

   other

See :func:`tiny.double` and :doc:`other`, also :ref:`the end <end>`.

.. ifconfig:: level > 1

   Only on a *higher* level.

.. ifconfig:: level > 2

   Never shown.
"""
)
(source / "other.rst").write_text(
    """
Other page
==========

.. py:module:: tiny

.. py:function:: double(number: int, times=2) -> int

   Return the double.

   :param number: what is doubled
   :raises ValueError: never

.. _end:

The end
-------

.. code-block:: python

   x = double(1)

:func:`tiny.nowhere` and :doc:`missing`
"""
)


def build(builder):
    warnings = io.StringIO()
    with patch_docutils(str(source)), docutils_namespace():
        app = Sphinx(
            str(source),
            str(source),
            builder,
            "trees",
            builder,
            status=None,
            warning=warnings,
            freshenv=True,
        )
        app.build()
    return app, warnings.getvalue()


app, warnings = build("html")
assert app.statuscode == 0 and warnings.count("WARNING") == 1 and "missing" in warnings, warnings
index = Path("html/index.html").read_text("utf-8")
other = Path("html/other.html").read_text("utf-8")
assert 'href="other.html#tiny.double" title="tiny.double"' in index, index
assert 'href="other.html#end"' in index, index
assert "<em>higher</em>" in index and "Never shown" not in index
assert 'id="tiny.double"' in other and "what is doubled" in other and "<h1>" in other, other
assert '<span class="mi">1</span>' in other, "the code is not highlighted"
assert "double() (in module tiny)" in Path("html/genindex.html").read_text("utf-8")
assert "Search.setIndex(" in Path("html/searchindex.js").read_text("utf-8")

# The inventory: four lines of text, then compressed rows.
lines = Path("html/objects.inv").read_bytes().split(b"\n", 4)
assert lines[0] == b"# Sphinx inventory version 2" and lines[1] == b"# Project: Tiny"
rows = zlib.decompress(lines[4]).decode().splitlines()
assert "tiny.double py:function 1 other.html#$ -" in rows, rows

app, warnings = build("text")
text = Path("text/other.txt").read_text("utf-8")
assert "double(number: int, times=2) -> int" in text and "Return the double." in text, text
