"""The public library: its names exist, are documented and cost nothing to import, and the examples of its page run."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import nr_run

from ..packaging.test_startup import HEAVY
from .documents import ROOT, blocks

PAGE = ROOT / "docs" / "how-to" / "library.md"


def test_importing_the_library_is_light() -> None:
    """``import nr_run`` imports none of the libraries that take long, and a look at its names does not either."""
    program = f"import sys, nr_run; dir(nr_run); print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", nr_run.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    """Each public name can be imported, says what it is in its docstring, and is named on the page of the library."""
    found = getattr(nr_run, name)
    assert (inspect.getdoc(found) or "").strip()
    assert f"`{name}`" in PAGE.read_text()
    assert name in dir(nr_run)


def test_public_names_are_those_of_the_table() -> None:
    """``__all__`` is sorted and complete, and a name that is not public is an AttributeError that names it."""
    assert sorted(nr_run.__all__) == nr_run.__all__
    assert set(nr_run.__all__) == set(nr_run._WHERE)
    with pytest.raises(AttributeError, match="'nr_run' has no attribute 'gathr'"):
        _ = nr_run.gathr  # type: ignore[attr-defined]


def test_the_examples_of_the_page_run(tmp_path: Path) -> None:
    """The Python blocks of docs/how-to/library.md, one after the other in one process, against a lab: each does what it says."""
    program = tmp_path / "page.py"
    program.write_text("\n\n".join(blocks(PAGE, "python")))
    environment = {**os.environ, "PYTHONWARNINGS": "error::DeprecationWarning:__main__"}
    done = subprocess.run(
        [sys.executable, str(program)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (first, second) = sorted((tmp_path / "runs").glob("2*"))
    states = {
        run: [json.loads(line)["state"] for line in (run / "journal.jsonl").read_text().splitlines()] for run in (first, second)
    }
    assert [state for state in states[first] if state in ("armed", "undoing", "undone", "disarmed")][:1] == ["armed"]
    assert "undone" in states[first]
    assert "disarmed" not in states[first]
    assert [state for state in states[second] if state in ("armed", "disarmed", "saved", "finished")] == [
        "armed", "disarmed", "saved", "finished",
    ]  # fmt: skip
