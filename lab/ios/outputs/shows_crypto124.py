"""`show crypto ...` as IOS 12.4 mainline and 15.4 print it.

Sources: public outputs of 12.4 and 15.x routers; of an 881 the phase-2 block with `ip mtu idb`, `Onboard VPN` and
`sibling_flags`; of C8000V and CSR1000V routers with `flow_id: CSR:n`, `plaintext mtu` and, on the latest, `initiator`. The
outputs of IOS-XE do not say their releases: that 17.9 has no `initiator` and 17.11 has one is a choice, so that both are played.
What differs between the releases is in `Words`.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct
from msgspec.structs import replace

from ...core.box import Box
from ...core.negotiation.sa import Flow, IkeSa, IpsecSa
from ...features import tunnel_shows
from .. import model
from . import shows_clients, shows_crypto

CIPHERS = shows_crypto.CIPHERS | {
    "aes": "AES - Advanced Encryption Standard (128 bit keys).",
    "aes 192": "AES - Advanced Encryption Standard (192 bit keys).",
    "aes 256": "AES - Advanced Encryption Standard (256 bit keys).",
}
HASHES = shows_crypto.HASHES | {
    "sha256": "Secure Hash Standard 2 (256 bit)",
    "sha384": "Secure Hash Standard 2 (384 bit)",
    "sha512": "Secure Hash Standard 2 (512 bit)",
}
GROUPS = shows_crypto.GROUPS | {
    "14": "#14 (2048 bit)",
    "15": "#15 (3072 bit)",
    "16": "#16 (4096 bit)",
    "19": "#19 (256 bit)",
    "20": "#20 (384 bit)",
    "21": "#21 (521 bit)",
    "24": "#24 (2048 bit, 256 bit subgroup)",
}


class Words(Struct, frozen=True):
    """What a release prints in its own way."""

    sections: bool
    pfs: bool
    engine: str
    flags: str
    ike: str
    ipv4: str
    xe: bool = False
    status: str = "ACTIVE"
    replay: str = "Y"


_124 = Words(sections=False, pfs=False, engine="SW", flags="", ike="IKE SA", ipv4="")
_154 = Words(sections=True, pfs=True, engine="Onboard VPN", flags=" sibling_flags 80000046,", ike="IKEv1 SA", ipv4="IPv4 ")
_17 = replace(
    _154,
    xe=True,
    engine="CSR",
    flags=" sibling_flags FFFFFFFF80004048,",
    status="ACTIVE(ACTIVE)",
    replay="Y  replay window size: 1024",
)


def words(box: Box) -> Words:
    """The words of the box's release."""
    if box.release.xe:
        return _17
    return _154 if box.release.late else _124


def isakmp_sa(box: Box) -> list[str]:
    """`show crypto isakmp sa`: rows that failed or were cleared stay for a while, as deleted."""
    box.network.settle(box)
    live = sorted(box.crypto.ike, key=lambda row: -row.conn_id)
    gone = sorted(box.crypto.deleted(box.clock.now()), key=lambda row: -row.conn_id)
    sections = words(box).sections
    head = "dst             src             state          conn-id " + ("status" if sections else "slot status")
    rows = [_row(row, row.state, "ACTIVE", sections=sections) for row in live]
    rows += [_row(row, "MM_NO_STATE", "ACTIVE (deleted)", sections=sections) for row in gone]
    if not sections:
        return [head, *rows, ""]
    return ["IPv4 Crypto ISAKMP SA", head, *rows, "", "IPv6 Crypto ISAKMP SA", ""]


def _row(row: IkeSa, state: str, status: str, *, sections: bool) -> str:
    slot = "" if sections else f"{0:>5}"
    return f"{row.dst!s:<15} {row.src!s:<15} {state:<14} {row.conn_id:>7}{slot} {status}"


def isakmp_policy(box: Box) -> list[str]:
    """`show crypto isakmp policy`; 15.x prints its own policies only while none is configured."""
    own = words(box).sections and not box.store.all("isakmp policy")
    lines = ["", "Default IKE policy" if own else "Global IKE policy"]
    for policy in box.policies():
        name = f"Protection suite of priority {policy.number}" if policy.number < 65535 else "Default protection suite"
        told = [
            ("encryption algorithm:", CIPHERS[policy.encr]),
            ("hash algorithm:", HASHES[policy.hash]),
            ("authentication method:", shows_crypto.AUTHS[policy.auth]),
            ("Diffie-Hellman group:", GROUPS[policy.group]),
            ("lifetime:", f"{policy.lifetime} seconds, no volume limit"),
        ]
        lines.append(name)
        for title, value in told:
            tabs = "\t" * (1 if len(title) > 15 else 2)
            lines.append(f"\t{title}{tabs}{value}" if words(box).xe else f"        {title:<23} {value}")
    return lines


