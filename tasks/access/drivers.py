"""Netmiko's drivers for IOS and ASA, telnet and SSH, with nothing that costs round trips and no log of what passes.

Stock Netmiko prepares a session with six exchanges and fixed sleeps, decodes each packet for itself, accepts any host key, and
writes all that passes to its DEBUG log, keys included; on an ASA it also sets the width of the terminal, which is a line of the
configuration. These drivers keep its transports and replace these things only. SSH to devices of this age needs SHA-1 key
exchange and ssh-rsa, which Paramiko 4 still speaks.

They are device types of Netmiko's under names of our own (see device_types.py). A Session stands on such a connection, and
Netmiko's methods work on the same one: what they type is noticed, and the Session looks for the prompt before it goes on.
"""

from __future__ import annotations

import select
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import paramiko  # type: ignore[import-untyped]
from msgspec import Struct
from netmiko.base_connection import BaseConnection
from netmiko.cisco.cisco_asa_ssh import CiscoAsaSSH
from netmiko.cisco.cisco_ios import CiscoIosSSH, CiscoIosTelnet

from ...inventory.files.connection_settings import SETTINGS
from ..sessions.decoding import Decoding
from ..sessions.session import Session
from .connection_errors import in_sentences
from .credentials import Login, plain_login
from .host_keys import HostKeys
from .lease import leased
from .login import Dialogue, Words
from .login_watch import LoginWatch
from .ssh_client import CheckedClient
from .ssh_config import Reached, reached
from .ssh_login import keys_of, labs_of, times_of
from .telnet_read import read_arrived

if TYPE_CHECKING:
    from ..fresh_login import FreshLogin

LOGIN_SECONDS = 20.0
#: The most that is read at once.
_BUFFER = 65536


class LeanDriver:
    """What both drivers do otherwise than Netmiko."""

    remote_conn: Any
    line_end: str
    login_prompt = ""
    base_prompt: str
    _read_buffer: str

    def __init__(
        self,
        *,
        login: Login | None = None,
        name: str = "",
        privileged: bool = True,
        host: str = "",
        port: int | None = None,
        username: str = "",
        password: str | None = None,
        secret: str = "",
        device_type: str = "",
        **arguments: Any,
    ) -> None:
        """Log in; ``arguments`` are further ones of Netmiko's, ``name`` is that of the device in sentences.

        ``login`` says by reference who logs in; without it user name, password and settings are those of Netmiko's arguments.
        With ``privileged`` the session is at the privileged prompt then. Raises Unreachable, SecretError and IntentError.
        """
        self.name = name or host
        made = login or plain_login(self.name, device_type, username, password or "", secret, arguments)
        # Nornir names an ssh_config for every connection, and Netmiko would follow it once more.
        arguments = {word: value for word, value in arguments.items() if word not in SETTINGS}
        self.login, self.session = made, None
        made.lease.check(self.name)
        self._decoding, self._privileged, self._others = Decoding(), privileged, False
        place = Reached(host, port or 0)
        with in_sentences(self.name, made.secrets, place):
            user = made.secrets.look_up(made.username_ref)
            place = place if made.is_telnet else reached(host, port, user, made.settings)
        self._settings, self._reached = made.settings, place
        self._host_keys = HostKeys(made.settings, labs_of(made.secrets))
        with in_sentences(self.name, made.secrets, place):
            self._keys = keys_of(made, place)
            super().__init__(  # type: ignore[call-arg]  # Netmiko's class comes behind this one
                host=place.address,
                port=place.port or None,
                username=user,
                password=made.secrets.resolve(made.password_ref),
                device_type=device_type or made.platform,
                **{**arguments, **times_of(made.settings, LOGIN_SECONDS / 2)},
            )

    session: Session | None
    #: One that was begun beside this session.
    fresh_login: FreshLogin | None = None

    def at_prompt(self) -> Session:
        """The session on this connection; where others have typed meanwhile, one that begins at the prompt that stands now.

        Raises Unreachable.
        """
        if self.session is None or (self._others and self.session.open):
            was, self._others, self._read_buffer = self.session, False, ""
            self._type(self.line_end)
            with in_sentences(self.name, self.login.secrets, self._reached):
                self.login_prompt = self._first_prompt([])
            self._begin()
            if was is not None and self.session is not None:
                self.session.heard.warnings = was.heard.warnings
        if self.session is None:
            raise TypeError(f"{self.name}: no session has begun on this connection")
        return self.session

    def _begin(self) -> None:
        login = self.login
        patience = login.settings.answer_timeout or login.timeout_seconds
        line = Line(self, self.login_prompt, self.line_end)
        self.session = Session(self.name, line, login.secrets, patience, login.dialect, login.tag, login.settings, login.tell)
        self.session.prepare(login.enable_ref)

    def write_channel(self, out_data: str) -> None:
        """For Netmiko's methods. Writes without its DEBUG log, which would show pre-shared keys."""
        if self.session is not None and not self._others:
            self.session.ready()
            self._others = True
        self._type(out_data)

    def _type(self, text: str) -> None:
        self.login.lease.check(self.name)
        self._send(self._decoding.data(text))

    def read_channel(self) -> str:
        """For Netmiko's methods. Whatever has arrived, behind what they have put back; EOFError when the session has ended."""
        back, self._read_buffer = self._read_buffer, ""
        return back + self._read()

    def _read(self) -> str:
        return self._decoding.text(self._receive())

    def _send(self, data: bytes) -> None:
        raise NotImplementedError

    def _receive(self) -> bytes:
        raise NotImplementedError

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""
        raise NotImplementedError

    def _try_session_preparation(self, force_data: bool = True) -> None:  # noqa: ARG002 - Netmiko's signature
        """A Session at the privileged prompt; it prepares the terminal along with its first exchange."""
        # As Netmiko has it: without the sign at the end, and as much of a long name as a prompt in configuration mode shows.
        self.base_prompt = self.login_prompt.rstrip()[:-1].partition("(")[0][:16]
        if not self._privileged:
            return
        try:
            self._begin()
        except BaseException:
            self.disconnect()  # nobody else will: without this, a refused enable keeps one of the few vtys
            raise

    def disconnect(self) -> None:
        """Close the transport, which ends the vty and, with it, configuration mode."""
        if self.session is not None:
            self.session.open = False
        super().disconnect()  # type: ignore[misc]

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
            read=self._read,
            write=lambda line: self._type(f"{line}{self.line_end}"),
            wait=self.wait,
            seconds=self._settings.login_timeout or LOGIN_SECONDS,
        )
        return dialogue.run()


