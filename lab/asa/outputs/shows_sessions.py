"""`show vpn-sessiondb`, its list of tunnels and their details as each release of the ASA prints them.

Sources: captures of ASAs in public parser collections and Cisco's troubleshooting documents; sessions of IKEv2 are those of two
public repositories that keep such outputs.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address

from msgspec import Struct

from ...core.negotiation.sa import Flow, Ike2Sa, IkeSa, IpsecSa
from ..box import AsaBox
from ..meaning import protection
from ..meaning.protection import UNLIMITED
from .shows_ike import left, peer_of

_CIPHERS = {
    "des": "DES", "3des": "3DES", "aes": "AES128", "aes 192": "AES192", "aes 256": "AES256", "aes-cbc-128": "AES128",
    "aes-cbc-192": "AES192", "aes-cbc-256": "AES256", "aes-gcm-128": "AES-GCM-128", "aes-gcm-192": "AES-GCM-192",
    "aes-gcm-256": "AES-GCM-256",
}  # fmt: skip
_ESP = {
    "esp-des": "DES", "esp-3des": "3DES", "esp-aes": "AES128", "esp-192-aes": "AES192", "esp-256-aes": "AES256",
    "esp-null": "none", "esp-gcm": "AES-GCM-128", "esp-gcm 192": "AES-GCM-192", "esp-gcm 256": "AES-GCM-256",
}  # fmt: skip
_DIGESTS = {
    "md5": "MD5", "sha": "SHA1", "sha1": "SHA1", "sha256": "SHA256", "sha384": "SHA384", "sha512": "SHA512", "": "none",
    "esp-md5-hmac": "MD5", "esp-sha-hmac": "SHA1", "esp-sha256-hmac": "SHA256", "esp-sha384-hmac": "SHA384",
    "esp-sha512-hmac": "SHA512",
}  # fmt: skip


class Session(Struct, frozen=True):
    """One peer's session: an IKE SA of either version that is up, and at least one pair of IPsec SAs; times in lab seconds."""

    peer: IPv4Address
    version: int
    index: int
    flows: list[Flow]
    cipher: str
    digest: str
    prf: str
    group: str
    lifetime: int
    expires: float
    born: float
    port: int
    tunnel_group: str


def sessions(box: AsaBox) -> list[Session]:
    """The session of each peer and version of IKE."""
    carried: dict[tuple[IPv4Address, int], list[Flow]] = {}
    for flow in box.crypto.flows:
        if flow.outbound:
            carried.setdefault((flow.peer, flow.version), []).append(flow)
    found: dict[tuple[IPv4Address, int], Session] = {}
    rows: list[IkeSa | Ike2Sa] = [*box.crypto.ike, *box.crypto.ike2]
    for row in rows:
        key = (row.remote, 2) if isinstance(row, Ike2Sa) else (peer_of(box, row), 1)
        session = _session(box, row, key, carried.get(key, [])) if row.up and key not in found else None
        if session is not None:
            found[key] = session
    return list(found.values())


def _session(box: AsaBox, row: IkeSa | Ike2Sa, key: tuple[IPv4Address, int], flows: list[Flow]) -> Session | None:
    if not flows:
        return None
    peer, version = key
    if isinstance(row, Ike2Sa):
        if row.suite is None:
            return None
        cipher, digest, prf, group = _CIPHERS[row.suite.encr], row.suite.integrity, _DIGESTS[row.suite.prf], row.suite.group
        index, born, life = row.session, row.born, row.lifetime
        named = row.profile
    else:
        if row.policy is None:
            return None
        cipher, digest, prf, group = _CIPHERS[row.policy.encr], row.policy.hash, "", row.policy.group
        index, life = row.conn_id, row.policy.lifetime
        born, named = row.expires - life, protection.group_name(box.store, peer, None)
    return Session(peer, version, index, flows, cipher, _DIGESTS[digest], prf, group, life, row.expires, born, row.port, named)


def _bytes(flows: list[Flow]) -> tuple[int, int]:
    return 100 * sum(flow.encaps for flow in flows), 100 * sum(flow.decaps for flow in flows)


def _digest(sa: IpsecSa) -> str:
    return next((_DIGESTS[word] for word in sa.transform if word in _DIGESTS), "none")


