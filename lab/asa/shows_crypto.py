"""`show crypto ...`, `show vpn-sessiondb ...` and `packet-tracer` as ASA 8.2, 9.1 and 9.19 print them.

Sources: captures of ASAs in public parser collections and Cisco's troubleshooting documents; the names of main mode's states, and
who waits in which, are those of Cisco's "IKEv1 ... debugs on the ASA".
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network

from ..core.protector import Protector
from ..core.records import Interface, Route
from ..core.sa import Flow, IkeSa, IpsecSa
from . import lists
from .box import AsaBox
from .model import UNLIMITED, Rule, asa_transform

_STATES = {  # state of the row: what the initiator waits for, and the responder
    "MM_NO_STATE": ("MM_WAIT_MSG2", "MM_WAIT_MSG3"),
    "MM_SA_SETUP": ("MM_WAIT_MSG4", "MM_WAIT_MSG3"),
    "MM_KEY_EXCH": ("MM_WAIT_MSG6", "MM_WAIT_MSG5"),
    "CONF_XAUTH": ("MM_TM_INIT_XAUTH", "MM_TM_INIT_XAUTH"),
    "QM_IDLE": ("MM_ACTIVE", "MM_ACTIVE"),
}


def peer_of(box: AsaBox, row: IkeSa) -> IPv4Address:
    """The other end of a phase-1 row."""
    return row.src if any(i.address == row.dst for i in box.meaning.interfaces()) else row.dst


def _state(box: AsaBox, row: IkeSa) -> str:
    """The state as an ASA names it; empty when an ASA has no row there: it rejects at once, or does not even begin."""
    initiator = peer_of(box, row) == row.dst
    if row.reason == "no key here" or (not initiator and row.reason in ("policy", "no key there")):
        return ""
    if initiator and row.reason == "no key there":
        return "MM_WAIT_MSG4"
    return _STATES[row.state][0 if initiator else 1]


def _rows(box: AsaBox) -> list[tuple[IkeSa, str]]:
    return [(row, state) for row in box.crypto.ike if (state := _state(box, row))]


def _table(box: AsaBox, *, detail: bool) -> list[str]:
    rows = _rows(box)
    lines = [
        "",
        f"   Active SA: {len(rows)}",
        "    Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)",
        f"Total IKE SA: {len(rows)}",
        "",
    ]
    for number, (row, state) in enumerate(rows, start=1):
        peer = peer_of(box, row)
        kind = "L2L" if state == "MM_ACTIVE" or peer != row.dst else "user"
        role = "initiator" if peer == row.dst else "responder"
        lines += [
            f"{number:<3} IKE Peer: {peer}",
            f"    Type    : {kind:<15} Role    : {role} ",
            f"    Rekey   : no              State   : {state} ",
        ]
        if detail and row.policy is not None:
            cipher, digest = row.policy.encr.replace(" ", "-"), row.policy.hash.upper()
            lines += [
                f"    Encrypt : {cipher:<15} Hash    : {digest:<9} ",
                f"    Auth    : preshared       Lifetime: {row.policy.lifetime} ",
                f"    Lifetime Remaining: {_left(box, row)} ",
            ]
    return lines


def _left(box: AsaBox, row: IkeSa) -> int:
    return max(0, int(row.expires - box.clock.now())) if row.expires != float("inf") else 0


def isakmp_sa(box: AsaBox, detail: str = "") -> list[str]:
    """`show crypto isakmp sa`: from 8.4 on both versions of IKE."""
    if box.old:
        return _table(box, detail=bool(detail)) if _rows(box) else ["There are no isakmp sas"]
    return [*ikev1_sa(box, detail), *ikev2_sa(box, lead=True)]


def ikev1_sa(box: AsaBox, detail: str = "") -> list[str]:
    """`show crypto ikev1 sa`."""
    if not _rows(box):
        return ["", "There are no IKEv1 SAs"]
    return ["", "IKEv1 SAs:", *_table(box, detail=bool(detail))]


def ikev2_sa(_box: AsaBox, *, lead: bool = False) -> list[str]:
    """`show crypto ikev2 sa`: none here."""
    return [*([""] if lead else []), "", "There are no IKEv2 SAs"] if lead else ["", "There are no IKEv2 SAs"]


# IPsec SAs


def ipsec_sa(box: AsaBox, peer: str = "") -> list[str]:
    """`show crypto ipsec sa`, whole or of a peer."""
    flows = [f for f in box.crypto.flows if f.outbound and peer in ("", str(f.peer))]
    if not flows:
        return ["", f"There are no ipsec sas{f' for peer {peer}' if peer else ''}"]
    lines: list[str] = []
    bound = {e.key[0]: e.key[1] for e in box.store.all("map interface")}
    heads: list[str] = []
    for flow in flows:
        head = f"peer address: {flow.peer}" if peer else f"interface: {bound.get(flow.map, 'outside')}"
        if head not in heads:
            heads.append(head)
            lines.append(head)
        local = next((i.address for i in box.meaning.interfaces() if i.name == bound.get(flow.map)), None)
        lines += _flow(box, flow, local or IPv4Address(0))
    return lines


def _ident(network: IPv4Network) -> str:
    return f"({network.network_address}/{network.netmask}/0/0)"


def _flow(box: AsaBox, flow: Flow, local: IPv4Address) -> list[str]:
    entry = next((e for e in box.meaning.entries(flow.map) if e.seq == flow.seq), None)
    acl = entry.acl if entry is not None else ""
    side = f"{lists.side_text(flow.selector.source)} {lists.side_text(flow.selector.destination)}"
    word = "" if box.old else "extended "
    port = "" if box.old else "/0"
    overhead = _overhead(flow.outbound[-1].transform, old=box.old)
    lines = [
        f"    Crypto map tag: {flow.map}, seq num: {flow.seq}, local addr: {local}",
        "",
        *([f"      access-list {acl} {word}permit ip {side} "] if acl else []),
        *(["      Protected vrf (ivrf): Global"] if box.modern else []),
        f"      local ident (addr/mask/prot/port): {_ident(flow.selector.source)}",
        f"      remote ident (addr/mask/prot/port): {_ident(flow.selector.destination)}",
        f"      current_peer: {flow.peer}",
        *([""] if box.old else ["", ""]),
        f"      #pkts encaps: {flow.encaps}, #pkts encrypt: {flow.encaps}, #pkts digest: {flow.encaps}",
        f"      #pkts decaps: {flow.decaps}, #pkts decrypt: {flow.decaps}, #pkts verify: {flow.decaps}",
        "      #pkts compressed: 0, #pkts decompressed: 0",
        f"      #pkts not compressed: {flow.encaps}, #pkts comp failed: 0, #pkts decomp failed: 0",
        "      #pre-frag successes: 0, #pre-frag failures: 0, #fragments created: 0",
        "      #PMTUs sent: 0, #PMTUs rcvd: 0, #decapsulated frgs needing reassembly: 0",
    ]
    if not box.old:
        lines += ["      #TFC rcvd: 0, #TFC sent: 0", "      #Valid ICMP Errors rcvd: 0, #Invalid ICMP Errors rcvd: 0"]
    lines += [
        f"      #send errors: {flow.send_errors}, #recv errors: {flow.recv_errors}",
        "",
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
    pfs = entry.pfs if entry is not None else ""
    lines += ["", "    inbound esp sas:"]
    lines += [line for sa in flow.inbound for line in _sa(box, flow, sa, pfs)]
    lines.append("    outbound esp sas:")
    lines += [line for sa in flow.outbound for line in _sa(box, flow, sa, pfs)]
    return [*lines, ""]


def _overhead(transform: tuple[str, ...], *, old: bool) -> str:
    aes = any("aes" in word for word in transform)
    return ("74" if aes else "58") if old else ("74(44)" if aes else "58(36)")


def _sa(box: AsaBox, flow: Flow, sa: IpsecSa, pfs: str) -> list[str]:
    group = f"PFS Group {pfs.removeprefix('group')}, " if pfs else ""
    settings = f"L2L, Tunnel, {group}{'' if box.old else 'IKEv1, '}"
    seconds = sa.remaining(box.clock.now())
    timing = f"(sec): {seconds}" if sa.kilobytes == UNLIMITED else f"(kB/sec): ({sa.left_kilobytes}/{seconds})"
    size = 16 if any("aes" in word for word in sa.transform) else 8
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


# VPN sessions

Session = tuple[IPv4Address, IkeSa, list[Flow]]

_CIPHERS = {"des": "DES", "3des": "3DES", "aes": "AES128", "aes 192": "AES192", "aes 256": "AES256"}
_ESP = {
    "esp-des": "DES",
    "esp-3des": "3DES",
    "esp-aes": "AES128",
    "esp-192-aes": "AES192",
    "esp-256-aes": "AES256",
    "esp-null": "none",
}
_DIGESTS = {"md5": "MD5", "sha": "SHA1", "esp-md5-hmac": "MD5", "esp-sha-hmac": "SHA1"}


def sessions(box: AsaBox) -> list[Session]:
    """One session to each peer with an IKE SA that is up and at least one pair of IPsec SAs."""
    found: list[Session] = []
    for row in box.crypto.ike:
        peer = peer_of(box, row)
        flows = [flow for flow in box.crypto.flows if flow.outbound and flow.peer == peer]
        if row.state == "QM_IDLE" and flows and peer not in [session[0] for session in found]:
            found.append((peer, row, flows))
    return found


def _group_of(box: AsaBox, peer: IPv4Address) -> str:
    return str(peer) if box.store.get("tunnel-group", str(peer)) is not None else "DefaultL2LGroup"


def _bytes(flows: list[Flow]) -> tuple[int, int]:
    return 100 * sum(flow.encaps for flow in flows), 100 * sum(flow.decaps for flow in flows)


def _digest(transform: tuple[str, ...]) -> str:
    return next((_DIGESTS[word] for word in transform if word in _DIGESTS), "none")


def _since(box: AsaBox, row: IkeSa) -> float:
    life = row.policy.lifetime if row.policy is not None else 0
    return box.clock.now() - (row.expires - life)


def _head(box: AsaBox, session: Session) -> list[str]:
    peer, row, flows = session
    assert row.policy is not None
    age = max(0, int(_since(box, row)))
    began = box.wall() - timedelta(seconds=age)
    login = f"{began:%H:%M:%S} UTC {began:%a %b} {began.day} {began.year}"
    sent, received = _bytes(flows)
    cipher, digest = _CIPHERS[row.policy.encr], _DIGESTS[row.policy.hash]
    esp, mac = _ESP[flows[0].outbound[-1].transform[0]], _digest(flows[0].outbound[-1].transform)
    lines = ["", f"Connection   : {_group_of(box, peer)}", f"Index        : {row.conn_id:<22} IP Addr      : {peer}"]
    if box.old:
        both = " ".join(dict.fromkeys((cipher, esp)))
        lines += [
            "Protocol     : IKE IPsec",
            f"Encryption   : {both:<22} Hashing      : {' '.join(dict.fromkeys((digest, mac)))}",
        ]
    else:
        lines += [
            "Protocol     : IKEv1 IPsec",
            f"Encryption   : IKEv1: (1){cipher}  IPsec: ({len(flows)}){esp}",
            f"Hashing      : IKEv1: (1){digest}  IPsec: ({len(flows)}){mac}",
        ]
    hours, rest = divmod(age, 3600)
    lines += [
        f"Bytes Tx     : {sent:<22} Bytes Rx     : {received}",
        f"Login Time   : {login}",
        f"Duration     : {hours}h:{rest // 60:02}m:{rest % 60:02}s",
    ]
    return lines


NONE = ["", "INFO: There are presently no active sessions of the type specified", ""]


def l2l(box: AsaBox) -> list[str]:
    """`show vpn-sessiondb l2l`."""
    found = sessions(box)
    if not found:
        return NONE
    return ["", "Session Type: LAN-to-LAN", *(line for session in found for line in _head(box, session)), ""]


def l2l_detail(box: AsaBox) -> list[str]:
    """`show vpn-sessiondb detail l2l`."""
    found = sessions(box)
    if not found:
        return NONE
    lines = ["", "Session Type: LAN-to-LAN Detailed"]
    for session in found:
        lines += [*_head(box, session), "", *_tunnels(box, session)]
    return [*lines, ""]


def _tunnels(box: AsaBox, session: Session) -> list[str]:
    _, row, flows = session
    assert row.policy is not None
    word = "IKE" if box.old else "IKEv1"
    lines = [
        f"{word} Tunnels: 1",
        f"IPsec Tunnels: {len(flows)}",
        "",
        f"{word}:",
        f"  Tunnel ID    : {row.conn_id}.1",
        "  UDP Src Port : 500                    UDP Dst Port : 500",
        "  IKE Neg Mode : Main                   Auth Mode    : preSharedKeys",
        f"  Encryption   : {_CIPHERS[row.policy.encr]:<22} Hashing      : {_DIGESTS[row.policy.hash]}",
        f"  Rekey Int (T): {f'{row.policy.lifetime} Seconds':<22} Rekey Left(T): {_left(box, row)} Seconds",
        f"  D/H Group    : {row.policy.group}",
        "  Filter Name  : ",
    ]
    for number, flow in enumerate(flows, start=2):
        lines += ["", *_tunnel(box, row, flow, number)]
    return lines


def _tunnel(box: AsaBox, row: IkeSa, flow: Flow, number: int) -> list[str]:
    sa, entry = flow.outbound[-1], next((e for e in box.meaning.entries(flow.map) if e.seq == flow.seq), None)
    pfs = f"PFS Group    : {entry.pfs.removeprefix('group')}" if entry is not None and entry.pfs else ""
    source, destination = flow.selector.source, flow.selector.destination
    volume = "" if sa.kilobytes == UNLIMITED else f"{sa.kilobytes} K-Bytes"
    return [
        "IPsec:",
        f"  Tunnel ID    : {row.conn_id}.{number}",
        f"  Local Addr   : {source.network_address}/{source.netmask}/0/0",
        f"  Remote Addr  : {destination.network_address}/{destination.netmask}/0/0",
        f"  Encryption   : {_ESP[sa.transform[0]]:<22} Hashing      : {_digest(sa.transform)}",
        f"  Encapsulation: {'Tunnel':<22} {pfs}".rstrip(),
        f"  Rekey Int (T): {f'{sa.seconds} Seconds':<22} Rekey Left(T): {sa.remaining(box.clock.now())} Seconds",
        *([f"  Rekey Int (D): {volume:<22} Rekey Left(D): {sa.left_kilobytes} K-Bytes"] if volume else []),
        "  Idle Time Out: 30 Minutes             Idle TO Left : 30 Minutes",
        f"  Bytes Tx     : {100 * flow.encaps:<22} Bytes Rx     : {100 * flow.decaps}",
        f"  Pkts Tx      : {flow.encaps:<22} Pkts Rx      : {flow.decaps}",
    ]


# packet-tracer


def packet_tracer(box: AsaBox, nameif: str, source: IPv4Address, destination: IPv4Address) -> list[str]:
    """The way of one packet: route, translation, VPN. One that needs a tunnel which is not there starts IKE and is dropped."""
    meaning = box.reading()
    route = meaning.route_to(destination)
    phases: list[tuple[str, str, bool, list[str], list[str]]] = []
    if route is None:
        return _traced(box, phases, nameif, None, "no-route", "No route to host")
    phases.append(_routed(box, route))
    rule = meaning.rule_for(nameif, route.interface.name, source, destination)
    after = meaning.translated(route.interface, source, destination)
    if rule is not None:
        phases += _translation(box, rule, source, after, route.interface, destination)
    wanted = _wanted(box, route.interface, after, destination)
    if wanted is None:
        return _traced(box, phases, nameif, route.interface, "", "")
    up = box.crypto.carrying(wanted.name, wanted.seq, after, destination) is not None and wanted.complete
    phases.append(("VPN", "encrypt", up, [], []))
    if up:
        return _traced(box, phases, nameif, route.interface, "", "")
    selector = wanted.selector_for(after, destination) if wanted.complete else None
    if selector is not None and box.network.ike is not None:
        box.network.ike.need(box, wanted, selector)
    return _traced(box, phases, nameif, route.interface, "acl-drop", "Flow is denied by configured rule")


def _wanted(box: AsaBox, out: Interface, source: IPv4Address, destination: IPv4Address) -> Protector | None:
    """The entry that a packet ends at: one that protects it, or an incomplete one, which drops it."""
    for entry in box.meaning.protectors().on.get(out.name, []):
        if not (entry.peers and entry.lines) or entry.selector_for(source, destination) is not None:
            return entry
    return None


Phase = tuple[str, str, bool, list[str], list[str]]


def _routed(box: AsaBox, route: Route) -> Phase:
    if box.modern:
        hop = route.via or "directly connected"
        found = f"found next-hop {hop} using egress ifc  {route.interface.name}"
        return "ROUTE-LOOKUP", "Resolve Egress Interface", True, [], [found]
    net, mask = route.network.network_address, route.network.netmask
    return "ROUTE-LOOKUP", "input", True, [], [f"in   {net!s:<15} {mask!s:<15} {route.interface.name}"]


def _translation(
    box: AsaBox, rule: Rule, source: IPv4Address, after: IPv4Address, out: Interface, destination: IPv4Address
) -> list[Phase]:
    if rule.how == "exempt":
        if box.old:
            return [("NAT-EXEMPT", "", True, [], [])]
        divert = [f"NAT divert to egress interface {out.name}", f"Untranslate {destination}/0 to {destination}/0"]
        return [
            ("UN-NAT", "static", True, [rule.text], divert),
            ("NAT", "", True, [rule.text], [f"Static translate {source}/0 to {source}/0"]),
        ]
    tail = " using netmask 255.255.255.255" if box.old else ""
    return [("NAT", "" if box.old else rule.how, True, [rule.text], [f"Dynamic translate {source}/0 to {after}/1{tail}"])]


def _traced(box: AsaBox, phases: list[Phase], came: str, out: Interface | None, code: str, reason: str) -> list[str]:
    lines: list[str] = []
    if not code:
        created = f"New flow created with id {len(box.logged) + 1}, packet dispatched to next module"
        phases = [*phases, ("FLOW-CREATION", "", True, [], [created])]
    for number, (kind, subtype, allowed, config, information) in enumerate(phases, start=1):
        lines += ["", f"Phase: {number}", f"Type: {kind}", f"Subtype: {subtype}", f"Result: {'ALLOW' if allowed else 'DROP'}"]
        lines += [*(["Elapsed time: 9216 ns"] if box.modern else []), "Config:", *config, "Additional Information:", *information]
    tail = "(vrfid:0)" if box.modern else ""
    lines += ["", "Result:", f"input-interface: {came}{tail}", "input-status: up", "input-line-status: up"]
    if out is not None:
        lines += [f"output-interface: {out.name}{tail}", "output-status: up", "output-line-status: up"]
    lines.append(f"Action: {'drop' if code else 'allow'}")
    if box.modern:
        lines.append(f"Time Taken: {9216 * len(phases)} ns")
    if code:
        where = ", Drop-location: frame 0x0000564c2f0ce4b8 flow (NA)/NA" if box.modern else ""
        lines.append(f"Drop-reason: ({code}) {reason}{where}")
    return [*lines, ""]
