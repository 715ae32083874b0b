"""One run at a time on a device among all runs of this machine, wherever their runs folders lie.

A device is known by where it is reached, ``address:port``: two inventories may call it differently. The lock is the kernel's and
ends with the process. Its file lies in /var/lock/nr-run, which the first user who may makes for all of them, and in the user's
own state folder as well; ``$NR_RUN_LOCKS`` names one folder instead. Where /var/lock cannot be written, two users are not kept
apart unless an administrator has made /var/lock/nr-run (mode 1777). Containers share no lock unless they share the folder.
"""

from __future__ import annotations

import fcntl
import os
import re
import socket
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ...inventory.errors import Locked
from ..engine.context import Run
from .kernel_lock import hold
from .lock_holder import Holder

#: The folder of all users (Filesystem Hierarchy Standard, /var/lock).
SYSTEM = Path("/var/lock/nr-run")


def endpoints_of(context: Run, hosts: Iterable[str]) -> dict[str, str]:
    """Host name to where it is reached, ``address:port``, as the inventory says."""
    found = {}
    for name in hosts:
        host = context.nornir.inventory.hosts[name]
        default = 23 if context.platforms[name].driver.endswith("telnet") else 22
        found[name] = f"{(host.hostname or name).lower()}:{host.port or default}"
    return found


def lock_folders() -> tuple[Path, ...]:
    """Where this machine's locks lie; a run takes its locks in all of them. Raises Locked when there is none."""
    named = os.environ.get("NR_RUN_LOCKS")
    if named:
        candidates = [(Path(named), False)]
    else:
        candidates = [(SYSTEM, True), *((state / "nr-run" / "locks", False) for state in _state_folder())]
    usable = tuple(folder for folder, shared in candidates if _is_usable(folder, shared=shared))
    if not usable:
        tried = " nor ".join(str(folder) for folder, _ in candidates)
        raise Locked(f"no folder for the locks of this machine can be written ({tried}): name one with NR_RUN_LOCKS")
    return usable


def _state_folder() -> tuple[Path, ...]:
    """The user's folder for what outlives a session (XDG Base Directory Specification); none for a user without a home."""
    named = os.environ.get("XDG_STATE_HOME")
    try:
        return (Path(named) if named else Path.home() / ".local" / "state",)
    except RuntimeError:
        return ()


def _is_usable(folder: Path, *, shared: bool) -> bool:
    try:
        if shared:
            with suppress(FileExistsError):
                folder.mkdir()
                # As /tmp is: everybody may make a lock, and nobody may take away another's.
                folder.chmod(0o1777)
        else:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return stat.S_ISDIR(folder.lstat().st_mode) and os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


@contextmanager
def machine_locked(holder: Holder, endpoints: Mapping[str, str]) -> Iterator[None]:
    """Hold these devices (host name to endpoint) against all runs of this machine. Raises Locked when another run holds one."""
    with ExitStack() as held:
        for folder in lock_folders():
            for endpoint, host in sorted(_addresses(endpoints).items()):
                descriptor = _take(folder / _file(endpoint), host, endpoint)
                held.callback(_let_go, descriptor)
                _sign(descriptor, holder)
        yield


def refuse_held_here(endpoints: Mapping[str, str]) -> None:
    """Raise Locked when a run of this machine holds one of these devices; nothing is kept."""
    for folder in lock_folders():
        for endpoint, host in sorted(_addresses(endpoints).items()):
            path = folder / _file(endpoint)
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise Locked(f"{path} cannot be read: {error.strerror}") from None
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _held(descriptor, host, endpoint) from None
            finally:
                os.close(descriptor)


def _addresses(endpoints: Mapping[str, str]) -> dict[str, str]:
    """Endpoint to host name; a name that resolves is its addresses too, since another inventory may have those."""
    found: dict[str, str] = {}
    for host, endpoint in endpoints.items():
        name, _, port = endpoint.rpartition(":")
        found[endpoint] = host
        with suppress(OSError, UnicodeError):
            for entry in socket.getaddrinfo(name, int(port), type=socket.SOCK_STREAM):
                found[f"{entry[4][0]}:{port}"] = host
    return found


def _file(endpoint: str) -> str:
    return re.sub(r"[^A-Za-z0-9.:_-]", "_", endpoint) + ".lock"


def _take(path: Path, host: str, endpoint: str) -> int:
    """The descriptor that holds the lock."""
    try:
        descriptor = _open(path)
    except OSError as error:
        raise Locked(f"{path} cannot be locked: {error.strerror}") from None
    hold(descriptor, path, lambda: _held(descriptor, host, endpoint))
    return descriptor


def _open(path: Path) -> int:
    """Another user's file is opened without O_CREAT: Linux refuses that in a folder like /tmp (fs.protected_regular)."""
    for _ in range(3):
        with suppress(FileNotFoundError):
            return os.open(path, os.O_RDWR | os.O_NOFOLLOW)
        with suppress(FileExistsError):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            os.fchmod(descriptor, 0o666)  # the next who holds it may be another user, and signs it
            return descriptor
    return os.open(path, os.O_RDWR | os.O_NOFOLLOW)


def _sign(descriptor: int, holder: Holder) -> None:
    """Say who holds it, for those who are refused; a full disk does not keep the lock from holding."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.text.encode(), 0)


def _let_go(descriptor: int) -> None:
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
    os.close(descriptor)


def _held(descriptor: int, host: str, endpoint: str) -> Locked:
    """The refusal, with who holds it as far as that can be read; any user may have written there: only what prints counts."""
    text = os.pread(descriptor, 4096, 0).decode(errors="replace")
    holder = Holder.read(text)
    words = "".join(char for char in str(holder or "another run") if char.isprintable())[:300]
    return Locked(f"{host} ({endpoint}) is held by {words}; wait until that run has ended, and try again")
