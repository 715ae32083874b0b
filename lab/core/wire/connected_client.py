"""The VPN client that a documented 2611 has at the start."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

from ...stations.vpn_client import VpnClient
from ..box import Box
from ..negotiation.sa import Flow
from ..records import Policy, Selector

CLIENT = IPv4Address("64.102.55.142")
CLIENT_POOL = IPv4Address("14.1.1.106")


def connect_client(box: Box) -> None:
    """The VPN client that is connected at the start, with the counters of a real capture (Cisco 2611, 12.2(8)T)."""
    local = IPv4Address("172.18.124.159")
    row = box.crypto.new_ike(local, CLIENT)
    row.state, row.policy = "QM_IDLE", Policy(3, "3des", "sha", "pre-share", "2", 86400)
    pool = IPv4Network(f"{CLIENT_POOL}/32")
    to_box = Flow("clientmap", 10, Selector(IPv4Network(f"{local}/32"), pool), CLIENT, from_acl=False)
    to_all = Flow("clientmap", 10, Selector(IPv4Network("0.0.0.0/0"), pool), CLIENT, from_acl=False)
    to_all.encaps, to_all.decaps = 4, 20
    transform = ("esp-3des", "esp-md5-hmac")
    spis: Mapping[int, tuple[Flow, int, int, int, int]] = {
        0xC4483102: (to_box, 3484, 0, 0, 0),
        0x81F39EFA: (to_box, 3484, 0, 0, 1),
        0x5209917C: (to_all, 3474, 2, 9, 0),
        0x58886878: (to_all, 3474, 0, 0, 1),
        0xDE6C99C0: (to_all, 3493, 2, 11, 0),
        0xB7F84138: (to_all, 3486, 1, 4, 1),
    }
    for spi, (flow, seconds, volume, packets, outbound) in spis.items():
        made = seconds - 3600
        sa = box.crypto.new_sa(spi, transform, made, 3600, 4608000)
        sa.packets, sa.used_kilobytes = packets, volume - (packets + 7) // 8
        (flow.outbound if outbound else flow.inbound).append(sa)
    box.crypto.flows += [to_box, to_all]
    box.network.clients[CLIENT] = VpnClient("documented", CLIENT, box.network, CLIENT_POOL, box)