def _protocol(box: AsaBox, session: Session) -> list[str]:
    esp, mac = _ESP[session.flows[0].outbound[-1].transform[0]], _digest(session.flows[0].outbound[-1])
    over = "IPsecOverNatT" if session.port == 4500 else "IPsec"
    if box.old:
        both = " ".join(dict.fromkeys((session.cipher, esp)))
        hashes = " ".join(dict.fromkeys((session.digest, mac)))
        return [f"Protocol     : IKE {over}", f"Encryption   : {both:<22} Hashing      : {hashes}"]
    word, count = f"IKEv{session.version}", len(session.flows)
    return [
        f"Protocol     : {word} {over}",
        f"Encryption   : {word}: (1){session.cipher}  {over}: ({count}){esp}",
        f"Hashing      : {word}: (1){session.digest}  {over}: ({count}){mac}",
    ]


def _head(box: AsaBox, session: Session) -> list[str]:
    age = max(0, int(box.clock.now() - session.born))
    began = box.wall() - timedelta(seconds=age)
    login = f"{began:%H:%M:%S} UTC {began:%a %b} {began.day} {began.year}"
    sent, received = _bytes(session.flows)
    hours, rest = divmod(age, 3600)
    return [
        "",
        f"Connection   : {session.tunnel_group}",
        f"Index        : {session.index:<22} IP Addr      : {session.peer}",
        *_protocol(box, session),
        f"Bytes Tx     : {sent:<22} Bytes Rx     : {received}",
        f"Login Time   : {login}",
        f"Duration     : {hours}h:{rest // 60:02}m:{rest % 60:02}s",
    ]


NONE = ["", "INFO: There are presently no active sessions of the type specified", ""]


def _of(box: AsaBox, peer: str) -> list[Session]:
    return [session for session in sessions(box) if peer in ("", str(session.peer))]


def l2l(box: AsaBox, peer: str = "") -> list[str]:
    """`show vpn-sessiondb l2l`."""
    found = _of(box, peer)
    if not found:
        return NONE
    return ["", "Session Type: LAN-to-LAN", *(line for session in found for line in _head(box, session)), ""]


def l2l_detail(box: AsaBox, peer: str = "") -> list[str]:
    """`show vpn-sessiondb detail l2l`."""
    found = _of(box, peer)
    if not found:
        return NONE
    lines = ["", "Session Type: LAN-to-LAN Detailed"]
    for session in found:
        lines += [*_head(box, session), "", *_tunnels(box, session)]
    return [*lines, ""]


def _tunnels(box: AsaBox, session: Session) -> list[str]:
    word = "IKE" if box.old else f"IKEv{session.version}"
    modes = (
        ["  IKE Neg Mode : Main                   Auth Mode    : preSharedKeys"]
        if session.version == 1
        else ["  Rem Auth Mode: preSharedKeys", "  Loc Auth Mode: preSharedKeys"]
    )
    group = f"D/H Group    : {session.group}"
    lines = [
        f"{word} Tunnels: 1",
        f"IPsec Tunnels: {len(session.flows)}",
        "",
        f"{word}:",
        f"  Tunnel ID    : {session.index}.1",
        f"  UDP Src Port : {session.port:<22} UDP Dst Port : {session.port}",
        *modes,
        f"  Encryption   : {session.cipher:<22} Hashing      : {session.digest}",
        f"  Rekey Int (T): {f'{session.lifetime} Seconds':<22} Rekey Left(T): {left(box, session.expires)} Seconds",
        f"  {group}" if session.version == 1 else f"  PRF          : {session.prf:<22} {group}",
        "  Filter Name  : ",
    ]
    for number, flow in enumerate(session.flows, start=2):
        lines += ["", *_tunnel(box, session.index, flow, number)]
    return lines


