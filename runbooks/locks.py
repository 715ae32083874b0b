"""One run at a time on a device: a lock file per device below the runs folder, held by the kernel while the run lives.

The kernel lets go when the process ends, however it ends, so a dead run never blocks a device. The file says who holds it.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from ..inventory.errors import Locked


class DeviceLocks:
    """Locks of all devices of one run, taken in sorted order so that two runs cannot wait for each other."""

    def __init__(self, runs: Path, run_id: str, hosts: Iterable[str]) -> None:
        """Nothing is locked yet; use as a context manager."""
        self._folder = runs / ".locks"
        self._run_id = run_id
        self._hosts = sorted(set(hosts))
        self._held: list[int] = []

    def __enter__(self) -> DeviceLocks:
        """Take all locks, or none. Raises Locked at the first that another run holds."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for host in self._hosts:
                self._held.append(self._take(host))
        except (OSError, Locked) as error:
            self._release()
            if isinstance(error, OSError):
                raise Locked(f"{error.filename or self._folder} cannot be locked: {error.strerror}") from None
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Let go of all."""
        self._release()

    def _take(self, host: str) -> int:
        descriptor = os.open(self._folder / f"{host}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 4096).decode(errors="replace")
            os.close(descriptor)
            raise Locked(f"{host} is held by {_who(holder)}; try again when that run has ended") from None
        owner = {
            "run": self._run_id,
            "process": os.getpid(),
            "user": _user(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(owner).encode(), 0)
        return descriptor

    def _release(self) -> None:
        for descriptor in self._held:
            with suppress(OSError):
                os.close(descriptor)
        self._held.clear()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number that has no name
        return str(os.getuid())


def _who(text: str) -> str:
    try:
        owner = json.loads(text)
        return f"run {owner['run']} (process {owner['process']}, user {owner['user']}, since {owner['since']})"
    except (ValueError, KeyError, TypeError):
        return "another run"
