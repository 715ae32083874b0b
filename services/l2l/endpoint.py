"""One of our ends of a LAN-to-LAN tunnel: how it has to be, and what it showed. Pure views; the judgement is in proof.py.

A crypto map has a flow for each pair of protected prefixes; a tunnel interface has one, from everything to everything, and what
goes through it is decided by the routing table. A far end that is not ours is an address and nothing more: it is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct
from msgspec.structs import replace

from ...checks.ike_agreed import Suite, others
from ...checks.observations.observation import Flow, Observation, Probe, place_of, spis
from ...checks.observations.questions import IKE, IKEV2, INTERFACES, IPSEC, ROUTE, IkeRow, Question
from ...checks.routing.tunnel_interfaces import TunnelInterface
from ...inventory.intents.intent import Crypto, IPSecProposal, Side, TunnelTermination
from ...parsers.records.asa_vpn import AsaIpsecFlow

Pair = tuple[IPv4Network, IPv4Network]
#: A counter may miss this many packets of a burst: one can be in flight at each reading.
TOLERATED_PACKETS = 2
#: Lifetime of IKE where no proposal names one, on every release (command references: lifetime of an IKE policy).
IKE_SECONDS = 86_400
#: The selectors of a tunnel interface.
EVERYTHING: Pair = (IPv4Network("0.0.0.0/0"), IPv4Network("0.0.0.0/0"))


class Endpoint(Struct, frozen=True):
    """One of our ends as it has to be.

    ``interface`` and ``address`` are outside, ``peer`` is the far end's outside address. ``source`` and ``target`` are what the
    pings go between; ``target`` is None where nothing behind the far end is known to answer. ``transforms`` are the (cipher,
    integrity) pairs that an SA may have. ``far_host`` is the device of the far end, empty where that is not ours.
    ``child_seconds`` is the lifetime of an IPsec SA, None for the device's own; ``ike_seconds`` that of IKE, None where the far
    end is not ours: it may renew IKE sooner. ``suite`` is phase 1 as intended, None where it is not compared: IKEv1 is shown
    without its algorithms.
    """

    host: str
    interface: str
    address: IPv4Address
    peer: IPv4Address
    selectors: tuple[Pair, ...]
    source: IPv4Address
    target: IPv4Address | None
    transforms: tuple[tuple[str, str | None], ...]
    ike_version: int = 1
    tunnel: TunnelInterface | None = None
    far_host: str = ""
    child_seconds: int | None = None
    ike_seconds: int | None = None
    suite: Suite | None = None

    @classmethod
    def of(
        cls, end: Side, proposals: Sequence[IPSecProposal], ike_version: int = 1, tunnel: TunnelInterface | None = None
    ) -> Endpoint:
        """The endpoint that an intent wants, with any of these proposals for its SAs."""
        return cls(
            host=end.local.host,
            interface=end.local.interface,
            address=end.local.outside_ip,
            peer=end.remote.outside_ip,
            selectors=end.selectors,
            source=end.local.probe_address,
            target=end.remote.probe_address,
            transforms=tuple((item.encryption_algorithm, item.authentication_algorithm) for item in proposals),
            ike_version=ike_version,
            tunnel=tunnel,
            far_host=end.remote.host if isinstance(end.remote, TunnelTermination) else "",
            child_seconds=next((item.sa_lifetime_seconds for item in proposals if item.sa_lifetime_seconds), None),
        )

    @property
    def ike(self) -> Question:
        """The question whose answer has its IKE SAs."""
        return IKEV2 if self.ike_version == 2 else IKE

    @property
    def asks(self) -> tuple[Question, ...]:
        """What the device has to be asked, so that this end can be judged."""
        return (self.ike, IPSEC, *((INTERFACES, ROUTE) if self.tunnel else ()))

    @property
    def far_prefixes(self) -> tuple[IPv4Network, ...]:
        """Networks behind the far end, each once."""
        return tuple(dict.fromkeys(remote for _, remote in self.selectors))

    @property
    def flow_pairs(self) -> tuple[Pair, ...]:
        """The selectors of its flows."""
        return (EVERYTHING,) if self.tunnel else self.selectors

    @property
    def aim(self) -> IPv4Address:
        """The target of its pings: the address that answers, or if none is known any address behind the far end."""
        if self.target is not None:
            return self.target
        far = self.far_prefixes[0]
        return next(far.hosts(), far.network_address)

    @property
    def probed(self) -> Pair | None:
        """The selectors of the flow that the pings go through; None where no flow is for them."""
        if self.tunnel:
            return EVERYTHING
        fitting = (pair for pair in self.selectors if self.source in pair[0] and self.aim in pair[1])
        return next(fitting, None)

    def owns(self, flow: Flow, formerly: Iterable[Pair] = ()) -> bool:
        """True if a flow is one of this tunnel, as it has to be or as it was before it was changed."""
        pair = (flow.local_ident.network, flow.remote_ident.network)
        whole = not (flow.local_ident.protocol or flow.local_ident.port or flow.remote_ident.protocol or flow.remote_ident.port)
        if pair == EVERYTHING and whole:
            return self.tunnel is not None and flow.interface == self.tunnel.known_as
        return whole and pair in (*self.selectors, *formerly)


class Watched(Struct, frozen=True):
    """One end: what it should be, what it said before and after the pings, and how many pings it sent."""

    end: Endpoint
    before: Observation
    after: Observation
    probe: Probe | None
    #: From before the change, to see that the other tunnels of the device are as they were.
    baseline: Observation | None = None
    #: Selectors that the tunnel had before it was changed: its own flows too, and no neighbour's.
    formerly: tuple[Pair, ...] = ()

    @property
    def host(self) -> str:
        """Name of the device."""
        return self.end.host

    def flow(self, seen: Observation) -> Flow | None:
        """The flow that the pings go through, in one of the readings."""
        pair = self.end.probed or next(iter(self.end.flow_pairs), None)
        return flow_of(self.end, seen, pair) if pair else None


def flows_at(end: Endpoint, seen: Observation, pair: Pair) -> tuple[Flow, ...]:
    """All flows with these selectors; those of its own interface alone where the tunnel is one."""
    flows = seen.flows_of(*pair)
    return tuple(flow for flow in flows if flow.interface == end.tunnel.known_as) if end.tunnel else flows


def flow_of(end: Endpoint, seen: Observation, pair: Pair) -> Flow | None:
    """The flow of this end with these selectors, or None. Of several, the one that goes to the peer from where the tunnel is."""
    flows = flows_at(end, seen, pair)
    return _one_of(end, flows) if len(flows) > 1 else next(iter(flows), None)


def _one_of(end: Endpoint, flows: Sequence[Flow]) -> Flow:
    """Of flows with the same selectors that of the tunnel: two maps of a router may have the same list and the same peer.

    An ASA prints each pair of SAs by itself while there are two of them, each with its own counters: they are one flow.
    """

    def nearness(flow: Flow) -> tuple[bool, bool, bool]:
        here, wanted = place_of(flow, end.interface, end.address)
        return flow.peer == end.peer, here == wanted, bool(flow.sas)

    ranks = [nearness(flow) for flow in flows]
    best = [flow for flow, rank in zip(flows, ranks, strict=True) if rank == max(ranks)]
    return added_up([flow for flow in best if isinstance(flow, AsaIpsecFlow)]) or best[0]


def added_up(flows: Sequence[AsaIpsecFlow]) -> AsaIpsecFlow | None:
    """Flows of one pair of selectors as one, with all SAs and the sums of their counters; None of none."""
    if len(flows) < 2:
        return next(iter(flows), None)
    return replace(
        flows[-1],
        encapsulated_packets=sum(flow.encapsulated_packets for flow in flows),
        decapsulated_packets=sum(flow.decapsulated_packets for flow in flows),
        send_errors=sum(flow.send_errors or 0 for flow in flows),
        replay_failed_packets=sum(flow.replay_failed_packets or 0 for flow in flows),
        sas=tuple(sa for flow in flows for sa in flow.sas),
    )


def ike_rows(end: Endpoint, seen: Observation) -> tuple[IkeRow, ...]:
    """IKE SAs with the peer, in the version that is wanted; none where the device did not say."""
    return seen.rows(end.peer, end.ike_version) if seen.answer(end.ike) else ()


def live(end: Endpoint, seen: Observation) -> tuple[IkeRow, ...]:
    """IKE SAs between the two outside addresses that are up; ``status`` says nothing, only the state does.

    Two of them are no fault: both ends may have begun at once.
    """
    return tuple(row for row in ike_rows(end, seen) if row.up and row.addresses <= {end.address, end.peer})


def phase_1_up(end: Endpoint, seen: Observation) -> bool:
    """True if the device has a live IKE SA between the two outside addresses."""
    return bool(live(end, seen))


def phase_2_up(end: Endpoint, seen: Observation) -> bool:
    """True if one flow of this tunnel has an SA in each direction."""
    for pair in end.flow_pairs:
        flow = flow_of(end, seen, pair)
        if flow and flow.peer == end.peer and spis(flow, "inbound") and spis(flow, "outbound"):
            return True
    return False


class Rise(Struct, frozen=True):
    """By how many packets the counters of a flow rose between the two observations."""

    encaps: int
    decaps: int
    errors: int


def rise(watched: Watched) -> Rise | None:
    """Rise of the probed flow's counters; None if the flow is not there."""
    before, after = watched.flow(watched.before), watched.flow(watched.after)
    if after is None:
        return None
    if before is None:
        # The flow is new, and packets that were dropped while IKE negotiated are no errors of its SAs.
        return Rise(after.encapsulated_packets, after.decapsulated_packets, 0)
    errors = (after.send_errors or 0) - (before.send_errors or 0)
    encaps = after.encapsulated_packets - before.encapsulated_packets
    decaps = after.decapsulated_packets - before.decapsulated_packets
    if set(spis(before, "outbound")) & set(spis(after, "outbound")):
        return Rise(encaps, decaps, errors)
    if encaps < 0 or decaps < 0:
        # Counters that fell were set to zero with the new SAs. Where they did not fall, that is not certain, and the
        # difference is the most that these pings can have added.
        encaps, decaps = after.encapsulated_packets, after.decapsulated_packets
    return Rise(encaps, decaps, max(errors, 0) if spis(before, "outbound") else 0)


def suite_of(crypto: Crypto) -> Suite | None:
    """Phase 1 as it is built: the first proposal alone."""
    first = next(iter(crypto.ike_proposals), None)
    if crypto.ike_version != 2 or first is None:
        return None
    return Suite(first.encryption_algorithm, first.authentication_algorithm, first.group)


def with_other_ike(end: Endpoint, seen: Observation) -> tuple[IkeRow, ...]:
    """IKE SAs of a tunnel that are up with other algorithms than are intended."""
    return others(live(end, seen), end.suite) if end.suite else ()
