"""Files that a configuration names: written and verified by hash before its first line, and removed after its last.

A file is named by its content, so nothing is ever written over, and one that an interrupted run has left does no harm: it is the
right one, or is rewritten. What this run wrote is known by its journal. What an earlier run wrote is in its folder, so that a
rollback has it back where it is not on the flash any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...changes.device_file import DeviceFile
from ...inventory.errors import DeviceRefused, NrRunError
from ...services.besides import WithFiles
from ...tasks.device_files import place, take_away
from ..run.authentic import journal_of
from ..run.kept_files import kept_file
from .context import Context
from .nornir_run import run_on, run_on_all
from .plans.planning import DeploymentPlan, MemberPlan

PLACING_FILES = "placing-files"


def place_files(context: Context, plan: DeploymentPlan) -> None:
    """Write what the configuration of a plan will name, unless it is there.

    Raises the error of a device that refuses it, and DeviceRefused for one of before that nobody has any more.
    """
    service = context.service
    if not isinstance(service, WithFiles):
        return
    wanted = {end.host: tuple(_files(context, service, plan, end)) for end in plan.members if end.change}
    wanted = {host: files for host, files in wanted.items() if files}
    for host, files in wanted.items():
        context.progress.phase(host, f"write {', '.join(file.name for file in files)} and see by the hash that it is right")
        for file in files:
            context.folder.write(f"{plan.name}/{host}/files/{file.name}", file.text)
        context.folder.note(PLACING_FILES, tunnel=plan.name, host=host, files=[file.url for file in files])
    if wanted:
        run_on_all(context.nornir, place, {host: {"files": files} for host, files in wanted.items()})


def _files(context: Context, service: WithFiles, plan: DeploymentPlan, end: MemberPlan) -> Iterator[DeviceFile]:
    """What the intent brings along, what the configuration names that comes back, and what the way back would name again.

    Of what is not the intent's an earlier run has kept a copy. A device takes no line that names a file which it has not.
    """
    brought = {file.url: file for file in service.files(plan.deployment, end.host)}

    def of(url: str) -> DeviceFile | None:
        return brought.get(url) or kept_file(context.folder.path, plan.name, end.host, url, service.is_file)

    named = service.files_named(end.change)
    if not (plan.removal or plan.back):
        yield from (file for file in brought.values() if file.url not in named)
    for url in named:
        file = of(url)
        if file is None:
            raise DeviceRefused(f"{end.host}: what was in {url} is in no run that is kept here, so it cannot be restored")
        yield file
    yield from (file for url in service.files_in(end.change) if (file := of(url)) is not None)


def take_placed(context: Context, plan: DeploymentPlan, hosts: Iterable[str]) -> None:
    """Remove what this run wrote on these devices for a plan that was rolled back, unless the device named it before."""
    placed = _placed(context, plan)
    _take(context, {host: placed[host] for host in hosts if host in placed})


def still_placed(context: Context, plan: DeploymentPlan, hosts: Iterable[str]) -> list[str]:
    """What this run wrote on these devices, which are not as they were: a sentence each for the person who fixes them."""
    try:
        placed = _placed(context, plan)
    except NrRunError as error:
        # Which files there are is in the journal alone.
        return (
            [f"whether files of this run are on a flash is not known: {error}"] if isinstance(context.service, WithFiles) else []
        )
    return [
        f"{host}: {', '.join(placed[host])} was written to its flash by this run and stays, since its configuration may name it: "
        f"when that is as it was, delete it ({'; '.join(f'delete /force {url}' for url in placed[host])})"
        for host in hosts
        if placed.get(host)
    ]


def _placed(context: Context, plan: DeploymentPlan) -> Mapping[str, list[str]]:
    """What this run wrote for a plan, by device, and the device did not name before."""
    if not isinstance(context.service, WithFiles):
        return {}
    before = {end.host: end.snapshot.running.text for end in plan.members}
    placed: dict[str, list[str]] = {}
    for line in journal_of(context.folder.path):
        if line["state"] == PLACING_FILES and line.get("tunnel") == plan.name and line.get("host") in before:
            host = str(line["host"])
            placed.setdefault(host, []).extend(url for url in line["files"] if url not in before[host])
    return placed


def take_left(context: Context, plan: DeploymentPlan) -> None:
    """Remove what the configuration named that was removed, or rolled back: it is gone then, so nothing rests on it.

    What gave way to another file stays, since a rollback names it again, and is told; it goes with the rest in the end.
    """
    service = context.service
    if not isinstance(service, WithFiles):
        return
    gone = {end.host: service.files_in(end.change) for end in plan.members if end.change}
    if plan.removal:
        there = {end.host: service.files_there(plan.deployment, end.snapshot.outputs) for end in plan.members if end.change}
        _take(context, {host: (*gone[host], *there[host]) for host in gone})
    elif plan.back:
        _take(context, gone)
    else:
        _tell(context, gone)


def _tell(context: Context, gone: Mapping[str, Sequence[str]]) -> None:
    for host, urls in gone.items():
        for url in urls:
            context.notices.append(f"{host}: {url} stays in its flash although nothing refers to it: a rollback would need it")


def _take(context: Context, urls: Mapping[str, Iterable[str]]) -> None:
    wanted = {host: {"urls": tuple(dict.fromkeys(found))} for host, found in urls.items()}
    wanted = {host: words for host, words in wanted.items() if words["urls"]}
    if not wanted:
        return
    left, errors = run_on(context.nornir, take_away, wanted, at_all_costs=True)
    for host in wanted:
        found: Iterable[str] | NrRunError = errors.get(host) or left[host]
        if found:
            what = found if isinstance(found, NrRunError) else f"it does not say that {', '.join(found)} is gone"
            names = ", ".join(wanted[host]["urls"])
            context.notices.append(f"{host}: {names} may still be in its flash, although nothing refers to it ({what})")
