"""Tunnels that devices have and the intent has not: found by the names of their objects, and taken away by them.

What a device has of a tunnel, in whatever form, is read in `found`; here its two ends become a record to plan on. What other
tunnels may use as well stays, and is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from ....changes.objects import read
from ....changes.plans.removal import owned
from ....inventory.errors import ChangeError, NothingMatched
from ....inventory.files.did_you_mean import nearest
from ....inventory.hiding.references import SCHEMES
from ....inventory.intents.intent import Crypto, ForeignTermination, IKEProposal, Intent, IPSecProposal, Tunnel, TunnelTermination
from ....inventory.models.platforms import Platform
from ...service import Removal
from ..records import WantedTunnel
from .found import Found, addresses, found_on, names_on
from .tunnel_facts import pfs_of, proposal_of

#: What a plan needs and no device tells: which proposal IKE used, and where the key was kept. Neither is sent or judged.
_IKE = IKEProposal(name="not-known", encryption_algorithm="aes-256-cbc", authentication_algorithm="hmac-sha1", group=14)
_IPSEC = IPSecProposal(name="not-known", encryption_algorithm="aes-256-cbc", authentication_algorithm="hmac-sha1")


def tunnel_of(
    name: str,
    texts: Mapping[str, str],
    platforms: Mapping[str, Platform],
    foreign: Collection[ForeignTermination] = (),
    ours: Mapping[IPv4Address, str] | None = None,
) -> Tunnel:
    """The tunnel of this name that two of these devices (host to running configuration) have, as a record to plan on.

    ``foreign``: its ends that are known not to be ours; then one device has it. ``ours`` are the outside addresses of the hosts
    of the intent: where one device alone was named, a peer that has none of them is a partner's.
    Raises NothingMatched when none has it, ChangeError when its two ends cannot be told for certain.
    """
    ends = _ends(name, texts, platforms)
    hosts = list(dict.fromkeys(found.host for found in ends))
    theirs = next((end for end in foreign if len(ends) == 1 and ends[0].entry.peers == (str(end.outside_ip),)), None)
    if len(ends) == 1 and theirs is None:
        other = _other(ends[0], texts, platforms, ours or {})
        if isinstance(other, str):
            hosts.append(other)
        else:
            theirs = other
    if len({found.form for found in ends}) > 1:
        raise ChangeError(
            f"{' and '.join(hosts)} have {name} in two forms, which are no two ends of one tunnel; remove it by hand"
        )
    own = tuple(_termination(host, ends, texts, platforms) for host in hosts)
    if len(ends) == 2:
        _refuse_strangers(ends, *own)
    return Tunnel(
        name=name,
        status="disabled",
        ipsec_profile="not-known",
        preshared_key_ref=f"{next(iter(SCHEMES))}:not-known",
        tunnel_prefix=ends[0].own_address.network if ends[0].own_address else None,
        terminations=(own[0], theirs or own[1]),
    )


def _ends(name: str, texts: Mapping[str, str], platforms: Mapping[str, Platform]) -> list[Found]:
    """The one or two ends of a tunnel, one a device. Raises NothingMatched for none, ChangeError for more or an unread one."""
    ends = [found for host, text in texts.items() for found in found_on(host, platforms[host], text) if found.tunnel == name]
    if not ends:
        raise NothingMatched(
            f"{_listed(texts)} {name}: there is no map entry with an access list NR-{name}, "
            f"and no tunnel interface with an IPsec profile NR-{name}"
        )
    hosts = {found.host for found in ends}
    if len(hosts) != len(ends) or len(hosts) > 2:
        raise ChangeError(f"{' and '.join(found.host for found in ends)} have {name}: name two devices with --host")
    unread = [found.host for found in ends if not _is_read(found)]
    if unread:
        raise ChangeError(
            f"{unread[0]}: the networks or the peer of {name} cannot be parsed reliably, so it could not be verified gone"
        )
    return ends


def _listed(hosts: Iterable[str]) -> str:
    """Which devices have no tunnel, up to the place of its name."""
    names = list(hosts)
    if len(names) < 2:
        return f"{''.join(names)} has no tunnel"
    return f"none of {', '.join(names[:12])}{'...' if len(names) > 12 else ''} has a tunnel"


def _other(
    found: Found, texts: Mapping[str, str], platforms: Mapping[str, Platform], ours: Mapping[IPv4Address, str]
) -> str | ForeignTermination:
    """The device at the other end, where the tunnel is gone already: it has the peer's address. Or an end that is not ours."""
    peer = IPv4Address(found.entry.peers[0])
    holders = [host for host, text in texts.items() if peer in (address for _, address in addresses(platforms[host], text))]
    if not holders and peer in ours and ours[peer] not in texts:
        raise ChangeError(
            f"only {found.host} was read, and its peer {peer} is {ours[peer]}: name both ends, --host {found.host} "
            f"--host {ours[peer]}"
        )
    if not holders and len(texts) == 1:
        return ForeignTermination(outside_ip=peer, protected_prefixes=_prefixes(None, found))
    if len(holders) != 1:
        who = "several devices have" if holders else "no device that was read has"
        raise ChangeError(
            f"only {found.host} has {found.tunnel}, and {who} "
            f"the address of its peer {peer}: name the other end with --host; if that end is not ours, "
            f"name {found.host} alone: --host {found.host}"
        )
    return holders[0]


