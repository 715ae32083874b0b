"""Far processes in this one, with no transport between them and the runner, and what they are given to do."""

from __future__ import annotations

import threading
from collections.abc import Callable

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.processor import Processors
from nornir.core.state import GlobalState
from nornir.core.task import Result, Task

from nr_run.inventory.errors import DeviceRefused
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.far import messages
from nr_run.runbooks.far.doing import Doer
from nr_run.runbooks.far.runner import FarRunner
from nr_run.tasks.device import Stop

from ..warm import PATIENCE

SALT = "00" * 32
NAMES = ("a", "b", "c", "d")
GATE = threading.Event()


def told(task: Task, note: Callable[..., None], word: str) -> Result:
    """Notes, and goes on when that is done."""
    note(task.host.name, word=word)
    return Result(host=task.host, result=f"{task.host['site']} {word}", changed=True)


def lingers(task: Task, note: Callable[..., None]) -> Result:
    """Is at work until somebody ends it."""
    note(task.host.name)
    GATE.wait(60 * PATIENCE)
    return Result(host=task.host)


def refused(task: Task) -> Result:
    """As a device that refuses a line."""
    raise DeviceRefused(f"{task.host.name}: refused")


def stops(task: Task, stop: Stop, note: Callable[..., None]) -> Result:
    """Waits for the operator's wish."""
    note(task.host.name)
    stop.wait(60 * PATIENCE)
    return Result(host=task.host)


def shows_a_key(task: Task, secrets: Secrets) -> Result:
    """As a device that shows a key which no reference holds."""
    return Result(host=task.host, result=secrets.hide("crypto isakmp key only-on-a-device address 192.0.2.1"))


def types_a_key(task: Task, secrets: Secrets, line: str) -> Result:
    """How long the line is that would go to the device."""
    return Result(host=task.host, result=len(secrets.reveal(line)))


def _theirs() -> None:
    raise ModuleNotFoundError("No module named 'theirs'")


class Theirs:
    """As a value of a class that is on the far side alone."""

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        """Read, it asks for its module."""
        return _theirs, ()


def gives_unreadable(task: Task) -> Result:
    """What cannot be read on the other side."""
    return Result(host=task.host, result=Theirs())


class Beside:
    """A far process in this one; two messages never pass at once, as on a line."""

    def __init__(self, name: str, far: FarRunner, *, learns: bool, lease: float = 60) -> None:
        self.name, self._far = name, far
        self.jobs: list[int] = []
        self.acknowledged = 0
        self.broken = False
        self.doer = Doer(Secrets.salted(SALT, ()), self._back, learns=learns, lease=lease)
        far.add(self)

    def send(self, message: messages.Message) -> None:
        """To it."""
        if self.broken:
            raise OSError("the line is cut")
        if message[0] == messages.JOB:
            self.jobs.append(message[1])  # type: ignore[arg-type]
        self.acknowledged += message[0] == messages.ACK
        self.doer.take(message)

    def end(self) -> None:
        """It is lost."""
        self.doer.end()

    def _back(self, message: messages.Message) -> None:
        if not self.broken:
            self._far.received(self, message)


class Bench:
    """A Nornir of four hosts over two far processes."""

    def __init__(self, *, changes: bool) -> None:
        self.secrets, self.stop = Secrets.salted(SALT, ()), Stop()
        self.runner = FarRunner(self.secrets, self.stop, changes=changes, where="tls://here:1")
        self.both = [Beside(name, self.runner, learns=changes) for name in ("one", "two")]
        self.journal: list[tuple[str, str]] = []
        self._lock = threading.Lock()
        hosts = {name: Host(name=name, hostname="127.0.0.1", port=9, platform="cisco_ios", data=DATA) for name in NAMES}
        inventory = Inventory(Hosts(hosts), Groups(), Defaults())
        self.nornir = Nornir(inventory, Config(), GlobalState(), Processors([]), self.runner)

    def note(self, host: str, word: str = "") -> None:
        """A line of the journal."""
        with self._lock:
            self.journal.append((host, word))


DATA = {"site": "berlin", "username_ref": "env:U", "password_ref": "env:P"}
