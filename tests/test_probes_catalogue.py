"""Every probe of the catalogue passes on a healthy stack, and notices a wrong answer."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import replace
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.probes import catalogue
from pytest_venvhealth.probes.catalogue import (
    catalogue_imports,
    catalogue_names,
    catalogue_probe,
    read_header,
    skipped_subpackages,
)
from pytest_venvhealth.probes.runner import Outcome, Probe, run_probe

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
    assert set(header) <= {"imports", "exercises", "timeout", "versions"}
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


@pytest.fixture(scope="session")
def installed(llm_target: Environment) -> frozenset[str]:
    """The normalized names of what the LLM stack holds."""
    found = distributions(path=[str(folder) for folder in llm_target.site_folders])
    return frozenset(canonicalize_name(each.metadata["Name"]) for each in found)


@pytest.mark.llm
@pytest.mark.parametrize("name", catalogue_names())
def test_a_probe_passes_on_a_healthy_stack(
    name: str, llm_target: Environment, installed: frozenset[str]
) -> None:
    if name not in installed:
        pytest.skip(f"the stack has no {name}")
    result = run_probe(probe_of(name), llm_target, timeout=120)

    assert result.outcome is Outcome.PASSED, (result.message, result.traceback, result.output)


# What makes a distribution give a wrong answer: run after the probe's imports, before its code.
SABOTAGE = [
    ("accelerate", "accelerate.Accelerator.backward = lambda self, loss: None"),
    ("accelerate", "accelerate.Accelerator.load_state = lambda self, folder: None"),
    ("click", "click.IntRange.convert = lambda self, value, param, ctx: int(value)"),
    ("click", "click.style = lambda text, **styles: text\nclick.termui.style = click.style"),
    ("datasets", "datasets.Dataset.filter = lambda self, function: self"),
    ("datasets", "datasets.Dataset.sort = lambda self, column: self"),
    ("datasets", "datasets.Dataset.save_to_disk = lambda self, folder: None"),
    ("fastapi", "fastapi.FastAPI.openapi = lambda self: {'info': {'title': 'probe'}, 'paths': {}}"),
    ("fastapi", "import fastapi.routing as r\nr.serialize_response = None"),
    ("jinja2", "jinja2.sandbox.SandboxedEnvironment.is_safe_attribute = lambda *args: True"),
    ("jinja2", "jinja2.filters.FILTERS['sort'] = lambda value: value"),
    ("matplotlib", "matplotlib.axes.Axes.draw = lambda self, renderer: None"),
    ("matplotlib", "import matplotlib.colors as c\nc.to_hex = lambda color: '#00ff00'"),
    ("numpy", "numpy.linalg.inv = lambda matrix: matrix"),
    ("numpy", "numpy.sin = numpy.cos"),
    ("numpy", "numpy.fft.fft = lambda values: values"),
    ("numpy", "numpy.load = lambda file: 0"),
    ("pandas", "pandas.DataFrame.merge = lambda self, *a, **k: self.assign(land='Norway')"),
    ("pandas", "pandas.read_csv = lambda file: pandas.DataFrame()"),
    ("peft", "peft.tuners.lora.Linear.forward = lambda self, x: self.base_layer(x)"),
    ("peft", "peft.tuners.lora.Linear.get_delta_weight = lambda self, name: 0.0"),
    ("peft", "peft.utils.constants.TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING.clear()"),
    ("pillow", "PIL.Image.Image.transpose = lambda self, method: self.copy()"),
    ("pillow", "PIL.ImageDraw.ImageDraw.text = lambda self, *args, **kwargs: None"),
    ("pyarrow", "pyarrow.compute.sum = lambda values: pyarrow.scalar(0)"),
    ("pyarrow", "import pyarrow.parquet as p\np.read_table = lambda file: pyarrow.table({})"),
    ("pydantic", "pydantic.BaseModel.model_dump_json = lambda self, **options: '{}'"),
    ("pydantic", "pydantic.field_validator = lambda *names: lambda function: function"),
    ("pyyaml", "yaml.dump = lambda data, **options: 'a: null'"),
    ("pyyaml", "yaml.CSafeLoader = yaml.CLoader = yaml.BaseLoader"),
    ("requests", "requests.Response.raise_for_status = lambda self: None"),
    ("requests", "requests.Session.resolve_redirects = lambda self, *args, **kwargs: iter(())"),
    ("safetensors", "safetensors.deserialize = lambda data: []"),
    ("safetensors", "import safetensors.numpy as n\nn.load = lambda data: {'a': 0, 'b': 0}"),
    ("scikit-learn", "sklearn.cluster.KMeans.fit_predict = lambda self, x: [0] * len(x)"),
    ("scikit-learn", "sklearn.ensemble.RandomForestClassifier.predict = sklearn.base.clone"),
    ("scikit-learn", "import sklearn.metrics as m\nm.roc_auc_score = m.accuracy_score"),
    ("scipy", "scipy.special.gamma = lambda value: value"),
    ("scipy", "import scipy.sparse.linalg as s\ns.spsolve = lambda matrix, values: values"),
    ("scipy", "scipy.stats.norm.cdf = lambda value: 0.5"),
    ("sentencepiece", "sentencepiece.SentencePieceProcessor.decode = lambda self, ids: 'the'"),
    ("tokenizers", "import tokenizers.normalizers as n\nn.Lowercase = n.NFC"),
    ("tokenizers", "import tokenizers.decoders as d\nd.ByteLevel = d.Fuse"),
    ("torch", "torch.matmul = lambda left, right: left * right"),
    ("torch", "torch.optim.SGD.step = lambda self: None"),
    ("torch", "torch.from_numpy = lambda array: torch.tensor(array.tolist())"),
    ("torch", "torch.Tensor.backward = lambda self: None"),
    (
        "transformers",
        (
            "import transformers.generation as g\n"
            "g.GenerationMixin.generate = lambda self, ids, **k: ids"
        ),
    ),
    (
        "transformers",
        (
            "import transformers.models.bert.modeling_bert as b\n"
            "b.BertPooler.forward = lambda self, hidden: self.dense(hidden[:, 0])"
        ),
    ),
    (
        "transformers",
        (
            "import transformers.models.bert.modeling_bert as b\n"
            "b.BertLayer.forward = lambda self, hidden, *args, **kwargs: (hidden * 2,)"
        ),
    ),
    ("transformers", "import sys\nsys.modules['transformers.models.bloom.modeling_bloom'] = None"),
]


@pytest.mark.llm
@pytest.mark.parametrize(
    ("name", "sabotage"), SABOTAGE, ids=[f"{name}-{n}" for n, (name, _) in enumerate(SABOTAGE)]
)
def test_a_probe_notices_a_wrong_answer(
    name: str, sabotage: str, llm_target: Environment, installed: frozenset[str]
) -> None:
    if name not in installed:
        pytest.skip(f"the stack has no {name}")
    probe = probe_of(name)
    prelude = "".join(f"import {module}\n" for module in probe.imports) + sabotage + "\n"
    result = run_probe(replace(probe, code=prelude + probe.code), llm_target, timeout=120)

    assert result.outcome in (Outcome.ASSERTION, Outcome.EXCEPTION, Outcome.IMPORT_ERROR)
    # It was the probe that noticed, not the sabotage that failed.
    own_lines = [frame.line for frame in result.frames if frame.file == probe.origin]
    assert max(own_lines) > prelude.count("\n"), result.traceback


def test_every_probe_has_its_sabotage() -> None:
    assert {name for name, _ in SABOTAGE} == set(catalogue_names())


@pytest.mark.parametrize("table", ["skip", "instead"])
def test_each_row_of_the_import_lists_has_its_reason(table: str) -> None:
    text = (Path(catalogue.__file__).with_name("catalogue") / "imports.toml").read_text()
    rows = tomllib.loads(text).get(table, [])

    for row in rows:
        assert {"distribution", "modules", "reason"} == set(row)
        assert len(row["reason"]) > 20
        found = skipped_subpackages if table == "skip" else catalogue_imports
        assert set(row["modules"]) <= set(found(row["distribution"]))
