"""`reload in` on the lab's clock: the questions, the warnings, and coming back with the startup configuration."""

from __future__ import annotations

import re
import time

import pytest

from nr_run.lab.entry import LabHandle

from .documented import CONFIG_2611, CONFIG_3640
from .telnet_client import Telnet, came_back, config_of, login
from .tunnels import BRANCH, flow, spis, state

SAVE = r"System configuration has been modified\. Save\? \[yes/no\]: $"
CONFIRM = r"Proceed with reload\? \[confirm\]$"


def arm(line: Telnet, minutes: int, *, dirty: bool) -> None:
    """Schedule a reload without saving."""
    line.send(f"reload in {minutes} nr-run 4711\r\n")
    if dirty:
        line.until(SAVE)
        line.send("no\r\n")
    line.until(CONFIRM)
    line.send("\r")
    line.until(r"SHUTDOWN in \d:\d\d:\d\d ---\r\n\*\*\*\r\n")


def test_an_unsaved_change_is_gone_after_the_reload(lab: LabHandle) -> None:
    """The box asks whether to save, warns on the line, goes away and comes back with what was saved."""
    before = config_of(lab, "vpn3640")
    with login(lab, "vpn3640") as line:
        line.configure(BRANCH)
        arm(line, 1, dirty=True)
        line.until_closed()
    with came_back(lab, "vpn3640") as line:
        assert re.search(r"uptime is [01] minutes?", line.answer("show version"))
        assert line.answer("show reload").startswith("No reload is scheduled.")
    assert config_of(lab, "vpn3640") == before


def test_a_reload_can_be_called_off(lab: LabHandle) -> None:
    """`show reload` proves that it is armed and that it is not; cancelling twice says so."""
    with login(lab, "vpn2611") as line:
        arm(line, 90, dirty=False)
        shown = line.answer("show reload")
        assert re.search(r"Reload scheduled in 1 hour and \d+ minutes by nr on vty0 \(127\.0\.0\.1\)", shown)
        assert "Reload reason: nr-run 4711" in shown
        line.send("reload cancel\r\n")
        line.until(r"SHUTDOWN ABORTED ---\r\n\*\*\*\r\n")
        line.until()
        assert line.answer("show reload").startswith("No reload is scheduled.")
        assert line.answer("reload cancel").startswith("%No reload is scheduled.")


def test_anything_but_a_confirmation_is_a_no(lab: LabHandle) -> None:
    """Another key than Enter or y leaves everything as it was; a word that is neither yes nor no is asked again."""
    with login(lab, "vpn3640") as line:
        line.configure("ip domain-name example.com")
        line.ask("reload in 5", SAVE)
        line.ask("perhaps", r"% Please answer 'yes' or 'no'\.\r\n\r\n" + SAVE)
        line.ask("no", CONFIRM)
        line.send("n")
        line.until()
        assert line.answer("show reload").startswith("No reload is scheduled.")
        assert "ip domain-name" not in line.answer("show startup-config")


def test_a_warning_comes_in_the_middle_of_typing(lab: LabHandle) -> None:
    """The warning one minute before is written into a line that is being typed, and the line is still taken whole."""
    with login(lab, "vpn3640") as line:
        arm(line, 2, dirty=False)
        line.send("show priv")
        line.until(r"SHUTDOWN in 0:01:00 ---\r\n\*\*\*\r\n")
        assert "Current privilege level is 15" in line.ask("ilege")


def test_a_reload_drops_every_sa(lab: LabHandle) -> None:
    """After a reload no phase-1 row and no client flow is left."""
    assert spis(flow(lab, "vpn2611", "0.0.0.0", "14.1.1.106")) != ([], [])
    with login(lab, "vpn2611") as line:
        line.ask("reload", CONFIRM)
        line.send("\r")
        line.until_closed()
    with came_back(lab, "vpn2611") as line:
        assert "vpn2611" in line.answer("show version")
    assert flow(lab, "vpn2611", "0.0.0.0", "14.1.1.106") == ""
    assert state(lab, "vpn2611", "64.102.55.142") == ""


@pytest.mark.parametrize(("device", "text"), [("vpn2611", CONFIG_2611), ("vpn3640", CONFIG_3640)])
def test_what_is_saved_comes_back_to_the_letter(lab: LabHandle, device: str, text: str) -> None:
    """A box takes every line that it shows: after save and reload the configuration is the same, tunnel lines included."""
    lab.exec(device, f"configure terminal\n{text}")
    lab.exec(device, "write memory")
    before = lab.exec(device, "show running-config")
    assert "crypto isakmp key cisco123" in before
    lab.exec(device, "reload")
    for _ in range(200):
        if "uptime is 0 minutes" in lab.exec(device, "show version"):
            break
        time.sleep(0.05)
    assert "uptime is 0 minutes" in lab.exec(device, "show version")
    assert lab.exec(device, "show running-config") == before
