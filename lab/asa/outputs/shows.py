"""The other `show` commands of an ASA.

Source of the formats: captures of ASAs at 8.0, 8.2, 9.1 and 9.19 in public parser collections; what stands around the
configuration in `more system:running-config` and `show startup-config` is from public sessions.
"""

from __future__ import annotations

import re
import zlib
from ipaddress import IPv4Address, IPv4Network

from ...core.configuration.store import Layout
from ...core.records import Route
from ..box import AsaBox
from ..meaning import lists
from . import text as asa_text

_SECRET = re.compile(r"((?:ikev1 )?pre-shared-key) \S+")


def version(box: AsaBox) -> list[str]:
    """`show version`."""
    whole = int(box.clock.now() - box.booted)
    if whole >= 86400:
        parts = [(whole // 86400, "day"), (whole // 3600 % 24, "hour")]
    elif whole >= 3600:
        parts = [(whole // 3600, "hour"), (whole // 60 % 60, "min")]
    else:
        parts = [(whole // 60, "min"), (whole % 60, "sec")]
    uptime = " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts)
    changed = f"last modified by {box.changed_by}" if box.changed_by else "has not been modified since last system restart."
    return box.profile.version.format(name=box.hostname, uptime=uptime, changed=changed).splitlines()


def clock(box: AsaBox) -> list[str]:
    """`show clock`."""
    return [box.when()]


def _framed(box: AsaBox, lines: list[str]) -> list[str]:
    return [*(f": {line}" for line in box.profile.heading), ":", f"ASA Version {box.profile.release} ", *lines]


def running(box: AsaBox) -> list[str]:
    """`show running-config`: stars for keys, the checksum at the end."""
    return [": Saved", "", *_framed(box, box.config_lines(clear=False)), f"Cryptochecksum:{box.checksum()}", ": end"]


def more_running(box: AsaBox) -> list[str]:
    """`more system:running-config`: the keys in clear."""
    head = [f"Cryptochecksum: {asa_text.spaced(box.checksum())}", ": Saved", f": Written by {_by(box)}"]
    return [*head, *_framed(box, box.config_lines()), f"Cryptochecksum:{box.checksum()}", ": end"]


def _by(box: AsaBox) -> str:
    return box.changed_by or f"enable_15 at {box.when()}"


def startup(box: AsaBox) -> list[str]:
    """`show startup-config`: stars for keys."""
    if not box.saved.lines:
        return ["No Configuration"]
    lines = [_SECRET.sub(r"\1 *****", line) for line in box.saved.lines]
    if box.modern:
        lines = [re.sub(r"(password) \S+ pbkdf2", r"\1 ***** pbkdf2", line) for line in lines]
    digits = asa_text.checksum(box.saved.lines)
    return [": Saved", f": Written by enable_15 at {box.saved_at}", *_framed(box, lines), f"Cryptochecksum:{digits}", ": end"]


def checksum(box: AsaBox) -> list[str]:
    """`show checksum`."""
    return [f"Cryptochecksum: {asa_text.spaced(box.checksum())}"]


PARTS: dict[str, Layout] = {
    "access-group": ("access-group",),
    "access-list": ("ace",),
    "crypto": asa_text.CRYPTO,
    "crypto dynamic-map": (),
    "event manager": ("applet",),
    "global": ("global",),
    "group-policy": (asa_text.GROUP_POLICY,),
    "hostname": ("hostname",),
    "interface": ("interface!",),
    "management-access": ("management-access",),
    "nat": ("nat exempt", "nat old", "nat", "object nat"),
    "object": ("object",),
    "object-group": ("object-group",),
    "prefix-list": (("prefix-list",),),
    "route": ("route",),
    "router": ("bgp",),
    "same-security-traffic": ("same-security",),
    "ssh": ("access ssh", "plain ssh"),
    "sysopt": ("tcpmss", "permit-vpn", "plain sysopt"),
    "tunnel-group": (asa_text.TUNNEL_GROUP,),
    "username": ("username",),
}
CRYPTO_PARTS: dict[str, Layout] = {
    "map": (("map line", "map interface"),),
    "isakmp": ("isakmp identity", "ike enable", "policy", "nat-traversal"),
    "ikev1": ("ike enable", "policy"),
    "ikev2": ("ikev2 policy", "ikev2 enable"),
    "ipsec": ("transform-set+ipsec-proposal", "transform-mode", "ipsec-profile", "ipsec lifetime", "plain crypto ipsec"),
}


def part(box: AsaBox, part: str, name: str = "", sub: str = "", place: str = "1") -> list[str]:
    """`show running-config PART [NAME]`; `place` is where a line has the name."""
    layout = CRYPTO_PARTS[sub] if sub else PARTS[part]
    lines = asa_text.text(box.store, layout, clear=False)
    return lines if not name else _named(lines, name, 2 if sub == "map" else int(place))


def _named(lines: list[str], name: str, place: int) -> list[str]:
    found, inside = [], False
    for line in lines:
        if not line.startswith(" "):
            inside = line.split()[place : place + 1] == [name]
        if inside and line != "!":
            found.append(line)
    return found


_CODES_OLD = """\

Codes: C - connected, S - static, I - IGRP, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, E - EGP
       i - IS-IS, L1 - IS-IS level-1, L2 - IS-IS level-2, ia - IS-IS inter area
       * - candidate default, U - per-user static route, o - ODR
       P - periodic downloaded static route
"""
_CODES_NEW = """\

Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area 
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, V - VPN
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, + - replicated route
       SI - Static InterVRF, BI - BGP InterVRF
"""  # noqa: W291 - the box prints a blank at the end of a line


def route(box: AsaBox, target: str = "", source: str = "") -> list[str]:
    """`show route`, whole, for one address or of one source: for each network the routes of the lowest distance."""
    rows: list[tuple[IPv4Network, str, str]] = []
    best: dict[IPv4Network, int] = {}
    for found in box.reading().routes(box.network.silent(box)):
        if found.distance == best.setdefault(found.network, found.distance):
            rows += _rows_of(box, found) if source in ("", found.source) else []
    ways = (how.split(" via ")[1].split(",")[0] for network, _, how in rows if not network.prefixlen and " via " in how)
    default = next(ways, "")
    last = f"{default} to network 0.0.0.0" if default else "not set"
    if target:
        rows = [row for row in rows if IPv4Address(target) in row[0] and row[0].prefixlen]
        if not rows:
            return ["% Network not in table"]
    width = 9 if box.modern else 5
    codes = (_CODES_NEW if box.modern else _CODES_OLD).splitlines()
    gateway = [f"Gateway of last resort is {last}", ""]
    return [
        *codes,
        *([] if box.modern else [""]),
        *gateway,
        *(f"{code:<{width}}{_net(network)} {how}" for network, code, how in sorted(rows)),
    ]


def ago(seconds: float) -> str:
    """How long ago, as routes and neighbours have it: `01:02:03`, `1d02h`, `4w6d`."""
    hours = int(seconds) // 3600
    if hours < 24:
        return f"{hours:02}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"
    return f"{hours // 24}d{hours % 24:02}h" if hours < 168 else f"{hours // 168}w{hours // 24 % 7}d"


def _net(network: IPv4Network) -> str:
    return f"{network.network_address} {network.netmask}"


def _rows_of(box: AsaBox, found: Route) -> list[tuple[IPv4Network, str, str]]:
    network, name = found.network, found.interface.name
    if found.source == "bgp":
        since = next(each.since for each in box.bgp.learned if (each.network, each.via) == (network, found.via))
        return [(network, "B", f"[{found.distance}/0] via {found.via}, {ago(box.clock.now() - since)}")]
    if found.source != "connected":
        how = f"via {found.via}, {name}" if found.via is not None else f"is directly connected, {name}"
        return [(network, "S" if network.prefixlen else "S*", f"[{found.distance}/0] {how}")]
    rows = [(network, "C", f"is directly connected, {name}")]
    if box.modern:
        rows.append((IPv4Network(f"{found.interface.address}/32"), "L", f"is directly connected, {name}"))
    return rows


def access_list(box: AsaBox, name: str = "") -> list[str]:
    """`show access-list`: objects and groups are shown, and under them what they mean."""
    names = list(dict.fromkeys(entry.key[0] for entry in box.store.all("ace")))
    if name and name not in names:
        return [f"ERROR: access-list <{name}> does not exist"]
    lines = (
        []
        if name
        else ["access-list cached ACL log flows: total 0, denied 0 (deny-flow-max 4096)", "            alert-interval 300"]
    )
    for found in [item for item in names if name in ("", item)]:
        expanded = [_expanded(box, entry.values["ace"]) for entry in lists.named(box.store, found)]
        lines.append(f"access-list {found}; {sum(max(1, len(e)) for e in expanded)} elements; name hash: {_hash(found)}")
        for number, entry in enumerate(lists.named(box.store, found), start=1):
            head = f"access-list {found} line {number}"
            ace = entry.values["ace"]
            if ace.startswith("remark"):
                lines.append(f"{head} {ace} ")
                continue
            lines.append(f"{head} extended {ace} (hitcnt=0) {_hash(ace)} ")
            if "object" in ace:
                lines += [f"  {head} extended {told} (hitcnt=0) {_hash(told)} " for told in expanded[number - 1]]
    return lines


def _expanded(box: AsaBox, ace: str) -> list[str]:
    read = lists.selectors(box.store, ace)
    if read is None:
        return []
    head = " ".join(ace.split()[:2])
    return [f"{head} {lists.side_text(s.source)} {lists.side_text(s.destination)}" for s in read[1]]


def _hash(text: str) -> str:
    return f"0x{zlib.crc32(text.encode()):08x}"


def logging(box: AsaBox) -> list[str]:
    """`show logging`."""
    return ["Syslog logging: enabled", "    Buffer logging: level informational", *box.logged]


def failover(box: AsaBox) -> list[str]:
    """`show failover`, with the lines of public captures at 9.12: of a box that has none, or of the unit that it plays."""
    if unit := box.faults.text("failover-pair"):
        return _pair(box, unit)
    return [
        "Failover Off ",
        "Failover unit Secondary",
        "Failover LAN Interface: not Configured",
        "Reconnect timeout 0:00:00",
        "Unit Poll frequency 1 seconds, holdtime 15 seconds",
        "Interface Poll frequency 5 seconds, holdtime 25 seconds",
        "Interface Policy 1",
        "Monitored Interfaces 1 of 61 maximum",
        "MAC Address Move Notification Interval not set",
    ]


def _pair(box: AsaBox, unit: str) -> list[str]:
    first = "Failover Off (pseudo-Standby)" if unit == "pseudo-standby" else "Failover On "
    ours, mate = ("Primary", "Secondary") if unit == "active" else ("Secondary", "Primary")
    states = ("Active", "Standby Ready") if unit == "active" else ("Standby Ready", "Active")
    head = [
        first,
        f"Failover unit {ours}",
        "Failover LAN Interface: FAILOVER GigabitEthernet0/7 (up)",
        "Reconnect timeout 0:00:00",
        "Unit Poll frequency 1 seconds, holdtime 15 seconds",
        "Interface Poll frequency 5 seconds, holdtime 25 seconds",
        "Interface Policy 1",
        "Monitored Interfaces 2 of 61 maximum",
        "MAC Address Move Notification Interval not set",
    ]
    if unit == "pseudo-standby":
        return head
    return [
        *head,
        f"Version: Ours {box.release.name}, Mate {box.release.name}",
        "Serial Number: Ours JMX00000001, Mate JMX00000002",
        "Last Failover at: 19:05:55 UTC Jan 26 2026",
        f"\tThis host: {ours} - {states[0]} ",
        "\t\tActive time: 29083269 (sec)",
        f"\tOther host: {mate} - {states[1]} ",
        "\t\tActive time: 258 (sec)",
        "",
        "Stateful Failover Logical Update Statistics",
        "\tLink : FAILOVER GigabitEthernet0/7 (up)",
    ]


def management_access(box: AsaBox) -> list[str]:
    """`show management-access`."""
    line = box.store.get("management-access")
    return [line.text] if line is not None else []


def nat(box: AsaBox) -> list[str]:
    """`show nat`."""
    heads = (("Manual NAT Policies (Section 1)", False), ("Manual NAT Policies (Section 3)", True))
    lines: list[str] = []
    for head, after in heads:
        rules = [entry for entry in box.store.all("nat") if ("after" in entry.values) == after]
        lines += [head] if rules else []
        for number, entry in enumerate(rules, start=1):
            pair = entry.values["pair"][1:-1].split(",")
            told = entry.text.split(" source ")[1]
            lines += [f"{number} ({pair[0]}) to ({pair[1]}) source {told}", "    translate_hits = 0, untranslate_hits = 0"]
    return lines
