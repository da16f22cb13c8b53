"""From a failing import or probe to the distributions that cause it."""

from pytest_venvhealth.diagnosis.causes import Diagnosis, diagnose
from pytest_venvhealth.diagnosis.explanation import (
    explain,
    explain_network,
    explain_unsteady,
    explain_written,
)
from pytest_venvhealth.diagnosis.tries import judge_try
from pytest_venvhealth.diagnosis.unfit_probe import damage_of_probe, explain_fault

__all__ = [
    "Diagnosis",
    "damage_of_probe",
    "diagnose",
    "explain",
    "explain_fault",
    "explain_network",
    "explain_unsteady",
    "explain_written",
    "judge_try",
]
