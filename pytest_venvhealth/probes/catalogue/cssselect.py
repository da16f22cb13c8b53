# imports: cssselect
# exercises: selectors parsed, their specificity by the standard's examples, XPath written from them
#   (run by lxml where it is there), pseudo-elements
import importlib.util

import cssselect

for selector, wanted in {
    "*": (0, 0, 0),
    "UL OL+LI": (0, 0, 3),
    "H1 + *[REL=up]": (0, 1, 1),
    "LI.red.level": (0, 2, 1),
    "#s12:not(FOO)": (1, 0, 1),
    "p::before": (0, 0, 2),
}.items():
    (parsed,) = cssselect.parse(selector)
    assert parsed.specificity() == wanted, selector
first, second = cssselect.parse("a, b::first-line")
assert (first.pseudo_element, second.pseudo_element) == (None, "first-line")

translator = cssselect.GenericTranslator()
assert translator.css_to_xpath("e > f", prefix="") == "e/f"
assert translator.css_to_xpath("DIV", prefix="") == "DIV"
assert cssselect.HTMLTranslator().css_to_xpath("DIV", prefix="") == "div"

if importlib.util.find_spec("lxml") is not None:
    from lxml import etree

    tree = etree.fromstring(
        "<r><p id='a' class='x y'/><p id='b' t='Ab-cd'>2<i id='c'/></p>"
        "<q id='d'><i id='e'/><i id='f'/><i id='g'/></q></r>"
    )
    for selector, wanted in {
        "p.y.x": "a",
        "#b > i, q i:first-child": "c e",
        "#a ~ *": "b d",
        "[t^=Ab][t$='cd'][t*='-']": "b",
        "q i:nth-child(2n+1)": "e g",
        "p:not(.x)": "b",
    }.items():
        found = tree.xpath(translator.css_to_xpath(selector))
        assert " ".join(each.get("id") for each in found) == wanted, selector
