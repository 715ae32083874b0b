"""What one device said about its SAs at one moment, in one form for IOS and ASA.

Phase 1 is asked with the same words of both: an ASA prints IKEv1 and IKEv2 from 8.4 on, and each IKEv1 SA with its peer, role and
state in every release. A row of IOS names both ends of the IKE SA, one of an ASA the other end only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from ..inventory.intent import TunnelTermination
from ..parsers.records.asa_vpn import AsaIkeSas, AsaIpsecFlow
from ..parsers.records.ike import IsakmpSa
from ..parsers.records.ipsec import IpsecFlow, Selector
from ..parsers.result import Parsed
from .finding import Evidence

PHASE_1 = "show crypto isakmp sa"
PHASE_2 = "show crypto ipsec sa"

#: The states in which IKEv1 is up, by operating system. MM_ACTIVE_REKEY is an SA on its way out, so it is not among them.
UP: Mapping[str, frozenset[str]] = {"ios": frozenset({"QM_IDLE"}), "asa": frozenset({"MM_ACTIVE", "AM_ACTIVE"})}


@dataclass(frozen=True, slots=True)
class Probe:
    """Result of a sourced ping: packets sent and answered."""

    sent: int
    received: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class IkeRow:
    """One IKEv1 SA: the addresses that the device prints for it, its state in the device's word, and whether that is up."""

    title: str
    addresses: frozenset[object]
    state: str
    up: bool


class Sa(Protocol):
    """One IPsec SA, of IOS or ASA; see the records for units."""

    @property
    def direction(self) -> str: ...
    @property
    def protocol(self) -> str: ...
    @property
    def spi(self) -> int: ...
    @property
    def transform(self) -> str: ...
    @property
    def encryption(self) -> str | None: ...
    @property
    def integrity(self) -> str | None: ...
    @property
    def mode(self) -> str | None: ...
    @property
    def remaining_seconds(self) -> int | None: ...
    @property
    def remaining_kilobytes(self) -> int | None: ...


class Flow(Protocol):
    """One pair of selectors with its counters and SAs, of IOS or ASA; see the records for units."""

    @property
    def local_ident(self) -> Selector: ...
    @property
    def remote_ident(self) -> Selector: ...
    @property
    def peer(self) -> object: ...
    @property
    def encapsulated_packets(self) -> int: ...
    @property
    def decapsulated_packets(self) -> int: ...
    @property
    def send_errors(self) -> int | None: ...
    @property
    def current_outbound_spi(self) -> int: ...
    @property
    def sas(self) -> tuple[Sa, ...]: ...


@dataclass(frozen=True, slots=True)
class Observation:
    """Phase 1 and phase 2 of one device, parsed, with the UTC time of reading (ISO 8601)."""

    host: str
    time: str
    phase_1: Parsed
    phase_2: Parsed

    @property
    def os(self) -> str:
        """Operating system of the device."""
        return self.phase_1.os

    @property
    def ike(self) -> tuple[IkeRow, ...]:
        """All IKEv1 SAs."""
        return _ROWS[self.os](self.phase_1)

    @property
    def flows(self) -> tuple[Flow, ...]:
        """All phase 2 flows; an ASA prints none that has no SA."""
        flows: tuple[Flow, ...] = self.phase_2.state
        return flows

    def rows(self, peer: IPv4Address) -> tuple[IkeRow, ...]:
        """Phase 1 rows in which the peer stands, as source or destination."""
        return tuple(row for row in self.ike if peer in row.addresses)

    def flow(self, local: IPv4Network, remote: IPv4Network) -> Flow | None:
        """The phase 2 flow with exactly these selectors, for every protocol and port, or None."""
        wanted = (Selector(local, 0, 0), Selector(remote, 0, 0))
        return next((flow for flow in self.flows if (flow.local_ident, flow.remote_ident) == wanted), None)

    def flows_besides(self, selectors: Iterable[tuple[IPv4Network, IPv4Network]]) -> tuple[Flow, ...]:
        """Phase 2 flows that hold an SA and have other selectors (local, remote), whichever peer they go to."""
        own = {(Selector(local, 0, 0), Selector(remote, 0, 0)) for local, remote in selectors}
        return tuple(flow for flow in self.flows if flow.sas and (flow.local_ident, flow.remote_ident) not in own)

    def evidence(self, command: str, field: str, value: object) -> Evidence:
        """A value that was read here."""
        return Evidence(self.host, command, field, str(value), self.time)


def _ios_rows(parsed: Parsed) -> tuple[IkeRow, ...]:
    rows: tuple[IsakmpSa, ...] = parsed.state
    return tuple(
        IkeRow(f"{row.src} to {row.dst}", frozenset({row.src, row.dst}), row.state, row.state in UP["ios"] and not row.deleted)
        for row in rows
    )


def _asa_rows(parsed: Parsed) -> tuple[IkeRow, ...]:
    """IKEv1 only: an IKEv2 SA with the same peer is another tunnel's."""
    state: AsaIkeSas = parsed.state
    return tuple(
        IkeRow(f"IKE peer {row.peer}", frozenset({row.peer}), row.state, row.state in UP["asa"]) for row in state.ikev1 or ()
    )


_ROWS: Mapping[str, Callable[[Parsed], tuple[IkeRow, ...]]] = {"ios": _ios_rows, "asa": _asa_rows}


def spis(flow: Flow, direction: str) -> tuple[int, ...]:
    """SPIs of the ESP SAs of a flow in one direction ("inbound" or "outbound")."""
    return tuple(sa.spi for sa in flow.sas if sa.direction == direction and sa.protocol == "esp")


def misplaced(flow: Flow, wanted: TunnelTermination) -> tuple[str, str] | None:
    """Where a flow is instead of where it has to be, or None.

    An ASA prints the name that it gave the interface, and the intent may have the hardware's: there the address counts.
    """
    if isinstance(flow, AsaIpsecFlow):
        there, here = str(flow.local_address), str(wanted.outside_ip)
    elif isinstance(flow, IpsecFlow):
        there, here = flow.interface, wanted.interface
    else:
        raise TypeError(f"no rule says where a {type(flow).__name__} is")
    return None if there == here else (there, here)


def is_static(flow: Flow) -> bool:
    """True if the flow belongs to an entry of the configuration, which nobody hangs up as a VPN client does."""
    if isinstance(flow, AsaIpsecFlow):
        return flow.access_list is not None
    return isinstance(flow, IpsecFlow) and "origin_is_acl" in flow.flags


def hexadecimal(numbers: tuple[int, ...]) -> str:
    """SPIs for a person."""
    return ", ".join(f"0x{number:08X}" for number in numbers) or "none"
