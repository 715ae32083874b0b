"""Ask a device what a proof needs to know, its SAs first, and keep what it said."""

from __future__ import annotations

from collections.abc import Sequence

from nornir.core.task import Result, Task

from ..checks.observation import Observation
from ..checks.questions import Question
from ..inventory.errors import DeviceRefused, NotKnown
from .answers import asked
from .device import session
from .gather import asking, refuse_refused, sas_in, texts
from .session import Reply, Session


def observe(task: Task, questions: Sequence[Question] = (), also: tuple[str, ...] = ()) -> Result:
    """Nornir task. ``result`` is (Observation, outputs by command, those of ``also`` among them).

    The SAs are asked for in any case. A device that refuses to show what is asked, or shows what cannot be read, is asked again
    over a fresh login: no SA in such an answer is no SA that is gone. Raises NotKnown when it still does.
    """

    def look(device: Session) -> tuple[Observation, dict[str, str]]:
        system = device.dialect
        needed = [question for question in questions if question.command(system)]
        replies = device.exchange((*asking(system, questions), *also))
        refuse_refused(device.name, replies)
        return sas_in(device.name, system.os, replies, needed), texts(replies)

    device = session(task)
    try:
        seen = look(device)
    except (NotKnown, DeviceRefused):
        device.close()
        seen = asked(task, look)
    return Result(host=task.host, result=seen)


def seen_anyway(task: Task, replies: Sequence[Reply]) -> Observation:
    """What these replies show of the SAs; where they show nothing that can be read, what the device shows when it is asked again.

    Raises NotKnown when that is nothing either.
    """
    try:
        return sas_in(task.host.name, session(task).dialect.os, replies)
    except NotKnown:
        session(task).close()
        return asked(task, lambda device: sas_in(device.name, device.dialect.os, device.exchange(asking(device.dialect))))
