"""What the records of an intent, and the devices they name, have to agree on before any device is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from ipaddress import IPv4Network

from .built import IKE_VERSIONS, not_offered, unbuilt, unused
from .did_you_mean import hint
from .errors import IntentError, NothingMatched
from .intent import Crypto, End, IKEProposal, Intent, IPSecProposal, Tunnel, TunnelTermination
from .newer_releases import newer_than_known
from .platforms import Platform
from .strength import FORBIDDEN, WEAK, all_algorithms, best_common, lacking, narrow, offered

#: How the objects of a tunnel that is changed in place are told from those that they replace.
_VERSION = re.compile(r"\.v\d+$")
#: Endings of the files of a run folder, in which each tunnel, and in it each device, has a folder of its own.
_FILE = re.compile(r"\.(?:json|jsonl|txt|log|enc|cfg)\Z", re.IGNORECASE)
#: A waiver that ends within this time is worth a warning.
WAIVER_NOTICE = timedelta(days=30)


def validate(
    intent: Intent, tunnels: Sequence[Tunnel], platforms: Mapping[str, Platform], today: date, *, removal: bool = False
) -> tuple[str, ...]:
    """Check tunnels of an intent against each other, their devices and the calendar; gives the warnings.

    ``removal``: they are to go, so how strong they are and what else wants their place does not matter.
    ``platforms`` are the hosts of the inventory and what they can do. Raises NothingMatched when a tunnel names a host that is
    not among them, and else IntentError, with every problem on a line of its own as ``file:line: tunnel NAME: what is wrong``.
    """
    unknown = [
        f"{_at(intent, tunnel)}: no host is named {end.host!r}{hint(end.host, platforms)}"
        for tunnel in tunnels
        for end in tunnel.terminations
        if end.host not in platforms
    ]
    if unknown:
        raise NothingMatched("\n".join(unknown))
    problems: list[str] = []
    warnings: list[str] = []
    for tunnel in tunnels:
        crypto = intent.resolve(tunnel)
        found = [*_end_problems(tunnel), *unbuilt(intent, tunnel, platforms)]
        if crypto.ike_version in IKE_VERSIONS:
            found += _device_problems(tunnel, crypto, platforms)
            found += () if removal else _strength_problems(tunnel, crypto, today)
        problems += [f"{_at(intent, tunnel)}: {problem}" for problem in found]
        warnings += [f"{_at(intent, tunnel)}: {warning}" for warning in _warnings(tunnel, crypto, today)]
    problems += () if removal else _collisions(intent, tunnels)
    problems += [
        f"{_at(intent, tunnel)}: the name may not end in {ending[0]}: nr-run calls a later version of a tunnel's objects so"
        for tunnel in tunnels
        if (ending := _VERSION.search(tunnel.name))
    ]
    problems += [
        f"{_at(intent, tunnel)}: {what} {name} may not end in {ending[0]}: files of a run folder are called so"
        for tunnel in tunnels
        for what, name in (("the name", tunnel.name), *(("the host name", end.host) for end in tunnel.terminations))
        if (ending := _FILE.search(name))
    ]
    problems += [
        f"{_at(intent, tunnel)}: cisco.{field} of {end.host} may not end in {ending[0]}: nr-run calls a later version so"
        for tunnel in tunnels
        for end in tunnel.terminations
        for field, name in (("access_list", end.cisco.access_list), ("transform_set", end.cisco.transform_set))
        if name and (ending := _VERSION.search(name))
    ]
    if problems:
        raise IntentError("\n".join(problems))
    if removal:
        return ()
    ends = {end.host: platforms[end.host] for tunnel in tunnels for end in tunnel.terminations if end.host in platforms}
    return (*warnings, *newer_than_known(ends), *dict.fromkeys(not_offered(intent, tunnels, platforms)), *unused(intent))


def _at(intent: Intent, tunnel: Tunnel) -> str:
    place = intent.places.get(tunnel.name)
    return f"{place}: tunnel {tunnel.name}" if place else f"tunnel {tunnel.name}"


def _end_problems(tunnel: Tunnel) -> Iterator[str]:
    """What is wrong with the addresses of the two ends."""
    a, b = tunnel.terminations
    if a.host == b.host:
        yield f"both ends are on {a.host}"
    if a.outside_ip == b.outside_ip:
        yield f"both ends have the outside_ip {a.outside_ip}"
    for mine in a.protected_prefixes:
        for theirs in b.protected_prefixes:
            if mine.overlaps(theirs):
                yield f"protected prefix {mine} of {a.host} overlaps {theirs} of {b.host}"
    for end in tunnel.terminations:
        yield from _prefix_problems(end, [*a.protected_prefixes, *b.protected_prefixes])


def _prefix_problems(end: TunnelTermination, protected: Sequence[IPv4Network]) -> Iterator[str]:
    own = end.protected_prefixes
    for index, prefix in enumerate(own):
        for other in own[index + 1 :]:
            if prefix.overlaps(other):
                yield f"protected prefix {prefix} of {end.host} overlaps its own {other}"
    for prefix in protected:
        if end.outside_ip in prefix:
            yield f"outside_ip {end.outside_ip} of {end.host} is inside the protected prefix {prefix}: IKE would go astray"
    home = next((prefix for prefix in own if end.probe_address in prefix), None)
    if home is None:
        yield f"probe_address {end.probe_address} of {end.host} is in none of its own protected prefixes"
    elif home.prefixlen < 31 and end.probe_address in (home.network_address, home.broadcast_address):
        yield f"probe_address {end.probe_address} of {end.host} is no host address of {home}"


def _device_problems(tunnel: Tunnel, crypto: Crypto, platforms: Mapping[str, Platform]) -> Iterator[str]:
    """What the devices of the two ends cannot do."""
    ends = {end.host: platforms[end.host] for end in tunnel.terminations}
    if tunnel.nat_traversal:
        for host, platform in ends.items():
            if not platform.nat_traversal:
                yield f"nat_traversal is more than {host} ({platform}) can do: run a newer release there"
    if crypto.ike_mode == "aggressive":
        yield "aggressive mode is not built: it shows a hash of the key to anyone who asks; use mode main"
    unable = [f"{host} ({platform})" for host, platform in ends.items() if crypto.ike_version not in platform.ike_versions]
    if unable:
        yield (
            f"IKEv{crypto.ike_version} is more than {' and '.join(unable)} can do: "
            f"use an IKE policy with version {_common_version(ends)}, or run a newer release there"
        )
        return
    common = narrow(crypto, list(ends.values()))
    if not common.ike_proposals:
        yield _no_common("IKE proposal", ends, crypto.ike_version, crypto.ike_proposals)
    if not common.ipsec_proposals:
        yield _no_common("IPsec proposal", ends, crypto.ike_version, crypto.ipsec_proposals)
    groups = {host: platform.suites[crypto.ike_version].pfs_groups for host, platform in ends.items()}
    shared = ", ".join(str(group) for group in sorted(frozenset.intersection(*groups.values()) - {1}))
    for host, platform in ends.items():
        if crypto.pfs_group is not None and crypto.pfs_group not in groups[host]:
            yield f"{host} ({platform}) has no pfs_group {crypto.pfs_group} (both ends have: {shared or 'none in common'})"


def _common_version(ends: Mapping[str, Platform]) -> str:
    return " or ".join(str(version) for version in sorted(frozenset.intersection(*(p.ike_versions for p in ends.values()))))


def _no_common(
    kind: str, ends: Mapping[str, Platform], version: int, proposals: Sequence[IKEProposal] | Sequence[IPSecProposal]
) -> str:
    """Which end lacks what, and the ways out."""
    lacks = [
        f"{proposal.name}: {host} ({platform}) has no {', '.join(missing)}"
        for proposal in proposals
        for host, platform in ends.items()
        if (missing := lacking(platform, version, proposal))
    ]
    ways = ", or ".join(_ways_out(kind, ends, version, proposals))
    return f"there is no {kind} that both ends can do ({'; '.join(lacks)}): {ways}"


def _ways_out(
    kind: str, ends: Mapping[str, Platform], version: int, proposals: Sequence[IKEProposal] | Sequence[IPSecProposal]
) -> Iterator[str]:
    """What an operator can do when two ends have no proposal in common."""
    suites = {host: offered(platform.suites[version], proposals[0]) for host, platform in ends.items()}
    best = best_common(suites.values(), groups=isinstance(proposals[0], IKEProposal))
    if best is None:
        behind = [min(ends, key=lambda host: len(suites[host] - FORBIDDEN.keys() - WEAK.keys()))]
    else:
        yield f"add an {kind} that both can do ({', '.join(best)})"
        missing = {host: {w for p in proposals for w in lacking(platform, version, p)} for host, platform in ends.items()}
        # A newer release brings strong algorithms; weak ones only ever disappear.
        behind = [host for host, words in missing.items() if words - WEAK.keys() - FORBIDDEN.keys()]
    if behind:
        yield f"run a newer release on {' and '.join(behind)}"
    if best is None:
        relaxed = [f"on {host} {platform.allows_old}" for host, platform in ends.items() if platform.allows_old]
        yield from relaxed or [f"replace {behind[0]}"]


def _strength_problems(tunnel: Tunnel, crypto: Crypto, today: date) -> Iterator[str]:
    used = all_algorithms(crypto)
    for word in used:
        if word in FORBIDDEN:
            yield f"{word} is never built: {FORBIDDEN[word]}"
    weak = ", ".join(word for word in used if word in WEAK)
    if not weak:
        return
    if tunnel.waiver is None:
        yield f"weak cryptography ({weak}) needs a waiver with until, ticket and reason"
    elif tunnel.waiver.until < today:
        yield f"the waiver {tunnel.waiver.ticket} for {weak} ended on {tunnel.waiver.until}: renew it, or use stronger algorithms"


def _warnings(tunnel: Tunnel, crypto: Crypto, today: date) -> Iterator[str]:
    if crypto.pfs_group is None:
        yield "there is no pfs_group: who learns one key can read every later one"
    waiver = tunnel.waiver
    if waiver is None:
        return
    if not any(word in WEAK for word in all_algorithms(crypto)):
        yield f"the waiver {waiver.ticket} is not needed: nothing about the tunnel is weak"
    elif today <= waiver.until <= today + WAIVER_NOTICE:
        days = (waiver.until - today).days
        yield f"the waiver {waiver.ticket} ends on {waiver.until} ({f'in {days} days' if days else 'today'})"


def _collisions(intent: Intent, tunnels: Sequence[Tunnel]) -> Iterator[str]:
    """What tunnels want from the same device that it cannot give to both. Each pair of tunnels is named once."""
    chosen = {tunnel.name: index for index, tunnel in enumerate(tunnels)}
    active = [tunnel for tunnel in intent.tunnels.values() if tunnel.status == "active" or tunnel.name in chosen]
    at: dict[str, list[tuple[Tunnel, End]]] = {}
    for tunnel in active:
        for end in tunnel.ends:
            at.setdefault(end.local.host, []).append((tunnel, end))
    for tunnel in tunnels:
        for end in tunnel.ends:
            for other, theirs in at.get(end.local.host, []):
                if other.name == tunnel.name or chosen.get(other.name, len(chosen)) < chosen[tunnel.name]:
                    continue
                for problem in _collision(tunnel, end, other, theirs):
                    yield f"{_at(intent, tunnel)}: {problem}"


def _collision(tunnel: Tunnel, end: End, other: Tunnel, theirs: End) -> Iterator[str]:
    host = end.local.host
    for far in end.remote.protected_prefixes:
        for other_far in theirs.remote.protected_prefixes:
            if far.overlaps(other_far) and _overlap(end.local.protected_prefixes, theirs.local.protected_prefixes):
                yield f"on {host} the traffic to {far} is also that of tunnel {other.name} (to {other_far})"
    same_peer = end.remote.outside_ip == theirs.remote.outside_ip
    if same_peer and tunnel.preshared_key_ref != other.preshared_key_ref:
        peer = end.remote.outside_ip
        yield f"on {host} tunnel {other.name} has another preshared_key_ref for the same peer {peer}, which has one key"

    yield from _name_collision(tunnel, end.local, other, theirs.local)


def _name_collision(tunnel: Tunnel, mine: TunnelTermination, other: Tunnel, theirs: TunnelTermination) -> Iterator[str]:
    """Names and numbers that the intent gives to two tunnels of one device."""
    # A tunnel is known on a device by its list, so a name that the other one gets by default counts as well.
    names = [end.cisco.access_list or f"NR-{record.name}" for record, end in ((tunnel, mine), (other, theirs))]
    if names[0] == names[1]:
        yield f"on {mine.host} tunnel {other.name} has the same access_list {names[0]}"
    same_map = (mine.interface, mine.cisco.crypto_map) == (theirs.interface, theirs.cisco.crypto_map)
    if same_map and mine.cisco.map_sequence is not None and mine.cisco.map_sequence == theirs.cisco.map_sequence:
        yield f"on {mine.host} tunnel {other.name} has the same map_sequence {mine.cisco.map_sequence}"


def _overlap(some: Sequence[IPv4Network], others: Sequence[IPv4Network]) -> bool:
    return any(one.overlaps(other) for one in some for other in others)
