"""Write docs/explanation/truth.md out of what the trials of ``make truth`` saw: python docs/generate/truth.py FOLDER."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "explanation" / "truth.md"


def page(seen: list[dict[str, Any]]) -> str:
    """The page: two figures, and what they are made of."""
    well = [one for one in seen if not one["planted"]]
    ill = [one for one in seen if one["planted"]]
    alarms, missed = (sum(one["false"] for one in part) for part in (well, ill))
    trials = len({one["trial"] for one in seen})
    rows = Counter((one["planted"], one["what"], one["word"]) for one in seen)
    lines = [
        "# How true `nr-run verify` is",
        "",
        "This page measures false alarms and misses. `nr-run deploy-l2l` builds estates in the lab from random devices, releases,",
        "forms and lifetimes, with unrelated configuration. `nr-run verify` verifies each as it is, and then with one fault. An alarm",
        "is any word other than up or idle, or any exit code other than 0, for an estate without a fault. A miss is the word up for",
        "one with a fault. `make truth TRUTH=N` writes this page from N estates.",
        "",
        f"- **{alarms} alarms** in {len(well)} verifications of healthy, idle, rekeying and half idle estates.",
        f"- **{missed} misses** in {len(ill)} verifications of estates with one fault.",
        "",
        f"{trials} estates, {len({one['devices'] for one in seen})} pairs of devices, "
        f"{len({one['form'] for one in seen})} forms. The lab is a simulation: the figures say nothing about what it cannot simulate.",
        "",
        "| estate | condition | verdict | verifications |",
        "|---|---|---|---:|",
    ]
    lines += [
        f"| {'one fault' if planted else 'no fault'} | {what.replace('--no-probe', '(`--no-probe`)')} | {word} | {count} |"
        for (planted, what, word), count in sorted(rows.items())
    ]
    return "\n".join(lines) + "\n"


def main(folder: Path) -> None:
    """Write the page."""
    seen = [one for path in sorted(folder.glob("*.json")) for one in json.loads(path.read_text(encoding="utf8"))]
    if not seen:
        sys.exit(f"{folder} has no trial in it")
    PAGE.write_text(page(seen), encoding="utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
