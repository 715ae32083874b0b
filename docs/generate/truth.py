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
        "Estates of random devices, releases, forms, lifetimes and parts that nobody uses are built in the lab by",
        "`nr-run deploy-l2l`, and looked at by `nr-run verify`: as they are, and with one fault each. An alarm is any word but",
        "up or idle, or an exit code but 0, for an estate without a fault; a miss is the word up for one with a fault. This page",
        "is written by `make truth TRUTH=N` (N estates).",
        "",
        f"- **{alarms} alarms** in {len(well)} looks at healthy, idle, rekeying and half idle estates.",
        f"- **{missed} called up** in {len(ill)} looks at estates with one planted fault.",
        "",
        f"{trials} estates, {len({one['devices'] for one in seen})} pairs of devices, "
        f"{len({one['form'] for one in seen})} forms. The lab is a simulation: the figures say nothing of what it cannot play.",
        "",
        "| estate | what was so | said | looks |",
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
