"""Release numbers of IOS, IOS-XE and ASA, and their order.

    12.2(8)T      IOS 12.x: maintenance 8 of the T train, which starts from 12.2 mainline: 12.2(46) < 12.2(2)T
    15.4(3)M3     IOS 15.x: M and T are one train: 15.4(2)T < 15.4(3)M < 15.4(3)M3
    17.11.1a      IOS-XE
    9.19(1)27     ASA, interim build 27

The order is that of features, which is that of time only within one train.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..errors import IntentError

_CLASSIC = re.compile(r"(\d{1,4})\.(\d{1,4})\((\d{1,4})([a-z]?)\)([A-Z]{0,3})(?:(\d{1,4})([a-z]?))?")
_DOTTED = re.compile(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})([a-z]?)")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """One release. Compares by what it has; ``str()`` gives the text as it was read."""

    major: int
    minor: int
    special_train: bool
    maintenance: int
    maintenance_letter: str
    train: str
    rebuild: int
    rebuild_letter: str
    text: str = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Release:
        """The release that a text such as ``12.2(8)T`` names. Raises IntentError when it names none."""
        if dotted := _DOTTED.fullmatch(text):
            major, minor, maintenance, letter = dotted.groups()
            return cls(int(major), int(minor), False, int(maintenance), letter, "", 0, "", text)
        if classic := _CLASSIC.fullmatch(text):
            major, minor, maintenance, letter, train, rebuild, rebuild_letter = classic.groups()
            # Every train but mainline starts where mainline ended, so it comes after all of mainline.
            special = bool(train)
            number = int(rebuild or 0)
            return cls(int(major), int(minor), special, int(maintenance), letter, train, number, rebuild_letter or "", text)
        raise IntentError(
            f"{text!r} is not a release: write it as show version does, such as 12.2(8)T, 15.4(3)M3, 17.11.1 or 9.19(1)"
        )

    def __str__(self) -> str:
        return self.text
