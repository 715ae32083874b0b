"""Devices through further processes of this machine: one interpreter is busy on one core, whatever the number of its threads.

Each process is a new interpreter with one socket, which nobody else has; it is given the store of secrets itself, which needs no
resolving again. The engine, its journal and its locks stay here. A process that is killed loses the sessions of its devices and
nothing else: the engine rolls back over a new session what they were in the middle of, its own where no process is left. When
this process goes, whatever the way, its socket ends, and nothing more is typed from there: that is as the crash of the machine
always was.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Pipe
from typing import TYPE_CHECKING

from ...inventory.errors import NrRunError, Unreachable
from ...inventory.hiding.secrets import Secrets
from ...tasks.access.credentials import login_of
from ...tasks.device import Stop
from .messages import READY, Message
from .runner import FarRunner

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Host

#: Seconds for a new interpreter on a machine that is busy; and of silence after which one counts as hung.
START_SECONDS, HUNG_SECONDS = 120.0, 120.0


class LocalProcess:
    """One further interpreter of this machine."""

    def __init__(self, number: int) -> None:
        """Begin it; what it is told first is its order."""
        self.name = f"process {number}"
        self._line, theirs = Pipe()
        command = [sys.executable, "-m", "nr_run.runbooks.far.local_agent", str(theirs.fileno())]
        # In a session of its own: Ctrl-C is for this process, which then tells the others.
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()], start_new_session=True,
        )  # fmt: skip
        theirs.close()
        self._sending = threading.Lock()
        self.ready = threading.Event()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def send(self, message: Message) -> None:
        """Raises OSError where it is gone."""
        with self._sending:
            self._line.send_bytes(pickle.dumps(message))

    def pump(self, runner: FarRunner) -> None:
        """Hand on what it sends, until it sends no more."""
        try:
            while True:
                message: Message = pickle.loads(self._line.recv_bytes())  # noqa: S301 - of our own process
                if message[0] == READY:
                    runner.add(self, message[1])
                    self.ready.set()
                else:
                    runner.received(self, message)
        except (EOFError, OSError):
            self.end()
            runner.lost(self, f"it ended with code {self._process.returncode}")
            self.ready.set()

    def end(self) -> None:
        """End it for certain: nothing is typed from there any more."""
        with suppress(OSError):
            self._process.kill()
        self._process.wait()

    def leave(self, seconds: float = 5.0) -> None:
        """Wait until it has let go of its devices by itself."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self.end()
        self._line.close()


@contextmanager
def beside(count: int, nornir: Nornir, hosts: Iterable[str], secrets: Secrets, stop: Stop) -> Iterator[Nornir]:
    """The same Nornir, whose tasks are done by ``count`` further processes until the end. Raises Unreachable if none begins."""
    _resolve(secrets, [nornir.inventory.hosts[host] for host in hosts])
    where, here = "this machine", nornir.runner
    runner = FarRunner(secrets, stop, changes=True, where=where, lease=HUNG_SECONDS, lets_go=0.0, private=True, here=here)
    processes: list[LocalProcess] = []
    try:
        for number in range(count):
            processes.append(_begun(number + 1))
        order = secrets.export()
        for process in processes:
            with suppress(OSError):
                process.send(("order", order))
            threading.Thread(target=process.pump, args=(runner,), name="nr-run-process", daemon=True).start()
        for process in processes:
            process.ready.wait(START_SECONDS)
        if not runner.alive:
            raise Unreachable("no further process of this machine has begun; use --processes 1")
        yield nornir.with_runner(runner)
    finally:
        runner.close()
        for process in processes:
            process.leave()


def _begun(number: int) -> LocalProcess:
    try:
        return LocalProcess(number)
    except OSError as error:
        words = f"process {number} cannot be begun on this machine: {error.strerror}; say fewer --processes"
        raise Unreachable(words) from None


def _resolve(secrets: Secrets, hosts: list[Host]) -> None:
    """What logs in to these hosts is known here, so that a later resume knows it; what cannot be had is that device's error."""
    logins = [login_of(host) for host in hosts]
    names = {login.username_ref for login in logins}
    values = {ref for login in logins for ref in (login.password_ref, login.enable_ref, login.settings.passphrase_ref) if ref}

    def one(reference: str) -> None:
        with suppress(NrRunError):
            secrets.look_up(reference) if reference in names else secrets.resolve(reference)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(one, [*names, *(values - names)]))
