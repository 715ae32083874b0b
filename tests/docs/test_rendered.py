"""The pages of docs/rendered are what the templates write today."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from .documents import ROOT

KEPT = ROOT / "docs" / "rendered"


def test_the_pages_are_current(tmp_path: Path) -> None:
    """A page for each generation of releases and feature, as the templates write it now, and no page more."""
    command = [sys.executable, str(ROOT / "docs" / "generate" / "features.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_text() for path in KEPT.iterdir()}, "run `make rendered`"


def test_a_page_that_is_gone_is_taken_away(tmp_path: Path) -> None:
    """What no feature writes any more does not stay among the pages."""
    (tmp_path / "old.md").write_text("old")
    subprocess.run([sys.executable, str(ROOT / "docs" / "generate" / "features.py"), str(tmp_path)], timeout=300, check=True)
    assert not (tmp_path / "old.md").exists()


def test_the_pages_hold_keys_by_reference_only() -> None:
    """Wherever a page shows a key, it is the token of one."""
    for path in KEPT.glob("*.md"):
        for line in path.read_text().splitlines():
            found = re.search(r"(?:pre-shared-key|isakmp key) (\S+)", line)
            assert found is None or found[1] == "<secret:credential:hq-branch-psk>", f"{path.name}: {line}"


def test_the_index_names_every_page() -> None:
    """README.md of the folder links each page, and nothing that is not there."""
    linked = set(re.findall(r"\]\(([\w.-]+\.md)\)", (KEPT / "README.md").read_text()))
    assert linked == {path.name for path in KEPT.glob("*.md")} - {"README.md"}
