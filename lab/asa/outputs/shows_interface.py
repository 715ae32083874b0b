"""`show interface ...` and `show nameif` of an ASA.

Source of the formats: captures of ASAs at 8.0, 8.2, 9.1 and later in public parser collections, one with tunnel interfaces. What
a tunnel interface shows that is shut down, or whose name is missing beside an address, is from memory.
"""

from __future__ import annotations

from ...core.configuration.store import Entry
from ..box import AsaBox
from ..effects.edit import interfaces


def _tunnel(entry: Entry) -> bool:
    return entry.key[0].startswith("Tunnel")


def _value(entry: Entry, family: str, name: str, default: str = "") -> str:
    child = entry.child(family)
    return child.values[name] if child is not None else default


def status(box: AsaBox, entry: Entry) -> tuple[str, str]:
    """The state of an interface and of its line protocol; a tunnel's line is up while it has an SA to send with."""
    if entry.child("shutdown") is not None:
        return "administratively down", "down"
    if not _tunnel(entry):
        return "up", "up"
    carries = box.tunnel_carries(_value(entry, "nameif", "nameif"))
    return ("up", "up") if carries else ("down", "down")


def interface(box: AsaBox, name: str) -> list[str]:
    """`show interface X`."""
    entry = box.store.get("interface", name)
    if entry is None:
        return [f"ERROR: interface {name} does not exist"]
    nameif = _value(entry, "nameif", "nameif")
    state, line = status(box, entry)
    head = f'Interface {name} "{nameif}", is {state}, line protocol is {line}'
    return [head, *(_tunnel_lines(box, entry, nameif) if _tunnel(entry) else _physical_lines(box, entry, nameif))]


def _address(entry: Entry) -> str:
    ip = entry.child("ip address")
    return f"        IP address {ip.values['ip']}, subnet mask {ip.values['mask']}" if ip else "        IP address unassigned"


def _tunnel_lines(box: AsaBox, entry: Entry, nameif: str) -> list[str]:
    source = box.reading().interface(_value(entry, "tunnel source", "source"))
    own = str(source.address) if source is not None and source.address is not None else "0.0.0.0"  # noqa: S104 - as it is shown
    mode, profile = entry.child("tunnel mode"), _value(entry, "tunnel protection", "profile", "Not defined")
    shown = "ipsec ipv4" if mode is not None else "Not defined"
    hardware = "  Hardware is Virtual Tunnel    "
    return [
        hardware + ("MAC address N/A, MTU 1500" if nameif else "Available but not configured via nameif"),
        *([] if nameif else ["        MAC address N/A, MTU not set"]),
        _address(entry),
        "  Tunnel Interface Information:",
        f"        Source interface: {_value(entry, 'tunnel source', 'source', 'Not defined')}   IP address: {own}",
        f"        Destination IP address: {_value(entry, 'tunnel destination', 'destination', '0.0.0.0')}",  # noqa: S104
        f"        Mode: {shown}        IPsec profile: {profile}",
    ]


def _physical_lines(box: AsaBox, entry: Entry, nameif: str) -> list[str]:
    """No traffic is counted on a physical interface here."""
    place = box.physical.index(entry.key[0])
    lines = [
        "  Hardware is i82540EM rev03, BW 1000 Mbps, DLY 10 usec",
        "        Full-Duplex(Full-duplex), Auto-Speed(1000 Mbps)",
        "        Input flow control is unsupported, output flow control is off",
        *(["        Available but not configured via nameif"] if not nameif else []),
        f"        MAC address 0050.5600.{place + 1:04x}, MTU {'1500' if nameif else 'not set'}",
        _address(entry),
        "        0 packets input, 0 bytes, 0 no buffer",
        "        Received 0 broadcasts, 0 runts, 0 giants",
        "        0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort",
        "        0 packets output, 0 bytes, 0 underruns",
        "        0 output errors, 0 collisions, 0 interface resets",
    ]
    if not nameif:
        return lines
    traffic = [f'  Traffic Statistics for "{nameif}":', "        0 packets input, 0 bytes", "        0 packets output, 0 bytes"]
    return [*lines, *traffic, "        0 packets dropped"]


def interface_brief(box: AsaBox) -> list[str]:
    """`show interface ip brief`."""
    rows = ["Interface                  IP-Address      OK? Method Status                Protocol"]
    for entry in interfaces(box.store):
        ip = entry.child("ip address")
        address, method = (ip.values["ip"], "CONFIG") if ip is not None else ("unassigned", "unset ")
        state, line = status(box, entry)
        rows.append(f"{entry.key[0]:<26} {address:<15} YES {method} {state:<21} {line:<4}")
    return rows


def nameif(box: AsaBox) -> list[str]:
    """`show nameif`."""
    rows = ["Interface                Name                     Security"]
    for entry in interfaces(box.store):
        name, level = entry.child("nameif"), entry.child("security-level")
        if name is not None:
            rows.append(f"{entry.key[0]:<24} {name.values['nameif']:<24} {level.values['n'] if level is not None else '0'}")
    return rows
