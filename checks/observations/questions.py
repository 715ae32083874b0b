"""Questions, named by what the answer is for: a command per generation, and the answer as typed rows.

Which command asks it is a row of the record of the system (inventory/systems); a system without such a row is not asked. The
views give one form for all systems, so that no check has to know which one it looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from typing import Any

from msgspec import Struct

from ...inventory.systems import SYSTEMS, System, generations
from ...parsers.records.asa_vpn import AsaIkeSas, VpnSession
from ...parsers.records.ike import IsakmpSa
from ...parsers.records.ikev2 import Ikev2Sa
from ...parsers.records.session import CryptoSession
from ...parsers.records.system import InterfaceBrief
from ...parsers.result import Parsed
from ..path.watching import clauses, probes, tracks
from ..routing.bgp import neighbours
from ..routing.ways import asa_ways, ios_ways

#: The states in which an IKE SA is up, by operating system and version of IKE. MM_ACTIVE_REKEY is an SA on its way out, so it is
#: not among them. Of two IKEv2 SAs that both ends began at once, one is enough.
UP: Mapping[tuple[str, int], frozenset[str]] = {
    ("ios", 1): frozenset({"QM_IDLE"}),
    ("asa", 1): frozenset({"MM_ACTIVE", "AM_ACTIVE"}),
    ("ios", 2): frozenset({"READY"}),
    ("asa", 2): frozenset({"READY"}),
}
#: The port of IKE and ESP where an address is translated on the way (RFC 3947).
NAT_TRAVERSAL_PORT = 4500
#: The device itself began, in the words of one that does not print its own address.
OWN = "own"


class Question(Struct, frozen=True):
    """One thing that a device can be asked. ``name`` is its row in the record of a system."""

    name: str
    what: str

    def command(self, system: System) -> str | None:
        """How this generation is asked; None where it cannot answer."""
        return system.shows.get(self.name)

    def commands(self, os: str) -> tuple[str, ...]:
        """How any generation of an operating system is asked, each command once."""
        return tuple(dict.fromkeys(system.shows[self.name] for system in generations(os) if self.name in system.shows))

    def __str__(self) -> str:
        return self.what


class Particular(Question, frozen=True):
    """A question about one thing that a device knows by its address: asked by ``line`` where the system can answer ``of``."""

    of: str
    line: str

    def command(self, system: System) -> str | None:
        """The line, where the system can be asked for such things at all."""
        return self.line if self.of in system.shows else None

    def commands(self, os: str) -> tuple[str, ...]:
        """The same for any generation of an operating system."""
        return (self.line,) if any(self.of in system.shows for system in generations(os)) else ()


IKE = Question("ike", "the IKEv1 SAs")
IKEV2 = Question("ikev2", "the IKEv2 SAs")
IPSEC = Question("ipsec", "the IPsec flows")
ROUTE = Question("route", "the routing table")
INTERFACES = Question("interfaces", "the state of the interfaces")
SESSION = Question("session", "the VPN sessions")
TRACK = Question("track", "the track objects")
SLA = Question("sla", "the probes of IP SLA")
ROUTE_MAP = Question("route-map", "the route maps")
BGP = Question("bgp", "the BGP neighbours")
IKEV2_SESSION = Question("ikev2-session", "the IKEv2 sessions")
RECONNECT = Question("reconnect", "the counters of reconnects")
CERTIFICATES = Question("certificates", "the certificates")
CLOCK = Question("clock", "the clock")

QUESTIONS: tuple[Question, ...] = (
    *(IKE, IKEV2, IPSEC, ROUTE, INTERFACES, SESSION, TRACK, SLA, ROUTE_MAP, BGP),
    *(IKEV2_SESSION, RECONNECT, CERTIFICATES, CLOCK),
)
#: What an observation holds whatever it is for; a device that does not know IKEv2 is not asked about it.
SAS: tuple[Question, ...] = (IKE, IKEV2, IPSEC)
#: Without these there is no observation: every generation answers them.
ALWAYS: frozenset[Question] = frozenset({IKE, IPSEC})
_MUST = {command for system in SYSTEMS.values() for question in ALWAYS if (command := question.command(system))}
#: Commands that a device may refuse, although its release has them: they are for nothing that every observation holds.
OPTIONAL: frozenset[str] = frozenset(
    {command for system in SYSTEMS.values() for question in SAS if (command := question.command(system))} - _MUST
)


class IkeRow(Struct, frozen=True):
    """One IKE SA: the addresses that the device prints for it, its state in the device's word, and whether that is up.

    A row of IOS names both ends of the SA, an IKEv1 row of an ASA the other end only. ``natted`` is true where the device prints
    the port of NAT traversal, ``agreed`` where it prints the ciphers of an IKEv2 SA: they are unknown until IKE_SA_INIT is
    answered. ``age_seconds`` and ``number`` are None where the device does not print them. ``deleted`` is true of what is left of
    a try that is over: it says nothing of now. ``began`` is the address of the end that began, ``OWN`` for the device itself,
    None where it is not printed.
    ``encryption``, ``integrity`` and ``group`` are what an IKEv2 SA was agreed with, None where that is not printed.
    """

    title: str
    addresses: frozenset[object]
    state: str
    up: bool
    version: int = 1
    natted: bool = False
    agreed: bool = False
    age_seconds: int | None = None
    number: int | None = None
    deleted: bool = False
    began: object = None
    encryption: str | None = None
    integrity: str | None = None
    group: int | None = None


class InterfaceRow(Struct, frozen=True):
    """One interface: its name, or its nameif where an ASA goes by that, and whether its line protocol is up."""

    name: str
    up: bool
    state: str


class SessionRow(Struct, frozen=True):
    """One VPN session by its peer, with the state in the device's word; an ASA lists only sessions that are up."""

    peer: object
    state: str
    up: bool


