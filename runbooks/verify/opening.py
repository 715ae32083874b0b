"""Open a verification: inventory, the intents of every service, secrets, a folder for the record; and close it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from nornir.core import Nornir

from ...inventory.errors import IntentError, NothingMatched, SecretError
from ...inventory.files.did_you_mean import hint
from ...inventory.files.hosts import load_nornir, platforms_of
from ...inventory.hiding.secrets import Secrets, credential_folders
from ...inventory.models.platforms import Platform
from ...parsers.logs.provider_log import ProviderLog
from ...services.registry import find
from ...services.service import Deployment, Intended
from ...tasks.device import Stop, connect_by
from ..engine.context import Progress, Timeouts
from ..engine.plans.every_intent import every_intent
from ..engine.plans.limit import within
from ..engine.rehearsal.rehearsal_lab import EveryService, rehearse
from ..engine.run_setup import debug_log, inventory_folder, lab_credentials
from ..engine.signals import on_signals
from ..far.elsewhere import elsewhere, refuse_both
from ..run.folder import RunFolder
from ..run.kept_runs import runs_folder
from .kept import FOLDER, make_anywhere
from .provider_log import provider_log


class Asked(Struct, frozen=True):
    """What the command line asks for. ``deadline`` and ``pause`` are seconds."""

    names: tuple[str, ...]
    limits: tuple[str, ...]
    inventory: Path | None
    runs: Path | None
    probe: bool
    deadline: float
    lab: bool = False
    debug: bool = False
    #: Between two looks where nothing is sent: the traffic of users raises counters meanwhile.
    pause: float = 3.0
    #: A file with what the gateway of a far end says.
    provider_log: Path | None = None
    #: The folder of the runs folder in which the record is kept.
    keep_in: str = FOLDER
    #: Whether it is in order that nothing is on the devices that are meant.
    may_be_none: bool = False
    #: Address of a Dask scheduler whose workers talk to the devices; empty where this machine does.
    scheduler: str = ""


class Refused(Struct, frozen=True):
    """One instance whose intent cannot be taken, and why."""

    service: str
    name: str
    why: str


class Selected(Struct, frozen=True):
    """What is verified; ``told`` are sentences on it."""

    deployments: tuple[Deployment, ...]
    refused: tuple[Refused, ...]
    told: tuple[str, ...]


class Opened(Struct, frozen=True):
    """A verification that is ready to begin. Has what the locks of a run look at, and holds none."""

    nornir: Nornir
    platforms: dict[str, Platform]
    secrets: Secrets
    folder: RunFolder
    progress: Progress
    timeouts: Timeouts
    stop: Stop
    asked: Asked
    runs: Path
    intended: Mapping[str, Intended]
    selected: Selected
    #: Token of each reference, None where its value is not at hand.
    keys: Mapping[str, str | None]
    provider: ProviderLog | None = None
    #: Why its record cannot be kept; empty where it can.
    unkept: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every device that is looked at, once."""
        return tuple(dict.fromkeys(host for deployment in self.selected.deployments for host in deployment.hosts))


