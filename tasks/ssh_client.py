"""Paramiko's client: the host key is checked by us, keys that are expected are asked for first, jump hosts are real sockets."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from typing import IO, Any

import paramiko  # type: ignore[import-untyped]

from ..inventory.errors import Unreachable
from .host_keys import HostKeys
from .key_exchange import LeanTransport
from .known_hosts import HostKey
from .lease import Lease, leased
from .ssh_config import Reached

#: Names of signature algorithms by the type of key that they sign with.
_RSA = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")


class CheckedClient(paramiko.SSHClient):  # type: ignore[misc]
    """A client for one device."""

    def __init__(self, reached: Reached, host_keys: HostKeys, lease: Lease) -> None:
        """Nothing is connected yet."""
        super().__init__()
        self._place, self._checks, self._lease = reached, host_keys, lease
        self._jump: _Jump | None = None
        self.set_missing_host_key_policy(_Ours(reached, host_keys))

    def connect(self, hostname: str, port: int = 22, **more: Any) -> None:
        """As Paramiko's; raises HostKeyRefused as well, and Unreachable where the jump host cannot be passed."""
        if self._place.proxy:
            self._jump = _Jump(self._place.proxy)
            more["sock"] = self._jump.socket
        expected = [key.kind for key in self._checks.expected(self._place) if not key.revoked]
        try:
            super().connect(hostname, port=port, transport_factory=_factory(expected, self._lease), **more)
        except (paramiko.SSHException, EOFError, OSError):
            said = self._jump.ended() if self._jump else ""
            self.close()
            if said:
                raise Unreachable(f"{self._place.address} port {self._place.port}: not over the jump host: {said}") from None
            raise
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the transport, and what it went over."""
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


def _factory(expected: list[str], lease: Lease) -> Any:
    """Makes transports that type as long as they may.

    They ask for keys of the expected types first: a device may have one of each, and only one is known.
    """

    def make(line: Any, *arguments: Any, **more: Any) -> paramiko.Transport:
        transport = LeanTransport(leased(line, lease), *arguments, **more)
        options = transport.get_security_options()
        first = [name for kind in dict.fromkeys(expected) for name in (_RSA if kind == "ssh-rsa" else (kind,))]
        known = [name for name in first if name in options.key_types]
        if known:
            options.key_types = (*known, *(name for name in options.key_types if name not in known))
        return transport

    return make


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
