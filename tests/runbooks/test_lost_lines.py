"""A line that loses the same part of a configuration each time: begin, end and two readings agree, and yet it is not whole."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: What is lost: a map entry, with all lines below it, and a transform set.
_LOST = re.compile(rb"crypto (map \S+ \d+ ipsec-isakmp|ipsec transform-set NR-)")


class Line:
    """Where lines are lost, and whether they are at the moment; the first ``good`` running configurations pass whole."""

    def __init__(self, good: int) -> None:
        self.good, self.seen, self.on = good, 0, True
        self._inside, self._lost, self._rest = False, False, b""

    def passed(self, arrived: bytes) -> bytes:
        """What comes out at the other end of what has arrived; inside of a configuration only whole lines do."""
        *lines, self._rest = (self._rest + arrived).split(b"\n")
        out = b"".join(self._passed(line + b"\n") for line in lines)
        if not self._inside:
            out, self._rest = out + self._rest, b""
        return out

    def _passed(self, line: bytes) -> bytes:
        if line.startswith(b"Current configuration"):
            self.seen += 1
            self._inside = self.on and self.seen > self.good
        if not self._inside:
            return line
        self._inside = line.strip() != b"end"
        self._lost = _LOST.match(line) is not None or (self._lost and line.startswith(b" "))
        return b"" if self._lost else line


@contextmanager
def between(port: int, line: Line) -> Iterator[int]:
    """A port of its own through which the device is reached."""
    server = socket.create_server(("127.0.0.1", 0))
    opened, threads = [server], []

    def begin(target: Callable[..., None], *arguments: object) -> None:
        threads.append(threading.Thread(target=target, args=arguments, daemon=True))
        threads[-1].start()

    def pipe(source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]) -> None:
        with suppress(OSError):
            while arrived := source.recv(65536):
                target.sendall(change(arrived))
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client = server.accept()[0]
                opened.append(client)
                device = socket.create_connection(("127.0.0.1", port))
                opened.append(device)
                begin(pipe, client, device, bytes)
                begin(pipe, device, client, line.passed)

    begin(accept)
    try:
        yield server.getsockname()[1]
    finally:
        for some in opened:
            with suppress(OSError):
                some.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(timeout=60)
        for some in opened:
            some.close()


def test_what_a_line_loses_is_not_gone(rehearsal, unchanged) -> None:
    """The size that fitted before does not fit now: the reload stays armed and a person is told."""
    line, place = Line(good=1), rehearsal.lab.devices["vpn3640"].port
    with between(place, line) as port:
        rehearsal.edit("hosts.yaml", f"port: {place}", f"port: {port}")
        done = rehearsal.deploy("--yes", "--json", "--revert-in", "60")
        page = str(done.tunnel["by_hand"])
        assert (done.code, line.seen > 1) == (21, True), done.out + done.err
        assert "its size matched before" in page
        assert "its rollback timer fires at " in page
        assert "ipsec transform-set NR-" in rehearsal.lab.exec("vpn3640", "show running-config")
        assert "No reload is scheduled" not in rehearsal.lab.exec("vpn3640", "show reload")
        line.on = False
        assert rehearsal.nr_run("resume").code == 20
    unchanged()


def test_what_a_line_loses_is_not_gone_for_resume(rehearsal, unchanged) -> None:
    """What was verified of the size before the change is in the record: whoever finishes a killed run knows it as well."""
    line, place = Line(good=1), rehearsal.lab.devices["vpn3640"].port
    line.on = False
    with between(place, line) as port:
        rehearsal.edit("hosts.yaml", f"port: {place}", f"port: {port}")
        rehearsal.lab.fault("vpn3640", "slow", "20")
        killed = rehearsal.begin("--yes", "--json", "--revert-in", "60")
        rehearsal.wait_for("applied", "vpn3640")
        killed.kill()
        killed.communicate(timeout=60)
        line.on = True
        done = rehearsal.nr_run("resume", "--json")
        assert done.code == 21, done.out + done.err
        assert "ipsec transform-set NR-" in rehearsal.lab.exec("vpn3640", "show running-config")
        assert "No reload is scheduled" not in rehearsal.lab.exec("vpn3640", "show reload")
        line.on = False
        assert rehearsal.nr_run("resume").code == 20
    unchanged()
