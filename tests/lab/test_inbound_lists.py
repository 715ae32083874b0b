"""A list at the outside interface of a router meets IKE and what comes in encrypted, in the direction in which it stands."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from nr_run.lab.entry import LabHandle
from nr_run.lab.ios.filters import permits, shown_of

from ..warm import start_lab
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


@pytest.mark.parametrize(
    ("line", "passes"),
    [
        ("permit udp object-group PEERS any eq isakmp", False),
        ("permit udp any any time-range NIGHTS", False),
        ("deny udp any any eq isakmp fragments", False),
        ("evaluate OUTGOING", False),
        ("permit icmp any any echo-reply", True),
        ("permit tcp object-group PEERS any eq 443", True),
        ("20 remark what is not played", True),
        ("permit udp any any eq isakmp log-input", True),
    ],
)
def test_a_line_that_is_not_played_lets_nothing_in(line: str, passes: bool) -> None:
    """Of a line in a configuration of its own that the lab cannot read nothing is let in, unless it can be of no tunnel."""
    at, source = IPv4Address("192.0.2.1"), IPv4Address("192.0.2.2")
    named = ["ip access-list extended OUT", f" {line}", " permit ip any any", "!", "interface Ethernet0/0", " no shutdown"]
    numbered = ["access-list 101 permit ip any any", f"access-list 102 {line}", "access-list 102 permit ip any any"]
    for text, name in ((named, "OUT"), (numbered, "102")):
        lines = [*shown_of(text, name)]
        assert len(lines) == 2
        assert permits(lines, "udp", 500, source, at) is passes


def test_a_device_with_such_a_line_lets_no_ike_in(lab: LabHandle, tmp_path: Path) -> None:
    """A pair whose tunnel works, played again from its own configurations: with a line that is not played it does not come up."""
    build(lab)
    ping(lab)
    assert replies(ping(lab)) == 5
    keep_out(lab, "permit ip any any")
    texts = {name: lab.exec(name, "show running-config").splitlines() for name in BOTH}
    for count, (line, comes) in enumerate((("permit udp any any eq isakmp time-range NIGHTS", 0), ("remark nothing", 5))):
        strange = [
            text if text != "access-list 150 permit ip any any" else f"access-list 150 {line}\n{text}"
            for text in texts["vpn3640"]
        ]
        orders = {
            "vpn2611": {"profile": "vpn2611", "config": texts["vpn2611"]},
            "vpn3640": {"profile": "vpn3640", "config": "\n".join(strange).splitlines()},
        }
        with start_lab(tmp_path / f"again-{count}", devices=orders, speed=50.0) as again:
            assert f"access-list 150 {line}" in again.exec("vpn3640", "show running-config")
            ping(again)
            assert replies(ping(again)) == comes
