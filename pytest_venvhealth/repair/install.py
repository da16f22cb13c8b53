"""Unpack a wheel beside the environment, so that moving its files in is all that is left to do.

PyPA's `installer` knows the format; what it leaves to its caller is done here: every entry is compared
with the wheel's own RECORD while it is unpacked, names that would lead elsewhere are refused before
anything is written, and bytecode is compiled by the target's interpreter.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import io
import os
import shlex
import stat
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, cast

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.exceptions import InstallerError
from installer.records import Hash, RecordEntry
from installer.sources import WheelContentElement, WheelFile
from installer.utils import Scheme, copyfileobj_with_hashing

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.record import Row, parse_record
from pytest_venvhealth.repair.failures import advice_for
from pytest_venvhealth.repair.wheel_files import checked_rows, parse_entry_points

