"""The session is cut after every line on every release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .bench import BRANCH, HQ, bench_of, ended_right

#: Pair, end, and how many lines a build types on it in its longest stay in configuration mode.
LINES = [
    ("applet-revert", HQ, 34),
    ("applet-revert", BRANCH, 20),
    ("asareload-kron", HQ, 22),
    ("asareload-revert", HQ, 22),
]
CUTS = [(pair, device, line) for pair, device, lines in LINES for line in range(1, lines + 1)]


@pytest.mark.parametrize(("pair", "device", "line"), CUTS)
def test_session_cut_after_line(tmp_path: Path, pair: str, device: str, line: int) -> None:
    """A session that is cut after this line is taken up again by a new login, and nobody is called."""
    with bench_of(pair, tmp_path) as bench:
        bench.lab.fault(device, "cut-session-after", str(line))
        code, report = bench.run("--yes")
        assert "cut-session-after" not in bench.lab.status()[device]["faults"], "the fault did not strike"
        assert ended_right(bench, code, report) != "rollback-incomplete", json.dumps(report)
