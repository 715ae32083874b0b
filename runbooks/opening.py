"""Open a run: inventory, intent, secrets, lab if wanted, run folder, signals; and close all of it again."""

from __future__ import annotations

import ipaddress
import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nornir.core import Nornir

from ..inventory.errors import NothingMatched
from ..inventory.hosts import load_nornir, platforms_of, with_endpoints
from ..inventory.intent import Tunnel
from ..inventory.intent_files import load_intent
from ..inventory.secrets import Secrets, credential_folders
from ..inventory.validation import validate
from ..tasks.device import Stop, connect_by
from .context import Context, Progress, Waits
from .run_folder import RunFolder, runs_folder
from .signals import on_signals

if TYPE_CHECKING:
    from ..lab.entry import LabHandle

#: A throw-away lab has clocks that run this much faster than ours.
LAB_SPEED = 10.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    runbook: str
    names: tuple[str, ...]
    inventory: Path | None
    runs: Path | None
    lab: bool
    debug: bool
    waits: Waits


@dataclass(frozen=True, slots=True)
class Opened:
    """A run that is ready to begin."""

    context: Context
    tunnels: tuple[Tunnel, ...]
    warnings: tuple[str, ...]
    runs: Path


def inventory_folder(given: Path | None) -> Path:
    """``given``, else ``$NR_RUN_INVENTORY``, else ``inventory`` in the current folder. Raises NothingMatched."""
    folder = given or Path(os.environ.get("NR_RUN_INVENTORY") or "inventory")
    if not (folder / "hosts.yaml").is_file():
        raise NothingMatched(f"{folder} holds no inventory: there is no hosts.yaml; name a folder with --inventory")
    return folder


@contextmanager
def open_run(wanted: Wanted, progress: Progress) -> Iterator[Opened]:
    """A run from start to end. All that can be wrong with inventory and intent is raised before anything is connected."""
    folder = inventory_folder(wanted.inventory)
    nornir = load_nornir(folder)
    intent = load_intent(folder / "vpn")
    tunnels = intent.select(wanted.names)
    platforms = platforms_of(nornir)
    warnings = validate(intent, tunnels, platforms, datetime.now(UTC).date())
    runs = runs_folder(wanted.runs)
    with ExitStack() as stack:
        waits, extra = wanted.waits, _lab_credentials(nornir, tunnels)
        if wanted.lab:
            lab = _throw_away_lab(stack, tunnels, progress)
            nornir = with_endpoints(nornir, {name: (place.host, place.port) for name, place in lab.devices.items()})
            extra = (lab.credentials,)
            scale = 1 / LAB_SPEED
            waits = replace(waits, poll=waits.poll * scale, reconnect_pause=waits.reconnect_pause * scale, scale=scale)
        secrets = Secrets(folders=(*extra, *credential_folders()) if wanted.lab else credential_folders(extra))
        for tunnel in tunnels:
            secrets.preshared_key(tunnel.preshared_key_ref)
        run_folder = RunFolder.make(runs, wanted.runbook, secrets, rehearsal=wanted.lab)
        stack.callback(run_folder.close)
        if wanted.debug:
            stack.callback(_debug_log(run_folder, secrets))
        stop = Stop()
        stack.callback(on_signals(stop, progress))
        nornir = connect_by(nornir, secrets, platforms, tag=run_folder.tag, tell=run_folder.tell)
        stack.callback(nornir.close_connections, on_good=True, on_failed=True)
        context = Context(nornir, intent, platforms, secrets, run_folder, stop, progress, waits)
        yield Opened(context, tunnels, warnings, runs)


def _lab_credentials(nornir: Nornir, tunnels: Sequence[Tunnel]) -> tuple[Path, ...]:
    """Credentials of the rehearsal lab, and only if every device of the run is on this very machine."""
    from ..lab.entry import default_directory

    hosts = {end.local.host for tunnel in tunnels for end in tunnel.ends}
    if all(_is_loopback(nornir.inventory.hosts[host].hostname) for host in hosts):
        return (default_directory() / "credentials",)
    return ()


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return address == "localhost"


def _throw_away_lab(stack: ExitStack, tunnels: Sequence[Tunnel], progress: Progress) -> LabHandle:
    from ..lab.entry import start

    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nr-run-lab-")))
    progress.say("starting a throw-away lab")
    lab = stack.enter_context(start(directory / "lab", speed=LAB_SPEED))
    for tunnel in tunnels:
        for end in tunnel.ends:
            if end.local.host not in lab.devices:
                known = ", ".join(sorted(lab.devices))
                raise NothingMatched(f"the lab has no {end.local.host} (tunnel {tunnel.name}); it plays {known}")
    return lab


class _HidingFormatter(logging.Formatter):
    """Log lines, tracebacks included, with tokens instead of secrets."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._secrets.hide(super().format(record))


class _DebugLog(logging.FileHandler):
    """debug.log; a disk that does not take it ends the log and not the run, which says so at its end."""

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(folder.path / "debug.log", encoding="utf8")
        self._folder = folder
        self._full = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write, as long as that is possible."""
        if not self._full:
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's signature
        """Not logging's own way: a traceback for each line on standard error, with its words as they were given."""
        self._full = True
        self._folder.complaints.append(f"{self.baseFilename} could not be written to its end")

    def close(self) -> None:
        """What was not written yet is lost with the rest."""
        with suppress(OSError):
            super().close()


def _debug_log(folder: RunFolder, secrets: Secrets) -> Callable[[], None]:
    folder.write("debug.log", "")
    handler = _DebugLog(folder)
    handler.setFormatter(_HidingFormatter(secrets))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)

    def close() -> None:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()

    return close