def _termination(
    host: str, ends: Sequence[Found], texts: Mapping[str, str], platforms: Mapping[str, Platform]
) -> TunnelTermination:
    """One end, from its own configuration, or from that of the other end where nothing is left of it."""
    mine = next((found for found in ends if found.host == host), None)
    theirs = next((found for found in ends if found.host != host), None)
    prefixes = _prefixes(mine, theirs)
    outside = mine.address if mine and mine.address else IPv4Address(theirs.entry.peers[0]) if theirs else None
    if outside is None:
        raise ChangeError(f"{host}: the tunnel leaves it by no interface with an address; remove it by hand")
    own = [address for _, address in addresses(platforms[host], texts[host])]
    return TunnelTermination(
        host=host,
        interface=mine.interface if mine else "unknown",
        outside_ip=outside,
        protected_prefixes=prefixes,
        probe_address=_probe(prefixes, own),
    )


def _is_read(found: Found) -> bool:
    """True if peer and networks of this end can be told for certain; a tunnel interface has at least its own address."""
    if len(found.entry.peers) != 1:
        return False
    if found.style == "crypto-map":
        return bool(found.selectors)
    return found.own_address is not None and found.own_address.network.prefixlen in (30, 31)


def _prefixes(mine: Found | None, theirs: Found | None) -> tuple[IPv4Network, ...]:
    """Networks behind an end: as its list has them, or as the other end routes them into the tunnel.

    Of an interface without such routes it is the address of the tunnel: one of this end, and of the other one where that is gone.
    """
    some = mine or theirs
    if some is None:
        return ()
    if some.style == "crypto-map":
        pairs = (mine.selectors if mine else [(b, a) for a, b in some.selectors or ()]) or ()
        return tuple(dict.fromkeys(local for local, _ in pairs))
    if theirs is not None and theirs.routed:
        return theirs.routed
    own = some.own_address
    if own is None:
        return ()
    ends = [*own.network.hosts()]
    address = own.ip if mine else next(other for other in ends if other != own.ip)
    return (IPv4Network(address),)


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
    objects = {item.key: item for found in here for item in found.objects()}
    items, stays = owned(config, tuple(objects.values()))
    of_the_box = dict.fromkeys(found.left({item.key for item in items}) for found in here)
    left = tuple(item for item in objects.values() if item not in items)
    return Removal(items, (*stays, *filter(None, of_the_box)), left)


def wanted_of(
    name: str,
    texts: Mapping[str, str],
    platforms: Mapping[str, Platform],
    foreign: Collection[ForeignTermination] = (),
    ours: Mapping[IPv4Address, str] | None = None,
) -> WantedTunnel:
    """The tunnel of this name as a record to plan on, its cryptography as far as the near end tells it. Raises as tunnel_of()."""
    tunnel = tunnel_of(name, texts, platforms, foreign, ours)
    there = [found for host, text in texts.items() for found in found_on(host, platforms[host], text) if found.tunnel == name]
    found = next((found for found in there if found.host == tunnel.own[0].host), there[0])
    platform = platforms[found.host]
    ipsec = proposal_of(found.config, found.proposing)
    pfs = pfs_of(platform, found.config, found.proposing)
    crypto = Crypto(found.ike_version, None if found.ike_version == 2 else "main", (_IKE,), (ipsec or _IPSEC,), pfs)
    return WantedTunnel(tunnel, crypto, found.style)


def strays(
    intent: Intent, platforms: Mapping[str, Platform], texts: Mapping[str, str], besides: Collection[str]
) -> Iterator[str]:
    """A sentence for each tunnel that these devices have and that the intent has not, or not as active."""
    hosts: dict[str, list[str]] = {}
    for host, text in texts.items():
        for name in dict.fromkeys(names_on(read(platforms[host].os, text))):
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