def _ios_ikev1(parsed: Parsed) -> tuple[IkeRow, ...]:
    rows: tuple[IsakmpSa, ...] = parsed.state
    up = UP["ios", 1]
    return tuple(
        IkeRow(
            f"{row.src} to {row.dst}",
            frozenset({row.src, row.dst}),
            row.state,
            row.state in up and not row.deleted,
            number=row.connection_id,
            deleted=row.deleted,
            began=row.src,
        )
        for row in rows
    )


def _asa_ikev1(parsed: Parsed) -> tuple[IkeRow, ...]:
    state: AsaIkeSas = parsed.state
    up = UP["asa", 1]
    return tuple(
        IkeRow(
            f"IKE peer {row.peer}",
            frozenset({row.peer}),
            row.state,
            row.state in up,
            began=row.peer if row.role == "responder" else OWN,
        )
        for row in state.ikev1 or ()
    )


def _ikev2(os: str, sas: tuple[Ikev2Sa, ...]) -> tuple[IkeRow, ...]:
    return tuple(
        IkeRow(
            f"{sa.local_address} to {sa.remote_address}",
            frozenset({sa.local_address, sa.remote_address}),
            sa.status,
            sa.status in UP[os, 2],
            version=2,
            agreed=sa.encryption is not None,
            natted=NAT_TRAVERSAL_PORT in (sa.local_port, sa.remote_port),
            age_seconds=sa.active_seconds,
            number=sa.tunnel_id,
            encryption=sa.encryption,
            integrity=sa.integrity,
            group=sa.dh_group,
        )
        for sa in sas
    )


def _ios_ikev2(parsed: Parsed) -> tuple[IkeRow, ...]:
    return _ikev2("ios", parsed.state)


def _asa_ikev2(parsed: Parsed) -> tuple[IkeRow, ...]:
    """A session may be idle (UP-IDLE) while its SA is negotiated: only the SA says whether it is up."""
    state: AsaIkeSas = parsed.state
    return _ikev2("asa", tuple(sa for session in state.ikev2 or () for sa in session.ikes))


def _as_it_is(parsed: Parsed) -> Any:
    return parsed.state


def _interfaces(parsed: Parsed) -> tuple[InterfaceRow, ...]:
    rows: tuple[InterfaceBrief, ...] = parsed.state
    return tuple(
        InterfaceRow(row.interface, (row.status, row.protocol) == ("up", "up"), f"{row.status}/{row.protocol}") for row in rows
    )


def _ios_sessions(parsed: Parsed) -> tuple[SessionRow, ...]:
    """UP-ACTIVE, UP-IDLE and UP-NO-IKE are up; DOWN and DOWN-NEGOTIATING are not."""
    rows: tuple[CryptoSession, ...] = parsed.state
    return tuple(SessionRow(row.peer, row.status, row.status.startswith("UP")) for row in rows)


def _asa_sessions(parsed: Parsed) -> tuple[SessionRow, ...]:
    rows: tuple[VpnSession, ...] = parsed.state
    return tuple(SessionRow(row.address or _address(row.connection), "listed", up=True) for row in rows)


def _address(text: str | None) -> object:
    try:
        return IPv4Address(text or "")
    except ValueError:
        return text


#: How an answer is seen, by question and operating system.
VIEWS: Mapping[str, Mapping[str, Callable[[Parsed], Any]]] = {
    "ike": {"ios": _ios_ikev1, "asa": _asa_ikev1},
    "ikev2": {"ios": _ios_ikev2, "asa": _asa_ikev2},
    "ipsec": {"ios": _as_it_is, "asa": _as_it_is},
    "route": {"ios": lambda parsed: ios_ways(parsed.state), "asa": lambda parsed: asa_ways(parsed.state)},
    "interfaces": {"ios": _interfaces, "asa": _interfaces},
    "session": {"ios": _ios_sessions, "asa": _asa_sessions},
    "track": {"ios": tracks},
    "sla": {"ios": probes},
    "route-map": {"ios": clauses},
    "bgp": {"asa": neighbours},
    "ikev2-session": {"ios": _as_it_is},
    "reconnect": {"ios": _as_it_is},
    "certificates": {"ios": _as_it_is},
    "clock": {"ios": _as_it_is},
}
