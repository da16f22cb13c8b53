# imports: markdown_it, markdown_it.tree, markdown_it.token
# exercises: Markdown to HTML by the rules of CommonMark, tables and strikethrough, safe links, the
#   tokens and their tree, rules switched on and off, a rule and a renderer of one's own
# versions: >=2.0
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

md = MarkdownIt("commonmark")
pairs = {
    "# *Hi* #": "<h1><em>Hi</em></h1>\n",
    "Title\n=====": "<h1>Title</h1>\n",
    "a *b **c** d* `x<y`": "<p>a <em>b <strong>c</strong> d</em> <code>x&lt;y</code></p>\n",
    "- a\n- b\n\n  c": "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n<p>c</p>\n</li>\n</ul>\n",
    "3. x\n4. y": '<ol start="3">\n<li>x</li>\n<li>y</li>\n</ol>\n',
    "> quoted\nlazy": "<blockquote>\n<p>quoted\nlazy</p>\n</blockquote>\n",
    "```py\na < b\n```": '<pre><code class="language-py">a &lt; b\n</code></pre>\n',
    "    code": "<pre><code>code\n</code></pre>\n",
    "[a](/u 'T') ![i](p.png)": '<p><a href="/u" title="T">a</a> <img src="p.png" alt="i" /></p>\n',
    "[see][Ref]\n\n[ref]: <http://x.example/\u00e4 b>": (
        '<p><a href="http://x.example/%C3%A4%20b">see</a></p>\n'
    ),
    "<http://x.example>": '<p><a href="http://x.example">http://x.example</a></p>\n',
    "&copy; &#35; \\* a  \nb": "<p>\u00a9 # * a<br />\nb</p>\n",
    "<b>raw</b>\n\n***": "<p><b>raw</b></p>\n<hr />\n",
    "un_der_score 2*3": "<p>un_der_score 2*3</p>\n",
}
for text, html in pairs.items():
    assert md.render(text) == html, (text, md.render(text))
assert md.renderInline("*a*") == "<em>a</em>"
assert "<a" not in md.render("[a](javascript:alert(1))")

table = "| a | b |\n|---|--:|\n| 1 | ~~2~~ |"
assert "<table>" not in md.render(table)
md.enable(["table", "strikethrough"])
html = md.render(table)
assert '<td style="text-align:right"><s>2</s></td>' in html and html.count("<th") == 3, html
assert MarkdownIt("js-default", {"html": False}).render("<b>") == "<p>&lt;b&gt;</p>\n"
assert md.disable("emphasis").render("*a*") == "<p>*a*</p>\n"
md.enable("emphasis")

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
assert tree.to_tokens() == tokens


def shout(state):
    for token in state.tokens:
        for child in token.children or []:
            child.content = child.content.upper()


def paragraph(self, tokens, idx, options, env):
    return "<p class='x'>"


loud = MarkdownIt().use(lambda parser: parser.core.ruler.push("shout", shout))
loud.add_render_rule("paragraph_open", paragraph)
assert loud.render("a `b`") == "<p class='x'>A <code>B</code></p>\n"
