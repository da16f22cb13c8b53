# imports: markdown, markdown.extensions
# exercises: Markdown to HTML, and extensions that come with it: tables, code, footnotes, contents,
#   attributes, meta-data
# versions: >=3.3
import markdown

for text, html in (
    ("# *Hi* #", "<h1><em>Hi</em></h1>"),
    ("a **b** `x<y`", "<p>a <strong>b</strong> <code>x&lt;y</code></p>"),
    ("* a\n* b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
    ("[see][Ref]\n\n[ref]: http://x.example", '<p><a href="http://x.example">see</a></p>'),
    ("a & b <i>c</i> &copy;", "<p>a &amp; b <i>c</i> &copy;</p>"),
):
    assert markdown.markdown(text) == html, markdown.markdown(text)

# By their modules: short names would be looked up in the metadata of all that is installed.
names = ["tables", "fenced_code", "footnotes", "toc", "attr_list", "meta"]
md = markdown.Markdown(extensions=["markdown.extensions." + name for name in names])
html = md.convert(
    """Title: The paper

# First part {: .big #one }

## Second part

| a | b |
|---|---|
| 1 | *2* |

```py
x < 1
```

Note[^n].

[^n]: the note
"""
)
assert md.Meta == {"title": ["The paper"]}, md.Meta
assert '<h1 class="big" id="one">First part</h1>' in html, html
assert '<h2 id="second-part">Second part</h2>' in html, html
assert "<td><em>2</em></td>" in html, html
assert '<pre><code class="language-py">x &lt; 1\n</code></pre>' in html, html
assert 'class="footnote"' in html, html
assert md.toc_tokens[0]["children"][0]["id"] == "second-part", md.toc_tokens
