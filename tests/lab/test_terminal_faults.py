"""Faults of the terminal, the configuration mode, the startup file and the host key, on routers and firewalls alike."""

from __future__ import annotations

import re

import pytest

from nr_run.lab.core.access.banners import MARKS
from nr_run.lab.core.access.logforms import FORMS
from nr_run.lab.entry import LabHandle

from .firewalls import back
from .several import DEVICES, session, several, shared_several
from .telnet_client import Ssh, came_back, credential

__all__ = ["several", "shared_several"]

each_box = pytest.mark.parametrize("device", DEVICES)


def on_asa(device: str) -> bool:
    """Whether a device of the lab is a firewall."""
    return device.startswith("asa")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("device", ["c881", "asa91"])
def test_log_messages_of_every_form(several: LabHandle, device: str, form: str) -> None:
    """`console-logs` puts a message into an answer, whose own lines are all there and in order."""
    with session(several, device) as line:
        before = line.answer("show running-config").splitlines()
        several.fault(device, "console-logs", form, "output")
        after = line.answer("show running-config").splitlines()
        rest = iter(after)
        assert all(text in rest for text in before)
        assert len(after) > len(before)


@each_box
def test_log_messages_at_every_moment(several: LabHandle, device: str) -> None:
    """They come behind the prompt, in the middle of an echo, and right behind a question, which is still answered."""
    with session(several, device) as line:
        several.fault(device, "console-logs", "none", "prompt")
        line.send("\r")
        line.until(r"[#>] ?\r\n%\S+-\d-.*\r\n$")
        several.fault(device, "console-logs", "none", "echo")
        line.send("show version\r")
        assert line.until(r"\r\n%").startswith("show v")
        assert line.until(r"(?m)^\S+[#>] ?$").splitlines()[1] == "ersion"
        several.fault(device, "console-logs", "sequence-only", "question")
        line.send("disable\renable\r")
        line.until(r"Password: \r\n\d{6}: %\S+.*\r\n$")
        line.send("\x03")
        assert line.until(r">\s?$")


def test_log_messages_now_and_then(several: LabHandle) -> None:
    """At no chosen moment they come in some of many answers and not in others."""
    with session(several, "c881") as line:
        several.fault("c881", "console-logs", "none")
        answers = []
        for _ in range(60):
            line.send("show privilege\r")
            answers.append(line.until(r"level is 15[\s\S]*#(?:\r\n%.*\r\n)?$"))
        assert 0 < sum("%" in text for text in answers) < 60


def test_another_exec_prompt_on_a_router(several: LabHandle) -> None:
    """`prompt` changes the prompt of exec mode only; configuration mode goes on with the host name."""
    with session(several, "c881") as line:
        several.fault("c881", "prompt", "core [%h]%p")
        line.send("\r")
        line.until(r"core \[c881\]#$")
        line.send("configure terminal\r")
        line.until(r"\r\nc881\(config\)#$")
        line.send("end\r")
        line.until(r"core \[c881\]#$")


def test_a_configured_prompt_on_a_router(several: LabHandle) -> None:
    """The line `prompt %h.core%p` does the same, and is printed in the configuration."""
    several.exec("c881", "configure terminal\nprompt %h.core%p")
    assert "prompt %h.core%p" in several.exec("c881", "show running-config").splitlines()
    where = several.devices["c881"]
    with Ssh(where, credential(several, "device-username"), credential(several, "device-password")) as line:
        line.until(r"c881\.core#$")
    several.exec("c881", "configure terminal\nno prompt")


def test_another_prompt_on_an_asa(several: LabHandle) -> None:
    """On an ASA the prompt is another in every mode, as with `prompt hostname priority state`."""
    with session(several, "asa91") as line:
        several.fault("asa91", "prompt", "%h/pri/act")
        line.send("\r")
        line.until(r"asa91/pri/act# $")
        line.send("configure terminal\r")
        line.until(r"asa91/pri/act\(config\)# $")


