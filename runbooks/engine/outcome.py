"""How a run ended, in the same words everywhere: exit code, JSON, recap, run folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from msgspec import Struct, field

from ...checks.finding import FULL_SIZE, Cause, Finding, Status, against
from ...inventory.errors import Exit, NrRunError
from .verifying.confirmations import Asked


class Result(Enum):
    """What became of one tunnel, in the word that recap, JSON and journal have; that of its exit code where it has one."""

    VERIFIED = "verified"
    #: The SAs are up; that traffic passes cannot be verified, since nothing behind the far end answers pings.
    SAS_UP = "sas-up"
    #: Small packets pass and full-size packets are lost. Not rolled back: the loss may be behind the far end.
    DEGRADED = "degraded"
    PENDING = Exit.PENDING.word
    UNCHANGED = "unchanged"
    NOT_VERIFIED = Exit.VERIFY_FAILED.word
    ROLLED_BACK = Exit.ROLLED_BACK.word
    ROLLBACK_INCOMPLETE = Exit.ROLLBACK_INCOMPLETE.word
    REFUSED = "refused"


class DeviceRow(Struct, frozen=True):
    """One end of a tunnel in the recap."""

    host: str
    #: True if lines were sent to it; after a roll-back they are gone again.
    touched: bool
    changed: bool
    phase_1: str
    phase_2: str
    encaps: int | None
    decaps: int | None
    saved: bool


class TunnelOutcome(Struct, frozen=True):
    """How one tunnel ended, with the evidence, and what a person has to do where one is needed."""

    tunnel: str
    result: Result
    exit_code: Exit
    changed: bool
    sentence: str
    devices: tuple[DeviceRow, ...] = ()
    findings: tuple[Finding, ...] = ()
    cause: Cause | None = None
    by_hand: tuple[str, ...] = ()
    #: Selectors that no ping matched: the proof says nothing about them.
    untested: tuple[str, ...] = ()
    #: What a removal leaves, because something else uses it now.
    stays: tuple[str, ...] = ()
    #: How far the proof reaches, where it does not reach to every end; empty where it does.
    reach: str = ""
    #: What a test has measured, as plain values; empty for everything else.
    measured: Mapping[str, Any] = field(default_factory=dict)
    #: What only a person can know of the change, with who has confirmed it and when.
    confirmations: tuple[Asked, ...] = ()

    @property
    def has_changed(self) -> bool:
        """True if the devices were changed and the change is kept."""
        return self.result in (Result.VERIFIED, Result.SAS_UP, Result.DEGRADED)

    @property
    def against(self) -> tuple[Finding, ...]:
        """Findings that speak against the tunnel, worst first."""
        return against(self.findings)

    @property
    def untried(self) -> tuple[str, ...]:
        """Of which traffic it is not known whether packets of full size pass, and why; each is one of the findings as well."""
        left = (item for item in self.findings if item.check == FULL_SIZE and item.status is Status.SKIPPED)
        return tuple(dict.fromkeys(f"{item.subject}: {item.sentence}" for item in left))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "tunnel": self.tunnel,
            "result": self.result.value,
            "exit_code": int(self.exit_code),
            "changed": self.changed,
            "verified": self.result is Result.VERIFIED,
            "sentence": self.sentence,
            "devices": list(self.devices),
            "cause": self.cause,
            "findings": [finding.as_dict() for finding in self.findings],
            "by_hand": list(self.by_hand),
            "untested": list(self.untested),
            "stays": list(self.stays),
            "reach": self.reach,
            **({"measured": self.measured} if self.measured else {}),
            **({"confirmations": [asked.as_dict() for asked in self.confirmations]} if self.confirmations else {}),
        }


def refused(tunnel: str, error: NrRunError) -> TunnelOutcome:
    """The outcome of a tunnel that this error kept from being touched."""
    return TunnelOutcome(tunnel, Result.REFUSED, error.exit_code, False, str(error))


def exit_code(outcomes: Iterable[TunnelOutcome]) -> Exit:
    """One exit code for all: rollback-incomplete wins, equal codes stay, success and failure mixed is partial."""
    codes = {outcome.exit_code for outcome in outcomes}
    if Exit.ROLLBACK_INCOMPLETE in codes:
        return Exit.ROLLBACK_INCOMPLETE
    if len(codes) == 1:
        return codes.pop()
    if codes & {Exit.OK, Exit.PENDING}:
        return Exit.PENDING if codes == {Exit.OK, Exit.PENDING} else Exit.PARTIAL
    # Several failures and no success: having been changed and rolled back says more than having been refused.
    for code in (Exit.ROLLED_BACK, Exit.VERIFY_FAILED, Exit.PRECHECK_FAILED, Exit.UNREACHABLE, Exit.INTENT):
        if code in codes:
            return code
    return Exit.ERROR
