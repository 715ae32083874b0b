"""Whether the SSH host key that came is that of the device: known hosts decide, or the key that was pinned on first use.

In this order, and the first that names the host decides alone: the folder of a rehearsal lab that runs on this machine, the
files of known hosts, the pins of nr-run. A key that is not the one that was expected is refused before anything is sent, whatever
StrictHostKeyChecking says: the next thing to be sent would be the password.
"""

from __future__ import annotations

import errno
import fcntl
import ipaddress
import json
import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from ...inventory.errors import HostKeyRefused
from ...inventory.files.connection_settings import ConnectionSettings
from .known_hosts import HostKey, keys_in, keys_in_all
from .ssh_config import Reached


def _state() -> Path:
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "nr-run"


def pins() -> Path:
    """Where keys are pinned: ``nr-run/known_hosts`` in the XDG state folder."""
    return _state() / "known_hosts"


def usual_lab() -> Path:
    """Where a rehearsal lab runs unless another place was said: a resumed run has no credentials that would lead to it."""
    return Path(os.environ.get("NR_RUN_LAB_DIR") or _state() / "lab")


class HostKeys(Struct, frozen=True):
    """What is known of host keys. ``labs`` are folders in which a rehearsal lab of this machine may run."""

    settings: ConnectionSettings
    labs: tuple[Path, ...] = ()

    def expected(self, reached: Reached) -> tuple[HostKey, ...]:
        """The keys that this host may have; empty for one that is not known. Raises HostKeyRefused for unreadable files."""
        try:
            return self._of_lab(reached) or self._of_files(reached) or tuple(keys_in(pins(), reached.known_as))
        except OSError as error:
            raise HostKeyRefused(
                f"{error.filename} cannot be read, so it is not known which key is right: {error.strerror}"
            ) from None

    def check(self, reached: Reached, came: HostKey) -> None:
        """Raise HostKeyRefused unless this key is that of the host; the first key of a host is pinned."""
        expected = self.expected(reached)
        if not expected and self._strict(reached):
            raise HostKeyRefused(
                f"the SSH host key of {reached.known_as} is not known ({came.fingerprint}), and only known ones are to be taken: "
                "compare it at the console of the device and add it to a file of known hosts"
            )
        if not expected:
            expected = _pin(reached, came)
        _refuse_another(reached, expected, came)

    def _strict(self, reached: Reached) -> bool:
        return self.settings.ssh_strict or reached.strict == "yes"

    def _of_lab(self, reached: Reached) -> tuple[HostKey, ...]:
        """A lab that is started again has new keys, and names them in its folder for as long as it runs."""
        if reached.proxy or not _is_loopback(reached.address):
            return ()
        name = f"[127.0.0.1]:{reached.port}"
        folders = dict.fromkeys((*self.labs, usual_lab()))
        return keys_in_all((folder / "known_hosts" for folder in folders if _runs(folder)), name)

    def _of_files(self, reached: Reached) -> tuple[HostKey, ...]:
        files = [self.settings.alt_key_file] if self.settings.alt_key_file and self.settings.alt_host_keys else []
        if self.settings.system_host_keys:
            files += [*reached.user_files, *reached.global_files]
        return keys_in_all((Path(name).expanduser() for name in files if name.lower() != "none"), reached.known_as)


def _refuse_another(reached: Reached, expected: Sequence[HostKey], came: HostKey) -> None:
    same = [key for key in expected if key.data == came.data]
    if any(key.revoked for key in same):
        raise HostKeyRefused(f"the SSH host key of {reached.known_as}, {came.fingerprint}, is revoked in {same[0].place}")
    if same:
        return
    wanted = " or ".join(f"{key.fingerprint} ({key.place})" for key in expected if not key.revoked)
    file = next((key.place for key in expected), "").rpartition(":")[0]
    raise HostKeyRefused(
        f"the SSH host key of {reached.known_as} has changed: expected {wanted or 'another one'}, and {came.fingerprint} came. "
        "Somebody may be in the middle, so nothing was sent. If the device was given a new key, compare it at its console, "
        f"then type ssh-keygen -R '{reached.known_as}' -f {file}"
    )


def _pin(reached: Reached, came: HostKey) -> tuple[HostKey, ...]:
    """Keep the first key of a host; the keys that are pinned now, which may be those of another process that was quicker."""
    path = pins()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            os.fchmod(descriptor, 0o600)
            known = tuple(keys_in(path, reached.known_as))
            if not known:
                _append(descriptor, f"{reached.known_as} {came.text}")
            return known or (came,)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise HostKeyRefused(
            f"{path} cannot be written ({error.strerror}), so the SSH host key of {reached.known_as} cannot be kept: "
            "set XDG_STATE_HOME, or name the key in a file of known hosts"
        ) from None


def _append(descriptor: int, line: str) -> None:
    """A whole line or none: a part of a key would be the key of that host from then on. Raises OSError."""
    length = os.fstat(descriptor).st_size
    is_cut = length > 0 and os.pread(descriptor, 1, length - 1) != b"\n"
    data = (b"\n" if is_cut else b"") + f"{line}\n".encode()
    try:
        if os.write(descriptor, data) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, length)
        raise


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _runs(folder: Path) -> bool:
    """Whether the lab that wrote this folder still runs: what a dead one left there says nothing about a port of today."""
    try:
        os.kill(int(json.loads((folder / "lab.json").read_text(encoding="utf8"))["pid"]), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return True
