"""What a LAN-to-LAN tunnel is on one device, as text: one template a form, filled with what is wanted and what it is called.

A form is an IKE version and a style. `Member` is what is wanted, out of the intent and the platform; `Names` is what things are
called on one device. Both are plain data, so that the text is a pure function of them, to be read and tested without a device.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from msgspec import Struct

from ...changes.plans.replacing import NOTHING, Replacing
from ...inventory.errors import ChangeError
from ...inventory.intents.forms import NatForm, keeps_routing, nat_form, style_of
from ...inventory.intents.intent import (
    Crypto,
    Dpd,
    IKEProposal,
    IPSecProposal,
    Side,
    Style,
    Tunnel,
)
from ...inventory.models.platforms import Platform
from ...inventory.systems import system_of
from ...templates.environment import fill

#: What a tunnel interface of IOS gets where the intent says nothing: room for ESP with every cipher that is built.
MTU, MSS = 1400, 1360
#: The distance of a static route that is built beside a crypto map, by which it is known as the tunnel's: an ASA, and IOS of old,
#: have no name for a route. Nobody types it by chance, and it is lower than that of any routing protocol but a summary of EIGRP.
MAP_ROUTE_DISTANCE = 19

_IOS: Mapping[tuple[int, Style], str] = {
    (1, "crypto-map"): "ios/l2l_ikev1_crypto_map.j2",
    (1, "vti"): "ios/l2l_ikev1_vti.j2",
    (2, "crypto-map"): "ios/l2l_ikev2_crypto_map.j2",
    (2, "vti"): "ios/l2l_ikev2_vti.j2",
}
#: The template of each form, by the generation that a device belongs to. The platform says which of them its release can do.
TEMPLATES: Mapping[str, Mapping[tuple[int, Style], str]] = {
    "ios-12.2": {form: name for form, name in _IOS.items() if form == (1, "crypto-map")},
    "ios-12.4": {form: name for form, name in _IOS.items() if form[0] == 1},
    "ios-15": _IOS,
    "asa-8.0": {(1, "crypto-map"): "asa/l2l_ikev1_crypto_map_82.j2"},
    "asa-8.4": {
        (1, "crypto-map"): "asa/l2l_ikev1_crypto_map_84.j2",
        (1, "vti"): "asa/l2l_ikev1_vti.j2",
        (2, "crypto-map"): "asa/l2l_ikev2_crypto_map.j2",
        (2, "vti"): "asa/l2l_ikev2_vti.j2",
    },
}


class TunnelInterface(Struct, frozen=True):
    """The addresses of a tunnel interface, and the sizes of what goes through it (bytes; IOS only)."""

    address: IPv4Interface
    far_address: IPv4Address
    mtu: int
    mss: int


class Member(Side, frozen=True):
    """One end of ours: all that its text is made of besides names.

    ``key`` is the token of the pre-shared key. ``nameif`` and ``inside_nameif`` are what an ASA calls the two interfaces, empty
    on IOS. ``tunnel`` is None with a crypto map. ``routes`` and ``nat_exemption`` say whether they are looked after.
    """

    name: str
    platform: Platform
    ike_version: int
    style: Style
    ike: IKEProposal
    ipsec: IPSecProposal
    pfs_group: int | None
    dpd: Dpd | None
    key: str
    tunnel: TunnelInterface | None = None
    routes: bool = True
    nat_exemption: bool = True
    nameif: str = ""
    inside_nameif: str = ""


class Route(Struct, frozen=True):
    """A static route into a tunnel. ``via``: on IOS an interface or the next hop, on an ASA the nameif."""

    prefix: IPv4Network
    via: str
    next_hop: IPv4Address | None = None
    distance: int = 1


class NatExemption(Struct, frozen=True):
    """Where a tunnel's traffic is taken out of address translation.

    ``ios-list``: ``access_list`` is the list that is translated, ``numbers`` are free ones before its first permit, one for each
    pair of networks. ``asa-nat-0``: ``access_list`` is the one of ``nat (inside) 0``. ``asa-twice``: ``near`` and ``far`` are the
    groups of networks that the rule names.
    """

    form: NatForm
    access_list: str = ""
    numbers: tuple[int, ...] = ()
    inside: str = ""
    near: str = ""
    far: str = ""
    keeps_routing: bool = False
    #: For the template of ``ios-list``: each number with the pair of networks that it is for.
    numbered: tuple[tuple[int, tuple[IPv4Network, IPv4Network]], ...] = ()


class Names(Struct, frozen=True):
    """What the objects of one tunnel are called on one device, with a sentence for each choice, and what they take the place of.

    ``transform_set`` is on an ASA with IKEv2 the IPsec proposal. ``keepalive`` is None where dead peer detection is not wanted,
    and with IKEv1 on IOS where the device has a setting of its own, which every peer shares. ``ikev2`` names keyring and profile
    of IKEv2 on IOS. An IKEv2 policy of IOS is chosen by the local address alone, so that tunnels from one address share it: it
    is called by that address (``NR-ADDRESS``), and a proposal by what it says, so that tunnels that want the same have the same.
    ``ikev2_policy`` may be one that is there (``ikev2_policy_is_ours`` false): the text then says only that our proposal is
    in it, behind what others have there. ``default`` is never edited.
    """

    transform_set: str
    access_list: str = ""
    policy_number: int = 1
    crypto_map: str = ""
    map_sequence: int = 1
    no_xauth: bool = False
    keepalive: Dpd | None = None
    ikev2: str = ""
    ikev2_proposal: str = ""
    ikev2_policy: str = ""
    ikev2_policy_is_ours: bool = True
    ipsec_profile: str = ""
    tunnel_number: int = 0
    tunnel_nameif: str = ""
    routes: tuple[Route, ...] = ()
    #: Where its traffic is kept from being translated; None where that is not wanted or not needed.
    nat: NatExemption | None = None
    decisions: tuple[str, ...] = ()
    #: What the device has of the same tunnel with other contents.
    replacing: Replacing = NOTHING


def members(
    tunnel: Tunnel, crypto: Crypto, platforms: Mapping[str, Platform], key: str, nameifs: Mapping[str, tuple[str, str]]
) -> tuple[Member, ...]:
    """The ends of ours in the order of the intent.

    ``crypto`` is narrowed to what they can do (`strength.narrow`); ``nameifs`` gives for each ASA what it calls the outside and
    the inside interface. Raises ChangeError where no proposal is left.
    """
    if not crypto.ike_proposals or not crypto.ipsec_proposals:
        raise ChangeError(f"tunnel {tunnel.name}: its ends have no proposal in common")
    style = style_of(tunnel, crypto.ike_version, [platforms[end.host] for end in tunnel.own])
    return tuple(_member(tunnel, side, style, crypto, platforms[side.local.host], key, nameifs) for side in tunnel.sides)


def _member(
    tunnel: Tunnel,
    side: Side,
    style: Style,
    crypto: Crypto,
    platform: Platform,
    key: str,
    nameifs: Mapping[str, tuple[str, str]],
) -> Member:
    outside, inside = nameifs.get(side.local.host, ("", ""))
    return Member(
        side.local,
        side.remote,
        name=tunnel.name,
        platform=platform,
        ike_version=crypto.ike_version,
        style=style,
        ike=crypto.ike_proposals[0],
        ipsec=crypto.ipsec_proposals[0],
        pfs_group=crypto.pfs_group,
        dpd=tunnel.dpd,
        key=key,
        tunnel=tunnel_interface(tunnel, side) if style == "vti" else None,
        routes=tunnel.cisco.routes == "auto",
        nat_exemption=tunnel.cisco.nat_exemption == "auto",
        nameif=outside,
        inside_nameif=inside,
    )


def tunnel_interface(tunnel: Tunnel, side: Side) -> TunnelInterface:
    """The tunnel interface of one end. Raises ChangeError where the intent has no addresses for it."""
    own, far = tunnel.tunnel_address(side.local), tunnel.tunnel_address(side.remote)
    if own is None or far is None:
        raise ChangeError(f"tunnel {tunnel.name}: a tunnel interface needs addresses, and the intent has no tunnel_prefix")
    mtu = tunnel.cisco.mtu or MTU
    return TunnelInterface(own, far.ip, mtu, tunnel.cisco.mss or min(MSS, mtu - 40))


def draft_names(member: Member) -> Names:
    """Names before the device is known: those of the intent, those made of the tunnel's name, and the first of each number."""
    cisco, base = member.local.cisco, f"NR-{member.name}"
    number = 1 if cisco.tunnel_interface is None else cisco.tunnel_interface
    proposal = (
        f"NR-{member.ike.encryption_algorithm}-{member.ike.authentication_algorithm.removeprefix('hmac-')}-{member.ike.group}"
    )
    return Names(
        transform_set=cisco.transform_set or base,
        access_list=cisco.access_list or base,
        crypto_map=cisco.crypto_map or "NR-MAP",
        map_sequence=cisco.map_sequence or 1,
        keepalive=member.dpd,
        ikev2=base,
        ikev2_proposal=proposal,
        ikev2_policy=f"NR-{member.local.outside_ip}",
        ipsec_profile=base,
        tunnel_number=number,
        tunnel_nameif=base,
    )


