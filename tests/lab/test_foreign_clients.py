"""Clients and parsers that nobody here wrote: stock Netmiko, the OpenSSH client, and the templates of ntc-templates.

Netmiko brings ntc-templates; the OpenSSH client is used where it is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler
from ntc_templates.parse import parse_output

from nr_run.lab.entry import LabHandle

from .firewalls import join, ping
from .pairs import Bench, ends
from .several import DEVICES, several, shared_several
from .telnet_client import credential
from .tunnels import eventually

__all__ = ["several", "shared_several"]

TYPES = {"vpn3640": "cisco_ios_telnet", "c881": "cisco_ios", "c8000v-17": "cisco_xe", "asa91": "cisco_asa", "asa919": "cisco_asa"}
each_box = pytest.mark.parametrize("device", DEVICES)


def stock(lab: LabHandle, device: str) -> Any:
    """A Netmiko connection with nothing but what a user gives."""
    where = lab.devices[device]
    return ConnectHandler(
        device_type=TYPES[device],
        host=where.host,
        port=where.port,
        username=credential(lab, "device-username"),
        password=credential(lab, "device-password"),
        secret=credential(lab, "enable-secret"),
    )


@each_box
def test_stock_netmiko(several: LabHandle, device: str) -> None:
    """It logs in, takes privilege, reads a long answer, configures, finds a line that is refused, and saves."""
    asa = device.startswith("asa")
    connection = stock(several, device)
    try:
        connection.enable()
        assert connection.find_prompt().strip() == f"{device}#"
        assert "hostname" in connection.send_command("show running-config")
        name = "access-list NETMIKO extended permit ip any any" if asa else "access-list 166 permit ip any any"
        connection.send_config_set([name])
        assert name in connection.send_command("show running-config")
        refused = connection.send_config_set(["nonsense here"])
        assert "% Invalid input detected at '^' marker." in refused
        connection.send_config_set([f"no {name}"])
        assert "[OK]" in connection.save_config()
    finally:
        connection.disconnect()


@each_box
@pytest.mark.parametrize("fault", [("split-reads",), ("banner-marks",)])
def test_stock_netmiko_on_a_box_with_a_fault(several: LabHandle, device: str, fault: tuple[str, ...]) -> None:
    """What a good client bears it does: answers in pieces, and a banner, as long as nothing in it looks like the own prompt."""
    several.fault(device, *fault)
    connection = stock(several, device)
    try:
        connection.enable()
        said = connection.send_command("show running-config", expect_string=rf"{device}# ?$")
        assert said.rstrip().splitlines()[-1] in ("end", ": end")
    finally:
        connection.disconnect()


TEMPLATES = {
    "show version": "cisco_{}",
    "show access-lists": "cisco_ios",
    "show ip interface brief": "cisco_ios",
    "show ip route": "cisco_ios",
    "show interface ip brief": "cisco_asa",
    "show route": "cisco_asa",
    "show nameif": "cisco_asa",
    "show running-config tunnel-group": "cisco_asa",
}


def parsed(lab: LabHandle, device: str, command: str) -> list[dict[str, Any]]:
    """What the template of a command reads out of the answer of a box."""
    platform = "cisco_asa" if device.startswith("asa") else "cisco_ios"
    return parse_output(platform=platform, command=command, data=lab.exec(device, command))


@each_box
def test_templates_read_what_every_box_prints(several: LabHandle, device: str) -> None:
    """The release, the own addresses and the default route are found by the public templates."""
    asa = device.startswith("asa")
    (version,) = parsed(several, device, "show version")
    release = {"vpn3640": "12.2(8)T", "c881": "15.4(3)M3", "c8000v-17": "17.9.4a", "asa91": "9.1(7)", "asa919": "9.19(1)"}[device]
    assert version["version"].replace("17.09", "17.9").replace("04a", "4a") == release
    assert version["hostname"] == device
    interfaces = parsed(several, device, "show interface ip brief" if asa else "show ip interface brief")
    addresses = [row.get("ip_address") or row.get("ipaddr") for row in interfaces]
    assert any(str(address).startswith("172.18.124.") for address in addresses)
    routes = parsed(several, device, "show route" if asa else "show ip route")
    gateways = [row.get("nexthop_ip") or row.get("nexthopip") for row in routes if row["network"] == "0.0.0.0"]
    assert gateways == ["172.18.124.1"]


@pytest.mark.parametrize("device", ["c881", "c8000v-17"])
def test_templates_read_files_and_lists_of_a_router(several: LabHandle, device: str) -> None:
    """`dir` has one row to each file with its size and date, a list one to each entry."""
    several.exec(device, "configure terminal\naccess-list 167 permit ip host 192.0.2.1 any")
    rows = parsed(several, device, "dir")
    assert rows
    assert all(int(row["size"]) > 0 for row in rows)
    assert [row for row in parsed(several, device, "show access-lists") if "192.0.2.1" in str(row)]


def test_templates_read_a_tunnel_of_an_asa(several: LabHandle) -> None:
    """SAs and session of a tunnel that is up are read with the peer's address and networks."""
    join(several, "asa91", "c881")
    eventually(lambda: ping(several, "c881", "asa91") == 5)
    (row,) = parsed(several, "asa91", "show crypto ipsec sa")
    assert "172.18.124.181" in str(row)
    assert "10.10.81.0" in str(row)
    assert "172.18.124.181" in str(parsed(several, "asa91", "show vpn-sessiondb detail l2l"))
    assert "172.18.124.181" in str(parsed(several, "asa91", "show running-config tunnel-group"))


