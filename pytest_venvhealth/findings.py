"""What a check saw: plain frozen data, the language between all rooms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

ENVIRONMENT = "environment"
"""Stands where a distribution's name would, for what belongs to the environment itself."""


class Severity(StrEnum):
    """Whether a finding breaks something (`error`) or only deserves a look (`warning`)."""

    ERROR = "error"
    WARNING = "warning"


class Check(StrEnum):
    """A question asked of a distribution, or of the environment itself, in the order of asking."""

    INTERPRETER = "interpreter"
    STARTUP = "startup"
    SCRIPTS = "scripts"
    SITE_PACKAGES = "site-packages"
    INSTALLED = "installed"
    FILES = "files"
    IMPORT = "import"
    FUNCTIONAL = "functional"


class Code(StrEnum):
    """The kind of a finding; each is a heading in `docs/findings.md`."""

    # the environment itself
    INTERPRETER_BROKEN = "interpreter-broken"
    INTERPRETER_CHANGED = "interpreter-changed"
    HOME_MISSING = "home-missing"
    STARTUP_FAILED = "startup-failed"
    PTH_PATH_MISSING = "pth-path-missing"
    PATH_SHADOWING = "path-shadowing"
    PATH_LEAK = "path-leak"
    SCRIPT_INTERPRETER = "script-interpreter"
    LEFTOVER = "leftover"
    ORPHAN_PACKAGE = "orphan-package"
    SHADOWING_MODULE = "shadowing-module"
    SITE_PACKAGES_READ_ONLY = "site-packages-read-only"
    DISK_NEARLY_FULL = "disk-nearly-full"
    # installed
    NOT_INSTALLED = "not-installed"
    VERSION_DRIFT = "version-drift"
    METADATA_MISSING = "metadata-missing"
    METADATA_INVALID = "metadata-invalid"
    DUPLICATE_METADATA = "duplicate-metadata"
    DEPENDENCY_CONFLICT = "dependency-conflict"
    PYTHON_UNSUITABLE = "python-unsuitable"
    WHEEL_TAGS_UNFIT = "wheel-tags-unfit"
    EDITABLE_SOURCE_MISSING = "editable-source-missing"
    ENTRY_POINTS_INVALID = "entry-points-invalid"
    OTHER_BUILD = "other-build"
    # files
    FILE_MISSING = "file-missing"
    FILE_ALTERED = "file-altered"
    FILE_TYPE_CHANGED = "file-type-changed"
    FILE_CASE_CHANGED = "file-case-changed"
    FILE_MODE = "file-mode"
    FILE_CLOBBERED = "file-clobbered"
    FILE_UNREADABLE = "file-unreadable"
    RECORD_MISSING = "record-missing"
    RECORD_INVALID = "record-invalid"
    RECORD_PATH_OUTSIDE = "record-path-outside"
    RECORD_LISTS_OTHERS = "record-lists-others"
    FOREIGN_FILE = "foreign-file"
    EXTENSION_ABI = "extension-abi"
    BINARY_PLATFORM = "binary-platform"
    BINARY_DAMAGED = "binary-damaged"
    LIBRARY_MISSING = "library-missing"
    DRIVER_MISSING = "driver-missing"
    BYTECODE_STALE = "bytecode-stale"
    BYTECODE_DAMAGED = "bytecode-damaged"
    # import and functional: how a probe ended
    IMPORT_ERROR = "import-error"
    ASSERTION = "assertion"
    EXCEPTION = "exception"
    CRASH = "crash"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    EXITED = "exited"
    PROBE_ERROR = "probe-error"
    NETWORK_ATTEMPTED = "network-attempted"
    WROTE_OUTSIDE = "wrote-outside"
    # repair
    CONFLICT = "conflict"
    # profile
    WAIVER_EXPIRED = "waiver-expired"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one check saw wrong with one distribution."""

    code: Code
    check: Check
    distribution: str
    """Normalized name (`scikit-learn`), or `ENVIRONMENT`."""
    summary: str
    """One sentence for a person: what is wrong."""
    remedy: str
    """One sentence for a person: what to do next."""
    severity: Severity = Severity.ERROR
    paths: tuple[str, ...] = ()
    """Relative to the environment's root, with forward slashes, sorted, all of them."""
    root_causes: tuple[str, ...] = ()
    """Normalized names of the distributions at fault; empty where nothing explains it."""
    repairable: bool = False
    """Whether a repair from a wheelhouse may heal this."""
    evidence: tuple[str, ...] = ()
    """Lines shown below the summary, such as the end of the target's own traceback."""
    healed: bool = False

    @property
    def is_error(self) -> bool:
        """True for an error, False for a warning."""
        return self.severity is Severity.ERROR

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON data, the report's keys and `distribution`, `evidence`."""
        return {
            "code": str(self.code),
            "severity": str(self.severity),
            "check": str(self.check),
            "distribution": self.distribution,
            "summary": self.summary,
            "paths": list(self.paths),
            "root_causes": list(self.root_causes),
            "repairable": self.repairable,
            "remedy": self.remedy,
            "evidence": list(self.evidence),
            "healed": self.healed,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Finding:
        """Return the finding that `to_dict` turned into `data`."""
        return cls(
            code=Code(data["code"]),
            severity=Severity(data["severity"]),
            check=Check(data["check"]),
            distribution=data["distribution"],
            summary=data["summary"],
            paths=tuple(data["paths"]),
            root_causes=tuple(data["root_causes"]),
            repairable=data["repairable"],
            remedy=data["remedy"],
            evidence=tuple(data["evidence"]),
            healed=data["healed"],
        )
