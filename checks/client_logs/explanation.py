"""What is told of texts that a person brought: one conclusion, what it rests on, and a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from ..finding import Cause, Finding, Status

#: Version of the JSON document; a field that goes or changes its meaning raises it.
SCHEMA_VERSION = 1
#: A timeline has no more moments than this; what is left out is counted.
MOMENTS = 2000


class Moment(Struct, frozen=True):
    """Something that happened: the time as its log writes it, where that stands (``file:line``), what it was, its words.

    ``quote`` holds no secret. ``means`` is the word of the table that knows the message.
    """

    time: str
    place: str
    means: str
    sentence: str
    quote: str = ""


class Explanation(Struct, frozen=True):
    """``good`` is True only where all that it needs was there and nothing speaks against it.

    ``causes`` are why it is not: more than one where nothing tells them apart. ``facts`` are (what, value, where it stands);
    ``notices`` a sentence each, of what was left out or read in one of several ways.
    """

    about: str
    good: bool
    conclusion: str
    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...] = ()
    timeline: tuple[Moment, ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()
    notices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "schema_version": SCHEMA_VERSION,
            "about": self.about,
            "good": self.good,
            "conclusion": self.conclusion,
            "causes": [asdict(cause) for cause in self.causes],
            "findings": [finding.as_dict() for finding in self.findings],
            "timeline": [asdict(moment) for moment in self.timeline[:MOMENTS]],
            "timeline_left_out": max(0, len(self.timeline) - MOMENTS),
            "facts": [dict(zip(("what", "value", "where"), fact, strict=True)) for fact in self.facts],
            "notices": list(self.notices),
        }


def holds(findings: Iterable[Finding], needed: Iterable[str]) -> bool:
    """True if each needed check is there and is ok, and none failed or was left open."""
    found = list(findings)
    fine = {finding.check for finding in found if finding.status is Status.OK}
    bad = any(finding.status in (Status.FAILED, Status.UNVERIFIED) for finding in found)
    return not bad and set(needed) <= fine