def isakmp_key(box: Box) -> list[str]:
    """`show crypto isakmp key`."""
    lines = ["Keyring               Hostname/Address                   Preshared Key", ""]
    for entry in box.store.all("isakmp key"):
        where = entry.values["peer"] + (f"  [{entry.values['mask']}]" if "mask" in entry.values else "")
        lines.append(f"{'default':<21} {where:<34} {entry.values['typed']}")
    return lines


def _ident(network: IPv4Network) -> str:
    return f"({network.network_address}/{network.netmask}/0/0)"


def _sas(box: Box, flow: Flow, sas: list[IpsecSa]) -> list[str]:
    lines, now, said, side = [], box.clock.now(), words(box), _initiator(box, flow)
    for sa in sas:
        size = 16 if any("aes" in word for word in sa.transform) else 8
        lines += [
            f"      spi: 0x{sa.spi:X}({sa.spi})",
            f"        transform: {' '.join(sa.transform)} ,",
            "        in use settings ={Tunnel, }",
            f"        conn id: {sa.conn_id}, flow_id: {said.engine}:{sa.flow_id},{said.flags} crypto map: {flow.map}{side}",
            f"        sa timing: remaining key lifetime (k/sec): ({sa.left_kilobytes}/{sa.remaining(now)})",
            f"        IV size: {size} bytes",
            f"        replay detection support: {said.replay}",
            f"        Status: {said.status}",
        ]
    return lines


def _initiator(box: Box, flow: Flow) -> str:
    return f", initiator : {bool(flow.initiator)}" if box.traits.initiator else ""


def _plaintext_mtu(box: Box, flow: Flow) -> str:
    """What is left of 1500 bytes by ESP in tunnel mode with AES and SHA: 1438 in the sample."""
    return f"plaintext mtu {1438 if flow.outbound else 1500}, " if words(box).xe else ""


def _errors(flow: Flow, *, detail: bool) -> list[str]:
    """What was not sent or taken: in all, or in detail by the reason; the doubled mark stands in the samples."""
    if not detail:
        return [f"    #send errors {flow.send_errors}, #recv errors {flow.recv_errors}"]
    return [
        f"    #pkts no sa (send) {flow.send_errors}, #pkts invalid sa (rcv) 0",
        "    #pkts encaps failed (send) 0, #pkts decaps failed (rcv) 0",
        "    #pkts invalid prot (recv) 0, #pkts verify failed: 0",
        f"    #pkts invalid identity (recv) {flow.recv_errors}, #pkts invalid len (rcv) 0",
        "    #pkts replay rollover (send): 0, #pkts replay rollover (rcv) 0",
        f"    ##pkts replay failed (rcv): {flow.replay_failed}",
        "    #pkts internal err (send): 0, #pkts internal err (recv) 0",
    ]


def _flow(box: Box, flow: Flow, local: IPv4Address, interface: str, *, detail: bool) -> list[str]:
    spi = flow.outbound[-1].spi if flow.outbound else 0
    flags = "{origin_is_acl,}" if flow.from_acl else "{}"
    group = flow.outbound[-1].pfs if flow.outbound else ""
    pfs = f"     PFS (Y/N): {'Y' if group else 'N'}, DH group: {group or 'none'}"
    return [
        "   protected vrf: (none)",
        f"   local  ident (addr/mask/prot/port): {_ident(flow.selector.source)}",
        f"   remote ident (addr/mask/prot/port): {_ident(flow.selector.destination)}",
        f"   current_peer {flow.peer} port {flow.port}",
        f"     PERMIT, flags={flags}",
        f"    #pkts encaps: {flow.encaps}, #pkts encrypt: {flow.encaps}, #pkts digest: {flow.encaps}",
        f"    #pkts decaps: {flow.decaps}, #pkts decrypt: {flow.decaps}, #pkts verify: {flow.decaps}",
        "    #pkts compressed: 0, #pkts decompressed: 0",
        "    #pkts not compressed: 0, #pkts compr. failed: 0",
        "    #pkts not decompressed: 0, #pkts decompress failed: 0",
        *_errors(flow, detail=detail),
        "",
        f"     local crypto endpt.: {local}, remote crypto endpt.: {flow.peer}",
        f"     {_plaintext_mtu(box, flow)}path mtu 1500, ip mtu 1500, ip mtu idb {interface}",
        f"     current outbound spi: 0x{spi:X}({spi})",
        *([pfs] if words(box).pfs else []),
        "",
        *["     inbound esp sas:", *_sas(box, flow, flow.inbound), ""],
        *["     inbound ah sas:", ""],
        *["     inbound pcp sas:", ""],
        *["     outbound esp sas:", *_sas(box, flow, flow.outbound), ""],
        *["     outbound ah sas:", ""],
        *["     outbound pcp sas:", ""],
    ]


