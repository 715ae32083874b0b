"""The security associations of one box: IKEv1 and IKEv2 SAs, protected flows with their ESP SAs, SPIs and counters."""

from __future__ import annotations

import secrets
from ipaddress import IPv4Address

from msgspec import Struct, field

from ..records import Identity, Policy, Selector, Suite

DELETED_SECONDS = 60.0


class IkeSa(Struct):
    """One IKEv1 row. `dst` is the responder, `src` the initiator, as this end sees them; `expires` in lab seconds.

    `reason` says why main mode stays where it is: `no answer`, `no key here`, `no key there`, `policy`, `key`, `4500`. Both
    ends' rows of one SA have the same `cookie`. `port` is 4500 with a translator in the path.
    """

    conn_id: int
    dst: IPv4Address
    src: IPv4Address
    state: str = "MM_NO_STATE"
    policy: Policy | None = None
    expires: float = float("inf")
    failed: bool = False
    reason: str = ""
    cookie: int = 0
    port: int = 500

    @property
    def up(self) -> bool:
        """Whether it is agreed and authenticated."""
        return self.state == "QM_IDLE"

    def between(self, one: IPv4Address, other: IPv4Address) -> bool:
        """Whether the row is about these two addresses."""
        return {self.dst, self.src} == {one, other}


class Remote(Struct):
    """The client of an IKEv2 SA, where it is one that got its address of the box.

    `clone` is the number of its virtual access interface, `user` its EAP identity, empty after a reconnect, which is by a key;
    `port` is where its translator has it, `name` its IKE identity and `template` the interface that it was cloned from.
    """

    clone: int
    template: str
    assigned: IPv4Address
    name: str
    user: str
    port: int
    again: bool = False
    asleep: bool = False


class Held(Struct):
    """A session that may come again: found by the identity that its client was given, until so many seconds after it was lost.

    `lost` is when its SA ends for a client that is silent, None while it is awake.
    """

    token: str
    user: str
    assigned: IPv4Address
    profile: str
    timeout: int
    row: Ike2Sa
    lost: float | None = None


class Reconnects(Struct):
    """Sessions of a box that can be resumed (IKEv2 reconnect), and counters of the attempts."""

    held: list[Held] = field(default_factory=list)
    success: int = 0
    failed: int = 0


class Ike2Sa(Struct):
    """One IKEv2 row of one end: `local` and `remote` as this end sees them; `born` and `expires` in lab seconds.

    States are those that IOS and ASA name alike: `IN-NEG`, `READY`, `DELETE`. Both ends' rows have the same `cookie`.
    """

    tunnel_id: int
    session: int
    local: IPv4Address
    remote: IPv4Address
    initiator: bool
    born: float
    cookie: int
    profile: str = ""
    state: str = "IN-NEG"
    suite: Suite | None = None
    sent: Identity | None = None
    received: Identity | None = None
    spi: int = 0
    far_spi: int = 0
    lifetime: int = 86400
    patience: int = 0
    interval: int = 0
    expires: float = float("inf")
    port: int = 500
    reason: str = ""
    requests: int = 2
    client: Remote | None = None

    @property
    def up(self) -> bool:
        """Whether it is agreed and authenticated."""
        return self.state == "READY"

    def between(self, local: IPv4Address, remote: IPv4Address) -> bool:
        """Whether the row is about these two addresses: a box may have several with one peer, from addresses of its own."""
        return (self.local, self.remote) == (local, remote)

    def carries(self, flow: Flow) -> bool:
        """True if the ESP SAs of a flow are its child SAs."""
        return flow.version == 2 and flow.peer == self.remote and flow.local in (None, self.local)


class IpsecSa(Struct):
    """One ESP SA in one direction; `made` and `seconds` in lab seconds, `kilobytes` the volume lifetime.

    `pfs` is the group with which its keys were made, empty when they came from the IKE SA.
    """

    spi: int
    conn_id: int
    flow_id: int
    transform: tuple[str, ...]
    made: float
    seconds: int
    kilobytes: int
    packets: int = 0
    used_kilobytes: int = 0
    pfs: str = ""

    def remaining(self, now: float) -> int:
        """Seconds left."""
        return max(0, round(self.made + self.seconds - now))

    @property
    def left_kilobytes(self) -> int:
        """Kilobytes left; a packet of 100 bytes is about an eighth of one in the tunnel."""
        return self.kilobytes - self.used_kilobytes - (self.packets + 7) // 8


