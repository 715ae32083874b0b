"""Tunnels that devices have and the intent has not: found by the names of their objects, and taken away by them.

A tunnel is known on a device by its access list, ``NR-<name>`` or a later version of that name. All else follows from the map
entry that matches the list: its peer, the key of that peer, its transform sets, the networks. What other tunnels may use as well
stays, and is named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ...changes import tree
from ...changes.nameif import interfaces
from ...changes.objects import Config, ConfigObject, read
from ...changes.removal import owned
from ...changes.selectors import Selector, selectors_of
from ...inventory.did_you_mean import nearest
from ...inventory.errors import ChangeError, NothingMatched
from ...inventory.intent import Crypto, IKEProposal, Intent, IPSecProposal, Tunnel, TunnelTermination
from ...inventory.platforms import Platform
from ...inventory.references import SCHEMES
from ..service import Removal
from .previous import pfs_of, proposal_of
from .records import WantedTunnel

_LIST = re.compile(r"NR-(?P<tunnel>[A-Za-z0-9][A-Za-z0-9_.-]*?)(?:\.v\d+)?")
#: What a plan needs and no device tells: which proposal IKE used, and where the key was kept. Neither is sent or judged.
_IKE = IKEProposal(name="not-known", encryption_algorithm="aes-256-cbc", authentication_algorithm="hmac-sha1", group=14)
_IPSEC = IPSecProposal(name="not-known", encryption_algorithm="aes-256-cbc", authentication_algorithm="hmac-sha1")
_POLICIES = "the IKE policies stay: which of them this tunnel used cannot be told without its intent"


@dataclass(frozen=True, slots=True)
class Found:
    """One end of a tunnel on a device; ``interface`` is where its map is at work, with its address, as far as there is one."""

    host: str
    tunnel: str
    entry: ConfigObject
    selectors: tuple[Selector, ...] | None
    interface: str
    address: IPv4Address | None


def _entries(config: Config) -> Iterator[tuple[str, ConfigObject]]:
    """Name of a tunnel that a run has built, and its map entry."""
    for entry in config.of("crypto-map-entry"):
        name = _LIST.fullmatch(entry.child("match address") or "")
        if name:
            yield name["tunnel"], entry


def found_on(host: str, platform: Platform, text: str) -> Iterator[Found]:
    """Every tunnel that a run has built on a device which runs this."""
    config, addresses = read(platform.os, text), list(_addresses(platform, text))
    for name, entry in _entries(config):
        bound = [item.groups["interface"] for item in config.of("crypto-map-binding") if item.map_name == entry.groups["map"]]
        where = next(((interface, address) for interface, address in addresses if interface in bound), ("unknown", None))
        yield Found(host, name, entry, selectors_of(config, entry), *where)


def _addresses(platform: Platform, text: str) -> Iterator[tuple[str, IPv4Address]]:
    """Interface, by the name that a map is bound to, and its primary address."""
    nodes = tree.parse(text)
    if platform.os == "asa":
        for item in interfaces(nodes):
            if item.nameif and item.address:
                yield item.nameif, item.address.ip
        return
    for node in nodes:
        lines = [line.split() for line in node.children if line.startswith("ip address ") and not line.endswith(" secondary")]
        if node.line.startswith("interface ") and lines and lines[0][2][0].isdigit():
            yield node.line.split()[1], IPv4Address(lines[0][2])


def tunnel_of(name: str, texts: Mapping[str, str], platforms: Mapping[str, Platform]) -> Tunnel:
    """The tunnel of this name that two of these devices (host to running configuration) have, as a record to plan on.

    Raises NothingMatched when none has it, ChangeError when its two ends cannot be told for certain.
    """
    ends = [found for host, text in texts.items() for found in found_on(host, platforms[host], text) if found.tunnel == name]
    if not ends:
        raise NothingMatched(f"{_listed(texts)} {name}: there is no map entry with an access list NR-{name}")
    hosts = list(dict.fromkeys(found.host for found in ends))
    if len(hosts) != len(ends) or len(hosts) > 2:
        raise ChangeError(f"{' and '.join(found.host for found in ends)} have entries of {name}: name two devices with --host")
    unread = [found.host for found in ends if not found.selectors or len(found.entry.peers) != 1]
    if unread:
        raise ChangeError(
            f"{unread[0]}: the networks or the peer of {name} cannot be read for certain, so it could not be proved gone"
        )
    if len(ends) == 1:
        hosts.append(_other(ends[0], texts, platforms))
    near, far = (_termination(host, ends, texts, platforms) for host in hosts)
    if len(ends) == 2:
        _refuse_strangers(ends, near, far)
    return Tunnel(
        name=name,
        status="disabled",
        ipsec_profile="not-known",
        preshared_key_ref=f"{next(iter(SCHEMES))}:not-known",
        terminations=(near, far),
    )


def _listed(hosts: Iterable[str]) -> str:
    """Which devices have no tunnel, up to the place of its name."""
    names = list(hosts)
    if len(names) < 2:
        return f"{''.join(names)} has no tunnel"
    return f"none of {', '.join(names[:12])}{'...' if len(names) > 12 else ''} has a tunnel"


def _other(found: Found, texts: Mapping[str, str], platforms: Mapping[str, Platform]) -> str:
    """The device at the other end, where the tunnel is gone already: it has the peer's address."""
    peer = IPv4Address(found.entry.peers[0])
    holders = [host for host, text in texts.items() if peer in (address for _, address in _addresses(platforms[host], text))]
    if len(holders) != 1:
        who = "several devices have" if holders else "no device that was read has"
        raise ChangeError(
            f"only {found.host} has {found.tunnel}, and {who} "
            f"the address of its peer {peer}: name the other end with --host, or take it away by hand"
        )
    return holders[0]


