"""What the two sides tell each other: plain tuples of a kind, numbers and packed bytes.

From the engine's side: JOB number, packed job, keys | ANSWER of a call, ok, packed value | ACK number | STOP | END.
From the far side: READY tokens of keys that it has | CALL number, callback, packed arguments, awaited, keys |
OVER job, packed outcome, keys | PULSE number.
Either side: MANY messages, in their order, as one.

Each PULSE is acknowledged with its number. A far side whose last acknowledged one was sent `LEASE` seconds ago types nothing
more; and the engine's side, which heard none for so long, counts it as gone.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Protocol

from ...inventory.errors import UsageError

JOB, ANSWER, ACK, STOP, END = "job", "answer", "ack", "stop", "end"
READY, CALL, OVER, PULSE = "ready", "call", "over", "pulse"
MANY = "many"
#: Seconds between two signs of life, and of silence after which the other side is gone. A process that was killed is told of by
#: its transport at once; a busy one may not come to say a word for a while.
PULSE_SECONDS, LEASE = 2.0, 60.0
#: The engine's side waits so much longer than the lease that it has acknowledged last: two clocks do not go alike.
MARGIN = 5.0
#: A lease that is shorter would end where a machine is only busy, a longer one would outlast rollback timers.
SHORTEST, LONGEST = 10.0, 600.0

Message = tuple[object, ...]


def as_one(messages: Sequence[Message]) -> Message:
    """Several, or one, as one."""
    return messages[0] if len(messages) == 1 else (MANY, tuple(messages))


class Process(Protocol):
    """One far process, as the transport knows it."""

    @property
    def name(self) -> str:
        """For a person."""

    def send(self, message: Message) -> None:
        """In order; raises OSError where nothing can be sent any more."""

    def end(self) -> None:
        """It is lost: see that it does nothing more, where that can be done from here."""


def lease_seconds() -> float:
    """How long a worker may type without a word from here: ``$NR_RUN_LEASE``, else LEASE. Raises UsageError."""
    given = os.environ.get("NR_RUN_LEASE", "")
    try:
        seconds = float(given or LEASE)
    except ValueError:
        seconds = 0.0
    if not SHORTEST <= seconds <= LONGEST:
        raise UsageError(f"NR_RUN_LEASE={given}: say seconds, from {SHORTEST:.0f} to {LONGEST:.0f}")
    return seconds
