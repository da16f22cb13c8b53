# imports: bs4
# exercises: broken HTML read by Python's own parser, and by lxml and html5lib where they are there;
#   searching, CSS selectors, moving and changing elements, output, encodings
# versions: >=4.8
import importlib.util
import re

import bs4

text = """<!DOCTYPE html><html><head><title>Caf&eacute; &amp; Bar</title></head><body>
<h1 class="big red" id="top">Menu</h1>
<ul><li class="tea" data-price="2">Green <b>tea</b><li class="tea">Black</ul>
<p>See <a href="/a?x=1&amp;y=2">A</a> or <a href="/b" title="t">B</a>.<br>End<!-- note --></p>
<img src=x.png></body></html>"""
parsers = ["html.parser"] + [
    name for name in ("lxml", "html5lib") if importlib.util.find_spec(name) is not None
]
for parser in parsers:
    soup = bs4.BeautifulSoup(text, parser)
    assert soup.title.string == "Café & Bar", parser
    assert [a["href"] for a in soup.find_all("a")] == ["/a?x=1&y=2", "/b"], parser
    assert soup.h1["class"] == ["big", "red"] and soup.find(id="top").name == "h1"
    assert soup.find("li", attrs={"data-price": "2"}).b.get_text() == "tea"
    assert soup.p.get_text("|", strip=True) == "See|A|or|B|.|End", soup.p
    assert soup.find(string=re.compile("Blac")).find_parent("ul") is soup.ul
    notes = soup.find_all(string=lambda each: isinstance(each, bs4.Comment))
    assert notes == [" note "] and soup.find("img")["src"] == "x.png"
    if importlib.util.find_spec("soupsieve") is not None:
        assert [a.text for a in soup.select('h1 ~ p > a[title="t"]')] == ["B"]
        assert soup.select_one("a:not([title])").text == "A"

soup = bs4.BeautifulSoup("<p>one</p><p>two</p>", "html.parser")
first, second = soup.find_all("p")
assert first.next_sibling is second and second.previous_sibling is first
assert [type(each).__name__ for each in soup.descendants] == ["Tag", "NavigableString"] * 2
new = soup.new_tag("a", href="/x?a=1&b=2")
new.string = "<3"
second.insert_before(new)
first.extract()
second.string.replace_with("2")
second["class"] = ["x", "y"]
assert str(soup) == '<a href="/x?a=1&amp;b=2">&lt;3</a><p class="x y">2</p>', soup
new.wrap(soup.new_tag("div"))
second.decompose()
soup.div.a.unwrap()
assert soup.decode() == "<div>&lt;3</div>"
pretty = bs4.BeautifulSoup("<a><b>x</b></a>", "html.parser").prettify()
assert [line.strip() for line in pretty.splitlines()] == ["<a>", "<b>", "x", "</b>", "</a>"]

greek = '<meta charset="iso-8859-7"><p>\u03b1\u03b2</p>'.encode("iso-8859-7")
soup = bs4.BeautifulSoup(greek, "html.parser")
assert soup.original_encoding == "iso-8859-7" and soup.p.string == "\u03b1\u03b2"
assert soup.p.encode("ascii") == b"<p>&#945;&#946;</p>"
only = bs4.SoupStrainer("b")
assert str(bs4.BeautifulSoup("<a><b>x</b></a><b/>", "html.parser", parse_only=only)) == (
    "<b>x</b><b></b>"
)
