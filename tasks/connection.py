"""The Nornir connection ``nr_run``: one Netmiko session per device and run, with few round trips and no secret in any log.

Stock Netmiko prepares a session with six exchanges and fixed sleeps, and writes all that passes to its DEBUG log, keys
included. This driver keeps Netmiko's transport and login and replaces these two things only.
"""

from __future__ import annotations

import re
import select
import socket
import time
from dataclasses import dataclass, field
from typing import Any

from netmiko.cisco.cisco_ios import CiscoIosTelnet
from nornir.core.configuration import Config

from ..inventory.errors import SecretError, Unreachable
from ..inventory.secrets import Secrets
from .session import Session

LOGIN_SECONDS = 20.0
_PROMPT = re.compile(r"^\S+[>#]\s?\Z", re.MULTILINE)
_REFUSED = re.compile(r"% ?(?:Login invalid|Authentication failed|Bad passwords|Access denied|Bad secrets)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in: references only, so that no Nornir record or log ever holds a password."""

    secrets: Secrets
    username_ref: str
    password_ref: str
    enable_ref: str | None
    platform: str
    timeout_seconds: float = field(default=30.0)


class IosTelnet(CiscoIosTelnet):
    """Netmiko's IOS telnet driver with its own login, no session preparation and no log of what passes."""

    login_prompt = ""

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""
        poll = select.poll()
        poll.register(self.remote_conn.get_socket(), select.POLLIN)  # type: ignore[union-attr]
        poll.poll(max(1, int(min(seconds, 1.0) * 1000)))

    def write_channel(self, out_data: str) -> None:
        """Write without Netmiko's DEBUG log, which would show pre-shared keys."""
        self.channel.write_channel(out_data)

    def read_channel(self) -> str:
        """Whatever has arrived, with CR LF as LF; raises EOFError when the session has ended."""
        return self.channel.read_channel().replace("\r\n", "\n").replace("\r\x00", "").replace("\r", "")

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Nothing: Session prepares the terminal along with its first exchange."""

    def cleanup(self, command: str = "exit") -> None:
        """Nothing: closing the transport ends the vty, and asking for the prompt first would cost round trips."""

    def telnet_login(self, *_args: Any, **_kwargs: Any) -> str:
        """Answer the questions for user and password as they come. Raises Unreachable, and then gives the vty back."""
        try:
            return self._answer_questions()
        except Unreachable:
            self.remote_conn.close()  # type: ignore[union-attr]
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

    def _arrived(self, seen: str) -> str:
        try:
            return self.read_channel()
        except (EOFError, OSError):
            _raise_refusal(seen, [])
            raise Unreachable("the device closed the connection before a prompt") from None


def _raise_refusal(seen: str, answers: list[tuple[str, str]]) -> None:
    if "assword required, but none set" in seen:
        raise Unreachable("the vty lines ask for a password and none is set: this device cannot be managed over the network")
    # An empty list means that both answers were given: a second question for the user is a refusal without words.
    if _REFUSED.search(seen) or (not answers and "sername:" in seen):
        raise Unreachable("the device refuses the user name or the password")


def log_in(name: str, hostname: str | None, port: int | None, login: Login) -> IosTelnet:
    """A driver at the first prompt that the login gives. Raises Unreachable or SecretError, which name the device."""
    try:
        return IosTelnet(
            host=hostname or name,
            port=port,
            username=login.secrets.look_up(login.username_ref),
            password=login.secrets.resolve(login.password_ref),
            device_type=login.platform,
            conn_timeout=LOGIN_SECONDS / 2,
        )
    except (SecretError, Unreachable) as error:
        raise type(error)(f"{name}: {error}") from None
    except TimeoutError:
        raise Unreachable(f"{name}: no answer from {hostname} port {port}") from None
    except OSError as error:
        reason = "its name does not resolve" if isinstance(error, socket.gaierror) else (error.strerror or "no connection")
        raise Unreachable(f"{name}: {hostname} port {port}: {reason}") from None


class Cli:
    """Nornir connection plugin; ``get_connection("nr_run", ...)`` gives a Session at the privileged prompt."""

    connection: Session

    def open(
        self,
        hostname: str | None,
        username: str | None,  # noqa: ARG002 - Nornir's signature; user and password come by reference in extras
        password: str | None,  # noqa: ARG002 - as above
        port: int | None,
        platform: str | None,  # noqa: ARG002 - as above
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,  # noqa: ARG002 - as above
    ) -> None:
        """Connect, log in, become privileged and switch paging off. Raises Unreachable or SecretError."""
        login: Login = (extras or {})["login"]
        name: str = (extras or {})["name"]
        driver = log_in(name, hostname, port, login)
        self.connection = Session(name, driver, login.secrets, login.timeout_seconds)
        try:
            self.connection.prepare(login.enable_ref)
        except BaseException:
            self.connection.close()  # nobody else will: without this, a refused enable keeps one of the few vtys
            raise

    def close(self) -> None:
        """Close the transport, which ends the vty."""
        self.connection.close()
