"""pyATS: unicon connects to the boxes with its own defaults, and Genie reads what they print.

``NR_RUN_PYATS`` names a Python that has genie and unicon; without it the one that runs the tests is tried.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nr_run.lab.entry import LabHandle

from .several import several, shared_several
from .telnet_client import credential
from .test_foreign_clients import LEGACY

__all__ = ["several", "shared_several"]

SCRIPT = Path(__file__).with_name("pyats_script.py")
#: Box to what it is for pyATS, a line to configure, and what Genie reads there.
BOXES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "c881": ("ios", "access-list 166 permit ip any any", ("show version", "show ip interface brief", "show ip route")),
    "c8000v-17": ("iosxe", "access-list 166 permit ip any any", ("show version", "show ip interface brief", "show ip route")),
    "asa91": ("asa", "access-list PYATS extended permit ip any any", ("show interface ip brief",)),
}


@functools.cache
def python() -> str:
    """A Python that has what is needed; empty where there is none."""
    for name in (os.environ.get("NR_RUN_PYATS", ""), sys.executable):
        if name and subprocess.run([name, "-c", "import genie, unicon"], capture_output=True, timeout=120).returncode == 0:
            return name
    return ""


def ssh(lab: LabHandle, device: str) -> str:
    """The command with which unicon starts its session."""
    where = lab.devices[device]
    options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "PubkeyAuthentication=no", *LEGACY)
    words = " ".join(f"-o {option}" for option in options)
    return f"ssh {words} -p {where.port} {credential(lab, 'device-username')}@{where.host}"


@pytest.mark.parametrize("device", BOXES)
def test_unicon_connects_and_genie_reads(several: LabHandle, device: str, tmp_path: Path) -> None:
    """It logs in, sends what it sends at every connect, configures, finds a wrong line, and parses the box's answers."""
    if not python():
        pytest.skip("no Python with genie and unicon: pip install genie unicon, or name one with NR_RUN_PYATS")
    if shutil.which("ssh") is None:
        pytest.skip("no OpenSSH client, which unicon starts")
    system, line, commands = BOXES[device]
    wanted: dict[str, Any] = {
        "name": device,
        "os": system,
        "start": ssh(several, device),
        "username": credential(several, "device-username"),
        "password": credential(several, "device-password"),
        "enable": credential(several, "enable-secret"),
        "commands": commands,
        "line": line,
    }
    asked = tmp_path / "wanted.json"
    asked.touch(mode=0o600)
    asked.write_text(json.dumps(wanted))
    environment = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run(
        [python(), str(SCRIPT), str(asked)], capture_output=True, text=True, timeout=300, env=environment, check=False
    )
    asked.unlink()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert line in found["running"]
    # Its plug-in for the ASA looks for no error in what a line of configuration was answered with.
    assert "Invalid input" in found["refused"] or system == "asa"
    assert "172.18.124." in json.dumps([found[command] for command in commands if "brief" in command])
    if device == "c881":
        assert found["show version"]["version"]["version"] == "15.4(3)M3"
