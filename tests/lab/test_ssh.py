"""The boxes that are reached by SSH: algorithms of their era, logins, sessions, and a real Netmiko client."""

from __future__ import annotations

import socket
import struct
import time

import paramiko
import pytest

from nr_run.lab.entry import Endpoint, LabHandle

from .telnet_client import Ssh, came_back, credential, login

netmiko = pytest.importorskip("netmiko")

KEX = {
    "hq": ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
    "branch": ["diffie-hellman-group1-sha1"],
}


def offered(where: Endpoint) -> list[list[str]]:
    """The name lists of the server's first packet: key exchange, host key, ciphers and macs both ways."""
    with socket.create_connection((where.host, where.port), timeout=30) as line, line.makefile("rwb") as stream:
        assert stream.readline() == b"SSH-2.0-Cisco-1.25\r\n"
        stream.write(b"SSH-2.0-test\r\n")
        stream.flush()
        length, padding = struct.unpack(">IB", stream.read(5))
        payload = stream.read(length - 1)[: length - 1 - padding]
    lists, rest = [], payload[17:]
    for _ in range(6):
        size = struct.unpack(">I", rest[:4])[0]
        lists.append(rest[4 : 4 + size].decode().split(","))
        rest = rest[4 + size :]
    return lists


@pytest.mark.parametrize("device", ["hq", "branch"])
def test_only_the_algorithms_of_the_era_are_offered(pair: LabHandle, device: str) -> None:
    """Group 1 (and 14 on 15.4) with SHA-1, an ssh-rsa key, CBC ciphers, SHA-1 and MD5: what a client of today has dropped."""
    kex, keys, *others = offered(pair.devices[device])
    assert [name for name in kex if not name.startswith(("kex-strict", "ext-info"))] == KEX[device]
    assert keys == ["ssh-rsa"]
    assert others == [["aes128-cbc", "3des-cbc"]] * 2 + [["hmac-sha1", "hmac-md5"]] * 2


def test_a_client_without_the_old_algorithms_is_not_let_in(pair: LabHandle) -> None:
    """A client that has only SHA-2 key exchanges finds no common one."""
    where = pair.devices["branch"]
    transport = paramiko.Transport(socket.create_connection((where.host, where.port), timeout=30))
    transport.get_security_options().kex = ("diffie-hellman-group14-sha256",)
    with pytest.raises(paramiko.SSHException):
        transport.connect(username="nr", password=credential(pair, "device-password"))
    transport.close()


@pytest.mark.parametrize("device", ["hq", "branch"])
def test_netmiko_logs_in_configures_and_saves(pair: LabHandle, device: str) -> None:
    """The stock SSH driver lands at privilege 15, reads a long show, sends a configuration and saves it."""
    where = pair.devices[device]
    connection = netmiko.ConnectHandler(
        device_type="cisco_ios",
        host=where.host,
        port=where.port,
        username="nr",
        password=credential(pair, "device-password"),
    )
    try:
        assert connection.find_prompt() == f"{device}#"
        assert connection.send_command("show running-config").rstrip().endswith("end")
        sent = connection.send_config_set(["ip access-list extended X", "permit ip any any"])
        assert "Invalid" not in sent
        assert "ip access-list extended X" in connection.send_command("show running-config | section access-list")
        connection.send_config_set(["no ip access-list extended X"])
        assert "[OK]" in connection.save_config()
    finally:
        connection.disconnect()


def test_a_wrong_password_is_refused_and_counted(pair: LabHandle) -> None:
    """A wrong password opens no session; both tries cost a login."""
    pair.reset_counters()
    with pytest.raises(EOFError):
        Ssh(pair.devices["hq"], "nr", "wrong")
    login(pair, "hq").__exit__()
    assert pair.counters("hq").logins == 2


def test_a_line_is_counted_and_freed_as_on_telnet(pair: LabHandle) -> None:
    """Five connections are taken, a sixth is not; a line sent after each prompt is a round trip."""
    lines = [login(pair, "branch") for _ in range(5)]
    with pytest.raises(EOFError):
        login(pair, "branch")
    pair.reset_counters()
    for _ in range(3):
        assert "UTC" in lines[0].answer("show clock")
    assert pair.counters("branch").round_trips == 3
    for line in lines:
        line.__exit__()
    while pair.status()["branch"]["sessions"]:
        time.sleep(0.01)
    with login(pair, "branch") as line:
        assert line.answer("show privilege") == "Current privilege level is 15"


def test_faults_of_the_line_strike_ssh_too(pair: LabHandle) -> None:
    """A session is cut in the middle of an echo; a box that does not answer says not even its version."""
    pair.fault("hq", "cut-in-echo", 1)
    with login(pair, "hq") as line:
        line.ask("configure terminal")
        line.send("hostname elsewhere\r")
        assert "hostname elsewhere".startswith(line.until_closed())
    assert "hostname hq" in pair.exec("hq", "show running-config")
    pair.fault("hq", "no-answer")
    where = pair.devices["hq"]
    with socket.create_connection((where.host, where.port), timeout=0.5) as silent, pytest.raises(TimeoutError):
        silent.recv(1)
    pair.fault("hq", "no-answer", on=False)
    with login(pair, "hq") as line:
        assert line.ask("").endswith("hq#")


def test_a_line_that_takes_no_ssh_lets_nobody_in(pair: LabHandle) -> None:
    """`transport input none` on the vty lines is obeyed by the next connection."""
    pair.exec("branch", "configure terminal\nline vty 0 4\ntransport input none")
    with pytest.raises((EOFError, ConnectionError)):
        login(pair, "branch")


@pytest.mark.parametrize("device", ["hq", "branch"])
def test_faults_of_a_change_strike_the_younger_boxes(pair: LabHandle, device: str) -> None:
    """An inverse is refused, a warning cuts an echo, the clock jumps, and the power fails in the middle of a change."""
    pair.fault(device, "refuse-inverse", "access-list")
    year = pair.exec(device, "show clock").split()[-1]
    pair.fault(device, "clock-step", 400 * 86400)
    with login(pair, device) as line:
        assert int(line.answer("show clock").split()[-1]) == int(year) + 1
        line.configure("ip access-list extended X\npermit ip any any")
        (said,) = line.configure("no ip access-list extended X")
        assert "% Invalid input detected at '^' marker." in said
        pair.fault(device, "shutdown-banner")
        line.send("\r")
        line.until()
        text = line.ask("show privilege")
        assert "*** --- SHUTDOWN in 0:05:00 ---" in text
        assert "Current privilege level is 15" in text
        pair.fault(device, "reboot-after", 5 + 2)  # this session has typed three lines of a list and two of its removal
        line.ask("configure terminal")
        line.send("hostname elsewhere\rip domain name other.example\r")
        line.until_closed()
    with came_back(pair, device) as line:
        assert line.ask("").endswith(f"{device}#")
        assert "access-list" not in line.answer("show running-config | include access-list extended")
