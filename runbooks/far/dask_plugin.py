"""Nornir's runner ``dask`` for a program of one's own: ``runner={"plugin": "dask", "options": {"scheduler": "tls://..."}}``.

Nornir imports every runner that is installed, also where another one is used: so what this one needs is imported when it is used.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nornir.core.inventory import Host
    from nornir.core.task import AggregatedResult, Task

    from .runner import FarRunner


class DaskRunner:
    """Tasks of modules that the workers have; hosts log in by reference, and what they log in with is on the workers alone.

    The cluster is connected with the first task, and left with ``close_connections()`` or the end of the program.
    """

    #: Sessions and secrets of devices are in other processes: what keeps a journal beside them has to know.
    elsewhere = True

    def __init__(self, scheduler: str) -> None:
        """Raises UsageError for an address that is not ``tls://``, and where Dask is not installed."""
        import atexit

        from .dask_cluster import check_address

        check_address(scheduler)
        self._scheduler = scheduler
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._runner: FarRunner | None = None
        #: Sentences on workers that get no work.
        self.told: list[str] = []
        atexit.register(self.close)

    def run(self, task: Task, hosts: Iterable[Host]) -> AggregatedResult:
        """Nornir's protocol; an error of a device is its result. Raises SecretError, or Unreachable without a worker."""
        from nornir.core.task import AggregatedResult

        from .runner import CLOSING

        if getattr(task.task, "__qualname__", "") == CLOSING:
            self.close()
            return AggregatedResult(task.name)
        return self._connected(task).run(task, hosts)

    def close(self) -> None:
        """The workers let go of the devices."""
        with self._lock:
            self._runner = None
            self._stack.close()

    def _connected(self, task: Task) -> FarRunner:
        from ...inventory.hiding.secrets import Secrets, credential_folders
        from ...tasks.device import Stop
        from .dask_cluster import references_of, through_dask

        with self._lock:
            if self._runner is None:
                secrets = Secrets.of_run(credential_folders())
                also = references_of(task.nornir.inventory.hosts.values())
                opened = through_dask(self._scheduler, secrets, Stop(), self.told.append, changes=True, also=also)
                self._runner = self._stack.enter_context(opened)
            return self._runner
