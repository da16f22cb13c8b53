"""What to say of a library that a distribution's native code needs, and the loader cannot find?"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator

from pytest_venvhealth.checks.drivers import driver_of
from pytest_venvhealth.checks.linkage import links, same_name
from pytest_venvhealth.checks.native import Fault, Seen, Subject, short
from pytest_venvhealth.checks.remedy import remedy_by_wheel
from pytest_venvhealth.findings import Code, Severity
from pytest_venvhealth.libraries import Link

# auditwheel puts a part of its hash into a library's name: no system has one of that name.
_GRAFTED = re.compile(r"-[0-9a-f]{8}(?:\.|$)")


def missing_library(
    subject: Subject, path: str, module: str, link: Link, told: Collection[str]
) -> Iterator[Seen]:
    """Yield what to say of a library that an extension module needs and the loader cannot find."""
    facts, library = subject.facts, link.name
    near = {subject.found.name, *facts.closure(subject.found.name)}
    brought = [each for each in same_name(facts, library) if near & set(facts.owners.get(each, ()))]
    if link.search.unfit and facts.owners.get(link.search.unfit):
        brought = [link.search.unfit]
    owner = facts.owners.get(link.needer, (subject.found.name,))[0]
    text = library
    pair = (link.needer, library)
    if link.needer != path:
        text += f", by way of {short(facts, link.needer)}"
    if brought:
        # A distribution that is there should bring it: that one is at fault.
        if facts.environment.relative(brought[0]) not in told:
            yield Seen(_broken_library(subject, brought[0], text), path, link=pair)
    elif driver_of(library) is not None:
        yield Seen(_driver_fault(library), path, link=pair)
    elif _GRAFTED.search(library):
        remedy, repairable = remedy_by_wheel(facts, owner)
        text += f", which came in the wheel of {owner} and is gone"
        code, severity = Code.LIBRARY_MISSING, Severity.ERROR
        fault = Fault(code, severity, "needs", text, remedy, (owner,), repairable)
        yield Seen(fault, path, link=pair)
    else:
        # Somebody out of sight may bring it.
        unsure = same_name(facts, library) or not near <= facts.inventory.distributions.keys()
        if unsure or subject.severity(module) is Severity.WARNING:
            yield Seen(_optional(subject), path, f"{short(facts, path)} needs {text}", pair)
            return
        text += ", and nothing provides it"
        remedy = f"Install the system package that brings {library}."
        fault = Fault(Code.LIBRARY_MISSING, Severity.ERROR, "needs", text, remedy, (owner,))
        places = [
            *(short(facts, folder) for folder in link.search.folders),
            "the system's folders",
        ]
        yield Seen(fault, path, f"searched: {', '.join(places)}", pair)


def _optional(subject: Subject) -> Fault:
    return Fault(
        Code.LIBRARY_MISSING,
        Severity.WARNING,
        "needs",
        f"libraries that nothing provides; {subject.found.name} can do without",
        "Nothing to do, unless you use that part: then install what brings the libraries.",
    )


def _broken_library(subject: Subject, path: str, text: str) -> Fault:
    """Return the fault of a library that a distribution brought, and that cannot be loaded."""
    facts = subject.facts
    owners = facts.owners.get(path, ())
    elf = subject.loader.read(path)
    code, state = Code.BINARY_PLATFORM, f"was built for {elf.target}"
    if not os.path.exists(path):
        code, state = Code.LIBRARY_MISSING, "is gone"
    elif elf.problem:
        code, state = Code.BINARY_DAMAGED, elf.problem
    text += f", and {short(facts, path)} of {' and '.join(owners)} {state}"
    remedy, repairable = remedy_by_wheel(facts, owners[0])
    return Fault(code, Severity.ERROR, "needs", text, remedy, owners, repairable)


def plug_in_faults(subject: Subject, path: str) -> Iterator[Seen]:
    """Yield a warning for what a library needs that is no extension module: a plug-in, or a tool's.

    What bears the name in any distribution is loaded by whoever loads the plug-in.
    """
    for link in links(subject.facts, subject.loader, subject.found.name, path):
        if link.needer != path:
            return  # what its libraries need is told for them
        pair = (path, link.name)
        if link.search.path is not None:
            continue
        if driver_of(link.name) is not None:
            yield Seen(_driver_fault(link.name), path, link=pair)
        elif not same_name(subject.facts, link.name):
            fault = Fault(
                Code.LIBRARY_MISSING,
                Severity.WARNING,
                "needs",
                "libraries that nothing provides; no extension module of its own needs them",
                "Nothing to do, unless you use that part: then install what brings the libraries.",
            )
            yield Seen(fault, path, f"{short(subject.facts, path)} needs {link.name}", pair)


def _driver_fault(library: str) -> Fault:
    driver = driver_of(library)
    if driver is None:
        raise ValueError(library)
    return Fault(
        Code.DRIVER_MISSING,
        Severity.WARNING,
        "needs",
        f"{library}, which is not here: it {driver.brought_by}",
        f"Install the driver, if {driver.device} is to be used.",
    )
