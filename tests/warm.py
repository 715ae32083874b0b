"""nr-run and its lab as real processes of their own, forked from a parent that has imported everything.

That costs a tenth of a cold start.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import cast

from nr_run.lab import folder as lab_folder
from nr_run.lab.core.errors import NoLab
from nr_run.lab.entry import LabHandle

#: A test says how many seconds something may take on an idle machine; it is waited for so many times as long.
PATIENCE = 5.0


#: Where the one parent of all workers of a test session listens, for the workers.
_SHARED = "NR_RUN_WARM"


def share_parent() -> None:
    """In the controller of workers, before they begin: they all have this one parent, which imports when it is first asked."""
    os.environ[_SHARED] = _parent()


@cache
def _parent() -> str:
    """The socket at which the parent forks: that of the whole session, or one that this process starts and that ends with it."""
    if shared := os.environ.get(_SHARED):
        return shared
    folder = tempfile.mkdtemp(prefix="nr-run-warm-")
    path = f"{folder}/socket"
    process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("warm_parent.py")), path], stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + 60 * PATIENCE
    life = socket.socket(socket.AF_UNIX)
    while True:
        try:
            life.connect(path)
            break
        except OSError:
            assert process.poll() is None, "the warm parent did not start"
            assert time.monotonic() < deadline, "the warm parent does not listen"
            time.sleep(0.01)
    atexit.register(_end, life, process)
    return path


def _end(life: socket.socket, process: subprocess.Popen[bytes]) -> None:
    life.close()
    process.wait(timeout=10 * PATIENCE)


class Process:
    """A running nr-run; as much of subprocess.Popen as the tests use. Standard input is empty, the outputs are pipes of text."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path | None = None) -> None:
        """Start it; ``arguments`` begin with the name of the command."""
        empty = os.open(os.devnull, os.O_RDONLY)
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        self._fork("nr-run", arguments, environment, folder, (empty, out_end, err_end))
        self.stdout, self.stderr = os.fdopen(out, "r"), os.fdopen(err, "r")

    def _fork(
        self,
        program: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path | None,
        streams: tuple[int, int, int],
    ) -> None:
        """Have the parent fork; ``streams`` are the standard streams of the new process, and closed here."""
        self.args = list(arguments)
        self.returncode: int | None = None
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(_parent())
        request = {
            "program": program,
            "arguments": self.args,
            "environment": dict(environment),
            "folder": str(folder or Path.cwd()),
        }
        socket.send_fds(self._connection, [json.dumps(request).encode() + b"\n"], list(streams))
        for descriptor in streams:
            os.close(descriptor)
        self._lines = self._connection.makefile("r")
        number = self._lines.readline()
        assert number, "the warm parent has ended"
        self.pid = int(number)

    def wait(self, timeout: float | None = None) -> int:
        """Its return code, negative for the signal that ended it. Raises TimeoutExpired after ``timeout`` times PATIENCE."""
        if self.returncode is None:
            self._connection.settimeout(None if timeout is None else timeout * PATIENCE)
            try:
                self.returncode = int(self._lines.readline())
            except TimeoutError:
                raise subprocess.TimeoutExpired(self.args, timeout or 0) from None
            self._lines.close()
            self._connection.close()
        return self.returncode

    def poll(self) -> int | None:
        """Its return code, or None while it runs."""
        ready, _, _ = select.select([self._connection], [], [], 0) if self.returncode is None else ([], [], [])
        return self.wait() if ready else self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Everything that it printed. Kills nothing; raises TimeoutExpired after ``timeout`` times PATIENCE."""
        texts = ["", ""]

        def read(number: int) -> None:
            texts[number] = (self.stdout, self.stderr)[number].read()

        readers = [threading.Thread(target=read, args=(number,), daemon=True) for number in (0, 1)]
        deadline = time.monotonic() + (timeout or 3600) * PATIENCE
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(max(0.0, deadline - time.monotonic()))
            if reader.is_alive():
                raise subprocess.TimeoutExpired(self.args, timeout or 0, texts[0], texts[1])
        self.wait(max(0.1, deadline - time.monotonic()))
        self.stdout.close()
        self.stderr.close()
        return texts[0], texts[1]

    def send_signal(self, number: int) -> None:
        """As os.kill, of a process that has not been waited for."""
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it ended a moment ago
                os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)


class LabProcess(Process):
    """A lab that is starting or runs; it ends when its standard input does."""

    def __init__(self, arguments: Sequence[str]) -> None:
        """Start it; ``arguments`` begin with the name of the command."""
        into, into_end = os.pipe()
        err, err_end = os.pipe()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        self._fork("lab", arguments, os.environ, None, (into, nowhere, err_end))
        self.stdin, self.stderr = os.fdopen(into_end, "wb"), os.fdopen(err, "r")


def start_lab(
    directory: Path, *, devices: Mapping[str, str] | None = None, speed: float = 1.0, lifetime: float = 1800.0
) -> LabHandle:
    """A lab as nr_run.lab.entry.start gives it, without its cold start; it lives half an hour at most."""
    arguments = ["nr_run.lab", "--directory", str(directory), "--speed", str(speed), "--lifetime", str(lifetime)]
    arguments += ["--devices", json.dumps(dict(devices))] if devices is not None else []
    process = LabProcess(arguments)
    deadline = time.monotonic() + 30 * PATIENCE
    while True:
        with suppress(NoLab):
            record = lab_folder.read(directory)
            if record["pid"] == process.pid:
                return LabHandle(directory, record, cast("subprocess.Popen[bytes]", process))
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline, "the lab does not answer"
        time.sleep(0.01)


#: What stands for nr-run on the path of a shell: it hands over its streams, and ends as the command does.
_SHIM = """#!{python} -IS
import json, os, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect({socket!r})
request = dict(program="nr-run", arguments=["nr-run", *sys.argv[1:]], environment=dict(os.environ), folder=os.getcwd())
socket.send_fds(connection, [json.dumps(request).encode() + b"\\n"], [0, 1, 2])
lines = connection.makefile()
lines.readline()
code = int(lines.readline())
os._exit(code if code >= 0 else 128 - code)
"""


def put_command(folder: Path) -> None:
    """An executable ``nr-run`` in this folder that is one of these processes, for command lines that a shell runs."""
    shim = folder / "nr-run"
    shim.write_text(_SHIM.format(python=sys.executable, socket=_parent()))
    shim.chmod(0o700)


def run(
    arguments: Sequence[str], environment: Mapping[str, str], timeout: float = 120, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Raises TimeoutExpired after ``timeout`` times PATIENCE, and then it has been killed."""
    process = Process(arguments, environment, folder)
    try:
        out, err = process.communicate(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return subprocess.CompletedProcess(list(arguments), process.wait(), out, err)
