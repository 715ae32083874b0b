"""Nornir's runner whose tasks are done by far processes: who does what, what they call, and what becomes of one that is lost.

A device stays with the process that has its session. Where that is lost its job ends as a session that was lost does; what comes
next goes to another process, in a run that changes devices only when the lost one has let go for certain.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from msgspec import Struct, field
from nornir.core.inventory import Host
from nornir.core.plugins.runners import RunnerPlugin
from nornir.core.task import AggregatedResult, Task

from ...inventory.errors import IntentError, NrRunError, SessionLost, UsageError
from ...inventory.hiding.secrets import Secrets
from ...tasks.access.credentials import Login, login_of
from ...tasks.access.lease import Lease
from ...tasks.device import CONNECTION, Stop, log_in_by
from .answers import Answers
from .carrying import Callbacks, pack, unpack
from .doing import HostRecord, Job, Together
from .messages import ACK, CALL, END, JOB, LEASE, MANY, MARGIN, OVER, PULSE, PULSE_SECONDS, STOP, Message, Process
from .outcome import Failed, results_of
from .placing import Far, NoneLeft, Places

#: A look at the clock that comes so many seconds late says that this process itself stood still.
STOOD_STILL = 5.0
#: What Nornir's own close_connections() runs.
CLOSING = "Nornir.close_connections.<locals>.close_connections_task"


class _Job(Struct):
    process: Far
    #: The device, or the devices, for a sentence.
    what: str
    over: threading.Event = field(default_factory=threading.Event)
    outcome: Any = None


class FarRunner:
    """Nornir's protocol: ``run(task, hosts)``. ``received`` and ``lost`` are for the transport."""

    def __init__(
        self,
        secrets: Secrets,
        stop: Stop,
        *,
        changes: bool,
        where: str,
        lease: float = LEASE,
        lets_go: float = LEASE + MARGIN,
        private: bool = False,
        here: RunnerPlugin | None = None,
        tell: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        """``changes``: devices may be changed, so that two processes must never be at work on one. ``where`` is for sentences.

        After ``lease`` seconds of silence a process is lost, and ``lets_go`` seconds after the last sign of life of it that was
        acknowledged it types nothing more for certain. ``tell`` is told what that has to be waited for.
        ``private``: the processes have the store of this one, and nobody else sees what goes to them. ``here`` does in this
        process what is to be done when all others are lost: a change that was begun has to be rolled back.
        """
        self.secrets, self.stop, self._changes, self._where = secrets, stop, changes, where
        self._lease, self.lets_go, self._private, self._here = lease, lets_go, private, here
        self._tell_person = tell
        #: Over the processes of this machine, which may read what is in the run folder.
        self.takes_whole = private
        #: What comes back holds none; that of the engine itself does not end.
        self.lease = Lease()
        #: Devices of which all was looked through that goes out while they are changed.
        self._vetted: set[str] = set()
        self._raised: list[Exception] = []
        self._callbacks = Callbacks()
        self._lock = threading.Lock()
        self._places = Places(where, lambda: self._over.is_set(), lambda far: self._seconds_of(far) > 0)
        self._records: dict[str, bytes] = {}
        self._jobs: dict[int, _Job] = {}
        self._number = 0
        self._answers = Answers(self.secrets.hide_known, self._send_to)
        self._over = threading.Event()
        threading.Thread(target=self._keep_time, name="nr-run-far", daemon=True).start()

    def add(self, process: Process, known: Any = ()) -> None:
        """A process that is ready for jobs of this run, and has the keys of these tokens already."""
        self._places.add(process, set(known))

    @property
    def alive(self) -> list[Process]:
        """Those that are there."""
        return [far.process for far in self._places.all if not far.lost]

    def vet(self, host: str, value: object) -> None:
        """Look through all that is to be done on a device before it begins: in the midst of it nothing is refused any more.

        Raises UsageError where a secret stands in it in clear, or something that cannot be sent.
        """
        self._refuse_secret(host, pack(value, self._callbacks))
        self._vetted.add(host)

    def begun_before(self, hosts: Iterable[str]) -> None:
        """An earlier run has begun a change of these devices: nothing that ends it is refused."""
        self._vetted.update(hosts)

    def run(self, task: Task, hosts: Iterable[Host]) -> AggregatedResult:
        """The results of all, when the last is there."""
        results = AggregatedResult(task.name)
        if getattr(task.task, "__qualname__", "") == CLOSING:
            return results  # the sessions are elsewhere, and end with the run
        # Who can begin does not wait for one that cannot yet.
        begun = [(host, self._begin(task, host)) for host in sorted(hosts, key=self._seconds_to_wait)]
        by_us = [host for host, job in begun if self._here is not None and isinstance(job, NoneLeft)]
        if self._here is not None and by_us:
            results.update(self._here.run(task, by_us))
        for host, job in begun:
            if host not in by_us:
                made = job if isinstance(job, Exception) else self._wait(job)
                results[host.name] = results_of(task, host, made)
        if self._raised:
            raise self._raised[0]
        return results

    def keep_together(self, groups: Iterable[tuple[str, ...]]) -> None:
        """Have the devices of a group in one process, where whole deployments go to one."""
        if self.takes_whole:
            self._places.keep_together(groups)

    def by_process(self, groups: Sequence[Iterable[str]]) -> list[list[int]]:
        """As Places.by_process(); nothing where whole deployments stay here."""
        return self._places.by_process(groups) if self.takes_whole else []

    def together(self, hosts: Sequence[Host], work: Callable[..., Any], given: object) -> Any:
        """What ``work`` returns of ``given`` in the process that has all these devices, or the error by which it ended.

        None where no one process has them all: then nothing was begun. Raises UsageError for what cannot be sent.
        """
        far = self._places.one_of(host.name for host in hosts) if self.takes_whole else None
        if far is None:
            return None
        try:
            packed = pack(Together(work, given, tuple(map(self._record_of, hosts))), self._callbacks)
        except NrRunError:
            self._places.done(far)
            raise
        job = self._send(far, " and ".join(host.name for host in hosts), packed)
        made = job if isinstance(job, Exception) else self._wait(job)
        return made.error if isinstance(made, Failed) else made

    def close(self) -> None:
        """The run is over: the far processes let go of its devices."""
        self._tell_all((END,))
        self._over.set()
        for job in self._taken():
            self._ended(job)
        self._places.wake()
        self._answers.close()

    def received(self, process: Process, message: Message) -> None:
        """What a process has sent, in its order. One whose words cannot be read is lost, and no other one."""
        far = self._places.of(process)
        if far is None or far.lost:
            return
        far.heard = time.monotonic()
        try:
            self._hear(far, *message)
        except Exception as error:  # noqa: BLE001 - whatever it is: nothing that comes behind it can be relied on
            self.lost(process, f"what it sent cannot be read here: {self._words(error)}")

    def _words(self, error: Exception) -> str:
        return self.secrets.hide_known(f"{type(error).__name__}: {error}")

    def _hear(self, far: Far, kind: object, *words: Any) -> None:
        if kind == MANY:
            for message in words[0]:
                self._hear(far, *message)
        elif kind == CALL:
            number, callback, packed, awaited, news = words
            self._learn(far, news)
            if awaited:
                self._answers.add(far, number, self._callbacks.at(callback), partial(unpack, packed, self))
            else:
                self._tell(callback, packed)
        elif kind == PULSE:
            self._acknowledge(far, words[0])
        elif kind == OVER:
            number, packed, news = words
            self._learn(far, news)
            with self._lock:
                job = self._jobs.pop(number, None)
            if job is not None:
                job.outcome = self._outcome(job, packed)
                self._ended(job)

    def _outcome(self, job: _Job, packed: Any) -> Any:
        """Of what is known there alone, as a class of a task of the user's, it is an error of its device."""
        try:
            return unpack(packed, self)
        except Exception as error:  # noqa: BLE001 - what is read decides what is raised
            return NrRunError(f"{job.what}: what came back of it cannot be read here: {self._words(error)}")

    def lost(self, process: Process, why: str) -> None:
        """Nothing more comes from a process: its jobs end as lost sessions do."""
        far = self._places.of(process)
        with self._lock:
            if far is None or far.lost:
                return
            far.lost = why
            jobs = {number: job for number, job in self._jobs.items() if job.process is far}
            for number in jobs:
                del self._jobs[number]
        process.end()
        for job in jobs.values():
            job.outcome = _lost_with(far, job.what)
            self._ended(job)
        self._places.wake()

    def _ended(self, job: _Job) -> None:
        self._places.done(job.process)
        job.over.set()

    # What the marks of what comes back stand for.

    def host(self, name: str) -> Host:
        """Of a result: it is given the real one where the result is put together."""
        return Host(name)

    def call(self, number: int, given: tuple[Any, ...], named: dict[str, Any], awaited: bool) -> Any:  # noqa: ARG002
        """Nothing that comes back may be called."""
        raise NrRunError("the outcome of a job holds something that can only be called where it was made")

    def _begin(self, task: Task, host: Host) -> _Job | Exception:
        work = task.task
        if hasattr(work, "of"):
            work = work.of(host.name)
        try:
            far = self._process_of(host.name)
        except NrRunError as error:
            return error
        try:
            job = Job(work, dict(task.params), self._record_of(host), task.name, task.is_dry_run())
            packed = pack(job, self._callbacks)
            self._refuse_secret(host.name, packed)
        except NrRunError as error:
            self._places.done(far)
            return error
        return self._send(far, host.name, packed)

    def _send(self, far: Far, what: str, packed: bytes) -> _Job | Exception:
        begun = _Job(far, what)
        with self._lock:
            lost = far.lost  # since it was chosen: nobody would end this job any more
            if not lost:
                self._number += 1
                number = self._number
                self._jobs[number] = begun
            seen = self.secrets.seen() if self._changes else {}
            keys = {token: key for token, key in seen.items() if token not in far.known}
            far.known |= keys.keys()
        if lost:
            self._places.done(far)
            return _lost_with(far, what)
        self._send_to(far, (JOB, number, packed, keys))
        return begun

    def _wait(self, job: _Job) -> Any:
        while not job.over.wait(2.0):  # each wakes up where the run ends; this is for one that began just then
            if self._over.is_set():
                return SessionLost(f"{job.what}: the run has ended")
        return job.outcome

    def _process_of(self, host: str) -> Far:
        """The one that has its session, else the one with the least to do. Raises Unreachable where none is left."""
        had = self._places.had(host)
        if had is not None and (seconds := self._seconds_to_wait(host)):
            words = f"until {had.process.name} can certainly type nothing more"
            self._tell_person(f"{host}: waiting {seconds:.0f} seconds, {words}")
            time.sleep(seconds)
        return self._places.take(host, urgent=host in self._vetted)

    def _seconds_to_wait(self, host: Host | str) -> float:
        """Until the lost process that was at work on it types nothing more: nobody knows if it was ended, frozen or cut off."""
        name = host if isinstance(host, str) else host.name
        had = self._places.had(name)
        return self._seconds_of(had) if had is not None and had.lost and self.alive else 0.0

    def _seconds_of(self, lost: Far) -> float:
        return max(0.0, lost.acked + self.lets_go - time.monotonic()) if self._changes else 0.0

    def _acknowledge(self, far: Far, number: object) -> None:
        """It may go on typing; not any more where it was given up meanwhile."""
        with self._lock:
            if far.lost:
                return
            far.acked = time.monotonic()
        self._send_to(far, (ACK, number))

    def _record_of(self, host: Host) -> bytes:
        """Raises IntentError where its password stands in the inventory: what stands in clear is not sent."""
        if host.name not in self._records:
            at = host.get_connection_parameters(CONNECTION)
            if at.password or (at.extras or {}).get("secret"):
                raise IntentError(
                    f"{host.name}: its password is in the inventory, and is not sent to {self._where}; say username_ref, "
                    "password_ref and enable_ref in its data, and keep the values on the workers"
                )
            if not isinstance((at.extras or {}).get("login"), Login):
                log_in_by(host, login_of(host))
            self._records[host.name] = pack(HostRecord.of(host), self._callbacks)
        return self._records[host.name]

    def _refuse_secret(self, host: str, packed: bytes) -> None:
        """What stands behind a reference never goes out, whoever has put it where. Raises UsageError."""
        if not self._private and host not in self._vetted and self.secrets.holds_known(packed):
            raise UsageError(f"{host}: a secret would be sent in clear to {self._where}; nothing was sent")

    def _learn(self, far: Far, news: Any) -> None:
        if news:
            far.known |= news.keys()
            self.secrets.take(news)

    def _tell(self, callback: Any, packed: Any) -> None:
        """Of a one-way callback: what it raises ends the task, and not the thread that hears the process."""
        try:
            self._callbacks.call(callback, *unpack(packed, self))
        except Exception as error:  # noqa: BLE001 - it is raised by run()
            self._raised.append(error)

    def _send_to(self, far: Far, message: Message) -> None:
        try:
            far.process.send(message)
        except OSError as error:
            self.lost(far.process, str(error))

    def _taken(self) -> list[_Job]:
        with self._lock:
            jobs = list(self._jobs.values())
            self._jobs.clear()
        for job in jobs:
            job.outcome = SessionLost(f"{job.what}: the run has ended")
        return jobs

    def _tell_all(self, message: Message) -> None:
        for process in self.alive:
            try:
                process.send(message)
            except OSError as error:
                self.lost(process, str(error))

    def _keep_time(self) -> None:
        """The wish to stop to all at once, and an end for those that are silent."""
        told = False
        last, looked = 0.0, time.monotonic()
        while not self._over.wait(0.1):
            late, looked = time.monotonic() - looked, time.monotonic()
            if late > STOOD_STILL:
                self._nobody_was_silent()
            if self.stop.event.is_set() and not told:
                told = True
                self._tell_all((STOP,))
            now = time.monotonic()
            if now - last < PULSE_SECONDS:
                continue
            last = now
            for far in self._places.all:
                silent = now - far.heard
                if silent > self._lease and not far.lost:
                    self.lost(far.process, f"it was silent for {silent:.0f} seconds")

    def _nobody_was_silent(self) -> None:
        """This process was stopped, as by Ctrl-Z, or the machine slept: what came meanwhile has not been heard yet."""
        for far in self._places.all:
            far.heard = time.monotonic()


def _lost_with(far: Far, host: str) -> SessionLost:
    return SessionLost(f"{host}: {far.process.name}, which was at work on it, is lost ({far.lost})")
