"""The TCP port of a box, telnet or SSH. It is closed while the box is not reachable."""

from __future__ import annotations

import asyncio
import base64
import socket
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from ..box import Box
from ..errors import LabError
from .telnet import TelnetLine
from .vty import Vty

if TYPE_CHECKING:
    import asyncssh


class Listener(Protocol):
    """A server that accepts connections."""

    def close(self) -> None:
        """Accept no more."""


class Silent(asyncio.Protocol):
    """Accepts a connection and says nothing, not even which version of SSH it is."""


def _held() -> socket.socket:
    """An ephemeral port that stays ours while nobody listens on it: the system gives a number that is free to whoever asks next.

    It is bound alone, so that nothing else has the number, and shared afterwards with what listens.
    """
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    held.bind(("127.0.0.1", 0))
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return held


def _bound(number: int, *, shared: bool) -> socket.socket:
    """A listening socket; asyncio switches the delay of small packets off only where the protocol is named as TCP."""
    where = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        where.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            where.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        where.bind(("127.0.0.1", number))
        where.listen(50)
    except OSError:
        where.close()
        raise
    return where


class Port(Struct):
    """Where a box listens; an ephemeral port keeps its number once it has one, also while the box boots."""

    box: Box
    number: int
    server: Listener | None = None
    lines: list[Vty] = field(default_factory=list)
    key: asyncssh.SSHKeyPair | None = None
    other: asyncssh.SSHKeyPair | None = None
    held: socket.socket | None = None

    @property
    def transport(self) -> str:
        """`telnet` or `ssh`."""
        return "telnet" if self.box.profile.ssh is None else "ssh"

    @property
    def host_key(self) -> str:
        """The public half of the SSH host key, as a file of known hosts has it behind the name; empty on a telnet port."""
        return f"ssh-rsa {base64.b64encode(self.key.public_data).decode()}" if self.key is not None else ""

    async def open(self) -> None:
        """Listen, if it does not already."""
        if self.server is not None:
            return
        if not self.number:
            self.held = _held()
            self.number = self.held.getsockname()[1]
        try:
            where = _bound(self.number, shared=self.held is not None)
        except OSError as error:
            raise LabError(
                f"Port {self.number} on 127.0.0.1 is taken, so {self.box.name} cannot listen: stop what uses it."
            ) from error
        if self.box.profile.ssh is None:
            self.server = await asyncio.get_running_loop().create_server(self._line, sock=where)
        elif "no-answer" in self.box.faults:
            self.server = await asyncio.get_running_loop().create_server(Silent, sock=where)
        else:
            self.server = await self._listen_ssh(where)

    def _line(self) -> TelnetLine:
        line = TelnetLine(self.box)
        self.lines = [old for old in self.lines if old.vty in self.box.vtys]
        self.lines.append(line)
        return line

    async def _listen_ssh(self, where: socket.socket) -> Listener:
        try:
            from . import ssh, ssh_keys
        except ImportError as error:
            where.close()
            raise LabError(
                f"{self.box.name} is reached by SSH, for which the lab needs asyncssh: install it, or nr-run[lab]."
            ) from error
        settings = self.box.profile.ssh
        assert settings is not None
        if self.key is None:
            self.key = ssh_keys.new_host_key(settings.key_bits, settings.host_keys)
        key = self.key
        if "host-key" in self.box.faults:
            self.other = key = self.other or ssh_keys.new_host_key(settings.key_bits, settings.host_keys)
        return await ssh.listen(self.box, where, settings, key, self.lines)

    def pause(self) -> None:
        """Accept no new connections. Open sessions continue."""
        if self.server is not None:
            self.server.close()
            self.server = None

    def close(self) -> None:
        """Refuse new connections and cut the open ones."""
        self.pause()
        for line in list(self.lines):
            line.hang_up()
        self.lines.clear()

    def end(self) -> None:
        """Close the port and release its number."""
        self.close()
        if self.held is not None:
            self.held.close()
            self.held = None
