# imports: markupsafe
# exercises: escape on texts of each width and on objects, Markup's sums and formats, unescape,
#   striptags; the native module
# versions: >=2.1.2
import importlib.util

from markupsafe import Markup, escape, escape_silent

# The package falls back to Python in silence, so the native module is loaded by name.
if importlib.util.find_spec("markupsafe._speedups") is not None:
    importlib.import_module("markupsafe._speedups")


class Bold:
    def __html__(self):
        return Markup("<b>bold</b>")


wanted = "&lt;a href=&#34;x&amp;y&#34;&gt;&#39;"
text = '<a href="x&y">\''
assert escape(text) == wanted and isinstance(escape(text), Markup)
# CPython stores text by 1, 2 or 4 bytes a character; the native code has one loop for each.
for mark in ("", "\u00e9", "\u20ac", "\U0001f600"):
    assert escape(mark + text + mark) == mark + wanted + mark, mark
    assert escape((mark + "&") * 5000) == (mark + "&amp;") * 5000, mark
assert escape(None) == "None" and escape_silent(None) == "" and escape(Markup("<i>")) == "<i>"
assert escape(Bold()) == "<b>bold</b>"

assert Markup("<p>") + "<" == "<p>&lt;" and "<" + Markup("<p>") == "&lt;<p>"
assert Markup("<em>%s</em> %d") % ("<", 3) == "<em>&lt;</em> 3"
assert Markup("<em>{}</em>{b}").format("<", b=Bold()) == "<em>&lt;</em><b>bold</b>"
assert Markup(", ").join(["<", Markup("<p>")]) == "&lt;, <p>"
assert Markup("&lt;&eacute;&#39;&#x20ac;&amp;amp;").unescape() == "<\u00e9'\u20ac&amp;"
assert Markup("<p>a  <b>b</b><!-- <x> -->\n c &amp;</p>").striptags() == "a b c &"
