"""How long a run waits where nobody says otherwise, and for how many tunnels at a time: what --help tells of it, as bare numbers.

Seconds, but for ``REVERT_IN_MINUTES``; `waits.Timeouts` says what each is for.
"""

from __future__ import annotations

IKE = 60.0
POLL = 2.0
RECONNECT = 90.0
RECONNECT_PAUSE = 3.0
REVERT_IN_MINUTES = 15
BOOT = 300.0
#: Tunnels at a time where nobody says otherwise. A tunnel waits for its devices most of its time, so some share an interpreter
#: well; beyond that they only wait for each other.
WORKERS = 8
