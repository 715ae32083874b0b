"""What the two ends of one tunnel have to agree on among themselves: addresses, prefixes, and what goes with a style."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from ..models.platforms import Platform
from .forms import style_of
from .intent import ForeignTermination, IKEProposal, Intent, Tunnel, TunnelTermination


def end_problems(tunnel: Tunnel) -> Iterator[str]:
    """What is wrong with the addresses of the two ends."""
    a, b = tunnel.terminations
    if not tunnel.own:
        yield "neither end has a host: one of them has to be ours"
    if len(tunnel.own) == 2 and a.called == b.called:
        yield f"both ends are on {a.called}"
    if a.outside_ip == b.outside_ip:
        yield f"both ends have the outside_ip {a.outside_ip}"
    for mine in a.protected_prefixes:
        for theirs in b.protected_prefixes:
            if mine.overlaps(theirs):
                yield f"protected prefix {mine} of {a.called} overlaps {theirs} of {b.called}: {_why_apart(mine, theirs)}"
    for end in tunnel.terminations:
        yield from _prefix_problems(end, [*a.protected_prefixes, *b.protected_prefixes])


def _why_apart(mine: IPv4Network, theirs: IPv4Network) -> str:
    """What would be needed, and what to do."""
    if not mine.prefixlen or not theirs.prefixlen:
        return "a tunnel for all destinations is not built, name the networks"
    return "translation of networks in a tunnel is not built, so one side needs other addresses"


def _prefix_problems(end: TunnelTermination | ForeignTermination, protected: Sequence[IPv4Network]) -> Iterator[str]:
    own, probe = end.protected_prefixes, end.probe_address
    for index, prefix in enumerate(own):
        for other in own[index + 1 :]:
            if prefix.overlaps(other):
                yield f"protected prefix {prefix} of {end.called} overlaps its own {other}"
    for prefix in protected:
        if end.outside_ip in prefix:
            inside = f"outside_ip {end.outside_ip} of {end.called} is inside the protected prefix {prefix}"
            yield f"{inside}: IKE packets would be routed into the tunnel"
    if probe is None:
        return
    home = next((prefix for prefix in own if probe in prefix), None)
    if home is None:
        yield f"probe_address {probe} of {end.called} is in none of its own protected prefixes"
    elif home.prefixlen < 31 and probe in (home.network_address, home.broadcast_address):
        yield f"probe_address {probe} of {end.called} is no host address of {home}"


def style_problems(tunnel: Tunnel, version: int, platforms: Mapping[str, Platform]) -> Iterator[str]:
    """Fields that say nothing in the style of the tunnel, and those that it needs."""
    able = [platforms[end.host] for end in tunnel.own]
    if style_of(tunnel, version, able) == "vti":
        yield from _vti_problems(tunnel, able)
    else:
        yield from _map_problems(tunnel)
    if tunnel.cisco.mss is not None and tunnel.cisco.mtu is not None and tunnel.cisco.mss > tunnel.cisco.mtu - 40:
        yield f"cisco.mss {tunnel.cisco.mss} does not fit into cisco.mtu {tunnel.cisco.mtu}: at most {tunnel.cisco.mtu - 40} does"


def _vti_problems(tunnel: Tunnel, able: Sequence[Platform]) -> Iterator[str]:
    if tunnel.tunnel_prefix is None:
        yield "style vti needs a tunnel_prefix: a /30 or /31 for the addresses of the two tunnel interfaces"
        return
    for end in tunnel.terminations:
        for prefix in end.protected_prefixes:
            if prefix.overlaps(tunnel.tunnel_prefix):
                yield f"tunnel_prefix {tunnel.tunnel_prefix} overlaps the protected prefix {prefix} of {end.called}"
        if end.outside_ip in tunnel.tunnel_prefix:
            yield f"tunnel_prefix {tunnel.tunnel_prefix} holds the outside_ip {end.outside_ip} of {end.called}"
    for local in tunnel.own:
        for field in ("crypto_map", "map_sequence", "access_list"):
            if getattr(local.cisco, field) is not None:
                yield f"cisco.{field} of {local.host} is of a crypto map, and the style is vti: leave it out"
    if tunnel.cisco.nat_exemption == "off":
        yield "cisco.nat_exemption is of a crypto map, and the style is vti: what enters a tunnel interface is not translated"
    if tunnel.cisco.routes == "none":
        yield (
            "cisco.routes: none is not built with style vti: nothing else would lead traffic into a new tunnel interface, so it "
            "could not be verified; leave it out"
        )
    for field in ("mss", "mtu"):
        if getattr(tunnel.cisco, field) is not None and all(platform.os == "asa" for platform in able):
            yield (
                f"cisco.{field} is not built on an ASA, which has one value for the whole device, and no end of ours is a "
                "router: leave it out"
            )


def _map_problems(tunnel: Tunnel) -> Iterator[str]:
    for field in ("mss", "mtu"):
        if getattr(tunnel.cisco, field) is not None:
            yield (
                f"cisco.{field} is built on tunnel interfaces only: with a crypto map it would be that of everything on the "
                "interface; leave it out, or use style vti"
            )
    for local in tunnel.own:
        if local.cisco.tunnel_interface is not None:
            yield f"cisco.tunnel_interface of {local.host} is of a tunnel interface, and the style is crypto-map: leave it out"


def lifetime_problems(intent_name: str, proposals: Sequence[IKEProposal], platforms: Mapping[str, Platform]) -> Iterator[str]:
    """IKEv2 lifetimes that a release has no word for (IOS data model: 120 to 86400 seconds; ASA: 120 and more)."""
    for proposal in proposals:
        if proposal.sa_lifetime is not None and proposal.sa_lifetime < 120:
            where = " and ".join(platforms)
            yield f"{intent_name} {proposal.name}: sa_lifetime {proposal.sa_lifetime} is less than IKEv2 takes on {where} (120)"


def offer_problems(intent: Intent, tunnel: Tunnel) -> Iterator[str]:
    """Names among what a far end offers that are no proposal, and an offer of which the policies name nothing."""
    crypto = intent.resolve(tunnel)
    for end in tunnel.foreign:
        for name in end.offers:
            if name not in intent.ike_proposals and name not in intent.ipsec_proposals:
                yield f"offers of {end.called}: there is no proposal {name!r}"
        if end.offers:
            for kind, proposals in (("IKE", crypto.ike_proposals), ("IPsec", crypto.ipsec_proposals)):
                if not proposals:
                    yield f"{end.called} offers no {kind} proposal that the {kind} policy of the tunnel names"
