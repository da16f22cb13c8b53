# imports: nbformat, nbformat.v4, nbformat.sign
# exercises: a notebook made, checked against its schema, written and read; a wrong one refused; one
#   of format 3 upgraded; signatures
# versions: >=5.1
import io
import json

import nbformat
from nbformat import sign, v4

notebook = v4.new_notebook(metadata={"title": "é"})
output = v4.new_output("execute_result", {"text/plain": "42"}, execution_count=1)
notebook.cells = [
    v4.new_markdown_cell("# Title\ntext"),
    v4.new_code_cell("6 * 7", execution_count=1, outputs=[output]),
    v4.new_code_cell("print(1)", outputs=[v4.new_output("stream", name="stdout", text="1\n")]),
]
nbformat.validate(notebook)
text = nbformat.writes(notebook)
raw = json.loads(text)
assert raw["nbformat"] == 4 and raw["metadata"] == {"title": "é"}, raw
# In a file lines are a list.
assert raw["cells"][0]["source"] == ["# Title\n", "text"]
assert raw["cells"][1]["outputs"][0]["data"] == {"text/plain": ["42"]}
again = nbformat.reads(text, as_version=4)
assert again == notebook and again.cells[1].source == "6 * 7"
file = io.StringIO()
nbformat.write(notebook, file)
file.seek(0)
assert nbformat.read(file, as_version=4) == notebook

for wrong in (
    {"cell_type": "nonsense", "metadata": {}, "source": ""},
    {"cell_type": "code", "metadata": {}, "source": "x"},
    {"cell_type": "markdown", "metadata": [], "source": "x"},
):
    bad = dict(raw, cells=[dict(wrong, id="abc")])
    try:
        nbformat.validate(bad, version=4)
    except nbformat.ValidationError:
        pass
    else:
        raise AssertionError("accepted: {}".format(wrong))

old = {
    "metadata": {"name": "old"},
    "nbformat": 3,
    "nbformat_minor": 0,
    "worksheets": [
        {
            "cells": [
                {"cell_type": "heading", "level": 2, "metadata": {}, "source": "Head"},
                {
                    "cell_type": "code",
                    "collapsed": False,
                    "input": "1 + 1",
                    "language": "python",
                    "metadata": {},
                    "outputs": [{"output_type": "pyout", "prompt_number": 5, "text": "2"}],
                    "prompt_number": 5,
                },
            ],
            "metadata": {},
        }
    ],
}
new = nbformat.reads(json.dumps(old), as_version=4)
assert [cell.cell_type for cell in new.cells] == ["markdown", "code"]
assert new.cells[0].source == "## Head" and new.cells[1].source == "1 + 1"
assert new.cells[1].execution_count == 5
assert new.cells[1].outputs[0].data == {"text/plain": "2"}
assert nbformat.convert(new, 3).worksheets[0].cells[1].input == "1 + 1"

notary = sign.NotebookNotary(db_file=":memory:", secret=b"key")
assert not notary.check_signature(notebook)
notary.sign(notebook)
assert notary.check_signature(notebook)
notebook.cells[0].source = "changed"
assert not notary.check_signature(notebook)
notary.store.close()
