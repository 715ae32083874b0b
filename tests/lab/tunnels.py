"""The tunnel that most tests build: lines for both ends, and how to send traffic through it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from nr_run.lab.entry import LabHandle

from .telnet_client import login

PSK = "Agreed.Key-2611~3640"
HQ = f"""\
crypto isakmp key {PSK} address 172.18.124.199 no-xauth
crypto isakmp keepalive 10 3
crypto ipsec transform-set NR-HQ-BRANCH esp-3des esp-sha-hmac
 mode tunnel
ip access-list extended NR-HQ-BRANCH
 permit ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255
crypto map clientmap 1 ipsec-isakmp
 set peer 172.18.124.199
 set transform-set NR-HQ-BRANCH
 set pfs group2
 match address NR-HQ-BRANCH
"""
BRANCH = f"""\
crypto isakmp policy 10
 encr 3des
 hash sha
 authentication pre-share
 group 2
 lifetime 86400
crypto isakmp key {PSK} address 172.18.124.159
crypto isakmp keepalive 10 3
crypto ipsec transform-set NR-HQ-BRANCH esp-3des esp-sha-hmac
 mode tunnel
ip access-list extended NR-HQ-BRANCH
 permit ip 10.10.20.0 0.0.0.255 10.10.10.0 0.0.0.255
crypto map NR-MAP 10 ipsec-isakmp
 set peer 172.18.124.159
 set transform-set NR-HQ-BRANCH
 set pfs group2
 match address NR-HQ-BRANCH
interface Ethernet0/0
 crypto map NR-MAP
"""


def build(lab: LabHandle, hq: str = HQ, branch: str = BRANCH) -> None:
    """Type both ends' lines; only the note about the new crypto map may be answered."""
    for device, lines in (("vpn3640", branch), ("vpn2611", hq)):
        with login(lab, device) as line:
            answers = line.configure(lines)
            assert all("% NOTE: This new crypto map" in answer for answer in answers), answers


def ping(lab: LabHandle, device: str = "vpn2611", repeat: int = 5) -> str:
    """Ping the other LAN from the own LAN's address by the dialogue; return the whole output."""
    source, target = ("10.10.10.1", "10.10.20.1") if device == "vpn2611" else ("10.10.20.1", "10.10.10.1")
    answers = ["ip", target, str(repeat), "", "", "y", source, "", "", "", "", "", ""]
    return lab.exec(device, "\n".join(["ping", *answers]))


def replies(output: str) -> int:
    """How many echoes came back."""
    found = re.search(r"\((\d+)/\d+\)", output)
    assert found is not None, output
    return int(found[1])


def state(lab: LabHandle, device: str, peer: str) -> str:
    """The state of the phase-1 row with a peer; empty if there is none."""
    for row in lab.exec(device, "show crypto isakmp sa").splitlines():
        words = row.split()
        if len(words) == 5 and peer in words[:2]:
            return words[2]
    return ""


def flow(lab: LabHandle, device: str, local: str, remote: str) -> str:
    """The text of one flow in `show crypto ipsec sa`, found by its two networks."""
    text = lab.exec(device, "show crypto ipsec sa")
    for block in text.split("   protected vrf: ")[1:]:
        if f"local  ident (addr/mask/prot/port): ({local}/" in block and f"({remote}/" in block.split("remote ident")[1]:
            return block
    return ""


def number(block: str, what: str) -> int:
    """A counter of a flow, such as `#pkts encaps`."""
    found = re.search(rf"{re.escape(what)}:? (\d+)", block)
    assert found is not None, (what, block)
    return int(found[1])


def spis(block: str) -> tuple[list[str], list[str]]:
    """The SPIs of a flow: inbound and outbound."""
    inbound, _, outbound = block.partition("outbound esp sas:")
    find = re.compile(r"spi: 0x([0-9A-F]+)\(")
    return find.findall(inbound.partition("inbound esp sas:")[2]), find.findall(outbound)


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds; it has to within a minute."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to hold")
