"""One run in one line, from its folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from msgspec import Struct
from rich import box
from rich.table import Table

from ...inventory.errors import Exit
from ..commands.views.screen import console
from ..locking.lock_records import living
from .authentic import RunSeal, Tampered, journal_of
from .folder import canonical
from .journal_lines import refuse_damaged
from .journal_states import open_tunnels
from .run_names import run_names
from .shapes import Unreadable

#: Outcome words of runs that have not ended: at work now; killed with devices in between; killed before anything was sent.
RUNNING, UNFINISHED, INTERRUPTED = "running", "unfinished", Exit.INTERRUPTED.word
#: Of a run whose journal is damaged: nr-run show says where.
UNREADABLE = "unreadable"


class Summary(Struct, frozen=True):
    """One run; ``last`` is the last state of its journal."""

    run: str
    runbook: str
    outcome: str
    exit_code: int | None
    tunnels: tuple[str, ...]
    last: str

    @classmethod
    def of(cls, folder: Path) -> Summary:
        """From the files of a run folder; what a crash left out is empty.

        Raises Tampered where a file was changed since, Unreadable where the journal is damaged.
        """
        journal = journal_of(folder)
        refuse_damaged(folder / "journal.jsonl", journal)
        report = _report(folder, journal)
        tunnels = {line["tunnel"]: None for line in journal if "tunnel" in line}
        return cls(
            run=folder.name,
            runbook=journal[0].get("runbook", "") if journal else "",
            outcome=report.get("outcome") or _not_ended(folder),
            exit_code=report.get("exit_code"),
            tunnels=tuple(tunnels),
            last=next((line["state"] for line in reversed(journal) if line["state"] != "told"), ""),
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "run": self.run,
            "runbook": self.runbook,
            "outcome": self.outcome,
            "exit_code": self.exit_code,
            "tunnels": list(self.tunnels),
            "last_state": self.last,
        }


def _not_ended(folder: Path) -> str:
    if living(folder.parent, folder.name):
        return RUNNING
    return UNFINISHED if open_tunnels(folder) else INTERRUPTED


def _report(folder: Path, journal: list[dict[str, Any]]) -> dict[str, Any]:
    """run.json, verified to be the run's where its journal is. Raises Tampered."""
    path = folder / "run.json"
    try:
        report = json.loads(path.read_text(encoding="utf8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(report, dict):
        return {}
    seal = _seal_of(folder, journal)
    if seal:
        code = report.pop("mac", None)
        seal.check(path.name, canonical(report), code, str(path))
    return report


def _seal_of(folder: Path, journal: list[dict[str, Any]]) -> RunSeal | None:
    """What the run vouched with, if it is this machine's key."""
    seal = RunSeal.of(folder.name)
    return seal if seal and journal and journal[0].get("key") == seal.key_id else None


def recap_of(folder: Path) -> str | None:
    """recap.txt, verified to be the run's where that is possible; None where there is none. Raises Tampered."""
    path, journal = folder / "recap.txt", journal_of(folder)
    try:
        text = path.read_text(encoding="utf8", errors="replace")
    except OSError:
        return None
    seal = _seal_of(folder, journal)
    if seal:
        seal.check(path.name, text, _report(folder, journal).get("recap_mac"), str(path))
    return text


def summaries(runs: Path, newest: int | None = None) -> tuple[list[Summary], int]:
    """The ``newest`` runs below a folder, oldest first, or all of them, and how many older ones there are.

    One whose files were changed since says so.
    """
    names = run_names(runs)
    shown = names if newest is None else names[max(0, len(names) - newest) :]
    return [_summary(runs / name) for name in shown if (runs / name).is_dir()], len(names) - len(shown)


def _summary(path: Path) -> Summary:
    try:
        return Summary.of(path)
    except Tampered:
        return Summary(path.name, "", "changed by somebody", None, (), "")
    except Unreadable:
        return Summary(path.name, "", UNREADABLE, None, (), "")


def table(found: list[Summary]) -> None:
    """Print them for a person."""
    made = Table(box=box.SIMPLE, pad_edge=False, header_style="bold")
    for name in ("run", "runbook", "outcome", "exit", "tunnels"):
        made.add_column(name)
    for item in found:
        code = "-" if item.exit_code is None else str(item.exit_code)
        outcome = f"{item.outcome} ({item.last})" if item.outcome in (RUNNING, UNFINISHED) else item.outcome
        made.add_row(item.run, item.runbook or "?", outcome, code, ", ".join(item.tunnels))
    console().print(made)
