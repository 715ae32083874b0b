"""An SSH server on loopback that plays a router, takes passwords and keys, and can be jumped over."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh

from nr_run.inventory.files.connection_settings import ConnectionSettings
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.tasks.access.connection import Cli, Login
from nr_run.tasks.sessions.session import Session

USER, PASSWORD = "netops", "Login.Word.9"
PROMPT = "edge-1#"


class SshBox(asyncssh.SSHServer):
    """What one server has seen: logins that were tried, connections that it was asked to make."""

    def __init__(self, keys: Sequence[asyncssh.SSHKey], accepted: str, pause: float) -> None:
        self.keys, self.accepted, self.pause = list(keys), accepted, pause
        self.tried: list[str] = []
        self.jumps: list[tuple[str, int]] = []
        self.port = 0
        self.connections: list[asyncssh.SSHServerConnection] = []

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """A client."""
        self._connection = conn
        self.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        """Everybody has to prove who he is."""
        if self.accepted:
            self._connection.set_authorized_keys(asyncssh.import_authorized_keys(self.accepted))
        return True

    def password_auth_supported(self) -> bool:
        """Not where keys are wanted."""
        return not self.accepted

    async def validate_password(self, username: str, password: str) -> bool:
        """One user."""
        self.tried.append("password")
        await asyncio.sleep(self.pause)
        return (username, password) == (USER, PASSWORD)

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        """It may be jumped over."""
        self.jumps.append((dest_host, dest_port))
        return True


async def _shell(process: asyncssh.SSHServerProcess[str]) -> None:
    process.stdout.write(f"\r\n{PROMPT}")
    async for line in process.stdin:
        process.stdout.write(f"{line.strip()}\r\n{PROMPT}")
    process.exit(0)


@contextmanager
def ssh_box(*keys: asyncssh.SSHKey, accepted: str = "", port: int = 0, pause: float = 0.0, **more: Any) -> Iterator[SshBox]:
    """A server with these host keys; ``accepted`` are public keys of users, ``pause`` seconds it thinks about a password."""
    box = SshBox(keys or (new_key(),), accepted, pause)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def do(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(30)

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            port,
            server_factory=lambda: box,
            server_host_keys=box.keys,
            process_factory=_shell,
            line_editor=False,
            **more,
        )

    server = do(listen())
    box.port = server.get_port()
    try:
        yield box
    finally:

        async def end() -> None:
            server.close()
            await server.wait_closed()
            for connection in box.connections:
                connection.abort()
                await connection.wait_closed()

        do(end())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def new_key(kind: str = "ssh-ed25519") -> asyncssh.SSHKey:
    """A key pair."""
    return asyncssh.generate_private_key(kind, **({"key_size": 2048} if kind == "ssh-rsa" else {}))


def public(key: asyncssh.SSHKey) -> str:
    """Its public half, as a file of known hosts has it."""
    return " ".join(key.export_public_key().decode().split()[:2])


def login(folder: Path, settings: ConnectionSettings | None = None) -> Login:
    """A login whose credentials are files below ``folder``."""
    place = folder / "vault"
    place.mkdir(exist_ok=True)
    for name, value in (("device-username", USER), ("device-password", PASSWORD)):
        (place / name).write_text(f"{value}\n")
    return Login(
        Secrets(folders=(place,)),
        "credential:device-username",
        "credential:device-password",
        None,
        "cisco_ios",
        5.0,
        settings=settings or ConnectionSettings(),
    )


def connect(box: SshBox | tuple[str, int | None], made: Login) -> Session:
    """A session as a run opens it."""
    host, port = ("127.0.0.1", box.port) if isinstance(box, SshBox) else box
    connection = Cli()
    connection.open(host, None, None, port, None, {"login": made, "name": "edge-1"})
    return connection.connection


def works(box: SshBox | tuple[str, int | None], made: Login) -> bool:
    """Log in, ask something, and leave."""
    device = connect(box, made)
    try:
        return device.ask("show clock") == ""
    finally:
        device.close()
