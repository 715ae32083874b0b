"""A device that is lost in the middle of an SSH login, as one is that begins to boot, is unreachable, and not awaited for
ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest

from nr_run.inventory.errors import Unreachable
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.tasks.access import drivers
from nr_run.tasks.access.connection import Login, log_in

from .scripted import credentials


class Box(paramiko.ServerInterface):
    """Takes any password; then it opens no session, or says nothing more, or is asked for a terminal and says nothing more."""

    def __init__(self, ends: str) -> None:
        self.ends, self.over = ends, threading.Event()

    def check_auth_password(self, username: str, password: str) -> int:
        """Anybody may come in."""
        return paramiko.AUTH_SUCCESSFUL

    def get_allowed_auths(self, username: str) -> str:
        """By password."""
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """The first thing after the login."""
        if self.ends == "refuses":
            return paramiko.OPEN_FAILED_RESOURCE_SHORTAGE
        if self.ends == "is silent":
            self.over.wait(30)
        return paramiko.OPEN_SUCCEEDED

    def check_channel_pty_request(self, *_: object) -> bool:
        """The second."""
        self.over.wait(30)
        return True


@contextmanager
def box(ends: str) -> Iterator[int]:
    """The port of a device that ends a login like that."""
    server = Box(ends)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            transport = paramiko.Transport(client)
            transport.add_server_key(paramiko.RSAKey.generate(1024))
            transport.start_server(server=server)
            server.over.wait(60)
            transport.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.over.set()
            thread.join(5)


@pytest.mark.parametrize("ends", ["refuses", "is silent", "is silent at the terminal"])
def test_lost_behind_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str) -> None:
    """After the password is taken a session that is refused, or never answered, makes the device unreachable within a bound."""
    monkeypatch.setattr(drivers, "LOGIN_SECONDS", 1.2)
    secrets = Secrets(folders=(credentials(tmp_path),))
    login = Login(secrets, "credential:device-username", "credential:device-password", None, "cisco_ios")
    with box(ends) as port:
        begun = time.monotonic()
        with pytest.raises(Unreachable, match="hq: "):
            log_in("hq", "127.0.0.1", port, login)
        assert time.monotonic() - begun < 60
