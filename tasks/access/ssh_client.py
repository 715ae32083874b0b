"""Paramiko's client: the host key is checked by us, keys that are expected are asked for first, jump hosts are real sockets."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from typing import IO, Any

import paramiko  # type: ignore[import-untyped]

from ...inventory.errors import Unreachable
from .host_keys import HostKeys
from .key_exchange import LeanTransport
from .known_hosts import HostKey
from .lease import Lease, leased
from .ssh_config import Reached
from .ssh_flights import open_shell, refused_by_ending, unanswered

#: Names of signature algorithms by the type of key that they sign with.
_RSA = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")
#: Servers that have ended a login which came in one flight, or left it without an answer, by name and proxy command.
_PATIENT: set[tuple[str, str]] = set()


class CheckedClient(paramiko.SSHClient):  # type: ignore[misc]
    """A client for one device."""

    def __init__(self, reached: Reached, host_keys: HostKeys, lease: Lease) -> None:
        """Nothing is connected yet."""
        super().__init__()
        self._place, self._checks, self._lease = reached, host_keys, lease
        self._jump: _Jump | None = None
        self._made: LeanTransport | None = None
        self._over = False
        self.set_missing_host_key_policy(_Ours(reached, host_keys))

    def connect(self, hostname: str, port: int = 22, **more: Any) -> None:
        """As Paramiko's; raises HostKeyRefused as well, and Unreachable where the jump host cannot be passed."""
        try:
            self._connect(hostname, port, more)
        except (paramiko.SSHException, EOFError, OSError):
            if self._over or self._made is None or not unanswered(self._made):
                raise
            # It has not said no: it may be one that takes no login in one flight.
            _PATIENT.add((self._place.known_as, self._place.proxy))
            if refused_by_ending(self._made):
                raise
            self._connect(hostname, port, more)

    def _connect(self, hostname: str, port: int, more: dict[str, Any]) -> None:
        patient = (self._place.known_as, self._place.proxy) in _PATIENT
        expected = [key.kind for key in self._checks.expected(self._place) if not key.revoked]
        if self._place.proxy:
            self._jump = _Jump(self._place.proxy)
            more = {**more, "sock": self._jump.socket}

        def make(line: Any, *arguments: Any, **options: Any) -> LeanTransport:
            self._made = _ask_first(expected, LeanTransport(leased(line, self._lease), *arguments, patient=patient, **options))
            return self._made

        try:
            super().connect(hostname, port=port, transport_factory=make, **more)
        except (paramiko.SSHException, EOFError, OSError):
            said = self._jump.ended() if self._jump else ""
            self._end()
            if said:
                raise Unreachable(f"{self._place.address} port {self._place.port}: not over the jump host: {said}") from None
            raise
        except BaseException:
            self._end()
            raise

    def invoke_shell(
        self, term: str = "vt100", width: int = 80, height: int = 24, *_pixels: Any, **_more: Any
    ) -> paramiko.Channel:
        """As Paramiko's, in one round trip beside that of the channel."""
        return open_shell(self._transport, term, width, height)

    def close(self) -> None:
        """Close the transport, and what it went over; it is not opened again."""
        self._over = True
        self._end()

    def _end(self) -> None:
        super().close()
        if self._jump is not None:
            self._jump.close()


class _Ours(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """Every key is asked about here: the client itself is given no known hosts, since it knows neither patterns nor @revoked."""

    def __init__(self, reached: Reached, host_keys: HostKeys) -> None:
        self._place, self._checks = reached, host_keys

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002
        """Raises HostKeyRefused."""
        self._checks.check(self._place, HostKey(key.get_name(), key.asbytes()))


def _ask_first(expected: list[str], transport: LeanTransport) -> LeanTransport:
    """It asks for keys of the expected types first: a device may have one of each, and only one is known."""
    options = transport.get_security_options()
    first = [name for kind in dict.fromkeys(expected) for name in (_RSA if kind == "ssh-rsa" else (kind,))]
    known = [name for name in first if name in options.key_types]
    if known:
        options.key_types = (*known, *(name for name in options.key_types if name not in known))
    return transport


class _Jump:
    """A command that connects, as ProxyCommand is: its input and output are a socket."""

    def __init__(self, command: str) -> None:
        self.socket, theirs = socket.socketpair()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - for as long as the session lasts
        try:
            self._process = subprocess.Popen(  # noqa: S602 - the operator's own ssh_config names the command
                f"exec {command}",
                shell=True,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=self._errors,
                start_new_session=True,
            )
        finally:
            theirs.close()

    def ended(self) -> str:
        """What it said last if it has ended, or nothing."""
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            return ""
        self._errors.seek(0, os.SEEK_SET)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else f"it ended with code {self._process.returncode}"

    def close(self) -> None:
        """End it."""
        self.socket.close()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if not self._errors.closed:
            self._errors.close()
