"""A second tunnel interface between the two ends, by which the other end answers what it was asked through the first one.

It is that of a second address of the router, as a second exit has one; the route that leads to it is the mistake.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address

from .ground import Ground, Side
from .mistakes import Lines, Planted

#: The second address of the router, on a loopback that the provider leads to; and the ends inside the second tunnel.
SECOND = "192.0.2.98"
_INSIDE = {"ios": "10.255.9.1", "asa": "10.255.9.2"}
_LONG = "255.255.255.252"


def _router(side: Side) -> tuple[Lines, Lines]:
    """The second tunnel of the router: its IKE parts where the version needs them, the interface, and the longer route."""
    profile = side.find(r"^crypto ipsec profile NR-pair ?\n((?: .*\n)+)")
    lines = [line.strip() for line in profile.splitlines() if "ikev2-profile" not in line]
    ike, gone = _ikev2(side) if side.version == 2 else _ikev1(side)
    lines += ["set ikev2-profile SECOND"] if side.version == 2 else []
    route = f"ip route {side.far_inner} 255.255.255.255 Tunnel2"
    made = [
        *("interface Loopback98", f"ip address {SECOND} 255.255.255.255", "exit", *ike),
        *("crypto ipsec profile SECOND", *lines, "exit"),
        *("interface Tunnel2", f"ip address {_INSIDE['ios']} {_LONG}", "tunnel source Loopback98"),
        *("tunnel mode ipsec ipv4", f"tunnel destination {side.peer}", "tunnel protection ipsec profile SECOND", "exit", route),
    ]
    back = [f"no {route}", "no interface Tunnel2", "no crypto ipsec profile SECOND", *gone, "no interface Loopback98"]
    return made, back


def _ikev1(side: Side) -> tuple[Lines, Lines]:
    """The key of the peer is there already."""
    return ([], []) if side.has(rf"^crypto isakmp key \S+ address {side.peer}") else (["crypto isakmp enable"], [])


def _ikev2(side: Side) -> tuple[Lines, Lines]:
    policy = side.find(r"^(crypto ikev2 policy NR-\S+)")
    made = [
        *(policy, f"match address local {SECOND}", "exit", "crypto ikev2 profile SECOND"),
        *(f"match identity remote address {side.peer} 255.255.255.255", f"match address local {SECOND}"),
        *(f"identity local address {SECOND}", "authentication remote pre-share", "authentication local pre-share"),
        *("keyring local NR-pair", "exit"),
    ]
    return made, ["no crypto ikev2 profile SECOND", policy, f"no match address local {SECOND}", "exit"]


def _firewall(side: Side) -> tuple[Lines, Lines]:
    """The second tunnel of the firewall, to the second address of the router."""
    group = f"tunnel-group {side.peer} ipsec-attributes"
    attributes = re.findall(r"^ ((?:ikev1 |ikev2 \S+ )?pre-shared-key) ", side.find(rf"^{group} ?\n((?: .*\n)+)"), re.MULTILINE)
    made = [
        *(f"tunnel-group {SECOND} type ipsec-l2l", f"tunnel-group {SECOND} general-attributes"),
        *("default-group-policy NR-pair", f"tunnel-group {SECOND} ipsec-attributes"),
        *(f"{words} {side.key}" for words in attributes),
        *("interface Tunnel2", "nameif second", f"ip address {_INSIDE['asa']} {_LONG}", "tunnel source interface outside"),
        *(f"tunnel destination {SECOND}", "tunnel mode ipsec ipv4", "tunnel protection ipsec profile NR-pair", "exit"),
    ]
    assert IPv4Address(SECOND) != IPv4Address(side.peer)
    return made, ["no interface Tunnel2", f"clear configure tunnel-group {SECOND}"]


def by_another_tunnel(ground: Ground) -> Planted:
    """The router leads what it answers into a second tunnel; the firewall asked by the first one."""
    made = [(side, *(_firewall(side) if side.os == "asa" else _router(side))) for side in ground.sides]
    # Until the second tunnel is up the route by it is none, and both directions go by the first one.
    up = r"Tunnel2 .*\bup +up\b"
    until = [(side, "show interface ip brief" if side.os == "asa" else "show ip interface brief", up) for side in ground.sides]
    # The firewall first: an interface that is gone keeps no route.
    return Planted(typed=sorted(made, key=lambda one: one[0].os), until=until)
