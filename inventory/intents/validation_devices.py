"""What the devices of a tunnel cannot do, and what must not be done: which end lacks what, and the ways out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from ..models.platforms import Platform
from .forms import VTI_SINCE, can_do, style_of
from .intent import Crypto, IKEProposal, IPSecProposal, Tunnel
from .strength import FORBIDDEN, WEAK, all_algorithms, best_common, considered, lacking, narrow, offered

#: A waiver that ends within this time is worth a warning.
WAIVER_NOTICE = timedelta(days=30)
Proposals = Sequence[IKEProposal] | Sequence[IPSecProposal]


def device_problems(tunnel: Tunnel, crypto: Crypto, platforms: Mapping[str, Platform]) -> Iterator[str]:
    """What the devices of the two ends cannot do."""
    ends = {end.host: platforms[end.host] for end in tunnel.own}
    if tunnel.nat_traversal:
        for host, platform in ends.items():
            if not platform.nat_traversal:
                yield f"nat_traversal is more than {host} ({platform}) can do: run a newer release there"
    if crypto.ike_mode == "aggressive":
        yield "aggressive mode is not built: it shows a hash of the key to anyone who asks; use mode main"
    unable = [f"{host} ({platform})" for host, platform in ends.items() if crypto.ike_version not in platform.ike_versions]
    if unable:
        other = _common_version(ends)
        policy = f"use an IKE policy with version {other}, or " if other else ""
        yield f"IKEv{crypto.ike_version} is more than {' and '.join(unable)} can do: {policy}run a newer release there"
        return
    yield from _style_problems(tunnel, crypto.ike_version, ends)
    yield from _proposal_problems(crypto, ends)


def _common_version(ends: Mapping[str, Platform]) -> str:
    return " or ".join(str(version) for version in sorted(frozenset.intersection(*(p.ike_versions for p in ends.values()))))


def _style_problems(tunnel: Tunnel, version: int, ends: Mapping[str, Platform]) -> Iterator[str]:
    if style_of(tunnel, version, ends.values()) != "vti":
        return
    unable = [(host, platform) for host, platform in ends.items() if not can_do(platform, version, "vti")]
    if not unable:
        return
    named = " and ".join(f"{host} ({platform})" for host, platform in unable)
    since = " and ".join(dict.fromkeys(f"{_SYSTEMS[platform.os]} {VTI_SINCE[platform.os, version]}" for _, platform in unable))
    yield f"style vti with IKEv{version} is more than {named} can do: use style crypto-map, or run {since} or newer there"


_SYSTEMS = {"ios": "IOS", "asa": "ASA"}


def _proposal_problems(crypto: Crypto, ends: Mapping[str, Platform]) -> Iterator[str]:
    common = narrow(crypto, list(ends.values()))
    if crypto.ike_proposals and not common.ike_proposals:
        yield _no_common("IKE proposal", ends, crypto, crypto.ike_proposals)
    if crypto.ipsec_proposals and not common.ipsec_proposals:
        yield _no_common("IPsec proposal", ends, crypto, crypto.ipsec_proposals)
    groups = {host: platform.suites[crypto.ike_version].pfs_groups for host, platform in ends.items()}
    shared = ", ".join(str(group) for group in sorted(frozenset.intersection(*groups.values()) - {1}))
    if "pfs" in crypto.auto and common.pfs_group is None:
        have = "; ".join(f"{host} ({ends[host]}) has {_numbers(able)}" for host, able in groups.items())
        yield f"there is no pfs_group that both ends can do ({have})"
    for host, platform in ends.items():
        if crypto.pfs_group is not None and crypto.pfs_group not in groups[host]:
            yield f"{host} ({platform}) has no pfs_group {crypto.pfs_group} (both ends have: {shared or 'none in common'})"


def _numbers(groups: frozenset[int]) -> str:
    return ", ".join(str(group) for group in sorted(groups - {1})) or "none"


def _no_common(kind: str, ends: Mapping[str, Platform], crypto: Crypto, proposals: Proposals) -> str:
    """Which end lacks what, and the ways out."""
    version = crypto.ike_version
    picked = ("ike" if kind.startswith("IKE") else "ipsec") in crypto.auto
    lacks = list(_parts_apart(ends, version, proposals)) if picked else []
    lacks = lacks or [
        f"{proposal.name}: {host} ({platform}) has no {', '.join(missing)}"
        for proposal in proposals
        for host, platform in ends.items()
        if (missing := lacking(platform, version, proposal))
    ]
    ways = ", or ".join(_ways_out(kind, ends, version, proposals))
    who = "both ends" if len(ends) == 2 else next(iter(ends))
    return f"there is no {kind} that {who} can do ({'; '.join(lacks)}): {ways}"


def _parts_apart(ends: Mapping[str, Platform], version: int, proposals: Proposals) -> Iterator[str]:
    """For each part of a proposal of which two ends have nothing in common that may be built, what each of them has."""
    suites = {host: offered(platform.suites[version], proposals[0]) for host, platform in ends.items()}
    for word, beginnings in (("cipher", ("aes", "3des")), ("integrity", ("hmac",)), ("group", ("group",))):
        have = {
            host: [item for item in sorted(suite - FORBIDDEN.keys(), key=_by_number) if item.startswith(beginnings)]
            for host, suite in suites.items()
        }
        if all(have.values()) and not frozenset.intersection(*map(frozenset, have.values())):
            yield f"{word}: " + ", ".join(f"{host} ({ends[host]}) has only {' '.join(items)}" for host, items in have.items())


def _by_number(word: str) -> tuple[str, int]:
    name, _, number = word.partition(" ")
    return name, int(number or 0)


def _ways_out(kind: str, ends: Mapping[str, Platform], version: int, proposals: Proposals) -> Iterator[str]:
    """What an operator can do when two ends have no proposal in common."""
    suites = {host: offered(platform.suites[version], proposals[0]) for host, platform in ends.items()}
    best = best_common(suites.values(), groups=isinstance(proposals[0], IKEProposal))
    if best is None:
        behind = [min(ends, key=lambda host: len(suites[host] - FORBIDDEN.keys() - WEAK.keys()))]
    else:
        yield f"add an {kind} that {'both' if len(ends) == 2 else 'it'} can do ({', '.join(best)})"
        missing = {host: {w for p in proposals for w in lacking(platform, version, p)} for host, platform in ends.items()}
        # A newer release brings strong algorithms; weak ones only ever disappear.
        behind = [host for host, words in missing.items() if words - WEAK.keys() - FORBIDDEN.keys()]
    if behind:
        yield f"run a newer release on {' and '.join(behind)}"
    if best is None:
        relaxed = [f"on {host} {platform.allows_old}" for host, platform in ends.items() if platform.allows_old]
        yield from relaxed or [f"replace {behind[0]}"]


def strength_problems(tunnel: Tunnel, crypto: Crypto, platforms: Mapping[str, Platform], today: date) -> Iterator[str]:
    """What is too weak to be built, and what is too weak without a waiver that holds."""
    used = all_algorithms(considered(crypto, [platforms[end.host] for end in tunnel.own]))
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


def strength_warnings(tunnel: Tunnel, crypto: Crypto, platforms: Mapping[str, Platform], today: date) -> Iterator[str]:
    """What is weak, or soon will be without leave, though it is built."""
    crypto = considered(crypto, [platforms[end.host] for end in tunnel.own])
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
