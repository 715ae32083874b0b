"""What the two sides tell each other: plain tuples of a kind, numbers and packed bytes.

From the engine's side: JOB number, packed job, keys | ANSWER of a call, ok, packed value | STOP | END | PULSE.
From the far side: READY | CALL number, callback, packed arguments, awaited, keys | OVER job, packed outcome, keys | PULSE.
Whoever hears nothing for `LEASE` seconds counts the other as gone.
"""

from __future__ import annotations

JOB, ANSWER, STOP, END, PULSE = "job", "answer", "stop", "end", "pulse"
READY, CALL, OVER = "ready", "call", "over"
#: Seconds between two signs of life, and of silence after which the other side is gone. A process that was killed is told of by
#: its transport at once; a busy one may not come to say a word for a while.
PULSE_SECONDS, LEASE = 2.0, 60.0
#: The engine's side waits so much longer: by then the far side has let go for certain.
MARGIN = 5.0

Message = tuple[object, ...]
