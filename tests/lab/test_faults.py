"""Each fault does what it says, and stops when it is switched off."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from nr_run.lab.core.errors import NoSuchDevice, NoSuchFault
from nr_run.lab.core.faults import FAULTS
from nr_run.lab.entry import LabHandle

from .telnet_client import Telnet, came_back, config_of, credential, login
from .tunnels import build, ping, replies, state

LINES = ["interface Ethernet0/1", "description one", "bandwidth 10", "ip mtu 1400"]
TESTED_ON_YOUNGER_BOXES = {"clock-unset", "flash-full", "refuse-exec"}  # test_revert.py
TESTED_BY_TRAFFIC = {
    "drop-ike",
    "drop-esp",
    "drop-4500",
    "behind-nat",
    "clear-path",
    "path-mtu",
    "late-esp",
}  # test_failures.py, test_nat_path.py, test_clear_path.py, test_path_mtu.py, test_late_esp.py
TESTED_ON_AN_ASA = {"failover-pair", "ask-reporting"}
TESTED_BY_RUNS = {"ignore", "lose-lines", "no-hardware"}  # test_ignored.py, test_sizes.py, and test_faults.py of a site
TESTED_ON_SEVERAL = {  # test_answer_faults.py, test_terminal_faults.py
    "ask-after", "banner-marks", "console-logs", "cut-show", "empty-show", "garble-show", "host-key", "nvram-busy", "prompt",
    "hang-show", "refuse-show", "security-warnings", "split-reads", "swallow-submode",
}  # fmt: skip


def has(lab: LabHandle, text: str, device: str = "vpn3640") -> bool:
    """Whether a line is in the running configuration."""
    return any(text in line for line in config_of(lab, device))


def check_wrong_psk(lab: LabHandle) -> None:
    """The stored key differs from the given one in one character, in what is shown as well."""
    lab.fault("vpn3640", "wrong-psk")
    with login(lab, "vpn3640") as line:
        line.configure("crypto isakmp key Some.Key address 172.18.124.159")
    assert has(lab, "crypto isakmp key Some.Kex address 172.18.124.159")
    lab.fault("vpn3640", "wrong-psk", on=False)
    with login(lab, "vpn3640") as line:
        line.configure("crypto isakmp key Other.Key address 172.18.124.2")
    assert has(lab, "crypto isakmp key Other.Key address 172.18.124.2")


def check_wrong_psk_silent(lab: LabHandle) -> None:
    """The configuration shows the given key, and authentication fails."""
    lab.fault("vpn3640", "wrong-psk-silent")
    build(lab)
    assert has(lab, "crypto isakmp key Agreed.Key-2611~3640 address 172.18.124.159")
    assert replies(ping(lab, repeat=3)) == 0
    assert state(lab, "vpn2611", "172.18.124.199") == "MM_KEY_EXCH"


def check_cut_session_after(lab: LabHandle) -> None:
    """The session ends after N lines, all of them applied; the next session goes on; with `every` that ends too."""
    lab.fault("vpn3640", "cut-session-after", 2)
    with login(lab, "vpn3640") as line, pytest.raises(EOFError):
        line.configure("\n".join(LINES))
    assert has(lab, "description one")
    assert not has(lab, "bandwidth 10")
    with login(lab, "vpn3640") as line:
        assert line.configure("\n".join(LINES)) == []
    assert has(lab, "ip mtu 1400")
    lab.fault("vpn3640", "cut-session-after", 4)
    with login(lab, "vpn3640") as line:
        line.configure("\n".join(LINES[:2]))
        with pytest.raises(EOFError):
            line.configure("\n".join(LINES))
    lab.fault("vpn3640", "cut-session-after", 1, "every")
    for _ in range(2):
        with login(lab, "vpn3640") as line, pytest.raises(EOFError):
            line.configure("\n".join(LINES))


def check_cut_in_echo(lab: LabHandle) -> None:
    """The session ends while line N is echoed; what was before it is applied, the line itself is not."""
    lab.fault("vpn3640", "cut-in-echo", 3)
    with login(lab, "vpn3640") as line:
        line.ask("configure terminal")
        line.ask(LINES[0])
        line.ask(LINES[1])
        line.send("bandwidth 10\r\n")
        echo = line.until_closed()
    assert "bandwidth 10".startswith(echo)
    assert 0 < len(echo) < len("bandwidth 10")
    assert has(lab, "description one")
    assert not has(lab, "bandwidth 10")


def check_refuse_line(lab: LabHandle) -> None:
    """A line with the text is invalid input; its no form is taken."""
    lab.fault("vpn3640", "refuse-line", "mtu 1400")
    with login(lab, "vpn3640") as line:
        (said,) = line.configure("\n".join(LINES))
        assert said.startswith("ip mtu 1400: ")
        assert "% Invalid input detected at '^' marker." in said
        assert line.configure("interface Ethernet0/1\nno ip mtu 1400") == []
        lab.fault("vpn3640", "refuse-line", on=False)
        assert line.configure("\n".join(LINES)) == []


def check_refuse_inverse(lab: LabHandle) -> None:
    """The no form of a line with the text is invalid input and changes nothing; the line itself is taken."""
    lab.fault("vpn3640", "refuse-inverse", "mtu")
    with login(lab, "vpn3640") as line:
        assert line.configure("\n".join(LINES)) == []
        (said,) = line.configure("interface Ethernet0/1\nno ip mtu 1400\nno bandwidth 10")
        assert said.startswith("no ip mtu 1400: ")
        assert "% Invalid input detected at '^' marker." in said
    assert has(lab, "ip mtu 1400")
    assert not has(lab, "bandwidth 10")


def check_lose_management_after(lab: LabHandle) -> None:
    """After N lines every session is cut and nobody gets in, while packets still flow; a reload brings the box back."""
    with login(lab, "vpn3640") as other, login(lab, "vpn3640") as line:
        line.ask("reload in 2", r"\[confirm\]$")
        line.send("\r")
        line.until(r"\*\*\*\r\n$")
        lab.fault("vpn3640", "lose-management-after", 2)
        with pytest.raises(EOFError):
            line.configure("\n".join(LINES))
        other.until_closed()
    with pytest.raises((ConnectionError, EOFError)):
        login(lab, "vpn3640")
    assert has(lab, "description one")
    assert replies(lab.exec("vpn2611", "ping 172.18.124.199")) == 5
    assert lab.status()["vpn3640"]["faults"] == {}
    with came_back(lab, "vpn3640"):
        assert not has(lab, "description one")


def check_reboot_after(lab: LabHandle) -> None:
    """The power fails after N lines: the session ends at once and the box comes back with what was saved."""
    lab.fault("vpn3640", "reboot-after", 3)
    with login(lab, "vpn3640") as line, pytest.raises(EOFError):
        line.configure("\n".join(LINES))
    with came_back(lab, "vpn3640") as line:
        assert "uptime is 0 minutes" in line.answer("show version") or "uptime is 1 minute" in line.answer("show version")
        assert not has(lab, "description one")
        assert line.configure("\n".join(LINES)) == []


def check_shutdown_banner(lab: LabHandle) -> None:
    """The warning cuts the echo of one line in two; the line is taken whole and the next echo is clean."""
    with login(lab, "vpn3640") as line:
        lab.fault("vpn3640", "shutdown-banner")
        line.send("\r\n")
        line.until()
        text = line.ask("terminal width 100")
        assert "*** --- SHUTDOWN in 0:05:00 ---" in text
        assert not text.startswith("terminal width 100")
        assert text.replace("\x07\r\n\r\n***\r\n*** --- SHUTDOWN in 0:05:00 ---\r\n***\r\n", "").startswith("terminal width 100")
        assert line.ask("terminal width 100").startswith("terminal width 100")


def check_clock_step(lab: LabHandle) -> None:
    """The clock jumps by so many seconds, back if they are negative, and nothing else does."""
    read = re.compile(r"(\d\d):\d\d:\d\d\.\d+ UTC \w+ \w+ (\d+)")
    before = read.search(lab.exec("vpn3640", "show clock"))
    uptime = lab.exec("vpn3640", "show version")
    lab.fault("vpn3640", "clock-step", -2 * 86400)
    after = read.search(lab.exec("vpn3640", "show clock"))
    assert before is not None
    assert after is not None
    assert int(after[2]) == int(before[2]) - 2
    assert lab.exec("vpn3640", "show version").splitlines()[9:] == uptime.splitlines()[9:]
    with pytest.raises(NoSuchFault, match="number"):
        lab.fault("vpn3640", "clock-step", "noon")


def check_slow(lab: LabHandle) -> None:
    """Each of two answers is late, also when both lines were sent at once."""
    with login(lab, "vpn3640") as line:
        lab.fault("vpn3640", "slow", 150)
        began = time.monotonic()
        line.send("terminal width 101\r\nterminal width 102\r\n")
        line.until(r"102\r\n[^#]*#$")
        assert time.monotonic() - began >= 0.3


def check_latency(lab: LabHandle) -> None:
    """Four lines one by one wait four times; four lines at once wait once, and are answered in order."""
    with login(lab, "vpn3640") as line:
        lab.fault("vpn3640", "latency", 100)
        began = time.monotonic()
        for number in range(4):
            line.answer(f"terminal width {100 + number}")
        one_by_one = time.monotonic() - began
        began = time.monotonic()
        line.send("".join(f"terminal width {200 + number}\r\n" for number in range(4)))
        text = line.until(r"203\r\n[\s\S]*#$")
        at_once = time.monotonic() - began
        assert one_by_one >= 0.4
        assert at_once < one_by_one
        assert [text.index(f"width {200 + number}") for number in range(4)] == sorted(
            text.index(f"width {200 + number}") for number in range(4)
        )


def check_no_answer(lab: LabHandle) -> None:
    """The connection is accepted and nothing comes, not even the negotiation of options."""
    lab.fault("vpn3640", "no-answer")
    with Telnet(lab.devices["vpn3640"]) as line:
        line.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            line.until()
        assert line.options == b""


def check_down(lab: LabHandle) -> None:
    """Sessions are cut, connections refused, tunnels pass nothing; afterwards the same port answers again."""
    build(lab)
    assert replies(ping(lab)) > 0
    with login(lab, "vpn3640") as line:
        lab.fault("vpn3640", "down")
        line.until_closed()
    with pytest.raises(ConnectionRefusedError):
        Telnet(lab.devices["vpn3640"])
    assert replies(ping(lab, repeat=2)) == 0
    lab.fault("vpn3640", "down", on=False)
    with login(lab, "vpn3640") as line:
        assert "vpn3640 uptime" in line.answer("show version")


def check_nvram_full(lab: LabHandle) -> None:
    """Saving says that there is no space, without `[OK]`; startup stays."""
    lab.fault("vpn3640", "nvram-full")
    with login(lab, "vpn3640") as line:
        line.configure("ip domain-name example.com")
        said = line.answer("write memory")
        assert "Not enough space" in said
        assert "[OK]" not in said
        assert "ip domain-name" not in line.answer("show startup-config")


def check_save_drops(lab: LabHandle) -> None:
    """Saving says `[OK]`, and the startup configuration lacks the lines with the text; the running one has them."""
    lab.fault("vpn3640", "save-drops", "example.com")
    with login(lab, "vpn3640") as line:
        line.configure("ip domain-name example.com")
        assert "[OK]" in line.answer("write memory")
        assert "ip domain-name example.com" in line.answer("show running-config")
        startup = line.answer("show startup-config")
        assert "example.com" not in startup
        assert "hostname vpn3640" in startup


def check_syslog(lab: LabHandle) -> None:
    """A log message stands among the lines of an output, which are all there."""
    before = lab.exec("vpn3640", "show ip interface brief").splitlines()
    lab.fault("vpn3640", "syslog")
    after = lab.exec("vpn3640", "show ip interface brief").splitlines()
    (extra,) = set(after) - set(before)
    assert "%LINEPROTO-5-UPDOWN" in extra
    assert 0 < after.index(extra) < len(after) - 1
    assert [item for item in after if item != extra] == before


def check_garbage(lab: LabHandle) -> None:
    """A show command has a line of noise in the middle; its own lines are all there."""
    before = lab.exec("vpn3640", "show ip interface brief").splitlines()
    lab.fault("vpn3640", "garbage")
    after = lab.exec("vpn3640", "show ip interface brief").splitlines()
    assert len([item for item in after if item not in before]) >= 1
    assert all(item in after for item in before)


def check_login_refused(lab: LabHandle) -> None:
    """The right password is refused three times, then the line is closed."""
    lab.fault("vpn3640", "login-refused")
    with Telnet(lab.devices["vpn3640"]) as line:
        for _ in range(3):
            line.until("Username: $")
            line.ask("nr", "Password: $")
            line.send(credential(lab, "device-password") + "\r\n")
            line.until(r"% Login invalid\r\n")
        line.until_closed()


CHECKS: dict[str, Callable[[LabHandle], None]] = {
    name.removeprefix("check_").replace("_", "-"): function
    for name, function in globals().copy().items()
    if name.startswith("check_")
}


def test_every_fault_has_a_check() -> None:
    """No fault is in the table without a check here, or among those that other tests check."""
    elsewhere = TESTED_BY_TRAFFIC | TESTED_ON_AN_ASA | TESTED_ON_YOUNGER_BOXES | TESTED_ON_SEVERAL | TESTED_BY_RUNS
    assert set(CHECKS) | elsewhere == set(FAULTS)


@pytest.mark.parametrize("name", CHECKS)
def test_fault(lab: LabHandle, name: str) -> None:
    """The fault does what the sentence in the table says."""
    CHECKS[name](lab)


def test_faults_and_devices_that_are_not_there(still: LabHandle) -> None:
    """An unknown device, fault or argument is refused with the nearest match and changes nothing."""
    with pytest.raises(NoSuchFault, match="drop-esp"):
        still.fault("vpn2611", "drop-ep")
    with pytest.raises(NoSuchDevice, match="vpn2611"):
        still.fault("vpn261", "drop-esp")
    with pytest.raises(NoSuchFault, match="cut-session-after N"):
        still.fault("vpn2611", "cut-session-after")
    with pytest.raises(NoSuchFault, match="number"):
        still.fault("vpn2611", "slow", "much")
    assert still.status()["vpn2611"]["faults"] == {}
