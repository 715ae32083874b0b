"""A rehearsal that can have no lab says why in one sentence, and leaves no run behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_without_what_plays_ssh(tmp_path: Path) -> None:
    """Where asyncssh is not installed a rehearsal of devices with SSH names the extra, without a traceback, as JSON too."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "asyncssh.py").write_text("raise ImportError('not installed here')\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "XDG_STATE_HOME": str(tmp_path)}
    places = ["--inventory", str(ROOT / "inventory"), "--runs", str(tmp_path / "runs"), "--lab"]
    for command in (["deploy-l2l", "lisbon", "--plan"], ["verify", "lisbon", "--json"]):
        line = [str(Path(sys.executable).parent / "nr-run"), *command, *places]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=240, check=False)
        told = json.loads(done.stdout)["error"] if "--json" in command else done.stderr
        assert done.returncode == 1, told
        assert "the lab cannot be used: " in told
        assert "nr-run[lab]" in told
        assert "Traceback" not in done.stderr
    assert not list((tmp_path / "runs").glob("2*"))
