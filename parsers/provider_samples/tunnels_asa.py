"""The tunnels of a sample for the ASA: its tunnel interfaces with protection, and the entries of its crypto maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Interface, IPv4Network
from typing import Literal

from msgspec import Struct

from . import offers
from .blanks import address, network
from .lines import below
from .offers import by_name, number, part
from .records import Offer, SampleTunnel, Selector, Statement
from .selectors import has_list, selectors_of
from .tunnels_ios import Blocks, blocks

_TRANSFORMS = ("transform-set", "ikev1-transform-set")


class _Asa(Struct, frozen=True):
    """Every object of a sample by its name."""

    all: tuple[Statement, ...]
    profiles: Blocks
    proposals: Blocks


class _Phase2(Struct, frozen=True):
    """What protects a tunnel: by which version, with what."""

    version: Literal[1, 2]
    offers: tuple[Offer, ...]
    pfs: int | None
    bare_pfs: bool


def tunnels_of(statements: tuple[Statement, ...]) -> tuple[SampleTunnel, ...]:
    """All of them, in the order of the text."""
    read = _Asa(statements, blocks(statements, "ipsec-profile"), blocks(statements, "ipsec-proposal"))
    return tuple(sorted([*_interfaces(read), *_entries(read)], key=lambda one: one.line))


def _interfaces(read: _Asa) -> Iterator[SampleTunnel]:
    merged: dict[str, tuple[Statement, list[Statement]]] = {}
    for head, more in below(read.all, "tunnel"):
        merged.setdefault(head.parts["n_tunnel"], (head, []))[1].extend(more)
    for head, of in merged.values():
        lines = tuple(of)
        profile, peer = part(lines, "tunnel-protection", "profile"), part(lines, "tunnel-destination", "a_peer")
        if not profile and not peer:
            continue
        cut = [] if peer else [f"the tunnel interface of line {head.number} has no destination"]
        if profile not in read.profiles:
            told = f"IPsec profile {profile}, which is nowhere defined" if profile else "no IPsec profile"
            cut.append(f"the tunnel interface of line {head.number} is protected by {told}")
        phase2 = _phase2(read, read.profiles.get(profile, (head, ()))[1], cut)
        named = part(lines, "tunnel-nameif", "nameif")
        routes = [one for one in by_name(read.all, "route") if named and one.parts["nameif"] == named]
        yield _tunnel(
            read, head, "vti", peer, phase2, cut, part(lines, "tunnel-source", "source"),
            inside=_inside(lines), tunnel=number(head.parts["n_tunnel"]), routes=_networks(routes),
        )  # fmt: skip


def _entries(read: _Asa) -> Iterator[SampleTunnel]:
    forms = ("map-match", "map-peer", "map-pfs", "map-transform", "map-transform1", "map-proposal", "map-seconds", "map-other")
    merged: dict[tuple[str, str], list[Statement]] = {}
    for one in by_name(read.all, *forms):
        merged.setdefault((one.parts["name"], one.parts["n_sequence"]), []).append(one)
    for (name, sequence), lines in merged.items():
        head, what = lines[0], f"the entry {sequence} of crypto map {name}"
        peers = [word for one in by_name(lines, "map-peer") for word in one.parts["a_peers"].split()]
        wanted = part(lines, "map-match", "list")
        cut = [] if peers else [f"{what} has no peer"]
        if not wanted or not has_list(read.all, wanted):
            cut.append(f"{what} selects by " + (f"the list {wanted}, which is nowhere defined" if wanted else "no list"))
        phase2 = _phase2(read, lines, cut)
        outside = next((one.parts["nameif"] for one in by_name(read.all, "map-binding") if one.parts["name"] == name), "")
        selectors = selectors_of(read.all, wanted, asa=True)
        for peer in dict.fromkeys(peers) or ("",):
            routes = [one for one in by_name(read.all, "route") if one.parts["a_next"] == peer]
            yield _tunnel(read, head, "crypto-map", peer, phase2, cut, outside, routes=_networks(routes), selectors=selectors)


def _tunnel(
    read: _Asa,
    head: Statement,
    style: Literal["crypto-map", "vti"],
    peer: str,
    phase2: _Phase2,
    cut: list[str],
    source: str,
    *,
    inside: IPv4Interface | None = None,
    tunnel: int | None = None,
    routes: tuple[IPv4Network, ...] = (),
    selectors: tuple[Selector, ...] = (),
) -> SampleTunnel:
    cut = list(cut)
    ike = _ike(read, phase2.version)
    keys = _keys(read, peer, phase2.version)
    if not ike:
        cut.append(f"there is no whole policy for IKE version {phase2.version}")
    if peer and not keys:
        cut.append(f"there is no pre-shared key for the peer {peer} and IKE version {phase2.version}")
    return SampleTunnel(
        peer=address(peer),
        said=peer,
        line=head.number,
        style=style,
        version=phase2.version,
        ike=ike,
        ipsec=phase2.offers,
        pfs=phase2.pfs,
        bare_pfs=phase2.bare_pfs,
        keys=keys,
        aggressive=bool(by_name(read.all, "map-mode")),
        near_interface=source,
        inside=inside,
        number=tunnel,
        selectors=selectors,
        far_routes=routes,
        bgp=bool(by_name(read.all, "bgp")),
        cut=tuple(cut),
    )


def _phase2(read: _Asa, lines: Sequence[Statement], cut: list[str]) -> _Phase2:
    seconds = number(part(lines, "set-seconds", "n_seconds") or part(lines, "map-seconds", "n_seconds"))
    found = by_name(lines, "set-pfs", "map-pfs")
    # Without a group it is 14 from 9.13(1) on, and was 2 before: only the device can say.
    pfs = number(found[0].parts.get("n_group", "")) if found else None
    sets = {one.parts["name"]: one for one in by_name(read.all, *_TRANSFORMS)}
    first = _named(lines, "set-transform", "map-transform", "map-transform1", key="transform")
    second = _named(lines, "set-proposal", "map-proposal", key="proposal")
    cut += [f"the transform set {name} is named and nowhere defined" for name in first if name not in sets]
    cut += [f"the IPsec proposal {name} is named and nowhere defined" for name in second if name not in read.proposals]
    if not first and not second:
        cut.append("it names neither a transform set nor an IPsec proposal")
    if second:
        made = [offers.proposal(*read.proposals[name], seconds) for name in second if name in read.proposals]
    else:
        made = [offers.transform(sets[name], seconds) for name in first if name in sets]
    return _Phase2(2 if second else 1, tuple(offer for one in made for offer in one), pfs, bool(found) and pfs is None)


def _named(lines: Sequence[Statement], *forms: str, key: str) -> list[str]:
    return [word for one in by_name(lines, *forms) for word in one.parts[key].split()]


def _ike(read: _Asa, version: int) -> tuple[Offer, ...]:
    if version == 1:
        return tuple(offer for head, lines in below(read.all, "isakmp-policy") for offer in offers.ike1(head, lines))
    return tuple(offer for head, lines in below(read.all, "ikev2-policy") for offer in offers.ike2(head, lines))


def _keys(read: _Asa, peer: str, version: int) -> tuple[str, ...]:
    """The marks of its keys; by version 2 there is one for each direction."""
    form = "group-key" if version == 1 else "group-key2"
    return tuple(
        one.parts["key"]
        for head, lines in below(read.all, "group-keys")
        if head.parts["a_peer"] == peer
        for one in by_name(lines, form)
    )


def _inside(lines: Sequence[Statement]) -> IPv4Interface | None:
    word, mask = part(lines, "tunnel-address", "a_address"), part(lines, "tunnel-address", "a_mask")
    try:
        return IPv4Interface(f"{word}/{mask}") if word and mask else None
    except ValueError:
        return None


def _networks(routes: Sequence[Statement]) -> tuple[IPv4Network, ...]:
    found = (network(one.parts["a_network"], one.parts["a_mask"]) for one in routes)
    return tuple(dict.fromkeys(one for one in found if one is not None))
