"""A list at the outside interface of a router meets IKE and what comes in encrypted, in the direction in which it stands."""

from __future__ import annotations

import pytest

from nr_run.lab.entry import LabHandle

from .telnet_client import login
from .tunnels import build, flow, number, ping, replies, spis

HQ_LAN, BRANCH_LAN = "10.10.10.0", "10.10.20.0"


def keep_out(lab: LabHandle, *rules: str) -> None:
    """The branch has a list of these rules at its outside, coming in."""
    lines = [*(f"access-list 150 {rule}" for rule in rules), "interface Ethernet0/0", "ip access-group 150 in", "exit"]
    with login(lab, "vpn3640") as line:
        assert not any("%" in answer for answer in line.configure("\n".join(lines)))


def test_esp_is_kept_out_in_one_direction(lab: LabHandle) -> None:
    """SAs stand at both ends; what the 2611 encrypts does not come in at the 3640, and what that one encrypts is decrypted."""
    build(lab)
    ping(lab)
    assert replies(ping(lab)) == 5
    before = {name: number(flow(lab, name, *lans), "#pkts decaps") for name, lans in BOTH.items()}
    keep_out(lab, "deny esp host 172.18.124.159 any", "permit ip any any")
    assert replies(ping(lab)) == 0
    assert replies(ping(lab, "vpn3640")) == 0
    after = {name: number(flow(lab, name, *lans), "#pkts decaps") for name, lans in BOTH.items()}
    assert (after["vpn3640"] - before["vpn3640"], after["vpn2611"] - before["vpn2611"]) == (0, 5)
    assert all(len(sas) == 1 for name, lans in BOTH.items() for sas in spis(flow(lab, name, *lans)))


BOTH = {"vpn2611": (HQ_LAN, BRANCH_LAN), "vpn3640": (BRANCH_LAN, HQ_LAN)}


@pytest.mark.parametrize(
    ("rules", "passes"),
    [
        (("deny udp any any eq isakmp", "permit ip any any"), False),
        (("permit esp any any",), False),
        (("permit udp host 172.18.124.159 any eq isakmp", "permit 50 any any"), True),
        (("permit udp any eq 500 any range 499 501", "permit esp any any"), True),
        (("permit udp any any gt 500", "permit esp any any"), False),
        (("deny tcp any any", "permit ip host 172.18.124.159 any"), True),
        (("permit ip host 172.18.124.77 any",), False),
    ],
)
def test_ike_is_let_in_by_what_the_list_says(lab: LabHandle, rules: tuple[str, ...], passes: bool) -> None:
    """The first rule that fits decides, by protocol, addresses and ports; what none fits is denied, and no SA comes of it."""
    build(lab)
    keep_out(lab, *rules)
    ping(lab)
    assert (replies(ping(lab)) == 5) is passes
    assert (spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN)) != ([], [])) is passes
