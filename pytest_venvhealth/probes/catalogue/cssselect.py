# imports: cssselect
# exercises: selectors parsed, their specificity by the standard's examples, XPath written from them
#   (run by lxml where it is there), pseudo-elements, errors
import importlib.util

import cssselect
from cssselect import GenericTranslator, HTMLTranslator

for selector, wanted in {
    "*": (0, 0, 0),
    "LI": (0, 0, 1),
    "UL LI": (0, 0, 2),
    "UL OL+LI": (0, 0, 3),
    "H1 + *[REL=up]": (0, 1, 1),
    "UL OL LI.red": (0, 1, 3),
    "LI.red.level": (0, 2, 1),
    "#x34y": (1, 0, 0),
    "#s12:not(FOO)": (1, 0, 1),
    "p::before": (0, 0, 2),
    "a:hover": (0, 1, 1),
}.items():
    (parsed,) = cssselect.parse(selector)
    assert parsed.specificity() == wanted, selector
first, second = cssselect.parse("a, b::first-line")
assert (first.pseudo_element, second.pseudo_element) == (None, "first-line")
assert first.parsed_tree.element == "a"

translator = GenericTranslator()
wanted = "contains(concat(' ', normalize-space(@class), ' '), ' content ')"
assert wanted in translator.css_to_xpath("div.content")
assert translator.css_to_xpath("e > f", prefix="") == "e/f"
assert HTMLTranslator().css_to_xpath("DIV", prefix="") == "div"
assert translator.css_to_xpath("DIV", prefix="") == "DIV"
assert GenericTranslator.xpath_literal("it's") == '"it\'s"'
for wrong in ("a:", "a[", "a > > b", "#", "a:not(b", "a:nosuch", "a:nth-child(x)"):
    try:
        translator.css_to_xpath(wrong)
    except cssselect.SelectorError:
        continue
    raise AssertionError("accepted: " + wrong)

if importlib.util.find_spec("lxml") is not None:
    from lxml import etree

    tree = etree.fromstring(
        "<r><p id='a' class='x y' lang='de-AT'/><p id='b' t='Ab-cd'>2<i id='c'/></p><q id='d'>"
        "<i id='e'/><i id='f'/><i id='g'/><i id='h'/></q></r>"
    )
    for selector, wanted in {
        "p": "a b",
        "p.y.x": "a",
        "#b > i, q i:first-child": "c e",
        "p + q": "d",
        "#a ~ *": "b d",
        "[t^=Ab][t$='cd'][t*='-']": "b",
        "[class~=y]": "a",
        "[lang|=de]": "a",
        "q i:nth-child(2n+1)": "e g",
        "q i:nth-last-child(-n+2)": "g h",
        "i:only-child": "c",
        "p:not(.x)": "b",
        "i:empty:last-of-type": "c h",
    }.items():
        found = tree.xpath(translator.css_to_xpath(selector))
        assert " ".join(each.get("id") for each in found) == wanted, selector
