"""The page on how often the named cause is right counts what was seen, and flatters nobody."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
GENERATE = runpy.run_path(str(DOCS / "generate" / "diagnosis.py"))
SEEN = [
    {"form": "ASA 8.2-5 and 881 15.4-3M3 IKEv1 crypto-map", "planted": "pfs", "named": ["pfs", "transforms"]},
    {"form": "ASA 8.2-5 and 881 15.4-3M3 IKEv1 crypto-map", "planted": "pfs", "named": ["transforms", "pfs"]},
    {"form": "C8000V 17.9.4 and ASA 9.1-7 IKEv2 vti", "planted": "pfs", "named": []},
    {"form": "C8000V 17.9.4 and ASA 9.1-7 IKEv2 vti", "planted": "mtu", "named": ["replay"]},
]


def test_each_trial_is_counted_as_it_went() -> None:
    """First, second, another one and nothing are four different things, and the releases are written as vendors write them."""
    made = GENERATE["page"](SEEN)
    assert "**1 of 4** planted causes were named first, 1 second, 2 not among the first two." in made
    assert "| `pfs` | 3 | 1 | 1 | `nothing` 1, `transforms` 1 |" in made
    assert "| `mtu` | 1 | 0 | 0 | `replay` 1 |" in made
    assert "- ASA 8.2(5) and 881 15.4(3)M3 IKEv1 crypto-map\n- C8000V 17.9.4 and ASA 9.1(7) IKEv2 vti\n" in made


def test_the_page_is_one_that_was_generated() -> None:
    """The page of the documents is in the form of the generator, whose figures are of the last whole run."""
    kept = (DOCS / "explanation" / "diagnosis.md").read_text(encoding="utf8")
    lines = GENERATE["page"](SEEN).splitlines()
    assert kept.splitlines()[:6] == lines[:6]
    assert next(line for line in lines if line.startswith("| planted")) in kept
