"""What somebody orders of a far end that is not theirs: plain data, checked as it is read.

A far end is ``{"station": "far-end", "address": ..., "length": ..., "gateway": ..., "connections": [...]}``. A connection is a
tunnel to it: ``peer`` (the other end's address), ``version`` of IKE, ``key`` (the name of a credential of this lab), ``ike`` (a
list of ``encryption``, ``integrity``, ``group`` and ``lifetime``), ``esp`` (a list of ``encryption`` and ``integrity``),
``esp_lifetime``, ``pfs`` (a group, or 0), ``selectors`` (pairs of networks, its own first), ``tunnel_interface`` (true: it asks
for any to any, and routes these networks into the tunnel), ``answers`` (addresses behind it that answer pings), ``initiates``,
``nat_t``, ``bgp`` (a speaker in the tunnel, see ``far_bgp``: then only what that is told is routed into the tunnel) and
``identity`` (``kind`` and ``value``; without it its address) and ``expects`` (the same of the peer; without it whatever it
says). With ``"circuit": true`` what is behind it answers in clear too,
as behind a private line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from ..core.errors import LabError, nearest
from ..core.records import Identity, Policy, Proposal, Selector, Transform
from ..core.wire.speaker import Speaker
from .far_bgp import read_speaker
from .far_words import cipher, hashes, transform

STATION = "far-end"
DAY, HOUR = 86400, 3600


class Connection(Struct, frozen=True):
    """One tunnel of a far end; ``key`` is the name of a credential, ``group`` without a word is the group's number."""

    peer: IPv4Address
    version: int
    key: str
    policies: tuple[Policy, ...]
    proposals: tuple[Proposal, ...]
    transforms: tuple[Transform, ...]
    seconds: int
    ike_seconds: int
    pfs: str
    selectors: tuple[Selector, ...]
    tunnel_interface: bool = False
    answers: frozenset[IPv4Address] = frozenset()
    initiates: bool = False
    nat_t: bool = True
    identity: Identity | None = None
    expects: Identity | None = None
    speaker: Speaker | None = None


class FarOrder(Struct, frozen=True):
    """One far end: its address at its provider, and its tunnels."""

    address: IPv4Address
    length: int
    gateway: IPv4Address
    connections: tuple[Connection, ...]
    circuit: bool = False

    @property
    def network(self) -> IPv4Network:
        """The provider's network."""
        return IPv4Interface(f"{self.address}/{self.length}").network

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the credentials that its tunnels share with their peers."""
        return tuple(dict.fromkeys(connection.key for connection in self.connections))


#: What a connection needs, and what may be left out.
NEEDED = ("peer", "version", "key", "ike", "esp", "selectors")
OPTIONAL = ("esp_lifetime", "pfs", "tunnel_interface", "answers", "initiates", "nat_t", "identity", "expects", "bgp")


def read_order(order: Mapping[str, Any]) -> FarOrder:
    """A far end out of what was ordered. LabError for what it has not, needs, or cannot be read."""
    wanted = [field.name for field in fields(FarOrder)]
    _known("A far end", order, ("station", *wanted), [word for word in wanted if word != "circuit"])
    try:
        connections = tuple(_connection(each) for each in order["connections"])
        address, gateway = IPv4Address(order["address"]), IPv4Address(order["gateway"])
        return FarOrder(address, int(order["length"]), gateway, connections, bool(order.get("circuit")))
    except ValueError as error:
        raise LabError(f"A far end of the lab cannot be read: {error}.") from None


def _known(what: str, order: Mapping[str, Any], known: Sequence[str], needed: Sequence[str]) -> None:
    strange, missing = [word for word in order if word not in known], [word for word in needed if word not in order]
    if strange:
        raise LabError(f"{what} of the lab has no {strange[0]}.{nearest(strange[0], known)}")
    if missing:
        raise LabError(f"{what} of the lab needs: {', '.join(missing)}.")


def _connection(order: Mapping[str, Any]) -> Connection:
    _known("A tunnel of a far end", order, (*NEEDED, *OPTIONAL), NEEDED)
    version, offers = int(order["version"]), list(order["ike"])
    if version not in (1, 2) or not (offers and order["esp"] and order["selectors"]):
        raise LabError("A tunnel of a far end speaks IKE version 1 or 2, and has offers for IKE and ESP, and selectors.")
    named, awaited, group = order.get("identity"), order.get("expects"), order.get("pfs") or ""
    return Connection(
        peer=IPv4Address(order["peer"]),
        version=version,
        key=str(order["key"]),
        policies=tuple(_policy(number, offer) for number, offer in enumerate(offers, 1)) if version == 1 else (),
        proposals=tuple(_proposal(offer) for offer in offers) if version == 2 else (),
        transforms=tuple(transform(offer["encryption"], offer.get("integrity") or "") for offer in order["esp"]),
        seconds=int(order.get("esp_lifetime") or HOUR),
        ike_seconds=int(offers[0].get("lifetime") or DAY),
        pfs=f"group{group}" if group else "",
        selectors=tuple(Selector(IPv4Network(own), IPv4Network(theirs)) for own, theirs in order["selectors"]),
        tunnel_interface=bool(order.get("tunnel_interface")),
        answers=frozenset(IPv4Address(address) for address in order.get("answers", ())),
        initiates=bool(order.get("initiates")),
        nat_t=bool(order.get("nat_t", True)),
        identity=Identity(named["kind"], named["value"]) if named else None,
        expects=Identity(awaited["kind"], awaited["value"]) if awaited else None,
        speaker=read_speaker(order["bgp"]) if order.get("bgp") else None,
    )


def _policy(number: int, offer: Mapping[str, Any]) -> Policy:
    found = cipher(offer["encryption"])
    if found.combined:
        raise LabError(f"IKEv1 has no {offer['encryption']}.")
    seconds = int(offer.get("lifetime") or DAY)
    return Policy(number, found.ikev1, hashes(offer["integrity"])[0], "pre-share", str(offer["group"]), seconds)


def _proposal(offer: Mapping[str, Any]) -> Proposal:
    found, digest = cipher(offer["encryption"]), hashes(offer["integrity"])[1]
    return Proposal("far", (found.ikev2,), () if found.combined else (digest,), (digest,), (str(offer["group"]),))
