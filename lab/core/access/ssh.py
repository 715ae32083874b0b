"""The SSH lines of a box: version 2 with the algorithms of the release and password login, on asyncssh.

Only a profile that is reached by SSH imports this module, so that the telnet boxes need no package beside Python.
"""

from __future__ import annotations

import asyncio
import socket
from typing import ClassVar

import asyncssh

from ..box import Box
from ..profile import Ssh
from . import banners
from .sessions import open_session
from .ssh_keys import know_groups
from .terminal import Hangup
from .vty import Late, Vty

TRIES = 3


def delayed(connection: asyncssh.SSHServerConnection, box: Box) -> Late:
    """Delay what arrives at a connection as `latency` says, from its first packet on: key exchange and login cost round
    trips too. asyncio hands each packet to the method that the connection has at that moment, which is therefore replaced."""
    late = Late(box, connection.data_received)
    connection.data_received = late.take  # type: ignore[method-assign,assignment]
    return late


class SshLine(Vty, asyncssh.SSHServerSession[bytes]):
    """The one session of a connection."""

    transport: ClassVar[str] = "ssh"

    def __init__(self, box: Box, connection: asyncssh.SSHServerConnection) -> None:
        super().__init__(box)
        self._connection = connection
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._served: asyncio.Task[None] | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """The channel is open."""
        self._channel = chan

    def pty_requested(self, _type: str, _size: tuple[int, int, int, int], _modes: object) -> bool:
        """A terminal is given; its size is not taken over."""
        return True

    def shell_requested(self) -> bool:
        """A shell is what there is."""
        return True

    def session_started(self) -> None:
        """Serve the line."""
        self._served = asyncio.get_running_loop().create_task(self._serve())

    def data_received(self, data: bytes, _datatype: asyncssh.DataType) -> None:
        """Input from the client; what is late about it was so on the way to the connection."""
        self._accept(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        """The channel is gone, and with it the connection."""
        self._gone = True
        self._arrived.set()
        self._connection.close()

    def eof_received(self) -> bool:
        """The client says no more: the line ends."""
        return False

    async def _serve(self) -> None:
        user = self.box.vtys.get(self.vty, "")
        try:
            asa = self.box.profile.asa  # which greets by itself
            self.write("\n" if asa else "\n" + banners.shown(self.box.store, "motd", "exec"))
            await open_session(self.box, self, user, self.box.login_level(user), line=self.vty).run()
        except Hangup:
            pass  # the client went away, or a fault cut the line: nothing is left to do but to close
        finally:
            self.close()

    # terminal.Terminal

    def send(self, data: bytes) -> None:
        """Give bytes to the transport."""
        if self._channel is not None and not self._channel.is_closing():
            self._channel.write(data)

    def close(self) -> None:
        """Cut the line: what was written goes out, nothing more is read."""
        self.flush_all()
        self._gone = True
        if self._channel is not None:
            self._channel.close()
        self._connection.close()

    def hang_up(self) -> None:
        """Cut the line at once."""
        self.flush_all()
        self._gone = True
        self._connection.abort()


class Login(asyncssh.SSHServer):
    """One connection up to its login: a line is taken when it is made, and three wrong passwords end it."""

    def __init__(self, box: Box, lines: list[Vty]) -> None:
        self.box = box
        self.lines = lines
        self.line: SshLine | None = None
        self.tries = 0
        self.served = False
        self.connection: asyncssh.SSHServerConnection | None = None
        self.late: Late | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take a vty line, or refuse when there is none."""
        self.connection = conn
        self.late = delayed(conn, self.box)
        line = SshLine(self.box, conn)
        if not line.take_line("ssh"):
            conn.abort()
            return
        self.line = line
        self.lines.append(line)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Free the vty."""
        if self.late is not None:
            self.late.stop()
        if self.line is not None:
            self.line.free_line()
            self.lines.remove(self.line)
            self.line = None

    def begin_auth(self, _username: str) -> bool:
        """A password is needed; the login banner comes before it is asked for."""
        text = "" if self.box.profile.asa else banners.shown(self.box.store, "login")
        if text and self.connection is not None:
            self.connection.send_auth_banner(text)
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are the only way in."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Compare with the local user; only a user with a password of this box gets in."""
        if self.line is None:
            return False
        self.tries += 1
        self.box.counters.logins += 1
        if self.box.credentials_match(username, password) is not None:
            self.box.vtys[self.line.vty] = username
            return True
        if self.tries == TRIES:
            self.line.hang_up()
        return False

    def session_requested(self) -> SshLine | bool:
        """The shell, once."""
        if self.line is None or self.served:
            return False
        self.served = True
        return self.line


async def listen(box: Box, where: socket.socket, ssh: Ssh, key: asyncssh.SSHKeyPair, lines: list[Vty]) -> asyncssh.SSHAcceptor:
    """Accept connections with nothing but the algorithms of the release."""
    know_groups()
    return await asyncssh.listen(
        sock=where,
        server_factory=lambda: Login(box, lines),
        server_host_keys=[key],
        server_version=ssh.software,
        kex_algs=ssh.kex,
        encryption_algs=ssh.ciphers,
        mac_algs=ssh.macs,
        signature_algs=ssh.host_keys,
        compression_algs=["none"],
        public_key_auth=False,
        kbdint_auth=False,
        allow_scp=False,
        encoding=None,
        line_editor=False,
    )
