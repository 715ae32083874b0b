"""Which objects of a device earlier runs made, by their records: the last run that made or removed an object decides.

It is asked of what carries no name of ours, as a user does, so that nothing goes which was there before. A record counts only
where the run key vouches for it and its journal says that the change was kept. A run that was pruned, or is kept elsewhere, says
nothing: then the object stays, and is named.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...changes.config_object import ConfigObject, Key
from ...changes.families import FAMILIES
from ...inventory.errors import NrRunError
from .authentic import RunSeal, journal_of
from .folder import canonical
from .journal_states import is_rehearsal
from .record_formats import READABLE, migrated
from .run_names import run_names

#: How many runs are searched, newest first; what none of them says is not known.
MOST = 2000


def made_before(run: Path, host: str, os: str, wanted: Collection[Key]) -> frozenset[Key]:
    """Those of the ``wanted`` objects of a device that a run made and none has taken away since.

    ``run`` is the folder of the run that asks. A rehearsal asks the runs of rehearsals, any other run those of the network.
    """
    rehearsal = is_rehearsal(run)
    known: dict[Key, bool] = {}
    for name in reversed(run_names(run.parent)[-MOST:]):
        if known.keys() >= {*wanted}:
            break
        for member in _kept(run.parent / name, host, rehearsal=rehearsal):
            for word, is_made in (("created", True), ("removed", False)):
                for key in _keys(os, member, word):
                    known.setdefault(key, is_made)
    return frozenset(key for key in wanted if known.get(key))


def _kept(run: Path, host: str, *, rehearsal: bool) -> Iterator[Mapping[str, Any]]:
    """What the run kept on this device, of each deployment the last one first."""
    try:
        paths = {path.parent.name: path for path in run.glob("*/record.json")}
        if not paths or is_rehearsal(run) is not rehearsal:
            return
        done = [line["tunnel"] for line in journal_of(run) if line["state"] == "done" and line.get("tunnel") in paths]
    except (NrRunError, OSError):
        return
    for name in reversed(done):
        data = _record(paths[name])
        yield from (member for member in data.get("members", ()) if member["host"] == host and not data.get("trial"))


def _record(path: Path) -> Mapping[str, Any]:
    """What a record says; nothing where it is not what the run wrote, or is of a format that nobody vouches for."""
    try:
        data = json.loads(path.read_text(encoding="utf8"))
        seal, code = RunSeal.of(path.parent.parent.name), data.pop("mac", None)
        if seal is None or data["format"] not in READABLE:
            return {}
        seal.check(f"{path.parent.name}/{path.name}", canonical(data), code, str(path))
        return migrated(data)
    except (NrRunError, OSError, ValueError, KeyError, TypeError):
        return {}


def _keys(os: str, member: Mapping[str, Any], word: str) -> Iterator[Key]:
    families = {family.name: family for family in FAMILIES[os]}
    for change in member["changes"]:
        for item in change[word]:
            family = families.get(item["family"])
            if family is not None:
                yield ConfigObject(family, item["header"], tuple(item["children"])).key
