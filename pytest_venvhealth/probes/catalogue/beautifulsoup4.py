# imports: bs4
# exercises: broken HTML read by Python's own parser, and by lxml and html5lib where they are there;
#   searching, CSS selectors, changing elements, output, encodings
# versions: >=4.8
import importlib.util

import bs4

text = """<html><head><title>Caf&eacute; &amp; Bar</title></head><body>
<h1 class="big red" id="top">Menu</h1>
<ul><li class="tea" data-price="2">Green <b>tea</b><li class="tea">Black</ul>
<p>See <a href="/a?x=1&amp;y=2">A</a> or <a href="/b" title="t">B</a>.<br>End<!-- note --></p>"""
for parser in ("html.parser", "lxml", "html5lib"):
    if importlib.util.find_spec(parser.split(".")[0]) is None:
        continue
    soup = bs4.BeautifulSoup(text, parser)
    assert soup.title.string == "Café & Bar", parser
    assert [a["href"] for a in soup.find_all("a")] == ["/a?x=1&y=2", "/b"], parser
    assert soup.h1["class"] == ["big", "red"] and soup.find(id="top").name == "h1"
    assert soup.find("li", attrs={"data-price": "2"}).b.get_text() == "tea"
    assert soup.p.get_text("|", strip=True) == "See|A|or|B|.|End", soup.p
    assert soup.b.find_parent("ul") is soup.ul
    if importlib.util.find_spec("soupsieve") is not None:
        assert [a.text for a in soup.select('h1 ~ p > a[title="t"]')] == ["B"]

soup = bs4.BeautifulSoup("<p>one</p><p>two</p>", "html.parser")
first, second = soup.find_all("p")
new = soup.new_tag("a", href="/x?a=1&b=2")
new.string = "<3"
second.insert_before(new)
first.extract()
second["class"] = ["x", "y"]
assert str(soup) == '<a href="/x?a=1&amp;b=2">&lt;3</a><p class="x y">two</p>', soup

greek = '<meta charset="iso-8859-7"><p>\u03b1\u03b2</p>'.encode("iso-8859-7")
soup = bs4.BeautifulSoup(greek, "html.parser")
assert soup.original_encoding == "iso-8859-7" and soup.p.string == "\u03b1\u03b2"
