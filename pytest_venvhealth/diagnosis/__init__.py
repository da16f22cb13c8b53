"""From a failing import or probe to the distributions that cause it."""

from pytest_venvhealth.diagnosis.causes import Diagnosis, diagnose
from pytest_venvhealth.diagnosis.explanation import (
    explain,
    explain_network,
    explain_unsteady,
    explain_written,
)

__all__ = [
    "Diagnosis",
    "diagnose",
    "explain",
    "explain_network",
    "explain_unsteady",
    "explain_written",
]
