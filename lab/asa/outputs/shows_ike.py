"""`show crypto isakmp sa`, `show crypto ikev1 sa` and `show crypto ikev2 sa` as each release of the ASA prints them.

Sources: captures of ASAs in public parser collections and Cisco's troubleshooting documents; the names of main mode's states, and
who waits in which, are those of Cisco's "IKEv1 ... debugs on the ASA". The wide columns of IKEv2 rows are of a public session at
9.8 or later, the narrow ones and what `detail` adds are from memory of Cisco's documents.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from ...core.negotiation.sa import Flow, Ike2Sa, IkeSa
from ..box import AsaBox

_STATES = {  # state of the row: what the initiator waits for, and the responder
    "MM_NO_STATE": ("MM_WAIT_MSG2", "MM_WAIT_MSG3"),
    "MM_SA_SETUP": ("MM_WAIT_MSG4", "MM_WAIT_MSG3"),
    "MM_KEY_EXCH": ("MM_WAIT_MSG6", "MM_WAIT_MSG5"),
    "CONF_XAUTH": ("MM_TM_INIT_XAUTH", "MM_TM_INIT_XAUTH"),
    "QM_IDLE": ("MM_ACTIVE", "MM_ACTIVE"),
}
_HASHES = {"md5": "MD596", "sha1": "SHA96", "sha256": "SHA256", "sha384": "SHA384", "sha512": "SHA512", "": "N/A"}


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
                f"    Lifetime Remaining: {left(box, row.expires)} ",
            ]
    return lines


def left(box: AsaBox, expires: float) -> int:
    """Whole seconds until something ends; 0 when it has no end yet."""
    return max(0, int(expires - box.clock.now())) if expires != float("inf") else 0


def isakmp_sa(box: AsaBox, detail: str = "") -> list[str]:
    """`show crypto isakmp sa`: from 8.4 on both versions of IKE."""
    if box.old:
        return _table(box, detail=bool(detail)) if _rows(box) else ["There are no isakmp sas"]
    second = ikev2_sa(box, detail)
    return [*ikev1_sa(box, detail), *(second if box.crypto.ike2 else ["", *second])]


def ikev1_sa(box: AsaBox, detail: str = "") -> list[str]:
    """`show crypto ikev1 sa`."""
    if not _rows(box):
        return ["", "There are no IKEv1 SAs"]
    return ["", "IKEv1 SAs:", *_table(box, detail=bool(detail))]


def ikev2_sa(box: AsaBox, detail: str = "") -> list[str]:
    """`show crypto ikev2 sa`: each IKE SA with the SAs that were made under it."""
    if not box.crypto.ike2:
        return ["", "There are no IKEv2 SAs"]
    lines = ["", "IKEv2 SAs:"]
    for row in box.crypto.ike2:
        lines += ["", *_session(box, row, detail=bool(detail))]
    return lines


def children(box: AsaBox, row: Ike2Sa) -> list[Flow]:
    """What an IKEv2 SA carries."""
    return [flow for flow in box.crypto.flows if flow.outbound and row.carries(flow)]


def _session(box: AsaBox, row: Ike2Sa, *, detail: bool) -> list[str]:
    flows = children(box, row) if row.up else []
    role, status = "INITIATOR" if row.initiator else "RESPONDER", "UP-ACTIVE" if flows else "UP-IDLE"
    number, local, remote = (row.spi or row.cookie) & 0x7FFFFFFF, f"{row.local}/{row.port}", f"{row.remote}/{row.port}"
    if box.modern:
        head = f"Tunnel-id {'Local':<51} {'Remote':<55} {'Status':<14} Role"
        line = f"{number:>9} {local:<51}  {remote:<55} {row.state:>5}    {role}"
    else:
        head = "Tunnel-id                 Local                Remote     Status         Role"
        line = f"{number:>10} {local:>21} {remote:>21} {row.state:>10}    {role}"
    lines = [f"Session-id:{row.session}, Status:{status}, IKE count:1, CHILD count:{len(flows)}", "", head, line]
    if row.suite is not None and row.up:
        cipher, _, bits = row.suite.encr.upper().rpartition("-")
        size = f"{cipher}, keysize: {bits}" if cipher else bits
        hashed = f"Hash: {_HASHES[row.suite.integrity]}, DH Grp:{row.suite.group}"
        lines.append(f"      Encr: {size}, {hashed}, Auth sign: PSK, Auth verify: PSK")
        lines.append(f"      Life/Active Time: {row.lifetime}/{int(box.clock.now() - row.born)} sec")
    lines += _more(row) if detail and row.up else []
    return [*lines, *(line for flow in flows for line in _child(flow, detail=detail))]


def _more(row: Ike2Sa) -> list[str]:
    sent, received = row.sent, row.received
    tries = (row.patience - row.interval) // 10
    waits = f"DPD configured for {row.interval} seconds, retry {tries}" if row.interval else "DPD is disabled"
    return [
        f"      Session-id: {row.session}",
        "      Status Description: Negotiation done",
        f"      Local spi: {row.spi:016X}       Remote spi: {row.far_spi:016X}",
        f"      Local id: {sent.value if sent is not None else row.local}",
        f"      Remote id: {received.value if received is not None else row.remote}",
        f"      Local req mess id: {row.requests:<14} Remote req mess id: {row.requests}",
        f"      Local next mess id: {row.requests:<13} Remote next mess id: {row.requests}",
        f"      Local req queued: {row.requests:<15} Remote req queued: {row.requests}",
        "      Local window: 1                   Remote window: 1",
        f"      {waits}",
        f"      NAT-T is {'' if row.port == 4500 else 'not '}detected",
    ]


def _range(network: IPv4Network) -> str:
    return f"{network.network_address}/0 - {network.broadcast_address}/65535"


def _child(flow: Flow, *, detail: bool) -> list[str]:
    came = flow.inbound[-1].spi if flow.inbound else 0
    lines = [
        f"Child sa: local selector  {_range(flow.selector.source)}",
        f"          remote selector {_range(flow.selector.destination)}",
        f"          ESP spi in/out: 0x{came:x}/0x{flow.outbound[-1].spi:x}  ",
    ]
    if detail:
        lines += ["          AH spi in/out: 0x0/0x0  ", "          CPI in/out: 0x0/0x0  "]
    return lines
