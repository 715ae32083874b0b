"""A task that types without end and asks nobody before a line: what a worker does that was frozen and thaws."""

from __future__ import annotations

from nornir.core.task import Result, Task

from nr_run.tasks.device import session


def types_on(task: Task) -> Result:
    """Lines of one access list, an exchange each."""
    device = session(task)
    device.configure()
    for number in range(1, 60_000):
        device.send_batch(["ip access-list extended FROZEN", f"permit ip host 10.{number // 250}.{number % 250}.1 any", "exit"])
    return Result(host=task.host)


def reads(task: Task) -> Result:
    """What the access list has."""
    (reply,) = session(task).send_batch(["show access-lists FROZEN"])
    return Result(host=task.host, result=reply.text)
