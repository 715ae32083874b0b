"""What an ASA shows of BGP: `show bgp`, its summary, its neighbours and what is told both ways.

Sources: captures of `show bgp summary` in public parser collections, and sessions of an ASA 9.8 with a cloud in a public
repository (`show bgp neighbors`, `show bgp`, `show route`); the lines of a neighbour below its timers are those of IOS.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from ..box import AsaBox
from ..effects.rules_bgp import mask_of_class
from ..meaning.bgp import Session
from ..meaning.bgp_config import neighbours
from .shows import ago

NOT_ACTIVE = ["% BGP not active"]
NOBODY = ["% No such neighbor or address family"]
_CODES = """\
Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,
              r RIB-failure, S Stale, m multipath
Origin codes: i - IGP, e - EGP, ? - incomplete

   Network          Next Hop        Metric LocPrf Weight  Path"""
_WIDE = 16


def identity(box: AsaBox) -> str:
    """The router's identity: what is configured, or the highest of its addresses."""
    router = box.store.get("bgp")
    line = router.child("bgp router-id") if router is not None else None
    if line is not None and "id" in line.values:
        return line.values["id"]
    return str(max((i.address for i in box.reading().interfaces() if i.address is not None and i.up), default=IPv4Address(0)))


def _row(mark: str, network: IPv4Network, via: str, path: tuple[int, ...]) -> list[str]:
    """One way: ours has a metric and a weight. A network that is too long stands on a line of its own."""
    address, mask = str(network.network_address), str(network.netmask)
    shown = address if mask == mask_of_class(address) else str(network)
    numbers = f"{'':>20}0" if path else f"{0:>6}{'':7}{32768:>7}"
    rest = f"{via:<16}{numbers}  {''.join(f'{system} ' for system in path)}i"
    return [f"{mark:<3}{shown:<17}{rest}"] if len(shown) <= _WIDE else [f"{mark:<3}{shown}", f"{'':20}{rest}"]


def _ways(box: AsaBox) -> list[tuple[IPv4Network, str, str, tuple[int, ...]]]:
    """Every way that is known: the network, its marks, the next hop and the systems."""
    bgp, own = box.bgp, box.bgp.originated()
    found: list[tuple[IPv4Network, str, str, tuple[int, ...]]] = [(net, "*>", str(IPv4Address(0)), ()) for net in own]
    best = {each.network: each.via for each in bgp.learned}
    for address, session in bgp.sessions.items():
        for net, path in session.received.items():
            first = net not in own and best.get(net) == address
            mark = "* " if not first else "*>" if bgp.used(net) else "r>"
            found.append((net, mark, str(address), path))
    return sorted(found, key=lambda way: (way[0], way[1][1:] != ">", IPv4Address(way[2])))


def _head(box: AsaBox) -> list[str]:
    return ["", f"BGP table version is {box.bgp.version}, local router ID is {identity(box)}", *_CODES.splitlines()]


def table(box: AsaBox) -> list[str]:
    """`show bgp`: every way, `>` for the one that is used, `r` where the routing table has a better route."""
    if box.store.get("bgp") is None:
        return NOT_ACTIVE
    lines: list[str] = []
    before: IPv4Network | None = None
    for network, mark, via, path in _ways(box):
        rows = _row(mark, network, via, path)
        if network == before:
            rows = [f"{mark:<3}{'':17}{rows[-1][20:]}"]
        lines, before = [*lines, *rows], network
    return [*_head(box), *lines] if lines else []


def told(box: AsaBox, neighbor: str, what: str) -> list[str]:
    """`show bgp neighbors X advertised-routes`, and `routes`: what it is told, and what was taken from it."""
    session = box.bgp.sessions.get(IPv4Address(neighbor))
    if box.store.get("bgp") is None:
        return NOT_ACTIVE
    if session is None:
        return NOBODY
    if what == "received-routes":
        return [f"% Inbound soft reconfiguration not enabled on {neighbor}"]
    advertised = what == "advertised-routes"
    shown = session.told if advertised else session.received
    ways = [way for way in _ways(box) if way[0] in shown and (way[1] != "* " if advertised else way[2] == neighbor)]
    rows = [line for network, mark, via, path in ways for line in _row(mark, network, via, path)]
    return [*(_head(box) if rows else []), *rows, "", f"Total number of prefixes {len(ways)} "]


