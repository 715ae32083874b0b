"""What keeps phones out of a head-end whatever is configured there, by what an examination has read: release and licences. Pure.

Nothing of it stops a change, so that it is a warning; what is configured for phones is told by their verification.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...changes.configurations.configuration import Configuration
from ...inventory.models.platforms import Platform
from ...inventory.systems import system_of
from ..finding import Evidence, Finding, Status
from .case import AuditAsked, Case
from .on_box import licences, release
from .shown import VERSION, HeadEnd


def readiness(host: str, platform: Platform, outputs: Mapping[str, str], time: str) -> tuple[Finding, ...]:
    """Findings on a device to which phones shall come: what keeps them out, what could not be judged; else one that is good."""
    if not system_of(platform).takes_phones:
        words = f"it is a {platform.model}: phones connect to an ASA, and the intent has them here"
        return (Finding("phones", host, Status.WARNING, words, (Evidence(host, "inventory", "model", platform.model, time),)),)
    command = system_of(platform).running
    running = Configuration(host, platform.os, command, outputs[command])
    case = Case(HeadEnd(host, platform, running, outputs), AuditAsked())
    found = []
    for one in (*release(case), *licences(case)):
        evidence = tuple(Evidence(host, line.command, "line", line.text, time) for line in one.evidence)
        words = f"{one.sentence}, so no phone is let in: {one.remedy.sentence}"
        found.append(Finding("phones", host, Status.WARNING, words, evidence))
    found += [Finding("phones", host, Status.WARNING, words) for words in case.unread]
    if found:
        return tuple(found)
    words = "its release and its licences let IP phones in"
    return (Finding("phones", host, Status.OK, words, (Evidence(host, VERSION, "licences", "enabled", time),)),)
