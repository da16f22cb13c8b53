# imports: markdown_it, markdown_it.tree, markdown_it.token
# exercises: Markdown to HTML by the rules of CommonMark, a table, unsafe links, the tokens and
#   their tree, rules switched on and off
# versions: >=2.0
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

md = MarkdownIt("commonmark")
for text, html in (
    ("# *Hi* #", "<h1><em>Hi</em></h1>\n"),
    ("a *b **c** d* `x<y`", "<p>a <em>b <strong>c</strong> d</em> <code>x&lt;y</code></p>\n"),
    ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
    ("> quoted\nlazy", "<blockquote>\n<p>quoted\nlazy</p>\n</blockquote>\n"),
    ("```py\na < b\n```", '<pre><code class="language-py">a &lt; b\n</code></pre>\n'),
    ("[see][Ref]\n\n[ref]: /\u00e4 'T'", '<p><a href="/%C3%A4" title="T">see</a></p>\n'),
    ("&copy; \\* a  \nb", "<p>\u00a9 * a<br />\nb</p>\n"),
):
    assert md.render(text) == html, md.render(text)
assert "<a" not in md.render("[a](javascript:alert(1))")

table = "| a | b |\n|---|--:|\n| 1 | ~~2~~ |"
assert "<table>" not in md.render(table)
md.enable(["table", "strikethrough"])
assert '<td style="text-align:right"><s>2</s></td>' in md.render(table), md.render(table)

tokens = md.parse("# Title\n\ntext *em*\n")
assert [token.type for token in tokens] == [
    "heading_open",
    "inline",
    "heading_close",
    "paragraph_open",
    "inline",
    "paragraph_close",
]
assert tokens[3].map == [2, 3] and tokens[0].tag == "h1" and tokens[0].nesting == 1
tree = SyntaxTreeNode(tokens)
assert [node.type for node in tree.children] == ["heading", "paragraph"]
assert [node.content for node in tree.walk() if node.type == "text"] == ["Title", "text ", "em"]
