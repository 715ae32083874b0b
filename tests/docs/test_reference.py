"""What is written into the documents from the code is what the code says today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .documents import PAGES, ROOT

DOCS = ROOT / "docs"
MARK = "<!-- make reference writes from here -->"


def test_every_written_page_is_current(tmp_path: Path) -> None:
    """Each page, and each part of a page, that `make reference` writes is as it would be written now."""
    subprocess.run([sys.executable, str(DOCS / "generate"), str(tmp_path)], timeout=300, check=True)
    made = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*.md")}
    assert made
    stale = [name for name, text in made.items() if not (DOCS / name).exists() or (DOCS / name).read_text() != text]
    assert stale == [], "run `make reference`"
    marked = {page.relative_to(DOCS).as_posix() for page in PAGES if MARK in page.read_text()}
    assert marked <= {*made}
