"""One run at a time on a device: two locks per device below the runs folder, besides those of the machine (machine_locks).

A device is locked under the name that the inventory gives it and under the address and port at which it is reached: two
inventories may have different names for it.

HOST.lock is held by the kernel while the process lives: it ends with the process, however that ends. Between machines that share
the folder some file systems do not pass it on (NFS mounted with local_lock, SMB, overlays). HOST.holders says who holds the
device, which they all see; see lock_records for what that relies on, and lock_holder for when a record is over.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from ...inventory.errors import Locked, NrRunError
from ...tasks.rollback_timers import ROLLBACK_TIMERS
from ..engine.context import Run, Timeouts
from ..run.on_disk import make_private
from .kernel_lock import hold
from .lock_holder import HEARTBEAT_SECONDS, SILENT_SECONDS, Holder
from .lock_records import Records, latest, refuse_recorded
from .machine_locks import endpoints_of, machine_locked, refuse_held_here


def seconds_kept(timeouts: Timeouts) -> float:
    """How long devices are kept from other machines' runs after the last sign of life: until the slowest timer has rolled
    back."""
    minutes = timeouts.revert_in_minutes or Timeouts().revert_in_minutes
    return max(timer.seconds(minutes, timeouts.boot) for timer in ROLLBACK_TIMERS.values())


@contextmanager
def locked(context: Run, runs: Path, hosts: Iterable[str]) -> Iterator[None]:
    """Hold ``hosts`` for a run, and let it take no step when it has lost them. Raises Locked when another run holds one."""
    folder, keep = context.folder, seconds_kept(context.timeouts)
    hosts, tell = sorted(set(hosts)), context.progress.say
    endpoints = endpoints_of(context, hosts)
    with (
        machine_locked(Holder.me(folder.id, keep), endpoints),
        DeviceLocks(runs, folder.id, hosts, keep_seconds=keep, tell=tell, endpoints=endpoints) as locks,
    ):
        for sentence in locks.taken_over:
            folder.note("lock-taken-over", because=sentence)
            context.progress.say(sentence)
        folder.guard = locks.refuse_overtaken
        try:
            yield
        finally:
            folder.guard = None


def refuse_held(context: Run, runs: Path, hosts: Iterable[str]) -> None:
    """Raise Locked when a run is at work on one of these devices, for who only looks: it names the run, and nothing is locked."""
    endpoints = endpoints_of(context, sorted(set(hosts)))
    refuse_held_here(endpoints)
    folder = runs / ".locks"
    for key, label in _keys(endpoints, endpoints).items():
        with suppress(FileNotFoundError):
            _refuse_locked(folder, key, label)
        if folder.is_dir():
            refuse_recorded(folder, key, label, context.folder.id)


def _keys(hosts: Iterable[str], endpoints: Mapping[str, str]) -> dict[str, str]:
    """Under what the devices are locked, in the order in which that is done, and what each is called in a sentence."""
    names = {host: host for host in sorted(set(hosts))}
    return names | {endpoints[host]: f"{host} ({endpoints[host]})" for host in names if host in endpoints}


def _refuse_locked(folder: Path, key: str, label: str) -> None:
    descriptor = os.open(folder / f"{key}.lock", os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _held(folder, key, label) from None
    finally:
        os.close(descriptor)


def _held(folder: Path, key: str, label: str) -> Locked:
    return Locked(f"{label} is held by {latest(folder, key) or 'another run'}; wait until that run has ended, and try again")


class DeviceLocks:
    """Locks of all devices of one run, taken in sorted order so that two runs cannot wait for each other."""

    def __init__(
        self,
        runs: Path,
        run_id: str,
        hosts: Iterable[str],
        *,
        keep_seconds: float,
        tell: Callable[[str], None] = lambda _sentence: None,
        endpoints: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is locked yet; use as a context manager.

        ``keep_seconds``: how long the devices are kept from other machines' runs when this one gives no sign of life any more,
        which is the time after which a device has rolled itself back and has booted. ``tell`` is given a sentence for a person.
        ``endpoints``: host to the address and port at which it is reached, under which it is locked too.
        """
        self._folder = runs / ".locks"
        self._run_id = run_id
        self._keys = _keys(hosts, endpoints or {})
        self._keep_seconds = keep_seconds
        self._tell = tell
        #: A sentence for each device whose holder had ended without letting go.
        self.taken_over: list[str] = []
        self._descriptors: list[int] = []
        self._records: Records | None = None
        self._beat: _Heartbeat | None = None

    def __enter__(self) -> DeviceLocks:
        """Take all locks, or none. Raises Locked at the first that another run holds, NrRunError when the disk is full."""
        try:
            for key, label in self._keys.items():
                self._descriptors.append(self._lock(key, label))
            self._records = self._new_records()
            for key, label in self._keys.items():
                self._record(key, label, self._records)
        except BaseException:
            self._release()
            raise
        self._beat = _Heartbeat(self._records, self._tell)
        self._beat.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Let go of all."""
        self._release()

    def refuse_overtaken(self) -> None:
        """Raise Locked when this run was silent for so long (a machine asleep) that another has taken a device over.

        What it has not begun it must not begin, and what it has begun belongs to the other. It asks the file system only after a
        silence; and a file system that does not answer is no reason to leave a change half-done.
        """
        if self._beat is None or self._records is None or not self._beat.was_silent():
            return
        with suppress(OSError):
            lost = self._records.overtaken()
            if lost:
                holder = latest(self._folder, lost[0]) or "another run"
                raise Locked(
                    f"{', '.join(lost)}: this run gave no sign of life for too long and {holder} has taken over; "
                    "nothing more is sent from here"
                )
            self._beat.all_is_ours()

    def _lock(self, key: str, label: str) -> int:
        path = self._folder / f"{key}.lock"
        try:
            make_private(self._folder)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Locked(f"{path} cannot be locked: {error.strerror}") from None
        hold(descriptor, path, lambda: _held(self._folder, key, label))
        return descriptor

    def _new_records(self) -> Records:
        try:
            make_private(self._folder)  # a run that was ended before it named a device has nothing else to lock
            return Records(self._folder, Holder.me(self._run_id, self._keep_seconds))
        except OSError as error:
            raise NrRunError(f"{self._folder}: the record of a lock cannot be written: {error.strerror}") from None

    def _record(self, key: str, label: str, records: Records) -> None:
        try:
            over = records.take(key, label)
        except OSError as error:
            raise Locked(f"{error.filename or self._folder} cannot be locked: {error.strerror}") from None
        # Under its address the same device was held by the same run: that is told once.
        if over and key == label:
            self.taken_over.append(over)

    def _release(self) -> None:
        if self._beat is not None:
            self._beat.stop()
        if self._records is not None:
            self._records.free()
        for descriptor in self._descriptors:
            with suppress(OSError):
                os.close(descriptor)
        self._descriptors.clear()


class _Heartbeat(threading.Thread):
    """Gives signs of life until it is stopped; a file system that is gone is told once, and tried again."""

    def __init__(self, records: Records, tell: Callable[[str], None]) -> None:
        super().__init__(name="lock-heartbeat", daemon=True)
        self._records = records
        self._tell = tell
        self._over = threading.Event()
        self._last = _clock()
        self._suspicious = False

    def run(self) -> None:
        lost = False
        while not self._over.wait(HEARTBEAT_SECONDS):
            self.was_silent()
            try:
                self._records.touch()
            except OSError as error:
                # The record may be gone because another run has ended this one: worth a look before the next step.
                self._suspicious = True
                if not lost:
                    self._tell(f"the locks cannot be kept alive ({error.strerror}); the run goes on")
                lost = True
            else:
                lost = False
                self._last = _clock()

    def was_silent(self) -> bool:
        """True if there was ever a silence so long that others may have believed this run dead."""
        self._suspicious = self._suspicious or _clock() - self._last > SILENT_SECONDS
        return self._suspicious

    def all_is_ours(self) -> None:
        """Somebody has looked since: the silence had no consequence."""
        self._suspicious = False

    def stop(self) -> None:
        """No sign of life after this, unless the file system holds one up."""
        self._over.set()
        self.join(HEARTBEAT_SECONDS)


def _clock() -> float:
    """Seconds that pass while the machine is asleep as well, where the system has such a clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
