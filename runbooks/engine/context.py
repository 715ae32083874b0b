"""What every step of a run shares: devices, secrets, run folder, the request to stop, and timeouts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from .plans.readings import Readings
from .rollback.left_behind import LeftBehind
from .verifying.confirmations import Confirming
from .wait_defaults import WORKERS
from .waits import Timeouts

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir.core import Nornir

    from ...inventory.hiding.secrets import Secrets
    from ...inventory.models.platforms import Platform
    from ...services.service import Deployment, Intended, Service
    from ...tasks.device import Stop
    from ..run.folder import RunFolder

__all__ = ["WORKERS", "Context", "Progress", "Quiet", "Run", "Timeouts", "nobody"]


class Progress(Protocol):
    """Where a run tells what it is doing now."""

    def phase(self, host: str, words: str) -> None:
        """A device enters a phase."""

    def say(self, words: str) -> None:
        """Something that concerns the run as a whole."""

    def ended(self, name: str, word: str, number: int, total: int) -> None:
        """One of ``total`` finished as the ``number``-th, with this outcome."""


class Quiet:
    """Progress of a run that nobody watches; the journal has it."""

    def phase(self, host: str, words: str) -> None:
        """Nothing."""

    def say(self, words: str) -> None:
        """Nothing."""

    def ended(self, name: str, word: str, number: int, total: int) -> None:
        """Nothing."""


class Run(Protocol):
    """What the locks of a run need, whatever it does on its devices."""

    @property
    def nornir(self) -> Nornir: ...
    @property
    def platforms(self) -> dict[str, Platform]: ...
    @property
    def folder(self) -> RunFolder: ...
    @property
    def progress(self) -> Progress: ...
    @property
    def timeouts(self) -> Timeouts: ...


def nobody(_deployment: Deployment) -> None:
    """Outside a rehearsal nobody is told to do anything."""


class Context(Struct, frozen=True):
    """One run."""

    nornir: Nornir
    service: Service
    #: What the inventory asks of the service; None where a run goes on from its folder alone.
    intended: Intended | None
    platforms: dict[str, Platform]
    secrets: Secrets
    folder: RunFolder
    stop: Stop
    progress: Progress
    timeouts: Timeouts = field(default_factory=Timeouts)
    #: In a rehearsal, has somebody outside do what the gates of a deployment wait for; on a network nobody is told anything.
    visit: Callable[[Deployment], None] = nobody
    #: What the person who began the run has confirmed; None where nothing is asked: what an earlier run did is only undone.
    confirming: Confirming | None = None
    #: What is told at the end beside the outcomes: what was noticed on the devices, and concerns nothing of the run.
    notices: list[str] = field(default_factory=list)
    #: What devices of several deployments showed at the end of one of them.
    readings: Readings = field(default_factory=Readings)
    #: What its removals had to leave on the devices.
    left_behind: LeftBehind = field(default_factory=LeftBehind)
