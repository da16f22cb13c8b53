"""Distributions that are missing, or do not fit each other by their own words."""

from __future__ import annotations

from functools import partial

from faults.stage import NO_WHEEL, UNFIT, Fault, Repair, all_of, instead, with_wheel, without

_row = partial(Fault, family="dependencies")

DEPENDENCY_FAULTS = (
    _row(
        name="a-required-distribution-is-uninstalled",
        inject=without("fontpack"),
        code="not-installed",
        distribution="fontpack",
    ),
    _row(
        name="a-pinned-distribution-is-uninstalled",
        inject=without("fontpack"),
        code="not-installed",
        distribution="fontpack",
        pinned=True,
    ),
    _row(
        name="a-pinned-distribution-that-nobody-requires-is-uninstalled",
        inject=without("timekit"),
        code="not-installed",
        distribution="timekit",
        pinned=True,
    ),
    _row(
        name="a-pinned-distribution-was-upgraded",
        inject=instead("glossary", "1.1.0"),
        code="version-drift",
        distribution="glossary",
        pinned=True,
    ),
    _row(
        name="a-new-distribution-requires-what-nobody-has",
        inject=with_wheel("needy", requires=["nowhere-to-be-had>=1"]),
        code="not-installed",
        distribution="nowhere-to-be-had",
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="a-new-distribution-requires-a-newer-version",
        inject=with_wheel("demanding", requires=["fontpack>=2030"]),
        code="dependency-conflict",
        distribution="demanding",
        culprits=("demanding", "fontpack"),
        repair=Repair.REFUSED,
        why=UNFIT,
    ),
    _row(
        name="a-new-distribution-requires-an-extra-whose-needs-are-missing",
        inject=with_wheel("charting", requires=["reportly[charts]"]),
        code="not-installed",
        distribution="plotlet",
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="two-requirers-want-what-excludes-each-other",
        inject=all_of(
            with_wheel("older", requires=["fontpack<2020"]),
            with_wheel("newer", requires=["fontpack>=2020"]),
        ),
        code="dependency-conflict",
        distribution="older",
        culprits=("fontpack", "older"),
        repair=Repair.REFUSED,
        why=UNFIT,
    ),
    _row(
        name="a-requirement-of-this-system-is-missing",
        inject=with_wheel("selective", requires=["posix-only; os_name == 'posix'"]),
        code="not-installed",
        distribution="posix-only",
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
)
