"""What the start of each command costs, beside `python -c pass`: every command that `nr-run --help` lists, and completion."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from measuring import NR_RUN, Row, Sample, Sides, process

#: A process that starts for less than a tenth of a second is measured so many times for a turn.
REPEATS = 5
COMPLETIONS = ("nr-run dep", "nr-run deploy-l2l --ba", "nr-run deploy-l2l ")
#: As the command imports them: it has Python look for garbage less often first.
IMPORTS = """
import gc
from nr_run.runbooks.commands.cli import GARBAGE
gc.set_threshold(*GARBAGE)
from nr_run.runbooks.engine import run_setup, runbook
from nr_run.services.l2l import service
"""


def _turn(command: Sequence[str], line: str | None) -> Sample:
    own = dict(os.environ)
    if line is not None:
        own |= {"_NR_RUN_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    costs = [process(command, own, quiet=True).sample for _ in range(REPEATS)]
    return {name: sum(cost[name] for cost in costs) / REPEATS for name in costs[0]}


@contextmanager
def _opened(command: Sequence[str], line: str | None) -> Iterator[Sides]:
    yield {"nr-run": partial(_turn, command, line), "bare Python": partial(_turn, [sys.executable, "-c", "pass"], None)}


def commands() -> list[str]:
    """What `nr-run --help` lists."""
    told = subprocess.run([NR_RUN, "--help"], capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200"})
    listed = told.stdout[told.stdout.index("Commands:") :] if "Commands:" in told.stdout else told.stdout
    return re.findall(r"^  ([a-z][a-z0-9-]+)  +\S", listed, re.MULTILINE)


def rows() -> Iterator[Row]:
    """One row a command."""
    yield Row("start/--version", partial(_opened, [NR_RUN, "--version"], None), quick=True)
    yield Row("start/--help", partial(_opened, [NR_RUN, "--help"], None), quick=True)
    for name in commands():
        yield Row(f"start/{name} --help", partial(_opened, [NR_RUN, name, "--help"], None), quick=name == "deploy-l2l")
    for line in COMPLETIONS:
        yield Row(f"start/complete '{line}'", partial(_opened, [NR_RUN], line), quick=line.endswith("dep"))
    yield Row("start/imports of a deploy", partial(_opened, [sys.executable, "-c", IMPORTS], None), quick=True)
