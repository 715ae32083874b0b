"""Read the SAs of a device, and keep what it said."""

from __future__ import annotations

from nornir.core.task import Result, Task

from ..checks.observation import PHASE_1, PHASE_2, Observation
from ..inventory.errors import NotKnown
from .answers import asked
from .device import session
from .gather import observation, refuse_refused, texts
from .session import Session


def observe(task: Task, os: str, also: tuple[str, ...] = ()) -> Result:
    """Nornir task. ``result`` is (Observation, outputs by command, those of ``also`` among them).

    A device that refuses to show them is asked again over a fresh login: no SA in such an answer is no SA that is gone. Raises
    NotKnown when it still does.
    """

    def look(device: Session) -> tuple[Observation, dict[str, str]]:
        replies = device.exchange((PHASE_1, PHASE_2, *also))
        refuse_refused(device.name, replies)
        outputs = texts(replies)
        return observation(device.name, os, outputs), outputs

    device = session(task)
    try:
        seen = look(device)
    except NotKnown:
        device.close()
        seen = asked(task, look)
    return Result(host=task.host, result=seen)
