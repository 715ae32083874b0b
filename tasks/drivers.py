"""Netmiko's drivers for IOS and ASA, telnet and SSH, with nothing that costs round trips and no log of what passes.

Stock Netmiko prepares a session with six exchanges and fixed sleeps, and writes all that passes to its DEBUG log, keys
included; on an ASA it also sets the width of the terminal, which is a line of the configuration. These drivers keep its
transports and logins and replace these things only. SSH to devices of this age needs SHA-1 key exchange and ssh-rsa, which
Paramiko 4 still speaks.
"""

from __future__ import annotations

import re
import select
import time
from typing import Any, Protocol

import paramiko  # type: ignore[import-untyped]
from netmiko.base_connection import BaseConnection
from netmiko.cisco.cisco_asa_ssh import CiscoAsaSSH
from netmiko.cisco.cisco_ios import CiscoIosSSH, CiscoIosTelnet
from netmiko.exceptions import ReadException

from ..inventory.errors import Unreachable
from .login_watch import LoginWatch

LOGIN_SECONDS = 20.0
_PROMPT = re.compile(r"^\S+[>#]\s?\Z", re.MULTILINE)
_REFUSED = re.compile(r"% ?(?:Login invalid|Authentication failed|Bad passwords|Access denied|Bad secrets)", re.IGNORECASE)


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

    channel: Any
    remote_conn: Any
    login_prompt = ""

    def write_channel(self, out_data: str) -> None:
        """Write without Netmiko's DEBUG log, which would show pre-shared keys."""
        self.channel.write_channel(out_data)

    def read_channel(self) -> str:
        """Whatever has arrived, with CR LF as LF; raises EOFError when the session has ended."""
        try:
            arrived: str = self.channel.read_channel()
        except ReadException:
            raise EOFError("the session has ended") from None
        return arrived.replace("\r\n", "\n").replace("\r\x00", "").replace("\r", "")

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Nothing: Session prepares the terminal along with its first exchange."""

    def cleanup(self, command: str = "exit") -> None:
        """Nothing: closing the transport ends the vty, and asking for the prompt first would cost round trips."""

    def _sleep_until(self, readable: Any, seconds: float) -> None:
        poll = select.poll()
        poll.register(readable, select.POLLIN)
        poll.poll(max(1, int(min(seconds, 1.0) * 1000)))

    def _arrived(self, seen: str) -> str:
        try:
            return self.read_channel()
        except (EOFError, OSError):
            _raise_refusal(seen, [])
            raise Unreachable("the device closed the connection before a prompt") from None


class _LeanSsh(_Lean, BaseConnection):
    """SSH version 2, password login."""

    line_end = "\n"

    def establish_connection(self, width: int = 511, height: int = 1000) -> None:
        """Connect, log in and read up to the first prompt.

        Raises Unreachable, or the errors of Netmiko and Paramiko. Between the password and the first prompt Paramiko waits for
        an hour, and for ever, for a device that says nothing more, as one that boots just then: so the transport is closed.
        """
        watch = LoginWatch(self._transport, self._give_up, LOGIN_SECONDS)
        watch.start()
        try:
            super().establish_connection(width, height)
        finally:
            watch.cancel()
        seen, deadline = "", time.monotonic() + LOGIN_SECONDS
        while time.monotonic() < deadline:
            seen += self._arrived(seen)
            prompt = _PROMPT.search(seen)
            if prompt:
                self.login_prompt = prompt[0].strip()
                return
            self.wait(deadline - time.monotonic())
        raise Unreachable(f"no prompt within {LOGIN_SECONDS:.0f} seconds after the login")

    def _transport(self) -> paramiko.Transport | None:
        client = getattr(self, "remote_conn_pre", None)
        return client.get_transport() if client is not None else None

    def _give_up(self) -> None:
        if self.remote_conn_pre is not None:
            self.remote_conn_pre.close()

    def read_channel(self) -> str:
        """As above; Netmiko's channel says nothing when the other side has closed it."""
        arrived = super().read_channel()
        if not arrived and (self.remote_conn is None or self.remote_conn.closed or self.remote_conn.eof_received):
            raise EOFError("the session has ended")
        return arrived

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""
        self._sleep_until(self.remote_conn.fileno(), seconds)


class IosSsh(_LeanSsh, CiscoIosSSH):
    """SSH version 2 to IOS and IOS-XE."""


class AsaSsh(_LeanSsh, CiscoAsaSSH):
    """SSH version 2 to an ASA, whose login is never privileged before 9.x: enable comes after it."""


class IosTelnet(_Lean, CiscoIosTelnet):
    """Telnet, for releases that have no SSH version 2; it answers the questions for user and password itself."""

    line_end = "\r\n"

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""
        self._sleep_until(self.remote_conn.get_socket(), seconds)

    def telnet_login(self, *_args: Any, **_kwargs: Any) -> str:
        """Answer the questions for user and password as they come. Raises Unreachable, and then gives the vty back."""
        try:
            return self._answer_questions()
        except Unreachable:
            self.remote_conn.close()
            raise

    def _answer_questions(self) -> str:
        answers = [("sername:", self.username), ("assword:", self.password or "")]
        seen = ""
        deadline = time.monotonic() + LOGIN_SECONDS
        while time.monotonic() < deadline:
            seen += self._arrived(seen)
            _raise_refusal(seen, answers)
            prompt = _PROMPT.search(seen)
            if prompt and len(answers) < 2:
                self.login_prompt = prompt[0].strip()
                return seen
            if answers and answers[0][0] in seen:
                self.write_channel(answers.pop(0)[1] + "\r\n")
                seen = ""
            elif len(answers) == 2 and "assword:" in seen:  # a line password only, no user name
                answers.pop(0)
            else:
                self.wait(deadline - time.monotonic())
        raise Unreachable(f"no login prompt within {LOGIN_SECONDS:.0f} seconds")


def _raise_refusal(seen: str, answers: list[tuple[str, str]]) -> None:
    if "assword required, but none set" in seen:
        raise Unreachable("the vty lines ask for a password and none is set: this device cannot be managed over the network")
    # An empty list means that both answers were given: a second question for the user is a refusal without words.
    if _REFUSED.search(seen) or (not answers and "sername:" in seen):
        raise Unreachable("the device refuses the user name or the password")


#: Netmiko's device type to the driver.
DRIVERS: dict[str, type[IosSsh] | type[AsaSsh] | type[IosTelnet]] = {
    "cisco_asa": AsaSsh,
    "cisco_ios": IosSsh,
    "cisco_ios_telnet": IosTelnet,
    "cisco_xe": IosSsh,
}
