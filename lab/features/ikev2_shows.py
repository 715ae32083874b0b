"""`show crypto ikev2 ...` as IOS 15.4 and IOS-XE 17 and 26 print it.

Sources: outputs of CSR1000V and C8000V routers at 16.x to 26.x and of 15.x routers in public repositories. Which releases print
the PRF, the SPIs in the short form, and the younger form of a child is in `ios.traits`. That a box without any SA prints nothing
is from there too; `show crypto ikev2 profile` is the form of 15.x, from memory in its less common lines.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..core.box import Box
from ..core.configuration.store import Entry
from ..core.negotiation.sa import Flow, Ike2Sa
from ..core.records import Proposal, Selector
from . import ikev2

_HEAD = "Tunnel-id Local                 Remote                fvrf/ivrf            Status"
_CIPHERS = {"3des": "3DES", "des": "DES"}
_HASHES = {"sha1": "SHA96", "md5": "MD596"}
_GROUPS = {
    "1": "DH_GROUP_768_MODP/Group 1",
    "2": "DH_GROUP_1024_MODP/Group 2",
    "5": "DH_GROUP_1536_MODP/Group 5",
    "14": "DH_GROUP_2048_MODP/Group 14",
    "15": "DH_GROUP_3072_MODP/Group 15",
    "16": "DH_GROUP_4096_MODP/Group 16",
    "19": "DH_GROUP_256_ECP/Group 19",
    "20": "DH_GROUP_384_ECP/Group 20",
    "21": "DH_GROUP_521_ECP/Group 21",
    "24": "DH_GROUP_2048_256_MODP/Group 24",
}


def rows(box: Box, remote: str = "", local: str = "") -> list[Ike2Sa]:
    """The IKEv2 SAs, all or those with one end."""
    box.network.settle(box)
    return [row for row in box.crypto.ike2 if remote in ("", str(row.remote)) and local in ("", str(row.local))]


def sa(box: Box, detail: str = "", remote: str = "", local: str = "") -> list[str]:
    """`show crypto ikev2 sa`, short or in detail."""
    found = rows(box, remote, local)
    if not found:
        return []
    lines = [" IPv4 Crypto IKEv2  SA", ""]
    for row in found:
        lines += [*_row(box, row, detailed=bool(detail)), ""]
    return [*lines, " IPv6 Crypto IKEv2  SA", ""]


def _row(box: Box, row: Ike2Sa, *, detailed: bool) -> list[str]:
    here, there = f"{row.local}/{row.port}", f"{row.remote}/{row.client.port if row.client else row.port}"
    tail = "" if box.release.xe else "  "
    lines = [_HEAD, f"{row.tunnel_id:<10}{here:<22}{there:<22}{'none/none':<21}{row.state}{tail}", f"      {_suite(box, row)}"]
    active = int(box.clock.now() - row.born) if row.up else 0
    lines.append(f"      Life/Active Time: {row.lifetime}/{active} sec")
    if detailed or (box.traits.sa_identifiers and row.up):
        lines += [
            f"      CE id: {1000 + row.session}, Session-id: {row.session}",
            *(["      Status Description: Negotiation done"] if detailed and row.up and not box.release.xe else []),
            f"      Local spi: {row.spi:016X}       Remote spi: {row.far_spi:016X}",
        ]
    return lines + (_details(box, row) if detailed else [])


def _suite(box: Box, row: Ike2Sa) -> str:
    auth = "PSK" if row.up else "Unknown - 0"
    sign = "RSA" if row.client is not None else auth
    auth = "AnyConnect-EAP" if row.client is not None and not row.client.again else auth
    suite = row.suite
    if suite is None:
        prf = "PRF: Unknown - 0, " if box.traits.prf else ""
        return f"Encr: Unknown - 0, {prf}Hash: None, DH Grp:0, Auth sign: {auth}, Auth verify: {auth}"
    prf = f"PRF: {suite.prf.upper()}, " if box.traits.prf else ""
    digest = _HASHES.get(suite.integrity, suite.integrity.upper()) or "None"
    return f"Encr: {_cipher(suite.encr)}, {prf}Hash: {digest}, DH Grp:{suite.group}, Auth sign: {sign}, Auth verify: {auth}"


def _cipher(encr: str) -> str:
    if encr in _CIPHERS:
        return _CIPHERS[encr]
    name, _, bits = encr.rpartition("-")
    return f"{name.upper()}, keysize: {bits}"


def _details(box: Box, row: Ike2Sa) -> list[str]:
    if not row.up:
        return ["      Status Description: Initiator waiting for INIT response"]
    sent, got = (row.requests, 0) if row.initiator else (0, row.requests)
    window = 5
    side = "inside" if box.network.upkeep.translated_here(box, row) else "outside"
    lines = ["      Status Description: Negotiation done"] if box.release.xe else []
    lines += [
        f"      Local id: {row.sent.value if row.sent else ''}",
        f"      Remote id: {row.received.value if row.received else ''}",
        *([f"      Remote EAP id: {row.client.user}"] if row.client is not None and row.client.user else []),
    ]
    for what in ("req msg id:", "next msg id:", "req queued:"):
        left, right = f"Local {what:<12} {sent}", f"Remote {what:<12} {got}"
        lines.append(f"      {left:<33} {right}")
    retry = (row.patience - row.interval) // 5 if row.interval else 0
    lines += [
        f"      {f'Local window:      {window}':<33} Remote window:      {window}",
        f"      DPD configured for {row.interval} seconds, retry {retry}",
        "      Fragmentation not  configured.",
        *(["      Dynamic Route Update: enabled"] if box.release.xe and row.client is None else []),
        "      Extended Authentication not configured.",
        f"      NAT-T is detected {side}" if row.port == 4500 else "      NAT-T is not detected",
        "      Cisco Trust Security SGT is disabled",
        *([f"      Assigned host addr: {row.client.assigned}"] if row.client is not None else []),
        f"      Initiator of SA : {'Yes' if row.initiator else 'No'}",
        *(["      PEER TYPE: IOS-XE"] if box.traits.sa_identifiers and row.client is None else []),
        *(["      PEER TYPE: AnyConnect"] if row.client is not None and not row.client.again else []),
    ]
    return lines


def session(box: Box, detail: str = "") -> list[str]:
    """`show crypto ikev2 session`, short or in detail: each IKE SA that is up with its children."""
    found = [row for row in rows(box) if row.up]
    if not found:
        return []
    lines = [" IPv4 Crypto IKEv2 Session", ""]
    for row in found:
        flows = [flow for flow in box.crypto.flows if row.carries(flow) and flow.outbound]
        status = "UP-ACTIVE" if flows else "UP-IDLE"
        lines += [f"Session-id:{row.session}, Status:{status}, IKE count:1, CHILD count:{len(flows)}", ""]
        lines += _row(box, row, detailed=bool(detail))
        lines += [line for flow in flows for line in _child(box, flow, detailed=bool(detail))] + [""]
    return [*lines, " IPv6 Crypto IKEv2 Session", ""]


def _child(box: Box, flow: Flow, *, detailed: bool) -> list[str]:
    here, there = _range(flow.selector), _range(flow.selector.mirrored())
    if box.traits.sa_identifiers:
        lines = ["Child sa:", "          local selector       ->      remote_selector", f"          {here}    ->    {there}"]
    else:
        lines = [f"Child sa: local selector  {here}", f"          remote selector {there}"]
    lines.append(f"          ESP spi in/out: 0x{flow.inbound[-1].spi:X}/0x{flow.outbound[-1].spi:X}  ")
    if detailed:
        encr, size, mac = esp(flow.outbound[-1].transform)
        lines += [
            "          AH spi in/out: 0x0/0x0  ",
            "          CPI in/out: 0x0/0x0  ",
            f"          Encr: {encr}, keysize: {size}, esp_hmac: {mac}",
            "          ah_hmac: None, comp: IPCOMP_NONE, mode tunnel",
        ]
    return lines


def esp(transform: Iterable[str]) -> tuple[str, int, str]:
    """Cipher, size of its key, and hash of a transform, as sessions name them."""
    encr, size, mac = "None", 0, "None"
    for word in transform:
        if "gcm" in word:
            encr, size = "AES-GCM", int(word.partition(" ")[2] or 128)
        elif "aes" in word:
            encr, size = "AES-CBC", int(word.split("-")[1]) if word.count("-") == 2 else 128
        elif "des" in word:
            encr, size = "3DES" if "3" in word else "DES", 0
        elif word.endswith("hmac"):
            name = word.split("-")[1]
            mac = {"sha": "SHA96", "md5": "MD596"}.get(name, name.upper())
    return encr, size, mac


def _range(selector: Selector) -> str:
    network = selector.source
    return f"{network.network_address}/0 - {network.broadcast_address}/65535"


# What is configured


def proposals(box: Box, name: str = "") -> list[str]:
    """`show crypto ikev2 proposal`: the configured ones, and the one that the release has by itself."""
    names = [entry.key[0] for entry in box.store.all("ikev2 proposal")]
    names += ["default"] if "default" not in names and box.store.get("no ikev2 proposal") is None else []
    lines: list[str] = []
    for each in [item for item in names if name in ("", item)]:
        found = _whole_or_not(box, each)
        lines += [
            f" IKEv2 proposal: {each} ",
            f"     Encryption : {' '.join(map(_long_cipher, found.encr)) or 'none'}",
            f"     Integrity  : {' '.join(_HASHES.get(item, item.upper()) for item in found.integrity) or 'none'}",
            f"     PRF        : {' '.join(item.upper() for item in found.prf) or 'none'}",
            f"     DH Group   : {' '.join(_GROUPS[item] for item in found.group) or 'none'}",
        ]
    return lines


def _whole_or_not(box: Box, name: str) -> Proposal:
    found = ikev2.proposal(box.store, name, box.traits.default_proposal)
    if found is not None:
        return found
    entry = box.store.get("ikev2 proposal", name)
    kinds = [ikev2.listed(entry, f"v2 {kind}") if entry else () for kind in ("encryption", "integrity", "prf", "group")]
    return Proposal(name, *kinds)


def _long_cipher(encr: str) -> str:
    return _CIPHERS.get(encr, encr.upper())


def policies(box: Box, name: str = "") -> list[str]:
    """`show crypto ikev2 policy`."""
    lines: list[str] = []
    for entry in box.store.all("ikev2 policy"):
        if name in ("", entry.key[0]):
            where = [child.values["ip"] for child in entry.all("policy match local")] or ["any"]
            vrf = entry.child("policy match vrf")
            lines += _policy(entry.key[0], vrf.text.split()[-1] if vrf is not None else "global", where, _proposals_of(entry))
    if name in ("", "default") and box.store.get("no ikev2 policy") is None and box.store.get("ikev2 policy", "default") is None:
        lines += _policy("default", "any", ["any"], ["default"])
    return lines


def _proposals_of(entry: Entry) -> list[str]:
    return [child.key[0] for child in entry.all("policy proposal")]


def _policy(name: str, vrf: str, where: list[str], names: list[str]) -> list[str]:
    return [
        "",
        f" IKEv2 policy : {name}",
        f"      Match fvrf : {vrf}",
        *(f"      Match address local : {address}" for address in where),
        *(f"      Proposal    : {item}" for item in names),
    ]


def profiles(box: Box, name: str = "") -> list[str]:
    """`show crypto ikev2 profile`."""
    lines: list[str] = []
    for entry in box.store.all("ikev2 profile"):
        if name in ("", entry.key[0]):
            lines += _profile(entry)
    return lines


def _profile(entry: Entry) -> list[str]:
    local = {child.key[0]: child for child in entry.all("profile authentication")}
    how = {side: "pre-share" if "pre-share" in child.text.split() else child.text.split()[2] for side, child in local.items()}
    sends, ring = entry.child("profile identity"), entry.child("profile keyring")
    life, dpd = entry.child("profile lifetime"), entry.child("profile dpd")
    matched = [f"  {' '.join(child.text.split()[3:])}" for child in entry.all("profile match")]
    probes = "disabled"
    if dpd is not None:
        values = dpd.values
        probes = f"interval {values['interval']}, retry-interval {values['retry']}, {values['query']}"
    return [
        "",
        f"IKEv2 profile: {entry.key[0]}",
        " Ref Count: 1",
        " Match criteria: ",
        "  Fvrf: global",
        "  Local address/interface: none",
        "  Identities:",
        *(f" {line}" for line in matched or ["  none"]),
        "  Certificate maps: none",
        f" Local identity: {' '.join(sends.text.split()[2:]) if sends is not None else 'none'}",
        " Remote identity: none",
        f" Local authentication method: {how.get('local', 'none')}",
        f" Remote authentication method(s): {how.get('remote', 'none')}",
        " EAP options: none",
        f" Keyring: {ring.values['name'] if ring is not None else 'none'}",
        " Trustpoint(s): none",
        f" Lifetime: {life.values['n'] if life is not None else 86400} seconds",
        f" DPD: {probes}",
        " NAT-keepalive: disabled",
        " Ivrf: none",
        " Virtual-template: none",
        " mode auto: none",
        " AAA AnyConnect EAP authentication mlist: none",
        " AAA EAP authentication mlist: none",
        " AAA authentication mlist: none",
        " AAA Accounting: none",
        " AAA group authorization: none",
        " AAA user authorization: none",
    ]
