"""Write docs/explanation/diagnosis.md out of what ``make diagnosis`` saw: python docs/generate/diagnosis.py FILE."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "explanation" / "diagnosis.md"


def page(seen: Sequence[dict[str, Any]]) -> str:
    """The page: the figure, and for each planted cause what was named. ``named`` are the first two causes, best first."""
    first = sum(one["named"][:1] == [one["planted"]] for one in seen)
    second = sum(one["named"][1:2] == [one["planted"]] for one in seen)
    forms = sorted({_form(one["form"]) for one in seen})
    lines = [
        "# How often the named cause is the right one",
        "",
        "This page measures the diagnosis. A tunnel of the lab is up; a mistake is typed into a device, or a fault is set on the path;",
        "nr-run looks at the tunnel as it does after a deploy, and names [causes](../reference/causes.md). Then the mistake is undone, and",
        "no cause may be named any more. `make diagnosis` tries every mistake on every form that can have it, and writes this page.",
        "",
        f"- **{first} of {len(seen)}** planted causes were named first, {second} second, {len(seen) - first - second} not among the first two.",
        "",
        "The lab is a simulation: the figures say nothing about what it cannot simulate. Causes of the table that are not here are the",
        "general ones, such as `no-attempt`: where both ends are ours, a sharper one is named for each of these mistakes.",
        "",
        "| planted | trials | named first | named second | named first instead |",
        "|---|---:|---:|---:|---|",
        *_rows(seen),
        "",
        "## The forms",
        "",
        *(f"- {form}" for form in forms),
    ]
    return "\n".join(lines) + "\n"


def _form(name: str) -> str:
    """The name of a test, ``2611 12.2-8T and ...``, with its releases as vendors write them."""
    return " ".join(_release(word) for word in name.split())


def _release(word: str) -> str:
    """A release as vendors write it: ``12.2-8T`` is ``12.2(8)T``."""
    train, dash, rest = word.partition("-")
    if not dash or not train[:1].isdigit():
        return word
    number = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return f"{train}({number}){rest[len(number) :]}"


def _rows(seen: Sequence[dict[str, Any]]) -> list[str]:
    rows = []
    for planted in sorted({one["planted"] for one in seen}):
        mine = [one["named"] for one in seen if one["planted"] == planted]
        firsts = Counter(named[0] if named else "nothing" for named in mine)
        others = ", ".join(f"`{name}` {count}" for name, count in sorted(firsts.items()) if name != planted)
        second = sum(named[1:2] == [planted] for named in mine)
        rows.append(f"| `{planted}` | {len(mine)} | {firsts[planted]} | {second} | {others} |")
    return rows


def main(file: Path) -> None:
    """Write the page."""
    if not file.is_file() or not (seen := json.loads(file.read_text(encoding="utf8"))):
        sys.exit(f"{file} has no trial in it")
    PAGE.write_text(page(seen), encoding="utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
