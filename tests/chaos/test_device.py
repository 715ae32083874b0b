"""The judge sees what counts on a device, of each kind and on each device that has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..warm import start_lab
from .device import Device

ARCHIVE = "configure terminal\narchive\npath flash:kept"
REVERT = "configure terminal revert timer 5\nend"
KRON = "configure terminal\nkron policy-list NR-x\ncli show clock\nkron occurrence NR-x in 5 oneshot\npolicy-list NR-x"
APPLET = """\
configure terminal
event manager applet NR-x
event timer countdown time 600
action 1 cli command "show clock"
output none"""
COUNTS = [
    ("vpn2611", ["reload in 5\n\n"], "reload"),
    ("vpn3640-124", ["reload in 5\n\n"], "reload"),
    ("asa82", ["reload in 5 noconfirm"], "reload"),
    ("asa919", ["reload in 5 noconfirm"], "reload"),
    ("c881", [ARCHIVE, "write memory", REVERT], "revert timer"),
    ("c8000v-17", [ARCHIVE.replace("flash", "bootflash"), "write memory", REVERT], "revert timer"),
    ("vpn3640-124", [KRON], "kron"),
    ("c881", [KRON], "kron"),
    ("c8000v-1711", [KRON], "kron"),
    ("asa919", [APPLET], "applet"),
    ("c881", ["copy running-config flash:nr-20260101T000000Z-abcd.cfg\n\n"], "file in flash"),
    ("c8000v-17", ["copy running-config bootflash:nr-20260101T000000Z-abcd.cfg\n\n"], "file in flash"),
    ("vpn3640-124", ["copy running-config flash:nr-20260101T000000Z-abcd.cfg\n\nno\n"], "file in flash"),
]


@pytest.mark.parametrize(("profile", "lines", "timer"), COUNTS)
def test_what_counts_is_seen(tmp_path: Path, profile: str, lines: list[str], timer: str) -> None:
    """Nothing counts on a device as it was bought; what is armed then is the one thing that is seen."""
    with start_lab(tmp_path / "lab", devices={"box": profile}, speed=1) as lab:
        device = Device(lab, "box", profile)
        assert device.state().timers == ()
        said = [device.ask(line) for line in lines]
        assert device.state().timers == (timer,), said
