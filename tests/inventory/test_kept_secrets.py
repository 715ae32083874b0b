"""A key that is to come is kept whole or not at all: half of one would be taken for the key of a rotation that did not end."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from nr_run.inventory.hiding.kept_secrets import KeptSecret, new_key

KEEPS = """
import sys
from pathlib import Path
from nr_run.inventory.hiding.kept_secrets import KeptSecret, new_key
KeptSecret("file:key", Path(sys.argv[1])).keep_next(new_key())
"""


def test_a_full_disk_keeps_no_half_of_a_key(tmp_path: Path) -> None:
    """Where only a part of it is taken nothing is pending, nothing lies beside it, and the key in use is what it was."""
    path = tmp_path / "key"
    path.write_text("In.Use-7f3a9b21\n")
    done = subprocess.run(
        [sys.executable, "-c", KEEPS, str(path)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY)),
        check=False,
    )
    assert "cannot be written" in done.stderr
    kept = KeptSecret("file:key", path)
    assert kept.pending() is None
    assert [each.name for each in tmp_path.iterdir()] == ["key"]
    assert path.read_text() == "In.Use-7f3a9b21\n"
    value = new_key()
    kept.keep_next(value)
    assert kept.pending() == value