def test_templates_read_a_tunnel_interface_with_ikev2(several: LabHandle) -> None:
    """Its state, its session, its addresses and its routes are read out of what an 881 and a C8000V print."""
    near, far = ends("c881", "c8000v-17")
    bench = Bench(several)
    try:
        bench.build(near, far)
        eventually(lambda: bench.ping(near, 3) == 3)
        for end in (near, far):
            (tunnel,) = [row for row in parsed(several, end.box, "show interfaces") if row["interface"] == "Tunnel1"]
            assert (tunnel["link_status"], tunnel["protocol_status"]) == ("up", "up")
            assert tunnel["ip_address"].startswith("10.255.0.")
            assert int(tunnel["input_packets"]) >= 3
            (session,) = [row for row in parsed(several, end.box, "show crypto session detail") if row["interface"] == "Tunnel1"]
            assert session["profile"] == "PR"
            assert session["session_status"] == "UP-ACTIVE"
            assert session["peer"] == end.peer
            assert "IKEv2 SA" in several.exec(end.box, "show crypto session detail")
            (brief,) = [row for row in parsed(several, end.box, "show ip interface brief") if row["interface"] == "Tunnel1"]
            assert (brief["status"], brief["proto"]) == ("up", "up")
            routes = [row for row in parsed(several, end.box, "show ip route") if row["nexthop_if"] == "Tunnel1"]
            assert {row["protocol"] for row in routes} == {"C", "L", "S"}
    finally:
        bench.reset()
        bench.close()


LEGACY = (
    "KexAlgorithms=+diffie-hellman-group14-sha1,diffie-hellman-group1-sha1,diffie-hellman-group-exchange-sha1",
    "HostKeyAlgorithms=+ssh-rsa",
    "PubkeyAcceptedAlgorithms=+ssh-rsa",
    "Ciphers=+aes128-cbc,aes256-cbc,3des-cbc",
    "MACs=+hmac-sha1",
    "RequiredRSASize=1024",
)


@pytest.mark.skipif(shutil.which("ssh") is None, reason="no OpenSSH client")
@pytest.mark.parametrize("device", ["c881", "c8000v-17", "asa91", "asa919"])
def test_the_openssh_client(several: LabHandle, device: str, tmp_path: Path) -> None:
    """It logs in, learns the key of the box, shows what is typed, and refuses the box when its key is another one."""
    said, code = converse(several, device, tmp_path, "show clock", "exit")
    assert re.search(r"\d\d:\d\d:\d\d\.\d+ UTC", said)
    assert code >= 0
    several.fault(device, "host-key")
    said, code = converse(several, device, tmp_path, "exit")
    assert code == 255
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in said


def converse(lab: LabHandle, device: str, folder: Path, *lines: str) -> tuple[str, int]:
    """Log in with the OpenSSH client, type each line at its prompt; return everything that was shown, and the exit code."""
    where = lab.devices[device]
    helper = folder / "password"
    helper.write_text(f"#!/bin/sh\ncat '{Path(lab.credentials) / 'device-password'}'\n")
    helper.chmod(0o700)
    options = [
        f"UserKnownHostsFile={folder / 'known_hosts'}",
        "StrictHostKeyChecking=accept-new",
        "PubkeyAuthentication=no",
        *LEGACY,
    ]
    command = ["ssh", "-F", "/dev/null", "-tt", "-p", str(where.port), *(word for item in options for word in ("-o", item))]
    environment = {**os.environ, "SSH_ASKPASS": str(helper), "SSH_ASKPASS_REQUIRE": "force", "TERM": "vt100"}
    process = subprocess.Popen(
        [*command, f"nr@{where.host}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    guard = threading.Timer(60, process.kill)
    guard.start()
    said, waiting = "", list(lines)
    while data := os.read(process.stdout.fileno(), 65536):
        said += data.decode("latin-1")
        if waiting and re.search(rf"{device}[>#] ?$", said):
            process.stdin.write(f"{waiting.pop(0)}\r".encode())
            process.stdin.flush()
    guard.cancel()
    process.stdin.close()
    process.stdout.close()
    return said, process.wait()
