# imports: mistune
# exercises: Markdown to HTML, plugins by name (tables, footnotes, task lists and more), the syntax
#   tree, a renderer of one's own, output as reStructuredText and as Markdown, escaping
# versions: >=3.0
import mistune
from mistune.renderers.markdown import MarkdownRenderer
from mistune.renderers.rst import RSTRenderer

plain = mistune.create_markdown()
pairs = {
    "# *Hi*": "<h1><em>Hi</em></h1>\n",
    "Title\n---": "<h2>Title</h2>\n",
    "a **b** `x<y`": "<p>a <strong>b</strong> <code>x&lt;y</code></p>\n",
    "> quoted": "<blockquote>\n<p>quoted</p>\n</blockquote>\n",
    "```py\na < b\n```": '<pre><code class="language-py">a &lt; b\n</code></pre>\n',
    "- a\n- b": "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n",
    "[a](/u 'T')": '<p><a href="/u" title="T">a</a></p>\n',
    "[see][Ref]\n\n[ref]: http://x.example": '<p><a href="http://x.example">see</a></p>\n',
    "un_der_score 2*3": "<p>un_der_score 2*3</p>\n",
}
for text, html in pairs.items():
    assert plain(text) == html, (text, plain(text))
assert plain("a <b>") == "<p>a &lt;b&gt;</p>\n"
assert mistune.create_markdown(escape=False)("a <b>c</b>") == "<p>a <b>c</b></p>\n"
assert "javascript" not in plain("[a](javascript:alert(1))")
assert mistune.escape('<a & "b">') == "&lt;a &amp; &quot;b&quot;&gt;"

rich = mistune.create_markdown(
    plugins=["table", "footnotes", "task_lists", "strikethrough", "url", "def_list", "math"]
)
table = rich("| a | b |\n|---|--:|\n| 1 | 2 |\n")
assert table.count("<th") == 3 and '<td style="text-align:right">2</td>' in table, table
assert rich("~~old~~") == "<p><del>old</del></p>\n"
assert '<a href="http://x.example">' in rich("see http://x.example now")
assert "checked" in rich("- [x] done") and "checked" not in rich("- [ ] open")
note = rich("text[^1]\n\n[^1]: the note\n")
assert "footnote" in note and note.index("text") < note.index("the note"), note
assert "<dt>Term</dt>" in rich("Term\n: meaning\n") and r"\(x^2\)" in rich("so $x^2$ it is")

tree = mistune.create_markdown(renderer=None)("# A\n\nb *c*")
tree = [node for node in tree if node["type"] != "blank_line"]
assert [node["type"] for node in tree] == ["heading", "paragraph"], tree
assert tree[0]["attrs"]["level"] == 1
assert tree[1]["children"][1] == {"type": "emphasis", "children": [{"type": "text", "raw": "c"}]}


class Shouting(mistune.HTMLRenderer):
    def text(self, text):
        return super().text(text).upper()


assert mistune.create_markdown(renderer=Shouting())("a `b`") == "<p>A <code>b</code></p>\n"
text = mistune.create_markdown(renderer=RSTRenderer())("# Top\n\n**b** `c`")
assert text.split() == ["Top", "===", "**b**", "``c``"], text
text = mistune.create_markdown(renderer=MarkdownRenderer())("Top\n===\n\n__b__\n\n+ x\n+ y\n")
assert text.split() == ["#", "Top", "**b**", "+", "x", "+", "y"], text
