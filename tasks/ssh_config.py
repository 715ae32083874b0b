"""What the user's ``ssh_config`` says of a device: its address, the hosts that are jumped over, keys, files of known hosts.

As OpenSSH does it, with two limits: who logs in is said by the inventory, and so is the port where it names one.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import paramiko  # type: ignore[import-untyped]

from ..inventory.connection_settings import ConnectionSettings
from ..inventory.errors import Unreachable

SSH_PORT = 22
_USERS = "~/.ssh/config"


@dataclass(frozen=True, slots=True)
class Reached:
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


def reached(host: str, port: int | None, settings: ConnectionSettings) -> Reached:
    """How a device is reached by SSH. Raises Unreachable where the configuration file cannot be followed."""
    path = _file_of(settings)
    if path is None:
        return Reached(host, port or SSH_PORT)
    said = _looked_up(path, host)
    address = said.get("hostname", host)
    number = port or int(said.get("port", SSH_PORT))
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


def _looked_up(path: Path, host: str) -> Mapping[str, str]:
    try:
        config = paramiko.SSHConfig.from_path(str(path))
        found: Mapping[str, str] = config.lookup(host)
    except (OSError, ValueError, ImportError, paramiko.SSHException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise Unreachable(f"{path} cannot be followed ({why}); name another with ssh_config_file, or none with false") from None
    return found


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
