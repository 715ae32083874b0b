"""`show interfaces`, `show crypto ipsec profile` and the crypto maps of tunnels as IOS 12.4 and later print them.

Sources: outputs of 15.x and IOS-XE routers in public repositories. The counters of an interface are those of its SAs; what the
lab does not count (rates, errors, queues) is printed as zero. Of physical interfaces only what every kind has is printed.
"""

from __future__ import annotations

from ..core.box import Box
from ..core.configuration.store import Entry
from ..core.negotiation.sa import Flow
from ..core.records import EVERYTHING, Interface
from ..ios import model
from . import tunnel_interface


def flow_of(box: Box, interface: str) -> Flow | None:
    """The flow of a tunnel interface, made when it is first asked for; None when it protects nothing."""
    for protector in box.meaning.protectors().on.get(interface, []):
        if protector.tunnel and protector.complete:
            flow = box.crypto.flow(protector.name, protector.seq, EVERYTHING, protector.peers[0])
            flow.local = protector.local
            return flow
    return None


def source_interface(box: Box, name: str) -> str:
    """The interface that a tunnel begins at; `(none)` when that is an address only."""
    entry = box.store.get("interface", name)
    line = entry.child("tunnel source") if entry is not None else None
    return line.values.get("name", "(none)") if line is not None else "(none)"


def interfaces(box: Box, name: str = "") -> list[str]:
    """`show interfaces`, all or one."""
    box.network.settle(box)
    found = [item for item in model.interfaces(box.store) if name in ("", item.name)]
    lines: list[str] = []
    for item in sorted(found, key=lambda each: bool(each.tunnel)):
        entry = box.store.get("interface", item.name)
        if entry is not None:
            lines += _interface(box, item, entry)
    return lines


def _interface(box: Box, item: Interface, entry: Entry) -> list[str]:
    up = "up" if item.up else "administratively down"
    protocol = "up" if item.up and item.name not in box.network.silent(box) else "down"
    told = entry.child("description")
    lines = [f"{item.name} is {up}, line protocol is {protocol} ", f"  Hardware is {'Tunnel' if item.tunnel else 'Ethernet'}"]
    lines += [f"  Description: {told.values['text']}"] if told is not None else []
    if item.address is not None and item.network is not None:
        lines.append(f"  Internet address is {item.address}/{item.network.prefixlen}")
    if item.tunnel:
        return lines + _tunnel(box, item, entry)
    return [
        *lines,
        "  MTU 1500 bytes, BW 100000 Kbit/sec, DLY 100 usec, ",
        "     reliability 255/255, txload 1/255, rxload 1/255",
        "  Encapsulation ARPA, loopback not set",
        *_counters(0, 0),
    ]


def _tunnel(box: Box, item: Interface, entry: Entry) -> list[str]:
    source, far = tunnel_interface.source(box.store, entry), tunnel_interface.destination(entry)
    named, profile = source_interface(box, item.name), tunnel_interface.profile_of(entry)
    begins = f"{source or 'UNKNOWN'}{f' ({named})' if named != '(none)' else ''}"
    ipsec = tunnel_interface.mode(entry) == "ipsec"
    flow = flow_of(box, item.name)
    state = "up" if item.name not in box.network.silent(box) else "down"
    unit = "Kbit/sec" if box.release.late else "Kbit"
    return [
        f"  MTU {17878 if ipsec else 17916} bytes, BW 100 {unit}, DLY 50000 usec, ",
        "     reliability 255/255, txload 1/255, rxload 1/255",
        "  Encapsulation TUNNEL, loopback not set",
        "  Keepalive not set",
        *([f"  Tunnel linestate evaluation {state}"] if box.release.xe else []),
        f"  Tunnel source {begins}, destination {far or 'UNKNOWN'}",
        f"  Tunnel protocol/transport {'IPSEC/IP' if ipsec else 'GRE/IP'}",
        "  Tunnel TTL 255",
        f"  Tunnel transport MTU {1438 if ipsec else 1476} bytes",
        "  Tunnel transmit bandwidth 8000 (kbps)",
        "  Tunnel receive bandwidth 8000 (kbps)",
        *([f'  Tunnel protection via IPSec (profile "{profile}")'] if profile else []),
        *_counters(flow.decaps if flow else 0, flow.encaps if flow else 0),
    ]


