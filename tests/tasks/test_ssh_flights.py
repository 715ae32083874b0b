"""What of an SSH login goes in one flight, and what a server that does not take it is sent instead."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest
from paramiko.common import MSG_SERVICE_ACCEPT, MSG_USERAUTH_FAILURE, MSG_USERAUTH_SUCCESS

from nr_run.inventory.errors import Unreachable
from nr_run.inventory.files.connection_settings import ConnectionSettings
from nr_run.tasks.access import ssh_client

from .ssh_box import PASSWORD, connect, login

#: How long a server looks whether something comes before its answer.
LOOK_SECONDS = 0.8
YOUNG, OLD = "ecdh-sha2-nistp256", "diffie-hellman-group14-sha1"


class Server(paramiko.ServerInterface):
    """What one server has seen of all its connections."""

    def __init__(self, kex: str, wants: str) -> None:
        self.kex, self.wants = kex, wants
        self.connections = 0
        self.passwords: list[str] = []
        #: For each connection whether the login came before the answer to the request for it.
        self.early: list[bool] = []
        self.shell_early = False
        self.terminal = True
        self.key = paramiko.RSAKey.generate(2048)

    def get_allowed_auths(self, username: str) -> str:
        return self.wants

    def check_auth_password(self, username: str, password: str) -> int:
        self.passwords.append(password)
        return paramiko.AUTH_SUCCESSFUL if self.wants == "password" and password == PASSWORD else paramiko.AUTH_FAILED

    def check_auth_interactive(self, username: str, submethods: str) -> paramiko.InteractiveQuery:
        return paramiko.InteractiveQuery("", "", ("Password: ", False))

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        self.passwords += responses
        return paramiko.AUTH_SUCCESSFUL if responses == [PASSWORD] else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_pty_request(self, *_: object) -> bool:
        self.shell_early = bool(select.select([self.transport.sock], [], [], LOOK_SECONDS)[0])
        return self.terminal

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        channel.sendall(b"\r\nedge-1#")
        return True

    transport: paramiko.Transport


class Strict(paramiko.Transport):
    """Answers the request for a service after a look; where something has come by then, it ends the connection."""

    server: Server

    def _send_message(self, data: paramiko.Message) -> None:
        if data.asbytes()[0] == MSG_SERVICE_ACCEPT:
            early = bool(select.select([self.sock], [], [], LOOK_SECONDS)[0])
            self.server.early.append(early)
            if early:
                self.close()
                return
        super()._send_message(data)


@contextmanager
def strict(kex: str = YOUNG, wants: str = "password", *, kind: type[paramiko.Transport] = Strict) -> Iterator[tuple[int, Server]]:
    """The port of a server that takes no login in one flight, unless it is of another kind, and what it sees."""
    server = Server(kex, wants)
    over = threading.Event()
    opened: list[paramiko.Transport] = []

    def serve() -> None:
        while not over.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            transport = kind(client)
            transport.server = server
            server.transport = transport
            transport.get_security_options().kex = (kex,)
            transport.add_server_key(server.key)
            opened.append(transport)
            transport.start_server(event=threading.Event(), server=server)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1], server
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            for transport in opened:
                transport.close()
            thread.join(10)


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No server has been seen in this process, and no host key been pinned."""
    monkeypatch.setattr(ssh_client, "_PATIENT", set())
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_server_that_takes_no_login_in_one_flight_is_asked_in_steps(tmp_path: Path) -> None:
    """It is sent the password once more in single steps, and in single steps only from the next login on."""
    with strict() as (port, server):
        for connections in (2, 3):
            connect(("127.0.0.1", port), login(tmp_path)).close()
            assert server.connections == connections
        assert server.early == [True, False, False]
        assert server.passwords == [PASSWORD, PASSWORD], "the one that was ended over it has not looked at the password"


def test_an_old_server_is_given_time(tmp_path: Path) -> None:
    """Who exchanges keys with SHA-1 is never sent a login before its answer."""
    with strict(OLD) as (port, server):
        connect(("127.0.0.1", port), login(tmp_path)).close()
        assert server.early == [False]
        assert server.connections == 1


def test_a_password_that_is_refused_is_sent_once(tmp_path: Path) -> None:
    """A refusal is an answer: there is no second connection, and no second wrong password that would lock the user out."""
    with strict(kind=paramiko.Transport) as (port, server):
        made = login(tmp_path)
        (tmp_path / "vault" / "device-password").write_text("Another.Word.1\n")
        with pytest.raises(Unreachable, match="refuses the user name or the password"):
            connect(("127.0.0.1", port), made)
        assert (server.connections, server.passwords) == (1, ["Another.Word.1"])


def test_a_server_that_asks_for_the_password(tmp_path: Path) -> None:
    """Where passwords are taken by keyboard-interactive alone, the question is answered."""
    with strict(wants="keyboard-interactive", kind=paramiko.Transport) as (port, server):
        connect(("127.0.0.1", port), login(tmp_path)).close()
        assert server.connections == 1
        assert server.passwords[-1] == PASSWORD


def test_the_shell_is_asked_for_with_the_terminal(tmp_path: Path) -> None:
    """Of an old server too: its answer to the one is not awaited before the other."""
    with strict(OLD) as (port, server):
        connect(("127.0.0.1", port), login(tmp_path)).close()
        assert server.shell_early


def test_a_terminal_that_is_refused_ends_the_login(tmp_path: Path) -> None:
    """A shell without a terminal is none on which prompts can be relied on."""
    with strict(kind=paramiko.Transport) as (port, server):
        server.terminal = False
        with pytest.raises(Unreachable, match="edge-1"):
            connect(("127.0.0.1", port), login(tmp_path))


class Forgetful(paramiko.Transport):
    """Takes the request for a service, and says nothing of a login that came before its answer."""

    server: Server
    early = False

    def _send_message(self, data: paramiko.Message) -> None:
        kind = data.asbytes()[0]
        if kind == MSG_SERVICE_ACCEPT:
            self.early = bool(select.select([self.sock], [], [], LOOK_SECONDS)[0])
            self.server.early.append(self.early)
        if not self.early or kind not in (MSG_USERAUTH_SUCCESS, MSG_USERAUTH_FAILURE):
            super()._send_message(data)


def test_a_server_that_forgets_a_login_in_one_flight_is_asked_in_steps(tmp_path: Path) -> None:
    """Its silence ends with the time for the password; it is asked once more, and in single steps from the next login on."""
    with strict(kind=Forgetful) as (port, server):
        for connections in (2, 3):
            connect(("127.0.0.1", port), login(tmp_path, ConnectionSettings(auth_timeout=5.0))).close()
            assert server.connections == connections
        assert server.early == [True, False, False]


class OneTry(paramiko.Transport):
    """Ends the connection at a wrong password, without a word of refusal."""

    server: Server

    def _send_message(self, data: paramiko.Message) -> None:
        if data.asbytes()[0] == MSG_USERAUTH_FAILURE:
            self.close()
            return
        super()._send_message(data)


def test_a_password_that_is_refused_by_ending_is_sent_once(tmp_path: Path) -> None:
    """A server that allows one try ends the connection and says no failure: the wrong password is not sent to it again."""
    with strict(kind=OneTry) as (port, server):
        made = login(tmp_path)
        (tmp_path / "vault" / "device-password").write_text("Another.Word.1\n")
        with pytest.raises(Unreachable, match="refuses the user name or the password"):
            connect(("127.0.0.1", port), made)
        assert (server.connections, server.passwords) == (1, ["Another.Word.1"])