def test_a_sub_mode_swallows_a_global_line(several: LabHandle) -> None:
    """With `swallow-submode` `no crypto map M 10` at an interface unbinds the map and leaves its entry; without, it does not."""
    build = "crypto map M 10 ipsec-isakmp\ninterface FastEthernet4\ncrypto map M"
    with session(several, "c881") as line:
        line.configure(build)
        line.configure("crypto map M 20 ipsec-isakmp\ninterface FastEthernet4\nno crypto map M 20")
        assert " crypto map M" in line.answer("show run interface FastEthernet4").splitlines()
        several.fault("c881", "swallow-submode")
        line.configure("interface FastEthernet4\nno crypto map M 10")
        assert " crypto map M" not in line.answer("show run interface FastEthernet4").splitlines()
        assert "crypto map M 10 ipsec-isakmp " in line.answer("show run").splitlines()


def test_a_sub_mode_of_an_asa_swallows_a_global_line(several: LabHandle) -> None:
    """On an ASA too: `no description ...` of another object would be, and `no ip address` with what is not its own."""
    with session(several, "asa91") as line:
        line.configure("interface GigabitEthernet0/2\nnameif spare\nsecurity-level 40")
        several.fault("asa91", "swallow-submode")
        line.configure("interface GigabitEthernet0/2\nno nameif spare somewhere else")
        assert "nameif spare" not in line.answer("show run")


@each_box
def test_a_banner_full_of_marks(several: LabHandle, device: str) -> None:
    """`banner-marks` is in both configurations, which stay equal, is shown at login, and goes without a trace."""
    before = [several.exec(device, f"show {kind}-config") for kind in ("running", "startup")]
    several.fault(device, "banner-marks")
    for kind in ("running", "startup"):
        lines = several.exec(device, f"show {kind}-config").splitlines()
        shown = [text.removeprefix("banner motd ") for text in lines]
        for mark in MARKS:
            assert mark.format(host=device).strip() in [text.strip() for text in shown], mark
        assert lines[-1 if lines[-1] else -2] in ("end", ": end")
    with session(several, device) as line:
        assert "hostname" in line.answer("show running-config")
    several.fault(device, "banner-marks", on=False)
    after = [several.exec(device, f"show {kind}-config") for kind in ("running", "startup")]
    stamp = re.compile(r"(?m)^.*(?:UTC|Written).*\n")
    assert [stamp.sub("", text) for text in after] == [stamp.sub("", text) for text in before]


def unstamped(lab: LabHandle, device: str) -> list[str]:
    """The running configuration without its size and the time of its last change."""
    lines = lab.exec(device, "show running-config").splitlines()
    return [line for line in lines if line.strip() not in ("", "!") and "UTC" not in line and " bytes" not in line]


@each_box
def test_a_banner_survives_a_reload(several: LabHandle, device: str) -> None:
    """What the banner holds is taken for text and not for configuration when the box boots, however it looks."""
    several.exec(device, "write memory")
    several.fault(device, "banner-marks")
    several.fault(device, "reboot-after", 1)
    running = unstamped(several, device)
    with session(several, device) as line, pytest.raises(EOFError):
        line.configure("access-list 150 permit ip any any" if not on_asa(device) else "access-list X extended permit ip any any")
    with back(several, device) if on_asa(device) else came_back(several, device):
        pass
    assert unstamped(several, device) == running


@each_box
def test_answers_in_pieces(several: LabHandle, device: str) -> None:
    """`split-reads` sends an answer in pieces of at most 40 bytes, some of which begin inside a character, and loses nothing."""
    text = "Übergang zum Süden" * 4
    with session(several, device) as line:
        name = {"vpn3640": "Ethernet0/1", "c881": "Vlan1"}.get(device, "GigabitEthernet2" if device == "c8000v-17" else "")
        name = name or "GigabitEthernet0/1"
        line.configure(f"interface {name}\ndescription {text}".encode().decode("latin-1"))
        whole = line.answer(f"show run interface {name}")
        assert text in whole.encode("latin-1").decode()
        several.fault(device, "split-reads")
        line.send(f"show run interface {name}\r")
        parts: list[bytes] = []
        while not re.search(rb"description[\s\S]*# ?$", b"".join(parts)):
            parts.append(line.socket.recv(1 << 16))
        assert text.encode() in b"".join(parts)
        assert any(part[0] & 0xC0 == 0x80 for part in parts)
        # A reader that comes late finds several pieces in one.
        assert len(parts) > 1