def _counters(came: int, went: int) -> list[str]:
    return [
        "  Last input never, output never, output hang never",
        '  Last clearing of "show interface" counters never',
        "  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0",
        "  Queueing strategy: fifo",
        "  Output queue: 0/0 (size/max)",
        "  5 minute input rate 0 bits/sec, 0 packets/sec",
        "  5 minute output rate 0 bits/sec, 0 packets/sec",
        f"     {came} packets input, {100 * came} bytes, 0 no buffer",
        "     Received 0 broadcasts, 0 runts, 0 giants, 0 throttles",
        "     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort",
        f"     {went} packets output, {100 * went} bytes, 0 underruns",
        "     0 output errors, 0 collisions, 0 interface resets",
        "     0 output buffer failures, 0 output buffers swapped out",
    ]


def protection(box: Box, entry: Entry, indent: str) -> list[str]:
    """What an IPsec profile says of the SAs that it is for."""
    late, pfs, sets = box.release.late, entry.child("set pfs"), entry.child("set transform-set")
    seconds, kilobytes = (model.lifetime(box.store, entry, unit, n) for unit, n in (("seconds", 3600), ("kilobytes", 4608000)))
    lines = [f"{indent}Security association lifetime: {kilobytes} kilobytes/{seconds} seconds"]
    lines += [f"{indent}Dualstack (Y/N): N", ""] if box.traits.dual else []
    lines += [f"{indent}Responder-Only (Y/N): N"] if late else []
    lines.append(f"{indent}PFS (Y/N): {'Y' if pfs is not None else 'N'}")
    lines += [f"{indent}DH group:  {pfs.values['group']}"] if pfs is not None else []
    lines += [f"{indent}Mixed-mode : Disabled"] if late else []
    lines.append(f"{indent}Transform sets={{ ")
    for name in sets.text.split()[2:] if sets is not None else []:
        stored = box.store.get("transform-set", name)
        inside = " ".join(model.transform_words(stored)) if stored is not None else ""
        lines.append(f"{indent}        {name}:  {{ {inside}  }} , " if late else f"{indent}        {name}, ")
    return [*lines, f"{indent}}}"]


def profiles(box: Box, name: str = "") -> list[str]:
    """`show crypto ipsec profile`: from 15.x on with the one that the release has by itself."""
    lines: list[str] = []
    for entry in box.store.all("ipsec profile"):
        if name in ("", entry.key[0]):
            version2 = entry.child("set ikev2-profile")
            lines.append(f"IPSEC profile {entry.key[0]}")
            lines += [f"        IKEv2 Profile: {version2.values['name']}", ""] if version2 is not None else []
            lines += [*protection(box, entry, "        "), ""]
    if box.release.late and name in ("", "default") and box.store.get("ipsec profile", "default") is None:
        lines += [
            "IPSEC profile default",
            "        Security association lifetime: 4608000 kilobytes/3600 seconds",
            *(["        Dualstack (Y/N): N", ""] if box.traits.dual else []),
            *["        Responder-Only (Y/N): N", "        PFS (Y/N): N", "        Mixed-mode : Disabled"],
            *["        Transform sets={ ", "                default:  { esp-aes esp-sha-hmac  } , ", "        }", ""],
        ]
    return lines


def maps(box: Box, name: str = "", interface: str = "") -> list[str]:
    """What `show crypto map` says of tunnels: the entry of the profile, and the one that is made from it."""
    lines: list[str] = []
    for tunnel in box.meaning.protectors().tunnels:
        entry = box.store.get("interface", tunnel.interface)
        profile = box.store.get("ipsec profile", tunnel_interface.profile_of(entry)) if entry is not None else None
        if profile is None or name not in ("", tunnel.name) or interface not in ("", tunnel.interface):
            continue
        said = f"        IKEv2 Profile: {tunnel.profile}"
        word = "IPv4 " if box.release.late else ""
        lines += [f'Crypto Map {word}"{tunnel.name}" 65536 ipsec-isakmp', *([said] if tunnel.profile else [])]
        lines += [f"        Profile name: {profile.key[0]}", *protection(box, profile, "        "), ""]
        lines += [f'Crypto Map {word}"{tunnel.name}" {tunnel.seq} ipsec-isakmp', "        Map is a PROFILE INSTANCE."]
        lines += [f"        Peer = {tunnel.peers[0]}", *([said] if tunnel.profile else [])]
        lines += ["        Extended IP access list ", "            access-list  permit ip any any"]
        lines += [f"        Current peer: {tunnel.peers[0]}", *protection(box, profile, "        ")]
        lines += ["        Always create SAs"] if box.release.late else []
        lines += [f"        Interfaces using crypto map {tunnel.name}:", f"                {tunnel.interface}", ""]
    return lines
