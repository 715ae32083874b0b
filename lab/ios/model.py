"""What the configuration means to the router itself: policies, keys, crypto map entries, lists, routes, interfaces."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network

from ..core.configuration.store import Entry, Store
from ..core.records import Interface as Interface
from ..core.records import MapEntry as MapEntry
from ..core.records import Policy as Policy
from ..core.records import Route as Route
from ..core.records import Selector as Selector
from ..core.records import Table as Table
from ..core.records import longest as longest
from ..core.records import table_of as table_of
from ..core.wire.routing import NONE, Silent, Static, best, table
from ..features import tunnel_interface
from .effects.rules import map_entries

#: What 15.x negotiates when no policy is configured ("Default IKE policies", 12.4(20)T and later).
DEFAULT_POLICIES = tuple(
    Policy(65507 + index, encr, digest, auth, group, 86400)
    for index, (encr, digest, auth, group) in enumerate(
        (encr, digest, auth, group)
        for encr, group in (("aes", "5"), ("3des", "2"))
        for digest in ("sha", "md5")
        for auth in ("rsa-sig", "pre-share")
    )
)


def policies(store: Store, *, defaults: bool = False) -> list[Policy]:
    """All policies by priority. The built-in one comes last; with `defaults` there is a set of them, used when no other is."""
    return store.remembered(("policies", defaults), lambda: _policies(store, defaults=defaults))


def _policies(store: Store, *, defaults: bool) -> list[Policy]:
    found = []
    for entry in store.all("isakmp policy"):
        found.append(
            Policy(
                int(entry.key[0]),
                _value(entry, "encr", "des"),
                _value(entry, "hash", "sha"),
                _value(entry, "authentication", "rsa-sig"),
                _value(entry, "group", "1"),
                int(_value(entry, "lifetime", "86400")),
            )
        )
    if defaults:
        return found or list(DEFAULT_POLICIES)
    return [*found, Policy(65535, "des", "sha", "rsa-sig", "1", 86400)]


def _value(entry: Entry, family: str, default: str) -> str:
    child = entry.child(family)
    if child is None:
        return default
    return child.values.get("value") or child.text.split()[-1]


def key_for(store: Store, peer: IPv4Address) -> Entry | None:
    """The pre-shared key for a peer: its own first, then a wider one."""
    own, wide = store.remembered("keys", lambda: _keys(store))
    return own.get(peer) or next((entry for network, entry in wide if peer in network), None)


def _keys(store: Store) -> tuple[dict[IPv4Address, Entry], list[tuple[IPv4Network, Entry]]]:
    """The keys of single addresses, and those of networks, narrower ones first."""
    own: dict[IPv4Address, Entry] = {}
    wide = []
    for entry in store.all("isakmp key"):
        network = IPv4Network(f"{entry.values['peer']}/{entry.values.get('mask', '255.255.255.255')}", strict=False)
        if network.prefixlen == 32:
            own[network.network_address] = entry
        else:
            wide.append((network, entry))
    return own, sorted(wide, key=lambda pair: -pair[0].prefixlen)


def keepalive(store: Store) -> int:
    """Seconds of silence after which a peer is dead: the interval and five tries; 0 without keepalives."""
    entry = store.get("isakmp keepalive")
    if entry is None:
        return 0
    return int(entry.values["secs"]) + 5 * int(entry.values.get("retries", "2"))


def acl_lines(store: Store, name: str) -> list[str]:
    """The lines of a list, numbered or named, without its name."""
    named = store.get("named-acl", name)
    if named is not None:
        return [child.text for child in named.children.values()]
    return store.remembered("numbered", lambda: _numbered(store)).get(name, [])


def _numbered(store: Store) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in store.all("access-list"):
        found.setdefault(entry.key[0], []).append(entry.values["ace"])
    return found


@lru_cache(maxsize=1 << 16)
def selector(text: str) -> tuple[str, Selector] | None:
    """Read `permit ip 10.0.0.0 0.0.0.255 host 10.1.1.1`; ports are not looked at; None for a remark."""
    words = text.split()
    if words[0] == "remark":
        return None
    standard = words[1] in ("any", "host") or (words[1][0].isdigit() and "." in words[1])
    rest = words[1:] if standard else words[2:]
    source, rest = network(rest)
    destination, _ = (IPv4Network("0.0.0.0/0"), rest) if standard else network(rest)
    return words[0], Selector(source, destination)


def network(words: list[str]) -> tuple[IPv4Network, list[str]]:
    """The network that these words begin with, past the ports of the end before, and the words behind it."""
    if words[0] in ("eq", "gt", "lt", "neq"):
        return network(words[2:])
    if words[0] == "range":
        return network(words[3:])
    if words[0] == "any":
        return IPv4Network("0.0.0.0/0"), words[1:]
    if words[0] == "host":
        return IPv4Network(words[1]), words[2:]
    if len(words) == 1:
        return IPv4Network(words[0]), []
    return IPv4Network(f"{words[0]}/{words[1]}"), words[2:]


def permits(store: Store, acl: str, source: IPv4Address, destination: IPv4Address) -> bool:
    """Whether a list permits the packet; an empty or missing list permits nothing here."""
    lines = store.remembered(("list", acl), lambda: [selector(line) for line in acl_lines(store, acl)])
    for read in lines:
        if read is not None and read[1].covers(source, destination):
            return read[0] == "permit"
    return False


def route_map_permits(store: Store, name: str, source: IPv4Address, destination: IPv4Address) -> bool:
    """Whether a route map permits the packet: the first clause with a list that permits it decides, or one without a list."""
    clauses = (entry for entry in store.all("route-map") if entry.values["name"] == name)
    for clause in sorted(clauses, key=lambda entry: int(entry.values["seq"])):
        lists = [line.values["acl"] for line in clause.all("match ip address")]
        if not lists or any(permits(store, acl, source, destination) for acl in lists):
            return clause.values["action"] == "permit"
    return False


def entries(store: Store, name: str) -> list[MapEntry]:
    """The entries of a crypto map by sequence number."""
    return store.remembered(("entries", name), lambda: [_entry(store, entry) for entry in map_entries(store, name)])


def dynamic_templates(store: Store, name: str) -> list[MapEntry]:
    """The entries of a dynamic map by sequence number."""
    return [_entry(store, entry) for entry in store.all("dynamic-map") if entry.key[0] == name]


def _entry(store: Store, entry: Entry) -> MapEntry:
    sets = entry.child("set transform-set")
    names = sets.text.split()[2:] if sets is not None else []
    found = [store.get("transform-set", name) for name in names]
    match = entry.child("match address")
    acl = match.values["acl"] if match is not None else ""
    lines = [read for line in acl_lines(store, acl) if (read := selector(line))] if acl else []
    pfs, version2 = entry.child("set pfs"), entry.child("set ikev2-profile")
    transforms = tuple(transform_words(item) for item in found if item is not None)
    return MapEntry(
        name=entry.key[0],
        seq=int(entry.key[1]),
        peers=tuple(IPv4Address(peer.values["peer"]) for peer in entry.all("set peer")),
        transforms=() if version2 is not None else without_gcm(transforms),
        pfs=pfs.values["group"] if pfs is not None else "",
        acl=acl,
        lines=tuple(lines),
        dynamic=entry.values.get("dynamic", ""),
        seconds=lifetime(store, entry, "seconds", 3600),
        kilobytes=lifetime(store, entry, "kilobytes", 4608000),
        transforms2=transforms if version2 is not None else (),
        profile=version2.values["name"] if version2 is not None else "",
    )


def transform_words(entry: Entry) -> tuple[str, ...]:
    """The transforms of a set as SAs show them: `esp-aes 256` is `esp-256-aes` there."""
    found: list[str] = []
    for word in entry.text.split()[4:]:
        if word.isdigit() and found[-1] == "esp-gcm":
            found[-1] += f" {word}" if word != "128" else ""
            continue
        if word.isdigit():
            kind, _, cipher = found.pop().partition("-")
            word = f"{kind}-{word}-{cipher}"
        found.append(word)
    return tuple(found)


def without_gcm(transforms: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The transforms that IKEv1 can ask for: it knows no combined-mode ciphers on this software."""
    return tuple(item for item in transforms if not any("gcm" in word for word in item))


