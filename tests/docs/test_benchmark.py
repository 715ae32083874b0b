"""The benchmark runs, compares like with like, and shows what the README says of it."""

from __future__ import annotations

import re
import subprocess
import sys

from .documents import ROOT


def run(*options: str, script: str = "push.py", seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """A benchmark as a process of its own."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)


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


def test_the_benchmark_of_a_verification_verifies() -> None:
    """Each tunnel of the hub is up by the verification that is measured, which takes six exchanges at most."""
    done = run("--tunnels", "3", "--times", "1", script="verify.py", seconds=600)
    assert done.returncode == 0, done.stderr
    (trips,) = re.findall(r"│\s+3 │(?:\s+[\d.]+ │){4}\s+(\d+) │(?:\s+[\d.]+ │){3}", done.stdout)
    assert int(trips) <= 6 + 2  # the login is counted here


def test_the_benchmark_of_a_hub_runs_without_the_other() -> None:
    """It plans, reads back and removes one more tunnel for each size and form, and shows a dash for what was not measured."""
    done = run("--lines", "300,600", "--entries", "20", "--times", "1", "--alone", script="hub.py")
    assert done.returncode == 0, done.stderr
    found = re.findall(r"│\s+(\d+) │\s+20 │\s+(\w+) │\s+[\d.]+ │\s+[\d.]+ │\s+[\d.]+ │\s+- │", done.stdout)
    assert found == [("300", "named"), ("300", "numbered"), ("600", "named"), ("600", "numbered")]
