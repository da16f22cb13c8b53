"""What an environment should hold: a TOML file, the lock it names, and the profile it extends."""

from pytest_venvhealth.profile.data import ProbeSpec, Profile, Waiver, Wanted
from pytest_venvhealth.profile.load import (
    ProfileNotFoundError,
    find_profile,
    load_groups,
    load_profile,
)
from pytest_venvhealth.profile.toml_table import ProfileError

__all__ = [
    "ProbeSpec",
    "Profile",
    "ProfileError",
    "ProfileNotFoundError",
    "Waiver",
    "Wanted",
    "find_profile",
    "load_groups",
    "load_profile",
]