def _termination(
    host: str, ends: Sequence[Found], texts: Mapping[str, str], platforms: Mapping[str, Platform]
) -> TunnelTermination:
    """One end, from its own configuration, or from that of the other end where nothing is left of it."""
    mine = next((found for found in ends if found.host == host), None)
    theirs = next((found for found in ends if found.host != host), None)
    pairs = (mine.selectors if mine else [(b, a) for a, b in theirs.selectors or ()] if theirs else ()) or ()
    prefixes = tuple(dict.fromkeys(local for local, _ in pairs))
    outside = mine.address if mine and mine.address else IPv4Address(theirs.entry.peers[0]) if theirs else None
    if outside is None:
        raise ChangeError(
            f"{host}: the crypto map of the tunnel is at work on no interface with an address; take it away by hand"
        )
    own = [address for _, address in _addresses(platforms[host], texts[host])]
    return TunnelTermination(
        host=host,
        interface=mine.interface if mine else "unknown",
        outside_ip=outside,
        protected_prefixes=prefixes,
        probe_address=_probe(prefixes, own),
    )


def _probe(prefixes: Sequence[IPv4Network], own: Sequence[IPv4Address]) -> IPv4Address:
    """Where pings start, should the removal be rolled back: an address of the device, or at least one of its networks."""
    inside = next((address for address in own if any(address in prefix for prefix in prefixes)), None)
    return inside or prefixes[0].network_address + (1 if prefixes[0].prefixlen < 31 else 0)


def _refuse_strangers(ends: Sequence[Found], near: TunnelTermination, far: TunnelTermination) -> None:
    for found, other in ((ends[0], far), (ends[1], near)):
        if found.entry.peers[0] != str(other.outside_ip):
            raise ChangeError(
                f"{found.host}: the entry of {found.tunnel} goes to {found.entry.peers[0]}, and {other.host} has "
                f"{other.outside_ip}: they are not the two ends of one tunnel"
            )


def removal_by_name(name: str, host: str, platform: Platform, text: str) -> Removal:
    """What goes of a tunnel that only the devices know, from one that runs this."""
    config = read(platform.os, text)
    here = [found for found in found_on(host, platform, text) if found.tunnel == name]
    items, stays = owned(config, [item for found in here for item in _objects(config, found)])
    return Removal(items, (*stays, *([_POLICIES] if here else [])))


def _objects(config: Config, found: Found) -> Iterator[ConfigObject]:
    """What belongs to a tunnel on one device, the entry first; whether something else uses it too is asked afterwards."""
    yield found.entry
    names = {found.entry.child("match address") or "", *found.entry.transform_names}
    key = config.key_of(found.entry.peers[0])
    if key is not None:
        yield key
        names.update(line.split()[-1] for line in key.children if "default-group-policy " in line)
    for family in ("access-list", "transform-set", "group-policy"):
        yield from (item for item in config.of(family) if item.key[1][0] in names and item.key[1][0].startswith("NR-"))
    yield from (item for item in config.of("crypto-map-binding") if item.map_name == found.entry.groups["map"])


def wanted_of(name: str, texts: Mapping[str, str], platforms: Mapping[str, Platform]) -> WantedTunnel:
    """The tunnel of this name as a record to plan on, its cryptography as far as the near end tells it. Raises as tunnel_of()."""
    tunnel = tunnel_of(name, texts, platforms)
    host = tunnel.own[0].host
    platform, text = platforms[host], texts[host]
    config = read(platform.os, text)
    entry = next((found.entry for found in found_on(host, platform, text) if found.tunnel == name), None)
    ipsec = proposal_of(platform.os, config, entry) if entry else None
    pfs = pfs_of(platform, entry) if entry else None
    return WantedTunnel(tunnel, Crypto(1, "main", (_IKE,), (ipsec or _IPSEC,), pfs))


def strays(
    intent: Intent, platforms: Mapping[str, Platform], texts: Mapping[str, str], besides: Collection[str]
) -> Iterator[str]:
    """A sentence for each tunnel that these devices have and that the intent has not, or not as active."""
    hosts: dict[str, list[str]] = {}
    for host, text in texts.items():
        for name, _ in _entries(read(platforms[host].os, text)):
            hosts.setdefault(name, []).append(host)
    named = {end.cisco.access_list for tunnel in intent.tunnels.values() for end in tunnel.own}
    for name, where in hosts.items():
        known = intent.tunnels.get(name)
        if name in besides or (known and known.status == "active") or f"NR-{name}" in named:
            continue
        why = f"which the intent has as {known.status}" if known else "which no intent has"
        how = "" if known else "".join(f" --host {host}" for host in where)
        have = "has" if len(where) == 1 else "have"
        yield f"{' and '.join(where)} {have} a tunnel {name}, {why}: nr-run remove-l2l {name}{how}"


def not_in_intent(name: str, intent: Intent) -> str:
    """Why a name that is to be removed was not found in the intent; the nearest name may be of a living tunnel, which is said."""
    near = nearest(name, intent.tunnels)
    hint = f"; the intent has {near}, which is another tunnel and {intent.tunnels[near].status}" if near else ""
    return f"no tunnel of the intent is named {name!r}{hint}"
