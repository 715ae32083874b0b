"""A Dask cluster of real processes for a module: the example that is shipped, with its certificates, and a tunnel in the lab."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from nr_run.runbooks.far.seal import REFERENCE

from .. import warm
from ..conftest import ROOT, SPEED, Done, Rehearsal
from ..verify.estate import TUNNEL, Estate, estate_in
from ..warm import start_lab

if TYPE_CHECKING:
    from .at_work import Clear

NAMES = ("worker-0", "worker-1")
KEY = "0123456789-a-key-of-the-cluster-abcdefghij"


def example() -> ModuleType:
    """examples/dask/cluster.py."""
    spec = importlib.util.spec_from_file_location("example_cluster", ROOT / "examples" / "dask" / "cluster.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Cluster:
    """The example's cluster, and nr-run on it."""

    estate: Estate
    folder: Path
    module: ModuleType
    scheduler: subprocess.Popen[bytes]
    address: str
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What nr-run and every process of the cluster has."""
        return {**self.estate.environment, **self.module.environment(self.folder)}

    @property
    def recording(self) -> dict[str, str]:
        """The environment of a worker that writes down what passes it."""
        return _recording(self.folder)

    def begin_worker(self, name: str, environment: Mapping[str, str] | None = None) -> None:
        """One more worker, which has joined when this returns."""
        (self.folder / f"{name}.log").unlink(missing_ok=True)
        with changed({**self.environment, **(environment or {})}):
            process = self.workers[name] = self.module.begin_worker(self.folder, self.address, name)
        wait_for_worker(self.folder / f"{name}.log")
        assert process.poll() is None

    def end_worker(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """It is gone when this returns."""
        process = self.workers.pop(name)
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        process.send_signal(how)
        process.wait(60)

    def arguments(self, command: str, *words: str) -> list[str]:
        """A command line on this cluster."""
        places = ["--inventory", str(self.estate.inventory), "--runs", str(self.estate.runs)]
        return [str(Path(sys.executable).parent / "nr-run"), command, *words, "--scheduler", self.address, *places]

    def run(self, command: str, *words: str, **environment: str) -> Done:
        """A command on this cluster, to its end."""
        done = warm.run(self.arguments(command, *words), {**self.environment, **environment})
        return Done(done.returncode, done.stdout, done.stderr)

    def end(self) -> None:
        """All of it."""
        for name in list(self.workers):
            self.end_worker(name)
        self.scheduler.kill()
        self.scheduler.wait(60)


def wait_for_worker(log: Path) -> None:
    """Until it has joined its scheduler, or has ended before."""
    Rehearsal.wait_until(lambda: "Registered to" in log.read_text() or "End worker" in log.read_text(), seconds=60)


def changed(environment: Mapping[str, str]) -> pytest.MonkeyPatch:
    """A context in which the processes that begin have this environment."""
    return _Environment(environment)  # type: ignore[return-value]


class _Environment:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._new, self._old = dict(environment), dict(os.environ)

    def __enter__(self) -> None:
        os.environ.clear()
        os.environ.update(self._new)

    def __exit__(self, *_: object) -> None:
        os.environ.clear()
        os.environ.update(self._old)


def _recording(folder: Path) -> dict[str, str]:
    """The environment of a scheduler or worker that writes down what passes it."""
    preload = json.dumps(["recording_comms"])
    return {
        "NR_RUN_TEST_RECORD": str(folder / "passed"),
        "PYTHONPATH": str(Path(__file__).parent),
        "DASK_DISTRIBUTED__SCHEDULER__PRELOAD": preload,
        "DASK_DISTRIBUTED__WORKER__PRELOAD": preload,
    }


def begin_cluster(estate: Estate, folder: Path, workers: int = 2) -> Cluster:
    """Scheduler and workers, each writing down what passes it."""
    module = example()
    module.make_certificates(folder)
    record = _recording(folder)
    (folder / "passed").mkdir()
    with changed({**estate.environment, **module.environment(folder), **record}):
        scheduler, address = module.begin_scheduler(folder)
    made = Cluster(estate, folder, module, scheduler, address)
    try:
        for name in NAMES[:workers]:
            made.begin_worker(name, record)
    except BaseException:
        made.end()
        raise
    return made


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Two routers, a tunnel between them that is up, and the key of a cluster among the credentials."""
    folder = tmp_path_factory.mktemp("far")
    with start_lab(folder / "lab", speed=SPEED) as lab:
        made = estate_in(lab, folder)
        (lab.credentials / REFERENCE.partition(":")[2]).write_text(KEY + "\n")
        made.deploy(TUNNEL)
        yield made


@pytest.fixture(scope="session")
def _cluster(estate: Estate) -> Iterator[Cluster]:
    made = begin_cluster(estate, estate.folder / "cluster")
    yield made
    made.end()


@pytest.fixture
def cluster(_cluster: Cluster) -> Cluster:
    """Two workers of it, of which a test may kill one."""
    for name in NAMES:
        if name not in _cluster.workers:
            _cluster.begin_worker(name, _cluster.recording)
    return _cluster


@pytest.fixture
def clear(cluster: Cluster) -> Iterator[Clear]:
    """The cluster, with no tunnel on its devices."""
    from .at_work import cleared

    with cleared(cluster) as made:
        yield made
