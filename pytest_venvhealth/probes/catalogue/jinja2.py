# imports: jinja2, jinja2.sandbox
# exercises: expressions, filters, loops, macros, inheritance, escaping, undefined names, the
#   sandbox, async rendering
# versions: >=3.0.0
import asyncio

import jinja2
from jinja2.sandbox import SandboxedEnvironment

pages = jinja2.Environment(
    loader=jinja2.DictLoader(
        {
            "base": "<{% block body %}none{% endblock %}>",
            "page": "{% extends 'base' %}{% block body %}"
            "{% for n in numbers if n %}{{ loop.index }}:{{ n }}{{ ',' if not loop.last }}"
            "{% endfor %}{% endblock %}",
        }
    ),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)
assert pages.get_template("page").render(numbers=[3, 0, 5]) == "<1:3,2:5>"
assert pages.from_string("{{ text }}").render(text="<b>&") == "&lt;b&gt;&amp;"
assert pages.from_string("{{ 'a b'|title|replace(' ', '-') }}").render() == "A-B"
macro = "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{{ twice('ab') }}"
assert pages.from_string(macro).render() == "abab"
assert pages.from_string("{{ [3, 1, 2]|sort|join('<') }}").render() == "1&lt;2&lt;3"
assert pages.compile_expression("a + b * 2")(a=1, b=3) == 7
try:
    pages.from_string("{{ missing }}").render()
except jinja2.UndefinedError as error:
    assert "missing" in str(error)
else:
    raise AssertionError("an undefined name was rendered")
try:
    pages.from_string("{% if %}")
except jinja2.TemplateSyntaxError as error:
    assert error.lineno == 1
else:
    raise AssertionError("a syntax error was accepted")
try:
    SandboxedEnvironment().from_string("{{ ''.__class__.__mro__ }}").render()
except jinja2.exceptions.SecurityError:
    pass
else:
    raise AssertionError("the sandbox let something through")
slow = jinja2.Environment(enable_async=True).from_string("{{ 6 * 7 }}")
assert asyncio.run(slow.render_async()) == "42"
