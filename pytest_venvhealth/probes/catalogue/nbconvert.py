# imports: nbconvert, nbconvert.exporters
# exercises: a notebook exported to a script, Markdown, HTML and back to a
#   notebook, with a preprocessor that drops outputs and cells
# versions: >=6.0
import base64
import json

import nbconvert
import nbformat
from nbformat import v4

pixel = base64.b64encode(b"not really a picture").decode()
notebook = v4.new_notebook(
    metadata={"language_info": {"name": "python", "file_extension": ".py", "version": "3"}}
)
stream = v4.new_output("stream", name="stdout", text="\x1b[31m42\x1b[0m\n")
result = v4.new_output("execute_result", {"text/plain": "'a < b'"}, execution_count=1)
picture = v4.new_output("display_data", {"image/png": pixel, "text/plain": "<picture>"})
notebook.cells = [
    v4.new_markdown_cell("# Title\n\nSome *text* and $x^2$."),
    v4.new_code_cell("print(6 * 7)\n'a < b'", execution_count=1, outputs=[stream, result]),
    v4.new_code_cell("secret = 1", metadata={"tags": ["hide"]}, outputs=[picture]),
]

script, resources = nbconvert.PythonExporter().from_notebook_node(notebook)
assert resources["output_extension"] == ".py"
assert "# # Title" in script and "print(6 * 7)\n'a < b'\n" in script, script
compile(script, "script", "exec")

markdown, resources = nbconvert.MarkdownExporter().from_notebook_node(notebook)
assert "# Title" in markdown and "```python\nprint(6 * 7)" in markdown and "42" in markdown
assert base64.b64decode(pixel) in resources["outputs"].values()

html, _ = nbconvert.HTMLExporter(template_name="classic").from_notebook_node(notebook)
assert "<em>text</em>" in html and "a &lt; b" in html and pixel in html
assert '<span class="mi">6</span>' in html and '<span class="ansi-red-fg">42</span>' in html

cleaner = nbconvert.NotebookExporter(
    preprocessors=[
        nbconvert.preprocessors.ClearOutputPreprocessor(enabled=True),
        nbconvert.preprocessors.TagRemovePreprocessor(enabled=True, remove_cell_tags=["hide"]),
    ]
)
text, _ = cleaner.from_notebook_node(notebook)
clean = nbformat.reads(text, as_version=4)
assert len(clean.cells) == 2 and clean.cells[1].outputs == [], clean
assert json.loads(text)["nbformat"] == 4
assert len(notebook.cells) == 3, "the notebook itself was changed"
assert {"html", "markdown", "python", "notebook", "latex"} <= set(nbconvert.get_export_names())
