# imports: mistune
# exercises: Markdown to HTML, plugins by name (tables, footnotes, task lists), the syntax tree,
#   output as reStructuredText, escaping
# versions: >=3.0
import mistune
from mistune.renderers.rst import RSTRenderer

plain = mistune.create_markdown()
for text, html in (
    ("# *Hi*", "<h1><em>Hi</em></h1>\n"),
    ("a **b** `x<y`", "<p>a <strong>b</strong> <code>x&lt;y</code></p>\n"),
    ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>\n"),
    ("```py\na < b\n```", '<pre><code class="language-py">a &lt; b\n</code></pre>\n'),
    ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
    ("[see][Ref]\n\n[ref]: /u 'T'", '<p><a href="/u" title="T">see</a></p>\n'),
    ("a <b>", "<p>a &lt;b&gt;</p>\n"),
):
    assert plain(text) == html, plain(text)
assert mistune.create_markdown(escape=False)("a <b>c</b>") == "<p>a <b>c</b></p>\n"
assert "javascript" not in plain("[a](javascript:alert(1))")

rich = mistune.create_markdown(plugins=["table", "footnotes", "task_lists", "strikethrough"])
table = rich("| a | b |\n|---|--:|\n| 1 | 2 |\n")
assert table.count("<th") == 3 and '<td style="text-align:right">2</td>' in table, table
assert rich("~~old~~") == "<p><del>old</del></p>\n"
assert "checked" in rich("- [x] done") and "checked" not in rich("- [ ] open")
note = rich("text[^1]\n\n[^1]: the note\n")
assert "footnote" in note and note.index("text") < note.index("the note"), note

tree = mistune.create_markdown(renderer=None)("# A\n\nb *c*")
heading, paragraph = (node for node in tree if node["type"] != "blank_line")
assert heading["type"] == "heading" and heading["attrs"]["level"] == 1, heading
emphasis = {"type": "emphasis", "children": [{"type": "text", "raw": "c"}]}
assert paragraph["type"] == "paragraph" and paragraph["children"][1] == emphasis, paragraph
text = mistune.create_markdown(renderer=RSTRenderer())("# Top\n\n**b** `c`")
assert text.split() == ["Top", "===", "**b**", "``c``"], text
