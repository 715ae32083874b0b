"""Clients and tunnels for the tests of the ASAs: lines for one end, whatever box it is, and how to send traffic through them."""

from __future__ import annotations

import re
import time

from nr_run.lab.entry import LabHandle

from .telnet_client import Ssh, credential, login
from .tunnels import replies

PROMPT = re.compile(r"(?:^|[\r\n\b])([\w-]+(?:\([\w-]+\))?[>#] )$")
OUTSIDE = {
    "asa82": "172.18.124.82",
    "asa91": "172.18.124.91",
    "asa919": "172.18.124.219",
    "asa924": "172.18.124.224",
    "c881": "172.18.124.181",
    "c8000v-17": "172.18.124.17",
    "c8000v-1711": "172.18.124.171",
    "vpn3640-124": "172.18.124.124",
    "vpn2611": "172.18.124.159",
}
INSIDE = {
    "asa82": "10.10.82",
    "asa91": "10.10.91",
    "asa919": "10.10.119",
    "asa924": "10.10.124",
    "c881": "10.10.81",
    "c8000v-17": "10.10.17",
    "c8000v-1711": "10.10.171",
    "vpn3640-124": "10.10.24",
    "vpn2611": "10.10.10",
}
PSK = "Agreed.Key-asa~ios"
INVALID = "ERROR: % Invalid input detected at '^' marker."
INCOMPLETE = "WARNING: The crypto map entry is incomplete!"
WILL_BE_INCOMPLETE = "WARNING: The crypto map entry will be incomplete!"


class Asa(Ssh):
    """An SSH session on an ASA, whose prompt ends with a blank."""

    def until(self, pattern: str | re.Pattern[str] = PROMPT) -> str:
        """Read up to the end of what the pattern finds."""
        return super().until(pattern)

    def ask(self, line: str, pattern: str | re.Pattern[str] = PROMPT) -> str:
        """Type a line and return the whole answer."""
        return super().ask(line, pattern)


def open_asa(lab: LabHandle, device: str) -> Asa:
    """Log in, take privilege 15 and switch the pager off."""
    line = Asa(lab.devices[device], credential(lab, "device-username"), credential(lab, "device-password"))
    line.until()
    line.ask("enable", "Password: $")
    line.ask(credential(lab, "enable-secret"))
    line.ask("terminal pager 0")
    return line


def back(lab: LabHandle, device: str) -> Asa:
    """Log in as soon as the box answers again."""
    for _ in range(400):
        try:
            return open_asa(lab, device)
        except (ConnectionRefusedError, ConnectionResetError, EOFError):
            time.sleep(0.05)
    raise AssertionError(f"{device} did not come back")


def reboot(lab: LabHandle, device: str) -> Asa:
    """Reload a box without a question, wait until it has gone, and log in when it is back."""
    with open_asa(lab, device) as line:
        line.send("reload noconfirm\r")
        line.until_closed()
    return back(lab, device)


def typed(lab: LabHandle, device: str, lines: str) -> list[str]:
    """Type configuration lines; return every answer that was not empty, with its line."""
    with open_asa(lab, device) if device.startswith("asa") else login(lab, device) as line:
        return line.configure(lines)


def asa_end(device: str, peer: str, *, cipher: str = "aes-256", group: str = "5", key: str = PSK, pfs: str = "") -> str:
    """The ASA's lines of a tunnel to a peer, in the words of its release."""
    old = device == "asa82"
    ike, set_words = ("isakmp", "transform-set") if old else ("ikev1", "ikev1 transform-set")
    return f"""\
crypto {ike} policy 10
 authentication pre-share
 encryption {cipher}
 hash sha
 group {group}
 lifetime 86400
crypto {ike} enable outside
tunnel-group {OUTSIDE[peer]} type ipsec-l2l
tunnel-group {OUTSIDE[peer]} ipsec-attributes
 {"" if old else "ikev1 "}pre-shared-key {key}
 isakmp keepalive threshold 10 retry 3
crypto ipsec {set_words} NR-TS esp-{cipher} esp-sha-hmac
access-list NR-ACL extended permit ip {INSIDE[device]}.0 255.255.255.0 {INSIDE[peer]}.0 255.255.255.0
crypto map NR-MAP 10 set peer {OUTSIDE[peer]}
crypto map NR-MAP 10 set {set_words} NR-TS
{f"crypto map NR-MAP 10 set pfs {pfs}" if pfs else "!"}
crypto map NR-MAP 10 match address NR-ACL
crypto map NR-MAP interface outside"""


def ios_end(device: str, peer: str, *, cipher: str = "aes-256", group: str = "5", key: str = PSK, pfs: str = "") -> str:
    """The router's lines of a tunnel to a peer."""
    words = cipher.replace("-", " ")
    return f"""\
crypto isakmp policy 10
 encr {words}
 authentication pre-share
 group {group}
crypto isakmp key {key} address {OUTSIDE[peer]}
crypto isakmp keepalive 10 3
crypto ipsec transform-set NR-TS esp-{words} esp-sha-hmac
ip access-list extended NR-ACL
 permit ip {INSIDE[device]}.0 0.0.0.255 {INSIDE[peer]}.0 0.0.0.255
crypto map NR-MAP 10 ipsec-isakmp
 set peer {OUTSIDE[peer]}
 set transform-set NR-TS
 {f"set pfs {pfs}" if pfs else "!"}
 match address NR-ACL
interface {"FastEthernet4" if device == "c881" else "Ethernet0/0"}
 crypto map NR-MAP"""


def end(device: str, peer: str, **differing: str) -> str:
    """One end's lines."""
    return (asa_end if device.startswith("asa") else ios_end)(device, peer, **differing)


def join(lab: LabHandle, one: str, other: str, *, differing: dict[str, str] | None = None, **both: str) -> None:
    """Type both ends; `differing` is about the second."""
    typed(lab, one, end(one, other, **both))
    typed(lab, other, end(other, one, **{**both, **(differing or {})}))


def ping(lab: LabHandle, device: str, peer: str, repeat: int = 5, host: int = 1) -> int:
    """Ping the other LAN from the own LAN's address; how many echoes came back."""
    target = f"{INSIDE[peer]}.{host}"
    if device.startswith("asa"):
        return replies(lab.exec(device, f"ping inside {target} repeat {repeat} timeout 1"))
    return replies(lab.exec(device, f"ping {target} source {INSIDE[device]}.1 repeat {repeat} timeout 1"))


def ike_state(lab: LabHandle, device: str) -> str:
    """The state in the one row of an ASA's phase-1 table; empty if there is none."""
    found = re.search(r"State   : (\w+)", lab.exec(device, "show crypto isakmp sa"))
    return found[1] if found is not None else ""


def config(lab: LabHandle, device: str, part: str = "") -> list[str]:
    """The lines of a part of the running configuration."""
    return [line.rstrip() for line in lab.exec(device, f"show running-config {part}").splitlines()]
