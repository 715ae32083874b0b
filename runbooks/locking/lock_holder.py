"""Who holds a device: a run, its process, and the machine that it runs on; and whether it can still be at work."""

from __future__ import annotations

import getpass
import json
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, to_builtins

from ...inventory.errors import Locked

#: Seconds between two signs of life of a holder.
HEARTBEAT_SECONDS = 5.0
#: Without a sign of life for so long a holder is silent: it has missed several, be they late because of a slow file system.
SILENT_SECONDS = 30.0
#: How long a record keeps its device that nobody can read, so that nobody knows what it says: the default rollback timer and boot
#: time.
UNREADABLE_SECONDS = 1200.0


class Machine(Struct, frozen=True):
    """Where a process number means something. Two containers on one machine share the kernel and not the process numbers."""

    name: str
    boot: str
    processes: str

    @classmethod
    def here(cls) -> Machine:
        """This machine; what the system does not tell is empty (boot and process space come from Linux' /proc)."""
        try:
            space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - "pid:[4026531836]" is no path
        except OSError:
            space = ""
        return cls(socket.gethostname(), _text(Path("/proc/sys/kernel/random/boot_id")).strip(), space)


class Holder(Struct, frozen=True):
    """The record of a lock. For ``keep_seconds`` after the last sign of life the devices may still be on their way back."""

    run: str
    machine: Machine
    process: int
    #: When the process was started, in clock ticks since boot: a number that is used again belongs to another process.
    started: str
    user: str
    since: str
    keep_seconds: float

    @classmethod
    def me(cls, run: str, keep_seconds: float) -> Holder:
        """This process, for a run."""
        since = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(run, Machine.here(), os.getpid(), _started(os.getpid()), _user(), since, keep_seconds)

    @classmethod
    def read(cls, text: str) -> Holder | None:
        """From the text of a record; None when it is not one, or not a whole one."""
        try:
            data = json.loads(text)
            data["machine"] = Machine(**data["machine"])
            return cls(**{**data, "keep_seconds": float(data["keep_seconds"])})
        except (ValueError, KeyError, TypeError):
            return None

    @property
    def text(self) -> str:
        """The record, as it is written."""
        return json.dumps(to_builtins(self)) + "\n"

    def may_live(self, silent_seconds: float) -> bool:
        """False when the process is gone for certain; of another machine a sign of life not long ago is all that is known."""
        return _lives(self) if self.machine == Machine.here() else silent_seconds <= SILENT_SECONDS

    def __str__(self) -> str:
        return f"run {self.run} on {self.machine.name} (process {self.process}, user {self.user}, since {self.since})"


def why_over(host: str, holder: Holder | None, silent_seconds: float, run: str) -> str:
    """Why a record of ``host`` does not hold it any more, for a person, when ``run`` wants the device. Raises Locked if it does.

    ``silent_seconds`` is the age of its last sign of life. A process of this machine can be looked for. Of another machine only
    silence is known: then the same run may go on from here, and others when the devices have had the time to roll themselves
    back.
    """
    if holder is None:
        if silent_seconds > UNREADABLE_SECONDS:
            return f"the lock of {host} cannot be read and is {silent_seconds / 60:.0f} minutes old: taken over"
        raise Locked(
            f"{host} is held by a run whose lock cannot be read; try again in {_minutes(UNREADABLE_SECONDS - silent_seconds)}"
        )
    silent, here = silent_seconds > SILENT_SECONDS, Machine.here()
    if holder.machine == here:
        if not _lives(holder):
            return f"{host} was held by {holder}, which has ended without releasing it: taken over"
    elif holder.machine.name == here.name and silent:
        # Not at once: there may be two machines of one name.
        return f"{host} was held by {holder}; that machine has been started again since: taken over"
    elif silent and holder.run == run:
        return f"{host} was held by {holder}, which gives no sign of life; this is the same run: taken over"
    elif silent_seconds > holder.keep_seconds:
        minutes = f"{silent_seconds / 60:.0f} minutes"
        return f"{host} was held by {holder}, which has given no sign of life for {minutes}: taken over"
    raise Locked(f"{host} is held by {holder}; {_what_to_do(holder, silent_seconds)}")


def _what_to_do(holder: Holder, silent_seconds: float) -> str:
    if silent_seconds <= SILENT_SECONDS or holder.machine == Machine.here():
        return "wait until that run has ended, and try again"
    return (
        f"it has given no sign of life for {silent_seconds:.0f} seconds: if {holder.machine.name} is gone, nr-run resume "
        f"{holder.run} ends that run, and other runs may go on in {_minutes(holder.keep_seconds - silent_seconds)}"
    )


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60 + 0.5))
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


def _lives(holder: Holder) -> bool:
    """True if the process of a record of this machine is there."""
    try:
        with suppress(PermissionError):  # another user's process is there all the same
            os.kill(holder.process, 0)
    except ProcessLookupError:
        return False
    return _started(holder.process) == holder.started


def _started(process: int) -> str:
    """Start time of a process, empty where /proc does not tell. Field 22 of proc(5) stat, counted after the name in brackets."""
    fields = _text(Path(f"/proc/{process}/stat")).rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf8", errors="replace")
    except OSError:
        return ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number that has no name
        return str(os.getuid())
