"""Files that a configuration names: there before its first line, by their hash, and gone with it.

A file is named by its content, so nothing is ever written over, and one that an interrupted run has left does no harm: it is the
right one, or is rewritten. What this run wrote is known by its journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...inventory.errors import NrRunError
from ...services.besides import WithFiles
from ...tasks.device_files import place, take_away
from ..run.authentic import journal_of
from .context import Context
from .nornir_run import run_on, run_on_all
from .planning import DeploymentPlan

PLACING_FILES = "placing-files"


def place_files(context: Context, plan: DeploymentPlan) -> None:
    """Write what the configuration of a plan will name, unless it is there. Raises the error of a device that refuses it."""
    service = context.service
    if not isinstance(service, WithFiles) or plan.removal:
        return
    wanted = {end.host: service.files(plan.deployment, end.host) for end in plan.members if end.change}
    wanted = {host: files for host, files in wanted.items() if files}
    for host, files in wanted.items():
        context.progress.phase(host, f"write {', '.join(file.name for file in files)} and see by the hash that it is right")
        for file in files:
            context.folder.write(f"{plan.name}/{host}/files/{file.name}", file.text)
        context.folder.note(PLACING_FILES, tunnel=plan.name, host=host, files=[file.url for file in files])
    if wanted:
        run_on_all(context.nornir, place, {host: {"files": files} for host, files in wanted.items()})


def take_placed(context: Context, plan: DeploymentPlan) -> None:
    """Remove what this run wrote for a plan that was rolled back, unless the device named it before."""
    if not isinstance(context.service, WithFiles) or plan.removal:
        return
    before = {end.host: end.snapshot.running.text for end in plan.members}
    placed: dict[str, list[str]] = {}
    for line in journal_of(context.folder.path):
        if line["state"] == PLACING_FILES and line.get("tunnel") == plan.name and line.get("host") in before:
            host = str(line["host"])
            placed.setdefault(host, []).extend(url for url in line["files"] if url not in before[host])
    _take(context, placed)


def take_left(context: Context, plan: DeploymentPlan) -> None:
    """Remove what the configuration named that was removed. It is gone then, so nothing rests on it."""
    service = context.service
    if isinstance(service, WithFiles) and plan.removal:
        _take(context, {end.host: service.files_in(end.change) for end in plan.members})


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
            context.notices.append(f"{host}: {names} may be on its flash still, and nothing names it any more ({what})")
