"""The tunnels of a sample for IOS: its tunnel interfaces with protection, and the entries of its crypto maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Interface, IPv4Network
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from . import offers
from .blanks import address, network
from .lines import below
from .offers import by_name, number, part
from .records import Offer, SampleTunnel, Selector, Statement
from .selectors import has_list, selectors_of

#: The peer of a key that any peer may use.
ANY = "0.0.0.0"  # noqa: S104 - no address to bind to
Blocks = Mapping[str, tuple[Statement, tuple[Statement, ...]]]


class _Ios(Struct, frozen=True):
    """Every object of a sample by its name."""

    all: tuple[Statement, ...]
    transforms: Blocks
    profiles: Blocks
    proposals: Blocks
    policies: Blocks
    keyrings: Blocks
    profiles2: Blocks


def tunnels_of(statements: tuple[Statement, ...]) -> tuple[SampleTunnel, ...]:
    """All of them, in the order of the text."""
    forms = ("transform-set", "ipsec-profile", "ikev2-proposal", "ikev2-policy", "ikev2-keyring", "ikev2-profile")
    read = _Ios(statements, *(blocks(statements, form) for form in forms))
    found = [*_interfaces(read), *_entries(read)]
    return tuple(sorted(found, key=lambda one: one.line))


def blocks(statements: tuple[Statement, ...], form: str) -> Blocks:
    """Objects of one form by name; one that is opened again is one."""
    found: dict[str, tuple[Statement, tuple[Statement, ...]]] = {}
    for head, lines in below(statements, form):
        name = head.parts.get("name", "")
        first, before = found.get(name, (head, ()))
        found[name] = (first, (*before, *lines))
    return found


def _interfaces(read: _Ios) -> Iterator[SampleTunnel]:
    merged: dict[str, tuple[Statement, list[Statement]]] = {}
    for head, more in below(read.all, "tunnel"):
        merged.setdefault(head.parts["n_tunnel"], (head, []))[1].extend(more)
    for head, of in merged.values():
        lines = tuple(of)
        profile = part(lines, "tunnel-protection", "profile")
        destination = part(lines, "tunnel-destination", "a_peer")
        if profile or destination:
            yield _interface(read, head, lines, profile, destination)


def _interface(read: _Ios, head: Statement, lines: Sequence[Statement], profile: str, peer: str) -> SampleTunnel:
    cut = [] if peer else [f"the tunnel interface of line {head.number} has no destination"]
    cut += [] if profile else [f"the tunnel interface of line {head.number} has no protection"]
    of_profile = read.profiles.get(profile, (head, ()))[1]
    if profile and profile not in read.profiles:
        cut.append(f"line {head.number} is protected by the IPsec profile {profile}, which is nowhere defined")
    source = part(lines, "tunnel-source", "source")
    interface = f"Tunnel{head.parts['n_tunnel']}".lower()
    routes = [one for one in by_name(read.all, "route") if "".join(one.parts["to"].lower().split()[:2]).startswith(interface)]
    return _tunnel(
        read, head, "vti", peer, of_profile, cut, source,
        inside=_inside(lines), tunnel=number(head.parts["n_tunnel"]), routes=_networks(routes),
    )  # fmt: skip


def _entries(read: _Ios) -> Iterator[SampleTunnel]:
    merged: dict[tuple[str, str], tuple[Statement, list[Statement]]] = {}
    for head, more in below(read.all, "crypto-map"):
        merged.setdefault((head.parts["name"], head.parts["n_sequence"]), (head, []))[1].extend(more)
    for (name, _), (head, of) in merged.items():
        lines = tuple(of)
        peers = [one.parts["a_peer"] for one in by_name(lines, "map-peer")]
        cut = [] if peers else [f"the crypto map entry of line {head.number} has no peer"]
        if not by_name(lines, "set-transform"):
            cut.append(f"the crypto map entry of line {head.number} names no transform set")
        wanted = part(lines, "map-match", "list")
        if not wanted or not has_list(read.all, wanted):
            cut.append(f"the crypto map entry of line {head.number} selects by {_list(wanted)}")
        source = next(
            (one.path[0].split(maxsplit=1)[1] for one in by_name(read.all, "map-binding") if one.parts["name"] == name), ""
        )
        selectors = selectors_of(read.all, wanted, asa=False)
        for peer in dict.fromkeys(peers) or ("",):
            routes = [one for one in by_name(read.all, "route") if one.parts["to"].split()[0] == peer]
            yield _tunnel(read, head, "crypto-map", peer, lines, cut, source, routes=_networks(routes), selectors=selectors)


def _list(name: str) -> str:
    return f"the list {name}, which is nowhere defined" if name else "no list"


def _tunnel(
    read: _Ios,
    head: Statement,
    style: Literal["crypto-map", "vti"],
    peer: str,
    lines: Sequence[Statement],
    cut: list[str],
    source: str,
    *,
    inside: IPv4Interface | None = None,
    tunnel: int | None = None,
    routes: tuple[IPv4Network, ...] = (),
    selectors: tuple[Selector, ...] = (),
) -> SampleTunnel:
    profile2 = part(lines, "set-ikev2-profile", "profile")
    version: Literal[1, 2] = 2 if profile2 else 1
    seconds = number(part(lines, "set-seconds", "n_seconds"))
    cut = list(cut)
    ipsec = _ipsec(read, lines, seconds, cut)
    ike, keys, local = _ike2(read, profile2, peer, cut) if version == 2 else _ike1(read, peer, cut)
    said = source or local
    return SampleTunnel(
        peer=address(peer),
        said=peer,
        line=head.number,
        style=style,
        version=version,
        ike=ike,
        ipsec=ipsec,
        pfs=_pfs(lines),
        keys=keys,
        aggressive=bool(by_name(read.all, "isakmp-peer-mode", "isakmp-profile-mode")),
        near_outside=address(said) or address(local),
        near_interface="" if address(said) else said,
        inside=inside,
        number=tunnel,
        selectors=selectors,
        far_routes=routes,
        bgp=bool(by_name(read.all, "bgp")),
        identity=_identity(read.profiles2.get(profile2, (head, ()))[1]),
        cut=tuple(cut),
    )


def _identity(lines: Sequence[Statement]) -> str:
    """Of a profile that knows one of the ends by something else than its address."""
    found = [one for one in by_name(lines, "ikev2-identity", "ikev2-remote-name") if one.parts["kind"].lower() != "address"]
    return f"{found[0].parts['kind'].lower()} (line {found[0].number})" if found else ""


def _pfs(lines: Sequence[Statement]) -> int | None:
    found = by_name(lines, "set-pfs")
    # Without a group IOS takes group 1.
    return number(found[0].parts.get("n_group", "1")) if found else None


def _ipsec(read: _Ios, lines: Sequence[Statement], seconds: int | None, cut: list[str]) -> tuple[Offer, ...]:
    names = part(lines, "set-transform", "transform").split()
    for name in names:
        if name not in read.transforms:
            cut.append(f"the transform set {name} is named and nowhere defined")
    found = (offers.transform(read.transforms[name][0], seconds) for name in names if name in read.transforms)
    return tuple(offer for one in found for offer in one)


def _ike1(read: _Ios, peer: str, cut: list[str]) -> tuple[tuple[Offer, ...], tuple[str, ...], str]:
    """Offers, the marks of the keys, and our address as far as it is said."""
    ike = tuple(offer for head, lines in below(read.all, "isakmp-policy") for offer in offers.ike1(head, lines))
    keys = [one for one in by_name(read.all, "isakmp-key", "keyring-key") if one.parts["a_peer"] in (peer, ANY)]
    local = ""
    for _, lines in below(read.all, "keyring"):
        if any(one.parts["a_peer"] in (peer, ANY) for one in by_name(lines, "keyring-key")):
            local = part(lines, "keyring-local", "a_local")
    if not ike:
        cut.append("there is no whole IKE policy")
    if peer and not keys:
        cut.append(f"there is no pre-shared key for the peer {peer}")
    return ike, tuple(one.parts["key"] for one in keys), local


def _ike2(read: _Ios, profile: str, peer: str, cut: list[str]) -> tuple[tuple[Offer, ...], tuple[str, ...], str]:
    """The same for version 2."""
    if profile not in read.profiles2:
        cut.append(f"the IKEv2 profile {profile} is named and nowhere defined")
        return (), (), ""
    lines = read.profiles2[profile][1]
    named = [one.parts["proposal"] for _, of in read.policies.values() for one in by_name(of, "ikev2-policy-proposal")]
    cut += [f"the IKEv2 proposal {name} is named and nowhere defined" for name in named if name not in read.proposals]
    known = [read.proposals[name] for name in named if name in read.proposals]
    seconds = number(part(lines, "ikev2-lifetime", "n_seconds"))
    ike = tuple(replace(offer, lifetime=seconds) for head, of in known for offer in offers.ike2(head, of))
    if not ike:
        cut.append("there is no whole IKEv2 proposal that a policy names")
    ring = part(lines, "ikev2-profile-keyring", "keyring")
    keys = _keys2(read, ring, peer)
    if ring not in read.keyrings:
        told = f"keyring {ring} is named and nowhere defined" if ring else f"profile {profile} has no keyring"
        cut.append(f"the IKEv2 {told}")
    elif not keys:
        cut.append(f"the keyring {ring} has no key for the peer {peer}")
    local = part(lines, "ikev2-local", "a_local") or part(lines, "ikev2-local-interface", "interface")
    return ike, keys, local


def _keys2(read: _Ios, ring: str, peer: str) -> tuple[str, ...]:
    """The marks of its keys: there may be one for each direction."""
    lines = read.keyrings[ring][1] if ring in read.keyrings else ()
    return tuple(
        one.parts["key"]
        for _, of in below(lines, "ikev2-peer")
        if part(of, "ikev2-peer-address", "a_peer") in (peer, ANY)
        for one in by_name(of, "ikev2-peer-key")
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
