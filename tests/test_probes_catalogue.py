"""Every probe of the catalogue is complete, and passes on a healthy stack of LLM packages."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from pytest_venvhealth.probes import catalogue
from pytest_venvhealth.probes.catalogue import (
    catalogue_imports,
    catalogue_names,
    catalogue_probe,
    is_skipped,
    read_header,
)
from pytest_venvhealth.probes.runner import Probe

# What the first release promises a probe for.
PROMISED = {
    "accelerate",
    "datasets",
    "fastapi",
    "matplotlib",
    "numpy",
    "pandas",
    "peft",
    "pillow",
    "safetensors",
    "scikit-learn",
    "scipy",
    "sentencepiece",
    "tokenizers",
    "torch",
    "transformers",
}


def probe_of(name: str) -> Probe:
    probe = catalogue_probe(name)
    assert probe is not None
    return probe


def test_the_promised_distributions_have_a_probe() -> None:
    assert set(catalogue_names()) >= PROMISED


@pytest.mark.parametrize("name", ["nothing-of-this-name", "", "../runner", "numpy.py", "NumPy"])
def test_no_other_name_has_one(name: str) -> None:
    assert catalogue_probe(name) is None


@pytest.mark.parametrize("name", catalogue_names())
def test_a_probe_is_complete_and_runs_on_every_supported_python(name: str) -> None:
    probe = probe_of(name)
    header = read_header(probe.code)
    tree = ast.parse(probe.code, feature_version=(3, 8))

    assert canonicalize_name(name) == probe.name == name
    assert {"imports", "exercises"} <= set(header)
    assert set(header) <= {"imports", "exercises", "timeout", "versions", "needs"}
    assert all(re.fullmatch(r"\w+(\.\w+)*", module) for module in probe.imports)
    assert probe.timeout is None or 0 < probe.timeout <= 300
    assert any(isinstance(node, ast.Assert) for node in ast.walk(tree))


def test_a_header_may_take_several_lines() -> None:
    header = "# imports: a,\n#   b.c\n# timeout: 5\n# exercises: this\n#   and that\n"
    code = header + "x = 1\n# no: header\n"

    assert read_header(code) == {
        "imports": "a, b.c",
        "timeout": "5",
        "exercises": "this and that",
    }


@pytest.mark.parametrize("table", ["skip", "instead"])
def test_each_row_of_the_import_lists_has_its_reason(table: str) -> None:
    text = (Path(catalogue.__file__).with_name("catalogue") / "imports.toml").read_text()
    rows = tomllib.loads(text).get(table, [])

    for row in rows:
        assert {"distribution", "modules", "reason"} == set(row)
        assert len(row["reason"]) > 20
        if table == "instead":
            assert row["modules"] == list(catalogue_imports(row["distribution"]))


def test_what_is_skipped_is_skipped_with_all_below_it_and_nothing_beside() -> None:
    assert is_skipped("twisted", "twisted.application.twist._twist")
    assert is_skipped("twisted", "twisted.application.twist._twist.more")
    assert not is_skipped("twisted", "twisted.application.twist._twists")
    assert not is_skipped("twisted", "twisted.application")
    assert not is_skipped("other", "twisted.application.twist._twist")
