"""Read the SAs of a device, and keep what it said."""

from __future__ import annotations

from collections.abc import Sequence

from nornir.core.task import Result, Task

from ..checks.observation import PHASE_1, PHASE_2, Observation
from ..inventory.errors import DeviceRefused, NotKnown
from .answers import asked
from .device import session
from .gather import refuse_refused, sas_in, texts
from .session import Reply, Session


def observe(task: Task, os: str, also: tuple[str, ...] = ()) -> Result:
    """Nornir task. ``result`` is (Observation, outputs by command, those of ``also`` among them).

    A device that refuses to show them, or shows what cannot be read, is asked again over a fresh login: no SA in such an answer
    is no SA that is gone. Raises NotKnown when it still does.
    """

    def look(device: Session) -> tuple[Observation, dict[str, str]]:
        replies = device.exchange((PHASE_1, PHASE_2, *also))
        refuse_refused(device.name, replies)
        return sas_in(device.name, os, replies), texts(replies)

    device = session(task)
    try:
        seen = look(device)
    except (NotKnown, DeviceRefused):
        device.close()
        seen = asked(task, look)
    return Result(host=task.host, result=seen)


def seen_anyway(task: Task, os: str, replies: Sequence[Reply]) -> Observation:
    """What these replies show of the SAs; where they show nothing that can be read, what the device shows when it is asked again.

    Raises NotKnown when that is nothing either.
    """
    try:
        return sas_in(task.host.name, os, replies)
    except NotKnown:
        session(task).close()
        return asked(task, lambda device: sas_in(device.name, os, device.exchange((PHASE_1, PHASE_2))))