def _tunnel(box: AsaBox, index: int, flow: Flow, number: int) -> list[str]:
    sa = flow.outbound[-1]
    pfs = f"PFS Group    : {sa.pfs.removeprefix('group')}" if sa.pfs else ""
    source, destination = flow.selector.source, flow.selector.destination
    volume = "" if sa.kilobytes == UNLIMITED else f"{sa.kilobytes} K-Bytes"
    return [
        "IPsecOverNatT:" if flow.port == 4500 else "IPsec:",
        f"  Tunnel ID    : {index}.{number}",
        f"  Local Addr   : {source.network_address}/{source.netmask}/0/0",
        f"  Remote Addr  : {destination.network_address}/{destination.netmask}/0/0",
        f"  Encryption   : {_ESP[sa.transform[0]]:<22} Hashing      : {_digest(sa)}",
        f"  Encapsulation: {'Tunnel':<22} {pfs}".rstrip(),
        f"  Rekey Int (T): {f'{sa.seconds} Seconds':<22} Rekey Left(T): {sa.remaining(box.clock.now())} Seconds",
        *([f"  Rekey Int (D): {volume:<22} Rekey Left(D): {sa.left_kilobytes} K-Bytes"] if volume else []),
        "  Idle Time Out: 30 Minutes             Idle TO Left : 30 Minutes",
        f"  Bytes Tx     : {100 * flow.encaps:<22} Bytes Rx     : {100 * flow.decaps}",
        f"  Pkts Tx      : {flow.encaps:<22} Pkts Rx      : {flow.decaps}",
    ]


_RULE = "-" * 75


def summary(box: AsaBox) -> list[str]:
    """`show vpn-sessiondb [summary]`: how many of each kind, as captures of an 8.2 and of a 9.6 have it."""
    clients, peers = box.phone_sessions, sessions(box)
    tunnels = {"IKEv1": [one for one in peers if one.version == 1], "IKEv2": [one for one in peers if one.version == 2]}
    return _summary_old(clients, peers) if box.old else _summary(clients, peers, tunnels)


def _counted(name: str, active: int, wide: int, inactive: int | None = None) -> str:
    more = f" : {inactive:>8}" if inactive is not None else ""
    return f"{name:<{wide}} : {active:>6} : {active:>10} : {active:>11}{more}"


def _summary(clients: int, peers: list[Session], tunnels: dict[str, list[Session]]) -> list[str]:
    rows = [_counted("AnyConnect Client", clients, 28, 0), _counted("  SSL/TLS/DTLS", clients, 28, 0)] if clients else []
    if peers:
        rows.append(_counted("Site-to-Site VPN", len(peers), 28))
        rows += [_counted(f"  {word} IPsec", len(of), 28) for word, of in reversed(tunnels.items()) if of]
    kinds = {word: len(of) for word, of in tunnels.items()} | {"IPsec": sum(len(one.flows) for one in peers)}
    kinds |= dict.fromkeys(("AnyConnect-Parent", "SSL-Tunnel", "DTLS-Tunnel"), clients)
    total, every = clients + len(peers), sum(kinds.values())
    if not total:
        return ["", "INFO: There are presently no active sessions", ""]
    return [
        _RULE,
        f"{'VPN Session Summary':<75}",
        _RULE,
        "                               Active : Cumulative : Peak Concur : Inactive",
        "                             ----------------------------------------------",
        *rows,
        _RULE,
        f"Total Active and Inactive    : {total:>6}             Total Cumulative : {total:>6}",
        "Device Total VPN Capacity    :    250",
        "Device Load                  :     1%",
        _RULE,
        "",
        _RULE,
        f"{'Tunnels Summary':<75}",
        _RULE,
        "                               Active : Cumulative : Peak Concurrent   ",
        "                             ----------------------------------------------",
        *(_counted(name, count, 28) for name, count in kinds.items() if count),
        _RULE,
        f"{'Totals':<28} : {every:>6} : {every:>10}",
        _RULE,
    ]


def _summary_old(clients: int, peers: list[Session]) -> list[str]:
    count, total = len(peers), clients + len(peers)
    kinds = {"IKE": count, "IPsec": sum(len(one.flows) for one in peers), "Clientless": clients, "SSL-Tunnel": clients}
    every = sum(kinds.values())
    return [
        "",
        "Active Session Summary",
        "",
        "Sessions:",
        "                           Active : Cumulative : Peak Concurrent : Inactive",
        f"  SSL VPN               : {clients:>7} : {clients:>10} : {clients:>15}",
        f"    Clientless only     : {0:>7} : {0:>10} : {0:>15}",
        f"    With client         : {clients:>7} : {clients:>10} : {clients:>15} : {0:>8}",
        f"  IPsec LAN-to-LAN      : {count:>7} : {count:>10} : {count:>15}",
        f"  Totals                : {total:>7} : {total:>10}",
        "",
        "Tunnels:",
        "                           Active : Cumulative : Peak Concurrent",
        *(f"  {name:<13} : {number:>15} : {number:>10} : {number:>15}" for name, number in kinds.items()),
        f"  {'Totals':<13} : {every:>15} : {every:>10}",
        "",
    ]
