"""Security associations of one box: IKE rows, protected flows, SPIs, counters."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from ..ios.model import Policy, Selector

DELETED_SECONDS = 60.0


@dataclass(slots=True)
class IkeSa:
    """One phase-1 row. `dst` is the responder, `src` the initiator, on both ends; `expires` in lab seconds.

    `reason` says why main mode stays where it is: `no answer`, `no key here`, `no key there`, `policy`, `key`.
    """

    conn_id: int
    dst: IPv4Address
    src: IPv4Address
    state: str = "MM_NO_STATE"
    policy: Policy | None = None
    expires: float = float("inf")
    failed: bool = False
    reason: str = ""

    def between(self, one: IPv4Address, other: IPv4Address) -> bool:
        """Whether the row is about these two addresses."""
        return {self.dst, self.src} == {one, other}


@dataclass(slots=True)
class IpsecSa:
    """One ESP SA in one direction; `made` and `seconds` in lab seconds, `kilobytes` the volume lifetime."""

    spi: int
    conn_id: int
    flow_id: int
    transform: tuple[str, ...]
    made: float
    seconds: int
    kilobytes: int
    packets: int = 0
    used_kilobytes: int = 0

    def remaining(self, now: float) -> int:
        """Seconds left."""
        return max(0, round(self.made + self.seconds - now))

    @property
    def left_kilobytes(self) -> int:
        """Kilobytes left; a packet of 100 bytes is about an eighth of one in the tunnel."""
        return self.kilobytes - self.used_kilobytes - (self.packets + 7) // 8


@dataclass(slots=True)
class Flow:
    """One pair of protected networks under one entry of a crypto map, with its counters and SAs."""

    map: str
    seq: int
    selector: Selector
    peer: IPv4Address
    from_acl: bool = True
    initiator: bool = False
    encaps: int = 0
    decaps: int = 0
    send_errors: int = 0
    recv_errors: int = 0
    inbound: list[IpsecSa] = field(default_factory=list)
    outbound: list[IpsecSa] = field(default_factory=list)


@dataclass(slots=True)
class CryptoState:
    """Everything negotiated on a box."""

    next_ike: int
    next_ipsec: int
    next_flow: int = 1
    ike: list[IkeSa] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    settled: float = float("-inf")
    silent: dict[IPv4Address, float] = field(default_factory=dict)
    gone: list[tuple[float, IkeSa]] = field(default_factory=list)

    def bury(self, rows: list[IkeSa], now: float) -> None:
        """Take phase-1 rows away; releases that show them list them as deleted for a minute."""
        self.ike = [row for row in self.ike if row not in rows]
        self.gone = [item for item in self.gone if now - item[0] < DELETED_SECONDS]
        self.gone += [(now, row) for row in rows if row.policy is not None or row.state != "MM_NO_STATE" or row.failed]

    def deleted(self, now: float) -> list[IkeSa]:
        """The rows that are listed as deleted."""
        return [row for since, row in self.gone if now - since < DELETED_SECONDS]

    def new_ike(self, dst: IPv4Address, src: IPv4Address) -> IkeSa:
        """Open a phase-1 row."""
        row = IkeSa(self.next_ike, dst, src)
        self.next_ike += 1
        self.ike.append(row)
        return row

    def new_sa(self, spi: int, transform: tuple[str, ...], made: float, seconds: int, kilobytes: int) -> IpsecSa:
        """Number a new ESP SA."""
        sa = IpsecSa(spi, self.next_ipsec, self.next_flow, transform, made, seconds, kilobytes)
        self.next_ipsec += 1
        self.next_flow += 1
        return sa

    def ike_with(self, peer: IPv4Address, state: str = "QM_IDLE") -> IkeSa | None:
        """The phase-1 row with a peer in a state."""
        return next((row for row in self.ike if peer in (row.dst, row.src) and row.state == state), None)

    def flow(self, name: str, seq: int, selector: Selector, peer: IPv4Address) -> Flow:
        """The flow of a static entry, made when it is first asked for."""
        for flow in self.flows:
            if (flow.map, flow.seq, flow.selector) == (name, seq, selector):
                flow.peer = flow.peer if flow.outbound else peer
                return flow
        flow = Flow(name, seq, selector, peer)
        self.flows.append(flow)
        return flow

    def carrying(self, name: str, seq: int, source: IPv4Address, destination: IPv4Address) -> Flow | None:
        """The flow with an SA that a packet goes into: what was negotiated may be narrower than the list's line."""
        found = [
            flow
            for flow in self.flows
            if (flow.map, flow.seq) == (name, seq) and flow.outbound and flow.selector.covers(source, destination)
        ]
        return max(found, key=lambda flow: flow.selector.destination.prefixlen, default=None)

    def inbound(self, spi: int) -> tuple[Flow, IpsecSa] | None:
        """The flow and SA that an arriving SPI belongs to."""
        return next(((flow, sa) for flow in self.flows for sa in flow.inbound if sa.spi == spi), None)


def new_spi() -> int:
    """A random SPI; the lowest 256 are reserved."""
    return secrets.randbelow(2**32 - 256) + 256
