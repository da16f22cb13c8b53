# imports: soupsieve, bs4
# exercises: selectors of CSS level 3 and 4 over one document: combinators, attributes, :nth-child,
#   :is, :not, :has, form states; match, closest
import bs4
import soupsieve

soup = bs4.BeautifulSoup(
    """<html lang="en"><body>
<div id="a" class="x"><p id="p1">one</p><p id="p2" class="x y" title="Ab-cd">two <b id="b"></b></p>
<p id="p3" lang="de-AT">drei</p><span id="s"><i id="i">x</i></span></div>
<form id="f"><input id="n1" type="checkbox" checked><input id="n2" type="text" disabled></form>
<ol id="o"><li id="l1"></li><li id="l2"></li><li id="l3"></li><li id="l4"></li></ol>
</body></html>""",
    "html.parser",
)
for selector, wanted in {
    "div > p": "p1 p2 p3",
    "p + p": "p2 p3",
    "#p1 ~ .x.y": "p2",
    "div b, form > input": "b n1 n2",
    "[title^='Ab'][title$=cd][title*='-']": "p2",
    "[title='ab-cd' i]": "p2",
    "p:lang(de)": "p3",
    "li:nth-child(2n+1)": "l1 l3",
    "li:nth-last-child(-n+2)": "l3 l4",
    "li:nth-child(2 of #l2, #l4)": "l4",
    "p:not(.x, [lang])": "p1",
    ":is(p, span):has(> b, > i)": "p2 s",
    ":is(b, i):empty": "b",
    "input:checked, input:disabled": "n1 n2",
    "p:-soup-contains('tw')": "p2",
    r"#\70 1": "p1",
}.items():
    found = " ".join(tag["id"] for tag in soupsieve.select(selector, soup))
    assert found == wanted, (selector, found)

second = soup.find(id="p2")
assert soupsieve.compile("p.x").match(second) and not soupsieve.match("p.x", soup.find(id="p1"))
assert soupsieve.closest(".x", soup.find(id="b")) is second
assert soupsieve.select_one("p", soup)["id"] == "p1"
assert soupsieve.escape("1 a.b") == r"\31 \ a\.b"
