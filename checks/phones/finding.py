"""What the audit of a head-end for IP phones says: one cause, the device's own lines that show it, and what fixes it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from msgspec import Struct


class Severity(Enum):
    """How much a finding weighs: ``cause`` alone keeps phones out, ``risk`` may or will, ``note`` is for a person to know."""

    CAUSE = "cause"
    RISK = "risk"
    NOTE = "note"


class Line(Struct, frozen=True):
    """One line that a device, or a phone's file, shows. ``command`` printed it; ``text`` is "" where nothing stands there."""

    command: str
    text: str

    def __str__(self) -> str:
        """For a person."""
        return f"{self.command}: {self.text or '(no such line)'}"


#: What phones have of their own on a device.
OWN = ("group-policy ", "tunnel-group ")


class Remedy(Struct, frozen=True):
    """What fixes it: a sentence, and the lines of the device where it is a configuration. ``wide``: whom else they concern.

    ``may_fix`` is False where the lines hold something that a person has to choose.
    """

    sentence: str
    lines: tuple[str, ...] = ()
    wide: str = ""
    may_fix: bool = True

    @property
    def is_ready(self) -> bool:
        """True if the lines can be typed as they stand."""
        return bool(self.lines) and self.may_fix

    @property
    def is_ours(self) -> bool:
        """True if nr-run types it: lines of the profile of phones. What is of the whole device is for a person to type."""
        return self.is_ready and self.lines[0].startswith(OWN)


class PhoneFinding(Struct, frozen=True):
    """One cause on one device. ``id`` is a row of `causes.CAUSES`."""

    id: str
    host: str
    severity: Severity
    sentence: str
    evidence: tuple[Line, ...]
    remedy: Remedy

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        remedy: Mapping[str, Any] = {
            "sentence": self.remedy.sentence,
            "lines": list(self.remedy.lines),
            "concerns": self.remedy.wide,
            "fixed_by_nr_run": self.remedy.is_ours,
        }
        return {
            "id": self.id,
            "severity": self.severity.value,
            "sentence": self.sentence,
            "evidence": [{"command": line.command, "line": line.text} for line in self.evidence],
            "remedy": remedy,
        }
