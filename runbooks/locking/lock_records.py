"""Records of who holds a device, in a folder that several machines may share; of two that want it one gets it.

A record is a file ``HOST.holders/NUMBER``. The one with the highest number counts; whoever finds it free or over makes the next
number. A number is made once and never again, so of two that found the same record over only one can follow it. That is what is
relied on, and nothing else:

* ``link()`` to a name that exists fails, on the file server too (RFC 1813, LINK; POSIX). Where a file system has no links
  ``open(O_CREAT | O_EXCL)`` does the same, from NFS version 3 on and on SMB. The answer to a link may be lost and the question
  asked again: then the file at that name is ours although the system says that it exists, so that is looked at.
* What another machine lists may be some seconds old. It then finds an older number, and cannot make the next, which is there.
  Numbers are therefore kept for an hour after they were followed.
* The sign of life is the file's time of change, and age is the difference between two such times of one file system: the
  clocks of the machines are not compared. It is set in place, since a file that is opened is looked up again on NFS
  (close-to-open), while a name may still lead to the file that had it before.
* A record appears whole, and ends by one write that makes its first bytes FREE.
"""

from __future__ import annotations

import glob
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ...inventory.errors import Locked
from .lock_holder import Holder, why_over

FREE = b"free\n"
#: How long a number is kept that has been followed.
KEPT_SECONDS = 3600.0
#: Another run may end, or be quicker, just while the record is looked at; more often than this it is at work.
ATTEMPTS = 5


class Records:
    """The records that one run makes: one file, which is linked to the next number of each device."""

    def __init__(self, folder: Path, holder: Holder) -> None:
        """Write the file. Raises OSError when the disk does not take it."""
        self._folder = folder
        self._holder = holder
        self._own = folder / f".{holder.run}.{secrets.token_hex(4)}"
        self._made: dict[str, Path] = {}
        _write_new(self._own, holder.text)

    def take(self, host: str, label: str = "") -> str:
        """Make the next record of a device, called ``label``. Returns why the one before was over, empty if it was free.

        Raises Locked when somebody holds the device, OSError when the folder cannot be written.
        """
        place = self._folder / f"{host}.holders"
        place.mkdir(mode=0o700, exist_ok=True)
        for _ in range(ATTEMPTS):
            newest = max(_numbers(place), default=0)
            try:
                over = self._why_over(label or host, place / str(newest)) if newest else ""
            except FileNotFoundError:  # somebody has followed it meanwhile
                continue
            mine = place / str(newest + 1)
            if not self._make(mine):
                continue
            if max(_numbers(place)) > newest + 1:  # the list was old, and that number had been there before
                mine.unlink()
                continue
            self._made[host] = mine
            _tidy(place, mine)
            return over
        raise Locked(f"{label or host} is wanted by several runs at once; try again")

    def _why_over(self, host: str, path: Path) -> str:
        with path.open("rb") as file:
            content, changed = file.read(4096), os.fstat(file.fileno()).st_mtime
        if content.startswith(FREE):
            return ""
        os.utime(self._own)
        silent_seconds = self._own.stat().st_mtime - changed
        holder = Holder.read(content.decode(errors="replace"))
        over = why_over(host, holder, silent_seconds, self._holder.run)
        if holder is not None:
            self._forget(holder)
        return over

    def _forget(self, holder: Holder) -> None:
        """Remove the file that a run which is over has left; the records that are linked to it stay."""
        for path in self._folder.glob(f".{glob.escape(holder.run)}.*"):
            if path != self._own:
                path.unlink(missing_ok=True)

    def _make(self, path: Path) -> bool:
        """False if somebody else has made it before."""
        try:
            path.hardlink_to(self._own)
        except FileExistsError:
            return path.samefile(self._own)
        except OSError:  # no links here (EPERM, EOPNOTSUPP...), or too many of one file
            return _create(path, self._holder.text)
        return True

    def touch(self) -> None:
        """Give a sign of life. Raises OSError when the folder cannot be reached."""
        os.utime(self._own)
        for path in self._apart():
            os.utime(path)

    def overtaken(self) -> list[str]:
        """Devices whose record somebody has followed. Raises OSError when the folder cannot be reached."""
        return [host for host, path in self._made.items() if max(_numbers(path.parent), default=0) > int(path.name)]

    def free(self) -> None:
        """End all records; those that cannot be reached end with this process, or by their age."""
        for path in (self._own, *self._apart()):
            with suppress(OSError):
                descriptor = os.open(path, os.O_WRONLY)
                try:
                    os.pwrite(descriptor, FREE, 0)
                finally:
                    os.close(descriptor)
        with suppress(OSError):
            self._own.unlink()

    def _apart(self) -> Iterator[Path]:
        """Records that could not be linked and are files of their own."""
        for path in self._made.values():
            with suppress(OSError):
                if not path.samefile(self._own):
                    yield path


