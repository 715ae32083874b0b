"""The other `show` commands as IOS 12.2(8)T prints them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from ...core.box import Box, size_of
from ...core.records import Route
from ...features import flexvpn, remote_access
from .. import model


def version(box: Box) -> list[str]:
    """`show version`."""
    minutes = int(box.clock.now() - box.booted) // 60
    parts = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    words = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    text = box.profile.version.format(name=box.hostname, uptime=", ".join(words) or "0 minutes")
    return text.splitlines()


def clock(box: Box) -> list[str]:
    """`show clock`: a star before a time that was never set."""
    now = box.wall()
    star = "" if box.clock_set else "*"
    return [f"{star}{now:%H:%M:%S}.{now.microsecond // 1000:03} UTC {now:%a %b} {now.day} {now.year}"]


def running(box: Box) -> list[str]:
    """`show running-config`, with the number of its bytes."""
    lines = box.running_lines()
    return ["Building configuration...", "", f"Current configuration : {size_of(lines)} bytes", *lines, ""]


def running_interface(box: Box, name: str) -> list[str] | None:
    """`show running-config interface X`; None if there is no such interface."""
    entry = box.store.get("interface", name)
    if entry is None:
        return None
    lines = ["!", *entry.lines(box.release.order), "end"]
    return ["Building configuration...", "", f"Current configuration : {size_of(lines)} bytes", *lines, ""]


def startup(box: Box) -> list[str]:
    """`show startup-config`."""
    if not box.saved.lines:
        return ["startup-config is not present"]
    room = box.profile.nvram - (0 if box.release.xe else 3080)
    return [f"Using {box.saved.size} out of {room} bytes", *box.saved.lines, ""]


def users(box: Box, line: int, user: str) -> list[str]:
    """`show users`: the own line has a star."""
    rows = ["    Line       User       Host(s)              Idle       Location"]
    for number, name in sorted(box.vtys.items()):
        star = "*" if number == line else " "
        rows.append(f"{star}{66 + number:>3} vty {number}     {name:<10} idle                 00:00:00 127.0.0.1")
    if not box.vtys:
        rows.append(f"*  0 con 0     {user:<10} idle                 00:00:00")
    return [*rows, "", "  Interface    User               Mode         Idle     Peer Address", ""]


def ip_interface_brief(box: Box) -> list[str]:
    """`show ip interface brief`."""
    box.network.settle(box)
    rows = [f"{'Interface':<26} {'IP-Address':<15} OK? Method Status                Protocol"]
    silent, virtual = box.network.silent(box), ("Loopback", "Tunnel")
    for item in sorted(model.interfaces(box.store), key=lambda each: each.name.startswith(virtual)):
        address, method = (str(item.address), "NVRAM ") if item.address else ("unassigned", "NVRAM ")
        status, protocol = ("up", "up") if item.up else ("administratively down", "down")
        protocol = "down" if item.name in silent else protocol
        protocol = "down" if item.name.startswith("Virtual-Template") else protocol
        rows.append(f"{item.name:<26} {address:<15} YES {method} {status:<21} {protocol:<8}")
    for row in [row for row in box.crypto.ike2 if row.client is not None]:
        clone = f"Virtual-Access{row.client.clone}" if row.client is not None else ""
        rows.append(f"{clone:<26} {row.local!s:<15} YES unset  {'up':<21} {'up':<8}")
    return rows


_CODES = """\
Codes: C - connected, S - static, I - IGRP, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area 
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, E - EGP
       i - IS-IS, L1 - IS-IS level-1, L2 - IS-IS level-2, ia - IS-IS inter area
       * - candidate default, U - per-user static route, o - ODR
       P - periodic downloaded static route
