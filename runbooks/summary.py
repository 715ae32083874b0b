"""What a run folder says of its run, in one line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from ..inventory.errors import Exit
from .lock_records import living
from .record import journal_of
from .resume import open_tunnels
from .view import console

#: Outcome words of runs that have not ended: at work now; killed with devices in between; killed before anything was sent.
RUNNING, UNFINISHED, INTERRUPTED = "running", "unfinished", Exit.INTERRUPTED.word


@dataclass(frozen=True, slots=True)
class Summary:
    """One run; ``last`` is the last state of its journal."""

    run: str
    runbook: str
    outcome: str
    exit_code: int | None
    tunnels: tuple[str, ...]
    last: str

    @classmethod
    def of(cls, folder: Path) -> Summary:
        """From the files of a run folder; what a crash left out is empty."""
        journal = journal_of(folder) if (folder / "journal.jsonl").is_file() else []
        try:
            report = json.loads((folder / "run.json").read_text(encoding="utf8"))
        except (OSError, ValueError):
            report = {}
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


def summaries(runs: Path) -> list[Summary]:
    """All runs below a folder, oldest first."""
    return [Summary.of(path) for path in sorted(runs.glob("2*-*")) if path.is_dir()]


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
