"""Does importing a distribution's packages import one of its modules?

Read off the sources, without running them. An extension module that its own package imports only
inside a function, under a condition or in a `try` is one that the package can do without.
"""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.manifest import Manifest


class Use(StrEnum):
    """How a distribution uses one of its modules."""

    REQUIRED = "required"
    """It is imported whenever the distribution is."""
    OPTIONAL = "optional"
    """It is imported somewhere, but not whenever the distribution is."""
    UNKNOWN = "unknown"
    """No Python source imports it by its name."""


class _Import(NamedTuple):
    module: str
    always: bool
    """Whether it is done whenever the module with the line is imported."""


def dotted_name(environment: Environment, path: str, suffixes: Iterable[str]) -> str | None:
    """Return the name that Python imports a file under; None where it imports none like it.

    Args:
        suffixes: the longest first, as Python tries them.
    """
    for folder in environment.site_folders:
        site = f"{folder}{os.sep}"
        if path.startswith(site):
            *parents, last = path[len(site) :].split(os.sep)
            suffix = next((each for each in suffixes if last.endswith(each)), None)
            if suffix is None:
                return None
            stem = last.removesuffix(suffix)
            parts = [*parents, stem] if stem != "__init__" else parents
            return ".".join(parts) if parts and all(map(str.isidentifier, parts)) else None
    return None


class Importers:
    """The Python sources of one distribution, read when they are first asked for."""

    def __init__(self, environment: Environment, manifest: Manifest) -> None:
        self.environment = environment
        self.manifest = manifest
        self._imports: dict[str, tuple[_Import, ...]] = {}

    def use_of(self, module: str) -> Use:
        """Tell how the distribution uses the module of that dotted name."""
        public = set(self.manifest.import_names)
        seen = {module}
        pending = [module]
        found = Use.UNKNOWN
        while pending:
            wanted = pending.pop()
            if wanted in public:
                return Use.REQUIRED
            for importer, always in self._importers(wanted):
                found = Use.OPTIONAL
                if always and importer not in seen:
                    seen.add(importer)
                    pending.append(importer)
        return found

    def _importers(self, wanted: str) -> Iterator[tuple[str, bool]]:
        """Yield each module that imports `wanted` or a part of it, and whether it always does."""
        word = wanted.rpartition(".")[2].encode()
        # Parsing is what takes time: only texts where an import seems to name it are parsed.
        named = re.compile(rb"\b(?:from|import)\b(?:[^\n(]|\\\n)*(?:\([^)]*)?\b%b\b" % word)
        for module, text in self._sources.items():
            if module == wanted or module.startswith(wanted + ".") or word not in text:
                continue
            if not named.search(text):
                continue
            lines = [
                line
                for line in self._imports_of(module, text)
                if line.module == wanted or line.module.startswith(wanted + ".")
            ]
            if lines:
                yield module, any(line.always for line in lines)

    @cached_property
    def _sources(self) -> dict[str, bytes]:
        texts: dict[str, bytes] = {}
        for path in self.manifest.entries:
            module = dotted_name(self.environment, path, (".py",))
            if module is None:
                continue
            try:
                with open(path, "rb") as file:
                    texts[module] = file.read()
            except OSError:
                continue  # its absence is told by the files check
        return texts

    def _imports_of(self, module: str, text: bytes) -> tuple[_Import, ...]:
        if module not in self._imports:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    tree = ast.parse(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self._imports[module] = ()
            else:
                package = module if self._is_package(module) else module.rpartition(".")[0]
                self._imports[module] = tuple(_imports(tree.body, package, always=True))
        return self._imports[module]

    def _is_package(self, module: str) -> bool:
        tail = os.path.join(*module.split("."), "__init__.py")
        return any(
            os.path.join(folder, tail) in self.manifest.entries
            for folder in self.environment.site_folders
        )


def _imports(body: Iterable[ast.AST], package: str, *, always: bool) -> Iterator[_Import]:
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _Import(alias.name, always)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            if base:
                yield _Import(base, always)
                for alias in node.names:
                    yield _Import(f"{base}.{alias.name}", always)
        elif isinstance(node, ast.Try):
            kept = always and all(_raises(handler) for handler in node.handlers)
            yield from _imports(node.body, package, always=kept)
            rest = [*node.handlers, *node.orelse, *node.finalbody]
            yield from _imports(rest, package, always=False)
        elif isinstance(node, ast.ClassDef):
            yield from _imports(node.body, package, always=always)
        else:
            # A function, or a condition that nobody has asked here.
            inner = [each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.expr)]
            yield from _imports(inner, package, always=False)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _raises(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler only puts the error in other words, as numpy's does."""
    return isinstance(handler.body[-1], ast.Raise)
