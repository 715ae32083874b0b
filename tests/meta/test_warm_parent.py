"""Nothing of a test session outlives it, also one that was killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from .. import warm_parent
from ..warm import PATIENCE


def test_what_still_runs_is_ended() -> None:
    """A lab is asked to end and takes its folder away; a command, of which a test may have forgotten one, is killed."""
    lab = subprocess.Popen(["sleep", "3600"], start_new_session=True)
    command = subprocess.Popen(["sleep", "3600"])
    warm_parent.end([lab.pid, command.pid])
    assert (lab.wait(60 * PATIENCE), command.wait(60 * PATIENCE)) == (-signal.SIGTERM, -signal.SIGKILL)


def test_its_socket_goes_with_the_session(tmp_path: Path) -> None:
    """When the connection of the session is closed, by whatever, the parent ends and its folder is gone."""
    folder = tmp_path / "folder"
    folder.mkdir()
    place = os.path.relpath(folder / "socket")  # a longer one may be no name of a socket
    parent = subprocess.Popen([sys.executable, str(Path(warm_parent.__file__)), place])
    with socket.socket(socket.AF_UNIX) as life:
        while life.connect_ex(place):
            assert parent.poll() is None
    assert parent.wait(60 * PATIENCE) == 0
    assert not folder.exists()
