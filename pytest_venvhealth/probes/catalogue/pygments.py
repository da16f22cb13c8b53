# imports: pygments, pygments.lexers, pygments.formatters, pygments.styles
# exercises: the tokens of several languages, lexers found by file name and text, HTML, LaTeX and
#   terminal output, a style
# versions: >=2.7.0
from pygments import highlight, lex
from pygments.formatters import HtmlFormatter, LatexFormatter, NullFormatter, TerminalFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename, guess_lexer
from pygments.styles import get_style_by_name
from pygments.token import Comment, Keyword, Name, Number, String
from pygments.util import ClassNotFound

source = "def f(x):\n    return x + 1.5  # more\n"
python = get_lexer_by_name("python")
tokens = list(lex(source, python))
assert "".join(text for _, text in tokens) == source
wanted = [
    (Keyword, "def"),
    (Name.Function, "f"),
    (Keyword, "return"),
    (Number.Float, "1.5"),
    (Comment.Single, "# more"),
]
assert [token for token in tokens if token in wanted] == wanted, tokens
assert String.Double in String and String not in Keyword

samples = {
    "json": ('{"a": true}', Keyword.Constant, "true"),
    "c": ("int main(void) { return 0; }", Keyword.Type, "int"),
    "html": ("<p class='x'>&amp;</p>", Name.Entity, "&amp;"),
    "sql": ("SELECT a FROM b", Keyword, "SELECT"),
    "bash": ("echo $HOME", Name.Variable, "$HOME"),
    "rust": ("fn main() {}", Keyword, "fn"),
}
for language, (text, kind, part) in samples.items():
    tokens = list(lex(text, get_lexer_by_name(language)))
    assert "".join(each for _, each in tokens).rstrip("\n") == text, language
    assert any(token in kind and each == part for token, each in tokens), (language, tokens)
assert get_lexer_for_filename("Makefile").name == "Makefile"
assert "Python" in guess_lexer("#!/usr/bin/env python3\nprint(1)").name
try:
    get_lexer_by_name("no-such-language")
except ClassNotFound:
    pass
else:
    raise AssertionError("there is a lexer for no language")

html = highlight("x = '<'", python, HtmlFormatter())
assert html.startswith('<div class="highlight"><pre>') and '<span class="n">x</span>' in html, html
assert "&lt;" in html or "&#60;" in html
assert ".highlight .k " in HtmlFormatter(style="default").get_style_defs(".highlight")
assert r"\begin{Verbatim}" in highlight("x", python, LatexFormatter())
assert "\x1b[" in highlight("pass", python, TerminalFormatter())
assert highlight(source, python, NullFormatter()) == source
assert get_style_by_name("monokai").style_for_token(Keyword)["color"]
