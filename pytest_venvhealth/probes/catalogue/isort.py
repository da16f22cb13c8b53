# imports: isort
# exercises: imports sorted into sections, joined and wrapped; profiles, own sections, comments,
#   skipped lines, a file in place, the place of a module
# versions: >=5.0
from pathlib import Path

import isort

source = """import sys
from mine import b
import os
from zlib import crc32, adler32
import requests
from . import local
from mine import a  # kept
from __future__ import annotations
"""
wanted = """from __future__ import annotations

import os
import sys
from zlib import adler32, crc32

import requests

from mine import a  # kept
from mine import b

from . import local
"""
settings = {"known_first_party": ["mine"], "known_third_party": ["requests"], "profile": "black"}
assert isort.code(source, **settings) == wanted, isort.code(source, **settings)
assert isort.check_code(wanted, **settings)
assert not isort.check_code(source, **settings)
forced = isort.code("from b import x\nimport c\nimport a\n", force_sort_within_sections=True)
assert forced == "import a\nfrom b import x\nimport c\n", forced

names = ", ".join("name_{:02}".format(number) for number in range(10))
got = isort.code("from package import " + names + "\n", profile="black", line_length=40)
rows = "".join("    {},\n".format(name) for name in names.split(", "))
assert got == "from package import (\n" + rows + ")\n", got
got = isort.code("from a import b, c\n", force_single_line=True)
assert got == "from a import b\nfrom a import c\n", got
kept = "import b  # isort: skip\nimport a\n"
assert isort.code(kept) == kept
got = isort.code("import a\nx = 1\n\n\ndef f():\n    import z\n    import y\n")
assert got == "import a\n\nx = 1\n\n\ndef f():\n    import y\n    import z\n", got

path = Path("tiny.py")
path.write_text("import sys\nimport os\n")
assert isort.file(str(path), settings_path=".") is True
assert path.read_text() == "import os\nimport sys\n"
assert isort.place_module("os.path") == "STDLIB"
assert isort.place_module("mine.sub", config=isort.Config(**settings)) == "FIRSTPARTY"
assert isort.place_module("__future__") == "FUTURE"
