"""The far side: does jobs of one run, with the sessions of its devices kept open between them.

It knows no transport. What a job calls goes out as a message, and the job waits for the answer; when the engine's side has
acknowledged nothing for too long nothing more is sent to any device, and the sessions are closed, as where a machine has crashed.
"""

from __future__ import annotations

import pickle
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

from msgspec import Struct, field
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.plugins.runners import RunnerPlugin
from nornir.core.processor import Processors
from nornir.core.state import GlobalState
from nornir.core.task import Result, Task
from nornir.plugins.runners import SerialRunner, ThreadedRunner

from ...inventory.errors import NrRunError, SessionLost
from ...inventory.hiding.secrets import Secrets
from ...tasks.access.device_types import register_device_types
from ...tasks.access.lease import Lease, clock
from ...tasks.device import CONNECTION, Stop
from .carrying import pack, unpack
from .messages import ACK, ANSWER, CALL, END, JOB, LEASE, MANY, OVER, PULSE, STOP, Message, as_one
from .outcome import Failed, root_cause

#: Devices at a time: each thread waits for its device most of its time.
AT_ONCE = 100
#: Seconds since anything was sent, from which on what nobody waits for is sent by itself.
A_MOMENT = 0.2


class Job(Struct, frozen=True):
    """One task of one device. ``host`` is packed: it is the same for all jobs of a device in a run."""

    work: Callable[..., Any]
    arguments: dict[str, Any]
    host: bytes
    name: str
    dry_run: bool


class Together(Struct, frozen=True):
    """Work on several devices at once; ``work`` gets what is ``given``, a Nornir of the hosts, and what is here of the run."""

    work: Callable[..., Any]
    given: object
    hosts: tuple[bytes, ...]


class HostRecord(Struct, frozen=True):
    """A host, with what its groups and the defaults give it."""

    name: str
    hostname: str | None
    port: int | None
    platform: str | None
    data: dict[str, Any]
    extras: dict[str, Any]
    login_platform: str | None

    @classmethod
    def of(cls, host: Host) -> HostRecord:
        """Without user name and password: who logs in is said by reference."""
        at = host.get_connection_parameters(CONNECTION)
        data = dict(host.extended_data())
        return cls(host.name, at.hostname, at.port, host.platform, data, dict(at.extras or {}), at.platform)

    def made(self) -> Host:
        """A host of its own, without groups."""
        where = ConnectionOptions(self.hostname, self.port, "", "", self.login_platform, self.extras)
        return Host(
            name=self.name,
            hostname=self.hostname,
            port=self.port,
            platform=self.platform,
            data=self.data,
            connection_options={CONNECTION: where},
            defaults=Defaults(),
        )


class _Waiting(Struct):
    over: threading.Event = field(default_factory=threading.Event)
    ok: bool = False
    value: bytes = b""


