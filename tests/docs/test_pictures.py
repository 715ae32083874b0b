"""The README's pictures are what the program draws today."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

from .documents import ROOT

IMAGES = ROOT / "docs" / "images"


def words(svg: str) -> list[str]:
    """The text of a picture. Counters depend on how many packets IKE cost; styles on the version of the drawing library."""
    lines = (html.unescape(text).replace("\xa0", " ").rstrip() for text in re.findall(r"<text [^>]*>([^<]*)</text>", svg))
    return [re.sub(r"\b\d+/\d+\b", "N/N", line) for line in lines if line]


def test_pictures_are_current(tmp_path: Path) -> None:
    """An export made now says, line for line, what the pictures in docs/images say."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "pictures.py"), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = {path.name: words(path.read_text()) for path in tmp_path.glob("*.svg")}
    kept = {path.name: words(path.read_text()) for path in IMAGES.glob("*.svg")}
    assert made == kept, "run `make pictures`"
    assert any("crypto map clientmap 1 ipsec-isakmp" in line for line in made["plan.svg"])
    assert any("QM_IDLE" in line for line in made["recap.svg"])


def test_pictures_hold_keys_by_reference_only() -> None:
    """Where a picture shows a key line, the key is a token; and a picture fetches nothing from elsewhere."""
    for path in IMAGES.glob("*.svg"):
        svg = path.read_text()
        keys = re.findall(r"crypto isakmp key (\S+)", "\n".join(words(svg)))
        assert all(re.fullmatch(r"<secret:[\w:-]+>", key) for key in keys), keys
        assert "@font-face" not in svg
        assert "url(http" not in svg
    assert re.search(r"crypto isakmp key", "\n".join(words((IMAGES / "plan.svg").read_text())))
