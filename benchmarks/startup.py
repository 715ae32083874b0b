"""What the start of each command costs, beside Python's own: CPU time of a process and its ratio to `python -c pass`.

    python benchmarks/startup.py --times 7

Medians, each command in turn with bare Python. PYTHONDONTWRITEBYTECODE is taken out of the environment: with it every start
compiles all modules again. What counts are the ratios: seconds depend on the machine.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

NR_RUN = str(Path(sys.executable).parent / "nr-run")
IMPORTS = """from nr_run.runbooks.engine import run_setup, runbook
from nr_run.runbooks.commands import service_command, view
from nr_run.services.l2l import service"""
COMMANDS: dict[str, list[str]] = {
    "--help": [NR_RUN, "--help"],
    "--version": [NR_RUN, "--version"],
    **{
        f"{name} --help": [NR_RUN, *name.split(), "--help"]
        for name in ("deploy-l2l", "remove-l2l", "rollback", "resume", "runs", "show", "parse", "schema", "lab", "lab up")
    },
    "complete: nr-run dep": [NR_RUN],
    "complete: deploy-l2l --ba": [NR_RUN],
    "complete: deploy-l2l TUNNEL": [NR_RUN],
    "runs": [NR_RUN, "runs", "--runs", "/nonexistent"],
    "schema": [NR_RUN, "schema"],
    "imports of a deploy": [sys.executable, "-c", IMPORTS],
}
LINES = {"complete: nr-run dep": "nr-run dep", "complete: deploy-l2l --ba": "nr-run deploy-l2l --ba"}
LINES["complete: deploy-l2l TUNNEL"] = "nr-run deploy-l2l "


def cpu(command: list[str], line: str | None) -> float:
    """Seconds of CPU of one process."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if line is not None:
        environment |= {"_NR_RUN_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@click.command()
@click.option("--times", default=7, help="Measurements of which the median counts.")
def main(times: int) -> None:
    """Print the table."""
    table = Table("command", "CPU ms", "python -c pass", "more, ms", "ratio")
    for name, command in COMMANDS.items():
        pairs = [(cpu([sys.executable, "-c", "pass"], None), cpu(command, LINES.get(name))) for _ in range(times + 1)][1:]
        bare, ours = (statistics.median(found) * 1000 for found in zip(*pairs, strict=True))
        table.add_row(name, f"{ours:.0f}", f"{bare:.0f}", f"{ours - bare:.0f}", f"{ours / bare:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
