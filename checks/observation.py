"""What one device said about its SAs at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ..parsers.records.ike import IsakmpSa
from ..parsers.records.ipsec import IpsecFlow, Selector
from ..parsers.result import Parsed
from .finding import Evidence

PHASE_1 = "show crypto isakmp sa"
PHASE_2 = "show crypto ipsec sa"


@dataclass(frozen=True, slots=True)
class Probe:
    """Result of a sourced ping: packets sent and answered."""

    sent: int
    received: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """Phase 1 and phase 2 of one device, parsed, with the UTC time of reading (ISO 8601)."""

    host: str
    time: str
    phase_1: Parsed
    phase_2: Parsed

    def rows(self, peer: IPv4Address) -> tuple[IsakmpSa, ...]:
        """Phase 1 rows in which the peer stands, as source or destination."""
        return tuple(row for row in self.phase_1.state if peer in (row.dst, row.src))

    def flow(self, local: IPv4Network, remote: IPv4Network) -> IpsecFlow | None:
        """The phase 2 flow with exactly these selectors, for every protocol and port, or None."""
        wanted = (Selector(local, 0, 0), Selector(remote, 0, 0))
        flows: tuple[IpsecFlow, ...] = self.phase_2.state
        return next((flow for flow in flows if (flow.local_ident, flow.remote_ident) == wanted), None)

    def flows_besides(self, selectors: Iterable[tuple[IPv4Network, IPv4Network]]) -> tuple[IpsecFlow, ...]:
        """Phase 2 flows that hold an SA and have other selectors (local, remote), whichever peer they go to."""
        own = {(Selector(local, 0, 0), Selector(remote, 0, 0)) for local, remote in selectors}
        return tuple(flow for flow in self.phase_2.state if flow.sas and (flow.local_ident, flow.remote_ident) not in own)

    def evidence(self, command: str, field: str, value: object) -> Evidence:
        """A value that was read here."""
        return Evidence(self.host, command, field, str(value), self.time)


def spis(flow: IpsecFlow, direction: str) -> tuple[int, ...]:
    """SPIs of the ESP SAs of a flow in one direction ("inbound" or "outbound")."""
    return tuple(sa.spi for sa in flow.sas if sa.direction == direction and sa.protocol == "esp")


def hexadecimal(numbers: tuple[int, ...]) -> str:
    """SPIs for a person."""
    return ", ".join(f"0x{number:08X}" for number in numbers) or "none"
