"""Observe a device for a proof: the SAs first, then the questions of the proof."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from nornir.core.task import Result, Task

from ..checks.observations.observation import Observation
from ..checks.observations.questions import Question
from ..inventory.errors import DeviceRefused, NotKnown
from .answers import asked
from .device import session
from .gather import asking, refuse_refused, sas_in, texts
from .probe import Ping, sent
from .sessions.session import Reply, Session


def observe(task: Task, questions: Sequence[Question] = (), also: tuple[str, ...] = (), own: tuple[str, ...] = ()) -> Result:
    """Nornir task. ``result`` is (Observation, outputs by command, those of ``also`` among them).

    What it answers to the commands of ``own`` is kept as it is, a refusal too: who asks for it judges that.
    The SAs are asked for in any case. A device that refuses to show what is asked, or shows what cannot be read, is asked again
    over a fresh login: no SA in such an answer is no SA that is gone. Raises NotKnown when it still does.
    """

    look = _Look(tuple(questions), also, own)
    device = session(task)
    try:
        seen = look(device)
    except (NotKnown, DeviceRefused):
        device.close()
        seen = asked(task, look)
    return Result(host=task.host, result=seen)


def probe_and_observe(
    task: Task, ping: Ping, questions: Sequence[Question] = (), also: tuple[str, ...] = (), own: tuple[str, ...] = ()
) -> Result:
    """Nornir task: a ping, and in the same write what observe() asks. ``result`` is (Probe, Observation, outputs by command)."""
    look = _Look(tuple(questions), also, own)
    device = session(task)
    probe, replies = sent(device, ping, look.lines(device))
    try:
        seen = look.judged(device, replies)
    except (NotKnown, DeviceRefused):
        device.close()
        seen = asked(task, look)
    return Result(host=task.host, result=(probe, *seen))


class _Look(Struct, frozen=True):
    """One observation of a device."""

    questions: tuple[Question, ...]
    also: tuple[str, ...]
    own: tuple[str, ...]

    def __call__(self, device: Session) -> tuple[Observation, dict[str, str]]:
        return self.judged(device, device.send_batch(self.lines(device)))

    def lines(self, device: Session) -> tuple[str, ...]:
        """What is asked, the SAs first."""
        needed = self._needed(device)
        return (*needed, *(command for command in self.own if command not in needed))

    def _needed(self, device: Session) -> tuple[str, ...]:
        return (*asking(device.dialect, self.questions), *self.also)

    def judged(self, device: Session, replies: Sequence[Reply]) -> tuple[Observation, dict[str, str]]:
        """The observation of these replies, and their texts. Raises NotKnown."""
        asked = self._needed(device)
        refuse_refused(device.name, [reply for reply in replies if reply.line in asked])
        needed = [question for question in self.questions if question.command(device.dialect)]
        return sas_in(device.name, device.dialect.os, replies, needed), texts(replies)


def seen_anyway(task: Task, replies: Sequence[Reply]) -> Observation:
    """What these replies show of the SAs; where they show nothing that can be read, what the device shows when it is asked again.

    Raises NotKnown when that is nothing either.
    """
    try:
        return sas_in(task.host.name, session(task).dialect.os, replies)
    except NotKnown:
        session(task).close()
        return asked(task, lambda device: sas_in(device.name, device.dialect.os, device.send_batch(asking(device.dialect))))
