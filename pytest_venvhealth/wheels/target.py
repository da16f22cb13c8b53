"""For whom a wheel is to be fetched, in the options of `pip download`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from packaging.tags import Tag

# pip adds these itself where they belong.
_ADDED_ABIS = frozenset({"abi3", "none"})


@dataclass(frozen=True, kw_only=True, slots=True)
class PipTarget:
    """A Python on a platform, as pip is told of one that it does not run in."""

    implementation: str
    """As tags have it: `cp`, `pp`, or `py` for none in particular."""
    python_version: str
    """Without dots: `311`."""
    abis: tuple[str, ...]
    platforms: tuple[str, ...]

    def options(self) -> list[str]:
        """Return pip's options; the Python that a release says it is for is not asked again."""
        version = ["--python-version", self.python_version, "--ignore-requires-python"]
        return [*self.tag_options(), *version]

    def tag_options(self) -> list[str]:
        """Return pip's options, but for the version of Python."""
        options = ["--implementation", self.implementation]
        for abi in self.abis:
            options += ["--abi", abi]
        for platform in self.platforms:
            options += ["--platform", platform]
        return options


def target_of_tags(tags: Iterable[Tag]) -> PipTarget | None:
    """Return the target that accepts tags, given best first; None where there are none."""
    ordered = tuple(tags)
    if not ordered:
        return None
    best = ordered[0].interpreter
    abis = _each_once(tag.abi for tag in ordered if tag.interpreter == best)
    return PipTarget(
        implementation=best[:2],
        python_version=best[2:],
        abis=tuple(abi for abi in abis if abi not in _ADDED_ABIS) or ("none",),
        platforms=_each_once(tag.platform for tag in ordered if tag.platform != "any") or ("any",),
    )


def target_of_wheel(tags: Collection[Tag]) -> PipTarget:
    """Return a target that accepts a wheel, by the tags in the wheel's own file name."""
    # Of `py2.py3` the second: pip knows no Python 2 any more.
    tag = min(tags, key=lambda tag: (not tag.interpreter[2:].startswith("3"), str(tag)))
    return PipTarget(
        implementation=tag.interpreter[:2],
        python_version=tag.interpreter[2:],
        abis=(tag.abi,),
        platforms=_each_once(other.platform for other in sorted(tags, key=str)),
    )


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
