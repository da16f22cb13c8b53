# imports: html5lib
# exercises: the tree that the HTML standard wants of broken markup, three tree builders (lxml's
#   where it is there), fragments, encodings, the serializer
import importlib.util

import html5lib


def body(text):
    """Return what the body of the document holds, written as HTML again."""
    tree = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)
    found = html5lib.serialize(tree.find("body"), omit_optional_tags=False)
    return found[len("<body>") : -len("</body>")]


# The examples in the standard's own section on markup with errors
assert body("<p>1<b>2<i>3</b>4</i>5</p>") == "<p>1<b>2<i>3</i></b><i>4</i>5</p>"
assert body("<b>1<p>2</b>3</p>") == "<b>1</b><p><b>2</b>3</p>"
assert body("<table><b><tr><td>aaa</td></tr>bbb</table>ccc") == (
    "<b></b><b>bbb</b><table><tbody><tr><td>aaa</td></tr></tbody></table><b>ccc</b>"
)
assert body("a &amp &notin; &#x41;&#128;<!--c-->") == "a &amp; \u2209 A\u20ac<!--c-->"
tree = html5lib.parse("<p title='a b' class=c>x<p>y", namespaceHTMLElements=False)
assert html5lib.serialize(tree) == '<p title="a b" class=c>x<p>y'

document = html5lib.parse("<p id=a>x", treebuilder="dom")
assert document.getElementsByTagName("p")[0].getAttribute("id") == "a"
if importlib.util.find_spec("lxml") is not None:
    tree = html5lib.parse("<p>x<td>y", treebuilder="lxml", namespaceHTMLElements=False)
    assert tree.xpath("string(//p)") == "xy"
fragment = html5lib.parseFragment("<td>1<td>2", container="tr", namespaceHTMLElements=False)
assert [cell.text for cell in fragment] == ["1", "2"]
greek = '<meta charset="iso-8859-7"><p>\u03b1'.encode("iso-8859-7")
assert html5lib.parse(greek, namespaceHTMLElements=False).find("body/p").text == "\u03b1"