def tunnel_routes(member: Member, names: Names) -> tuple[Route, ...]:
    """The static routes of the far networks into a tunnel interface; none with a crypto map, or where they are not wanted."""
    if member.tunnel is None or not member.routes:
        return ()
    via, next_hop = f"Tunnel{names.tunnel_number}", None
    if system_of(member.platform).has_nameif:
        via, next_hop = names.tunnel_nameif, member.tunnel.far_address
    return tuple(Route(prefix, via, next_hop) for prefix in member.remote.protected_prefixes)


def map_routes(member: Member, next_hop: IPv4Address | str, prefixes: Collection[IPv4Network] | None = None) -> tuple[Route, ...]:
    """The static routes that send far networks out of the interface with the crypto map, by the next hop behind it.

    ``prefixes`` are those that the device's routing does not send there already, all of them where it is None. On IOS the next
    hop may be the interface alone. None where routes are not wanted.
    """
    if not member.routes:
        return ()
    asa = system_of(member.platform).has_nameif
    via, hop = (member.nameif, next_hop) if asa else (str(next_hop), None)
    if isinstance(hop, str):
        raise ChangeError(f"{member.local.host}: a route of an ASA needs the address of a next hop, and {hop} is none")
    wanted = member.remote.protected_prefixes if prefixes is None else prefixes
    return tuple(Route(prefix, via, hop, MAP_ROUTE_DISTANCE) for prefix in wanted)