@each_box
def test_a_busy_startup_file(several: LabHandle, device: str) -> None:
    """`nvram-busy 2` fails twice without `[OK]` and leaves the startup as it was; then it is written."""
    with session(several, device) as line:
        line.configure("hostname other" if on_asa(device) else "ip domain-name busy.example")
        several.fault(device, "nvram-busy", 2)
        for _ in range(2):
            said = line.answer("write memory")
            assert "(Device or resource busy)" in said
            assert "[OK]" not in said
        assert "other" not in line.answer("show startup-config")
        assert "busy.example" not in line.answer("show startup-config")
        assert "[OK]" in line.answer("write memory")
        line.configure(f"hostname {device}" if on_asa(device) else "no ip domain-name busy.example")
        line.answer("write memory")


@pytest.mark.parametrize("device", ["c881", "c8000v-17", "asa91", "asa919"])
def test_another_host_key(several: LabHandle, device: str) -> None:
    """`host-key` shows another key to who connects from now on, the same each time, and the first one when it is off."""

    def key() -> bytes:
        with session(several, device) as line:
            return line.transport.get_remote_server_key().asbytes()  # type: ignore[attr-defined]

    first = key()
    with session(several, device) as line:
        several.fault(device, "host-key")
        second = key()
        assert "ersion" in line.answer("show version")
    assert second != first
    assert key() == second
    several.fault(device, "host-key", on=False)
    assert key() == first


def test_security_warnings(several: LabHandle) -> None:
    """Behind an insecure line comes a warning with its secret as a star, and the line is in force; none behind others."""
    several.fault("c8000v-17", "security-warnings")
    key = "Plain.Key-17"
    with session(several, "c8000v-17") as line:
        said = line.configure(
            f"crypto isakmp key {key} address 198.51.100.9\nsnmp-server community c0 RO\nip domain-name a.example"
        )
        assert len(said) == 2
        assert "SECURITY WARNING - Module: CRYPTO, Command: crypto isakmp key * address 198.51.100.9, Reason: " in said[0]
        assert key not in said[0].partition(": ")[2]
        assert "INSECURE DYNAMIC WARNING - Module: SNMP, Reason: " in said[1]
        assert f"crypto isakmp key {key} address 198.51.100.9" in line.answer("show run")
        line.configure(
            f"no crypto isakmp key {key} address 198.51.100.9\nno snmp-server community c0\nno ip domain-name a.example"
        )


@each_box
def test_a_question_behind_a_configuration_line(several: LabHandle, device: str) -> None:
    """`ask-after` applies the line only if the question is answered with yes, and lets other lines pass."""
    rule = "access-list ASKED extended permit ip any any" if on_asa(device) else "access-list 177 permit ip any any"
    with session(several, device) as line:
        several.fault(device, "ask-after", "access-list")
        line.ask("configure terminal")
        line.ask(rule, r"\[confirm\]$")
        line.ask("n")
        line.ask(rule, r"\[confirm\]$")
        line.send("\x03")
        line.until()
        line.ask("end")
        assert rule not in line.answer("show run")
        several.fault(device, "ask-after", "access-list", "yes-no", 1)
        line.ask("configure terminal")
        line.ask(rule, r"\[yes/no\]: $")
        line.ask("yes")
        line.ask(f"no {rule}")
        line.ask(rule)
        line.ask("end")
        assert rule in line.answer("show run")
        line.configure(f"no {rule}")
