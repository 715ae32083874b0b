"""Every fault that strikes a change on a router strikes it on an ASA too."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from nr_run.lab.entry import LabHandle

from .firewalls import INVALID, PSK, Asa, back, config, ike_state, join, open_asa, ping, typed
from .telnet_client import credential
from .tunnels import eventually

LINES = ["access-list ONE extended permit ip any any", "access-list TWO extended permit ip any any", "mtu inside 1400"]


def has(lab: LabHandle, text: str, device: str = "asa91") -> bool:
    """Whether a line is in the running configuration."""
    return any(text in line for line in config(lab, device))


def check_cut_session_after(lab: LabHandle) -> None:
    """The session ends after N lines, all of them applied; the box goes on."""
    lab.fault("asa91", "cut-session-after", 2)
    with open_asa(lab, "asa91") as line, pytest.raises(EOFError):
        line.configure("\n".join(LINES))
    assert has(lab, LINES[1])
    assert not has(lab, LINES[2])
    assert typed(lab, "asa91", LINES[2]) == []


def check_cut_in_echo(lab: LabHandle) -> None:
    """The session ends in the middle of the echo of line N, which is not applied."""
    lab.fault("asa91", "cut-in-echo", 2)
    with open_asa(lab, "asa91") as line:
        line.ask("configure terminal")
        line.ask(LINES[0])
        line.send(LINES[1] + "\r\n")
        echo = line.until_closed()
    assert 0 < len(echo) < len(LINES[1])
    assert has(lab, LINES[0])
    assert not has(lab, LINES[1])


def check_lose_management_after(lab: LabHandle) -> None:
    """After N lines nobody gets in; a reload that was scheduled before gives the way back, with the startup."""
    with open_asa(lab, "asa91") as line:
        line.send("reload in 2 noconfirm\r")
        line.until(r"SHUTDOWN in 0:02:00 ---\r\n\*\*\*\r\n$")
        lab.fault("asa91", "lose-management-after", 1)
        with pytest.raises(EOFError):
            line.configure("\n".join(LINES))
    with pytest.raises((ConnectionError, EOFError)):
        Asa(lab.devices["asa91"], "nr", credential(lab, "device-password"))
    assert has(lab, LINES[0])
    with back(lab, "asa91"):
        assert not has(lab, LINES[0])


def check_reboot_after(lab: LabHandle) -> None:
    """The power fails after N lines, and the box comes back with what was saved."""
    lab.fault("asa91", "reboot-after", 2)
    with open_asa(lab, "asa91") as line, pytest.raises(EOFError):
        line.configure("\n".join(LINES))
    with back(lab, "asa91") as line:
        assert re.search(r"^asa91 up \d+ mins? \d+ secs?$", line.answer("show version"), re.MULTILINE)
        assert not has(lab, LINES[0])


def check_refuse_line(lab: LabHandle) -> None:
    """A line with the text is invalid input; what takes it away is not."""
    lab.fault("asa91", "refuse-line", "TWO")
    (said,) = typed(lab, "asa91", "\n".join(LINES))
    assert said.startswith(f"{LINES[1]}: ")
    assert INVALID in said
    lab.fault("asa91", "refuse-line", on=False)
    typed(lab, "asa91", LINES[1])
    lab.fault("asa91", "refuse-line", "TWO")
    assert typed(lab, "asa91", f"no {LINES[1]}") == []


def check_refuse_inverse(lab: LabHandle) -> None:
    """`no` and `clear configure` with the text are invalid input and change nothing; the line itself is taken."""
    lab.fault("asa91", "refuse-inverse", "TWO")
    assert typed(lab, "asa91", "\n".join(LINES)) == []
    answers = typed(lab, "asa91", f"no {LINES[1]}\nclear configure access-list TWO\nclear configure access-list ONE")
    assert len(answers) == 2
    assert all(INVALID in answer for answer in answers)
    assert has(lab, LINES[1])
    assert not has(lab, LINES[0])


def check_wrong_psk(lab: LabHandle) -> None:
    """The stored key differs from the given one in one character, in clear text too; the tunnel does not come up."""
    lab.fault("asa91", "wrong-psk")
    join(lab, "asa91", "c881")
    assert f"pre-shared-key {PSK[:-1]}x" in lab.exec("asa91", "more system:running-config")
    assert ping(lab, "asa91", "c881") == 0
    assert ike_state(lab, "asa91") == "MM_WAIT_MSG6"


def check_wrong_psk_silent(lab: LabHandle) -> None:
    """The configuration shows the given key, and authentication fails."""
    lab.fault("asa91", "wrong-psk-silent")
    join(lab, "asa91", "c881")
    assert f"pre-shared-key {PSK}" in lab.exec("asa91", "more system:running-config")
    assert ping(lab, "c881", "asa91") == 0
    assert ike_state(lab, "asa91") == "MM_WAIT_MSG5"


def check_nvram_full(lab: LabHandle) -> None:
    """Saving fails in the words of an ASA, without `[OK]`; the startup stays."""
    typed(lab, "asa91", LINES[0])
    lab.fault("asa91", "nvram-full")
    said = lab.exec("asa91", "write memory")
    assert "No space left on device" in said
    assert "[FAILED]" in said
    assert "[OK]" not in said
    assert LINES[0] not in lab.exec("asa91", "show startup-config")


def check_shutdown_banner(lab: LabHandle) -> None:
    """The warning cuts the echo of one line in two; the line is taken whole."""
    with open_asa(lab, "asa91") as line:
        lab.fault("asa91", "shutdown-banner")
        line.ask("")
        text = line.ask("show curpriv")
        assert "*** --- SHUTDOWN in 0:05:00 ---" in text
        assert not text.startswith("show curpriv")
        assert "Current privilege level : 15" in text


def check_syslog(lab: LabHandle) -> None:
    """A log message in the words of an ASA stands among the lines of an output, which are all there."""
    before = lab.exec("asa91", "show interface ip brief").splitlines()
    lab.fault("asa91", "syslog")
    after = lab.exec("asa91", "show interface ip brief").splitlines()
    (extra,) = set(after) - set(before)
    assert extra.startswith("%ASA-4-411002: ")
    assert [line for line in after if line != extra] == before


def check_garbage(lab: LabHandle) -> None:
    """A show command has a line of noise in the middle; its own lines are all there."""
    before = lab.exec("asa91", "show interface ip brief").splitlines()
    lab.fault("asa91", "garbage")
    after = lab.exec("asa91", "show interface ip brief").splitlines()
    assert len(after) > len(before)
    assert all(line in after for line in before)


def check_login_refused(lab: LabHandle) -> None:
    """The right password is refused."""
    lab.fault("asa91", "login-refused")
    with pytest.raises(EOFError):
        Asa(lab.devices["asa91"], "nr", credential(lab, "device-password"))


def check_down(lab: LabHandle) -> None:
    """Sessions are cut, connections refused, and nothing passes; afterwards the box is as it was."""
    with open_asa(lab, "asa91") as line:
        lab.fault("asa91", "down")
        line.until_closed()
    with pytest.raises(ConnectionRefusedError):
        Asa(lab.devices["asa91"], "nr", "x")
    lab.fault("asa91", "down", on=False)
    with open_asa(lab, "asa91") as line:
        assert "asa91 up" in line.answer("show version")


def check_no_answer(lab: LabHandle) -> None:
    """The connection is accepted and nothing comes."""
    lab.fault("asa91", "no-answer")
    with pytest.raises((EOFError, TimeoutError)):
        Asa(lab.devices["asa91"], "nr", "x")


def check_slow(lab: LabHandle) -> None:
    """Each answer is late."""
    with open_asa(lab, "asa91") as line:
        lab.fault("asa91", "slow", 200)
        began = time.monotonic()
        line.ask("show curpriv")
        assert time.monotonic() - began >= 0.2


def check_clock_step(lab: LabHandle) -> None:
    """The clock jumps."""
    year = int(lab.exec("asa91", "show clock").split()[-1])
    lab.fault("asa91", "clock-step", 400 * 86400)
    assert int(lab.exec("asa91", "show clock").split()[-1]) == year + 1


def check_failover_pair(lab: LabHandle) -> None:
    """It says which unit it is; one that is not active warns whoever configures it, and its own pings are lost."""
    lab.fault("asa91", "failover-pair", "active")
    assert "This host: Primary - Active" in lab.exec("asa91", "show failover")
    with open_asa(lab, "asa91") as line:
        assert "WARNING" not in line.ask("configure terminal")
    lab.fault("asa91", "failover-pair", "standby")
    assert "This host: Secondary - Standby Ready" in lab.exec("asa91", "show failover")
    with open_asa(lab, "asa91") as line:
        assert "Configuration Replication is NOT performed from Standby unit to Active unit." in line.ask("configure terminal")
    lab.fault("asa91", "failover-pair", "pseudo-standby")
    assert lab.exec("asa91", "show failover").startswith("Failover Off (pseudo-Standby)")
    lab.fault("asa91", "failover-pair", on=False)
    assert lab.exec("asa91", "show failover").startswith("Failover Off \n")


def check_ask_reporting(lab: LabHandle) -> None:
    """The first `configure terminal` asks, also when the answer was to ask later, until somebody says yes or no."""
    lab.fault("asa91", "ask-reporting")
    with open_asa(lab, "asa91") as line:
        question = r"\[Y\]es, \[N\]o, \[A\]sk later: $"
        line.ask("configure terminal", question)
        assert line.ask("a").endswith("asa91(config)# ")
        line.ask("end")
        line.ask("configure terminal", question)
        assert line.ask("N").endswith("asa91(config)# ")
        line.ask("end")
        assert line.ask("configure terminal").endswith("asa91(config)# ")
    assert lab.status()["asa91"]["faults"] == {}


CHECKS: dict[str, Callable[[LabHandle], None]] = {
    name.removeprefix("check_").replace("_", "-"): function
    for name, function in globals().copy().items()
    if name.startswith("check_")
}


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
@pytest.mark.parametrize("name", CHECKS)
def test_fault(boxes: LabHandle, name: str) -> None:
    """The fault does on an ASA what the sentence in the table says."""
    CHECKS[name](boxes)


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_lost_packets_are_lost_for_an_asa(boxes: LabHandle) -> None:
    """`drop-ike` and `drop-esp` of an ASA stop negotiation and traffic, until they are switched off."""
    join(boxes, "asa91", "c881")
    boxes.fault("asa91", "drop-ike")
    assert ping(boxes, "c881", "asa91") == 0
    assert ike_state(boxes, "asa91") == ""
    boxes.fault("asa91", "drop-ike", on=False)
    boxes.exec("c881", "clear crypto isakmp")
    eventually(lambda: ping(boxes, "c881", "asa91") == 5)
    boxes.fault("asa91", "drop-esp")
    assert ping(boxes, "c881", "asa91") == 0