class Flow(Struct):
    """One pair of protected networks under one protector, with its counters and SAs.

    `map` and `seq` are the protector's name and number, `local` the end of the SAs here and `peer` the other one as it is seen
    from here; `version` is that of the IKE that made the SAs, `port` that in which ESP goes: 500 stands for ESP itself.
    """

    map: str
    seq: int
    selector: Selector
    peer: IPv4Address
    from_acl: bool = True
    initiator: bool = False
    version: int = 1
    local: IPv4Address | None = None
    port: int = 500
    tunnel: bool = False
    encaps: int = 0
    decaps: int = 0
    send_errors: int = 0
    recv_errors: int = 0
    replay_failed: int = 0
    inbound: list[IpsecSa] = field(default_factory=list)
    outbound: list[IpsecSa] = field(default_factory=list)


class CryptoState(Struct):
    """All SAs of a box."""

    next_ike: int
    next_ipsec: int
    next_flow: int = 1
    next_session: int = 1
    ike: list[IkeSa] = field(default_factory=list)
    ike2: list[Ike2Sa] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    settled: float = float("-inf")
    silent: dict[IPv4Address, float] = field(default_factory=dict)
    gone: list[tuple[float, IkeSa]] = field(default_factory=list)
    reconnects: Reconnects = field(default_factory=Reconnects)

    def bury(self, rows: list[IkeSa], now: float) -> None:
        """Remove IKEv1 SAs. They are listed as deleted for a minute on releases that show that."""
        self.ike = [row for row in self.ike if row not in rows]
        self.gone = [item for item in self.gone if now - item[0] < DELETED_SECONDS]
        self.gone += [(now, row) for row in rows if row.policy is not None or row.state != "MM_NO_STATE" or row.failed]

    def deleted(self, now: float) -> list[IkeSa]:
        """The IKEv1 SAs that are still listed as deleted."""
        return [row for since, row in self.gone if now - since < DELETED_SECONDS]

    def new_ike(self, dst: IPv4Address, src: IPv4Address, cookie: int = 0) -> IkeSa:
        """Create an IKEv1 SA."""
        row = IkeSa(self.next_ike, dst, src, cookie=cookie)
        self.next_ike += 1
        self.ike.append(row)
        return row

    def new_ike2(self, local: IPv4Address, remote: IPv4Address, now: float, cookie: int, *, initiator: bool) -> Ike2Sa:
        """Create an IKEv2 SA with the lowest free tunnel id and a new session id."""
        taken = {row.tunnel_id for row in self.ike2}
        number = next(n for n in range(1, len(taken) + 2) if n not in taken)
        row = Ike2Sa(number, self.next_session, local, remote, initiator, now, cookie)
        self.next_session += 1
        self.ike2.append(row)
        return row

    def new_sa(self, spi: int, transform: tuple[str, ...], made: float, seconds: int, kilobytes: int, pfs: str = "") -> IpsecSa:
        """Create an ESP SA with the next connection id."""
        sa = IpsecSa(spi, self.next_ipsec, self.next_flow, transform, made, seconds, kilobytes, pfs=pfs)
        self.next_ipsec += 1
        self.next_flow += 1
        return sa

    def up_between(self, local: IPv4Address, peer: IPv4Address, version: int) -> IkeSa | Ike2Sa | None:
        """The established SA of an IKE version between two addresses, or None."""
        rows: list[IkeSa] | list[Ike2Sa] = self.ike2 if version == 2 else self.ike
        return next((row for row in rows if row.up and row.between(local, peer)), None)

    def flow(self, name: str, seq: int, selector: Selector, peer: IPv4Address) -> Flow:
        """The flow of a static entry; created on the first call."""
        for flow in self.flows:
            if (flow.map, flow.seq, flow.selector) == (name, seq, selector):
                flow.peer = flow.peer if flow.outbound else peer
                return flow
        flow = Flow(name, seq, selector, peer)
        self.flows.append(flow)
        return flow

    def carrying(self, name: str, seq: int, source: IPv4Address, destination: IPv4Address) -> Flow | None:
        """The flow whose SA carries a packet. The negotiated selector may be narrower than the line of the access list."""
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