def ipsec_sa(box: Box, name: str = "", interface: str = "", peer: str = "", *, detail: bool = False) -> list[str]:
    """`show crypto ipsec sa`, of all interfaces, or of one map, interface or peer; in detail with the reasons of drops."""
    box.network.settle(box)
    lines: list[str] = []
    for item in model.interfaces(box.store):
        found = [flow for flow in flows_at(box, item) if peer in ("", str(flow.peer)) and name in ("", flow.map)]
        if not found or interface not in ("", item.name):
            continue
        local = found[0].local if item.tunnel else item.address
        lines += ["", f"interface: {item.name}", f"    Crypto map tag: {found[0].map}, local addr {local}", ""]
        for flow in found:
            lines += _flow(box, flow, local or IPv4Address(0), _outer(box, item), detail=detail)
    lines += _of_clones(box, name, interface, peer, detail=detail)
    return lines or ["", "No SAs found"]


def _of_clones(box: Box, name: str, interface: str, peer: str, *, detail: bool) -> list[str]:
    """The flows of the interfaces that were cloned for Secure Clients."""
    lines: list[str] = []
    for row in box.crypto.ike2:
        clone = f"Virtual-Access{row.client.clone}" if row.client is not None else ""
        found = [flow for flow in box.crypto.flows if row.client is not None and flow.peer == row.remote and flow.version == 2]
        if not found or interface not in ("", clone) or peer not in ("", str(row.remote)) or name not in ("", found[0].map):
            continue
        lines += ["", f"interface: {clone}", f"    Crypto map tag: {found[0].map}, local addr {row.local}", ""]
        for flow in found:
            lines += _flow(box, flow, row.local, clone, detail=detail)
    return lines


def flows_at(box: Box, item: model.Interface) -> list[Flow]:
    """The flows of an interface: those of its crypto map, or the one of a tunnel."""
    if item.tunnel:
        flow = tunnel_shows.flow_of(box, item.name)
        return [flow] if flow is not None else []
    return shows_crypto.flows_of(box, item.crypto_map) if item.crypto_map and item.address else []


def _outer(box: Box, item: model.Interface) -> str:
    """The interface over which the SAs of another one go."""
    return tunnel_shows.source_interface(box, item.name) if item.tunnel else item.name


def crypto_map(box: Box, name: str = "", interface: str = "") -> list[str]:
    """`show crypto map`, of all maps, of one, or of what an interface carries."""
    tunnels = tunnel_shows.maps(box, name, interface)
    if interface:
        name = next((i.crypto_map for i in model.interfaces(box.store) if i.name == interface), "") or "-"
    names = [n for n in dict.fromkeys(e.key[0] for e in box.store.all("map entry")) if name in ("", n)]
    lines = tunnels
    for found in names:
        lines += shows_clients.head(box, found)
        for entry in model.entries(box.store, found):
            lines += [f'Crypto Map {words(box).ipv4}"{entry.name}" {entry.seq} ipsec-isakmp', *_entry(box, entry)]
        lines += shows_clients.temporary(box, model.entries(box.store, found), words(box).ipv4)[:-1]
        lines.append(f"        Interfaces using crypto map {found}:")
        lines += [f"                {i.name}" for i in model.interfaces(box.store) if i.crypto_map == found]
        lines.append("")
    return lines or ["No crypto maps found."]


def _entry(box: Box, entry: model.MapEntry) -> list[str]:
    if entry.dynamic:
        return [f"        Dynamic map template tag: {entry.dynamic}"]
    stored = box.store.get("map entry", entry.name, str(entry.seq))
    told = stored.child("map description") if stored is not None else None
    lines = [f"        Description: {told.values['text']}"] if told is not None else []
    lines += [f"        Peer = {peer}" for peer in entry.peers]
    lines += [f"        IKEv2 Profile: {entry.profile}"] if entry.profile else []
    lines += ["        Access-List SS dynamic: False"] if box.release.xe and entry.acl else []
    if entry.acl:
        lines.append(f"        Extended IP access list {entry.acl}")
        lines += [f"            access-list {entry.acl} {line}" for line in model.acl_lines(box.store, entry.acl)]
    else:
        lines.append("        No matching address list set.")
    if entry.peers:
        lines.append(f"        Current peer: {entry.peers[0]}")
    lines.append(f"        Security association lifetime: {entry.kilobytes} kilobytes/{entry.seconds} seconds")
    lines += ["        Dualstack (Y/N): N", ""] if box.traits.dual else []
    lines += ["        Responder-Only (Y/N): N"] if words(box).sections else []
    lines.append(f"        PFS (Y/N): {'Y' if entry.pfs else 'N'}")
    lines += [f"        DH group:  {entry.pfs}"] if entry.pfs else []
    lines += ["        Mixed-mode : Disabled"] if words(box).sections else []
    sets = stored.child("set transform-set") if stored is not None else None
    lines.append("        Transform sets={ ")
    for item in sets.text.split()[2:] if sets is not None else []:
        named = box.store.get("transform-set", item)
        inside = " ".join(model.transform_words(named)) if named is not None else ""
        lines.append(f"                {item}:  {{ {inside}  }} , " if words(box).sections else f"                {item}, ")
    return [*lines, "        }"]