def exemption(member: Member, *, access_list: str = "", numbers: tuple[int, ...] = ()) -> NatExemption | None:
    """The NAT exemption of a member, None where none is wanted or needed: a tunnel interface is not translated through.

    ``access_list`` is the one that the device translates by, or that its ``nat 0`` has; ``numbers`` are as in `NatExemption`.
    Raises ChangeError where the release cannot put an entry before others, or the numbers do not suffice.
    """
    if not member.nat_exemption or member.style == "vti":
        return None
    form, base = nat_form(member.platform), f"NR-{member.name}"
    if form is None:
        raise ChangeError(
            f"{member.local.host} ({member.platform}) has access lists without numbers: nothing can be put before the permits of "
            f"{access_list}, so the exemption of {member.name} has to be written by a person"
        )
    if form == "ios-list":
        if len(numbers) < len(member.selectors):
            raise ChangeError(f"{member.local.host}: access list {access_list} has no free numbers before its first permit")
        numbered = tuple(zip(numbers, member.selectors, strict=False))
        return NatExemption(form, access_list, numbers, numbered=numbered)
    if form == "asa-nat-0":
        return NatExemption(form, access_list or "NR-NONAT", inside=member.inside_nameif)
    return NatExemption(
        form, inside=member.inside_nameif, near=f"{base}-L", far=f"{base}-R", keeps_routing=keeps_routing(member.platform)
    )


def template_of(member: Member) -> str:
    """The template that writes the form of a member. Raises ChangeError where its generation has none."""
    try:
        return TEMPLATES[member.platform.output][member.ike_version, member.style]
    except KeyError:
        form = f"a tunnel with IKEv{member.ike_version} and style {member.style}"
        raise ChangeError(f"{form} cannot be written for {member.platform} yet") from None


def text(member: Member, names: Names) -> str:
    """The desired configuration of one end. Raises ChangeError for what its release has no words for."""
    _refuse_long(member, names)
    return "".join(f"{part}\n" for part in _parts(member, names))


def _parts(member: Member, names: Names) -> Iterator[str]:
    words = words_of(member, names)
    yield fill(template_of(member), **words)
    if names.routes:
        yield routes_text(member, names.routes)
    if names.nat is not None:
        yield exemption_text(member, names.nat)


def routes_text(member: Member, routes: tuple[Route, ...]) -> str:
    """The static routes that go with a member."""
    return fill(f"{member.platform.os}/routes.j2", routes=routes)


def exemption_text(member: Member, nat: NatExemption) -> str:
    """What keeps the traffic of a member from being translated."""
    return fill(f"{member.platform.os}/nat_exemption_{nat.form}.j2", end=member, nat=nat, nameif=member.nameif)


def words_of(member: Member, names: Names) -> dict[str, Any]:
    """What the templates call the parts of a member."""
    return {
        "end": member,
        "ike": member.ike,
        "ipsec": member.ipsec,
        "pfs_group": member.pfs_group,
        "key": member.key,
        "names": names,
        "nameif": member.nameif,
        "group_policy": f"NR-{member.name}",
        "bare_pfs_group": member.platform.bare_pfs_group,
        "tunnel": member.tunnel,
    }


def _refuse_long(member: Member, names: Names) -> None:
    longest = system_of(member.platform).longest_nameif
    if longest and member.style == "vti" and len(names.tunnel_nameif) > longest:
        raise ChangeError(
            f"{member.local.host}: {names.tunnel_nameif} is too long for the nameif of a tunnel interface ({longest} "
            "characters): give the tunnel a shorter name"
        )
