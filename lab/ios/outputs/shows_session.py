"""`show crypto session`, short and in detail, as IOS 12.4 and later print it: one block for each interface and peer.

Sources: outputs of 12.4, 15.x and IOS-XE routers in public repositories, of IKEv2 and tunnels as well. That a session whose IKE
SA goes in UDP 4500 has an `N` among its capabilities, and one with dead peer detection a `D`, is in the legend.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from ...core.box import Box
from ...core.negotiation.sa import Flow, Ike2Sa, IkeSa
from .. import model
from .shows_crypto124 import flows_at, words

#: The legend by what the release knows: IOS 12.4 and 15.4, IOS-XE 17, 26.
LEGEND = (
    "Code: C - IKE Configuration mode, D - Dead Peer Detection     ",
    "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     ",
    "X - IKE Extended Authentication, F - IKE Fragmentation",
    "R - IKE Auto Reconnect, U - IKE Dynamic Route Update",
    "S - SIP VPN",
)


def session(box: Box, detail: str = "") -> list[str]:
    """`show crypto session`."""
    box.network.settle(box)
    lines = ["Crypto session current status", ""]
    lines += [*LEGEND[: 5 if box.traits.capabilities > 3 else 3], ""] if detail else []
    for item in model.interfaces(box.store):
        flows = flows_at(box, item)
        for peer in dict.fromkeys(flow.peer for flow in flows):
            lines += _session(box, item, peer, [flow for flow in flows if flow.peer == peer], detailed=bool(detail))
    for row in [row for row in box.crypto.ike2 if row.client is not None]:
        lines += _client(box, row, detailed=bool(detail))
    return lines


def _client(box: Box, row: Ike2Sa, *, detailed: bool) -> list[str]:
    """The session of a Secure Client, on the interface that was cloned for it."""
    client = row.client
    assert client is not None
    flows = [flow for flow in box.crypto.flows if row.carries(flow) and flow.outbound]
    lines = [f"Interface: Virtual-Access{client.clone}", f"Profile: {row.profile}"]
    lines += [f"Uptime: {_clock(int(box.clock.now() - row.born))}"] if detailed else []
    lines.append(f"Session status: {'UP-ACTIVE' if flows else 'UP-IDLE':<14}")
    lines.append(f"Peer: {row.remote} port {client.port}{' fvrf: (none) ivrf: (none)' if detailed else ' '}")
    lines += [f"      Phase1_id: {client.name}", "      Desc: (none)"] if detailed else []
    lines += [f"  Session ID: {row.session}  "]
    lines.append(f"  IKEv2 SA: local {row.local}/4500 remote {row.remote}/{client.port} Active ")
    if detailed:
        left = _clock(max(0, int(row.expires - box.clock.now())))
        lines.append(f"          Capabilities:DN{'R' if client.again else ''} connid:{row.tunnel_id} lifetime:{left}")
    for flow in flows:
        lines.append(f"  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 {_pair(flow.selector.destination)} ")
        lines.append(f"        Active SAs: {len(flow.inbound) + len(flow.outbound)}, origin: crypto map")
        lines += _counters(box, flow) if detailed else []
    return [*lines, ""]


def _row_of(box: Box, peer: IPv4Address, flows: list[Flow]) -> IkeSa | Ike2Sa | None:
    """The IKE SA of a session: of IKEv2 if there is one, else of IKEv1, for a peer that this is asked of."""
    younger = next((row for row in box.crypto.ike2 if row.remote == peer), None)
    older = next((row for row in box.crypto.ike if peer in (row.dst, row.src)), None)
    made = next((flow.version for flow in flows if flow.outbound), 0)
    return older or younger if made == 1 else younger or older


def _session(box: Box, item: model.Interface, peer: IPv4Address, flows: list[Flow], *, detailed: bool) -> list[str]:
    row = _row_of(box, peer, flows)
    up, active = row is not None and row.up, any(flow.outbound for flow in flows)
    status = "UP-ACTIVE" if up and active else "UP-NO-IKE" if active else "UP-IDLE" if up else "DOWN"
    if row is not None and not up and not active:
        status = "DOWN-NEGOTIATING"
    vrfs = " fvrf: (none) ivrf: (none)" if detailed else " "
    lines = [f"Interface: {item.name}"]
    if isinstance(row, Ike2Sa) and row.profile:
        lines.append(f"Profile: {row.profile}")
        lines += [f"Uptime: {_clock(int(box.clock.now() - row.born))}"] if detailed and up else []
    lines += [f"Session status: {status:<14}", f"Peer: {peer} port {row.port if row is not None else 500}{vrfs}"]
    lines += [f"      Phase1_id: {peer if up else '(none)'}", "      Desc: (none)"] if detailed else []
    lines += _ike(box, peer, row, detailed=detailed) if row is not None else []
    for flow in flows:
        source, target = flow.selector.source, flow.selector.destination
        lines.append(f"  IPSEC FLOW: permit ip {_pair(source)} {_pair(target)} ")
        lines.append(f"        Active SAs: {len(flow.inbound) + len(flow.outbound)}, origin: crypto map")
        lines += _counters(box, flow) if detailed else []
    return [*lines, ""]


def _ike(box: Box, peer: IPv4Address, row: IkeSa | Ike2Sa, *, detailed: bool) -> list[str]:
    version2 = isinstance(row, Ike2Sa)
    local = row.local if isinstance(row, Ike2Sa) else row.src if row.dst == peer else row.dst
    number = row.session if isinstance(row, Ike2Sa) else 0
    lines = [f"  Session ID: {number}  "] if words(box).xe else []
    name = "IKEv2 SA" if version2 else words(box).ike
    lines.append(f"  {name}: local {local}/{row.port} remote {peer}/{row.port} {'Active' if row.up else 'Inactive'} ")
    if not detailed:
        return lines
    left = max(0, int(row.expires - box.clock.now())) if row.up else 0
    marks = ("D" if isinstance(row, Ike2Sa) and row.interval else "") + ("N" if row.port == 4500 else "")
    connection = row.tunnel_id if isinstance(row, Ike2Sa) else row.conn_id
    life = _clock(left) if left else "0"
    return [*lines, f"          Capabilities:{marks or '(none)'} connid:{connection} lifetime:{life}"]


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _pair(network: IPv4Network) -> str:
    return f"host {network.network_address}" if network.prefixlen == 32 else f"{network.network_address}/{network.netmask}"


def _counters(box: Box, flow: Flow) -> list[str]:
    now = box.clock.now()
    life = [f"{sas[-1].left_kilobytes}/{sas[-1].remaining(now)}" if sas else "0/0" for sas in (flow.inbound, flow.outbound)]
    return [
        f"        Inbound:  #pkts dec'ed {flow.decaps} drop {flow.recv_errors} life (KB/Sec) {life[0]}",
        f"        Outbound: #pkts enc'ed {flow.encaps} drop {flow.send_errors} life (KB/Sec) {life[1]}",
    ]
