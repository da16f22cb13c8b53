# imports: markdown, markdown.extensions
# exercises: Markdown to HTML, the extensions that come with it (tables, code, footnotes, contents,
#   attributes, meta-data and more), a preprocessor and an inline pattern of one's own
# versions: >=3.3
import xml.etree.ElementTree as etree

import markdown
from markdown.extensions import Extension
from markdown.extensions.toc import slugify
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

pairs = {
    "# *Hi* #": "<h1><em>Hi</em></h1>",
    "a **b** `x<y`": "<p>a <strong>b</strong> <code>x&lt;y</code></p>",
    "* a\n* b": "<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
    "> quoted": "<blockquote>\n<p>quoted</p>\n</blockquote>",
    "    a < b": "<pre><code>a &lt; b\n</code></pre>",
    "[a](/u 'T')": '<p><a href="/u" title="T">a</a></p>',
    "[see][Ref]\n\n[ref]: http://x.example": '<p><a href="http://x.example">see</a></p>',
    "a & b <i>c</i> &copy;": "<p>a &amp; b <i>c</i> &copy;</p>",
    "<div>\n*raw*\n</div>": "<div>\n*raw*\n</div>",
    "x  \ny": "<p>x<br />\ny</p>",
}
for text, html in pairs.items():
    assert markdown.markdown(text) == html, (text, markdown.markdown(text))

# By their modules: short names would be looked up in the metadata of all that is installed.
names = ["tables", "fenced_code", "footnotes", "toc", "attr_list", "meta", "def_list", "abbr"]
names += ["admonition", "sane_lists", "smarty", "nl2br", "md_in_html"]
md = markdown.Markdown(extensions=["markdown.extensions." + name for name in names])
html = md.convert(
    """Title: The paper
Author: Eve
        Adam

# First part {: .big #one }

[TOC]

## Second -- part

| a | b |
|---|--:|
| 1 | *2* |

```py
x < 1
```

Note[^n] on HTML.

Term
:   meaning

!!! warning "Mind"
    the step

[^n]: the note
*[HTML]: Markup
"""
)
assert md.Meta == {"title": ["The paper"], "author": ["Eve", "Adam"]}, md.Meta
assert '<h1 class="big" id="one">First part</h1>' in html, html
assert '<h2 id="second-part">Second &ndash; part</h2>' in html
assert '<li><a href="#second-part">Second &ndash; part</a></li>' in html
assert '<td style="text-align: right;"><em>2</em></td>' in html or 'align="right"' in html
assert '<pre><code class="language-py">x &lt; 1\n</code></pre>' in html
assert '<abbr title="Markup">HTML</abbr>' in html and "<dt>Term</dt>" in html
assert '<div class="admonition warning">' in html and 'class="footnote"' in html
assert [token["name"] for token in md.toc_tokens] == ["First part"], md.toc_tokens
assert md.toc_tokens[0]["children"][0]["id"] == "second-part"
assert md.reset().convert("a\nb") == "<p>a<br />\nb</p>"
assert slugify("Hello, World & more", "-") == "hello-world-more"


class Upper(Preprocessor):
    def run(self, lines):
        return [line.upper() for line in lines]


class Insert(InlineProcessor):
    def handleMatch(self, m, data):
        element = etree.Element("ins")
        element.text = m.group(1)
        return element, m.start(0), m.end(0)


class Own(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Upper(md), "upper", 25)
        md.inlinePatterns.register(Insert(r"\+\+(.+?)\+\+", md), "insert", 175)


assert markdown.markdown("a ++b++", extensions=[Own()]) == "<p>A <ins>B</ins></p>"
