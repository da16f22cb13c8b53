"""Is a wheel the release that its file name says, in a format that is known?"""

from __future__ import annotations

import email.parser
import re
from pathlib import Path

from installer.sources import WheelFile
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from pytest_venvhealth.repair.wheel_errors import WheelRefusedError


def check_identity(source: WheelFile, wheel: Path) -> None:
    """Compare the names of the dist-info folder and in METADATA with the file's, and the format.

    Tags are left to the file name, as pip and `installer` do: WHEEL's are often an older or a
    shorter list.

    Raises:
        ValueError: the file bears no wheel's name.
        WheelDamagedError: METADATA or WHEEL cannot be unpacked.
        WheelRefusedError: something differs, or one of them is not there.
    Source: the PyPA specification "Binary distribution format", "Installing a wheel".
    """
    name, version, _, _ = parse_wheel_filename(wheel.name)
    release = f"{name} {version}"
    folder = source.dist_info_dir
    found, _, text = folder.removesuffix(".dist-info").partition("-")
    if not _is_release(found, text, name, version):
        raise WheelRefusedError(wheel, folder, f"is not {release}, as the file's name has it")
    metadata = _header(source, wheel, "METADATA", "Name", "Version")
    if not _is_release(metadata["Name"], metadata["Version"], name, version):
        told = f"{metadata['Name']} {metadata['Version']}"
        reason = f"says {told}, the file's name says {release}"
        raise WheelRefusedError(wheel, f"{folder}/METADATA", reason)
    # A higher major is refused as the specification has it; `installer` wants just this form.
    wheel_version = _header(source, wheel, "WHEEL", "Wheel-Version")["Wheel-Version"]
    if not re.fullmatch(r"1\.\d+", wheel_version):
        reason = f"says Wheel-Version {wheel_version}; only 1.x is known here"
        raise WheelRefusedError(wheel, f"{folder}/WHEEL", reason)


def _header(source: WheelFile, wheel: Path, filename: str, *keys: str) -> dict[str, str]:
    """Return fields of METADATA or WHEEL, each of which must be there once.

    Raises:
        WheelDamagedError: the file cannot be unpacked.
        WheelRefusedError: it is not there, is no text, or a field is not there once.
    """
    message = email.parser.HeaderParser().parsestr(source.read_dist_info(filename))
    for key in keys:
        count = len(message.get_all(key, ()))
        if count != 1:
            name = f"{source.dist_info_dir}/{filename}"
            reason = f"has {count} fields {key}" if count else f"has no field {key}"
            raise WheelRefusedError(wheel, name, reason)
    return {key: str(message[key]).strip() for key in keys}


def _is_release(found: str, text: str, name: str, version: Version) -> bool:
    """Tell whether a name and a version, as a file or a folder writes them, are these."""
    try:
        # Some tools write the local version's `+` as `_`.
        same = Version(text.replace("_", "+", 1)) == version
    except InvalidVersion:
        same = False
    return same and canonicalize_name(found) == name
