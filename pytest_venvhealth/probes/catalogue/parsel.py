# imports: parsel
# exercises: CSS and XPath on HTML and XML: texts, attributes, nesting, regular expressions,
#   namespaces, variables, own functions; JSON where it is there
# versions: >=1.5
from parsel import Selector
from parsel.xpathfuncs import set_xpathfunc

page = Selector(
    text="""<html><head><title>Caf\u00e9 &amp; more</title></head><body>
    <ul id="list"><li class="a b">one <b>1</b></li><li class="b">two <b>22</b>
    <li class="ab"><a href="/x?y=1&amp;z=2">three</a></ul><p>price: 12.50 EUR, 3.75 EUR</p>
    <script>var data = {"n": [1, 2]};</script></body></html>"""
)
assert page.css("title::text").get() == "Caf\u00e9 & more"
items = page.css("#list > li")
assert len(items) == 3, "the open list item was not closed"
assert [item.css("b::text").get(default="none") for item in items] == ["1", "22", "none"]
assert page.css("li.b b::text").getall() == ["1", "22"]
assert page.css("a::attr(href)").get() == "/x?y=1&z=2" and page.css("a").attrib["href"][0] == "/"
assert page.css("li:nth-child(2) b::text").get() == "22" and page.css("li:not(.b) a")
assert (
    page.css("table").get() is None and page.css("p").xpath("text()").re_first(r"[\d.]+") == "12.50"
)
assert page.css("p::text").re(r"([\d.]+) EUR") == ["12.50", "3.75"]
assert page.xpath("count(//li)").get() == "3.0"
assert page.xpath("string(//li[1])").get() == "one 1"
assert page.xpath("//li[b=$number]/@class", number=22).get() == "b"
assert page.xpath("//li[has-class('a', 'b')]/b/text()").getall() == ["1"]
assert page.xpath(r"//b[re:test(text(), '^\d\d$')]/text()").getall() == ["22"]
assert items.xpath(".//b/text()").getall() == ["1", "22"]
items[0].css("b")[0].root.text = "changed"
assert page.css("li b::text").get() == "changed"
set_xpathfunc("twice", lambda context, number: number * 2)
assert page.xpath("twice(21)").get() == "42.0"
for use, query in ((page.css, "li["), (page.xpath, "//li[")):
    try:
        use(query)
    except (ValueError, SyntaxError):
        pass
    else:
        raise AssertionError(query)

feed = Selector(
    text='<f:feed xmlns:f="urn:f" xmlns="urn:d"><f:item n="1"/><entry>\u20ac</entry></f:feed>',
    type="xml",
)
assert feed.xpath("//x:item/@n", namespaces={"x": "urn:f"}).get() == "1"
feed.register_namespace("d", "urn:d")
assert feed.xpath("//d:entry/text()").get() == "\u20ac" and not feed.xpath("//entry")
feed.remove_namespaces()
assert feed.xpath("//entry/text()").get() == "\u20ac"
if hasattr(Selector, "jmespath"):  # from 1.8 on
    data = Selector(text='{"a": [{"n": 1, "t": "x"}, {"n": 2, "t": "<p>y</p>"}]}', type="json")
    assert data.jmespath("a[?n > `1`].t | [0]").get() == "<p>y</p>"
    assert data.jmespath("a[*].n").getall() == [1, 2]
    assert page.css("script::text").re_first(r"= (.*);") == '{"n": [1, 2]}'
