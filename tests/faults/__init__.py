"""Every way to break an environment that the fault matrix tries, one row a fault."""

from __future__ import annotations

from faults.bytecode import BYTECODE_FAULTS
from faults.chains import CHAIN_FAULTS
from faults.dependencies import DEPENDENCY_FAULTS
from faults.environment import ENVIRONMENT_FAULTS
from faults.files import FILE_FAULTS
from faults.foreign import FOREIGN_FAULTS
from faults.imports import IMPORT_FAULTS
from faults.metadata import METADATA_FAULTS
from faults.native import NATIVE_FAULTS
from faults.stage import ENVIRONMENT, Fault, Repair, Stage

__all__ = ["ENVIRONMENT", "FAULTS", "Fault", "Repair", "Stage"]

FAULTS: tuple[Fault, ...] = (
    *FILE_FAULTS,
    *FOREIGN_FAULTS,
    *METADATA_FAULTS,
    *DEPENDENCY_FAULTS,
    *NATIVE_FAULTS,
    *BYTECODE_FAULTS,
    *ENVIRONMENT_FAULTS,
    *IMPORT_FAULTS,
    *CHAIN_FAULTS,
)