class _LeanSsh(LeanDriver, BaseConnection):
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
        return CheckedClient(self._reached, self._host_keys, self.login.lease)

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


class IosTelnet(LeanDriver, CiscoIosTelnet):
    """Telnet, for releases that have no SSH version 2 and for console servers; it answers the questions of the login itself."""

    line_end = "\r\n"

    def _send(self, data: bytes) -> None:
        if self.remote_conn is None:
            raise EOFError("the session has ended")
        self.remote_conn.write(data)

    def _receive(self) -> bytes:
        if self.remote_conn is None:
            raise EOFError("the session has ended")
        return read_arrived(self.remote_conn)

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""
        self._sleep_until(self.remote_conn.get_socket(), seconds)

    def telnet_login(self, *_args: Any, **_kwargs: Any) -> str:
        """Answer the questions for user and password as they come. Raises Unreachable, and then gives the vty back."""
        self.remote_conn.sock = leased(self.remote_conn.sock, self.login.lease)
        try:
            self.login_prompt = self._first_prompt([self.username, self.password or ""])
        except BaseException:
            self.remote_conn.close()
            raise
        return self.login_prompt


class Line(Struct):
    """A connection as its Session has it: what is typed here is not taken for somebody else's."""

    driver: LeanDriver
    login_prompt: str
    line_end: str

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""
        self.driver.wait(seconds)

    def write_channel(self, out_data: str) -> None:
        """Write; raises OSError or EOFError when the session has ended."""
        self.driver._type(out_data)

    def read_channel(self) -> str:
        """Whatever has arrived, with LF line ends; raises OSError or EOFError when the session has ended."""
        return self.driver._read()

    def disconnect(self) -> None:
        """Close the transport."""
        self.driver.disconnect()


Driver = IosSsh | AsaSsh | IosTelnet
#: Netmiko's device type to the driver that stands in its place.
DRIVERS: Mapping[str, type[IosSsh] | type[AsaSsh] | type[IosTelnet]] = {
    "cisco_asa": AsaSsh,
    "cisco_asa_telnet": IosTelnet,
    "cisco_ios": IosSsh,
    "cisco_ios_telnet": IosTelnet,
    "cisco_xe": IosSsh,
    "cisco_xe_telnet": IosTelnet,
}
