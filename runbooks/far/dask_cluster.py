"""Devices through the workers of a Dask cluster that is there: connect, greet each worker, and carry messages to and fro."""

from __future__ import annotations

import pickle
import secrets as random_source
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from ...inventory.errors import NrRunError, Unreachable, UsageError
from ...inventory.hiding.secrets import Secrets
from ...tasks.device import Stop
from .dask_agent import PLAIN, REFUSED, serve
from .messages import END, MARGIN, READY, Message, lease_seconds
from .order import RunOrder, build
from .runner import FarRunner
from .seal import Seal
from .wire import Inbox, Outbox

if TYPE_CHECKING:
    from distributed import Client, Future
    from nornir.core.inventory import Host

#: Seconds for the scheduler, and for a worker to answer the greeting: one that is busy with others' work gets none of ours.
CONNECT_SECONDS, GREET_SECONDS = 30.0, 30.0
#: As long as no worker has answered, so long.
ALONE_SECONDS = 180.0
SETTINGS = ("ca-file", "client.cert", "client.key")


class Worker(Struct, eq=False):
    """One worker of the cluster, as this run knows it."""

    address: str
    agent: str
    outbox: Outbox
    inbox: Inbox
    future: Future | None = None
    answered: threading.Event = field(default_factory=threading.Event)
    #: Why it gets no work; empty where it does.
    refused: str = ""
    #: True for one that joined when the run had begun: what becomes of it is told when it is known.
    joined: bool = False

    @property
    def name(self) -> str:
        """For a person."""
        return f"worker {self.address}"

    def send(self, message: Message) -> None:
        """Raises OSError where nothing goes out any more."""
        self.outbox.send(message)

    def end(self) -> None:
        """Where it still hears, it lets go of its devices."""
        with suppress(OSError):
            self.outbox.send((END,))


def check_address(scheduler: str) -> None:
    """Raise UsageError for an address that is not encrypted, and where Dask is not installed."""
    if not scheduler.startswith("tls://"):
        raise UsageError(
            f"--scheduler {scheduler}: give tls://HOST:PORT; over anything else nobody knows who reads along, or answers"
        )
    try:
        import distributed  # noqa: F401 - whether it is there
    except ModuleNotFoundError:
        raise UsageError("--scheduler needs Dask: pip install 'nr-run[dask]'") from None


def references_of(hosts: Iterable[Host]) -> list[str]:
    """What a worker needs to log in to these hosts."""
    return [str(found) for host in hosts for name in ("password_ref", "enable_ref") if (found := host.get(name))]


@contextmanager
def through_dask(
    scheduler: str,
    secrets: Secrets,
    stop: Stop,
    tell: Callable[[str], None],
    *,
    changes: bool,
    also: Iterable[str] = (),
) -> Iterator[FarRunner]:
    """A runner for Nornir whose tasks are done on the workers of this scheduler, until the end.

    ``also`` are references that only the workers need to have. ``tell`` is given a sentence for each worker that gets no work.
    Raises UsageError, SecretError where the key of the cluster is not here, and Unreachable where no worker can do it.
    """
    check_address(scheduler)
    run = f"nr-run-{random_source.token_hex(8)}"
    # The key of the cluster is no secret of the run, and is not kept with those: a later resume takes the one that is there then.
    seal, lease = Seal.of(run, Secrets()), lease_seconds()
    runner = FarRunner(
        secrets, stop, changes=changes, where=scheduler, lease=lease, lets_go=lease + MARGIN, tell=tell if changes else _nobody
    )
    client = _connected(scheduler)
    needed = tuple(also)
    cluster = _Cluster(client, run, seal, runner, lambda: RunOrder.of(run, secrets, learns=changes, also=needed), lease, tell)
    try:
        cluster.greet()
        for worker in cluster.workers:
            if worker.refused:
                tell(f"{worker.name} gets no work: {worker.refused}")
        if not runner.alive:
            why = "; ".join(f"{worker.name}: {worker.refused}" for worker in cluster.workers)
            raise Unreachable(f"no worker of {scheduler} can do this run ({why or 'it has none'})")
        yield runner
    finally:
        runner.close()
        cluster.close()


def _nobody(_sentence: str) -> None:
    """Who only looks waits for nobody."""


def _connected(scheduler: str) -> Client:
    """Raises UsageError where Dask is not told its certificates, Unreachable where the scheduler does not answer."""
    import dask
    from distributed import Client
    from distributed.security import Security

    missing = [name for name in SETTINGS if not dask.config.get(f"distributed.comm.tls.{name}", None)]
    if missing:
        words = ", ".join(f"distributed.comm.tls.{name}" for name in missing)
        raise UsageError(f"--scheduler {scheduler}: Dask's own configuration does not say {words} (docs/how-to/scale.md)")
    try:
        security = Security(require_encryption=True)
        return Client(scheduler, security=security, timeout=CONNECT_SECONDS, set_as_default=False, name="nr-run")
    except (OSError, ValueError, RuntimeError) as error:
        words = str(error).strip().partition("\n")[0] or type(error).__name__
        raise Unreachable(f"the scheduler {scheduler} cannot be reached: {words}") from None


