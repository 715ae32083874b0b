"""`show crypto ipsec sa` as each release of the ASA prints it, for crypto maps and for tunnel interfaces.

Sources: captures of ASAs in public parser collections and Cisco's troubleshooting documents; the lines of a tunnel interface are
those of a public session with a cloud gateway.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from ...core.negotiation.protector import Protector
from ...core.negotiation.sa import Flow, IpsecSa
from ..box import AsaBox
from ..meaning import lists
from ..meaning.model import asa_transform
from ..meaning.protection import UNLIMITED


def ipsec_sa_detail(box: AsaBox) -> list[str]:
    """`show crypto ipsec sa detail`: packets that were dropped, by the reason."""
    return ipsec_sa(box, detail=True)


def ipsec_sa(box: AsaBox, peer: str = "", *, detail: bool = False) -> list[str]:
    """`show crypto ipsec sa [peer X]`: flows that have SAs, by interface or by peer."""
    flows = [flow for flow in box.crypto.flows if flow.outbound and peer in ("", str(flow.peer))]
    if not flows:
        return ["", f"There are no ipsec sas{f' for peer {peer}' if peer else ''}"]
    lines: list[str] = []
    heads: set[str] = set()
    known = {(item.name, item.seq): item for each in box.meaning.protectors().on.values() for item in each}
    for flow in sorted(flows, key=lambda flow: flow.map.startswith("__vti")):
        protector = known.get((flow.map, flow.seq))
        on = protector.interface if protector is not None else "outside"
        head = f"peer address: {flow.peer}" if peer else f"interface: {on}"
        if head not in heads:
            heads.add(head)
            lines.append(head)
        lines += _flow(box, flow, protector, detail=detail)
    return lines


def _ident(network: IPv4Network) -> str:
    return f"({network.network_address}/{network.netmask}/0/0)"


def _flow(box: AsaBox, flow: Flow, protector: Protector | None, *, detail: bool) -> list[str]:
    local = flow.local or (protector.local if protector is not None else IPv4Address(0))
    return [
        f"    Crypto map tag: {flow.map}, seq num: {flow.seq}, local addr: {local}",
        "",
        *_what(box, flow, protector.acl if protector is not None else ""),
        *_counted(box, flow, detail=detail),
        "",
        *_ends(box, flow, local),
        "",
        "    inbound esp sas:",
        *(line for sa in flow.inbound for line in _sa(box, flow, sa)),
        "    outbound esp sas:",
        *(line for sa in flow.outbound for line in _sa(box, flow, sa)),
        "",
    ]


def _what(box: AsaBox, flow: Flow, acl: str) -> list[str]:
    side = f"{lists.side_text(flow.selector.source)} {lists.side_text(flow.selector.destination)}"
    word = "" if box.old else "extended "
    return [
        *([f"      access-list {acl} {word}permit ip {side} "] if acl else []),
        *(["      Protected vrf (ivrf): Global"] if box.modern else []),
        f"      local ident (addr/mask/prot/port): {_ident(flow.selector.source)}",
        f"      remote ident (addr/mask/prot/port): {_ident(flow.selector.destination)}",
        f"      current_peer: {flow.peer}",
        *([""] if box.old else ["", ""]),
    ]


def _counted(box: AsaBox, flow: Flow, *, detail: bool) -> list[str]:
    lines = [
        f"      #pkts encaps: {flow.encaps}, #pkts encrypt: {flow.encaps}, #pkts digest: {flow.encaps}",
        f"      #pkts decaps: {flow.decaps}, #pkts decrypt: {flow.decaps}, #pkts verify: {flow.decaps}",
        "      #pkts compressed: 0, #pkts decompressed: 0",
        f"      #pkts not compressed: {flow.encaps}, #pkts comp failed: 0, #pkts decomp failed: 0",
        "      #pre-frag successes: 0, #pre-frag failures: 0, #fragments created: 0",
        "      #PMTUs sent: 0, #PMTUs rcvd: 0, #decapsulated frgs needing reassembly: 0",
    ]
    if not box.old:
        lines += ["      #TFC rcvd: 0, #TFC sent: 0", "      #Valid ICMP Errors rcvd: 0, #Invalid ICMP Errors rcvd: 0"]
    if not detail:
        return [*lines, f"      #send errors: {flow.send_errors}, #recv errors: {flow.recv_errors}"]
    return [
        *lines,
        f"      #pkts no sa (send): {flow.send_errors}, #pkts invalid sa (rcv): 0",
        "      #pkts encaps failed (send): 0, #pkts decaps failed (rcv): 0",
        "      #pkts invalid prot (rcv): 0, #pkts verify failed: 0",
        f"      #pkts invalid identity (rcv): {flow.recv_errors}, #pkts invalid len (rcv): 0",
        *([] if box.old else ["      #pkts invalid pad (rcv): 0,", "      #pkts invalid ip version (rcv): 0,"]),
        "      #pkts replay rollover (send): 0, #pkts replay rollover (rcv): 0",
        f"      #pkts replay failed (rcv): {flow.replay_failed}",
        "      #pkts min mtu frag failed (send): 0, #pkts bad frag offset (rcv): 0",
        "      #pkts internal err (send): 0, #pkts internal err (rcv): 0",
    ]


def _ends(box: AsaBox, flow: Flow, local: IPv4Address) -> list[str]:
    port = "" if box.old else f"/{flow.port if flow.port == 4500 else 0 if flow.version == 1 else 500}"
    overhead = _overhead(flow.outbound[-1].transform, old=box.old)
    lines = [
        f"      local crypto endpt.: {local}{port}, remote crypto endpt.: {flow.peer}{port}",
        *([""] if box.old else []),
        f"      path mtu 1500, ipsec overhead {overhead}, media mtu 1500",
    ]
    if not box.old:
        lines += [
            "      PMTU time remaining (sec): 0, DF policy: copy-df",
            "      ICMP error validation: disabled, TFC packets: disabled",
        ]
    lines.append(f"      current outbound spi: {flow.outbound[-1].spi:08X}")
    if not box.old and flow.inbound:
        lines.append(f"      current inbound spi : {flow.inbound[-1].spi:08X}")
    return lines


def _overhead(transform: tuple[str, ...], *, old: bool) -> str:
    if any("gcm" in word for word in transform):
        return "55(36)"
    aes = any("aes" in word for word in transform)
    return ("74" if aes else "58") if old else ("74(44)" if aes else "58(36)")


def _sa(box: AsaBox, flow: Flow, sa: IpsecSa) -> list[str]:
    group = f"PFS Group {sa.pfs.removeprefix('group')}, " if sa.pfs else ""
    behind = " NAT-T-Encaps, " if flow.port == 4500 else ""
    vti = "VTI, " if flow.map.startswith("__vti") else ""
    settings = f"L2L, Tunnel, {behind}{group}{'' if box.old else f'IKEv{flow.version}, '}{vti}"
    seconds = sa.remaining(box.clock.now())
    timing = f"(sec): {seconds}" if sa.kilobytes == UNLIMITED else f"(kB/sec): ({sa.left_kilobytes}/{seconds})"
    size = 8 if any("gcm" in word or "des" in word for word in sa.transform) else 16
    return [
        f"      spi: 0x{sa.spi:08X} ({sa.spi})",
        *([] if box.old else ["         SA State: active"]),
        f"         transform: {asa_transform(sa.transform)} {'none' if box.old else 'no compression'} ",
        f"         in use settings ={{{settings}}}",
        f"         slot: 0, conn_id: {flow.inbound[0].conn_id if flow.inbound else sa.conn_id}, crypto-map: {flow.map}",
        f"         sa timing: remaining key lifetime {timing}",
        f"         IV size: {size} bytes",
        "         replay detection support: Y",
        *([] if box.old else ["         Anti replay bitmap: ", f"          0x00000000 0x{(1 << min(sa.packets, 31)) | 1:08X}"]),
    ]