def lifetime(store: Store, entry: Entry | None, unit: str, default: int) -> int:
    """The lifetime of an entry's SAs: its own, the global one, or the default."""
    own = entry.children.get(("set lifetime", (unit,))) if entry is not None else None
    found = own or store.get("ipsec lifetime", unit)
    return int(found.values["n"]) if found is not None else default


def interfaces(store: Store) -> list[Interface]:
    """All interfaces in the order of the box."""
    return store.remembered("interfaces", lambda: _interfaces(store))


def _interfaces(store: Store) -> list[Interface]:
    found = []
    for entry in store.all("interface"):
        ip, nat, bound = entry.child("ip address"), entry.child("ip nat side"), entry.child("crypto map")
        address = IPv4Address(ip.values["ip"]) if ip is not None and "ip" in ip.values else None
        network = ipaddress.ip_network(f"{address}/{ip.values['mask']}", strict=False) if address and ip else None
        found.append(
            Interface(
                name=entry.key[0],
                address=address,
                network=network if isinstance(network, IPv4Network) else None,
                up=entry.child("shutdown") is None,
                crypto_map=bound.values["name"] if bound is not None else "",
                nat=nat.values["side"] if nat is not None else "",
                tunnel=tunnel_interface.kind(store, entry) if entry.key[0].startswith("Tunnel") else "",
            )
        )
    return found


def route_to(store: Store, destination: IPv4Address, silent: Silent = NONE) -> Route | None:
    """Look up a destination: connected networks and static routes, the longest match wins.

    `silent` are interfaces whose line protocol is down.
    """
    found = store.remembered(("routes", silent), lambda: table(interfaces(store), statics(store), silent))
    return longest(found, destination)


def best_routes(store: Store, silent: Silent = NONE) -> list[Route]:
    """The routes that are used, by prefix."""
    return best(interfaces(store), statics(store), silent)


def statics(store: Store) -> list[Static]:
    """`ip route`, by a neighbour or out of an interface."""
    found = []
    for entry in store.all("ip route"):
        network = IPv4Network(f"{entry.values['net']}/{entry.values['mask']}", strict=False)
        via, distance = entry.values["via"], int(entry.values.get("distance", "1"))
        by_address = via[0].isdigit()
        permanent = entry.text.split()[-1] == "permanent"
        found.append(Static(network, IPv4Address(via) if by_address else None, "" if by_address else via, distance, permanent))
    return found