def _counts(box: AsaBox, session: Session, keepalive: int) -> tuple[int, int]:
    """Messages received and sent, so many as keepalives make in the time."""
    until = session.lost if session.lost is not None else box.clock.now()
    since = until - session.since if session.since is not None and session.up else 0.0
    beats = int(since // max(1, keepalive)) + 2 * bool(session.came)
    return beats + len(session.received), beats + len(session.told)


def summary(box: AsaBox) -> list[str]:
    """`show bgp summary`: a number behind a neighbour that is up, a state behind every other one."""
    router = box.store.get("bgp")
    if router is None:
        return NOT_ACTIVE
    ways, bgp = _ways(box), box.bgp
    nets, paths = len({way[0] for way in ways}), len({way[3] for way in ways})
    lines = [
        f"BGP router identifier {identity(box)}, local AS number {router.values['system']}",
        f"BGP table version is {bgp.version}, main routing table version {bgp.version}",
    ]
    if nets:
        size = 200 * nets + 80 * len(ways) + 208 * paths
        lines += [
            f"{nets} network entries using {200 * nets} bytes of memory",
            f"{len(ways)} path entries using {80 * len(ways)} bytes of memory",
            f"{paths}/{paths} BGP path/bestpath attribute entries using {208 * paths} bytes of memory",
            "0 BGP route-map cache entries using 0 bytes of memory",
            "0 BGP filter-list cache entries using 0 bytes of memory",
            f"BGP using {size} total bytes of memory",
            f"BGP activity {nets}/0 prefixes, {len(ways)}/0 paths, scan interval 60 secs",
        ]
    there = neighbours(box.store)
    rows = [_neighbour_row(box, address, there[address].system) for address in there if there[address].active]
    head = "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd"
    return [*lines, *(["", head, *rows] if rows else [])]


def _neighbour_row(box: AsaBox, address: IPv4Address, system: int) -> str:
    session = box.bgp.sessions.get(address, Session())
    received, sent = _counts(box, session, 60)
    state = str(len(session.received)) if session.up else session.state
    since = "never" if session.since is None else ago(box.clock.now() - session.since)
    version = box.bgp.version if session.up else 1
    return f"{address!s:<15} 4{system:>13} {received:<7} {sent:<7}{version:>9}{0:>5}{0:>5} {since:<8} {state:<8}"


def neighbors(box: AsaBox, neighbor: str = "") -> list[str]:
    """`show bgp neighbors`, all of them or one."""
    if box.store.get("bgp") is None:
        return NOT_ACTIVE
    wanted = [address for address in box.bgp.sessions if neighbor in ("", str(address))]
    if neighbor and not wanted:
        return NOBODY
    return [line for address in wanted for line in _neighbour(box, address, box.bgp.sessions[address])]


def _neighbour(box: AsaBox, address: IPv4Address, session: Session) -> list[str]:
    wanted, now = neighbours(box.store)[address], box.clock.now()
    speaker = session.speaker
    agreed = [each for each in (wanted.hold, speaker.hold if session.up and speaker is not None else 0) if each]
    hold = min(agreed, default=0)
    beat = min(hold // 3, speaker.keepalive) if session.up and speaker is not None else hold // 3
    peer = str(address) if session.up else str(IPv4Address(0))
    since = f", up for {ago(now - session.since)}" if session.up and session.since is not None else ""
    link = "external" if wanted.system != wanted.own else "internal"
    # What was lost with the far end came no more: the last message is of before.
    until = session.lost if session.lost is not None else now
    wrote = 0.0 if not session.up else (now - (session.since or now)) % max(1, beat)
    read = 0.0 if not session.up else now - until + (until - (session.since or until)) % max(1, beat)
    received, sent = _counts(box, session, beat)
    ended = "never" if session.reset is None else f"{ago(now - session.reset[0])}, due to {session.reset[1]}"
    routed = box.network.route(box, address) is not None
    return [
        "",
        f"BGP neighbor is {address},  context single_vf,  remote AS {wanted.system}, {link} link",
        f"  BGP version 4, remote router ID {peer}",
        f"  BGP state = {session.state.split(' ')[0]}{since}",
        *(
            [f"  Last read {ago(read)}, last write {ago(wrote)}, hold time is {hold}, keepalive interval is {beat} seconds"]
            if session.up
            else []
        ),
        "  Neighbor sessions:",
        f"    {int(session.up)} active, is not multisession capable (disabled)",
        "  Message statistics:",
        "    InQ depth is 0",
        "    OutQ depth is 0",
        "",
        "                         Sent       Rcvd",
        f"    Opens:         {session.came:>10} {session.came:>10}",
        f"    Notifications: {0:>10} {session.dropped:>10}",
        f"    Updates:       {len(session.told):>10} {len(session.received):>10}",
        f"    Keepalives:    {sent - len(session.told):>10} {received - len(session.received):>10}",
        f"    Route Refresh: {0:>10} {0:>10}",
        f"    Total:         {sent:>10} {received:>10}",
        "  Default minimum time between advertisement runs is 30 seconds",
        "",
        " For address family: IPv4 Unicast",
        f"  Session: {address}",
        f"  BGP table version {box.bgp.version}, neighbor version {box.bgp.version if session.up else 1}/0",
        "  Output queue size : 0",
        "                                 Sent       Rcvd",
        "  Prefix activity:               ----       ----",
        f"    Prefixes Current:      {len(session.told):>10} {len(session.received):>10}",
        "",
        f"  Address tracking is enabled, the RIB does {'' if routed else 'not '}have a route to {address}",
        f"  Connections established {session.came}; dropped {session.dropped}",
        f"  Last reset {ended}",
        "  Transport(tcp) path-mtu-discovery is enabled",
        "  Graceful-Restart is disabled",
        *([] if session.up else ["  No active TCP connection"]),
    ]


def prefix_list(box: AsaBox, name: str = "") -> list[str]:
    """`show prefix-list`."""
    entries = [entry for entry in box.store.grouped(("prefix-list",)) if name in ("", entry.key[0])]
    if name and not entries:
        return [f"%Specified prefix-list {name} does not exist"]
    lines: list[str] = []
    for listed in dict.fromkeys(entry.key[0] for entry in entries):
        mine = [entry for entry in entries if entry.key[0] == listed]
        lines += [f"prefix-list {listed}: {len(mine)} entries", *(f"   seq {each.key[1]} {each.values['rule']}" for each in mine)]
    return lines


def clear(box: AsaBox, neighbor: str = "") -> list[str]:
    """`clear bgp *`, or of one neighbour."""
    address = IPv4Address(neighbor) if neighbor else None
    if address is not None and address not in box.bgp.sessions:
        return NOBODY
    box.bgp.clear(address)
    return []
