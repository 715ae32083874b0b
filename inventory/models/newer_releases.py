"""Releases that are newer than the table: report which row is assumed for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .platforms import KNOWN, Platform, rows
from .release import Release

#: The newest release of a model that its rows were compared with: release notes were read, or output of a device was seen.
CHECKED_UP_TO: Mapping[str, str] = {
    "2611": "12.3(26)",
    "3640": "12.4(25d)",
    "881": "15.9(3)M",
    "C8000V": "26.1.1",
    "ASA": "9.24(1)",
}


def newer_than_known(platforms: Mapping[str, Platform]) -> Iterator[str]:
    """A sentence for each host whose release no row of the table was compared with, with the row that is assumed.

    A row of the user's own (models_file.py) is his word, and nothing is said of it.
    """
    for host, platform in platforms.items():
        newest = CHECKED_UP_TO.get(platform.model)
        if newest is None or platform.model not in KNOWN or platform.release <= Release.parse(newest):
            continue
        row = next((row for row in reversed(rows(platform.model)) if row.release <= platform.release), None)
        if row is not None and row.source == platform.source:
            yield (
                f"{host}: {platform} is newer than {newest}, up to which the table was checked; assumed is what came with "
                f"{row.release}: {row.note} Source: {row.source}"
            )
