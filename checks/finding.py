"""Findings, the results of checks: a status, one sentence, the evidence, and for a failure its probable cause."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

#: The name of the check of packets of full size, of which a run says also where it was not done.
FULL_SIZE = "full-size"


class Status(Enum):
    """Outcome of one check. ``unverified``: it could not be decided, which is never a pass."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNVERIFIED = "unverified"
    SKIPPED = "skipped"


class Evidence(Struct, frozen=True):
    """Where a value was read: device, command, field, the value, and the time of reading (UTC, ISO 8601)."""

    device: str
    command: str
    field: str
    value: str
    time: str = ""

    def __str__(self) -> str:
        """For a person."""
        return f"{self.device}: {self.command}: {self.field} = {self.value}"


class Cause(Struct, frozen=True):
    """Why a check probably failed, how sure that is, what would confirm it, and what fixes it safely."""

    id: str
    sentence: str
    confidence: str
    confirm: str
    remedy: str


class Finding(Struct, frozen=True):
    """Result of one check on one device or tunnel."""

    check: str
    subject: str
    status: Status
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    cause: Cause | None = None

    def because(self, cause: Cause | None) -> Finding:
        """The same finding with its probable cause."""
        return replace(self, cause=cause)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        made: dict[str, Any] = to_builtins(self)
        return made


def proved(findings: Iterable[Finding]) -> bool:
    """True if at least one finding is ok, and none failed or was left open: what was only skipped proves nothing."""
    found = {finding.status for finding in findings}
    return Status.OK in found and not found & {Status.FAILED, Status.UNVERIFIED}


def against(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that keep a tunnel from being verified, worst first."""
    order = {Status.FAILED: 0, Status.UNVERIFIED: 1}
    return tuple(sorted((item for item in findings if item.status in order), key=lambda item: order[item.status]))
