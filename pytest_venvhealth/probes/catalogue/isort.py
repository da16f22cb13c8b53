# imports: isort
# exercises: imports sorted into sections, joined and wrapped; comments, skipped lines, a file in
#   place, the place of a module
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
assert isort.check_code(wanted, **settings) and not isort.check_code(source, **settings)

got = isort.code("from package import first_name, second_name\n", profile="black", line_length=30)
assert got == "from package import (\n    first_name,\n    second_name,\n)\n", got
kept = "import b  # isort: skip\nimport a\n"
assert isort.code(kept) == kept

path = Path("tiny.py")
path.write_text("import sys\nimport os\n")
assert isort.file("tiny.py", settings_path=".") is True
assert path.read_text() == "import os\nimport sys\n"
assert isort.place_module("os.path") == "STDLIB"
assert isort.place_module("mine.sub", config=isort.Config(**settings)) == "FIRSTPARTY"
