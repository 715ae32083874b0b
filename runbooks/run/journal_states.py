"""What a journal says of its run: whether it ended, whether it changed something, and which tunnels are unfinished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .authentic import journal_of
from .journal_lines import hosts_named, is_damaged

#: States after which a tunnel is finished; ``closed`` was noted because a person said so.
ENDED = {"done", "rolled-back", "closed"}
#: States of a tunnel for which nothing has been written yet that could be sent.
_BEFORE = {"planned", "confirmed"}


def begun(journal: Sequence[Mapping[str, Any]], name: str) -> set[str]:
    """States that the journal holds of one tunnel."""
    return {line["state"] for line in journal if line.get("tunnel") == name}


def is_unfinished(folder: Path) -> bool:
    """True if the run of this folder was begun and did not end; from the journal alone. Rehearsals do not count."""
    return bool(open_tunnels(folder)) and not is_rehearsal(folder)


def has_changed(folder: Path) -> bool:
    """True if the run changed a tunnel and kept the change, and was neither a rehearsal nor itself a rollback."""
    journal = journal_of(folder)
    changed = any(line["state"] == "done" for line in journal)
    return changed and not is_rehearsal(folder) and journal[0].get("runbook") != "rollback"


def is_rehearsal(folder: Path) -> bool:
    """True if the run of this folder was made in the lab."""
    journal = journal_of(folder)
    return bool(journal and journal[0].get("rehearsal"))


def open_tunnels(folder: Path) -> dict[str, set[str]]:
    """Tunnels of a run that were begun and did not end, and the devices that were touched or armed for them.

    Of a damaged journal all devices that it names: one damaged run holds its own devices, and no others.
    """
    journal = journal_of(folder)
    damaged = is_damaged(journal)
    everywhere = hosts_named(journal) if damaged else set()
    states: dict[str, set[str]] = {}
    hosts: dict[str, set[str]] = {}
    for line in journal:
        if "tunnel" in line:
            states.setdefault(line["tunnel"], set()).add(line["state"])
            hosts.setdefault(line["tunnel"], set(everywhere)).update({line["host"]} if "host" in line else set())
    # The line that says that a tunnel was begun may be the damaged one.
    begun_in = {name for name, seen in states.items() if "recorded" in seen or (damaged and seen - _BEFORE)}
    return {name: hosts[name] for name, seen in states.items() if name in begun_in and not seen & ENDED}
