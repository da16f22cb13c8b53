# imports: sphinx, sphinx.application
# exercises: a tiny project built to HTML: headings, toctree, the Python domain with references,
#   highlighted code, a warning; then built to text
# versions: >=4.0
import io
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

Path("conf.py").write_text("project = 'Tiny'\nhtml_theme = 'basic'\n")
Path("index.rst").write_text(
    """\
Welcome
=======

.. toctree::

   other

See :func:`tiny.double`.
"""
)
Path("other.rst").write_text(
    """\
Other page
==========

.. py:function:: tiny.double(number: int) -> int

   Return the double.

.. code-block:: python

   x = double(1)

:doc:`missing`
"""
)


def build(builder):
    """Return the warnings of a build."""
    warnings = io.StringIO()
    with patch_docutils("."), docutils_namespace():
        app = Sphinx(".", ".", builder, "trees", builder, status=None, warning=warnings)
        app.build()
    return warnings.getvalue()


warnings = build("html")
assert warnings.count("WARNING") == 1 and "missing" in warnings, warnings
index = Path("html/index.html").read_text("utf-8")
assert 'href="other.html#tiny.double" title="tiny.double"' in index, index
other = Path("html/other.html").read_text("utf-8")
assert 'id="tiny.double"' in other and "<h1>" in other, other
assert '<span class="mi">1</span>' in other, "the code is not highlighted"
build("text")
text = Path("text/other.txt").read_text("utf-8")
assert "tiny.double(number: int) -> int" in text and "Return the double." in text, text
