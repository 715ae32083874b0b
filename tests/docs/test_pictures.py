"""The README's pictures hold no key; that they are what the program draws today is seen in tests/estate."""

from __future__ import annotations

import html
import re

from .documents import ROOT

IMAGES = ROOT / "docs" / "images"


def words(svg: str) -> list[str]:
    """The text of a picture. Counters depend on how many packets IKE cost; styles on the version of the drawing library."""
    lines = (html.unescape(text).replace("\xa0", " ").rstrip() for text in re.findall(r"<text [^>]*>([^<]*)</text>", svg))
    return [re.sub(r"\b\d+/\d+\b", "N/N", line) for line in lines if line]


def test_pictures_hold_keys_by_reference_only() -> None:
    """Where a picture shows a key line, the key is a token; and a picture fetches nothing from elsewhere."""
    for path in IMAGES.glob("*.svg"):
        svg = path.read_text()
        keys = re.findall(r"crypto isakmp key (\S+)", "\n".join(words(svg)))
        assert all(re.fullmatch(r"<secret:[\w:-]+>", key) for key in keys), keys
        assert "@font-face" not in svg
        assert "url(http" not in svg
    plan, recap = (words((IMAGES / f"{name}.svg").read_text()) for name in ("plan", "recap"))
    assert re.search(r"crypto isakmp key", "\n".join(plan))
    assert any("crypto map clientmap 1 ipsec-isakmp" in line for line in plan)
    assert any("QM_IDLE" in line for line in recap)
