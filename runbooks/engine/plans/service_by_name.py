"""Find the service of an inventory that has the names that a person gave, for commands that work on any service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ....inventory.errors import NothingMatched, UsageError
from ....inventory.files.did_you_mean import hint
from ....inventory.files.hosts import load_nornir, platforms_of
from ....services.registry import Declaration, declared, find
from ..run_setup import inventory_folder
from .every_intent import every_intent


def service_by_name(
    names: Sequence[str], inventory: Path | None, given: str = "", able: Callable[[str], bool] = lambda _service: True
) -> Declaration:
    """The one service that has all of these names, ``given`` if a person has said which; ``able``: it can do what is asked.

    Raises NothingMatched for a name that no service has; UsageError for one that several have which are able, and for names of
    several services: a run is of one. Of services that have a name and none of which is able it gives the first.
    """
    folder = inventory_folder(inventory)
    known = declared().services
    platforms = platforms_of(load_nornir(folder))
    intents = {given: find(given).intended(folder, platforms)} if given else every_intent(folder, platforms)
    every = sorted({name for intended in intents.values() for name in intended.names()})
    found: dict[str, str] = {}
    for name in names:
        having = [service for service, intended in intents.items() if intended.has(name)]
        if not having:
            words = intents[given].not_there(name) if given else f"no service has {name!r}{hint(name, every)}"
            raise NothingMatched(words)
        several = [service for service in having if able(service)]
        if len(several) > 1:
            kinds = " and ".join(f"a {known[service].noun}" for service in several)
            ways = " or ".join(f"--service {service}" for service in several)
            raise UsageError(f"{name} is {kinds}: say which, {ways}")
        found[name] = (several or having)[0]
    if len({*found.values()}) > 1:
        words = ", ".join(f"{name} is a {known[service].noun}" for name, service in found.items())
        raise UsageError(f"{words}: a run is of one kind, so name those of one kind, and the others in a run of their own")
    return known[next(iter(found.values()))]
