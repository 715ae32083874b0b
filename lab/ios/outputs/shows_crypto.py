"""`show crypto ...` as IOS 12.2(8)T prints it.

Source of the formats: the outputs of a Cisco 2611 and a 3640 at 12.2(8)T, with the indentation of the 12.2 security command
reference.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from ...core.box import Box
from ...core.negotiation.sa import Flow, IpsecSa
from .. import model
from . import shows_clients

CIPHERS = {
    "des": "DES - Data Encryption Standard (56 bit keys).",
    "3des": "Three key triple DES",
}
HASHES = {"md5": "Message Digest 5", "sha": "Secure Hash Standard"}
AUTHS = {
    "pre-share": "Pre-Shared Key",
    "rsa-sig": "Rivest-Shamir-Adleman Signature",
    "rsa-encr": "Rivest-Shamir-Adleman Encryption",
}
GROUPS = {"1": "#1 (768 bit)", "2": "#2 (1024 bit)", "5": "#5 (1536 bit)"}


def isakmp_sa(box: Box) -> list[str]:
    """`show crypto isakmp sa`: no status column on this release."""
    box.network.settle(box)
    lines = ["dst             src             state           conn-id    slot"]
    for row in sorted(box.crypto.ike, key=lambda row: row.conn_id):
        lines.append(f"{row.dst!s:<15} {row.src!s:<15} {row.state:<15} {row.conn_id:>7} {0:>7}")
    return [*lines, ""]


def isakmp_policy(box: Box) -> list[str]:
    """`show crypto isakmp policy`: every value, the defaults too."""
    lines = []
    for policy in model.policies(box.store):
        name = f"Protection suite of priority {policy.number}" if policy.number < 65535 else "Default protection suite"
        lines += [
            name,
            f"        encryption algorithm:   {CIPHERS[policy.encr]}",
            f"        hash algorithm:         {HASHES[policy.hash]}",
            f"        authentication method:  {AUTHS[policy.auth]}",
            f"        Diffie-Hellman group:   {GROUPS[policy.group]}",
            f"        lifetime:               {policy.lifetime} seconds, no volume limit",
        ]
    return lines


def _ident(network: IPv4Network) -> str:
    return f"({network.network_address}/{network.netmask}/0/0)"


def _sas(box: Box, flow: Flow, sas: list[IpsecSa]) -> list[str]:
    lines, now = [], box.clock.now()
    for sa in sas:
        lines += [
            f"      spi: 0x{sa.spi:X}({sa.spi})",
            f"        transform: {' '.join(sa.transform)} ,",
            "        in use settings ={Tunnel, }",
            f"        slot: 0, conn id: {sa.conn_id}, flow_id: {sa.flow_id}, crypto map: {flow.map}",
            f"        sa timing: remaining key lifetime (k/sec): ({sa.left_kilobytes}/{sa.remaining(now)})",
            "        IV size: 8 bytes",
            "        replay detection support: Y",
        ]
    return lines


def _flow(box: Box, flow: Flow, local: IPv4Address) -> list[str]:
    spi = f"{flow.outbound[-1].spi:X}" if flow.outbound else "0"
    flags = "{origin_is_acl,}" if flow.from_acl else "{}"
    return [
        "   protected vrf: ",
        f"   local  ident (addr/mask/prot/port): {_ident(flow.selector.source)}",
        f"   remote ident (addr/mask/prot/port): {_ident(flow.selector.destination)}",
        f"   current_peer: {flow.peer}:500",
        f"     PERMIT, flags={flags}",
        f"    #pkts encaps: {flow.encaps}, #pkts encrypt: {flow.encaps}, #pkts digest {flow.encaps}",
        f"    #pkts decaps: {flow.decaps}, #pkts decrypt: {flow.decaps}, #pkts verify {flow.decaps}",
        "    #pkts compressed: 0, #pkts decompressed: 0",
        "    #pkts not compressed: 0, #pkts compr. failed: 0, #pkts decompress failed: 0",
        f"    #send errors {flow.send_errors}, #recv errors {flow.recv_errors}",
        "",
        f"     local crypto endpt.: {local}, remote crypto endpt.: {flow.peer}",
        "     path mtu 1500, media mtu 1500",
        f"     current outbound spi: {spi}",
        "",
        *["     inbound esp sas:", *_sas(box, flow, flow.inbound), ""],
        *["     inbound ah sas:", ""],
        *["     inbound pcp sas:", ""],
        *["     outbound esp sas:", *_sas(box, flow, flow.outbound), ""],
        *["     outbound ah sas:", ""],
        *["     outbound pcp sas:", "", ""],
    ]


def flows_of(box: Box, name: str) -> list[Flow]:
    """The flows of a map: one for each permitted selector of a complete entry, and what dynamic entries carry."""
    found: list[Flow] = []
    for entry in model.entries(box.store, name):
        if entry.complete:
            for action, selector in entry.lines:
                if action == "permit":
                    box.crypto.flow(entry.name, entry.seq, selector, entry.peers[0])
        found += [flow for flow in box.crypto.flows if (flow.map, flow.seq) == (entry.name, entry.seq)]
    return found


def ipsec_sa(box: Box, name: str = "", interface: str = "", peer: str = "") -> list[str]:
    """`show crypto ipsec sa`, of all interfaces, or of one map, interface or peer."""
    box.network.settle(box)
    lines: list[str] = []
    for item in model.interfaces(box.store):
        if not item.crypto_map or item.address is None:
            continue
        if name not in ("", item.crypto_map) or interface not in ("", item.name):
            continue
        flows = [flow for flow in flows_of(box, item.crypto_map) if peer in ("", str(flow.peer))]
        if peer and not flows:
            continue
        lines += ["", f"interface: {item.name}", f"    Crypto map tag: {item.crypto_map}, local addr. {item.address}", ""]
        for flow in flows:
            lines += _flow(box, flow, item.address)
    return lines or (["No SAs found"] if not peer else [""])


def transform_sets(box: Box, name: str = "") -> list[str]:
    """`show crypto ipsec transform-set`."""
    lines: list[str] = []
    for entry in box.store.all("transform-set"):
        if name in ("", entry.key[0]):
            words = entry.text.split()[4:]
            mode = entry.child("mode")
            value = "Transport" if mode is not None else "Tunnel"
            lines += [f"Transform set {entry.key[0]}: {{ {' '.join(words)}  }} ", f"   will negotiate = {{ {value},  }}, ", "   "]
    return lines


def lifetime(box: Box) -> list[str]:
    """`show crypto ipsec security-association lifetime`."""
    kilobytes = model.lifetime(box.store, None, "kilobytes", 4608000)
    seconds = model.lifetime(box.store, None, "seconds", 3600)
    return [f"Security association lifetime: {kilobytes} kilobytes/{seconds} seconds"]


def crypto_map(box: Box, name: str = "", interface: str = "") -> list[str]:
    """`show crypto map`, of all maps, of one, or of what an interface carries."""
    if interface:
        bound = [i.crypto_map for i in model.interfaces(box.store) if i.name == interface and i.crypto_map]
        if not bound:
            return ["No crypto maps found."]
        name = bound[0]
    names = [n for n in dict.fromkeys(e.key[0] for e in box.store.all("map entry")) if name in ("", n)]
    lines: list[str] = []
    for found in names:
        lines += shows_clients.head(box, found)
        entries = model.entries(box.store, found)
        for entry in entries:
            lines += [f'Crypto Map "{entry.name}" {entry.seq} ipsec-isakmp', *_entry(box, entry), ""]
        lines += shows_clients.temporary(box, entries)
        lines.pop()
        lines.append(f"        Interfaces using crypto map {found}:")
        lines += [f"                {i.name}" for i in model.interfaces(box.store) if i.crypto_map == found]
        lines.append("")
    return lines or ["No crypto maps found."]


def _entry(box: Box, entry: model.MapEntry) -> list[str]:
    if entry.dynamic:
        return [f"        Dynamic map template tag: {entry.dynamic}"]
    lines = [f"        Peer = {peer}" for peer in entry.peers]
    if entry.acl:
        lines.append(f"        Extended IP access list {entry.acl}")
        lines += [f"            access-list {entry.acl} {line}" for line in model.acl_lines(box.store, entry.acl)]
    else:
        lines.append("        No matching address list set.")
    if entry.peers:
        lines.append(f"        Current peer: {entry.peers[0]}")
    return lines + _protection(box, entry.name, entry.seq, entry, "map entry")


def _protection(box: Box, name: str, seq: int, entry: model.MapEntry, family: str) -> list[str]:
    lines = [f"        Security association lifetime: {entry.kilobytes} kilobytes/{entry.seconds} seconds"]
    lines.append(f"        PFS (Y/N): {'Y' if entry.pfs else 'N'}")
    if entry.pfs:
        lines.append(f"        DH group:  {entry.pfs}")
    stored = box.store.get(family, name, str(seq))
    sets = stored.child("set transform-set") if stored is not None else None
    names = sets.text.split()[2:] if sets is not None else []
    return [*lines, f"        Transform sets={{ {' '.join(f'{item},' for item in names)} }}"]


def dynamic_map(box: Box, name: str = "") -> list[str]:
    """`show crypto dynamic-map`."""
    lines: list[str] = []
    for tag in dict.fromkeys(e.key[0] for e in box.store.all("dynamic-map")):
        for entry in model.dynamic_templates(box.store, tag):
            if name in ("", tag):
                lines.append(f'Crypto Map Template"{tag}" {entry.seq}')
                lines.append(
                    "        No matching address list set." if not entry.acl else f"        Extended IP access list {entry.acl}"
                )
                lines += [*_protection(box, tag, entry.seq, entry, "dynamic-map"), ""]
    return lines


def engine(box: Box) -> list[str]:
    """`show crypto engine connections active`: one row for each IKE SA and each ESP SA."""
    box.network.settle(box)
    lines = ["", f"{'  ID':<4} {'Interface':<15} {'IP-Address':<15} {'State':<6} {'Algorithm':<20} {'Encrypt':>8} {'Decrypt':>8}"]
    names = {"md5": "HMAC_MD5", "sha": "HMAC_SHA", "des": "DES_56_CB", "3des": "3DES_56_C"}
    for row in box.crypto.ike:
        policy = row.policy
        if policy is None:
            continue
        home = next((i for i in model.interfaces(box.store) if i.address in (row.dst, row.src)), None)
        algorithm = f"{names[policy.hash]}+{names[policy.encr]}"
        where = (home.name, str(home.address)) if home is not None else ("<none>", "<none>")
        lines.append(_engine_row(row.conn_id, where, algorithm, 0, 0))
    for interface in model.interfaces(box.store):
        for flow in box.crypto.flows if interface.crypto_map else []:
            pairs = [(sa, 0, sa.packets) for sa in flow.inbound] + [(sa, sa.packets, 0) for sa in flow.outbound]
            for sa, encrypt, decrypt in sorted(pairs, key=lambda pair: pair[0].conn_id):
                algorithm = _esp_algorithm(sa.transform)
                lines.append(_engine_row(sa.conn_id, (interface.name, str(interface.address)), algorithm, encrypt, decrypt))
    return [*lines, ""]


def _esp_algorithm(transform: tuple[str, ...]) -> str:
    names = {"esp-md5-hmac": "HMAC_MD5", "esp-sha-hmac": "HMAC_SHA", "esp-des": "DES_56_CB", "esp-3des": "3DES_56_C"}
    parts = sorted((names[item] for item in transform if item in names), key=lambda text: not text.startswith("HMAC"))
    return "+".join(parts) or "NONE"


def _engine_row(number: int, where: tuple[str, str], algorithm: str, encrypt: int, decrypt: int) -> str:
    return f"{number:>4} {where[0]:<15} {where[1]:<15} {'set':<6} {algorithm:<20} {encrypt:>8} {decrypt:>8}"
