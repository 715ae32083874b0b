"""Push a change: new objects in one write, lines that activate them one at a time; then read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct
from nornir.core.task import Result, Task

from ..changes.cli_syntax import EXIT
from ..changes.configurations.configuration import Configuration
from ..changes.families import FAMILIES
from ..changes.family import Family, Phase
from ..changes.plans.change import Change
from ..changes.plans.steps import Step, in_writes
from ..inventory.errors import DeviceRefused, NotKnown
from .answers import asked, running_commands, running_in, running_of
from .device import Stop, session
from .fresh_login import forget
from .sessions.prompt_answers import agreed_to
from .sessions.session import ENTER, Reply, Session

Note = Callable[..., None]
_ENTERING = (re.compile(r"Enter configuration commands, one per line\.\s+End with CNTL/Z\."),)


def push(task: Task, change: Change, stop: Stop, note: Note) -> Result:
    """Nornir task. ``result`` is the running Configuration after the change.

    ``note`` is called before each exchange that changes the device. Raises DeviceRefused at the first answer that no rule
    allows, Interrupted when the operator stops between two exchanges, and NotKnown when the device does not show what it runs
    now; what was pushed until then stays, for undo().
    """
    device = session(task, as_it_stands=True)
    stop.check()
    forget(task)
    # Entering changes nothing and waits for the device: what is asked by note() is asked behind it, right before the first line.
    # Where the task before, which armed it, has entered it along with its last look, it need not be done again.
    if not device.configuring:
        _allow(task.host.name, device.configure(), _ENTERING)
    writes = list(_writes(change))
    if not change.of(Phase.BUILD):
        note("building", host=task.host.name, lines=0)
    try:
        after = _type(device, writes, change.os, stop, note)
    except NotKnown:
        device.close()
        after = asked(task, running_of)
    return Result(host=task.host, changed=True, result=after)


class _Write(Struct, frozen=True):
    """What is typed at once: portions that each end where a sub-mode is left. ``step`` is what it switches, None if it builds."""

    portions: tuple[tuple[str, ...], ...]
    normal: tuple[Sequence[re.Pattern[str]], ...]
    step: Step | None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the change."""
        return tuple(line for portion in self.portions for line in portion)


def _writes(change: Change) -> Iterator[_Write]:
    """All that nothing uses yet at once; then portion by portion what puts it to use, or takes away.

    A second way out in a row is typed only when the answers before it were looked at: where the header was refused, the first
    one has left configuration mode, and the second would end the session.
    """
    build = change.of(Phase.BUILD)
    normal = iter([_normal(change, step) for step in build for _ in step.lines])
    for portions in _apart(in_writes(line for step in build for line in step.lines)):
        yield _Write(portions, tuple(next(normal) for portion in portions for _ in portion), None)
    for step in (*change.of(Phase.ACTIVATE), *change.of(Phase.CLEAN)):
        for portion in step.writes:
            yield _Write((portion,), (_normal(change, step),) * len(portion), step)


def _apart(portions: Iterable[Sequence[str]]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Portions that are typed at once: the next ones begin with a second way out in a row."""
    together: list[tuple[str, ...]] = []
    for portion in map(tuple, portions):
        if portion == (EXIT,):
            yield tuple(together)
            together = []
        together.append(portion)
    if together:
        yield tuple(together)


def _normal(change: Change, step: Step) -> Sequence[re.Pattern[str]]:
    """The answers to these lines that are not refusals."""
    return next(family.replies for family in FAMILIES[change.os] if family.name == step.family)


def asked_for(families: Sequence[Family], step: Step | None) -> dict[str, str]:
    """What the device may ask before it takes the lines of a step: something only where it takes an object away."""
    if step is None or not any(line.startswith("no ") for line in step.lines):
        return {}
    return dict(next(family.asks for family in families if family.name == step.family))


def _type(device: Session, writes: Sequence[_Write], os: str, stop: Stop, note: Note) -> Configuration:
    """Type all of it, look at the answers to one write before the next one goes; what runs then. Raises NotKnown.

    ``note`` is called with each: a run that another has overtaken meanwhile sends none of its lines. The last one goes along with
    the line that leaves configuration mode, which takes the place of its last ``exit``, and with what is read then.
    """
    running: tuple[Reply, ...] | None = None
    for number, write in enumerate(writes, 1):
        if write.step is None:
            note("building", host=device.name, lines=len(write.lines))
        else:
            stop.check()
            note("switching", host=device.name, line=write.step.words)
        lines = _with_ways_back(write.portions)
        if questions := asked_for(FAMILIES[os], write.step):
            running, replies = None, tuple(agreed_to(device, line, questions) for line in lines)
        elif number < len(writes):
            replies = device.send_batch(lines)
        else:
            last = lines[:-1] if lines[-1] == EXIT else lines
            replies = device.leave(running_commands(device), last)
            replies, running = replies[: len(last)], replies[len(last) :]
        _allow_all(device, replies, write.normal)
    return running_in(device, running) if running is not None else leave_and_read(device)


def _with_ways_back(portions: Sequence[Sequence[str]]) -> list[str]:
    """The lines of all portions, each behind the first after a line that is typed in configuration mode whatever became of those
    before."""
    lines: list[str] = list(portions[0])
    for portion in portions[1:]:
        lines += [ENTER, *portion]
    return lines


def _allow_all(device: Session, replies: Sequence[Reply], normal: Sequence[Sequence[re.Pattern[str]]]) -> None:
    """Raise DeviceRefused for the first answer that no rule allows, or where a sub-mode was left that had not been entered."""
    rules = iter(normal)
    for reply in replies:
        if reply.line != ENTER:
            _allow(device.name, (reply,), next(rules))
        elif reply.in_exec:
            raise DeviceRefused(
                f"{device.name}: the device left configuration mode unexpectedly, and configuration mode was entered again"
            )


def leave_and_read(device: Session) -> Configuration:
    """Leave configuration mode, if it is not left yet; the running configuration. Raises NotKnown."""
    return running_in(device, device.leave(running_commands(device)))


def _allow(host: str, replies: Sequence[Reply], normal: Sequence[re.Pattern[str]]) -> None:
    for reply in replies:
        if not _is_normal(reply.text.strip(), normal):
            raise DeviceRefused(f"{host}: line {reply.line!r} was answered with {reply.words!r}")


def _is_normal(text: str, normal: Sequence[re.Pattern[str]]) -> bool:
    """True for silence, for an answer that a rule allows, and for several of them, each on lines of its own."""

    def allowed(words: str) -> bool:
        return any(pattern.fullmatch(words) for pattern in normal)

    return not text or allowed(text) or all(allowed(line.strip()) for line in text.splitlines() if line.strip())