def refuse_recorded(folder: Path, host: str, label: str, run: str) -> None:
    """Raise Locked when the newest record of a device says that another run holds it; for who only looks. No record is made."""
    place = folder / f"{host}.holders"
    try:
        newest = max(_numbers(place), default=0)
        if not newest:
            return
        with (place / str(newest)).open("rb") as file:
            content, changed = file.read(4096), os.fstat(file.fileno()).st_mtime
        now = _clock_of(folder)
    except OSError:
        return
    if not content.startswith(FREE):
        why_over(label, Holder.read(content.decode(errors="replace")), now - changed, run)


def living(runs: Path, run: str) -> Holder | None:
    """Who is at work for a run, as far as its records of this runs folder tell; None when nobody is."""
    folder = runs / ".locks"
    for path in folder.glob(f".{glob.escape(run)}.*"):
        with suppress(OSError):
            holder = Holder.read(path.read_text(encoding="utf8", errors="replace"))
            changed = path.stat().st_mtime
            if holder is not None and holder.may_live(_clock_or_own(folder) - changed):
                return holder
    return None


def _clock_of(folder: Path) -> float:
    """What the clock of that file system says now. Raises OSError where nothing can be written there."""
    clock = folder / f".look.{secrets.token_hex(4)}"
    try:
        _write_new(clock, "")
        return clock.stat().st_mtime
    finally:
        clock.unlink(missing_ok=True)


def _clock_or_own(folder: Path) -> float:
    """The same; this machine's clock for who may only read."""
    try:
        return _clock_of(folder)
    except OSError:
        return time.time()


def advice(runs: Path, run: str) -> str:
    """What to do about a run that has not ended."""
    holder = living(runs, run)
    if holder is not None:
        return f"it is at work ({holder}): wait until it has ended"
    return f"finish it: nr-run resume {run}; already repaired by hand: nr-run resume {run} --close"


def latest(folder: Path, host: str) -> Holder | None:
    """The newest record of a device, None if there is none that can be read."""
    place = folder / f"{host}.holders"
    try:
        newest = max(_numbers(place), default=0)
        return Holder.read((place / str(newest)).read_text(encoding="utf8", errors="replace"))
    except OSError:
        return None


def _numbers(place: Path) -> list[int]:
    return [int(name) for name in os.listdir(place) if name.isdigit()]  # noqa: PTH208 - names are all that is wanted


def _tidy(place: Path, newest: Path) -> None:
    """Remove numbers that were followed long ago."""
    with suppress(OSError):
        limit = newest.stat().st_mtime - KEPT_SECONDS
        for number in _numbers(place):
            path = place / str(number)
            if number < int(newest.name) and path.stat().st_mtime < limit:
                path.unlink()


def _create(path: Path, text: str) -> bool:
    try:
        _write_new(path, text)
    except FileExistsError:
        return False
    return True


def _write_new(path: Path, text: str) -> None:
    """A file that was not there, on the disk when this returns, or none. Raises OSError, FileExistsError among them."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink()
        raise