"""  # noqa: W291 - the router prints a blank at the end of a line

_CODES_124 = """\
Codes: C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area 
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route
"""  # noqa: W291 - the router prints a blank at the end of a line


def ip_route(box: Box, target: str = "") -> list[str]:
    """`show ip route`, whole or for one address."""
    if target:
        return _route_entry(box, IPv4Address(target))
    default = next((route for route in routes(box) if route.network.prefixlen == 0), None)
    last = f"{default.via or default.interface.name} to network 0.0.0.0" if default is not None else "not set"
    codes = _CODES if box.release.old else _CODES_124
    lines = [*codes.splitlines(), "", f"Gateway of last resort is {last}", ""]
    rows = usable(box)
    for major in sorted({classful(network.network_address) for network, _, _ in rows}):
        inside = [row for row in rows if row[0].subnet_of(major)]
        lines += _block(major, inside) if inside else []
    wide = [row for row in rows if row[0].prefixlen and not row[0].subnet_of(classful(row[0].network_address))]
    lines += [f"{code}    {network} {how}" for network, code, how in wide]
    return lines + [f"S*   0.0.0.0/0 {how}" for network, _, how in rows if network.prefixlen == 0]


Row = tuple[IPv4Network, str, str]


def routes(box: Box) -> list[Route]:
    """The routes that are used, by prefix."""
    box.network.settle(box)
    return model.best_routes(box.store, box.network.silent(box))


def usable(box: Box) -> list[Row]:
    """Every route that is used: network, code, and how it goes."""
    rows = []
    for route in routes(box):
        how = f"[{route.distance}/0] via {route.via}" if route.via else f"is directly connected, {route.interface.name}"
        rows.append((route.network, "C" if route.source == "connected" else "S", how))
    return sorted(rows)


def _block(major: IPv4Network, rows: list[Row]) -> list[str]:
    """The routes within one class A, B or C network, with the line that says how it is cut up."""
    if [row[0] for row in rows] == [major]:
        return [f"{code}    {major} {how}" for _, code, how in rows]
    masks = {row[0].prefixlen for row in rows}
    if len(masks) == 1:
        head = f"     {major.network_address}/{masks.pop()} is subnetted, {len(rows)} subnets"
        return [head, *(f"{code}       {network.network_address} {how}" for network, code, how in rows)]
    head = f"     {major} is variably subnetted, {len(rows)} subnets, {len(masks)} masks"
    return [head, *(f"{code}       {network} {how}" for network, code, how in rows)]


def classful(address: IPv4Address) -> IPv4Network:
    """The class A, B or C network of an address."""
    first = int(address) >> 24
    return IPv4Network((address, 8 if first < 128 else 16 if first < 192 else 24), strict=False)


def _route_entry(box: Box, target: IPv4Address) -> list[str]:
    box.network.settle(box)
    route = box.network.route(box, target)
    whole = target == IPv4Address(0)  # the default route itself, and not what falls under it
    if route is None or (route.network.prefixlen == 0 and not whole):
        major = classful(target)
        near = any(i.network is not None and i.network.subnet_of(major) for i in model.interfaces(box.store))
        return ["% Subnet not in table"] if near else ["% Network not in table"]
    known = (
        'connected", distance 0, metric 0 (connected, via interface)'
        if route.source == "connected"
        else f'static", distance {route.distance}, metric 0{"" if route.via else " (connected)"}'
    )
    how = f"directly connected, via {route.interface.name}" if route.via is None else str(route.via)
    return [
        f"Routing entry for {route.network}{', supernet' if whole else ''}",
        f'  Known via "{known}{", candidate default path" if whole else ""}',
        "  Routing Descriptor Blocks:",
        f"  * {how}",
        "      Route metric is 0, traffic share count is 1",
    ]


def access_lists(box: Box, name: str = "") -> list[str]:
    """`show access-lists`: no entry numbers on this release."""
    names = [entry.key[0] for entry in box.store.all("named-acl")]
    names = list(dict.fromkeys([entry.key[0] for entry in box.store.all("access-list")] + names))
    lines: list[str] = []
    for found in names:
        if name in ("", found):
            kind = "Standard" if found.isdigit() and int(found) < 100 else "Extended"
            lines.append(f"{kind} IP access list {found}")
            lines += [f"    {line}" for line in model.acl_lines(box.store, found) if not line.startswith("remark")]
    return lines


def nat(box: Box) -> list[str]:
    """`show ip nat translations`."""
    if not box.translations:
        return []
    lines = ["Pro Inside global      Inside local       Outside local      Outside global"]
    for number, item in enumerate(box.translations, start=1):
        cells = [f"{item.outside}:{number}", f"{item.inside}:{number}", *[f"{item.destination}:{number}"] * 2]
        lines.append("icmp " + "".join(f"{cell:<19}" for cell in cells).rstrip())
    return lines


def pool(box: Box) -> list[str]:
    """`show ip local pool`: an address is in use while its client is connected."""
    lines = [" Pool                     Begin           End             Free  In use"]
    for entry in box.store.all("ip local pool"):
        first, last = remote_access.pool(entry)
        given = {flow.selector.destination.network_address for flow in box.crypto.flows if not flow.from_acl}
        given |= {item.assigned for item in flexvpn.settle(box)}
        used = sum(first <= address <= last for address in given)
        lines.append(f" {entry.key[0]:<24} {first!s:<15} {last!s:<15} {int(last) - int(first) + 1 - used:>4} {used:>7}")
    return lines


def logging(box: Box) -> list[str]:
    """`show logging`."""
    return [
        "Syslog logging: enabled (0 messages dropped, 0 messages rate-limited, 0 flushes, 0 overruns)",
        "    Console logging: level debugging",
        "    Monitor logging: level debugging",
        "    Buffer logging: level debugging",
        "",
        "Log Buffer (4096 bytes):",
        *[line for message in box.logged for line in message.splitlines()],
    ]
