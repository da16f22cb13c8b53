"""Write the table of all faults into docs/findings.md: `python tests/fault_table.py`."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from faults import ENVIRONMENT, FAULTS, Fault

DOCUMENT = Path(__file__).parents[1] / "docs" / "findings.md"
BEGIN, END = "<!-- fault matrix: begin -->", "<!-- fault matrix: end -->"


def render() -> str:
    """Return the section between the two marks."""
    chains = [fault for fault in FAULTS if fault.is_chain]
    families = Counter(fault.family for fault in FAULTS)
    counted = ", ".join(f"{family} {count}" for family, count in families.items())
    lines = [
        f"{len(FAULTS)} faults: {counted}. In {len(chains)} of them one suffers for another.",
        "",
        "| fault | family | code | borne by | blamed | taken down |",
        "|---|---|---|---|---|---|",
        *map(_row, FAULTS),
    ]
    return "\n".join(lines)


def _row(fault: Fault) -> str:
    blamed = ", ".join(fault.root_causes) or ("environment" if _is_own(fault) else "unexplained")
    cells = [
        fault.name.replace("-", " "),
        fault.family,
        f"[`{fault.code}`](#{fault.code})" + (" (warning)" if fault.warning else ""),
        fault.distribution,
        "nobody" if fault.warning else blamed,
        ", ".join(fault.takes_down),
    ]
    return f"| {' | '.join(cells)} |"


def _is_own(fault: Fault) -> bool:
    return fault.distribution == ENVIRONMENT


def written(text: str) -> str:
    """Return the document with the table as it should be now."""
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    new, count = pattern.subn(lambda _: f"{BEGIN}\n{render()}\n{END}", text)
    if count != 1:
        sys.exit(f"{DOCUMENT} must have one pair of marks, {BEGIN} and {END}; it has {count}.")
    return new


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
