"""A runner of Nornir whose threads nobody waits for when the program ends: a device that hangs must not keep a verification."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from queue import Empty, SimpleQueue

from nornir.core.inventory import Host
from nornir.core.task import AggregatedResult, MultiResult, Task


class AtOnce:
    """Up to ``most`` devices at a time, each in a thread of its own."""

    def __init__(self, most: int) -> None:
        """``most`` is one at least."""
        self._most = most

    def run(self, task: Task, hosts: Iterable[Host]) -> AggregatedResult:
        """Nornir's protocol: the results of all, when the last is there."""
        results = AggregatedResult(task.name)
        waiting: SimpleQueue[Host] = SimpleQueue()
        every = list(hosts)
        for host in every:
            waiting.put(host)

        def work() -> None:
            while True:
                try:
                    host = waiting.get_nowait()
                except Empty:
                    return
                made: MultiResult = task.copy().start(host)
                results[host.name] = made

        threads = [threading.Thread(target=work, daemon=True) for _ in every[: self._most]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results
