"""Keys of every kind that a router may hold, put into what it shows: none of them is in any byte of a run."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

FORMS = [line for line in Path(__file__).with_name("secret_forms.txt").read_text().splitlines() if line]
_COUNT = re.compile(rb"(Current configuration : |Using )(\d+)")
_END = b"\r\nend\r\n"


def canary(number: int) -> str:
    """A value that looks like a key, and is one form's own."""
    return f"cAnaRy{number:03d}0A1B2C3D4E"


def lines() -> bytes:
    """All forms with their values, as a router would print them."""
    texts = [form.replace("@@", "@\0").replace("@", canary(number)).replace("\0", "@") for number, form in enumerate(FORMS)]
    return "\r\n!\r\n".join(text.replace("\\n", "\r\n") for text in texts).encode()


class _Pipe(threading.Thread):
    """One direction of a connection; ``put_in`` stands before the end of each configuration that passes."""

    def __init__(self, source: socket.socket, target: socket.socket, put_in: bytes = b"") -> None:
        super().__init__(daemon=True)
        self._source, self._target, self._put_in = source, target, put_in

    def run(self) -> None:
        """Pass everything on until one side ends."""
        kept = b""
        with suppress(OSError):
            while True:
                self._source.settimeout(0.05 if kept else None)
                try:
                    arrived = self._source.recv(65536)
                except TimeoutError:
                    self._target.sendall(self._changed(kept))
                    kept = b""
                    continue
                if not arrived:
                    break
                kept += arrived
                if not self._put_in:
                    self._target.sendall(kept)
                    kept = b""
        for end in (self._source, self._target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _changed(self, text: bytes) -> bytes:
        more = len(self._put_in) + 2
        text = _COUNT.sub(lambda found: found[1] + str(int(found[2]) + more).encode(), text)
        return text.replace(_END, b"\r\n" + self._put_in + _END)


@contextmanager
def between(port: int, put_in: bytes) -> Iterator[int]:
    """A port of its own through which the device is reached, with ``put_in`` in its configurations."""
    server = socket.create_server(("127.0.0.1", 0))
    open_sockets, threads = [server], []

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                open_sockets.append(client)
                device = socket.create_connection(("127.0.0.1", port))
                open_sockets.append(device)
                for pipe in (_Pipe(client, device), _Pipe(device, client, put_in)):
                    threads.append(pipe)
                    pipe.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server.getsockname()[1]
    finally:
        for some in open_sockets:
            with suppress(OSError):
                some.shutdown(socket.SHUT_RDWR)
        for thread in (accepting, *threads):
            thread.join(timeout=60)
        for some in open_sockets:
            some.close()


@pytest.mark.parametrize("words", [("--plan",), ("--yes",)], ids=["plan", "deploy"])
def test_no_key_that_a_router_shows_is_kept(rehearsal, words: tuple[str, ...]) -> None:
    """Of all these keys of other services none stands in a file of the run, its debug log or its output; the tunnel is built."""
    with between(rehearsal.lab.devices["vpn3640"].port, lines()) as port:
        rehearsal.edit("hosts.yaml", f"port: {rehearsal.lab.devices['vpn3640'].port}", f"port: {port}")
        done = rehearsal.deploy("--json", "--debug", *words)
        shown = rehearsal.nr_run("show")
    assert done.code == {"--plan": 2, "--yes": 0}[words[0]], done.out + done.err
    files = {str(path): path.read_bytes() for path in rehearsal.runs.rglob("*") if path.is_file()}
    kept = [text for name, text in files.items() if name.endswith("running-before.cfg") and b"key chain E2" in text]
    assert kept, "the lines did not pass"
    files |= {"output": (done.out + done.err + shown.out).encode()}
    found = {
        FORMS[number]: sorted(Path(name).name for name, text in files.items() if canary(number).encode() in text)
        for number in range(len(FORMS))
    }
    assert {form: names for form, names in found.items() if names} == {}
