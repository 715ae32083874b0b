"""Generated routers on which others are at work: everything that may stand beside a tunnel and share something with it."""

from __future__ import annotations

import re

from hypothesis import strategies as st
from msgspec.structs import replace

from .boxes import Box, boxes
from .device import Device
from .rendering import TOKEN

PEER = "172.18.124.199"
#: What may stand on a device besides: lines as the device shows them, M is the map of the device. Lines at the margin begin
#: objects.
PEERS_OF_ONE_ENTRY = """\
crypto map M 300 ipsec-isakmp
 set peer 198.51.100.1
 set peer 198.51.100.2 default
 set security-association lifetime kilobytes 9000
 set transform-set myset
 match address two-peers
ip access-list extended two-peers
 remark both data centres
 permit tcp 10.99.1.0 0.0.0.255 eq 80 10.98.0.0 0.0.255.255
 permit ip 10.99.1.0 0.0.0.255 10.98.0.0 0.0.255.255
"""
SAME_PEER = f"""\
crypto isakmp key {TOKEN} address {PEER}
crypto map M 301 ipsec-isakmp
 set peer {PEER}
 set transform-set myset
 match address same-peer
ip access-list extended same-peer
 permit ip 10.99.2.0 0.0.0.255 10.97.0.0 0.0.255.255
"""
SAME_PEER_NO_XAUTH = SAME_PEER.replace(f"address {PEER}\n", f"address {PEER} no-xauth\n", 1)
SAME_PEER_BY_A_WIDER_KEY = SAME_PEER.replace(f"address {PEER}\n", "address 172.18.0.0 255.255.0.0\n", 1)
OUR_NAMES = """\
crypto ipsec transform-set OWN-SET esp-null esp-md5-hmac
crypto ipsec transform-set NR-b esp-3des esp-sha-hmac
crypto map M 302 ipsec-isakmp
 set peer 198.51.100.3
 set transform-set OWN-SET NR-b
 match address OWN
ip access-list extended OWN
 permit ip 10.99.3.0 0.0.0.255 10.96.0.0 0.0.255.255
"""
IDLE_MAP = """\
crypto map idle 10 ipsec-isakmp
 set peer 198.51.100.4
 set transform-set myset
 match address NR-hq-branch
"""
FILTER = """\
interface Ethernet0/2
 ip address 10.95.0.1 255.255.255.0
 ip access-group NR-b in
"""
SECOND_BINDING = "interface Ethernet0/3\n ip address 192.0.2.200 255.255.255.0\n crypto map M\n"
PROTECTED = f"""\
crypto keyring ring
 pre-shared-key address {PEER} key <key:000000bb>
crypto isakmp profile prof
 keyring ring
 match identity address 198.51.100.9 255.255.255.255
crypto ipsec profile vti
 set transform-set myset
interface Tunnel0
 tunnel source Ethernet0/0
 tunnel destination {PEER}
 tunnel protection ipsec profile vti
"""
BY_NAME = "crypto isakmp key <key:000000cc> hostname far.example.net\n"
FOR_ALL = "crypto isakmp key <key:000000dd> address 0.0.0.0 0.0.0.0\n"
SHADOW = """\
crypto map M 303 ipsec-isakmp
 set peer 198.51.100.5
 set transform-set myset
 match address shadow
ip access-list extended shadow
 permit ip 0.0.0.0 255.255.255.0 0.0.0.0 255.255.255.0
"""
CROWD = (
    PEERS_OF_ONE_ENTRY,
    SAME_PEER,
    SAME_PEER_NO_XAUTH,
    SAME_PEER_BY_A_WIDER_KEY,
    OUR_NAMES,
    IDLE_MAP,
    FILTER,
    SECOND_BINDING,
    PROTECTED,
    BY_NAME,
    FOR_ALL,
    SHADOW,
)


@st.composite
def crowded(draw: st.DrawFn) -> Box:
    """A device of ``boxes()`` with some of the crowd on it, before or after the tunnel would come."""
    box = draw(boxes())
    chosen = draw(st.sets(st.sampled_from(CROWD), min_size=1, max_size=4))
    return replace(box, running=with_crowd(box, chosen))


def with_crowd(box: Box, chosen: set[str]) -> str:
    """The running configuration of a device with more on it, at the places where the device shows it."""
    device = Device(box.running)
    for text in sorted(chosen):
        for raw in text.replace("crypto map M", f"crypto map {box.map_name or 'other-map'}").splitlines():
            if raw[0] != " ":
                here = device.find(re.escape(raw)) or device.add(raw)
            elif raw.strip() not in here.below:
                here.below.append(raw.strip())
    return device.show()
