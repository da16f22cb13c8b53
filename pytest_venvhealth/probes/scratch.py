"""The folders and the variables that a probe runs with: nothing of the user's, nothing online."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pytest_venvhealth.temporary import temporary_folder

# Handed on as the user has them: without these the target may not start, or not as for its user.
_KEPT = frozenset(
    (
        "PATH",
        "LANG",
        "LANGUAGE",
        "TZ",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "DYLD_LIBRARY_PATH",
        "DYLD_FALLBACK_LIBRARY_PATH",
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "COMSPEC",
        "PATHEXT",
        "PROGRAMDATA",
        "PROGRAMFILES",
        "NUMBER_OF_PROCESSORS",
        "PROCESSOR_ARCHITECTURE",
        "CUDA_HOME",
        "CUDA_PATH",
        "CUDA_VISIBLE_DEVICES",
        "NVIDIA_VISIBLE_DEVICES",
        "ROCR_VISIBLE_DEVICES",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
    )
)
_KEPT_PREFIXES = ("LC_",)

# Folders below the scratch home, by the variable that names them.
_FOLDERS = {
    "HOME": "",
    "USERPROFILE": "",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_RUNTIME_DIR": ".run",
    "HF_HOME": ".cache/huggingface",
    "TORCH_HOME": ".cache/torch",
    "TORCHINDUCTOR_CACHE_DIR": ".cache/torchinductor",
    "TRITON_CACHE_DIR": ".cache/triton",
    "CUDA_CACHE_PATH": ".cache/cuda",
    "MPLCONFIGDIR": ".config/matplotlib",
    "NUMBA_CACHE_DIR": ".cache/numba",
    "NLTK_DATA": ".cache/nltk",
}

_FIXED = {
    # No library may wait for a server that this machine does not reach.
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "PIP_NO_INDEX": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "NO_PROXY": "*",
    "no_proxy": "*",
    # No screen, no forked tokenizer threads, no bytecode from a child of the probe.
    "MPLBACKEND": "Agg",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Scratch:
    """One probe's folders; all of it is deleted afterwards."""

    work: Path
    """The probe's current folder."""
    home: Path
    temporary: Path
    channel: Path
    """The file for the verdict; empty."""
    stack: Path
    """The file for the stack of a crash; empty."""
    output: Path
    """Where a FIFO for the output may be made."""

    @property
    def root(self) -> Path:
        """The folder that holds all of it."""
        return self.work.parent


@contextmanager
def scratch_folder() -> Iterator[Scratch]:
    """Make the folders of one probe, and delete them whatever the probe did to them."""
    # A probe may have deleted them itself, or left a process that is still writing.
    with temporary_folder() as root:
        scratch = Scratch(
            work=root / "work",
            home=root / "home",
            temporary=root / "tmp",
            channel=root / "channel",
            stack=root / "stack",
            output=root / "output",
        )
        for folder in (scratch.work, scratch.home, scratch.temporary):
            folder.mkdir(mode=0o700)
        scratch.channel.touch(mode=0o600)
        scratch.stack.touch(mode=0o600)
        yield scratch


def probe_variables(scratch: Scratch, user: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables of a probe: a small set, never all of the user's.

    Args:
        user: the variables of the user, such as `os.environ`.
    """
    variables = {
        name: value
        for name, value in user.items()
        if name.upper() in _KEPT or name.upper().startswith(_KEPT_PREFIXES)
    }
    variables.update(
        {
            name: os.path.join(scratch.home, folder) if folder else str(scratch.home)
            for name, folder in _FOLDERS.items()
        }
    )
    variables.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch.temporary)))
    variables.update(_FIXED)
    return variables
