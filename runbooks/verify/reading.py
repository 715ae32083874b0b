"""Look at all devices at once, through Nornir's runner, and no longer than the deadline: what was shown until then counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace
from nornir.core.task import Result, Task

from ...checks.observations.looks import Shown, Stimulus
from ...checks.observations.questions import SAS, Question
from ...inventory.errors import DriftError, Locked, NrRunError
from ...services.besides import Showing
from ...services.common.own_checks import commands
from ...services.registry import find
from ...services.service import Deployment, Member
from ...tasks.device import CONNECTION
from ..engine.resume import refuse_unfinished
from ..far.carrying import OneWay
from ..locking.locks import refuse_held
from ..locking.machine_locks import endpoints_of
from .look_at import Asked, LookAt
from .opening import Opened
from .runner import AtOnce

#: Devices at a time: each thread waits for its device most of its time.
AT_ONCE = 100
_TICK = 0.05


def read_all(opened: Opened, ask: Callable[[Opened, str], Asked] | None = None) -> dict[str, Shown]:
    """Host to what it showed. ``ask`` says what each is asked, by default what a verification needs.

    Raises Interrupted when the operator stops; no device is ever an error here.
    """
    hosts = opened.hosts
    board = _Board(opened)
    held = _changing(opened)
    until = time.monotonic() + opened.asked.deadline
    chosen = opened.nornir.filter(filter_func=lambda host: host.name in hosts)
    if not opened.asked.scheduler:
        chosen = chosen.with_runner(AtOnce(AT_ONCE))
    looking = _Looking(opened, board, ask or _Asks, until)

    def look_at_all() -> None:
        for host, made in chosen.run(task=looking, name="verify", on_failed=True).items():
            if made.exception is not None:
                board.fail(host, made.exception)

    runner = threading.Thread(target=look_at_all, daemon=True)
    if hosts:
        runner.start()
        _wait(opened, board, runner, until)
    shown = board.closed()
    _close(opened)
    late = _changing(opened)
    return {host: _with_holder(one, held.get(host) or late.get(host, "")) for host, one in shown.items()}


def _wait(opened: Opened, board: _Board, runner: threading.Thread, until: float) -> None:
    """Until all have shown what they have to, or the time is over; the connections are closed where the operator stops."""
    try:
        while runner.is_alive() and time.monotonic() < until and not board.all_over:
            opened.stop.check()
            time.sleep(_TICK)
    except BaseException:
        _close(opened)
        raise


def _close(opened: Opened) -> None:
    """Close what is open, from here: a thread that waits for its device sees it at once."""
    for host in opened.hosts:
        connection = opened.nornir.inventory.hosts[host].connections.get(CONNECTION)
        driver = getattr(connection, "connection", None)
        if driver is not None:
            with suppress(Exception):
                driver.disconnect()


class _Looking(Struct, frozen=True):
    """The task of all devices. One device's part of it can go to another process alone."""

    opened: Opened
    board: _Board
    ask: Callable[[Opened, str], Asked]
    until: float

    def of(self, host: str) -> LookAt:
        """What one device needs."""
        opened = self.opened
        opened.progress.phase(host, "log in and look")
        hand = OneWay(self.board.hand)
        pause = opened.asked.pause * opened.timeouts.scale
        asks = self.ask(opened, host)
        return LookAt(opened.platforms[host], asks, hand, self.until - time.monotonic(), opened.asked.probe, pause)

    def __call__(self, task: Task) -> Result:
        """Here."""
        return self.of(task.host.name)(task)


class _Board:
    """What each device has shown so far; its task writes here after each exchange."""

    def __init__(self, opened: Opened) -> None:
        self._lock = threading.Lock()
        self._open = True
        self._deadline = opened.asked.deadline
        self.shown = {host: Shown(host, opened.platforms[host]) for host in opened.hosts}

    def hand(self, shown: Shown) -> None:
        """Keep it; what comes after the deadline is too late."""
        with self._lock:
            if self._open:
                self.shown[shown.host] = shown

    def fail(self, host: str, error: BaseException) -> None:
        """What kept a device from being looked at to the end; a defect on one must not keep the others from their verdict."""
        why = str(error) if isinstance(error, NrRunError) else f"{host}: {type(error).__name__}, which is a defect of nr-run"
        self.hand(replace(self.shown[host], problem=why, over=True))

    @property
    def all_over(self) -> bool:
        """True when nothing more will come."""
        with self._lock:
            return all(one.over for one in self.shown.values())

    def closed(self) -> Mapping[str, Shown]:
        """All of it; a device that was still to show something is told as that. What its session says when it is closed behind
        that is no word of the device."""
        with self._lock:
            self._open = False
            return {host: one if one.over else self._late(one) for host, one in self.shown.items()}

    def _late(self, one: Shown) -> Shown:
        what = "it had shown all that was asked" if one.reached else "it had answered"
        return replace(one, problem=f"{one.host}: the deadline of {self._deadline:g} seconds came before {what}", late=True)


class _Asks:
    """What one device is asked, and wanted to send, for all that it is a member of."""

    def __init__(self, opened: Opened, host: str) -> None:
        self._platform = opened.platforms[host]
        self._mine: list[tuple[Deployment, Member]] = [
            (deployment, member)
            for deployment in opened.selected.deployments
            for member in deployment.members
            if member.host == host
        ]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Each once; the SAs of a device that carries none are asked for as well, since it is one exchange all the same."""
        asked = (
            question for deployment, member in self._mine for question in find(deployment.service).survey(deployment, member)
        )
        return tuple(dict.fromkeys((*SAS, *asked)))

    @property
    def also(self) -> tuple[str, ...]:
        """Nothing once for all looks."""
        return ()

    @property
    def own(self) -> tuple[str, ...]:
        """For the checks of the user's own, and what a service judges as it was shown, each once."""
        checks = (c for deployment, member in self._mine for c in commands(deployment, member.host, "verify"))
        shows = (
            command
            for deployment, member in self._mine
            if isinstance(service := find(deployment.service), Showing)
            for command in service.shows(deployment, member, self._platform)
        )
        return tuple(dict.fromkeys((*checks, *shows)))

    def wishes(self, shown: Shown) -> Sequence[Stimulus]:
        """Traffic, each once."""
        made: dict[object, Stimulus] = {}
        for deployment, member in self._mine:
            for stimulus in find(deployment.service).stimulus(deployment, member, shown):
                made.setdefault(stimulus.traffic, stimulus)
        return tuple(made.values())


def _changing(opened: Opened) -> dict[str, str]:
    """Host to who is changing it now. Nothing is locked, and who holds it is not kept waiting."""
    found: dict[str, str] = {}
    for host in opened.hosts:
        try:
            refuse_held(opened, opened.runs, [host])
        except Locked as error:
            found[host] = f"{host} is being changed: {str(error).partition(';')[0]}"
    return found


def _with_holder(shown: Shown, holder: str) -> Shown:
    return replace(shown, changing=holder) if holder else shown


def unfinished(opened: Opened) -> tuple[str, ...]:
    """A sentence for each device in a run that did not finish."""
    said: list[str] = []
    places = endpoints_of(opened, opened.hosts)
    for host in opened.hosts:
        try:
            refuse_unfinished(opened.runs, {host: places[host]} if host in places else {}, besides="")
        except DriftError as error:
            said.append(str(error))
        except NrRunError:
            continue
    return tuple(dict.fromkeys(said))
