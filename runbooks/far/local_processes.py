"""Devices through further processes of this machine: one interpreter is busy on one core, whatever the number of its threads.

Each process is forked before the run has a lock or its folder: an interpreter that starts anew imports for a second what this one
has imported. A fork copies one thread, and what another one holds at that moment nobody would ever let go of: so a process with a
second thread, be it a library's, begins interpreters, and so does one whose system's libraries do not bear a fork.

Each has one socket, which nobody else has, and is given the store of secrets itself, which needs no resolving again. The engine,
its journal and its locks stay here. A process that is killed loses the sessions of its devices and nothing else: the engine rolls
back over a new session what they were in the middle of, its own where no process is left. When this process goes, whatever the
way, its socket ends, and nothing more is typed from there: that is as the crash of the machine always was.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import TYPE_CHECKING

from ...inventory.errors import NrRunError, Unreachable
from ...inventory.hiding.secrets import Secrets
from ...tasks.access.credentials import login_of
from ...tasks.device import Stop
from .local_agent import serve
from .messages import READY, Message
from .runner import FarRunner

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Host

THREADS, OPEN = Path("/proc/self/task"), Path("/proc/self/fd")
#: Seconds for a new interpreter on a machine that is busy; and of silence after which one counts as hung.
START_SECONDS, HUNG_SECONDS = 120.0, 120.0


def may_fork() -> bool:
    """Whether this process has one thread, for certain."""
    try:
        return sys.platform == "linux" and sum(1 for _ in THREADS.iterdir()) == 1
    except OSError:
        return False


class Forked:
    """A child that does ``work`` on one descriptor, and ends with it; as much of `subprocess.Popen` as is used of one."""

    def __init__(self, work: Callable[[int], None], descriptor: int) -> None:
        """Begin it. Raises OSError where the machine begins none."""
        self.returncode: int | None = None
        self._lock = threading.Lock()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                _alone(descriptor)
                work(descriptor)
            finally:
                # Whatever happened: it never returns into what this process was doing.
                os._exit(1)

    def poll(self) -> int | None:
        """Its return code, negative for the signal that ended it; None while it runs."""
        with self._lock:
            if self.returncode is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
            return self.returncode

    def kill(self) -> None:
        """End it. One that has ended is left alone: its number may be another's by now."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended. Raises subprocess.TimeoutExpired after so many seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0.0)
            time.sleep(0.005)
        return code


def _alone(descriptor: int) -> None:
    """A session of its own, and nothing open but one descriptor."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    # What is here stays: to look through it again and again would copy every page.
    gc.freeze()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in {0, 1, 2, *(int(entry.name) for entry in OPEN.iterdir())} - {descriptor, nowhere}:
        # Not closed: an object that has it may close it later, when the number would be that of a session with a device.
        os.dup2(nowhere, number, inheritable=False)


class LocalProcess:
    """One further process of this machine, in a session of its own: Ctrl-C is for this one, which then tells the others."""

    def __init__(self, number: int) -> None:
        """Begin it; what it is told first is its order. Raises OSError."""
        self.name = f"process {number}"
        self._line, theirs = Pipe()
        try:
            self._process = Forked(serve, theirs.fileno()) if may_fork() else _interpreter(theirs.fileno())
        finally:
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


def _interpreter(descriptor: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this very interpreter
        [sys.executable, "-m", "nr_run.runbooks.far.local_agent", str(descriptor)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        pass_fds=[descriptor], start_new_session=True,
    )  # fmt: skip


@contextmanager
def further(count: int) -> Iterator[Sequence[LocalProcess]]:
    """So many processes, until the end. Raises Unreachable."""
    # What each of them would import for itself, if it were forked without.
    importlib.import_module(".application", __package__)
    processes: list[LocalProcess] = []
    try:
        for number in range(count):
            processes.append(_begun(number + 1))
        yield processes
    finally:
        for process in processes:
            # One that was told nothing waits for its order, and would go on waiting.
            process.leave() if process.ready.is_set() else process.end()


@contextmanager
def beside(
    processes: Sequence[LocalProcess], nornir: Nornir, hosts: Iterable[str], secrets: Secrets, stop: Stop
) -> Iterator[Nornir]:
    """The same Nornir, whose tasks are done by these processes until the end. Raises Unreachable if none is there."""
    _resolve(secrets, [nornir.inventory.hosts[host] for host in hosts])
    where, here = "this machine", nornir.runner
    runner = FarRunner(secrets, stop, changes=True, where=where, lease=HUNG_SECONDS, lets_go=0.0, private=True, here=here)
    try:
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
