# imports: soupsieve, bs4
# exercises: selectors of CSS level 3 and 4 over one document: combinators, attributes, :nth-child,
#   :is, :not, :has, namespaces, form states, directionality; match, closest, filter, errors
import bs4
import soupsieve

soup = bs4.BeautifulSoup(
    """<html lang="en"><body>
<div id="a" class="x"><p id="p1">one</p><p id="p2" class="x y" title="Ab-cd">two <b id="b"></b></p>
<p id="p3" lang="de-AT">drei</p><span id="s" dir="rtl"><i id="i">x</i></span></div>
<form id="f"><input id="n1" type="checkbox" checked><input id="n2" type="text" disabled>
<input id="n3" type="number" min="1" max="5" value="9" required><a id="l" href="#">z</a></form>
<ol id="o"><li id="l1"></li><li id="l2"></li><li id="l3"></li><li id="l4"></li>
<li id="l5"></li></ol>
</body></html>""",
    "html.parser",
)
for selector, wanted in {
    "div > p": "p1 p2 p3",
    "p + p": "p2 p3",
    "#p1 ~ .x.y": "p2",
    "div b, form > a": "b l",
    "p[title]": "p2",
    "[title^='Ab'][title$=cd][title*='-']": "p2",
    "[title='ab-cd' i]": "p2",
    "[lang|=de]": "p3",
    "p:lang(de)": "p3",
    "li:nth-child(2n+1)": "l1 l3 l5",
    "li:nth-last-child(-n+2)": "l4 l5",
    "li:nth-child(2 of #l2, #l4)": "l4",
    "li:first-child, li:last-of-type": "l1 l5",
    "p:not(.x, [lang])": "p1",
    ":is(p, span):has(> b, > i)": "p2 s",
    "#p1:has(+ .y)": "p1",
    ":is(b, i):empty": "b",
    "input:checked, input:disabled": "n1 n2",
    "input:required:out-of-range": "n3",
    ":any-link": "l",
    "i:dir(rtl)": "i",
    "p:-soup-contains('tw')": "p2",
    r"#\70 1": "p1",
}.items():
    found = " ".join(tag["id"] for tag in soupsieve.select(selector, soup))
    assert found == wanted, (selector, found)

pattern = soupsieve.compile("p.x")
second = soup.find(id="p2")
assert pattern.match(second) and not pattern.match(soup.find(id="p1"))
assert [tag["id"] for tag in pattern.filter(soup.div)] == ["p2"]
assert soupsieve.closest(".x", soup.find(id="b")) is second
assert soupsieve.select_one("p", soup)["id"] == "p1"
assert len(soupsieve.select("li", soup, limit=2)) == 2
assert [tag["id"] for tag in soupsieve.iselect(":scope > b", second)] == ["b"]
assert soupsieve.escape("1 a.b") == r"\31 \ a\.b"
custom = {":--title": "p:is(#p1, #p2)"}
assert len(soupsieve.compile(":--title", custom=custom).select(soup)) == 2
for wrong in ("p[", "> > p", "p,"):
    try:
        soupsieve.compile(wrong)
    except soupsieve.SelectorSyntaxError:
        continue
    raise AssertionError("accepted: " + wrong)
