# imports: parsel
# exercises: CSS and XPath on HTML and XML: texts, attributes, nesting, regular expressions,
#   namespaces, variables; JSON
# versions: >=1.8
from parsel import Selector

page = Selector(
    text="""<html><head><title>Caf\u00e9 &amp; more</title></head><body>
    <ul id="list"><li class="a b">one <b>1</b></li><li class="b">two <b>22</b>
    <li class="ab"><a href="/x?y=1&amp;z=2">three</a></ul><p>12.50 EUR, 3.75 EUR</p>
    </body></html>"""
)
assert page.css("title::text").get() == "Caf\u00e9 & more"
items = page.css("#list > li")
assert len(items) == 3, "the open list item was not closed"
assert [item.css("b::text").get(default="none") for item in items] == ["1", "22", "none"]
assert page.css("li.b b::text").getall() == ["1", "22"]
assert page.css("a::attr(href)").get() == "/x?y=1&z=2"
assert page.css("li:nth-child(2) b::text").get() == "22" and page.css("table").get() is None
assert page.css("p::text").re(r"([\d.]+) EUR") == ["12.50", "3.75"]
assert page.xpath("count(//li)").get() == "3.0"
assert page.xpath("//li[b=$number]/@class", number=22).get() == "b"
assert page.xpath("//li[has-class('a', 'b')]/b/text()").getall() == ["1"]
assert page.xpath(r"//b[re:test(text(), '^\d\d$')]/text()").getall() == ["22"]

feed = Selector(
    text='<f:feed xmlns:f="urn:f" xmlns="urn:d"><f:item n="1"/><entry>\u20ac</entry></f:feed>',
    type="xml",
)
assert feed.xpath("//x:item/@n", namespaces={"x": "urn:f"}).get() == "1"
assert not feed.xpath("//entry")
feed.remove_namespaces()
assert feed.xpath("//entry/text()").get() == "\u20ac"
data = Selector(text='{"a": [{"n": 1, "t": "x"}, {"n": 2, "t": "y"}]}', type="json")
assert data.jmespath("a[?n > `1`].t | [0]").get() == "y"
