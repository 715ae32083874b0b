"""The key for run folders appears whole: whoever makes it, how many do at once, and whatever ends them."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nr_run.inventory.errors import SecretError
from nr_run.runbooks.run.authentic import RunSeal
from nr_run.runbooks.run.run_key import key_file, read_key

MAKES = "import sys; from nr_run.runbooks.run.run_key import read_key; sys.stdin.read(1); print(read_key(make=True).decode())"


def made_by(count: int, environment: dict[str, str]) -> list[str]:
    """The keys that so many first runs have, which begin at once."""
    line = [sys.executable, "-c", MAKES]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(line, env=environment, text=True, **pipes) for _ in range(count)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("x")
        process.stdin.flush()
    return [process.communicate(timeout=300)[0].strip() for process in processes]


def test_first_runs_at_once_have_one_key(tmp_path: Path) -> None:
    """None of them reads a key that another has only begun to write: what it vouched for nobody could check again."""
    keys = made_by(4, {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)})
    assert len(set(keys)) == 1
    assert len(keys[0]) == 44
    (file,) = (tmp_path / "nr-run").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_full_disk_leaves_no_half_of_a_key(tmp_path: Path) -> None:
    """The next run, when there is room again, makes one."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))

    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    line = [sys.executable, "-c", MAKES]
    done = subprocess.run(line, env=environment, input="x", capture_output=True, text=True, preexec_fn=limit, check=False)
    assert "cannot be read or made" in done.stderr
    assert not list((tmp_path / "nr-run").iterdir())
    assert len(made_by(1, environment)[0]) == 44


def test_an_empty_key_vouches_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a crash of an older nr-run left: anybody could make what it vouches for."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    key_file().parent.mkdir()
    key_file().write_bytes(b"\n")
    with pytest.raises(SecretError, match="is empty; move it away"):
        read_key(make=True)
    assert RunSeal.of("20261127T000000Z-7f3a") is None