class _Cluster:
    """The workers of one run, and the queue on which they answer."""

    def __init__(
        self,
        client: Client,
        run: str,
        seal: Seal,
        runner: FarRunner,
        order: Callable[[], RunOrder],
        lease: float,
        tell: Callable[[str], None],
    ) -> None:
        from distributed import Queue

        self._client, self._run, self._seal, self._runner = client, run, seal, runner
        self._order, self._lease, self._tell = order, lease, tell
        self._up = Queue(f"{run}-up", client=client)
        self._over = threading.Event()
        self.workers: list[Worker] = []
        self._by_agent: dict[str, Worker] = {}
        #: Addresses of workers that were asked; one that has left and comes back is another process.
        self._asked: set[str] = set()

    def greet(self) -> None:
        """Begin on each worker, and wait until each has answered. Those that join later are asked then."""
        order = self._order()
        for address in self._addresses():
            self._begin(address, order)
        for work in (self._pump, self._watch):
            threading.Thread(target=work, name="nr-run-cluster", daemon=True).start()
        began = time.monotonic()
        while not all(worker.answered.wait(0.05) for worker in self.workers):
            waited = time.monotonic() - began
            if waited > (GREET_SECONDS if self._runner.alive else ALONE_SECONDS):
                break
        for worker in self.workers:
            if not worker.answered.is_set():
                worker.refused = f"it did not answer within {time.monotonic() - began:.0f} seconds"

    def close(self) -> None:
        """Wait a moment until the workers have let go, and leave."""
        from distributed import wait

        futures = [worker.future for worker in self.workers if worker.future is not None and not worker.refused]
        for worker in self.workers:
            worker.outbox.close()
        with suppress(Exception):
            wait(futures, timeout=5)
        self._over.set()
        with suppress(Exception):
            self._up.close()
        with suppress(Exception):
            self._client.close(timeout=5)

    def _addresses(self) -> tuple[str, ...]:
        # Not scheduler_info(), a copy which another thread of Dask writes over meanwhile with one that names no worker.
        return tuple(self._client.nthreads())

    def _begin(self, address: str, order: RunOrder, *, joined: bool = False) -> None:
        from distributed import Queue

        agent = random_source.token_hex(8)
        down = Queue(f"{self._run}-{agent}", client=self._client)
        outbox, inbox = Outbox(down.put, self._seal, f"to {agent}"), Inbox(self._seal, f"from {agent}")
        worker = Worker(address, agent, outbox, inbox, joined=joined)
        self._asked.add(address)
        self.workers.append(worker)
        self._by_agent[agent] = worker
        sealed = self._seal.close(pickle.dumps(order), f"to {agent}")
        worker.future = self._client.submit(
            serve,
            self._run,
            agent,
            build(),
            sealed,
            self._lease,
            key=f"{self._run}-{agent}",
            workers=[address],
            allow_other_workers=False,
            pure=False,
            retries=0,
        )
        worker.future.add_done_callback(lambda future: self._ended(worker, future))

    def _ended(self, worker: Worker, future: Future) -> None:
        """The long task is over before the run is: so nothing more comes of it."""
        if self._over.is_set():
            return
        why = "its work ended"
        with suppress(Exception):
            if future.status == "error":
                error = future.exception()
                why = str(error).strip().partition("\n")[0] if isinstance(error, ImportError) else type(error).__name__
            elif future.status == "finished":
                said = str(future.result(timeout=5))
                why = said.removeprefix(REFUSED) if said.startswith(REFUSED) else why
            elif future.status in ("cancelled", "lost"):
                why = "the scheduler is gone"
        self._lost(worker, why)

    def _lost(self, worker: Worker, why: str) -> None:
        self._refuse(worker, why)
        self._runner.lost(worker, why)

    def _refuse(self, worker: Worker, why: str) -> None:
        if not worker.answered.is_set():
            worker.refused = why
            worker.answered.set()
            if worker.joined:
                self._tell(f"{worker.name} has joined, and gets no work: {why}")

    def _pump(self) -> None:
        while not self._over.is_set():
            try:
                agent, piece = self._up.get(timeout="60s")  # each worker gives a sign of life every few seconds
            except TimeoutError:
                continue
            except Exception:  # noqa: BLE001 - a scheduler that is away, or another one at its address; who stays silent is lost
                time.sleep(0.5)
                continue
            worker = self._by_agent.get(agent)
            if worker is not None:
                self._take(worker, bytes(piece))

    def _take(self, worker: Worker, piece: bytes) -> None:
        if piece[:1] == PLAIN:
            self._refuse(worker, piece[1:].decode("utf8", "replace"))
            return
        try:
            messages = worker.inbox.open(piece[1:])
        except NrRunError as error:
            self._lost(worker, str(error))
            return
        for message in messages:
            if message[0] == READY:
                self._ready(worker, message[1])
            else:
                self._runner.received(worker, message)

    def _ready(self, worker: Worker, known: Any) -> None:
        """It gets work from now on, be it late."""
        self._runner.add(worker, known)
        if worker.joined or worker.refused:
            self._tell(f"{worker.name} has joined, and gets work")
        worker.refused = ""
        worker.answered.set()

    def _welcome(self, there: Collection[str]) -> None:
        """Workers that have joined meanwhile get what waits, and devices that nobody has yet."""
        for address in there:
            if address not in self._asked and not self._over.is_set():
                self._begin(address, self._order(), joined=True)

    def _watch(self) -> None:
        """A worker that has left the cluster, or has joined it, says so to the scheduler alone."""
        missed: set[str] = set()
        while not self._over.wait(1.0):
            try:
                there = self._addresses()
            except Exception:  # noqa: BLE001, S112 - a scheduler that is away is found by silence
                continue
            missing = {address for address in self._asked if address not in there}
            gone = missing & missed
            for worker in list(self.workers):
                if worker.address in gone:
                    self._lost(worker, "it has left the cluster")
            self._asked -= gone
            missed = missing - gone
            with suppress(OSError, RuntimeError, ValueError):  # a scheduler that is away: it is asked again
                self._welcome(there)