@contextmanager
def open_verification(asked: Asked, progress: Progress) -> Iterator[Opened]:
    """From start to end. What can be wrong with the inventory as a whole is raised before anything is connected."""
    folder = inventory_folder(asked.inventory)
    nornir = load_nornir(folder)
    platforms = platforms_of(nornir)
    intended = every_intent(folder, platforms)
    selected = _within(select(intended, asked.names, datetime.now(UTC).date()), nornir, asked)
    provider = provider_log(asked.provider_log, selected.deployments)
    runs = runs_folder(asked.runs)
    timeouts = Timeouts()
    with ExitStack() as stack:
        refuse_both(asked.scheduler, lab=asked.lab)
        hosts = [host for deployment in selected.deployments for host in deployment.hosts]
        if asked.lab:
            played = rehearse(stack, nornir, EveryService(), selected.deployments, hosts, platforms, progress)
            nornir, secrets, timeouts = played.nornir, played.secrets, replace(timeouts, scale=played.scale)
        else:
            secrets = Secrets.of_run(credential_folders(lab_credentials(nornir, selected.deployments, ())))
        run_folder, unkept = make_anywhere(runs, secrets, stack, asked.keep_in)
        stack.callback(run_folder.close)
        if asked.debug:
            stack.callback(debug_log(run_folder, secrets))
        stop = Stop()
        stack.callback(on_signals(stop, progress, changes=False))
        patience = max(1.0, min(30.0, asked.deadline))
        nornir = connect_by(nornir, secrets, platforms, patience, tag=run_folder.tag, tell=run_folder.tell)
        keys = _keys(secrets, selected.deployments)
        if asked.scheduler:
            nornir = stack.enter_context(elsewhere(asked.scheduler, nornir, hosts, secrets, stop, progress.say, changes=False))
        yield Opened(
            nornir,
            platforms,
            secrets,
            run_folder,
            progress,
            timeouts,
            stop,
            asked,
            runs,
            intended,
            selected,
            keys,
            provider,
            unkept,
        )


def select(intended: Mapping[str, Intended], names: Sequence[str], today: date) -> Selected:
    """What these names mean over all services, or all that is active. Raises NothingMatched with the nearest name."""
    known = {service: one.names() for service, one in intended.items()}
    missing = [name for name in names if not any(one.has(name) for one in intended.values())]
    if missing:
        every = [name for of_service in known.values() for name in of_service]
        raise NothingMatched("\n".join(f"no service is named {name!r}{hint(name, every)}" for name in missing))
    parts = []
    for service, one in intended.items():
        wanted = tuple(name for name in dict.fromkeys(names) if one.has(name)) if names else known[service]
        if wanted:
            parts.append(_select(service, one, wanted, today))
    if not parts:
        raise NothingMatched("nothing is active: no intent of the inventory has anything to verify")
    return Selected(
        tuple(item for part in parts for item in part.deployments),
        tuple(item for part in parts for item in part.refused),
        tuple(item for part in parts for item in part.told),
    )


def _select(service: str, intended: Intended, names: Sequence[str], today: date) -> Selected:
    """One service. Where one of its intents is refused the others are verified all the same."""
    try:
        deployments, warnings = intended.select(names, today, removal=False)
    except IntentError as error:
        if len(names) > 1:
            parts = [_select(service, intended, [name], today) for name in names]
            return Selected(
                tuple(item for part in parts for item in part.deployments),
                tuple(item for part in parts for item in part.refused),
                tuple(item for part in parts for item in part.told),
            )
        return _although(service, intended, names[0], today, str(error))
    return Selected(deployments, (), warnings)


def _although(service: str, intended: Intended, name: str, today: date, why: str) -> Selected:
    """What may not be built any more (a waiver is over) stands on the devices still, and is looked at as it was built."""
    try:
        deployments, _ = intended.select([name], today, removal=True)
    except (IntentError, NothingMatched):
        return Selected((), (Refused(service, name, why),), ())
    return Selected(deployments, (), (f"{name}: {why}",))


def _within(selected: Selected, nornir: Nornir, asked: Asked) -> Selected:
    """Those with a member on one of the devices that are meant. Raises NothingMatched where that leaves none."""
    limits = asked.limits
    if not limits:
        return selected
    left = within(selected.deployments, nornir, limits, may_be_none=asked.may_be_none)
    return replace(selected, deployments=left, refused=())


def _keys(secrets: Secrets, deployments: Sequence[Deployment]) -> dict[str, str | None]:
    """A job may have no keys: what rests on one is then not compared."""
    keys: dict[str, str | None] = {}
    for deployment in deployments:
        for reference in find(deployment.service).references(deployment):
            if reference not in keys:
                try:
                    keys[reference] = secrets.preshared_key(reference)
                except SecretError:
                    keys[reference] = None
    return keys
