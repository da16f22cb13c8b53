# imports: nbformat, nbformat.v4, nbformat.sign
# exercises: a notebook made, checked against its schema, written and read; wrong ones refused;
#   signatures
# versions: >=5.1
import json

import nbformat
from nbformat import sign, v4

output = v4.new_output("execute_result", {"text/plain": "42"}, execution_count=1)
notebook = v4.new_notebook(metadata={"title": "\u00e9"})
notebook.cells = [
    v4.new_markdown_cell("# Title\ntext"),
    v4.new_code_cell("6 * 7", execution_count=1, outputs=[output]),
]
text = nbformat.writes(notebook)
raw = json.loads(text)
assert raw["nbformat"] == 4 and raw["metadata"] == {"title": "\u00e9"}, raw
# In a file lines are a list.
assert raw["cells"][0]["source"] == ["# Title\n", "text"]
assert raw["cells"][1]["outputs"][0]["data"] == {"text/plain": ["42"]}
assert nbformat.reads(text, as_version=4) == notebook

for wrong in (
    {"cell_type": "nonsense", "metadata": {}, "source": "", "id": "abc"},
    {"cell_type": "markdown", "metadata": [], "source": "x", "id": "abc"},
):
    try:
        nbformat.validate(dict(raw, cells=[wrong]), version=4)
    except nbformat.ValidationError:
        pass
    else:
        raise AssertionError("accepted: {}".format(wrong))

notary = sign.NotebookNotary(db_file=":memory:", secret=b"key")
notary.sign(notebook)
assert notary.check_signature(notebook)
notebook.cells[0].source = "changed"
assert not notary.check_signature(notebook)
notary.store.close()
