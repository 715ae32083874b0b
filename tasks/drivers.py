"""Netmiko's drivers for IOS and ASA, telnet and SSH, with nothing that costs round trips and no log of what passes.

Stock Netmiko prepares a session with six exchanges and fixed sleeps, decodes each packet for itself, accepts any host key, and
writes all that passes to its DEBUG log, keys included; on an ASA it also sets the width of the terminal, which is a line of the
configuration. These drivers keep its transports and replace these things only. SSH to devices of this age needs SHA-1 key
exchange and ssh-rsa, which Paramiko 4 still speaks.
"""

from __future__ import annotations

import select
from collections.abc import Mapping
from typing import Any, Protocol

import paramiko  # type: ignore[import-untyped]
from netmiko.base_connection import BaseConnection
from netmiko.cisco.cisco_asa_ssh import CiscoAsaSSH
from netmiko.cisco.cisco_ios import CiscoIosSSH, CiscoIosTelnet

from ..inventory.connection_settings import ConnectionSettings
from .decoding import Decoding
from .host_keys import HostKeys
from .login import Dialogue, Words
from .login_watch import LoginWatch
from .ssh_client import CheckedClient
from .ssh_config import Reached

LOGIN_SECONDS = 20.0
#: The most that is read at once.
_BUFFER = 65536


class Driver(Protocol):
    """What a Session needs of a transport."""

    login_prompt: str
    line_end: str

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""

    def write_channel(self, out_data: str) -> None:
        """Write; raises OSError or EOFError when the session has ended."""

    def read_channel(self) -> str:
        """Whatever has arrived, with LF line ends; raises OSError or EOFError when the session has ended."""

    def disconnect(self) -> None:
        """Close the transport."""


class _Lean:
    """What both drivers do otherwise than Netmiko."""

    remote_conn: Any
    line_end: str
    login_prompt = ""

    def __init__(
        self,
        *,
        settings: ConnectionSettings,
        reached: Reached,
        host_keys: HostKeys,
        keys: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> None:
        """``keys`` is what Paramiko is told of keys that log in, ``arguments`` are those of Netmiko."""
        self._settings, self._reached, self._host_keys, self._keys = settings, reached, host_keys, dict(keys or {})
        self._decoding = Decoding()
        super().__init__(**arguments)

    def write_channel(self, out_data: str) -> None:
        """Write without Netmiko's DEBUG log, which would show pre-shared keys."""
        self._send(self._decoding.data(out_data))

    def read_channel(self) -> str:
        """Whatever has arrived; raises EOFError when the session has ended and nothing of it is left to be read."""
        return self._decoding.text(self._receive())

    def _send(self, data: bytes) -> None:
        raise NotImplementedError

    def _receive(self) -> bytes:
        raise NotImplementedError

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""
        raise NotImplementedError

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Nothing: Session prepares the terminal along with its first exchange."""

    def cleanup(self, command: str = "exit") -> None:
        """Nothing: closing the transport ends the vty, and asking for the prompt first would cost round trips."""

    def _sleep_until(self, readable: Any, seconds: float) -> None:
        poll = select.poll()
        poll.register(readable, select.POLLIN)
        poll.poll(max(1, int(min(seconds, 1.0) * 1000)))

    def _first_prompt(self, answers: list[str]) -> str:
        dialogue = Dialogue(
            words=Words.of(self._settings),
            answers=answers,
            read=self.read_channel,
            write=lambda line: self.write_channel(f"{line}{self.line_end}"),
            wait=self.wait,
            seconds=self._settings.login_timeout or LOGIN_SECONDS,
        )
        return dialogue.run()


class _LeanSsh(_Lean, BaseConnection):
    """SSH version 2, password login, or with a key where the inventory says so."""

    line_end = "\n"

    def establish_connection(self, width: int = 511, height: int = 1000) -> None:
        """Connect, log in and read up to the first prompt.

        Raises Unreachable, or the errors of Netmiko and Paramiko. Between the password and the first prompt Paramiko waits for
        an hour, and for ever, for a device that says nothing more, as one that boots just then: so the transport is closed.
        """
        watch = LoginWatch(self._transport, self._give_up, self._settings.login_timeout or LOGIN_SECONDS)
        watch.start()
        try:
            super().establish_connection(width, height)
            self.login_prompt = self._first_prompt([])
        except BaseException:
            self._give_up()
            raise
        finally:
            watch.cancel()

    def _connect_params_dict(self) -> dict[str, Any]:
        """Netmiko knows one file of a key only, and wants it to be named where keys are to be used at all."""
        return {**super()._connect_params_dict(), **self._keys}

    def _build_ssh_client(self) -> paramiko.SSHClient:
        """Netmiko's would take any host key."""
        return CheckedClient(self._reached, self._host_keys)

    def _transport(self) -> paramiko.Transport | None:
        client = getattr(self, "remote_conn_pre", None)
        return client.get_transport() if client is not None else None

    def _give_up(self) -> None:
        client = getattr(self, "remote_conn_pre", None)
        if client is not None:
            client.close()

    def _send(self, data: bytes) -> None:
        if self.remote_conn is None:
            raise EOFError("the session has ended")
        self.remote_conn.sendall(data)

    def _receive(self) -> bytes:
        """Paramiko's channel says nothing when the other side has closed it."""
        parts: list[bytes] = []
        while self.remote_conn is not None and self.remote_conn.recv_ready():
            part = self.remote_conn.recv(_BUFFER)
            if not part:
                break
            parts.append(part)
        if not parts and (self.remote_conn is None or self.remote_conn.closed or self.remote_conn.eof_received):
            raise EOFError("the session has ended")
        return b"".join(parts)

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""
        self._sleep_until(self.remote_conn.fileno(), seconds)


class IosSsh(_LeanSsh, CiscoIosSSH):
    """SSH version 2 to IOS and IOS-XE."""


class AsaSsh(_LeanSsh, CiscoAsaSSH):
    """SSH version 2 to an ASA, whose login is never privileged before 9.x: enable comes after it."""


class IosTelnet(_Lean, CiscoIosTelnet):
    """Telnet, for releases that have no SSH version 2 and for console servers; it answers the questions of the login itself."""

    line_end = "\r\n"

    def _send(self, data: bytes) -> None:
        self.remote_conn.write(data)

    def _receive(self) -> bytes:
        parts: list[bytes] = []
        while True:
            try:
                part = self.remote_conn.read_eager()
            except EOFError:
                if parts:
                    break
                raise
            if not part:
                break
            parts.append(part)
        return b"".join(parts)

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""
        self._sleep_until(self.remote_conn.get_socket(), seconds)

    def telnet_login(self, *_args: Any, **_kwargs: Any) -> str:
        """Answer the questions for user and password as they come. Raises Unreachable, and then gives the vty back."""
        try:
            self.login_prompt = self._first_prompt([self.username, self.password or ""])
        except BaseException:
            self.remote_conn.close()
            raise
        return self.login_prompt


#: Netmiko's device type to the driver.
DRIVERS: dict[str, type[IosSsh] | type[AsaSsh] | type[IosTelnet]] = {
    "cisco_asa": AsaSsh,
    "cisco_asa_telnet": IosTelnet,
    "cisco_ios": IosSsh,
    "cisco_ios_telnet": IosTelnet,
    "cisco_xe": IosSsh,
    "cisco_xe_telnet": IosTelnet,
}
