"""The benchmark runs, compares like with like, and shows what the README says of it."""

from __future__ import annotations

import re
import subprocess
import sys

from .documents import ROOT


def run(*options: str, script: str = "push.py") -> subprocess.CompletedProcess[str]:
    """A benchmark as a process of its own."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_change_takes_a_fraction_of_the_round_trips() -> None:
    """On two devices both sides leave the same configuration, and ours takes less than a fifth of the round trips."""
    done = run("--devices", "2", "--latency", "0", "--threads", "2")
    assert done.returncode == 0, done.stderr
    (row,) = re.findall(r"│\s+2 │\s+0 │\s+[\d.]+ │\s+[\d.]+ │\s+[\d.]+ x │\s+(\d+) │\s+(\d+) │", done.stdout)
    ours, plain = (int(number) for number in row)
    assert ours * 5 < plain
    assert ours <= 20


def test_a_size_that_is_no_number_is_a_wrong_command_line() -> None:
    """`--devices many` is answered with how it is written."""
    done = run("--devices", "many")
    assert done.returncode == 2
    assert "1,20" in done.stderr


def test_the_benchmark_of_a_hub_runs_without_the_other() -> None:
    """It plans, reads back and undoes one more tunnel for each size, and shows a dash for what was not measured."""
    done = run("--entries", "1,40", "--times", "1", "--alone", script="hub.py")
    assert done.returncode == 0, done.stderr
    assert re.findall(r"│\s+(\d+) │\s+[\d.]+ │\s+[\d.]+ │\s+[\d.]+ │\s+- │\s+- │\s+- │", done.stdout) == ["1", "40"]
