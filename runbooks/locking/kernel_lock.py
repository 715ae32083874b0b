"""Take a lock of the kernel, which ends with the process that holds it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

from ...inventory.errors import Locked

#: Somebody who only looks holds a lock for a moment; a run that wants it tries for so long.
PATIENCE_SECONDS = 1.0


def hold(descriptor: int, path: Path, refusal: Callable[[], Locked]) -> None:
    """Lock an open file. Raises ``refusal`` when another process holds it, Locked when the file system has no locks.

    The descriptor is closed then.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                refused = refusal()
                os.close(descriptor)
                raise refused from None
            time.sleep(PATIENCE_SECONDS / 20)
        except OSError as error:
            os.close(descriptor)
            raise Locked(f"{path} cannot be locked: {error.strerror}") from None
        else:
            return
