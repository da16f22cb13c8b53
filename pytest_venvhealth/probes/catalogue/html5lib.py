# imports: html5lib
# exercises: the tree that the HTML standard wants of broken markup, three tree builders (lxml's
#   where it is there), fragments, encodings, the serializer with its filters, parse errors
import importlib.util
import io
import xml.dom.minidom

import html5lib
from html5lib import serializer, treebuilders, treewalkers


def body(text):
    """Return what the body of the document holds, written as HTML again."""
    tree = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)
    found = html5lib.serialize(tree.find("body"), omit_optional_tags=False)
    return found[len("<body>") : -len("</body>")]


# The examples in the standard's own section on markup with errors.
assert body("<p>1<b>2<i>3</b>4</i>5</p>") == "<p>1<b>2<i>3</i></b><i>4</i>5</p>"
assert body("<b>1<p>2</b>3</p>") == "<b>1</b><p><b>2</b>3</p>"
assert body("<table><b><tr><td>aaa</td></tr>bbb</table>ccc") == (
    "<b></b><b>bbb</b><table><tbody><tr><td>aaa</td></tr></tbody></table><b>ccc</b>"
)
assert body("<ul><li>a<li>b &amp &notin; &#x41;&#128;</ul>") == (
    "<ul><li>a</li><li>b &amp; \u2209 A\u20ac</li></ul>"
)
assert body("<p>a<div>b<!--c--></p><br/>") == "<p>a</p><div>b<!--c--><p></p><br></div>"

parser = html5lib.HTMLParser(tree=treebuilders.getTreeBuilder("etree"))
tree = parser.parse("<!DOCTYPE html><title>t</title><svg viewbox=1><P>x")
space = "{http://www.w3.org/1999/xhtml}"
assert tree.tag == space + "html" and tree.find(space + "head")[0].text == "t"
assert tree.find(".//{http://www.w3.org/2000/svg}svg").get("viewBox") == "1"
assert [code for _, code, _ in parser.errors] != []
strict = html5lib.HTMLParser(strict=True)
strict.parse("<!DOCTYPE html><title>t</title><p>x</p>")
try:
    strict.parse("<!DOCTYPE html><title>t</title><b><p>x</b>")
except html5lib.html5parser.ParseError:
    pass
else:
    raise AssertionError("an error was not told")

document = html5lib.parse("<p id=a>x", treebuilder="dom")
assert isinstance(document, xml.dom.minidom.Document)
assert document.getElementsByTagName("p")[0].getAttribute("id") == "a"
if importlib.util.find_spec("lxml") is not None:
    builder = html5lib.parse("<p>x<td>y", treebuilder="lxml", namespaceHTMLElements=False)
    assert builder.xpath("string(//p)") == "xy"
fragment = html5lib.parseFragment("<td>1<td>2", container="tr", namespaceHTMLElements=False)
assert [cell.text for cell in fragment] == ["1", "2"]

greek = '<meta charset="iso-8859-7"><p>\u03b1'.encode("iso-8859-7")
tree = html5lib.parse(io.BytesIO(greek), namespaceHTMLElements=False)
assert tree.find("body/p").text == "\u03b1"

tree = html5lib.parse("<p title='a b' class=c>x   y<pre> z  z</pre>", namespaceHTMLElements=False)
walker = treewalkers.getTreeWalker("etree")(tree)
writer = serializer.HTMLSerializer(alphabetical_attributes=True, strip_whitespace=True)
assert writer.render(walker) == '<p class=c title="a b">x y<pre> z  z</pre>', writer.render(walker)
