"""What the user's ``ssh_config`` says of a device: its address, the hosts that are jumped over, keys, files of known hosts.

As OpenSSH does it, with two limits: who logs in is said by the inventory, and so is the port where it names one.
"""

from __future__ import annotations

import glob
import shlex
from collections.abc import Mapping
from pathlib import Path

import paramiko  # type: ignore[import-untyped]
from msgspec import Struct

from ...inventory.errors import Unreachable
from ...inventory.files.connection_settings import ConnectionSettings

SSH_PORT = 22
_USERS = "~/.ssh/config"
_DEPTH = 16


class Reached(Struct, frozen=True):
    """Where a device is, and by what name its key is known.

    ``proxy`` is the command that connects, or nothing; ``strict`` is what StrictHostKeyChecking says: yes, no, or nothing.
    """

    address: str
    port: int
    alias: str = ""
    proxy: str = ""
    strict: str = ""
    user_files: tuple[str, ...] = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
    global_files: tuple[str, ...] = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
    identities: tuple[str, ...] = ()

    @property
    def known_as(self) -> str:
        """The name in a file of known hosts."""
        if self.alias:
            return self.alias
        return self.address if self.port == SSH_PORT else f"[{self.address}]:{self.port}"


def reached(host: str, port: int | None, user: str, settings: ConnectionSettings) -> Reached:
    """How a device is reached by SSH. Raises Unreachable where the configuration file cannot be followed."""
    path = _file_of(settings)
    if path is None:
        return Reached(host, port or SSH_PORT)
    # Of each option the first value counts: what the inventory says comes before the file.
    ours = "".join(f"{option} {value}\n" for option, value in (("Port", port), ("User", user)) if value)
    said = _looked_up(path, ours, host)
    address = said.get("hostname", host)
    number = int(said.get("port", SSH_PORT))
    strict = {"yes": "yes", "no": "no", "off": "no", "accept-new": "no"}.get(said.get("stricthostkeychecking", "").lower(), "")
    found = Reached(address, number, said.get("hostkeyalias", ""), _proxy(path, said, address, number), strict)
    return Reached(
        found.address,
        found.port,
        found.alias,
        found.proxy,
        found.strict,
        tuple(shlex.split(said["userknownhostsfile"])) if "userknownhostsfile" in said else found.user_files,
        tuple(shlex.split(said["globalknownhostsfile"])) if "globalknownhostsfile" in said else found.global_files,
        tuple(said.get("identityfile", ())),
    )


def _file_of(settings: ConnectionSettings) -> Path | None:
    chosen = settings.ssh_config_file
    if isinstance(chosen, str) and chosen:
        return Path(chosen).expanduser()
    if chosen is False:
        return None
    path = Path(_USERS).expanduser()
    return path if chosen is True or path.is_file() else None


def _looked_up(path: Path, ours: str, host: str) -> Mapping[str, str]:
    try:
        found: Mapping[str, str] = paramiko.SSHConfig.from_text(ours + _whole(path)).lookup(host)
    except (OSError, ValueError, ImportError, paramiko.SSHException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise Unreachable(f"{path} cannot be followed ({why}); name another with ssh_config_file, or none with false") from None
    return found


def _whole(path: Path, depth: int = 0) -> str:
    """The text of a file with those that it includes, which Paramiko would leave out. Raises OSError and ValueError."""
    if depth > _DEPTH:
        raise ValueError("it includes itself")
    lines = []
    for line in path.read_text(encoding="utf8").splitlines():
        words = line.replace("=", " ", 1).split(None, 1)
        if len(words) == 2 and words[0].lower() == "include":
            names = (Path(name).expanduser() for name in shlex.split(words[1]))
            patterns = (str(name if name.is_absolute() else Path("~/.ssh").expanduser() / name) for name in names)
            lines += [_whole(Path(name), depth + 1) for pattern in patterns for name in sorted(glob.glob(pattern))]  # noqa: PTH207
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _proxy(path: Path, said: Mapping[str, str], address: str, port: int) -> str:
    command, jump = said.get("proxycommand") or "none", said.get("proxyjump") or "none"
    if command.lower() != "none":
        return command
    if jump.lower() == "none":
        return ""
    *before, last = [hop.strip() for hop in jump.split(",")]
    over = f"-J {shlex.quote(','.join(before))} " if before else ""
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    # The last one may be written USER@HOST:PORT, which ssh takes as a URL only.
    return f"ssh -F {shlex.quote(str(path))} {over}-o BatchMode=yes -W {target} {shlex.quote(_as_url(last))}"


def _as_url(hop: str) -> str:
    host = hop.rpartition("@")[2]
    return f"ssh://{hop}" if ":" in host and not hop.startswith("ssh://") else hop
