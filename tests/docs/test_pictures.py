"""The README's pictures hold no key; that they are what the program draws today is seen in tests/estate."""

from __future__ import annotations

import html
import re

import pytest

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


def _luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2 defines it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How many times lighter the lighter colour is, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["plan", "recap"])
def test_each_colour_is_readable_in_light_and_in_dark(name: str) -> None:
    """Every colour of plan and recap has a contrast of 4.5 to 1, on the dark ground and on the white one."""
    svg = (IMAGES / f"{name}.svg").read_text()
    dark, light = svg.split("@media (prefers-color-scheme: light)", 1)
    (ground,) = re.findall(r'<rect fill="(#[0-9a-f]{6})"[^>]* rx="8"', svg)
    rule = rf"\.nr-run-{name}-r\d+ {{ fill: (#[0-9a-f]{{6}})"
    on_dark, on_white = re.findall(rule, dark), re.findall(rule, light)
    assert len(on_dark) == len(on_white) > 3
    assert [colour for colour in on_dark if contrast(colour, ground) < 4.5] == []
    assert [colour for colour in on_white if contrast(colour, "#ffffff") < 4.5] == []