class Doer:
    """All jobs of one run in this process."""

    def __init__(self, secrets: Secrets, send: Callable[[Message], None], *, learns: bool, lease: float = LEASE) -> None:
        """``send`` is given what goes to the engine's side; ``learns`` as in RunOrder."""
        self.secrets = secrets
        self.stop = Stop()
        self.lease = Lease(lease)
        self._send, self._learns = send, learns
        self._told = set(secrets.seen())
        #: Messages that nobody waits for yet, and when something was sent last.
        self._sending = threading.Lock()
        self._later: list[Message] = []
        self._sent = 0.0
        #: Signs of life that were not acknowledged yet, and when each was given.
        self._pulses: dict[int, float] = {}
        self._pulse = 0
        self._lock = threading.Lock()
        self._hosts: dict[str, tuple[bytes, Host]] = {}
        self._busy: dict[str, threading.Lock] = {}
        self._calls: dict[int, _Waiting] = {}
        self._number = 0
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="nr-run-job")
        self._ended = threading.Event()
        register_device_types()
        if CONNECTION not in ConnectionPluginRegister.available:
            ConnectionPluginRegister.auto_register()

    @property
    def ended(self) -> bool:
        """True when the engine's side has said so, or gives no sign of life any more."""
        if self.lease.over:
            self.end()
        return self._ended.is_set()

    def take(self, message: Message) -> None:
        """One message of the engine's side."""
        kind, *words = message
        if kind == MANY:
            for one in words[0]:  # type: ignore[attr-defined]
                self.take(one)
        elif kind == JOB:
            if self.ended:
                return
            self.secrets.take(words[2])  # type: ignore[arg-type]
            self._told |= words[2].keys()  # type: ignore[attr-defined]
            self._pool.submit(self._do, words[0], words[1])
        elif kind == ANSWER:
            self._answered(*words)
        elif kind == ACK:
            self._acknowledged(words[0])
        elif kind == STOP:
            self.stop.event.set()
        elif kind == END:
            self.end()
        else:
            raise NrRunError(f"a message of an unknown kind: {kind}")

    def pulse(self) -> None:
        """A sign of life, which is to be acknowledged. Raises OSError where nothing can be sent any more."""
        with self._lock:
            self._pulse += 1
            number = self._pulse
            self._pulses[number] = clock()
        self._out((PULSE, number))

    def _acknowledged(self, number: Any) -> None:
        with self._lock:
            asked = self._pulses.get(number)
            self._pulses = {later: at for later, at in self._pulses.items() if later > number}
        if asked is not None:
            self.lease.renew(asked)

    def end(self) -> None:
        """Nothing more is sent to a device: who waits for one or for an answer wakes up."""
        self.lease.end()
        if self._ended.is_set():
            return
        self._ended.set()
        self.stop.event.set()
        with self._lock:
            calls, hosts = list(self._calls.values()), [host for _, host in self._hosts.values()]
        for waiting in calls:
            waiting.over.set()
        for host in hosts:
            _close(host)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def host(self, name: str) -> Host:
        """The host of a job, as long as it is at work on it."""
        return self._hosts[name][1]

    def call(self, number: int, given: tuple[Any, ...], named: dict[str, Any], awaited: bool) -> Any:
        """Have a callback done on the engine's side. Raises what it raises, and SessionLost where nobody answers."""
        waiting = _Waiting()
        with self._lock:
            self._number += 1
            mine = self._number
            if awaited:
                self._calls[mine] = waiting
        packed = pack((given, named))
        if not awaited:
            self._out_later((CALL, mine, number, packed, awaited, self._news()))
            return None
        self._out((CALL, mine, number, packed, awaited, self._news()))
        try:
            while not waiting.over.wait(0.5):
                if self.ended:
                    break
            if not waiting.value:
                raise SessionLost("the machine on which this run began gives no sign of life; nothing more is sent from here")
            value = unpack(waiting.value, self)
        finally:
            with self._lock:
                self._calls.pop(mine, None)
        if waiting.ok:
            return value
        raise value

    def _out(self, message: Message) -> None:
        """Send it, and before it what nobody waits for. Raises OSError."""
        with self._sending:
            later, self._later, self._sent = self._later, [], clock()
            self._send(as_one((*later, message)))

    def _out_later(self, message: Message) -> None:
        """Send it with the next one, or a moment later. Raises OSError where it was time to and nothing can be sent any more."""
        with self._sending:
            self._later.append(message)
            if clock() - self._sent > A_MOMENT:
                later, self._later, self._sent = self._later, [], clock()
                self._send(as_one(later))

    def _answered(self, number: Any, ok: Any, value: Any) -> None:
        with self._lock:
            waiting = self._calls.get(number)
        if waiting is not None:
            waiting.ok, waiting.value = ok, value
            waiting.over.set()

    def _news(self) -> dict[str, str]:
        """Keys that only devices have shown, and that were not told yet; none where nothing is changed."""
        if not self._learns:
            return {}
        with self._lock:
            seen = {token: value for token, value in self.secrets.seen().items() if token not in self._told}
            self._told |= seen.keys()
        return seen

    def _do(self, number: object, packed: object) -> None:
        try:
            job = unpack(packed, self)  # type: ignore[arg-type]
            outcome = pack(self._together(job) if isinstance(job, Together) else self._results(job))
        except Exception as error:  # noqa: BLE001 - the engine's side is told of every end
            outcome = pack(Failed.of(error, self.secrets.hide_known))
        with suppress(Exception):
            self._out((OVER, number, outcome, self._news()))

    def _together(self, job: Together) -> Any:
        records = {unpack(packed, self).name: packed for packed in job.hosts}
        with ExitStack() as held:
            for name in sorted(records):
                held.enter_context(self._free(name))
            if self._ended.is_set():
                raise SessionLost(f"{', '.join(records)}: this run has ended here")
            hosts = {name: self._host_of(name, packed) for name, packed in records.items()}
            nornir = _nornir(hosts, dry_run=False, runner=ThreadedRunner(len(hosts)))
            return job.work(job.given, nornir, self.secrets, self.stop, partial(unpack, around=self))

    def _free(self, name: str) -> threading.Lock:
        """Held while a job is at work on a device."""
        with self._lock:
            return self._busy.setdefault(name, threading.Lock())

    def _results(self, job: Job) -> list[Result]:
        name = unpack(job.host, self).name
        with self._free(name):
            if self._ended.is_set():
                raise SessionLost(f"{name}: this run has ended here")
            host = self._host_of(name, job.host)
            stub = _nornir({name: host}, dry_run=job.dry_run, runner=SerialRunner())
            task = Task(job.work, stub, job.dry_run, Processors([]), name=job.name, **job.arguments)
            made = task.start(host)
        for result in made:
            if result.exception is not None:
                cause = root_cause(result.exception)
                words = "".join(traceback.format_exception(cause))
                result.exception = Failed.of(cause, self.secrets.hide_known)
                result.result = self.secrets.hide(words)
        return list(made)

    def _host_of(self, name: str, packed: bytes) -> Host:
        """The host with its open session; a new one where the engine's side says of it something else than before."""
        known = self._hosts.get(name)
        if known is None or known[0] != packed:
            if known is not None:
                _close(known[1])
            known = (packed, unpack(packed, self).made())
            with self._lock:
                self._hosts[name] = known
        return known[1]


def _nornir(hosts: dict[str, Host], *, dry_run: bool, runner: RunnerPlugin) -> Nornir:
    return Nornir(
        inventory=Inventory(Hosts(hosts), Groups(), Defaults()),
        config=Config(),
        data=GlobalState(dry_run=dry_run),
        processors=Processors([]),
        runner=runner,
    )


def _close(host: Host) -> None:
    """Close its connection from whatever thread; who waits for the device sees it at once."""
    connection = host.connections.get(CONNECTION)
    driver = getattr(connection, "connection", None)
    if driver is not None:
        with suppress(Exception):
            driver.disconnect()


def messages_of(data: bytes) -> list[Message]:
    """Several messages in one piece of bytes that was verified to be the other side's."""
    found: list[Message] = pickle.loads(data)  # noqa: S301 - sealed by the holder of the key
    return found
