"""What a line does with Tab, with a question mark and with a second pipe, and what copying to the startup configuration asks."""

from __future__ import annotations

import re

import pytest

from nr_run.lab.entry import LabHandle

from .firewalls import open_asa
from .telnet_client import Telnet, login


def opened(lab: LabHandle, device: str) -> Telnet:
    """A line with privilege."""
    return open_asa(lab, device) if device.startswith("asa") else login(lab, device)


def check_tab(line: Telnet, prompt: str) -> None:
    """Complete words that one begins, and none that several or no words begin; the line goes on behind them."""
    line.send("sh\tclo\t\r\n")
    shown = line.until(re.escape(prompt) + r" ?show clock ?\r\n")
    assert "\x07" not in shown
    assert "UTC" in line.until()
    for begun in ("c\t", "nothing\t", "\t"):
        line.send(begun)
        assert line.until(r"\x07\r\n" + re.escape(prompt) + " ?" + begun.rstrip("\t") + "$")
        line.send("\x15\r\n")
        line.until(r"\r\n" + re.escape(prompt) + " ?$")


def test_tab_completes_what_is_unique(lab: LabHandle) -> None:
    """A router writes the prompt again with the word whole; where several words begin so, or none, it sounds the bell."""
    with login(lab, "vpn2611") as line:
        check_tab(line, "vpn2611#")
        line.ask("configure terminal")
        line.send("do sh\tclo\t\r\n")
        assert "do show clock" in line.until(r"do show clock ?\r\n")
        assert "UTC" in line.until()


@pytest.mark.parametrize("device", ["asa82", "asa919"])
def test_tab_on_a_firewall(firewalls: LabHandle, device: str) -> None:
    """The same on an ASA, where exec commands are completed in configuration mode as well."""
    with open_asa(firewalls, device) as line:
        check_tab(line, f"{device}#")
        line.ask("configure terminal")
        line.send("tunnel-g\t\x15sh\tclo\t\r\n")
        assert "tunnel-group " in line.until(r"show clock ?\r\n")


def test_a_question_mark_names_words(lab: LabHandle) -> None:
    """What begins so stands on one line, what may follow on lines of its own, and the line stands behind the prompt again."""
    with login(lab, "vpn2611") as line:
        line.send("show clo?")
        assert "\r\nclock\r\n\r\nvpn2611#show clo" in line.until(r"vpn2611#show clo$")
        line.send("ck ?")
        assert "\r\n  <cr>\r\n" in line.until(r"vpn2611#show clock $")
        line.send("\r\n")
        assert "UTC" in line.until()


def check_pipes(lab: LabHandle, device: str) -> None:
    """Compare one pipe with two."""
    with opened(lab, device) as line:
        shown = [
            line.answer(f"show running-config | include {pattern}") for pattern in ("hostname | include interface", "interface")
        ]
        assert f"hostname {device}" not in shown[1]
        assert f"hostname {device}" in shown[0], "the second pipe does not filter what the first has left"


def test_a_second_pipe_is_part_of_the_pattern(lab: LabHandle) -> None:
    """The lines with either word are shown: there is one filter, and its pattern has two alternatives."""
    check_pipes(lab, "vpn2611")


def test_a_second_pipe_on_a_firewall(firewalls: LabHandle) -> None:
    """As on a router."""
    check_pipes(firewalls, "asa919")


@pytest.mark.parametrize("device", ["asa82", "asa919"])
def test_a_firewall_asks_for_the_source_only(firewalls: LabHandle, device: str) -> None:
    """Enter confirms the name of the source; then come the checksum and the count, and the box has saved."""
    with open_asa(firewalls, device) as line:
        line.ask("configure terminal")
        line.ask("access-list COPIED extended permit ip host 192.0.2.1 any")
        line.ask("end")
        line.ask("copy running-config startup-config", r"\r\nSource filename \[running-config\]\? $")
        said = line.ask("")
        assert re.search(r"\r\nCryptochecksum: (?:[0-9a-f]{8} ){4}\r\n\r\n\d+ bytes copied in \d\.\d+ secs", said)
        assert "[OK]" not in said
        assert "Building" not in said
        assert "access-list COPIED" in line.answer("show startup-config")
        for lines in ("configure terminal", "clear configure access-list COPIED", "end", "write memory"):
            line.ask(lines)
