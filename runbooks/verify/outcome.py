"""The exit code of a verification.

0 all healthy; 2 all works, and the only trouble is a configuration that differs from the intent; 11 no device could be reached at
all; 12 something else is not healthy. There is no 10: that some services are well is no news that a job could act on.
"""

from __future__ import annotations

from ...checks.verdict import Configured, Verification, Word
from ...inventory.errors import Exit


def exit_of(verification: Verification) -> Exit:
    """The code; an empty verification is never a pass."""
    if verification.healthy:
        return Exit.OK
    devices = verification.devices
    if devices and all(device.round_trips is None for device in devices):
        return Exit.UNREACHABLE
    read = not any(device.problem for device in devices)
    works = all(verdict.word in (Word.UP, Word.IDLE) for verdict in verification.verdicts)
    known = all(verdict.configured is not Configured.UNKNOWN for verdict in verification.verdicts)
    return Exit.PENDING if verification.verdicts and read and works and known else Exit.VERIFY_FAILED
