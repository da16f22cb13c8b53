# imports: markupsafe
# exercises: escape on texts of each width and on objects, Markup's arithmetic, formats and lists,
#   unescape, striptags; the native module
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
    assert escape(mark * 3) == mark * 3
assert escape(None) == "None" and escape_silent(None) == "" and escape(1 < 2) == "True"
assert escape(Bold()) == "<b>bold</b>" and escape(Markup("<i>")) == "<i>"

page = Markup("<p>")
assert page + "<" == "<p>&lt;" and "<" + page == "&lt;<p>" and page * 2 == "<p><p>"
assert isinstance(page + "<", Markup) and type("<" + page) is Markup
assert Markup("<em>%s</em> %d") % ("<", 3) == "<em>&lt;</em> 3"
assert Markup("%(a)s") % {"a": "&"} == "&amp;"
assert Markup("<em>{}</em>{b}").format("<", b=Bold()) == "<em>&lt;</em><b>bold</b>"
assert Markup("{0:>4}|{1[0]}").format("<", [">"]) == "   &lt;|&gt;"
assert Markup(", ").join(["<", page]) == "&lt;, <p>"
assert Markup("a<br>b").split("<br>") == ["a", "b"] and page.replace("<", ">") == "&gt;p>"
assert Markup("&lt;&eacute;&#39;&#x20ac;&amp;amp;").unescape() == "<\u00e9'\u20ac&amp;"
assert Markup("<p>a  <b>b</b><!-- <x> -->\n c &amp;</p>").striptags() == "a b c &"
assert Markup.escape("<") == "&lt;" and page.__html__() is page
