"""How large a packet has to pass uncut, by what a device is configured with."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.routing.tunnel_interfaces import TunnelInterface
from nr_run.services.l2l.endpoint import Endpoint
from nr_run.services.l2l.verdicts.uncut_size import full_bytes

_HEAD = {
    "ios": "Building configuration...\n\nCurrent configuration:\n!\nversion 12.2\n",
    "asa": ": Saved\n:\nASA Version 9.1(7)\n!\n",
}
_END = {"ios": "line vty 0 4\n login local\nend\n", "asa": ": end\n"}
WAN = "interface GigabitEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n"
LAN = "interface GigabitEthernet0/1\n ip address 10.10.10.1 255.255.255.0\n"


def _end(*, tunnel: bool = False) -> Endpoint:
    return Endpoint(
        host="hq",
        interface="GigabitEthernet0/0",
        address=IPv4Address("192.0.2.1"),
        peer=IPv4Address("198.51.100.1"),
        selectors=((IPv4Network("10.10.10.0/24"), IPv4Network("10.10.20.0/24")),),
        source=IPv4Address("10.10.10.1"),
        target=IPv4Address("10.10.20.1"),
        transforms=(),
        tunnel=TunnelInterface("Tunnel1") if tunnel else None,
    )


def _full(text: str, *, os: str = "ios", tunnel: bool = False) -> int | None:
    return full_bytes(
        _end(tunnel=tunnel), Configuration("hq", os, "show running-config", _HEAD[os] + f"hostname hq\n{text}" + _END[os]).nodes
    )


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 1400),
        (WAN + " ip mtu 1492\n", 1392),
        (WAN + " mtu 1600\n", 1400),
        (f"{WAN}{LAN} ip tcp adjust-mss 1320\n", 1360),
        (f"{WAN}{LAN} ip mtu 1000\n", 1400),
        (WAN + " ip mtu 300\n", None),
    ],
)
def test_what_a_router_sends_at_most(text: str, size: int | None) -> None:
    """An MTU outside is lowered by ESP, an MSS anywhere raised by its headers; an MTU of another interface is nothing to it."""
    assert _full(text) == size


def test_the_mtu_of_a_tunnel_interface_counts_as_it_is() -> None:
    """What the interface takes is what has to pass, since ESP is put around it afterwards."""
    assert _full(WAN + "interface Tunnel1\n ip mtu 1380\n", tunnel=True) == 1380
    assert _full(WAN + "interface Tunnel1\n ip mtu 1450\n", tunnel=True) == 1400


def test_an_asa_that_lowers_what_is_sent() -> None:
    """By the MTU of an interface or by the MSS of all connections."""
    assert _full("mtu outside 1450\n", os="asa") == 1350
    assert _full("sysopt connection tcpmss 1300\n", os="asa") == 1340


def test_nothing_is_known_without_a_configuration() -> None:
    """A device whose configuration was not read is asked for nothing large."""
    assert full_bytes(_end(), None) is None
