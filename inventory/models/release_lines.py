"""Lines that a release writes into a configuration by itself; nobody typed them, so they are not drift.

A row has the operating system, the release that began with it, the line, a sentence and a source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from .platforms import Platform
from .release import Release


class ReleaseLine(Struct, frozen=True):
    """One such line, as it stands at the margin of a configuration."""

    os: str
    since: Release
    line: re.Pattern[str]
    sentence: str
    source: str


def _row(os: str, since: str, line: str, sentence: str, source: str) -> ReleaseLine:
    return ReleaseLine(os, Release.parse(since), re.compile(line), sentence, source)


RELEASE_LINES: tuple[ReleaseLine, ...] = (
    _row(
        "ios",
        "26.1.1",
        r"system mode insecure",
        "the upgrade wrote it, since other lines are insecure in the eyes of the release: it lets them work, and is not to be"
        " removed before they are gone",
        "Catalyst 8200 and 8300, release notes of IOS XE 26.1.x",
    ),
    _row(
        "ios",
        "16.1.1",
        r"crypto pki (?:trustpoint|certificate chain) (?:SLA-TrustPoint|TP-self-signed-\d+)",
        "the system made it for licensing, or for its own web server",
        "running configurations of IOS-XE 16 and 17 as they are delivered",
    ),
    _row(
        "ios",
        "16.1.1",
        r"license udi pid \S+ sn \S+",
        "the system writes which device it is",
        "running configurations of IOS-XE 16 and 17 as they are delivered",
    ),
    _row(
        "asa",
        "9.0(1)",
        r"crypto ipsec security-association pmtu-aging infinite",
        "the release shows its default",
        "running configurations of ASA 9.x as they are delivered",
    ),
)


def of_release(platform: Platform, lines: Iterable[str]) -> Iterator[tuple[str, ReleaseLine]]:
    """Those of these lines that the release of the platform writes by itself."""
    rows = [row for row in RELEASE_LINES if row.os == platform.os and row.since <= platform.release]
    for line in lines:
        row = next((row for row in rows if row.line.fullmatch(line.strip())), None)
        if row is not None:
            yield line.strip(), row
