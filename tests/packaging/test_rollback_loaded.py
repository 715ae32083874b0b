"""A rollback imports nothing: while a device is changed, an upgrade, a full disk or a lack of memory may keep a module away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Notes what is imported when the change is recorded, before the first line is sent, and tells what came in after that.
PROGRAM = """
import sys, threading, time
from pathlib import Path
from nr_run.runbooks.commands.cli import main

before = []

def watch():
    while not any('"recorded"' in journal.read_text() for journal in Path("runs").glob("*/journal.jsonl")):
        time.sleep(0.001)
    before.extend(list(sys.modules))

threading.Thread(target=watch, daemon=True).start()
try:
    main()
except SystemExit as end:
    late = sorted(set(sys.modules) - set(before))
    print("late:", len(before) > 500, end.code, *late, file=sys.stderr)
"""
#: What prints the recap; without it the run says that it cannot, and everything is where it belongs by then.
OF_THE_RECAP = ("rich", "nr_run.runbooks.commands.views")


def _interrupted_at(state: str, journals: Path, run: subprocess.Popen[str]) -> None:
    """Press Ctrl-C as soon as the journal has that state."""
    while run.poll() is None and not any(f'"{state}"' in journal.read_text() for journal in journals.glob("*/journal.jsonl")):
        time.sleep(0.005)
    run.send_signal(signal.SIGINT)


@pytest.mark.parametrize("state", ["armed", "applying"])
def test_a_rollback_is_loaded_before_the_first_line(tmp_path: Path, state: str) -> None:
    """A deploy that is stopped amid its change rolls both devices back, with no module that was not there before it."""
    shutil.copytree(ROOT / "inventory" / "vpn", tmp_path / "inventory" / "vpn")
    for file in (ROOT / "inventory").glob("*.yaml"):
        shutil.copy(file, tmp_path / "inventory")
    command = [sys.executable, "-c", PROGRAM, "deploy-l2l", "hq-branch", "--lab", "--yes", "--runs", "runs"]
    own = {**os.environ, "NR_RUN_LAB_DIR": str(tmp_path / "lab")}
    with subprocess.Popen(command, cwd=tmp_path, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        _interrupted_at(state, tmp_path / "runs", run)
        _, told = run.communicate(timeout=300)
    had, code, *late = told.rpartition("late: ")[2].split()
    # Where the stop comes before the first line of the change, the timers alone are cancelled.
    assert had == "True", told
    assert code in ("20", "130"), told
    assert [name for name in late if not name.startswith(OF_THE_RECAP)] == []
