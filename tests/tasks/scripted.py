"""A telnet device on loopback that sends what a test wants: a prompt, an echo of each line, and whatever comes in between."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from nr_run.inventory.files.connection_settings import ConnectionSettings
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.tasks.access.connection import Cli, Login
from nr_run.tasks.sessions.session import Session

PROMPT = "vpn2611#"
#: From the line that was typed to all that the device sends for it; None for the ordinary echo, answer and prompt.
Script = Callable[[str], str | None]


class Scripted:
    """Listens on a port of its own; one client after the other. Lines without a script are echoed, and answered by the prompt."""

    def __init__(self, script: Script, *, greeting: str = "\r\nUser Access Verification\r\n\r\nUsername: ") -> None:
        """``greeting`` is sent first; user and password are not looked at."""
        self.script, self.greeting = script, greeting
        self.typed: list[str] = []
        self.ended = threading.Event()
        #: So many bytes are sent at a time, in this encoding; 0 for all at once.
        self.cut: tuple[int, str] = (0, "utf8")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Scripted:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # A listener that is closed does not wake accept(); a client that comes and goes does.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join(5)
        self._listener.close()

    def say(self, words: str) -> None:
        """Send something without having been asked."""
        self._client.sendall(words.encode())

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client
        with client, client.makefile("rb") as lines:
            client.sendall(self.greeting.encode())
            try:
                for raw in lines:
                    self._answer(client, raw.decode().strip("\r\n\0"))
            except (OSError, EOFError):
                pass  # the client, or the script, has ended the session: that is what the test is about
        self.ended.set()

    def _answer(self, client: socket.socket, line: str) -> None:
        self.typed.append(line)
        sent = self.script(line)
        if sent is None:
            first = {1: "Password: ", 2: f"\r\n{PROMPT}"}.get(len(self.typed))
            sent = first if first is not None else f"{line}\r\n{PROMPT}"
        size, encoding = self.cut
        data = sent.encode(encoding)
        for start in range(0, len(data), size or max(1, len(data))):
            client.sendall(data[start : start + size] if size else data)
            time.sleep(0.002 if size else 0)


def connect(
    port: int,
    folder: Path,
    *,
    timeout_seconds: float = 5.0,
    enable: str | None = "enable-secret",
    settings: ConnectionSettings | None = None,
) -> Session:
    """A session as a run opens it; the credentials are files in ``folder``."""
    login = Login(
        Secrets(folders=(folder,)),
        "credential:device-username",
        "credential:device-password",
        f"credential:{enable}" if enable else None,
        "cisco_ios_telnet",
        timeout_seconds,
        settings=settings or ConnectionSettings(),
    )
    connection = Cli()
    connection.open("127.0.0.1", None, None, port, None, {"login": login, "name": "vpn2611"})
    return connection.connection


def credentials(folder: Path) -> Path:
    """User, password and enable secret as files."""
    for name, value in (("device-username", "netops"), ("device-password", "Login.Word.9"), ("enable-secret", "Enable.Word.9")):
        (folder / name).write_text(f"{value}\n")
    return folder


class Endless(Scripted):
    """Goes on printing once it has been asked for ``show log``, as a console does while somebody debugs."""

    def _answer(self, client: socket.socket, line: str) -> None:
        super()._answer(client, line)
        while line == "show log":
            client.sendall(b"ISAKMP:(0): processing SA payload\r\n")
            time.sleep(0.05)
